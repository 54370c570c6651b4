"""Checks of single values that a user wrote, each refused with field, limit and fix.

Numbers become exact fractions here; nothing in this module knows what they are for.
"""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from math import isfinite
from typing import Any

from video_foundry.errors import BadInput

PLACES = 40
"""Decimals that count. A float has seventeen digits that say something, so these do for all that is
not mere noise beside 0; and editors send 1/1920 of a picture."""

LARGEST = 10**18
"""Numbers stay below it."""

_WRITTEN = re.compile(
    rf"-?[0-9]{{1,18}}(\.[0-9]{{1,{PLACES}}})?|-?[0-9]{{1,{PLACES + 18}}}/[0-9]{{1,{PLACES + 1}}}"
)
"""How a number is written: as people write it, or as the fraction that any such number is. No
exponents: a few of them could stand for gigabytes of digits."""

_LONGEST = 60
"""Characters of a wrong value that an error repeats."""


def one_of(value: object, known: Collection[str], *, field: str, what: str) -> str:
    """`value` when it is among `known`. Raises BadInput with the known ones and the nearest."""
    if isinstance(value, str) and value in known:
        return value
    near = get_close_matches(str(value)[:_LONGEST], list(known), n=1, cutoff=0.5)
    hint = f"use {near[0]!r}, or one of" if near else "use one of"
    raise BadInput(
        f"{shown(value)} is not {what}; known are {', '.join(known)}",
        field=field,
        fix=f"{hint} {', '.join(known)}",
    )


def exact(value: object, *, field: str) -> Fraction:
    """A number as a fraction: 2, "1.5", "1/3", Decimal. Raises BadInput for anything else. What is
    answered can be read again from its text."""
    if isinstance(value, Fraction):
        return value
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise TypeError
        number = _from_float(value) if isinstance(value, float) else _from_text(str(value).strip())
        if abs(number) >= LARGEST:
            raise ValueError
        return number
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise BadInput(
            f"{shown(value)} is not a number",
            field=field,
            fix="write a number such as 1.5 or a fraction such as 1/3",
        ) from error


def _from_float(value: float) -> Fraction:
    """A float stands for the digits that it is shown with, not for its binary neighbour."""
    if not isfinite(value):
        raise ValueError
    return round(Fraction(Decimal(repr(value))), PLACES)


def is_number(text: str) -> bool:
    """Whether a text is written as numbers are."""
    return _WRITTEN.fullmatch(text) is not None


def _from_text(text: str) -> Fraction:
    if not is_number(text):
        raise ValueError
    return Fraction(text)


def within(value: object, low: Fraction, high: Fraction, *, field: str, unit: str = "") -> Fraction:
    """`value` as a fraction from `low` to `high`, both allowed. Raises BadInput with the limits."""
    number = exact(value, field=field)
    if low <= number <= high:
        return number
    limits = f"from {decimal(low)} to {decimal(high)}{unit}"
    raise BadInput(
        f"{_last(field)} is {decimal(number)}{unit} but may be {limits}",
        field=field,
        fix=f"choose a value {limits}",
    )


def mapping(value: object, known: Collection[str], *, field: str) -> Mapping[str, Any]:
    """`value` when it is an object without unknown keys. Raises BadInput naming the wrong one."""
    if not isinstance(value, Mapping):
        raise BadInput(
            f"{_last(field)} is {shown(value)} in place of an object",
            field=field,
            fix=f"write an object with any of {', '.join(known)}",
        )
    for key in value:
        if key not in known:
            one_of(key, known, field=f"{field}.{str(key)[:_LONGEST]}", what="a field of it")
    return value


def decimal(value: Fraction) -> str:
    """A fraction for people: at most three places, no needless zeros."""
    text = f"{float(value):.3f}".rstrip("0").rstrip(".")
    return text if text not in {"-0", ""} else "0"


def item_label(where: str) -> str:
    """How sentences name what the field `where` names: "text 4" for "text.3", as "segment 4" is the
    fourth."""
    name, _, number = where.partition(".")
    if not number.isdigit():
        return where
    return f"{_ONE_OF.get(name, name)} {int(number) + 1}"


_ONE_OF = {"images": "image"}
"""A list of a project -> one of it, where that has a name of its own."""


def shown(value: object) -> str:
    """A wrong value as errors show it, cut short."""
    text = repr(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."


def _last(field: str) -> str:
    return field.rpartition(".")[2]
