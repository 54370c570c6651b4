"""Reading what a provider answers, whatever it is: foreign text, numbers and addresses made safe to
use and to show. Pure: nothing here sends, reads a file or a clock."""

import json
import math
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from typing import Any

from video_foundry.core.foreign import fit_cost
from video_foundry.core.money import Money

LONGEST_WORDS = 300
"""Characters of foreign text that a message carries."""


@dataclass(frozen=True)
class Answer:
    """A provider's answer, read to its end. The key, should it be repeated there, is cut out."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 2xx."""
        return 200 <= self.status < 300

    @cached_property
    def json(self) -> Any:
        """The parsed answer, None for anything that is not JSON."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def body(self) -> dict[str, Any]:
        """The answer as an object, empty for anything else."""
        return self.json if isinstance(self.json, dict) else {}

    def retry_after(self, now: datetime) -> float | None:
        """Seconds that the header Retry-After asks to wait."""
        return seconds_until(self.headers.get("retry-after"), now)


def seconds_until(retry_after: str | None, now: datetime) -> float | None:
    """Retry-After (RFC 9110, 10.2.3), which is a number of seconds or a date; None for neither."""
    if retry_after is None:
        return None
    if re.fullmatch(r"\d{1,9}(\.\d+)?", retry_after.strip()):
        return float(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - now).total_seconds())


def plain(text: object, longest: int = LONGEST_WORDS) -> str:
    """Foreign text for a message: a string, one line, not endless; "" for anything else."""
    return " ".join(text.split())[:longest] if isinstance(text, str) else ""


def phrase(status: int) -> str:
    """The name of a status, such as `404 Not Found`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def at(value: Any, *path: str | int) -> Any:
    """What stands at a path of keys and indices in foreign JSON; None where nothing does."""
    for step in path:
        if isinstance(step, int):
            fits = isinstance(value, list) and -len(value) <= step < len(value)
        else:
            fits = isinstance(value, Mapping) and step in value
        if not fits:
            return None
        value = value[step]
    return value


def share(value: object, of: float = 1.0) -> float | None:
    """Progress as a share from 0 to 1; `of` is what the provider calls the whole."""
    number = finite(value)
    return None if number is None else min(1.0, max(0.0, number / of))


def finite(value: object) -> float | None:
    """A number as foreign JSON has it; None for booleans, NaN, infinity, whole numbers without end
    and anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def money(amount: object, *, each: Decimal = Decimal(1), currency: str = "USD") -> Money | None:
    """What something cost: `amount` units at `each`. None where it is no amount of money, or one
    that no generation costs, which no database would take."""
    if isinstance(amount, bool) or not isinstance(amount, int | float | str | Decimal):
        return None
    try:
        return fit_cost(Money(amount=Decimal(str(amount)) * each, currency=currency))
    except (ArithmeticError, ValueError):
        return None


def address(value: object, schemes: tuple[str, ...]) -> str | None:
    """A web address with one of these schemes, else None."""
    starts = tuple(f"{scheme}://" for scheme in schemes)
    return value if isinstance(value, str) and value.startswith(starts) else None


def one_of(value: object, longest: int = 100) -> str:
    """A provider's code word as it is, cut to a bearable length; "" for anything else."""
    return value[:longest] if isinstance(value, str) else ""


def listed(value: object, most: int | None = None) -> list[Any]:
    """A list as foreign JSON has it, of its items the first `most`; [] for anything else."""
    return value[:most] if isinstance(value, list) else []


def integer(value: object) -> int | None:
    """A whole number as foreign JSON has it; None for booleans and anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def identifier(value: object) -> str | None:
    """An id, which is text; None for anything else, and for ""."""
    return value if isinstance(value, str) and value else None


def number_or_identifier(value: object) -> str | None:
    """An id of a provider that may write it as a whole number too."""
    number = integer(value)
    return identifier(value) if number is None else str(number)


def decoded(text: object) -> bytes:
    """What base64 holds; b"" for anything else."""
    try:
        return b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:  # of which binascii.Error is a kind
        return b""
