"""A client of the web socket: any number of requests over one connection, each with its own frames."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

__all__ = ["Answer", "SocketClient", "connected"]

PATIENCE = 15
RECEIVED_BYTES = 64 * 1024
ENDS = ("result", "error", "end")


class Answer:
    """What has come for one request."""

    def __init__(self, request_id: str) -> None:
        self.id = request_id
        self.frames: list[dict[str, Any]] = []
        self.news = asyncio.Event()

    def hear(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        self.news.set()

    @property
    def ended(self) -> bool:
        return any(name in frame for frame in self.frames for name in ENDS)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [frame["event"] for frame in self.frames if "event" in frame]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def positions(self) -> list[str]:
        return [frame["position"] for frame in self.frames if "position" in frame]

    @property
    def last(self) -> dict[str, Any]:
        return self.frames[-1] if self.frames else {}

    def of(self, kind: str) -> dict[str, Any]:
        return next(event for event in self.events if event["type"] == kind)

    async def until(self, there: Callable[["Answer"], bool] = lambda answer: answer.ended) -> "Answer":
        """Waits for it to be so."""
        async with asyncio.timeout(PATIENCE):
            while not there(self):
                self.news.clear()
                await self.news.wait()
        return self


class SocketClient:
    """One connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.answers: dict[str, Answer] = {}
        self.others = Answer("")
        """What is said of no request."""
        self.closed = asyncio.Event()
        self.reading: asyncio.Task[None] | None = None
        self._numbers = iter(range(1, 10_000))

    async def read(self) -> None:
        try:
            while True:
                frame = json.loads(await self.connection.recv(decode=True))
                self.answers.get(frame.get("id"), self.others).hear(frame)
        except ConnectionClosed:
            self.closed.set()

    def take_nothing(self) -> None:
        """From here on."""
        if self.reading is not None:
            self.reading.cancel()

    async def say(self, frame: Any) -> None:
        """Sends anything."""
        await self.connection.send(frame if isinstance(frame, (str, bytes)) else json.dumps(frame))

    async def begin(
        self, operation: str, /, *, runs: bool = True, headers: dict[str, str] | None = None, **params: Any
    ) -> Answer:
        """Sends a request."""
        answer = Answer(f"r{next(self._numbers)}")
        self.answers[answer.id] = answer
        beside = {name: params.pop(name) for name in ("request_id", "if_busy") if name in params}
        if runs:
            beside["extensions"] = ["runs"]
        given = {} if headers is None else {"headers": headers}
        await self.say({"id": answer.id, "request": {"type": operation, "params": params, **beside}, **given})
        return answer

    async def ask(self, operation: str, /, **params: Any) -> Answer:
        """Sends a request and waits for the end of its answer."""
        return await (await self.begin(operation, **params)).until()


@asynccontextmanager
async def connected(url: str, path: str = "/chatkit/ws", **headers: str) -> AsyncGenerator[SocketClient]:
    """A connection to the server at an `http://` address. What it does not read is little."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    address, plain = urlsplit(url), socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, (address.hostname, address.port))
    where = url.replace("http", "ws", 1) + path
    options: dict[str, Any] = {"sock": plain, "compression": None, "max_size": None}
    async with connect(where, additional_headers=given, **options) as connection:
        client = SocketClient(connection)
        client.reading = asyncio.create_task(client.read())
        try:
            yield client
        finally:
            client.reading.cancel()
