"""Sign-in by JSON Web Tokens. Needs the extra `jwt`, when it is used."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

from chatkit.http.auth import Authentication, Caller, RequestContext
from chatkit.http.errors import UnauthenticatedError

if TYPE_CHECKING:
    from chatkit.http.tokens import Tokens

__all__ = ["BearerToken"]


class BearerToken(Authentication):
    """JSON Web Tokens in `Authorization: Bearer …`: signed with a shared secret, or with the keys at a JWKS URL.

    `sub`, some text, is the user. `exp` is required. Exactly one of `secret` and `jwks_url` is given. `leeway`: seconds
    by which the issuer's clock may differ. Raises `ImportError` when the package for tokens is not installed.
    """

    def __init__(
        self,
        *,
        secret: str | None = None,
        jwks_url: str | None = None,
        algorithms: Sequence[str] | None = None,
        audience: str | None = None,
        issuer: str | None = None,
        leeway: float = 30,
    ) -> None:
        if (secret is None) == (jwks_url is None):
            raise ValueError("Give BearerToken either a secret or a jwks_url.")
        self._tokens = _tokens(
            secret=secret,
            jwks_url=jwks_url,
            algorithms=algorithms,
            audience=audience,
            issuer=issuer,
            leeway=leeway,
        )

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
        claims = await self._tokens.claims(token.strip())
        user: str = claims["sub"]
        return Caller(RequestContext(user_id=user, request=request, claims=claims), f"user:{user}")


def _tokens(**options: Any) -> "Tokens":
    try:
        module = import_module("chatkit.http.tokens")
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "chatkit":
            raise
        raise ImportError(
            f"BearerToken needs the package {error.name!r}. Install the extra: pip install 'open-chatkit[jwt]'"
        ) from error
    return module.Tokens(**options)
