"""`GET /chatkit/ws`: any number of requests of the protocol over one web socket.

Each is an HTTP request of its own as the endpoint sees it, with the headers of the handshake. So it is signed in,
limited, charged, answered and broken off as over HTTP, by the same code; what differs is how answers travel.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from pydantic_core import to_json
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chatkit.http.auth import Authentication
from chatkit.http.charges import Charges
from chatkit.http.endpoint import PlainEndpoint
from chatkit.http.errors import HttpError, Problem, error_response, problem_of
from chatkit.http.origins import Origins
from chatkit.http.socket_frames import Asked, Cancelled, EventFrames, FrameError, Pinged, error_frame, read_frame, told
from chatkit.logger import logger
from chatkit.settings import Settings

__all__ = ["PATH", "SocketEndpoint"]

PATH = "/ws"
"""Where it is, below the endpoint."""

_MOST_OPEN = 256
"""Requests of one socket that may be open at a time."""
_IDLE_SECONDS = 300.0
"""After which a socket that nobody uses is closed."""
_LAST_WORD_SECONDS = 1.0
_RESTARTS = 1012
"""The code with which servers close sockets when they stop. A client that leaves never sends it."""
_LOWEST_ERROR = 400

_OF_THE_HANDSHAKE = frozenset(
    b"accept connection content-encoding content-length content-type expect keep-alive transfer-encoding upgrade "
    b"x-request-id".split()
)
"""Headers that say something of the handshake alone, beside those that begin with `sec-websocket-`."""

_BROKEN = Problem(500, "stream.broken", "The answer was broken off.")
_ID_IN_USE = Problem(400, "socket.id_in_use", "A request of this id is still open.", "id")
_TOO_MANY = Problem(429, "socket.too_many", f"At most {_MOST_OPEN} requests may be open on one socket.")


class SocketEndpoint:
    """The web socket beside an endpoint, as an ASGI app. `is_stopping`: whether the server is about to stop."""

    def __init__(
        self,
        endpoint: ASGIApp,
        *,
        authentication: Authentication,
        settings: Settings,
        charges: Charges,
        is_stopping: Callable[[], bool],
    ) -> None:
        self._endpoint = endpoint
        self._authentication = authentication
        self._origins = Origins(settings.allowed_origins)
        self._settings = settings
        self._charges = charges
        self._is_stopping = is_stopping
        self._no_upgrade = PlainEndpoint(_ask_for_upgrade)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one socket to its end."""
        if scope["type"] != "websocket":
            await self._no_upgrade(scope, receive, send)
            return
        await receive()  # that the client connects
        asking = _as_http(scope)
        try:
            await self._admit(Request(asking))
        except Exception as error:  # noqa: BLE001 - the boundary of a request; what is unknown is logged there
            await _refuse(problem_of(error), scope, receive, send)
            return
        headers = self._sign_in(asking)
        await send({"type": "websocket.accept", "headers": headers})
        await _Socket(self._endpoint, asking, send, self._settings, self._charges).run(receive, self._is_stopping)

    async def _admit(self, request: Request) -> None:
        """Refuses pages of other sites: any of them can open a socket, and no preflight asks before."""
        try:
            self._origins.check(request)
        except HttpError as error:
            await self._charges.refused(request, error)
            raise

    def _sign_in(self, asking: Scope) -> list[tuple[bytes, bytes]]:
        """Sees to the cookies that all requests will have. The headers for the answer: those of a page."""
        others = [(name, value) for name, value in asking["headers"] if name != b"cookie"]
        if not self._origins.admits_cookies(Request(asking)):
            asking["headers"] = others
            return []
        headers = self._authentication.page_headers(Request(asking))
        new = [value.partition(b";")[0] for name, value in headers if name.lower() == b"set-cookie"]
        if new:
            given = [value for name, value in asking["headers"] if name == b"cookie"]
            asking["headers"] = [*others, (b"cookie", b"; ".join([*new, *given]))]
        return headers


async def _ask_for_upgrade(request: Request) -> Response:
    raise HttpError(
        Problem(
            426,
            "socket.upgrade_required",
            "This is a web socket; or a proxy in front does not pass `Upgrade` on.",
            headers={"Upgrade": "websocket", "Connection": "Upgrade"},
        )
    )


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers the handshake, with the reason where the server has a way to."""
    if "websocket.http.response" in scope.get("extensions", {}):
        await error_response(problem)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})


def _as_http(scope: Scope) -> Scope:
    """What the requests have in common, as if the handshake had been one of them."""
    headers = [
        (name, value)
        for name, value in scope["headers"]
        if name not in _OF_THE_HANDSHAKE and not name.startswith(b"sec-websocket-")
    ]
    raw_path = scope.get("raw_path")
    return {
        **{key: value for key, value in scope.items() if key != "subprotocols"},
        "type": "http",
        "method": "POST",
        "scheme": {"ws": "http", "wss": "https"}.get(scope.get("scheme", "ws"), "http"),
        "path": scope["path"].removesuffix(PATH) or "/",
        "raw_path": (raw_path.removesuffix(PATH.encode()) or b"/") if raw_path is not None else None,
        "headers": headers,
        "extensions": {},
    }


class _Socket:
    """One socket, from its first frame to its end."""

    def __init__(self, endpoint: ASGIApp, asking: Scope, send: Send, settings: Settings, charges: Charges) -> None:
        self._endpoint = endpoint
        self._asking = asking
        self._send = send
        self._settings = settings
        self._charges = charges
        self._open: dict[str, _Exchange] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._was_used = True

    async def run(self, receive: Receive, is_stopping: Callable[[], bool]) -> None:
        """Serves until it is closed."""
        idle = asyncio.create_task(self._close_when_idle())
        try:
            await self._say_opened()
            closed = await self._read(receive)
            idle.cancel()
            self._leave(restarts=closed.get("code") == _RESTARTS or is_stopping())
            await self._wait_for_turns()
        except OSError:
            self._leave(restarts=False)
        finally:
            idle.cancel()
            await self._end()

    async def _wait_for_turns(self) -> None:
        if self._tasks:
            with suppress(asyncio.CancelledError):  # their time is up; nobody is left to be told of it
                await asyncio.wait(self._tasks)

    async def _say_opened(self) -> None:
        limits = {"heartbeat": self._settings.heartbeat_seconds, "max_bytes": self._settings.max_body_bytes}
        await self._tell(told(None, "opened", to_json(limits).decode()))

    async def _read(self, receive: Receive) -> Message:
        """Takes frames until the client leaves, or the server stops; the message that says so."""
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            self._was_used = True
            text = message.get("text")
            try:
                await self._take((message.get("bytes") or b"").decode() if text is None else text)
            except UnicodeDecodeError:
                await self._refuse(FrameError(Problem(400, "socket.malformed", "A frame is text, in UTF-8.")))
            except FrameError as error:
                await self._refuse(error)

    async def _take(self, text: str) -> None:
        settings = self._settings
        frame = read_frame(text, max_bytes=settings.max_body_bytes, max_depth=settings.max_json_depth)
        if isinstance(frame, Pinged):
            await self._tell(told(None, "pong", frame.token))
        elif isinstance(frame, Cancelled):
            exchange = self._open.pop(frame.id, None)
            if exchange is not None:
                exchange.leave()
        elif frame.id in self._open:
            raise FrameError(_ID_IN_USE)
        elif len(self._tasks) >= _MOST_OPEN:
            raise FrameError(_TOO_MANY, frame.id)
        else:
            self._begin(frame)

    def _begin(self, asked: Asked) -> None:
        scope = self._scope_of(asked)
        exchange = self._open[asked.id] = _Exchange(asked, self._tell, self._free)
        task = asyncio.create_task(self._serve(exchange, scope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _scope_of(self, asked: Asked) -> Scope:
        headers: list[tuple[bytes, bytes]] = self._asking["headers"]
        own = {name.encode(): value for name, value in asked.headers.items()}
        if b"authorization" in own and any(name == b"authorization" for name, _ in headers):
            # What a proxy says of the user goes before what the page says.
            problem = "headers.authorization: the handshake had one"
            raise FrameError(Problem(422, "request.invalid_params", problem, "headers.authorization"), asked.id)
        own |= {b"content-type": b"application/json", b"content-length": str(len(asked.body)).encode()}
        kept = [(name, value) for name, value in headers if name not in own]
        return {**self._asking, "headers": [*kept, *own.items()]}

    async def _serve(self, exchange: "_Exchange", scope: Scope) -> None:
        """Answers one request."""
        try:
            with suppress(OSError):  # of a socket that is closed
                await self._endpoint(scope, exchange.receive, exchange.send)
        except Exception:  # noqa: BLE001 - the boundary of a request
            logger.exception("A request on a web socket failed.")
        finally:
            with suppress(OSError):  # which a timeout is, too
                async with asyncio.timeout(_LAST_WORD_SECONDS):
                    await exchange.finish()

    def _free(self, exchange: "_Exchange") -> None:
        """The id may be used again."""
        if self._open.get(exchange.id) is exchange:
            del self._open[exchange.id]

    async def _refuse(self, error: FrameError) -> None:
        problem = error.problem
        try:
            await self._charges.refused(Request(self._asking), error)
        except HttpError as over:
            problem = over.problem
        await self._tell(_refusal(error.id, problem))

    async def _tell(self, text: str) -> None:
        """Sends a frame. Raises `OSError` when the socket is closed, whatever its server raises for that."""
        try:
            await self._send({"type": "websocket.send", "text": text})
        except OSError:
            raise
        except Exception as error:
            raise ConnectionError("The web socket is closed.") from error

    async def _close_when_idle(self) -> None:
        while self._was_used or self._tasks:
            self._was_used = False
            await asyncio.sleep(_IDLE_SECONDS)
        with suppress(Exception):
            await self._send({"type": "websocket.close", "code": 1000})

    def _leave(self, *, restarts: bool) -> None:
        """The connection is gone. Turns that are tied to it end as over HTTP: the user left; but when it is the server
        that stops, they have until then."""
        for exchange in self._open.values():
            if restarts and not exchange.goes_on:
                exchange.mute()
            else:
                exchange.leave()
        self._open.clear()

    async def _end(self) -> None:
        """Ends what still runs, and waits until it has stored what it had."""
        for task in self._tasks:
            task.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)


def _refusal(id: str | None, problem: Problem) -> str:
    retry_after = problem.headers.get("Retry-After")
    body = bytes(error_response(problem).body)
    return error_frame(id, problem.status, body, int(retry_after) if retry_after is not None else None)


class _Exchange:
    """One request, and its answer on the way from HTTP to frames."""

    def __init__(
        self, asked: Asked, tell: Callable[[str], Awaitable[None]], done: Callable[["_Exchange"], None]
    ) -> None:
        self.id = asked.id
        self.goes_on = asked.goes_on
        self._body: bytes | None = asked.body
        self._tell = tell
        self._done = done
        self._left = asyncio.Event()
        self._is_mute = False
        self._events: EventFrames | None = None
        """Once the answer has begun, if it is a stream."""
        self._status = 0
        self._retry_after: int | None = None
        self._answer = b""
        self._is_answered = False

    def leave(self) -> None:
        """The client wants no more of it: as if it had closed its connection."""
        self._left.set()
        self.mute()

    def mute(self) -> None:
        """Nothing is sent any more."""
        self._is_mute = True

    async def receive(self) -> Message:
        """The request, then that the client is gone."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Sends a part of the answer. Raises `OSError` when the socket is closed."""
        if message["type"] == "http.response.start":
            await self._begin(message)
            return
        body: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        if self._events is None:
            self._answer += body
        else:
            for text in self._events.of(body):
                await self._say(text)
        if not more:
            self._is_answered = True
            await self._say_last(self._as_frame() if self._events is None else told(self.id, "end", "true"))

    async def finish(self) -> None:
        """To be called when whoever answers is done. Tells the client when that was in the middle."""
        if not self._is_answered:
            await self._say_last(_refusal(self.id, _BROKEN))

    async def _begin(self, message: Message) -> None:
        headers = Headers(raw=message.get("headers", []))
        self._status = message["status"]
        retry_after = headers.get("retry-after", "")
        self._retry_after = int(retry_after) if retry_after.isdecimal() else None
        if headers.get("content-type", "").startswith("text/event-stream"):
            self._events = EventFrames(self.id)
            await self._say(told(self.id, "begin", "true"))

    def _as_frame(self) -> str:
        if self._status < _LOWEST_ERROR:
            return told(self.id, "result", self._answer.decode())
        return error_frame(self.id, self._status, self._answer, self._retry_after)

    async def _say_last(self, text: str) -> None:
        self._done(self)
        await self._say(text)

    async def _say(self, text: str) -> None:
        if not self._is_mute:
            await self._tell(text)
