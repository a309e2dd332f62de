"""Bodies that do not arrive, and those that arrive slowly."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.requests import Request

from chatkit.http import Settings
from chatkit.http.bodies import read_body
from chatkit.http.errors import HttpError
from tests.http.servers import EchoServer, chatkit
from tests.support.asgi_servers import SERVERS

PATIENCE = 30
HEAD = b"POST /chatkit HTTP/1.1\r\nHost: chat.test\r\nContent-Type: application/json\r\n"


def app(**settings: Any) -> Any:
    return chatkit(EchoServer(), settings=Settings(turns_per_minute=0, **settings))


async def answer_to(url: str, sent: bytes) -> bytes:
    """All that comes back until the server closes the connection."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(sent)
        return await asyncio.wait_for(reader.read(), PATIENCE)
    finally:
        writer.close()


@pytest.mark.parametrize("serve", SERVERS)
@pytest.mark.parametrize(
    "unfinished",
    [
        HEAD + b"Content-Length: 200\r\n\r\n",
        HEAD + b'Content-Length: 200\r\n\r\n{"type": "threads.list"',
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
        HEAD + b'Transfer-Encoding: chunked\r\n\r\n7\r\n{"type"\r\n',
    ],
)
async def test_a_body_that_does_not_arrive_is_answered_and_the_connection_closed(serve: str, unfinished: bytes) -> None:
    async with SERVERS[serve](app(body_seconds=0.2)) as url:
        answer = await answer_to(url, unfinished)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in head.lower()
    assert b'"code":"request.timeout"' in body


async def test_hundreds_of_unfinished_bodies_at_once_do_not_stay_open() -> None:
    unfinished = HEAD + b'Content-Length: 200\r\n\r\n{"type": "threads.list"'
    async with SERVERS["uvicorn"](app(body_seconds=0.5)) as url:
        answers = await asyncio.gather(*(answer_to(url, unfinished) for _ in range(400)))
    assert {answer[:13] for answer in answers} == {b"HTTP/1.1 408 "}


class Line:
    """A line over which bytes come at their own pace, by a clock that it turns itself."""

    def __init__(self, chunks: list[bytes], seconds_each: float) -> None:
        self.chunks, self.seconds_each, self.seconds = chunks, seconds_each, 0.0

    async def receive(self) -> Any:
        self.seconds += self.seconds_each
        for _ in range(3):
            await asyncio.sleep(0)
        chunk = self.chunks.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(self.chunks)}

    def read(self, patience: float, http_version: str = "1.1") -> bytes:
        """The body, read in a loop of its own, since its clock is the line's."""
        loop = asyncio.new_event_loop()
        loop.time = lambda: self.seconds  # type: ignore[method-assign]
        request = Request({"type": "http", "http_version": http_version, "headers": []})
        try:
            return loop.run_until_complete(read_body(request, self.receive, 2_097_152, patience))
        finally:
            loop.close()


@pytest.mark.parametrize(
    ("size", "chunk", "seconds_each"),
    [
        (2_000_000, 4096, 2.0),  # 16 minutes, at 16 kbit a second
        (2_000_000, 64 * 1024, 25.0),  # comes in lumps
        (100, 100, 29.0),
    ],
)
def test_a_slow_but_steady_body_arrives(size: int, chunk: int, seconds_each: float) -> None:
    whole = b"x" * size
    assert Line([whole[at : at + chunk] for at in range(0, size, chunk)], seconds_each).read(30) == whole


@pytest.mark.parametrize(
    ("size", "chunk", "seconds_each"),
    [
        (100, 1, 1.0),  # a byte now and then
        (2_000_000, 100, 1.0),
        (100, 100, 31.0),
    ],
)
def test_a_body_that_only_drips_is_refused_soon(size: int, chunk: int, seconds_each: float) -> None:
    line = Line([b"x" * chunk] * (size // chunk), seconds_each)
    with pytest.raises(HttpError) as refused:
        line.read(30)
    assert refused.value.problem.status == 408
    assert line.seconds < 60


def test_no_limit_is_no_limit() -> None:
    assert Line([b"x", b"y"], 1e6).read(0) == b"xy"


def test_over_http_2_the_answer_has_no_header_that_it_forbids() -> None:
    with pytest.raises(HttpError) as refused:
        Line([b"x", b"y"], 100).read(30, "2")
    assert refused.value.problem.status == 408
    assert refused.value.problem.headers == {}


async def test_a_whole_body_is_answered_on_a_connection_that_stays_open() -> None:
    body = json.dumps({"type": "threads.list", "params": {}}).encode()
    request = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    async with SERVERS["uvicorn"](app(body_seconds=0.2)) as url, AsyncExitStack() as stack:
        address = urlsplit(url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        stack.callback(writer.close)
        for _ in range(3):
            writer.write(request)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
            assert head.startswith(b"HTTP/1.1 200 ")
            await reader.readuntil(b"}")
