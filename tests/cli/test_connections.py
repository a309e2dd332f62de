"""The connections of `chatkit serve`: how soon they send, and how long they may say nothing."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from chatkit.cli.running import server_options
from chatkit.http import Settings
from tests.cli.conftest import PATIENCE, Cli
from tests.http.servers import EchoServer, chatkit, create
from tests.support.socket_client import connected

LIST: dict[str, Any] = {"type": "threads.list", "params": {}}
NAGLE = '''
import asyncio, socket
from chatkit.http import ChatKit
from shop import Server
from chatkit.stores import MemoryStore

kept = ChatKit(Server(MemoryStore()))

def accepted():
    """The TCP_NODELAY of every connection that this process has accepted."""
    found = []
    loop = asyncio.get_running_loop()
    import gc
    for transport in gc.get_objects():
        if type(transport).__name__ == "_SelectorSocketTransport" and transport.get_extra_info("peername"):
            found.append(transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    return found

async def app(scope, receive, send):
    if scope["type"] != "http" or scope["path"] != "/nodelay":
        return await kept(scope, receive, send)
    body = ",".join(map(str, accepted())).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})
'''


@pytest.mark.parametrize("options", [(), ("--workers", "2"), ("--reload",)])
async def test_every_connection_sends_at_once(cli: Cli, options: tuple[str, ...]) -> None:
    (cli.folder / "nagle.py").write_text(NAGLE)
    async with cli.serving("nagle:app", *options) as url, httpx.AsyncClient(base_url=url) as http:

        async def up() -> httpx.Response:
            while True:
                try:
                    return await http.get("/nodelay")
                except httpx.TransportError:
                    await asyncio.sleep(0.05)

        answer = await asyncio.wait_for(up(), PATIENCE)
    assert answer.text.split(",") == ["1"] * len(answer.text.split(","))


class Served(uvicorn.Server):
    """In a thread of its own, since `chatkit serve` would be too; without its signals."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        super().__init__(uvicorn.Config(chatkit(EchoServer(), settings=settings), **server_options(settings)))
        self.listening = listening

    def run_here(self) -> None:
        asyncio.run(self.serve(sockets=[self.listening]))


@contextmanager
def served(**settings: Any) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = Served(Settings(turns_per_minute=0, shutdown_seconds=1, **settings), listening)
        thread = threading.Thread(target=server.run_here)
        thread.start()
        try:
            yield url
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


async def opened(url: str, **options: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(url)
    return await asyncio.open_connection(address.hostname, address.port, **options)


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.read(), PATIENCE)
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize(
    "begun", [b"", b"G", b"POST /chatkit HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: chat.test\r\nX-More: "]
)
async def test_a_head_that_does_not_end_ends_the_connection(begun: bytes) -> None:
    with served(header_seconds=0.3) as url:
        reader, writer = await opened(url)
        writer.write(begun)
        assert await until_closed(reader) == b""
        writer.close()


async def test_a_second_head_on_a_kept_connection_has_its_time_too() -> None:
    with served(header_seconds=0.3) as url:
        reader, writer = await opened(url)
        writer.write(b"GET /health HTTP/1.1\r\nHost: chat.test\r\n\r\n")
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
        writer.write(b"GET /health HTTP/1.1\r\n")
        await until_closed(reader)
        writer.close()


async def test_heads_that_drip_end_all_the_same() -> None:
    """Each byte is progress, and none of it is a request."""
    with served(header_seconds=0.5) as url:
        reader, writer = await opened(url)
        closed = asyncio.create_task(until_closed(reader))
        while not closed.done():
            writer.write(b"X")
            await asyncio.wait([closed], timeout=0.05)
        writer.close()


async def test_requests_that_take_long_and_answers_that_follow_each_other_are_not_cut_off() -> None:
    body = json.dumps(create()).encode()
    head = b"POST /chatkit HTTP/1.1\r\nHost: chat.test\r\nContent-Type: application/json\r\n"
    with served(header_seconds=0.3, body_seconds=30) as url:
        reader, writer = await opened(url)
        for _ in range(2):
            writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body[:10])
            with suppress(TimeoutError):  # nothing comes for longer than a head may take
                await asyncio.wait_for(reader.read(1), 0.6)
            writer.write(body[10:])
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n0\r\n\r\n"), PATIENCE)
            assert b"thread.item.done" in answer
        writer.close()


async def test_a_reader_that_takes_nothing_loses_its_connection() -> None:
    """Also where no stream notices: a page of the server's, larger than what the sockets hold."""
    with served(stall_seconds=0.3, heartbeat_seconds=0.1) as url:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect((urlsplit(url).hostname, urlsplit(url).port))
        _, writer = await asyncio.open_connection(sock=connection, limit=1024)
        writer.write(b"GET /chatkit.js HTTP/1.1\r\nHost: chat.test\r\n\r\n" * 2000)
        with pytest.raises(ConnectionError):
            while True:
                await writer.drain()
                writer.write(b"GET /chatkit.js HTTP/1.1\r\nHost: chat.test\r\n\r\n" * 200)
                await asyncio.sleep(0)
        writer.close()


# Web sockets


async def test_a_socket_outlives_the_time_of_a_head() -> None:
    """Also of a connection that had other requests before."""
    with served(websocket=True, header_seconds=0.3) as url:
        async with connected(url) as client:
            assert "result" in (await client.ask("threads.list")).last
            await asyncio.sleep(0.8)
            assert "result" in (await client.ask("threads.list")).last
        head = b"Host: chat.test\r\n"
        key = b"Sec-WebSocket-Key: " + b"A" * 22 + b"==\r\n"
        upgrade = b"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" + key
        reader, writer = await opened(url)
        writer.write(b"GET /health HTTP/1.1\r\n" + head + b"\r\n")
        await asyncio.wait_for(reader.readuntil(b"}}"), PATIENCE)
        writer.write(b"GET /chatkit/ws HTTP/1.1\r\n" + head + upgrade + b"\r\n")
        await asyncio.wait_for(reader.readuntil(b'"opened"'), PATIENCE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.8):
                await until_closed_after(reader, b"}}")
        writer.close()


async def until_closed_after(reader: asyncio.StreamReader, rest: bytes) -> None:
    """Reads the rest, then waits for the end."""
    await reader.readuntil(rest)
    await reader.read(1)


async def test_a_socket_that_takes_nothing_loses_its_connection() -> None:
    """Also where no stream notices: answers that are ready at once."""
    with served(websocket=True, stall_seconds=0.3, heartbeat_seconds=0.1) as url:
        async with connected(url) as client:
            client.take_nothing()
            with pytest.raises(ConnectionClosed):
                for number in range(100_000):
                    await client.say({"id": str(number), "request": create("word " * 2000)})


async def test_sockets_are_not_compressed_and_bounded() -> None:
    with served(websocket=True, max_body_bytes=20_000) as url:
        where = url.replace("http", "ws", 1) + "/chatkit/ws"
        async with connect(where, compression="deflate") as offered:
            assert offered.response is not None
            assert "sec-websocket-extensions" not in offered.response.headers
        async with connected(url) as client:
            larger = await client.ask("threads.create", input={"text": "x" * 30_000})
            assert larger.last["error"]["code"] == "request.too_large"
            with suppress(ConnectionClosed):
                await client.begin("threads.create", input={"text": "x" * 90_000})
            await asyncio.wait_for(client.closed.wait(), PATIENCE)
            assert client.connection.close_code == 1009


async def test_without_the_setting_a_handshake_is_refused() -> None:
    with served() as url, pytest.raises(InvalidStatus) as refused:
        async with connected(url):
            pass
    assert refused.value.response.status_code == 404
