"""Who sends a request: what becomes the `context` of hooks and stores."""

import inspect
import secrets
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request

from chatkit.http.addresses import Proxies
from chatkit.http.sessions import ClientSession
from chatkit.logger import logger
from chatkit.store.owner import user_in

__all__ = ["Authentication", "Caller", "ContextProvider", "OwnContext", "RequestContext", "VisitorCookie"]

ContextProvider = Callable[[Request], Awaitable[Any] | Any]
"""An application's own: gives the context, or raises `PermissionError` or an HTTP exception.

It may be a coroutine function or a plain one. A plain one runs in the event loop, so it must not wait for anything.
"""

_YEAR = 365 * 24 * 3600
_DAY = 24 * 3600
_NEW_SECONDS = 60
"""How long a visitor is new: as long as a budget takes to fill again."""


class RequestContext(dict[str, Any]):
    """What the ready-made ways to sign in give to hooks and stores: `user_id`, `request`, `claims`, `session`.

    Attributes and keys are the same, since servers written for ChatKit use either. More can be put into it.
    """

    @property
    def user_id(self) -> str:
        """Who it is; the owner, as far as stores are concerned."""
        return self["user_id"]

    @property
    def request(self) -> Request:
        """The HTTP request."""
        return self["request"]

    @property
    def claims(self) -> dict[str, Any]:
        """What a token says about the user; empty for visitors."""
        return self.get("claims", {})

    @property
    def session(self) -> ClientSession | None:
        """The session of the client secret; None when there was none."""
        return self.get("session")


@dataclass(slots=True)
class Caller:
    """Who sends a request.

    `rate_key` says whose operations are counted; None or empty when only the address can be. `is_new`: the identity
    was free and is hardly older than the request. `headers` go out with the answer. `session`, if it came in one, has
    limits of its own.
    """

    context: Any
    rate_key: str | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    is_new: bool = False
    session: ClientSession | None = None


class Authentication(ABC):
    """One way to tell who sends a request."""

    def is_ambient(self, request: Request) -> bool:
        """Whether a browser signs the request in by itself, for whichever page sends it. Then `Origin` is checked."""
        return True

    @abstractmethod
    async def identify(self, request: Request) -> Caller:
        """Raises `UnauthenticatedError`, `PermissionError` or an HTTP exception."""

    def page_headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        """Headers for the page itself, which loads before anything is sent. No shared cache may keep it then."""
        return []


@dataclass(frozen=True, slots=True)
class _Visitor:
    """What a cookie says: who, when that was signed (seconds since 1970), and whether with the key in use."""

    id: str
    signed_at: float
    current: bool


class VisitorCookie(Authentication):
    """Everybody gets an identity of their own, kept in a signed cookie for a year. Nobody has to sign in.

    The cookie is HttpOnly, SameSite=Lax, and Secure when the request came over HTTPS. `secret_key` signs it; without
    one a key is made up, which lasts as long as the process. What one of the `previous` keys signed is good too.

    An identity that can be read is never replaced, whatever the clocks of those who signed it said; it is signed anew
    when half of the year is over, or when it was signed with a previous key.

    `partitioned` makes the cookie work in a frame of another site's page: `SameSite=None; Secure; Partitioned`.
    """

    def __init__(
        self,
        secret_key: str | None = None,
        *,
        name: str = "chatkit_visitor",
        previous: Sequence[str] = (),
        partitioned: bool = False,
        proxies: Proxies | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if secret_key is None:
            logger.warning(
                "No secret key is set: visitors are strangers again after a restart. Set CHATKIT_SECRET_KEY."
            )
        keys = [secret_key or secrets.token_urlsafe(32), *previous]
        self._serializers = [URLSafeTimedSerializer(key, salt="chatkit.visitor") for key in keys]
        self._name = name
        self._partitioned = partitioned
        self._proxies = proxies or Proxies()
        self._clock = clock

    async def identify(self, request: Request) -> Caller:
        """Never refuses. A missing or forged cookie makes a new visitor."""
        known = self._read(request)
        if known is None:
            made = f"visitor_{secrets.token_hex(16)}"
            context = RequestContext(user_id=made, request=request)
            return Caller(context, headers=[self._signed(made, request)], is_new=True)
        return Caller(
            RequestContext(user_id=known.id, request=request),
            f"visitor:{known.id}",
            self._renewed(known, request),
            is_new=self._clock() - known.signed_at < _NEW_SECONDS,
        )

    def page_headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        """The cookie, for who does not have one: so that all requests of the page are one visitor's."""
        known = self._read(request)
        if known is not None:
            return self._renewed(known, request)
        return [self._signed(f"visitor_{secrets.token_hex(16)}", request)]

    def _renewed(self, known: _Visitor, request: Request) -> list[tuple[bytes, bytes]]:
        """The same identity, signed anew if it is time."""
        age = self._clock() - known.signed_at
        if known.current and -_DAY < age < _YEAR / 2:
            return []
        return [self._signed(known.id, request)]

    def _read(self, request: Request) -> _Visitor | None:
        """Of the cookies of the name, the first with a good signature: by the key in use, if there is one."""
        cookies = _cookies(request, self._name)
        for number, serializer in enumerate(self._serializers):
            for cookie in cookies:
                try:
                    loaded = serializer.loads(cookie, return_timestamp=True)
                except (BadData, ValueError, OverflowError):
                    continue
                visitor, signed_at = cast("tuple[object, datetime]", loaded)
                if isinstance(visitor, str) and visitor:
                    return _Visitor(visitor, signed_at.timestamp(), current=number == 0)
        return None

    def _signed(self, visitor: str, request: Request) -> tuple[bytes, bytes]:
        site = "Lax; Secure" if self._proxies.is_https(request) else "Lax"
        if self._partitioned:
            site = "None; Secure; Partitioned"
        signed = self._serializers[0].dumps(visitor)
        cookie = f"{self._name}={signed}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite={site}"
        return b"set-cookie", cookie.encode("latin-1")


def _cookies(request: Request, name: str) -> list[str]:
    """The values of all cookies of the name, in the order in which they were sent."""
    pairs = (part.partition("=") for line in request.headers.getlist("cookie") for part in line.split(";"))
    return [value.strip() for key, _, value in pairs if key.strip() == name]


class OwnContext(Authentication):
    """What an application's own callable says. `Origin` is checked for requests that carry cookies and no token.

    `owner` says whose the context is, and raises when it must not be used; unless given, it is the user that the
    context names, if any.
    """

    def __init__(self, provider: ContextProvider, *, owner: Callable[[Any], str | None] = user_in) -> None:
        self._provider = provider
        self._owner = owner

    def is_ambient(self, request: Request) -> bool:
        """A request with a token of its own could not have been sent by any other site's page."""
        return "cookie" in request.headers and "authorization" not in request.headers

    async def identify(self, request: Request) -> Caller:
        """Whatever the callable or `owner` raises goes on."""
        context = self._provider(request)
        if inspect.isawaitable(context):
            context = await context
        if isinstance(context, Generator) or inspect.isasyncgen(context):
            raise TypeError("The `context=` callable must return the context; it yields.")
        owner = self._owner(context)
        return Caller(context, f"user:{owner}" if owner else None)
