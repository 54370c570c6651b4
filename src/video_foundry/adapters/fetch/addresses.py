"""Which hosts, ports and network addresses may be fetched from. Pure: no look-up, no connection."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

PUBLIC_PORTS = frozenset({80, 443})

_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# Tunnels into IPv4 and ranges for documents, benchmarks and protocols. Listed here because older
# Python versions call some of them global.
_NOT_V6 = tuple(
    IPv6Network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
_NOT_V4 = tuple(IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24"))


def is_public(text: str) -> bool:
    """Whether this numeric address is one on the open internet.

    IPv4 written inside IPv6 (mapped, or NAT64's well-known prefix) is judged as the IPv4 that it
    is; 6to4 and Teredo are refused, since they lead to an IPv4 that nobody here can check.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        return _is_public_v6(address)
    return _is_public_v4(address)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address.ipv4_mapped is not None:
        return _is_public_v4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_v4(IPv4Address(address.packed[-4:]))
    if address not in _GLOBAL_UNICAST or any(address in net for net in _NOT_V6):
        return False
    return address.is_global


def _is_public_v4(address: IPv4Address) -> bool:
    # is_global alone lets multicast through.
    if address.is_multicast or address.is_reserved or any(address in net for net in _NOT_V4):
        return False
    return address.is_global


def host_key(host: str) -> str:
    """One spelling of a host for comparing: lower case, without a final dot or brackets."""
    return host.strip("[]").rstrip(".").lower()


@dataclass(frozen=True)
class AllowedHosts:
    """Hosts that their owner opened by name: they may be private and use any (or the named) port.

    ports: host -> its allowed ports, None for any.
    """

    ports: dict[str, frozenset[int] | None]

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "AllowedHosts":
        """From "host", "host:port", "[v6]" or "[v6]:port". Raises ValueError naming the entry."""
        found: dict[str, frozenset[int] | None] = {}
        for entry in entries:
            host, port = _split(entry.strip())
            known = found.get(host, frozenset())
            found[host] = None if port is None or known is None else known | {port}
        return cls(found)

    def covers(self, host: str, port: int) -> bool:
        """Whether this host and port were opened by name."""
        key = host_key(host)
        if key not in self.ports:
            return False
        ports = self.ports[key]
        return ports is None or port in ports


def _split(entry: str) -> tuple[str, int | None]:
    host, port = entry, ""
    if entry.startswith("["):
        host, _, rest = entry.partition("]")
        port = rest.removeprefix(":")
    elif entry.count(":") == 1:
        host, _, port = entry.partition(":")
    key = host_key(host)
    if not key or any(c in key for c in "/@?#* ") or not (port == "" or port.isdecimal()):
        raise ValueError(f"{entry!r} is not a host or host:port")
    if port and not 1 <= int(port) <= 65535:
        raise ValueError(f"{entry!r} has no possible port")
    return key, int(port) if port else None
