"""Who sends a request: what becomes the `context` of hooks and stores."""

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import jwt
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request

from chatkit.http.errors import HttpError, Problem, UnauthenticatedError
from chatkit.logger import logger
from chatkit.stores import default_owner

__all__ = [
    "Authentication",
    "BearerToken",
    "Caller",
    "ContextProvider",
    "OwnContext",
    "RequestContext",
    "VisitorCookie",
]

ContextProvider = Callable[[Request], Awaitable[Any]]
"""An application's own: gives the context, or raises `PermissionError` or an HTTP exception."""

_YEAR = 365 * 24 * 3600


class RequestContext(dict[str, Any]):
    """The context that the ready-made ways to sign in give to hooks and stores: `user_id`, `request`, `claims`.

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


@dataclass(slots=True)
class Caller:
    """Who sends a request. `rate_key` says whose turns are counted; `headers` go out with the answer."""

    context: Any
    rate_key: str
    headers: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])


class Authentication(ABC):
    """One way to tell who sends a request."""

    def is_ambient(self, request: Request) -> bool:
        """Whether a browser signs the request in by itself, for whichever page sends it. Then `Origin` is checked."""
        return True

    @abstractmethod
    async def identify(self, request: Request) -> Caller:
        """Raises `UnauthenticatedError`, `PermissionError` or an HTTP exception."""

    def page_headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        """Headers for the page itself, which loads before anything is sent."""
        return []


def _peer(request: Request) -> str:
    return f"address:{request.client.host}" if request.client is not None else "address:"


class VisitorCookie(Authentication):
    """Everybody gets an identity of their own, kept in a signed cookie for a year. Nobody has to sign in.

    The cookie is HttpOnly, SameSite=Lax, and Secure when the request came over HTTPS. `secret_key` signs it; without
    one a key is made up, which lasts as long as the process.
    """

    def __init__(self, secret_key: str | None = None, *, name: str = "chatkit_visitor") -> None:
        if secret_key is None:
            logger.warning(
                "No secret key is set: visitors are strangers again after a restart. Set CHATKIT_SECRET_KEY."
            )
        self._serializer = URLSafeTimedSerializer(secret_key or secrets.token_urlsafe(32), salt="chatkit.visitor")
        self._name = name

    async def identify(self, request: Request) -> Caller:
        """Never refuses. A missing or forged cookie makes a new visitor, whose turns count for the address."""
        visitor = self._read(request)
        if visitor is not None:
            return Caller(RequestContext(user_id=visitor, request=request), f"visitor:{visitor}")
        visitor, header = self._new(request)
        return Caller(RequestContext(user_id=visitor, request=request), _peer(request), [header])

    def page_headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        """The cookie, for who does not have one: so that all requests of the page are one visitor's."""
        return [] if self._read(request) is not None else [self._new(request)[1]]

    def _read(self, request: Request) -> str | None:
        cookie = request.cookies.get(self._name)
        if cookie is None:
            return None
        try:
            visitor: object = self._serializer.loads(cookie, max_age=_YEAR)
        except BadSignature:
            return None
        return visitor if isinstance(visitor, str) else None

    def _new(self, request: Request) -> tuple[str, tuple[bytes, bytes]]:
        visitor = f"visitor_{secrets.token_hex(16)}"
        secure = "; Secure" if request.url.scheme == "https" else ""
        signed = self._serializer.dumps(visitor)
        cookie = f"{self._name}={signed}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Lax{secure}"
        return visitor, (b"set-cookie", cookie.encode("latin-1"))


class BearerToken(Authentication):
    """JSON Web Tokens in `Authorization: Bearer …`: signed with a shared secret, or with the keys at a JWKS URL.

    `sub` is the user. `exp` is required. Exactly one of `secret` and `jwks_url` is given.
    """

    def __init__(
        self,
        *,
        secret: str | None = None,
        jwks_url: str | None = None,
        algorithms: Sequence[str] | None = None,
        audience: str | None = None,
        issuer: str | None = None,
        leeway: float = 10,
    ) -> None:
        if (secret is None) == (jwks_url is None):
            raise ValueError("Give BearerToken either a secret or a jwks_url.")
        self._secret = secret
        self._keys = jwt.PyJWKClient(jwks_url, cache_keys=True, timeout=5) if jwks_url is not None else None
        self._algorithms = list(algorithms or (["HS256"] if secret is not None else ["RS256", "ES256", "EdDSA"]))
        self._audience = audience
        self._issuer = issuer
        self._leeway = leeway

    def is_ambient(self, request: Request) -> bool:
        """Browsers send no bearer token on their own."""
        return False

    async def identify(self, request: Request) -> Caller:
        """Raises `UnauthenticatedError` for a missing, expired or otherwise invalid token.

        Keys that cannot be fetched are no fault of the token: they give status 503.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise UnauthenticatedError("Send a token as `Authorization: Bearer …`.")
        try:
            claims = jwt.decode(
                token.strip(),
                await self._key(token.strip()),
                algorithms=self._algorithms,
                audience=self._audience,
                issuer=self._issuer,
                leeway=self._leeway,
                options={"require": ["exp", "sub"], "verify_aud": self._audience is not None},
            )
        except jwt.ExpiredSignatureError:
            raise UnauthenticatedError("The token has expired.") from None
        except jwt.PyJWKClientConnectionError:
            logger.warning("The keys for tokens cannot be fetched.")
            message = "Tokens cannot be checked at the moment. Try again shortly."
            raise HttpError(Problem(503, "auth.unavailable", message, headers={"Retry-After": "5"})) from None
        except jwt.PyJWTError as error:
            logger.info("A token was refused: %s", type(error).__name__)
            raise UnauthenticatedError("The token is not valid.") from None
        user = str(claims["sub"])
        return Caller(RequestContext(user_id=user, request=request, claims=claims), f"user:{user}")

    async def _key(self, token: str) -> Any:
        """The shared secret, or the key that the token names. Fetching keys blocks, so it has a thread to itself."""
        if self._keys is None:
            return self._secret
        return (await asyncio.to_thread(self._keys.get_signing_key_from_jwt, token)).key


class OwnContext(Authentication):
    """What an application's own callable says. `Origin` is checked for requests that carry cookies and no token."""

    def __init__(self, provider: ContextProvider) -> None:
        self._provider = provider

    def is_ambient(self, request: Request) -> bool:
        """A request with a token of its own could not have been sent by any other site's page."""
        return "cookie" in request.headers and "authorization" not in request.headers

    async def identify(self, request: Request) -> Caller:
        """Whatever the callable raises goes on."""
        context = await self._provider(request)
        owner = default_owner(context)
        return Caller(context, f"user:{owner}" if owner else _peer(request))
