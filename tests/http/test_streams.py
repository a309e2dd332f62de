"""Streams over a real server: what is sent when, and what becomes of a turn whose reader leaves or is slow."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from chatkit.http import Settings
from chatkit.http.event_stream import JOIN_LIMIT, EventStream
from chatkit.http.pulse import Pulse
from chatkit.server import NonStreamingResult, StreamingResult
from chatkit.types import ProgressUpdateEvent
from tests.http.servers import USER, EchoServer, GatedServer, chatkit, create, events, user_input
from tests.support.loopback import serving

PATIENCE = 10


class Connection:
    """A client on a bare socket, to read exactly what is sent, or nothing at all."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def head(self) -> str:
        return (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), PATIENCE)).decode().lower()

    async def chunk(self) -> bytes:
        """One chunk of the chunked encoding: what the server wrote at once."""
        size = int((await asyncio.wait_for(self.reader.readuntil(b"\r\n"), PATIENCE)).strip(), 16)
        return (await asyncio.wait_for(self.reader.readexactly(size + 2), PATIENCE))[:-2]

    async def until(self, text: bytes) -> bytes:
        """Everything up to the chunk that has the text."""
        seen = b""
        while text not in seen:
            chunk = await self.chunk()
            assert chunk, f"the stream ended without {text!r}: {seen!r}"
            seen += chunk
        return seen

    async def rest(self) -> bytes:
        seen = b""
        while chunk := await self.chunk():
            seen += chunk
        return seen


@asynccontextmanager
async def streaming(url: str, request: Any = None, **sockets: Any) -> AsyncGenerator[Connection]:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, **sockets)
    body = json.dumps(request or create()).encode()
    head = (
        f"POST /chatkit HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    try:
        yield Connection(reader, writer)
    finally:
        writer.close()


async def soon(event: asyncio.Event) -> None:
    await asyncio.wait_for(event.wait(), PATIENCE)


async def stored(server: EchoServer) -> list[Any]:
    (thread,) = (await server.store.load_threads(10, None, "asc", USER)).data
    return (await server.store.load_thread_items(thread.id, None, 20, "asc", USER)).data


async def test_a_stream_says_that_it_is_one_and_is_not_to_be_kept() -> None:
    async with serving(chatkit(EchoServer())) as url, streaming(url) as connection:
        head = await connection.head()
        body = await connection.rest()
    assert head.startswith("http/1.1 200 ok\r\n")
    for header in (
        "content-type: text/event-stream; charset=utf-8",
        "cache-control: no-store, no-transform",
        "x-accel-buffering: no",
        "x-content-type-options: nosniff",
        "chatkit-heartbeat: 15\r\n",
        "x-request-id: ",
    ):
        assert f"\r\n{header}" in head
    kinds = [event["type"] for event in events(body)]
    assert kinds == ["thread.created", "thread.item.done", "stream_options", "thread.item.done"]


async def test_an_event_is_out_before_the_next_one_exists() -> None:
    server = GatedServer()
    async with serving(chatkit(server)) as url, streaming(url) as connection:
        await connection.head()
        await connection.until(b"content_part.added")
        for word in ("one", "two", "three"):
            server.words.put_nowait(word)
            assert f'"delta":"{word}"'.encode() in await connection.chunk()
        server.words.put_nowait(None)
        await connection.rest()


async def test_events_that_are_ready_together_are_one_write() -> None:
    server = GatedServer()
    async with serving(chatkit(server)) as url, streaming(url) as connection:
        await connection.head()
        await connection.until(b"content_part.added")
        for word in ("one", "two", "three"):
            server.words.put_nowait(word)
        together = await connection.chunk()
        assert [event["update"]["delta"] for event in events(together)] == ["one", "two", "three"]
        server.words.put_nowait(None)
        await connection.rest()


async def test_joined_writes_stay_small_and_leave_others_their_turn() -> None:
    """A hook that never waits: its stream comes in pieces, and another request is answered meanwhile."""

    class Torrent(EchoServer):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            for number in range(40):
                yield ProgressUpdateEvent(text=str(number) + "x" * 10_000)

    async with serving(chatkit(Torrent())) as url, streaming(url) as connection:
        await connection.head()
        sizes: list[int] = []
        while chunk := await connection.chunk():
            sizes.append(len(chunk))
    assert sum(sizes) > 400_000
    assert max(sizes) < JOIN_LIMIT + 11_000
    assert len(sizes) > 5


async def test_silence_is_filled_with_comments_and_only_silence() -> None:
    server = GatedServer()
    app = chatkit(server, settings=Settings(heartbeat_seconds=0.1, turns_per_minute=0))
    async with serving(app) as url, streaming(url) as connection:
        await connection.head()
        await connection.until(b"content_part.added")
        assert await connection.chunk() == b": \n\n"
        assert await connection.chunk() == b": \n\n"
        server.words.put_nowait("word")
        assert b'"delta":"word"' in await connection.until(b"word")
        server.words.put_nowait(None)
        rest = await connection.rest()
    assert events(rest) == []


async def test_a_client_that_leaves_stops_the_turn_and_what_it_said_is_kept() -> None:
    server = GatedServer()
    async with serving(chatkit(server)) as url:
        async with streaming(url) as connection:
            await connection.head()
            server.words.put_nowait("half a sentence")
            await connection.until(b"half a sentence")
        await soon(server.stopped)
    (pending,) = server.cancelled
    assert [item.content[0].text for item in pending] == ["half a sentence"]
    assert [item.type for item in await stored(server)] == ["user_message", "assistant_message", "sdk_hidden_context"]


async def test_a_client_that_leaves_before_the_first_event_stops_the_turn() -> None:
    class Slow(EchoServer):
        def __init__(self) -> None:
            super().__init__()
            self.loading, self.ended = asyncio.Event(), asyncio.Event()

    server = Slow()

    async def hang(*_: Any) -> None:
        server.loading.set()
        try:
            await asyncio.Event().wait()
        finally:
            server.ended.set()

    server.store.load_thread = hang
    async with serving(chatkit(server)) as url:
        async with streaming(
            url, {"type": "threads.add_user_message", "params": {"thread_id": "t", "input": user_input()}}
        ):
            await soon(server.loading)
        await soon(server.ended)


async def test_a_hook_that_swallows_its_cancellation_is_ended_all_the_same() -> None:
    ended = asyncio.Event()

    class Stubborn(GatedServer):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            try:
                while True:
                    try:
                        yield ProgressUpdateEvent(text="still here")
                        await asyncio.Event().wait()
                    except asyncio.CancelledError:
                        continue
            finally:
                ended.set()

    async with serving(chatkit(Stubborn())) as url:
        async with streaming(url) as connection:
            await connection.head()
            await connection.until(b"still here")
        await soon(ended)


async def test_a_hook_may_time_out_what_it_waits_for() -> None:
    """A timeout inside the hook is a cancellation of the task that steps it: it reaches the hook and no further."""

    class Timing(EchoServer):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            try:
                async with asyncio.timeout(0.01):
                    await asyncio.Event().wait()
            except TimeoutError:
                yield ProgressUpdateEvent(text="took too long")

    async with serving(chatkit(Timing())) as url, httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/chatkit", json=create())
    assert events(answer.content)[-1] == {"type": "progress_update", "text": "took too long"}


async def test_a_slow_reader_holds_its_own_turn_up_and_nothing_piles_up() -> None:
    made = 0
    size = 20_000

    class Torrent(EchoServer):
        async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
            nonlocal made
            for _ in range(5_000):
                made += 1
                yield ProgressUpdateEvent(text="x" * size)
                await asyncio.sleep(0)

    async with serving(chatkit(Torrent())) as url, streaming(url, limit=1024) as slow:
        await slow.head()
        await slow.chunk()
        before = -1
        while made != before:  # until the turn has come to a standstill, while others are answered
            before = made
            for _ in range(10):
                async with streaming(url, {"type": "threads.list", "params": {}}) as other:
                    await other.head()
        # What was made is in the buffers of the two sockets, and a little in ours.
        assert made * size < 20_000_000
        assert made < 5_000
        await slow.chunk()


class Marked(StreamingResult):
    """A result that wants to know what its ending early means."""

    interrupted = False


class MarkingServer(GatedServer):
    def __init__(self) -> None:
        super().__init__()
        self.result: Marked | None = None
        self.meant: list[bool] = []

    async def process(self, request: Any, context: Any) -> StreamingResult | NonStreamingResult:
        result = await super().process(request, context)
        if isinstance(result, StreamingResult):
            self.result = Marked(result.json_events)
            return self.result
        return result

    async def handle_stream_cancelled(self, thread: Any, pending_items: list[Any], context: Any) -> None:
        assert self.result is not None
        self.meant.append(self.result.interrupted)
        await super().handle_stream_cancelled(thread, pending_items, context)


async def test_a_client_that_leaves_is_told_apart_from_a_server_that_stops() -> None:
    server = MarkingServer()
    async with serving(chatkit(server)) as url:
        async with streaming(url) as connection:
            await connection.head()
            await soon(server.started)
        await soon(server.stopped)
    assert server.meant == [False]


class StartedServer(uvicorn.Server):
    """Says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()


@asynccontextmanager
async def stopping(app: Any, patience: int) -> AsyncGenerator[tuple[str, uvicorn.Server, asyncio.Task[None]]]:
    """A server that is stopped by the test."""
    server = StartedServer(uvicorn.Config(app, port=0, log_level="critical", timeout_graceful_shutdown=patience))
    running = asyncio.create_task(server.serve())
    await soon(server.up)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", server, running
    server.should_exit = True
    await running


async def test_a_stop_lets_turns_finish() -> None:
    server = GatedServer()
    async with (
        stopping(chatkit(server), PATIENCE) as (url, uvicorn_server, running),
        streaming(url) as connection,
    ):
        await connection.head()
        await connection.until(b"content_part.added")
        uvicorn_server.should_exit = True
        server.words.put_nowait("the end")
        assert b"the end" in await connection.until(b"the end")
        server.words.put_nowait(None)
        assert events(await connection.rest()) == []
        await asyncio.wait_for(running, PATIENCE)
    assert server.cancelled == []


async def test_a_stop_whose_patience_ends_interrupts_turns_and_keeps_what_they_said() -> None:
    server = MarkingServer()
    app = chatkit(server)
    async with stopping(app, 0) as (url, uvicorn_server, running), streaming(url) as connection:
        await connection.head()
        server.words.put_nowait("so far")
        await connection.until(b"so far")
        uvicorn_server.should_exit = True
        rest = await connection.rest()
        await asyncio.wait_for(running, PATIENCE)
    assert events(rest) == [{"type": "error", "code": "stream.error", "allow_retry": True}]
    assert server.meant == [True]
    assert len(app.streams) == 0
    assert [item.type for item in await stored(server)][:2] == ["user_message", "assistant_message"]


async def test_a_server_that_fails_to_write_is_a_client_that_left() -> None:
    """Servers of newer ASGI versions raise `OSError` when the client is gone."""
    left: list[bool] = []
    closed = asyncio.Event()

    async def frames() -> AsyncIterator[bytes]:
        try:
            yield b"data: 1\n\n"
            await asyncio.sleep(0)
            yield b"data: 2\n\n"
            await asyncio.Event().wait()
        finally:
            closed.set()

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(sent: Any) -> None:
        if sent["type"] == "http.response.body":
            raise OSError

    stream = EventStream(frames(), receive, pulse=Pulse(15), headers=[], on_leave=lambda: left.append(True))
    assert await stream.open()
    await asyncio.wait_for(stream({}, receive, send), PATIENCE)
    assert left
    assert closed.is_set()


async def test_a_turn_that_fails_in_the_middle_ends_with_an_error_event(caplog: pytest.LogCaptureFixture) -> None:
    class Breaking(EchoServer):
        async def process(self, request: Any, context: Any) -> StreamingResult | NonStreamingResult:
            async def frames() -> AsyncGenerator[bytes, None]:
                yield b'data: {"type":"progress_update","text":"working"}\n\n'
                raise RuntimeError("broken")

            return StreamingResult(frames())

    async with serving(chatkit(Breaking())) as url, httpx.AsyncClient(base_url=url) as http:
        answer = await http.post("/chatkit", json=create())
    assert [event["type"] for event in events(answer.content)] == ["progress_update", "error"]
    assert "broken" in caplog.text


async def test_many_streams_at_once_each_get_their_own() -> None:
    async with serving(chatkit(EchoServer())) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        answers = await asyncio.gather(*(http.post("/chatkit", json=create(f"number {n}")) for n in range(60)))
    for number, answer in enumerate(answers):
        assert events(answer.content)[-1]["item"]["content"][0]["text"] == f"number {number}"
