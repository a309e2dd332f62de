"""CPU per text delta over HTTP: 300 streams at 50 deltas a second each, one uvicorn worker.

Three servers in one run, each in a process of its own:

- `bare`: a Starlette `StreamingResponse` of ready-made frames, which is the floor;
- `ours`: `chatkit.http.ChatKit` with a hook that constructs typed events;
- `reference`: the reference package behind the route that its documentation shows, with the same hook. It is skipped
  unless `--reference-python` names a Python that has it, with Starlette and uvicorn.

All servers stand at once, each with its streams open, and take turns of half a second in which one streams and the
others wait. So what changes on the machine meanwhile (clock, neighbours) meets all of them alike. Counted is the server
process's own CPU time in its turns, divided by the deltas that it made in them; neither the client nor the opening of
the streams is in it. The figure is the median of the turns, the ratio that of each turn to its neighbour of the floor.
Single turns differ by a quarter, so that thirty of them tell a ratio to a tenth only; the default tells it to some
hundredths.

    python bench/http_streams.py --reference-python /path/to/venv/bin/python
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
KINDS = ("bare", "ours", "reference")
PAUSE_SECONDS = float(os.environ.get("BENCH_PAUSE_SECONDS", "0.02"))
"""Between two deltas of a stream; servers are told by the environment."""
TURN_SECONDS = 0.5
REQUEST = json.dumps(
    {
        "type": "threads.create",
        "params": {
            "input": {
                "content": [{"type": "input_text", "text": "Hello"}],
                "attachments": [],
                "inference_options": {},
            }
        },
    }
).encode()
BARE_FRAME = (
    b'data: {"type":"thread.item.updated","item_id":"msg_1","update":'
    b'{"type":"assistant_message.content_part.text_delta","content_index":0,"delta":"word "}}\n\n'
)

made = 0
"""Deltas that this server process has made."""
turn = asyncio.Event()
"""Set while it is this server's turn to stream."""
turn.set()


async def answer_cpu(request: Any) -> Any:
    """What was used so far. With a query, starts (`on`) or ends (`off`) this server's turn before."""
    from starlette.responses import JSONResponse

    match request.url.query:
        case "on":
            turn.set()
        case "off":
            turn.clear()
            await asyncio.sleep(2 * PAUSE_SECONDS)  # until every stream has come to rest
        case _:
            pass
    return JSONResponse({"cpu": time.process_time(), "deltas": made, "memory": _memory()})


def _memory() -> int:
    """Resident bytes, where the system tells."""
    status = Path("/proc/self/status")
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text()) if status.is_file() else None
    return int(found[1]) * 1024 if found else 0


async def _paced(deltas: int) -> AsyncIterator[int]:
    """Every pause one number, on a fixed schedule, while it is this server's turn."""
    global made
    loop = asyncio.get_running_loop()
    due = loop.time()
    for number in range(deltas):
        if not turn.is_set():
            await turn.wait()
            due = loop.time() + PAUSE_SECONDS * (random.random() - 1)  # noqa: S311 - streams are not in step
        due += PAUSE_SECONDS
        await asyncio.sleep(max(0.0, due - loop.time()))
        made += 1
        yield number


def bare_app(deltas: int) -> Any:
    """Ready-made frames through Starlette."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    async def frames() -> AsyncIterator[bytes]:
        async for _ in _paced(deltas):
            yield BARE_FRAME

    async def stream(request: Request) -> Response:
        await request.body()
        return StreamingResponse(frames(), media_type="text/event-stream")

    return Starlette(routes=[Route("/chatkit", stream, methods=["POST"]), Route("/cpu", answer_cpu)])


def directed_server(deltas: int, store: Any = None) -> Any:
    """The same application under both packages."""
    from chatkit.server import ChatKitServer
    from chatkit.types import (
        AssistantMessageContent,
        AssistantMessageContentPartAdded,
        AssistantMessageContentPartTextDelta,
        AssistantMessageItem,
        ThreadItemAddedEvent,
        ThreadItemDoneEvent,
        ThreadItemUpdatedEvent,
    )

    class Server(ChatKitServer[Any]):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            item_id = self.store.generate_item_id("message", thread, context)
            item = AssistantMessageItem(id=item_id, thread_id=thread.id, created_at=datetime.now(UTC), content=[])
            yield ThreadItemAddedEvent(item=item)
            part = AssistantMessageContentPartAdded(
                content_index=0, content=AssistantMessageContent(text="", annotations=[])
            )
            yield ThreadItemUpdatedEvent(item_id=item_id, update=part)
            async for _ in _paced(deltas):
                delta = AssistantMessageContentPartTextDelta(content_index=0, delta="word ")
                yield ThreadItemUpdatedEvent(item_id=item_id, update=delta)
            content = [AssistantMessageContent(text="word " * deltas, annotations=[])]
            yield ThreadItemDoneEvent(item=item.model_copy(update={"content": content}))

    return Server(store or _forgetful_store())


def _forgetful_store() -> Any:
    """A store that keeps nothing: what is measured is the stream."""
    from chatkit.store import Store

    async def nothing(self: Any, *_: Any, **__: Any) -> None:
        return None

    names: frozenset[str] = Store.__abstractmethods__
    return type("ForgetfulStore", (Store,), dict.fromkeys(names, nothing))()


def our_app(deltas: int) -> Any:
    """`ChatKit` as an application would run it, but for the limit of turns per minute."""
    from starlette.routing import Route

    from chatkit.http import ChatKit, Settings

    app = ChatKit(directed_server(deltas), settings=Settings(turns_per_minute=0))
    app.router.routes.insert(0, Route("/cpu", answer_cpu))
    return app


def reference_app(deltas: int) -> Any:
    """The route that the reference's documentation shows."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response, StreamingResponse
    from starlette.routing import Route

    from chatkit.server import StreamingResult

    server = directed_server(deltas)

    async def chatkit(request: Request) -> Response:
        result = await server.process(await request.body(), {})
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(content=result.json, media_type="application/json")

    return Starlette(routes=[Route("/chatkit", chatkit, methods=["POST"]), Route("/cpu", answer_cpu)])


APPS = {"bare": bare_app, "ours": our_app, "reference": reference_app}


def serve(kind: str, port: int, deltas: int) -> None:
    """What a server process does."""
    import uvicorn

    uvicorn.run(APPS[kind](deltas), port=port, log_level="error", access_log=False, timeout_graceful_shutdown=0)


# The client


async def _status(port: int, order: str = "") -> dict[str, float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /cpu?{order} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return json.loads(answer.partition(b"\r\n\r\n")[2])


async def _until_up(port: int) -> None:
    while True:
        with contextlib.suppress(OSError, ValueError):
            await _status(port)
            return
        await asyncio.sleep(0.05)


def post(request: bytes) -> bytes:
    """The request over HTTP."""
    head = (
        "POST /chatkit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(request)}\r\n\r\n"
    )
    return head.encode() + request


HANDSHAKE = (
    b"GET /chatkit/ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def frame(request: bytes) -> bytes:
    """The request over a web socket, with a mask that changes nothing."""
    text = b'{"id":"1","request":' + request + b"}"
    return b"\x81\xfe" + len(text).to_bytes(2, "big") + bytes(4) + text


async def _read(
    port: int, request: bytes, first: asyncio.Semaphore, waited: list[float], *, over_socket: bool = False
) -> None:
    """Opens one stream and reads it to its end. Says at the first delta that it is there, and how long it took."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    if over_socket:
        writer.write(HANDSHAKE)
        await reader.readuntil(b"\r\n\r\n")
    writer.write(frame(request) if over_socket else post(request))
    seen = b""
    while b"text_delta" not in seen:
        chunk = await reader.read(65536)
        if not chunk:
            raise ConnectionError(f"A stream ended early: {seen[-400:]!r}")
        seen = seen[-200:] + chunk
    waited.append(time.perf_counter() - began)
    first.release()
    while await reader.read(65536):
        pass
    writer.close()


@dataclass
class Server:
    """A server process with its streams open, and what was measured of it."""

    kind: str
    port: int
    first: float = 0.0
    """Median milliseconds to the first delta, all streams opened at once."""
    memory: float = 0.0
    """KiB per stream."""
    costs: list[float] = field(default_factory=list[float])
    """CPU in microseconds per delta, of each turn."""

    async def take_turn(self, seconds: float) -> None:
        """Streams alone for so long."""
        before = await _status(self.port, "on")
        await asyncio.sleep(seconds)
        after = await _status(self.port, "off")
        self.costs.append((after["cpu"] - before["cpu"]) / (after["deltas"] - before["deltas"]) * 1e6)


@contextlib.asynccontextmanager
async def running(
    python: str, kind: str, streams: int, deltas: int, *, script: Path = HERE, request: bytes = REQUEST
) -> AsyncGenerator[Server]:
    """Starts a server, by the script that calls itself with `--serve`, and opens its streams, which then wait for their
    turn."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Server(kind, free.getsockname()[1])
    process = await asyncio.create_subprocess_exec(
        python,
        str(script),
        *("--serve", kind, "--port", str(server.port), "--deltas", str(deltas)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    readers: list[asyncio.Task[None]] = []
    try:
        await _until_up(server.port)
        idle = await _status(server.port)
        first = asyncio.Semaphore(0)
        waited: list[float] = []
        readers = [
            asyncio.create_task(_read(server.port, request, first, waited, over_socket=kind == "socket"))
            for _ in range(streams)
        ]
        for _ in readers:
            await asyncio.wait_for(first.acquire(), 60)
        await asyncio.sleep(1)
        opened = await _status(server.port, "off")
        server.first = statistics.median(waited) * 1000
        server.memory = (opened["memory"] - idle["memory"]) / streams / 1024
        yield server
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        process.kill()
        await process.wait()


async def compare(options: argparse.Namespace) -> None:
    """Has the servers stream in turns, and prints the medians."""
    pythons = {"bare": sys.executable, "ours": sys.executable, "reference": options.reference_python}
    deltas = int((options.turns * TURN_SECONDS + 30) / PAUSE_SECONDS)
    async with contextlib.AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(running(python, kind, options.streams, deltas))
            for kind, python in pythons.items()
            if python is not None
        ]
        for _ in range(options.turns):
            for server in servers:
                await server.take_turn(TURN_SECONDS)
    print_table(servers, options)


def print_table(servers: Sequence[Server], options: argparse.Namespace) -> None:
    """The medians; the first server is the floor."""
    print(f"{options.streams} streams, {1 / PAUSE_SECONDS:g} deltas a second each, {options.turns} turns each")
    titles = ("CPU per delta", "of the floor", "first delta", "memory/stream")
    print(f"{'server':<12}" + "".join(f"{title:>15}" for title in titles))
    floor = servers[0].costs
    for server in servers:
        ratio = statistics.median(cost / least for cost, least in zip(server.costs, floor, strict=True))
        cells = (
            f"{statistics.median(server.costs):.1f} µs",
            f"{ratio:.2f} ×",
            f"{server.first:.0f} ms",
            f"{server.memory:.0f} KiB",
        )
        print(f"{server.kind:<12}" + "".join(f"{cell:>15}" for cell in cells))


def main() -> None:
    """Reads the options; one of them, `--serve`, is what this script calls itself with."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=300)
    parser.add_argument("--turns", type=int, default=120)
    parser.add_argument("--reference-python", default=os.environ.get("REFERENCE_PYTHON") or None)
    parser.add_argument("--serve", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--deltas", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.port, options.deltas)
    else:
        asyncio.run(compare(options))


if __name__ == "__main__":
    main()
