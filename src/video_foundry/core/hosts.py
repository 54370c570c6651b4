"""Hosts and web origins as they are written: one spelling of each, for whoever compares them. Who
may call whom is decided elsewhere."""

import re
from ipaddress import ip_address

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_](?:[A-Za-z0-9._-]*))(?::([0-9]{1,5}))?\Z")
_ORIGIN = re.compile(r"(https?)://([^/?#@\\\s]+)\Z", re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535


def parse_host(text: str) -> tuple[str, int | None] | None:
    """(host, port) of a Host header; None when it is anything else than one good host."""
    match = _HOST.match(text)
    if match is None:
        return None
    port = int(match[2]) if match[2] else None
    if port is not None and port > _LAST_PORT:
        return None
    return _plain(match[1]), port


def leads_to(origin: str, host: tuple[str, int | None]) -> bool:
    """Whether a web origin is served at this host and port; without a port, at the one that is
    usual for the origin's scheme."""
    match = _ORIGIN.match(origin)
    parsed = parse_host(match[2]) if match else None
    if match is None or parsed is None:
        return False
    default = _DEFAULT_PORTS[match[1].lower()]
    return (parsed[0], parsed[1] or default) == (host[0], host[1] or default)


def normal_origin(text: str) -> str:
    """One spelling of an origin: lower case, without a final slash."""
    return text.strip().rstrip("/").lower()


def host_name(name: str) -> str:
    """One spelling of a host that somebody named in a setting. Raises ValueError, saying what to
    write, for what can never be a host that is called."""
    parsed = parse_host(name if name.count(":") < 2 or name.startswith("[") else f"[{name}]")
    if parsed is not None and parsed[1] is None:
        return parsed[0]
    meant = parse_host(name.rpartition("://")[2].partition("/")[0])
    advice = f"write {meant[0]}" if meant else "write a name such as video.example.org"
    raise ValueError(f"{name!r} is not a host name: {advice}, without scheme, port and path")


def web_origin(origin: str) -> str:
    """One spelling of an origin that somebody named in a setting. Raises ValueError, saying what to
    write, for what no browser ever sends."""
    normal = normal_origin(origin)
    match = _ORIGIN.match(normal)
    if match is None or parse_host(match[2]) is None:
        raise ValueError(
            f"{origin!r} is not an origin: write scheme and host alone, such as "
            "https://editor.example"
        )
    return normal


def _plain(host: str) -> str:
    """One spelling: lower case, no brackets, no final dot, addresses in their short form."""
    plain = host.strip("[]").rstrip(".").lower()
    try:
        return ip_address(plain).compressed
    except ValueError:
        return plain
