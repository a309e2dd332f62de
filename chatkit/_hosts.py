"""Names of hosts: their ASCII form, and lists of those that are allowed."""

import ipaddress
import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

__all__ = ["LOOPBACK", "Address", "HostList", "Network", "ascii_host", "host_pattern", "networks", "parse_address"]

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LOOPBACK = ("localhost", "*.localhost", "127.0.0.0/8", "::1/128")
"""What this machine calls itself. No page of another site has such a host, whatever its name is made to mean."""

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}")
_HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::\d{0,5})?")


def ascii_host(host: str) -> str:
    """A host's name as browsers send it: in lower case, other scripts in their ASCII form (`xn--…`).

    An address of IPv6 keeps its brackets. Raises `ValueError` for what is no name of a host.
    """
    if host.startswith("[") and host.endswith("]"):
        return f"[{IPv6Address(host[1:-1])}]"
    name = host.removesuffix(".").lower()
    if not name.isascii():
        name = _punycode(name)
    if not _NAME.fullmatch(name):
        raise ValueError("a host is a name like chat.example.org or an address")
    return name


def _punycode(name: str) -> str:
    import idna

    try:
        return idna.encode(name, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise ValueError("the host's name has no ASCII form") from None


def parse_address(text: str) -> Address | None:
    """An address of IPv4 or IPv6; one of IPv4 in IPv6's clothes is one of IPv4. None for anything else."""
    try:
        address = ipaddress.ip_address(text.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def networks(text: str) -> list[Network]:
    """`10.0.0.0/8`, an address, or `*` for all of them. Raises `ValueError`."""
    if text == "*":
        return [IPv4Network("0.0.0.0/0"), IPv6Network("::/0")]
    try:
        return [ipaddress.ip_network(text, strict=False)]
    except ValueError:
        raise ValueError("an address is written 10.0.0.7, 10.0.0.0/8 or 2001:db8::/32") from None


def host_pattern(text: str) -> str:
    """One entry of a `HostList` in its usual form, without a port. Raises `ValueError`."""
    if text == "*":
        return text
    if parse_address(text) is not None or "/" in text:
        return str(networks(text.removeprefix("[").removesuffix("]"))[0])
    found = _HOST_AND_PORT.fullmatch(text)
    name = found[1] if found is not None else text
    wildcard = "*." if name.startswith("*.") else ""
    host = ascii_host(name.removeprefix(wildcard))
    if (address := parse_address(host)) is not None:
        return str(networks(str(address))[0])
    return wildcard + host


class HostList:
    """Hosts that are allowed: names, `*.example.org` for all below one, addresses and networks, `*` for any.

    Entries are as `host_pattern` gives them. Ports do not count.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        known = list(entries)
        self._any = "*" in known
        numeric = [entry for entry in known if "/" in entry]
        self._networks = [network for entry in numeric for network in networks(entry)]
        self._suffixes = tuple(entry[1:] for entry in known if entry.startswith("*."))
        self._names = frozenset(known)

    def allows(self, host: str) -> bool:
        """Whether a request's `Host` is among them; nonsense is not."""
        if self._any:
            return True
        found = _HOST_AND_PORT.fullmatch(host.strip().lower())
        if found is None:
            return False
        name = found[1].removesuffix(".")
        if (address := parse_address(name)) is not None:
            return any(address in network for network in self._networks)
        return name in self._names or (bool(_NAME.fullmatch(name)) and name.endswith(self._suffixes))
