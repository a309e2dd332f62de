"""`POST /v1/chatkit/sessions` and what belongs to it: for servers, which have a key, never for pages."""

import hmac
from collections.abc import Sequence

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from chatkit.http.bodies import check_depth, check_media_type, read_body
from chatkit.http.charges import Charges
from chatkit.http.endpoint import PlainEndpoint
from chatkit.http.errors import HttpError, Problem, invalid_request
from chatkit.http.session_types import ChatSession, SessionRequest
from chatkit.http.sessions import Sessions
from chatkit.settings import Settings

__all__ = ["session_routes"]

_LONGEST_BODY = 64 * 1024


def session_routes(sessions: Sessions, settings: Settings, charges: Charges) -> list[BaseRoute]:
    """The routes. `settings.api_keys` are the servers' keys."""
    keys = [key.get_secret_value() for key in settings.api_keys]
    routes = _Routes(sessions, keys, settings, charges)
    return [
        Route("/v1/chatkit/sessions", PlainEndpoint(routes.create), methods=["POST"], name="chatkit-sessions"),
        Route(
            "/v1/chatkit/sessions/{session_id}/cancel",
            PlainEndpoint(routes.cancel),
            methods=["POST"],
            name="chatkit-session-cancel",
        ),
    ]


class _Routes:
    def __init__(self, sessions: Sessions, keys: Sequence[str], settings: Settings, charges: Charges) -> None:
        self._sessions = sessions
        self._keys = [key.encode() for key in keys]
        self._settings = settings
        self._charges = charges

    async def create(self, request: Request) -> Response:
        """Gives out a session."""
        await self._check_key(request)
        check_media_type(request)
        body = await read_body(request, request.receive, _LONGEST_BODY, self._settings.body_seconds)
        check_depth(body, self._settings.max_json_depth)
        try:
            asked = SessionRequest.model_validate_json(body)
        except ValidationError as error:
            raise HttpError(invalid_request(error, fields=())) from None
        return _answer(await self._sessions.create(asked))

    async def cancel(self, request: Request) -> Response:
        """Ends one before its time."""
        await self._check_key(request)
        cancelled = await self._sessions.cancel(request.path_params["session_id"])
        if cancelled is None:
            raise HttpError(Problem(404, "not_found", "There is no such session."))
        return _answer(cancelled)

    async def _check_key(self, request: Request) -> None:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        key = given.strip().encode(errors="surrogateescape")
        matches = [hmac.compare_digest(key, known) for known in self._keys]
        if scheme.lower() == "bearer" and any(matches):
            return
        error = HttpError(
            Problem(
                401,
                "auth.invalid_api_key",
                "Send one of the server's keys (CHATKIT_API_KEYS) as `Authorization: Bearer …`.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        )
        await self._charges.refused(request, error)
        raise error


def _answer(session: ChatSession) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(session.model_dump_json(), media_type="application/json", headers=headers)
