"""Kinds of values that settings have: how each is written, and what is refused since it could not be meant."""

import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from chatkit._hosts import ascii_host, host_pattern, networks

__all__ = [
    "SHORTEST_SECRET",
    "Color",
    "DatabaseUrl",
    "Hosts",
    "HttpUrl",
    "LimitStorage",
    "LiveUrl",
    "Networks",
    "Origins",
    "Picture",
    "Secrets",
    "Source",
    "Sources",
]

SHORTEST_SECRET = 16
"""Characters."""

_COLOR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})|(?:rgb|hsl|oklch|oklab)a?\([0-9a-z.,%/ -]+\)", re.IGNORECASE)
_DATABASE = re.compile(r"(?:sqlite|postgresql|postgres)(?:\+[a-z0-9]+)?:")
_STORAGE = re.compile(r"(?:redis(?:s|\+unix|\+cluster|\+sentinel)?|valkeys?(?:\+\w+)?|memcached|memory)://")
_LIVE = re.compile(r"(?:rediss?|valkeys?|unix)://")
_UNFIT = re.compile(r"[\s;,'\"`<>\\\x00-\x1f\x7f]")
"""What an address in a policy or a header must not have: it would end the address, or the policy."""
_KEYWORDS = frozenset(("'self'", "'none'", "*"))
_SCHEME_SOURCE = re.compile(r"[a-z][a-z0-9+.-]*:")
_SOURCE = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)?(?P<any>\*\.)?(?P<host>\[[^\]]*\]|[^/:\[\]*?#@]+)"
    r"(?P<rest>(?::(?:\d{1,5}|\*))?(?:/[^?#]*)?)",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def _split(value: object) -> object:
    """Lists are written with commas in the environment."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _network_location(parts: SplitResult) -> str:
    """Host and port, the host in its ASCII form. Raises `ValueError`, also for a user in front of them."""
    if "@" in parts.netloc or parts.hostname is None:
        raise ValueError("it has no host, or a user before it")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port if parts.port != _DEFAULT_PORTS.get(parts.scheme) else None
    return ascii_host(host) + (f":{port}" if port is not None else "")


def _origin(value: str) -> str:
    if value == "*":
        return value
    try:
        parts = urlsplit(value)
        if _UNFIT.search(value) or parts.scheme not in _DEFAULT_PORTS or parts.path.strip("/") or parts.query:
            raise ValueError
        return f"{parts.scheme}://{_network_location(parts)}"
    except ValueError:
        shown = f", not {value!r}" if value.isascii() and value.isprintable() and "@" not in value else ""
        raise ValueError(f"an origin is a scheme and a host, as https://app.example.org{shown}") from None


def _host(value: str) -> str:
    try:
        return host_pattern(value)
    except ValueError:
        raise ValueError(
            "a host is written chat.example.org, *.example.org, 10.0.0.7 or 10.0.0.0/8, and * is any"
        ) from None


def _network(value: str) -> str:
    networks(value)
    return value


def _color(value: str) -> str:
    if not _COLOR.fullmatch(value.strip()):
        raise ValueError("a colour is written #rrggbb, rgb(…), hsl(…) or oklch(…)")
    return value.strip()


def _picture(value: str) -> str:
    """Addresses of pictures: http(s), or a path on this server. Anything else could be a script."""
    if _UNFIT.search(value):
        raise ValueError("an address of a picture has no spaces, quotes, backslashes, `;` or `,` (write %3B, %2C)")
    parts = urlsplit(value)
    if parts.scheme in _DEFAULT_PORTS and parts.netloc:
        return parts._replace(netloc=_network_location(parts)).geturl()
    if not parts.scheme and not parts.netloc and parts.path:
        return value
    raise ValueError("an address of a picture begins with https:// or /")


def _source(value: str) -> str:
    """One source of a policy, other than a keyword: `https://images.example.org`, `*.example.org`, `https:`."""
    found = _SOURCE.fullmatch(value) if not _UNFIT.search(value) else None
    if _SCHEME_SOURCE.fullmatch(value.lower()):
        return value.lower()
    if found is None:
        raise ValueError(
            "a source is written https://images.example.org, without spaces, quotes, `;` or `,`; one entry for each"
        )
    rest = found["rest"]
    if not rest.isascii():
        raise ValueError("a source's path is written in ASCII, other letters as %…")
    return f"{(found['scheme'] or '').lower()}{found['any'] or ''}{ascii_host(found['host'])}{rest}"


def _sources(value: str) -> str:
    parts = value.split(" ")
    try:
        return " ".join(part if part in _KEYWORDS else _source(part) for part in parts if part)
    except ValueError:
        raise ValueError(
            "list the sources separated by spaces, as in 'self' https://portal.example.org; none has a `;` or `,`"
        ) from None


def _some_sources(value: str) -> str:
    sources = _sources(value)
    if not sources:
        raise ValueError("name at least one source, or 'none'")
    return sources


def _http_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        if re.search(r"[\s\x00-\x1f\x7f]", value) or parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise ValueError
        _ = parts.port
    except ValueError:
        raise ValueError("an address begins with http:// or https:// and a host") from None
    return value


def _secret_that(matches: re.Pattern[str], otherwise: str) -> Callable[[SecretStr], SecretStr]:
    def check(value: SecretStr) -> SecretStr:
        if not matches.match(value.get_secret_value()):
            raise ValueError(otherwise)
        return value

    return check


def _long_enough(value: SecretStr) -> SecretStr:
    if len(value.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"a secret has at least {SHORTEST_SECRET} characters")
    return value


_database = _secret_that(
    _DATABASE, "a database is written sqlite+aiosqlite:///chat.sqlite3 or postgresql+psycopg://user:password@host/name"
)
_storage = _secret_that(_STORAGE, "a storage for limits is written redis://host:6379/0, valkey://… or memcached://…")
_live = _secret_that(
    _LIVE, "where live runs are logged is written redis://host:6379/0, rediss://…, valkey://… or unix://…"
)

Origins = Annotated[list[Annotated[str, AfterValidator(_origin)]], NoDecode, BeforeValidator(_split)]
Hosts = Annotated[list[Annotated[str, AfterValidator(_host)]], NoDecode, BeforeValidator(_split)]
Networks = Annotated[list[Annotated[str, AfterValidator(_network)]], NoDecode, BeforeValidator(_split)]
Secrets = Annotated[list[Annotated[SecretStr, AfterValidator(_long_enough)]], NoDecode, BeforeValidator(_split)]
Picture = Annotated[str, AfterValidator(_picture)]
Color = Annotated[str, AfterValidator(_color)]
Source = Annotated[str, AfterValidator(_source)]
Sources = Annotated[str, AfterValidator(_some_sources)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
DatabaseUrl = Annotated[SecretStr, AfterValidator(_database)]
LiveUrl = Annotated[SecretStr, AfterValidator(_live)]
LimitStorage = Annotated[SecretStr, AfterValidator(_storage)]
