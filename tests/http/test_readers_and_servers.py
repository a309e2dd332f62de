"""Streams under every server, with readers of every kind: each frame once, and the thread as it should be."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.middleware.base import BaseHTTPMiddleware

from chatkit.http import Settings
from chatkit.types import ProgressUpdateEvent, ThreadItemDoneEvent
from tests.http.servers import USER, EchoServer, chatkit, create, events, message
from tests.support.asgi_servers import SERVERS

PATIENCE = 30
FRAMES = 250
FRAME_BYTES = 40_000
"""In all more than the sockets of both sides and the server hold: a reader that stalls is felt."""


class NumberedServer(EchoServer):
    """Sends numbered frames out of timeouts of its own, each of which it outlives; then a message."""

    def __init__(self, *, frames: int = FRAMES, size: int = FRAME_BYTES) -> None:
        super().__init__()
        self.frames, self.size = frames, size
        self.timed_out, self.ended = asyncio.Event(), asyncio.Event()
        self.ends: list[str] = []

    async def respond(self, thread: Any, input_user_message: Any, context: Any) -> AsyncIterator[Any]:
        number = first = 0
        while number < self.frames:
            try:
                first = number
                async with asyncio.timeout(0.1):
                    while number < self.frames:
                        number += 1
                        yield ProgressUpdateEvent(text=f"{number} " + "x" * self.size)
                        await asyncio.sleep(0)
            except TimeoutError:
                if number - first <= 2:  # nothing went on meanwhile: the reader stalls
                    self.timed_out.set()
        yield ThreadItemDoneEvent(item=message(self, thread, "All said.", context))
        self._end("complete")

    async def handle_stream_cancelled(self, thread: Any, pending_items: list[Any], context: Any) -> None:
        await super().handle_stream_cancelled(thread, pending_items, context)
        self._end("stopped")

    async def handle_stream_interrupted(self, thread: Any, pending_items: list[Any], context: Any) -> None:
        await super().handle_stream_interrupted(thread, pending_items, context)
        self._end("interrupted")

    def _end(self, how: str) -> None:
        self.ends.append(how)
        self.ended.set()


class Reader:
    """A client on a bare socket, with as little room as the system gives."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.received = bytearray()

    async def read(self, size: int = 65536) -> bool:
        """Reads a little. False: the end."""
        loop = asyncio.get_running_loop()
        read = await asyncio.wait_for(loop.sock_recv(self.socket, size), PATIENCE)
        self.received += read
        return bool(read)

    async def until(self, text: bytes) -> None:
        while text not in self.received:
            assert await self.read(), bytes(self.received[-300:])

    async def to_the_end(self, size: int = 65536) -> None:
        """Until the last chunk of the answer."""
        while not self.received.endswith(b"\r\n0\r\n\r\n"):
            assert await self.read(size), bytes(self.received[-300:])

    def frames(self) -> list[dict[str, Any]]:
        """The events of the whole answer, out of its chunks."""
        rest, body = bytes(self.received.partition(b"\r\n\r\n")[2]), b""
        while rest:
            length, _, rest = rest.partition(b"\r\n")
            body, rest = body + rest[: int(length, 16)], rest[int(length, 16) + 2 :]
        frames = [frame for frame in body.decode().split("\n\n") if frame and not frame.startswith(":")]
        return [json.loads(frame.removeprefix("data: ")) for frame in frames]

    def numbers(self) -> list[int]:
        return [int(event["text"].split()[0]) for event in self.frames() if event["type"] == "progress_update"]


@asynccontextmanager
async def asking(url: str) -> AsyncGenerator[Reader]:
    address = urlsplit(url)
    body = json.dumps(create()).encode()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (address.hostname, address.port))
        head = (
            f"POST /chatkit HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        await loop.sock_sendall(connection, head.encode() + body)
        yield Reader(connection)


async def stored(server: EchoServer) -> list[str]:
    """The kinds of the items in the store."""
    (thread,) = (await server.store.load_threads(10, None, "asc", USER)).data
    return [item.type for item in (await server.store.load_thread_items(thread.id, None, 20, "asc", USER)).data]


async def nothing_left(app: Any, tasks: set[Any]) -> None:
    """The streams are at an end, and so are their tasks."""
    async with asyncio.timeout(PATIENCE):
        await app.streams.ended()
        while left := [task for task in asyncio.all_tasks() - tasks if "EventStream" in repr(task)]:
            await asyncio.wait(left)
    assert len(app.streams) == 0


async def read_fast(server: NumberedServer, reader: Reader) -> None:
    await reader.to_the_end(1 << 20)


async def read_slowly(server: NumberedServer, reader: Reader) -> None:
    await reader.to_the_end(8192)


async def stall_then_read(server: NumberedServer, reader: Reader) -> None:
    await reader.until(b'"1 x')
    await asyncio.wait_for(server.timed_out.wait(), PATIENCE)  # while there is no room for the next frame
    await reader.to_the_end()


@pytest.mark.parametrize("serve", SERVERS)
@pytest.mark.parametrize("read", [read_fast, read_slowly, stall_then_read])
async def test_every_frame_arrives_once_and_in_order(serve: str, read: Any) -> None:
    server = NumberedServer()
    app = chatkit(server)
    before = asyncio.all_tasks()
    async with SERVERS[serve](app) as url:
        async with asking(url) as reader:
            await read(server, reader)
        await nothing_left(app, before)
    assert reader.numbers() == list(range(1, FRAMES + 1))
    assert reader.frames()[-1]["item"]["content"][0]["text"] == "All said."
    assert server.ends == ["complete"]
    assert await stored(server) == ["user_message", "assistant_message"]


async def test_streams_over_http_2_are_the_same() -> None:
    server = NumberedServer(frames=50)
    async with (
        SERVERS["hypercorn"](chatkit(server)) as url,
        httpx.AsyncClient(base_url=url, http1=False, http2=True) as http,
    ):
        answers = await asyncio.gather(*(http.post("/chatkit", json=create()) for _ in range(10)))
    for answer in answers:
        assert answer.http_version == "HTTP/2"
        seen = [event["text"].split()[0] for event in events(answer.content) if event["type"] == "progress_update"]
        assert seen == [str(number) for number in range(1, 51)]
    assert server.ends == ["complete"] * 10


@pytest.mark.parametrize("serve", SERVERS)
@pytest.mark.parametrize("stalls", [False, True])
async def test_a_reader_that_vanishes_stops_the_turn(serve: str, stalls: bool) -> None:
    server = NumberedServer(frames=1_000_000)
    app = chatkit(server)
    before = asyncio.all_tasks()
    async with SERVERS[serve](app) as url:
        async with asking(url) as reader:
            await reader.until(b'"1 x')
            if stalls:
                await asyncio.wait_for(server.timed_out.wait(), PATIENCE)
        await asyncio.wait_for(server.ended.wait(), PATIENCE)
        await nothing_left(app, before)
    assert server.ends == ["stopped"]
    assert (await stored(server))[0] == "user_message"


@pytest.mark.parametrize("serve", SERVERS)
async def test_a_reader_that_stalls_for_too_long_interrupts_the_turn(serve: str) -> None:
    """It is not the user who stopped it, so the model is told nothing; and the answer is not as good as complete."""
    server = NumberedServer(frames=1_000_000)
    app = chatkit(server, settings=Settings(stall_seconds=0.5, turns_per_minute=0))
    before = asyncio.all_tasks()
    async with SERVERS[serve](app) as url, asking(url) as reader:
        await reader.until(b'"1 x')
        await asyncio.wait_for(server.ended.wait(), PATIENCE)
        await nothing_left(app, before)
        while await reader.read(1 << 20):  # what was on its way, up to the connection's end
            pass
    assert server.ends == ["interrupted"]
    assert not reader.received.endswith(b"0\r\n\r\n")
    assert await stored(server) == ["user_message"]


def with_middleware(server: NumberedServer, **settings: Any) -> Any:
    """An app whose every answer passes a layer that takes it apart, as Starlette's base class for such layers does."""

    async def pass_on(request: Any, call_next: Any) -> Any:
        response = await call_next(request)
        response.headers["x-layer"] = "passed"
        return response

    app = chatkit(server, settings=Settings(turns_per_minute=0, **settings))
    app.add_middleware(BaseHTTPMiddleware, dispatch=pass_on)
    return app


async def test_frames_pass_layers_of_the_applications_own_once_and_in_order() -> None:
    server = NumberedServer()
    app = with_middleware(server)
    before = asyncio.all_tasks()
    async with SERVERS["uvicorn"](app) as url:
        async with asking(url) as reader:
            await stall_then_read(server, reader)
        await nothing_left(app, before)
    assert b"x-layer: passed" in reader.received[:1000]
    assert reader.numbers() == list(range(1, FRAMES + 1))
    assert server.ends == ["complete"]


async def test_leaving_and_stalling_are_told_apart_behind_layers_too() -> None:
    for stall, end in ((0.0, "stopped"), (0.5, "interrupted")):
        server = NumberedServer(frames=1_000_000)
        app = with_middleware(server, stall_seconds=stall)
        async with SERVERS["uvicorn"](app) as url, asking(url) as reader:
            await reader.until(b'"1 x')
            if stall:
                await asyncio.wait_for(server.ended.wait(), PATIENCE)
            reader.socket.close()
            await asyncio.wait_for(server.ended.wait(), PATIENCE)
        assert server.ends == [end]
