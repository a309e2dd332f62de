"""Where a request comes from, also behind proxies."""

from collections.abc import Iterable, Sequence

from starlette.requests import Request

from chatkit._hosts import Address, networks, parse_address
from chatkit.logger import logger

__all__ = ["Proxies"]

_FAR_ENOUGH = 20
"""Proxies in a row that are looked through."""
_SITE_BITS = 64
"""Of an IPv6 address, what one customer of a provider has for themselves."""


class Proxies:
    """The proxies in front, by address; what they say of a request's origin is believed, what others say is not.

    Each proxy adds to the end of `X-Forwarded-For` (or `Forwarded`) whom it was called by. So the headers are read from
    the end, for as long as what stands there is a trusted proxy.
    """

    def __init__(self, trusted: Iterable[str] = ()) -> None:
        entries = list(trusted)
        self._any = "*" in entries
        self._networks = [network for entry in entries for network in networks(entry)]
        self._told = False

    def client(self, request: Request) -> str:
        """Who to count a request for: an IPv4 address, the network of an IPv6 address, or "unknown"."""
        peer = parse_address(request.client.host) if request.client is not None else None
        if not self._trusts(peer):
            self._tell(request)
            return _site(peer)
        forwarded_for, forwarded = _x_forwarded_for(request), _forwarded(request, "for")
        ends = [self._last_stranger(peer, hops) for hops in (forwarded_for, forwarded) if hops]
        if len(set(ends)) > 1:  # a proxy writes one of the headers, and the other is the client's invention
            return _site(peer)
        return _site(ends[0] if ends else peer)

    def is_https(self, request: Request) -> bool:
        """Whether the user's browser speaks HTTPS, as far as the server or a trusted proxy knows."""
        if request.url.scheme in ("https", "wss"):
            return True
        if not self._trusts(parse_address(request.client.host) if request.client is not None else None):
            return False
        said = [*_list(request, "x-forwarded-proto"), *_forwarded(request, "proto")]
        return bool(said) and all(scheme.lower() in ("https", "wss") for scheme in said)

    def _trusts(self, address: Address | None) -> bool:
        return self._any or (address is not None and any(address in network for network in self._networks))

    def _last_stranger(self, peer: Address | None, hops: Sequence[str]) -> Address | None:
        """The first that is no trusted proxy, going back from the server; the farthest known one if all are."""
        found = peer
        for hop in reversed(hops[-_FAR_ENOUGH:]):
            if (address := parse_address(_without_port(hop))) is None:
                return found
            found = address
            if not self._trusts(address):
                return found
        return found

    def _tell(self, request: Request) -> None:
        """Once, what a proxy that nobody mentioned means: all its users share one budget."""
        if not self._told and ("x-forwarded-for" in request.headers or "forwarded" in request.headers):
            self._told = True
            logger.warning(
                "Requests come through a proxy that is not trusted, or pretend to: they count for its address. "
                "CHATKIT_TRUSTED_PROXIES names the proxies in front."
            )


def _list(request: Request, name: str) -> list[str]:
    """The entries of a header that may stand several times."""
    return [part.strip() for line in request.headers.getlist(name) for part in line.split(",") if part.strip()]


def _x_forwarded_for(request: Request) -> list[str]:
    return _list(request, "x-forwarded-for")


def _forwarded(request: Request, wanted: str) -> list[str]:
    """One parameter of each entry in `Forwarded` (RFC 7239)."""
    found: list[str] = []
    for entry in _list(request, "forwarded"):
        for pair in entry.split(";"):
            name, _, value = pair.partition("=")
            if name.strip().lower() == wanted:
                found.append(value.strip().strip('"'))
    return found


def _without_port(hop: str) -> str:
    """`10.0.0.7:4711` and `[2001:db8::1]:4711` with a port, `2001:db8::1` without."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _site(address: Address | None) -> str:
    if address is None:
        return "unknown"
    if address.version == 4:
        return str(address)
    bits = 128 - _SITE_BITS
    return f"{type(address)(int(address) >> bits << bits)}/{_SITE_BITS}"
