"""JSON Web Tokens: which are good, and with which key. Imported when `BearerToken` is used."""

from collections.abc import Sequence
from typing import Any, cast

import cryptography as _cryptography
import jwt

from chatkit.http.errors import HttpError, Problem, UnauthenticatedError
from chatkit.http.jwks import RemoteKeys, UnknownKeyError, UnreachableKeysError
from chatkit.logger import logger
from chatkit.store.records import holds_id

__all__ = ["Tokens"]

_LONGEST = 16 * 1024
"""Characters of a token. Servers take headers of some 64 kB at most."""
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""Which keys an algorithm works with, by its first letters. Shared secrets do not belong into a public set of keys."""


class Tokens:
    """Checks tokens. See `BearerToken` for the options."""

    def __init__(
        self,
        *,
        secret: str | None,
        jwks_url: str | None,
        algorithms: Sequence[str] | None,
        audience: str | None,
        issuer: str | None,
        leeway: float,
    ) -> None:
        self._secret = secret
        self._keys = RemoteKeys(jwks_url) if jwks_url is not None else None
        self._algorithms = list(algorithms or (["HS256"] if secret is not None else ["RS256", "ES256", "EdDSA"]))
        self._audience = audience
        self._issuer = issuer
        self._leeway = leeway

    async def claims(self, token: str) -> dict[str, Any]:
        """What the token says; `sub` is text that stores can keep. Raises as `BearerToken.identify` does."""
        try:
            return self._checked(token, await self._key(token))
        except jwt.ExpiredSignatureError:
            raise UnauthenticatedError("The token has expired.") from None
        except UnreachableKeysError:
            message = "Tokens cannot be checked at the moment. Try again shortly."
            raise HttpError(Problem(503, "auth.unavailable", message, headers={"Retry-After": "5"})) from None
        except Exception as error:  # noqa: BLE001 - whatever a stranger's token makes the library trip over is the token's fault
            logger.info("A token was refused: %s", type(error).__name__)
            raise UnauthenticatedError("The token is not valid.") from None

    def _checked(self, token: str, key: Any) -> dict[str, Any]:
        claims = jwt.decode(
            token,
            key,
            algorithms=self._algorithms,
            audience=self._audience,
            issuer=self._issuer,
            leeway=self._leeway,
            options={
                "require": ["exp", "sub"],
                "verify_aud": self._audience is not None,
                "verify_iat": False,  # when it was made is no reason to refuse it, and clocks differ
            },
        )
        user = cast(object, claims["sub"])
        if not isinstance(user, str) or not user.strip() or not holds_id(user):
            raise jwt.InvalidTokenError("`sub` names nobody")
        return claims

    async def _key(self, token: str) -> Any:
        """The shared secret, or the key that the token names."""
        if len(token) > _LONGEST:
            raise jwt.InvalidTokenError("too long")
        header = jwt.get_unverified_header(token)
        algorithm: object = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in self._algorithms:
            raise jwt.InvalidAlgorithmError("not one of the algorithms in use")
        if self._keys is None:
            return self._secret
        key_id: object = header.get("kid")
        if not isinstance(key_id, str):
            raise UnknownKeyError
        return _key_for(await self._keys.key(key_id), algorithm)


def _key_for(described: dict[str, Any], algorithm: str) -> Any:
    """The key, if it is one for the algorithm. Raises one of `jwt`'s errors."""
    if described.get("kty") != _KEY_TYPES.get(algorithm[:2]) or described.get("alg", algorithm) != algorithm:
        raise jwt.InvalidAlgorithmError("the key is for another algorithm")
    return jwt.PyJWK(described, algorithm=algorithm).key


del _cryptography
