"""Reads a transition at a single place, straight from the formulas: what drawing code is held to.

Slow and plain on purpose. Blur is left to whoever compares. Not used in production.
"""

from dataclasses import dataclass

from video_foundry.core.masks import value_at, weight_at
from video_foundry.core.transitions import Moment, Placement


@dataclass(frozen=True, kw_only=True)
class Seen:
    """share: how much of B shows, before the veil. a, b: the place of each picture that is drawn
    there, as fractions of it, held within the picture."""

    share: float
    a: tuple[float, float]
    b: tuple[float, float]


def seen_at(moment: Moment, x: float, y: float, aspect: float) -> Seen:
    """What is drawn at x, y (0..1 from the left and the top)."""
    a, has_a = _source(moment.a, x, y)
    b, has_b = _source(moment.b, x, y)
    weight = moment.weight
    if moment.mask is not None:
        weight = weight_at(value_at(moment.mask, x, y, aspect), weight, moment.softness)
    elif moment.top == "b":
        weight = weight if has_b else 0.0
    else:
        weight = weight if has_a else 1.0
    return Seen(share=weight, a=a, b=b)


def _source(placement: Placement, x: float, y: float) -> tuple[tuple[float, float], bool]:
    across, in_width = _along(x - placement.x, placement.apart_x, placement.scale)
    down, in_height = _along(y - placement.y, placement.apart_y, placement.scale)
    return (across, down), in_width and in_height


def _along(place: float, apart: float, scale: float) -> tuple[float, bool]:
    """Where in the source a place comes from, and whether there is any picture."""
    is_there = True
    if apart:
        is_there = place + apart < 0.5 or place - apart >= 0.5
        place += apart if place < 0.5 else -apart
    source = (place - 0.5) / scale + 0.5
    return min(1.0, max(0.0, source)), is_there and 0 <= source <= 1
