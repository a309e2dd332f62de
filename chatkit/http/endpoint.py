"""`POST /chatkit`: one request of the protocol, from its bytes to its answer."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any, Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from chatkit._runs import runs_of
from chatkit._wire import ParsedBody
from chatkit.http.auth import Authentication, Caller
from chatkit.http.bodies import ClientLeftError, check_depth, check_media_type, parse_body, read_body
from chatkit.http.charges import Charges
from chatkit.http.errors import HttpError, Problem, error_response, problem_of, refusal_of
from chatkit.http.event_stream import EventStream
from chatkit.http.health import Health
from chatkit.http.logs import new_request_id
from chatkit.http.open_streams import OpenStreams
from chatkit.http.origins import Origins, RawHeaders
from chatkit.http.pulse import Pulse
from chatkit.http.run_stream import RunStream
from chatkit.http.session_limits import SessionLimits
from chatkit.logger import current_request_id, current_thread_id
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.settings import Settings
from chatkit.types import is_streaming_req

__all__ = ["PlainEndpoint", "ProtocolEndpoint"]

Respond = Callable[[Request], Awaitable[Response]]


class PlainEndpoint:
    """A plain route as an ASGI app: errors become JSON, and every answer carries the request's id."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        request_id = new_request_id(request.headers.get("x-request-id"))
        token = current_request_id.set(request_id)
        try:
            response = await self._answer(request)
            response.raw_headers.append((b"x-request-id", request_id.encode()))
            await response(scope, receive, send)
        finally:
            current_request_id.reset(token)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._respond(request)
        except Exception as error:  # noqa: BLE001 - the boundary of a request; what is unknown is logged there
            return error_response(problem_of(error))


@runtime_checkable
class _Interruptible(Protocol):
    """A result that can be told how it is read, and what its ending early would mean."""

    interrupted: bool
    has_own_task: bool


class ProtocolEndpoint:
    """The protocol over HTTP, as an ASGI app.

    In this order: who may call (`Origin`, then authentication), is the body one that can be read at all, then
    `process()`. Nothing is sent before the first event of a stream is there, so that errors keep their status.
    """

    def __init__(
        self,
        server: ChatKitServer[Any],
        *,
        authentication: Authentication,
        settings: Settings,
        streams: OpenStreams,
        charges: Charges,
        health: Health,
        owner_of: Callable[[Any], object],
        session_limits: SessionLimits | None = None,
    ) -> None:
        self._server = server
        self._authentication = authentication
        self._origins = Origins(settings.allowed_origins)
        self._charges = charges
        self._health = health
        self._owner_of = owner_of
        self._session_limits = session_limits
        self._settings = settings
        self._streams = streams
        self._pulse = Pulse(settings.heartbeat_seconds, settings.stall_seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        request = Request(scope, receive)
        request_id = new_request_id(request.headers.get("x-request-id"))
        tokens = current_request_id.set(request_id), current_thread_id.set("-")
        headers: RawHeaders = [(b"x-request-id", request_id.encode())]
        try:
            with ExitStack() as open_streams:
                response = await self._answer(request, receive, headers, open_streams)
                if isinstance(response, Response):
                    response.raw_headers.extend(headers)
                if response is not None:
                    await response(scope, receive, send)
        finally:
            current_request_id.reset(tokens[0])
            current_thread_id.reset(tokens[1])

    async def _answer(
        self, request: Request, receive: Receive, headers: RawHeaders, open_streams: ExitStack
    ) -> Response | EventStream | RunStream | None:
        try:
            if request.method == "OPTIONS":
                return _preflight(self._origins.preflight_headers(request))
            headers += self._origins.headers(request)
            if request.method != "POST":
                raise HttpError(
                    Problem(405, "request.method_not_allowed", "Send a POST request.", headers={"Allow": "POST"})
                )
            return await self._process(request, receive, headers, open_streams)
        except ClientLeftError:
            return None
        except Exception as error:  # noqa: BLE001 - the boundary of a request; what is unknown is logged there
            self._health.noticed(error)
            return error_response(problem_of(error))

    async def _process(
        self, request: Request, receive: Receive, headers: RawHeaders, open_streams: ExitStack
    ) -> Response | EventStream | RunStream | None:
        try:
            caller, body = await self._read(request, receive, headers)
        except Exception as error:
            await self._charges.refused(request, error)
            raise
        if not await self._is_repeated(body, caller.context):
            await self._charges.take(request, caller, body)
        if caller.session is None or self._session_limits is None:
            result = await self._server.process(body, caller.context)
        else:
            result = await self._session_limits.process(caller.session, body, caller.context)
        if not isinstance(result, StreamingResult):
            return Response(result.json, media_type="application/json", headers=_JSON_HEADERS)
        if result.follower is not None:
            following = RunStream(result.follower, receive, pulse=self._pulse, headers=headers)
            return following if await following.open() else None
        open_streams.enter_context(self._streams.opened())  # from before the turn may store anything
        stream = EventStream(
            result,
            receive,
            pulse=self._pulse,
            headers=headers,
            on_leave=_stopped_by_user(result),
            goes_on=result.is_run,
        )
        return stream if await stream.open() else None

    async def _is_repeated(self, body: ParsedBody, context: Any) -> bool:
        """Whether it asks for a turn that was begun, and counted, before."""
        request = body.request
        if not (is_streaming_req(request) and request.request_id and "runs" in request.extensions):
            return False
        return self._server.resumable_answers and await runs_of(self._server).knows(request, context)

    async def _read(self, request: Request, receive: Receive, headers: RawHeaders) -> tuple[Caller, ParsedBody]:
        """Who asks, and for what."""
        if self._authentication.is_ambient(request):
            self._origins.check(request)
        caller = await self._identify(request)
        self._owner_of(caller.context)  # raises for a context under which everybody would share their threads
        headers += caller.headers
        check_media_type(request)
        body = await read_body(request, receive, self._settings.max_body_bytes, self._settings.body_seconds)
        check_depth(body, self._settings.max_json_depth)
        return caller, parse_body(body)

    async def _identify(self, request: Request) -> Caller:
        try:
            return await self._authentication.identify(request)
        except PermissionError as error:
            raise refusal_of(error) from error


_JSON_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def _stopped_by_user(result: object) -> Callable[[], None]:
    """Tells the result that its end would be an interruption; what is given back tells it that the user stopped it."""
    if not isinstance(result, _Interruptible):
        return lambda: None
    result.interrupted = result.has_own_task = True

    def leave() -> None:
        result.interrupted = False

    return leave


def _preflight(headers: RawHeaders) -> Response:
    response = Response(status_code=204)
    response.raw_headers = [*headers, (b"cache-control", b"no-store")]
    return response
