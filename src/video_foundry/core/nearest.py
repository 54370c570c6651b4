"""The value nearest to a given one among those that a parameter's JSON Schema allows. What nearest
means for lengths, shapes and sizes is written down here; nothing else is known of models."""

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from video_foundry.core.catalogue import validator_class

_SIZE = re.compile(r"(\d+)(p|k)", re.IGNORECASE)
_SHAPE = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)")
_LINES_OF_A_K = 540
"""4k has 2160 lines."""


def nearest(
    name: str, schema: Mapping[str, Any], value: Any, least: Fraction | None = None
) -> Any | None:
    """`value` where the schema allows it, else the nearest that it does; None where nothing is
    near. least: a number below it is taken only where there is none above."""
    if _is_allowed(schema, value) and not _is_below(value, least):
        return value
    choices = schema.get("enum")
    if choices is not None:
        found = _choice(name, list(choices), value, least)
    elif _is_number(value):
        found = _number(schema, value, least)
    elif isinstance(value, str) and isinstance(schema.get("maxLength"), int):
        found = value[: schema["maxLength"]].rstrip()
    else:
        found = None
    return found if found is not None and _is_allowed(schema, found) else None


def of_both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that allows what both allow, as far as choices and limits go."""
    both = {**one, **other}
    if "enum" in one and "enum" in other:
        both["enum"] = [choice for choice in other["enum"] if choice in one["enum"]]
    for limit, stricter in (("minimum", max), ("maximum", min), ("maxLength", min)):
        if limit in one and limit in other:
            both[limit] = stricter(one[limit], other[limit])
    if "const" in other:
        both["enum"] = [other["const"]]
    return both


def _is_allowed(schema: Mapping[str, Any], value: Any) -> bool:
    return bool(validator_class()(dict(schema)).is_valid(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_below(value: Any, least: Fraction | None) -> bool:
    return least is not None and _is_number(value) and Fraction(str(value)) < least


def _choice(name: str, choices: list[Any], value: Any, least: Fraction | None) -> Any | None:
    measured = [(choice, _distance(name, choice, value)) for choice in choices]
    near = [(choice, distance) for choice, distance in measured if distance is not None]
    long_enough = [pair for pair in near if not _is_below(pair[0], least)]
    # of two as near the larger one: a longer clip and a larger picture hold what was asked for
    ranked = sorted(long_enough or near, key=lambda pair: (pair[1], -_measure(name, pair[0])))
    if near and not long_enough:
        return max((choice for choice, _ in near), key=lambda choice: _measure(name, choice))
    return ranked[0][0] if ranked else None


def _distance(name: str, choice: Any, value: Any) -> float | None:
    """How far apart two values are; None where they cannot be compared."""
    if _is_number(choice) and _is_number(value):
        return abs(float(choice) - float(value))
    if isinstance(choice, str) and isinstance(value, str):
        if choice.casefold() == value.casefold():
            return 0.0
        one, other = _measure(name, choice), _measure(name, value)
        return abs(math.log(one / other)) if one > 0 and other > 0 else None
    return None


def _measure(name: str, value: Any) -> float:
    """A number that says how long, wide or large a value is; 0 where it says nothing of it."""
    if _is_number(value):
        return float(value)
    shape = _SHAPE.fullmatch(str(value)) if name == "aspect_ratio" else None
    if shape and float(shape[2]):
        return float(shape[1]) / float(shape[2])
    size = _SIZE.fullmatch(str(value)) if name == "resolution" else None
    if size:
        return float(size[1]) * (_LINES_OF_A_K if size[2].lower() == "k" else 1)
    return 0.0


def _number(schema: Mapping[str, Any], value: float, least: Fraction | None) -> float | None:
    low, high = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    wanted = max(float(value), float(least)) if least is not None else float(value)
    inside = min(max(wanted, low), high)
    step = schema.get("multipleOf") or (1 if schema.get("type") == "integer" else None)
    if step is not None:
        inside = _stepped(inside, step, low, high, is_up=least is not None and inside <= least)
    return int(inside) if inside == int(inside) else inside


def _stepped(value: float, step: float, low: float, high: float, *, is_up: bool) -> float:
    """The nearest multiple of the step that lies between the limits; upwards where it must."""
    steps = value / step
    count = math.ceil(steps) if is_up else math.floor(steps + 0.5)
    if count * step > high:
        count = math.floor(high / step)
    if count * step < low:
        count = math.ceil(low / step)
    return count * step
