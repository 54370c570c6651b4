"""What must never be seen, and taking it out of text. Keys are known by the names of the variables
that hold them, passwords also by their place in an address."""

import os
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote

SHORTEST_SECRET = 6
"""Shorter values would blank out ordinary words; in an address they are hidden all the same."""
HIDDEN = "[hidden]"

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)$"
    r"|^PGPASSWORD$|^OTEL_EXPORTER_OTLP(?:_TRACES)?_HEADERS$"
)
_IN_ADDRESS = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]*://[^\s:/?#@]*:)(?P<secret>[^\s@/]+)(?=@)")
_more_names: set[str] = set()
_more_values: set[str] = set()


def keep_secret(*names: str) -> None:
    """Environment variables that hold a secret although their names do not say so, such as the one
    that a model's catalogue entry reads its key from."""
    _more_names.update(names)


def keep_secret_value(*values: str) -> None:
    """Secrets that come from elsewhere than the environment, such as a stored key: never to be seen
    from now on, for as long as this process lives."""
    _more_values.update(value for value in values if len(value) >= SHORTEST_SECRET)


class Secrets:
    """The secrets of one environment, looked for again only when more names were given."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._found = secrets_in(environment)
        self._names = len(_more_names)

    def __call__(self) -> frozenset[str]:
        """Every value that must not be seen."""
        if len(_more_names) != self._names:
            self._names = len(_more_names)
            self._found = secrets_in(self._environment)
        return self._found | _more_values


def secrets_in(environment: Mapping[str, str]) -> frozenset[str]:
    """Every value of the environment that must never be seen, passwords within addresses too."""
    found: set[str] = set()
    for name, value in environment.items():
        if _SECRET_NAME.search(name.upper()) or name in _more_names:
            found.add(value.strip())
        for match in _IN_ADDRESS.finditer(value):
            found |= {match["secret"], unquote(match["secret"])}
    return frozenset(secret for secret in found if len(secret) >= SHORTEST_SECRET)


def clean(text: str, secrets: Collection[str] | None = None) -> str:
    """`text` without secrets and without passwords in addresses.

    secrets: what to look for; without it, those of this process and its environment. For whatever
    others wrote and many will read: a provider's error, a driver's complaint.
    """
    known = secrets_in(os.environ) | _more_values if secrets is None else secrets
    for secret in sorted(known, key=len, reverse=True):  # one may be a part of another
        text = text.replace(secret, HIDDEN)
    return _IN_ADDRESS.sub(rf"\g<before>{HIDDEN}", text)


def hide(value: Any, secrets: Collection[str]) -> Any:
    """`value` with every secret in it replaced, however deep it lies."""
    match value:
        case str():
            return clean(value, secrets)
        case dict():
            return {hide(k, secrets): hide(v, secrets) for k, v in value.items()}
        case list() | tuple():
            return [hide(v, secrets) for v in value]
        case None | bool() | int() | float():
            return value
        case _:
            return clean(str(value), secrets)
