"""What may be shown of addresses that hold secrets, and texts without the secrets of a known address."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

__all__ = ["masked", "secrets_in", "shown_url"]

MASK = "***"
_HARMLESS = frozenset(
    ["application_name", "connect_timeout", "db", "host", "mode", "port", "protocol", "sslmode", "timeout", "uri"]
)
"""Parameters in an address whose values say nothing secret. What is not known is taken for a secret."""
_SHORTEST = 4
"""Characters. Shorter secrets are not looked for in texts: they would be found everywhere."""


def shown_url(url: str) -> str:
    """The address without its password and without the values of parameters that may be secret.

    A user without a password is a token in some addresses, and only shown where it cannot be one. Of an address that is
    not written as it should be, a password with a slash in it say, only the scheme is shown.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    if "@" in parts.path or not parts.scheme:
        return f"{parts.scheme}://{MASK}"
    shown = f"{name}:{MASK}" if colon else name if parts.scheme.startswith("postgres") else MASK
    query = urlencode([(key, value if key in _HARMLESS else MASK) for key, value in parse_qsl(parts.query)], safe="*/:")
    return f"{parts.scheme}://{shown + at if at else ''}{host}{parts.path}{'?' + query if query else ''}"


def secrets_in(url: str) -> list[str]:
    """What `shown_url` does not show, as it stands in the address and as it is meant; the longest first."""
    try:
        parts = urlsplit(url)
        password = parts.password or ""
    except ValueError:
        return [url]
    found = {password, unquote(password)}
    for pair in parts.query.split("&"):
        name, _, value = pair.partition("=")
        if name not in _HARMLESS:
            found |= {value, unquote(value), *(part for part in unquote(value).replace("=", " ").split())}
    return sorted((secret for secret in found if len(secret) >= _SHORTEST), key=len, reverse=True)


def masked(text: str, secrets: Iterable[str]) -> str:
    """The text without the secrets. Give the longest first."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text
