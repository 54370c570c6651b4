"""The canonical form of a value and its fingerprint. The one place where anything is hashed for
identity; floats never reach the hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

SALT = "video-foundry/1"
"""Raise to disown every fingerprint made so far (poisoned results, say)."""


_AS_THEY_ARE = frozenset({type(None), bool, str, int})

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(value: Any) -> Any:
    """`value` as JSON without floats: whole numbers as integers, others as `{"$decimal": "0.5"}`.

    5, 5.0 and Decimal("5.00") are one value. Raises TypeError for what JSON cannot hold and
    ValueError for NaN and infinities.
    """
    kind = type(value)
    if kind in _AS_THEY_ARE:  # the usual kinds first: planning a long film writes millions of them
        return value
    if kind is dict:
        return {_key(k): v if type(v) in _AS_THEY_ARE else plain(v) for k, v in value.items()}
    if kind is list or kind is tuple:
        return [v if type(v) in _AS_THEY_ARE else plain(v) for v in value]
    return _plain_otherwise(value)


def _plain_otherwise(value: Any) -> Any:
    match value:
        case str() | int():
            return value
        case float():
            return _number(Decimal(repr(value)))
        case Decimal():
            return _number(value)
        case Fraction():
            return {"$fraction": f"{value.numerator}/{value.denominator}"}
        case Mapping():
            return {_key(k): plain(v) for k, v in value.items()}
        case Sequence() if not isinstance(value, bytes | bytearray):
            return [plain(v) for v in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("keys must be strings")
    return key


def _number(value: Decimal) -> Any:
    if not value.is_finite():
        raise ValueError(f"{value} has no canonical form")
    if value == value.to_integral_value():
        return int(value)
    # Not normalize(): that rounds to the context's 28 digits, and two values would become one.
    return {"$decimal": f"{value:f}".rstrip("0")}


def canonical_json(value: Any) -> str:
    """The one JSON text of `value`: keys sorted, no spaces, no floats, ASCII only."""
    return _ENCODER.encode(plain(value))


def fingerprint_of_members(kind: str, schema: int, members: Mapping[str, str]) -> str:
    """`fingerprint` of an object of which each member is canonical JSON already: the same digest,
    without writing again what has been written."""
    told = ",".join(f"{_ENCODER.encode(name)}:{members[name]}" for name in sorted(members))
    head = canonical_json([SALT, kind, schema])
    return hashlib.sha256(f"{head[:-1]},{{{told}}}]".encode("ascii")).hexdigest()


def fingerprint(kind: str, schema: int, value: Any) -> str:
    """SHA-256 (lower-case hex) over salt, kind, schema version and the canonical form."""
    text = canonical_json([SALT, kind, schema, value])
    return hashlib.sha256(text.encode("ascii")).hexdigest()
