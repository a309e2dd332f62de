"""Sign-in by client secret, beside whatever else an app signs in by."""

from starlette.requests import Request

from chatkit.http.auth import Authentication, Caller, OwnContext, RequestContext
from chatkit.http.errors import UnauthenticatedError
from chatkit.http.sessions import PREFIX, ClientSession, Sessions

__all__ = ["ClientSecret", "client_session"]

_KEY = "chatkit.session"


def client_session(request: Request) -> ClientSession | None:
    """The session in which a request comes, for a `context=` of your own; None when it came with no client secret."""
    return request.scope.get(_KEY)


class ClientSecret(Authentication):
    """Client secrets in `Authorization: Bearer cks_…`. Requests without one go to `other`, if there is one.

    The session's user is the owner. An application's own `context=` is asked all the same, and finds the session with
    `client_session(request)`.
    """

    def __init__(self, sessions: Sessions, other: Authentication | None = None) -> None:
        self._sessions = sessions
        self._other = other

    def is_ambient(self, request: Request) -> bool:
        """Browsers send no client secret on their own."""
        return _secret_in(request) is None and self._other is not None and self._other.is_ambient(request)

    async def identify(self, request: Request) -> Caller:
        """Raises `UnauthenticatedError` for secrets that are not valid any more, and what `other` raises."""
        secret = _secret_in(request)
        if secret is None:
            if self._other is None:
                raise UnauthenticatedError("Send a client secret as `Authorization: Bearer …`.")
            return await self._other.identify(request)
        session = await self._sessions.known(secret)
        request.scope[_KEY] = session
        if isinstance(self._other, OwnContext):
            caller = await self._other.identify(request)
        else:
            context = RequestContext(user_id=session.user, request=request, session=session)
            caller = Caller(context, f"user:{session.user}")
        caller.session = session
        return caller

    def page_headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        """Those of `other`."""
        return self._other.page_headers(request) if self._other is not None else []


def _secret_in(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    secret = token.strip()
    return secret if scheme.lower() == "bearer" and secret.startswith(PREFIX) else None
