"""Which pages may call the endpoint: the check of `Origin`, and CORS."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.requests import Request

from chatkit.http.errors import HttpError, Problem

__all__ = ["Origins"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PREFLIGHT_SECONDS = b"600"
_ALLOWED_HEADERS = b"authorization, content-type, chatkit-resume, x-request-id"

RawHeaders = list[tuple[bytes, bytes]]


def _host(netloc: str, scheme: str) -> tuple[str, int | None]:
    """Host and port of `example.org:8000`, with the scheme's own port filled in. Nonsense equals nothing."""
    try:
        parts = urlsplit(f"//{netloc}")
        return (parts.hostname or "").lower(), parts.port or _DEFAULT_PORTS.get(scheme)
    except ValueError:
        return "", None


def _is_own(request: Request, origin: str) -> bool:
    """Whether page and server are of one origin, as far as the server can tell."""
    if request.headers.get("sec-fetch-site") == "same-origin":
        return True
    scheme, _, netloc = origin.partition("://")
    theirs = _host(netloc, scheme)
    return bool(theirs[0]) and theirs == _host(request.headers.get("host", ""), scheme)


class Origins:
    """The origins beside the server's own whose pages may call it, as `https://app.example.org`; `*` is all of them.

    With `*`, browsers send no cookies.
    """

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._any = "*" in allowed
        self._allowed = frozenset(origin.rstrip("/").lower() for origin in allowed)

    def allows(self, origin: str) -> bool:
        """Whether the list has the origin."""
        return self._any or origin.lower() in self._allowed

    def admits_cookies(self, request: Request) -> bool:
        """Whether the cookies of a web socket count, which browsers send whatever page opens it.

        Not when all that speaks for the page is `*`: with that, they send none over HTTP either.
        """
        origin = request.headers.get("origin")
        return not self._any or origin is None or origin.lower() in self._allowed or _is_own(request, origin)

    def check(self, request: Request) -> None:
        """Refuses what a page of another site sends, for requests that browsers sign in by themselves (cookies).

        Clients other than browsers send no `Origin` and pass. A browser's own word that page and server are of one
        origin counts, since no script can forge it and a proxy in front may have changed `Host`; else the hosts are
        compared. The scheme is not: behind a proxy that ends TLS the server does not know its own.
        """
        origin = request.headers.get("origin")
        if origin is None or self.allows(origin) or _is_own(request, origin):
            return
        raise HttpError(
            Problem(
                403,
                "auth.origin_forbidden",
                f"Pages of {origin} may not call this server. Its operator can add the origin to the allowed ones.",
            )
        )

    def headers(self, request: Request) -> RawHeaders:
        """What lets an allowed page of another origin read the answer; nothing unless a list was given."""
        if not self._allowed:
            return []
        vary = (b"vary", b"Origin")
        origin = request.headers.get("origin")
        if origin is None or not self.allows(origin):
            return [vary]
        shown = [(b"access-control-expose-headers", b"retry-after, x-request-id, chatkit-heartbeat"), vary]
        if self._any:
            return [(b"access-control-allow-origin", b"*"), *shown]
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            *shown,
        ]

    def preflight_headers(self, request: Request) -> RawHeaders:
        """The answer to a browser that asks before it posts. An allowed page may send any header."""
        headers = self.headers(request)
        if not any(name == b"access-control-allow-origin" for name, _ in headers):
            return headers
        asked = request.headers.get("access-control-request-headers")
        return [
            *headers,
            (b"access-control-allow-methods", b"POST"),
            (b"access-control-allow-headers", asked.encode("latin-1") if asked else _ALLOWED_HEADERS),
            (b"access-control-max-age", _PREFLIGHT_SECONDS),
        ]
