"""Addresses of services as people write them, with a user and a password in them. What is wrong is
said without repeating any of it, for it may be a part of the password. Nothing connects here."""

import re
from dataclasses import dataclass, field

_ADDRESS = re.compile(
    r"(?P<scheme>[a-z+]+)://"
    r"(?:[^:/?#@]*(?::(?P<password>[^@]*))?@)?"
    r"(?:\[[^\]/?#@]*\]|[^:/?#@\[\]]*)"
    r"(?::(?P<port>[^/?#@]*))?"
    r"(?P<path>/[^?#@]*)?"
    r"(?:\?(?P<query>(?:[\w.-]+=[^#]*)?))?",
)
_LAST_PORT = 65535
_ENDS_A_HOST = frozenset("/?#")
ESCAPES = "in a password write %40 for @, %2F for /, %3F for ? and %23 for #"


@dataclass(frozen=True, kw_only=True)
class Address:
    """What an address says beside where it leads. password: "" for none. path: with its slash, ""
    for none. query: without the question mark."""

    scheme: str
    password: str = field(repr=False)
    path: str
    query: str


def parse_address(url: str, *, example: str) -> Address:
    """The parts of an address that begins with a known scheme. example: how one is written.

    Raises ValueError for one that the libraries would read differently than it was meant, as they
    do with an @ in a password, which makes a host of the rest.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None:
        raise ValueError(f"it cannot be read: write {example}; {ESCAPES}")
    port = match["port"]
    if port and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) <= _LAST_PORT):
        raise ValueError(
            f"its port is not a number from 1 to {_LAST_PORT}: write {example}; {ESCAPES}"
        )
    return Address(
        scheme=match["scheme"],
        password=match["password"] or "",
        path=match["path"] or "",
        query=match["query"] or "",
    )


def refuse_open_password(address: Address, *, example: str) -> None:
    """Raise ValueError for a password with one of / ? # in it where these end the host: in all that
    is read by the common rules, which PostgreSQL's address is not."""
    if _ENDS_A_HOST & set(address.password):
        raise ValueError(f"it cannot be read: write {example}; {ESCAPES}")


def refuse_wrong_number(address: Address, *, example: str) -> None:
    """Raise ValueError for a Redis database that is not called by its number: the library would
    take the first one without a word."""
    numbers = re.findall(r"(?:^|&)db=([^&]*)", address.query)
    if address.scheme != "unix" and (in_path := address.path.strip("/")):  # that of the socket
        numbers.append(in_path)
    if not all(number.isascii() and number.isdigit() for number in numbers):
        raise ValueError(f"its database is not a number: write {example}")
