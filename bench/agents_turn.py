"""CPU per delta of a whole agents turn: model host → openai SDK → Agents SDK → adapter → `process()` → bytes.

A host in a process of its own plays an answer that was made before, over the Responses API or Chat Completions, each
event in an HTTP chunk of its own as servers send them. Clients, each in a process of its own, take turns in asking it:

- `HTTP lines`: the SDK's HTTP client reads the answer's lines and does nothing with them;
- `SDK`: `Runner.run_streamed` is iterated; `SDK, our client` is the same with `chatkit.agents.ModelClient`;
- `reference`: `openai-chatkit` with the server that its documentation shows;
- `ours, same server`: that server's code on this package, with the SDK's client;
- `ours`: `AgentChatKitServer`.

Counted is the client process's own CPU time in a turn, divided by the deltas of the answer: the host is not in it.
Rounds alternate between the clients, so that what changes on the machine meanwhile meets all of them; the figure is the
median of the rounds, the ratio the median of each round's ratio to the reference of that round.

Answers: `text` is text alone; `mixed` thinks, calls a tool with arguments, then writes, in two requests.

    python -m bench.agents_turn [--rounds 9] [--deltas 2000] [--per-chunk 1] [--pause 0] [--reference-python PATH]

`--per-chunk` puts several events into one chunk, as proxies do. `--pause` waits so many milliseconds before each chunk,
so that each is read alone, as from a model that writes slowly: the event loop's work is in all figures then.
"""

import argparse
import asyncio
import contextlib
import json
import os
import statistics
import sys
import time
import warnings
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
DEFAULT_REFERENCE = HERE.parents[1] / ".chatkit" / "reference" / "bin" / "python"
APIS = ("responses", "chat_completions")
ANSWERS = ("text", "mixed")
REFERENCE = "reference"
GOAL = 0.4
THINKING, ARGUMENTS = 0.1, 0.1
"""The parts of a mixed answer that are thoughts and arguments; the rest is text."""

Events = list[dict[str, Any]]
Turn = Callable[[str], Awaitable[int]]
"""Asks the model of that name; gives the bytes, lines or events that came."""


# The host


def _words(count: int) -> list[str]:
    sample = "The quick brown fox, as everyone knows, jumps over the lazy dog; 42 times a day. Größe, naïve, 東京, 🙂! "
    words = sample.split(" ")
    return [f"{words[number % len(words)]} " for number in range(count)]


def _shares(answer: str, deltas: int) -> tuple[int, int, int]:
    """How many deltas are thoughts, arguments, text."""
    if answer == "text":
        return 0, 0, deltas
    thoughts, arguments = int(deltas * THINKING), int(deltas * ARGUMENTS)
    return thoughts, arguments, deltas - thoughts - arguments


def _arguments(count: int) -> list[str]:
    """The JSON of `{"note": "…"}` in so many pieces."""
    return ['{"note":"', *("word " for _ in range(count - 2)), '"}']


class ResponsesAnswer:
    """The events of one answer over the Responses API, with what OpenAI's host puts into them."""

    def __init__(self) -> None:
        self.events: Events = []
        self._output: list[dict[str, Any]] = []
        self._say("response.created", response=self._response("in_progress"))
        self._say("response.in_progress", response=self._response("in_progress"))

    def think(self, words: Sequence[str]) -> None:
        item: dict[str, Any] = {"id": "rs_1", "type": "reasoning", "summary": []}
        part: dict[str, Any] = {"item_id": "rs_1", "output_index": len(self._output), "summary_index": 0}
        text = {"type": "summary_text", "text": "".join(words)}
        self._say("response.output_item.added", output_index=len(self._output), item=item)
        self._say("response.reasoning_summary_part.added", **part, part={"type": "summary_text", "text": ""})
        for word in words:
            self._say("response.reasoning_summary_text.delta", **part, delta=word, obfuscation="Jx8tbZ2yE")
        self._say("response.reasoning_summary_text.done", **part, text=text["text"])
        self._say("response.reasoning_summary_part.done", **part, part=text)
        self._done({**item, "summary": [text]})

    def call(self, pieces: Sequence[str]) -> None:
        item = {"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "note", "status": "in_progress"}
        part: dict[str, Any] = {"item_id": "fc_1", "output_index": len(self._output)}
        self._say("response.output_item.added", output_index=len(self._output), item={**item, "arguments": ""})
        for piece in pieces:
            self._say("response.function_call_arguments.delta", **part, delta=piece, obfuscation="t5KqXw0P")
        whole = "".join(pieces)
        self._say("response.function_call_arguments.done", **part, arguments=whole)
        self._done({**item, "arguments": whole, "status": "completed"})

    def write(self, words: Sequence[str]) -> None:
        item: dict[str, Any] = {"id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant"}
        part: dict[str, Any] = {"item_id": "msg_1", "output_index": len(self._output), "content_index": 0}
        empty: dict[str, Any] = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
        whole = {**empty, "text": "".join(words)}
        self._say("response.output_item.added", output_index=len(self._output), item={**item, "content": []})
        self._say("response.content_part.added", **part, part=empty)
        for word in words:
            self._say("response.output_text.delta", **part, delta=word, logprobs=[], obfuscation="uJ7gwM2b0Qx4")
        self._say("response.output_text.done", **part, text=whole["text"], logprobs=[])
        self._say("response.content_part.done", **part, part=whole)
        self._done({**item, "status": "completed", "content": [whole]})

    def end(self) -> list[bytes]:
        self._say("response.completed", response=self._response("completed"))
        return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in self.events]

    def _say(self, type: str, **fields: Any) -> None:
        self.events.append({"type": type, "sequence_number": len(self.events), **fields})

    def _done(self, item: dict[str, Any]) -> None:
        self._say("response.output_item.done", output_index=len(self._output), item=item)
        self._output.append(item)

    def _response(self, status: str) -> dict[str, Any]:
        usage = {
            "input_tokens": 9,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 9,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 18,
        }
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1700000000,
            "status": status,
            "model": "played",
            "output": list(self._output),
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": usage if status == "completed" else None,
        }


class ChatCompletionsAnswer:
    """The chunks of one answer over Chat Completions, with what OpenAI's host and vLLM put into them."""

    def __init__(self) -> None:
        self.events: Events = []
        self._finish = "stop"
        self._say({"role": "assistant", "content": "", "refusal": None})

    def think(self, words: Sequence[str]) -> None:
        for word in words:
            self._say({"reasoning_content": word})

    def call(self, pieces: Sequence[str]) -> None:
        self._finish = "tool_calls"
        function = {"name": "note", "arguments": ""}
        self._say({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]})
        for piece in pieces:
            self._say({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})

    def write(self, words: Sequence[str]) -> None:
        for word in words:
            self._say({"content": word})

    def end(self) -> list[bytes]:
        self._say({}, self._finish)
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        self.events.append({**self.events[-1], "choices": [], "usage": usage})
        return [*(f"data: {json.dumps(event)}\n\n".encode() for event in self.events), b"data: [DONE]\n\n"]

    def _say(self, delta: dict[str, Any], finish: str | None = None) -> None:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        chunk: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion.chunk",
            "created": 1700000000,
            "model": "played",
            "service_tier": "default",
            "system_fingerprint": "fp_44709d6fcb",
            "choices": [choice],
            "usage": None,
            "obfuscation": "n3PzQ",
        }
        self.events.append(chunk)


ANSWER_CLASSES = {"responses": ResponsesAnswer, "chat_completions": ChatCompletionsAnswer}


def answer_frames(api: str, answer: str, deltas: int, first: bool) -> list[bytes]:
    """The events of one request's answer as they stand on the wire; a mixed answer's second request gets its text."""
    thoughts, arguments, text = _shares(answer, deltas)
    playing = ANSWER_CLASSES[api]()
    if arguments and first:
        playing.think(_words(thoughts))
        playing.call(_arguments(arguments))
    else:
        playing.write(_words(text))
    return playing.end()


def _chunked(frames: Sequence[bytes], per_chunk: int) -> list[bytes]:
    """The frames as HTTP chunks, with the last one."""
    joined = (b"".join(frames[at : at + per_chunk]) for at in range(0, len(frames), per_chunk))
    return [*(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in joined), b"0\r\n\r\n"]


async def host(deltas: int, per_chunk: int, pause: float) -> None:
    """Serves until it is killed. Prints its port. The model's name in a request is the answer that it gets."""
    made: dict[tuple[str, str, bool], list[bytes]] = {}
    for api in APIS:
        for answer in ANSWERS:
            for first in (True, False):
                made[api, answer, first] = _chunked(answer_frames(api, answer, deltas, first), per_chunk)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                path, body = await _request(reader)
                api = "responses" if path.endswith("/responses") else "chat_completions"
                first = not any(word in body for word in (b"function_call_output", b'"tool_call_id"'))
                chunks = made[api, json.loads(body)["model"], first]
                writer.write(
                    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
                    b"x-request-id: req_1\r\ntransfer-encoding: chunked\r\n\r\n"
                )
                await _play(writer, chunks, pause)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lengths = [line.partition(":")[2] for line in head.lower().split("\r\n") if line.startswith("content-length:")]
    return head.split(" ")[1], await reader.readexactly(int(lengths[0]))


async def _play(writer: asyncio.StreamWriter, chunks: Sequence[bytes], pause: float) -> None:
    if not pause:
        writer.write(b"".join(chunks))
        await writer.drain()
        return
    for chunk in chunks:
        await asyncio.sleep(pause)
        writer.write(chunk)
        await writer.drain()


# The clients: each runs under the interpreter that it measures


def _store() -> Any:
    """A store that keeps the items of a turn and nothing else, so that it costs next to nothing."""
    from chatkit.store import Store
    from chatkit.types import Page, ThreadMetadata

    items: list[Any] = []

    async def nothing(self: Any, *_: Any, **__: Any) -> None: ...

    async def add(self: Any, thread_id: str, item: Any, context: Any) -> None:
        items.append(item)

    async def load(self: Any, *_: Any) -> Any:
        return Page(data=items[::-1])

    async def thread(self: Any, thread_id: str, context: Any) -> Any:
        items.clear()
        return ThreadMetadata(id=thread_id, created_at=datetime.now(UTC), title="A thread")

    async def item(self: Any, *_: Any) -> Any:
        from chatkit.store import NotFoundError

        raise NotFoundError("none")

    methods = dict.fromkeys(Store.__abstractmethods__, nothing)
    methods |= {"add_thread_item": add, "load_thread_items": load, "load_thread": thread, "load_item": item}
    return type("BenchStore", (Store,), methods)()


def _tools() -> list[Any]:
    from agents import function_tool

    @function_tool
    def note(note: str) -> str:
        return "noted"

    return [note]


def _model(api: str, name: str, client: Any) -> Any:
    from agents import OpenAIChatCompletionsModel, OpenAIResponsesModel

    model = OpenAIResponsesModel if api == "responses" else OpenAIChatCompletionsModel
    return model(model=name, openai_client=client)


def _agent(api: str, name: str, client: Any) -> Any:
    from agents import Agent

    return Agent(name="a", model=_model(api, name, client), tools=_tools())


def _sdk_client(base_url: str) -> Any:
    from openai import AsyncOpenAI

    return AsyncOpenAI(api_key="k", base_url=base_url)


def _our_client(base_url: str) -> Any:
    from chatkit.agents import ModelClient

    return ModelClient(api_key="k", base_url=base_url)


def lines_alone(api: str, base_url: str) -> Turn:
    """The lines, as the SDK's HTTP client gives them."""
    import httpx2

    client = httpx2.AsyncClient(base_url=base_url)
    path = "/responses" if api == "responses" else "/chat/completions"

    async def turn(name: str) -> int:
        seen = 0
        bodies: list[dict[str, Any]] = [{"model": name, "stream": True}]
        if name == "mixed":
            bodies.append({**bodies[0], "input": "function_call_output"})
        for body in bodies:
            async with client.stream("POST", path, json=body) as response:
                async for line in response.aiter_lines():
                    seen += line.startswith("data:")
        return seen

    return turn


def _sdk_turn(api: str, client: Any) -> Turn:
    from agents import RunConfig, Runner

    async def turn(name: str) -> int:
        seen = 0
        agent = _agent(api, name, client)
        result = Runner.run_streamed(agent, "hi", run_config=RunConfig(tracing_disabled=True))
        async for event in result.stream_events():
            seen += event.type == "raw_response_event"
        return seen

    return turn


def sdk_alone(api: str, base_url: str) -> Turn:
    """The Agents SDK's own events, read and dropped."""
    return _sdk_turn(api, _sdk_client(base_url))


def sdk_with_our_client(api: str, base_url: str) -> Turn:
    """The same with this package's client."""
    return _sdk_turn(api, _our_client(base_url))


def _answering(server: Any) -> Callable[[], Awaitable[int]]:
    content = [{"type": "input_text", "text": "hi"}]
    message: dict[str, Any] = {"content": content, "attachments": [], "inference_options": {}}
    params: dict[str, Any] = {"thread_id": "thr_1", "input": message}
    body = json.dumps({"type": "threads.add_user_message", "params": params})

    async def answer() -> int:
        frames = [frame async for frame in await server.process(body, {})]
        assert b"text_delta" in b"".join(frames)  # noqa: S101 - else there is nothing to measure
        return len(frames)

    return answer


def documented_server(api: str, base_url: str) -> Turn:
    """The server that the reference's documentation shows, under whichever package is installed."""
    from agents import RunConfig, Runner

    from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
    from chatkit.server import ChatKitServer

    client = _sdk_client(base_url)
    name = ""

    class Server(ChatKitServer[Any]):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            agent_context = AgentContext(thread=thread, store=self.store, request_context=context)
            result = Runner.run_streamed(
                _agent(api, name, client),
                await simple_to_agent_input(input_user_message),
                context=agent_context,
                run_config=RunConfig(tracing_disabled=True),
            )
            async for event in stream_agent_response(agent_context, result):
                yield event

    answer = _answering(Server(_store()))

    async def turn(asked: str) -> int:
        nonlocal name
        name = asked
        return await answer()

    return turn


def our_server(api: str, base_url: str) -> Turn:
    """`AgentChatKitServer`, with the models that it makes."""
    from agents import Agent

    from chatkit.agents import AgentChatKitServer, AgentSettings

    servers: dict[str, Callable[[], Awaitable[int]]] = {}
    for name in ANSWERS:
        values: dict[str, Any] = {"model": name, "model_base_url": base_url, "model_api_key": "k", "model_api": api}
        agent = Agent[Any](name="a", tools=_tools())
        server = AgentChatKitServer[Any](_store(), agent=agent, settings=AgentSettings(**values), titles="none")
        servers[name] = _answering(server)
    return lambda name: servers[name]()


CLIENTS: dict[str, Callable[[str, str], Turn]] = {
    "HTTP lines": lines_alone,
    "SDK": sdk_alone,
    "SDK, our client": sdk_with_our_client,
    REFERENCE: documented_server,
    "ours, same server": documented_server,
    "ours": our_server,
}


async def work(kind: str, api: str, base_url: str) -> None:
    """Takes a turn for each line of the input, whose text names the answer, and prints its seconds of CPU time."""
    turn = CLIENTS[kind](api, base_url)
    loop = asyncio.get_running_loop()
    while name := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
        before = time.process_time()
        seen = await turn(name)
        print(json.dumps({"cpu": time.process_time() - before, "seen": seen}), flush=True)


# The comparison


@dataclass
class Client:
    """A client's process, and what was measured of it: microseconds of CPU per delta, by answer."""

    process: asyncio.subprocess.Process
    costs: dict[str, list[float]] = field(default_factory=lambda: {answer: [] for answer in ANSWERS})

    async def take_turn(self, answer: str, deltas: int) -> float:
        assert self.process.stdin is not None  # noqa: S101
        assert self.process.stdout is not None  # noqa: S101
        self.process.stdin.write(f"{answer}\n".encode())
        said = await self.process.stdout.readline()
        if not said:
            raise RuntimeError("A client ended early; what it said stands above.")
        return json.loads(said)["cpu"] / deltas * 1e6


@contextlib.asynccontextmanager
async def _started(python: str, *arguments: str) -> AsyncGenerator[asyncio.subprocess.Process]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "CHATKIT_"))}
    environment.pop("PYTHONPATH", None)  # it would lead the reference's interpreter to this package
    if python == sys.executable:
        environment["PYTHONPATH"] = str(HERE.parents[1])
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        python, str(HERE), *arguments, stdin=pipe, stdout=pipe, env=environment, cwd="/"
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _measured(api: str, port: int, options: argparse.Namespace) -> dict[str, Client]:
    """Every client's costs: one turn to warm up, then the rounds."""
    async with contextlib.AsyncExitStack() as stack:
        clients: dict[str, Client] = {}
        for kind in options.only or CLIENTS:
            python = options.reference_python if kind == REFERENCE else sys.executable
            work = ("--work", kind, "--api", api, "--port", str(port))
            clients[kind] = Client(await stack.enter_async_context(_started(python, *work)))
        for answer in options.answers:
            for client in clients.values():
                await client.take_turn(answer, options.deltas)
            for _ in range(options.rounds):
                for client in clients.values():
                    client.costs[answer].append(await client.take_turn(answer, options.deltas))
        return clients


def _table(api: str, clients: dict[str, Client], answers: Sequence[str]) -> str:
    titles = [title for answer in answers for title in (f"{answer}, µs", "ratio")]
    lines = [f"{api:22}" + "".join(f"{title:>12}" for title in titles)]
    for kind, client in clients.items():
        cells: list[str] = []
        for answer in answers:
            costs = client.costs[answer]
            theirs = clients[REFERENCE].costs[answer] if REFERENCE in clients else costs
            ratio = statistics.median(one / other for one, other in zip(costs, theirs, strict=True))
            cells += [f"{statistics.median(costs):.1f}", f"{ratio:.2f} ×"]
        lines.append(f"{kind:22}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


async def compare(options: argparse.Namespace) -> None:
    """Has the clients ask in turns, and prints a table for each API."""
    arguments = ("--deltas", str(options.deltas), "--per-chunk", str(options.per_chunk), "--pause", str(options.pause))
    async with _started(sys.executable, "--host", *arguments) as process:
        assert process.stdout is not None  # noqa: S101
        port = int(await process.stdout.readline())
        print(
            f"CPU per delta: {options.deltas} deltas a turn, {options.per_chunk} in a chunk, a chunk every "
            f"{options.pause:g} ms; medians of {options.rounds} rounds; goal {GOAL} ×"
        )
        for api in options.apis:
            print(f"\n{_table(api, await _measured(api, port, options), options.answers)}", flush=True)


def main() -> None:
    """Reads the options; `--host` and `--work` are what this script calls itself with."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--deltas", type=int, default=2000)
    parser.add_argument("--per-chunk", type=int, default=1)
    parser.add_argument("--pause", type=float, default=0.0, help="milliseconds before each chunk")
    parser.add_argument("--apis", nargs="+", choices=APIS, default=APIS)
    parser.add_argument("--answers", nargs="+", choices=ANSWERS, default=ANSWERS)
    parser.add_argument("--only", nargs="+", choices=CLIENTS)
    parser.add_argument(
        "--reference-python", default=os.environ.get("CHATKIT_REFERENCE_PYTHON", str(DEFAULT_REFERENCE))
    )
    parser.add_argument("--host", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--work", choices=CLIENTS, help=argparse.SUPPRESS)
    parser.add_argument("--api", choices=APIS, help=argparse.SUPPRESS)
    parser.add_argument("--port", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.host:
        asyncio.run(host(options.deltas, options.per_chunk, options.pause / 1000))
    elif options.work:
        warnings.simplefilter("ignore")
        asyncio.run(work(options.work, options.api, f"http://127.0.0.1:{options.port}/v1"))
    else:
        asyncio.run(compare(options))


if __name__ == "__main__":
    main()
