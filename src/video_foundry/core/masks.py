"""The shapes by which one picture takes another's place: at every place a number from 0 to 1, which
says when it turns. Pure formulas on one place; whoever draws evaluates the same for all of them.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from video_foundry.core.easing import smooth

NOISE_LAYERS = ((0.5, 9, 0.8, 0.6), (0.3, 19, 0.6, -0.8), (0.2, 41, 0.28, 0.96))
"""Of each layer: share, cells in the height of a picture, cosine and sine of its turn."""

NOISE_OFFSET = 512
"""Added to every place, so that none is negative."""

NOISE_CONTRAST = 1.9
"""Smoothed noise keeps to the middle; this spreads it over 0..1."""

_FULL = 2**32


@dataclass(frozen=True, kw_only=True)
class Mask:
    """A shape. dx, dy: where a linear one runs to (-1, 0, 1). count: of repeated parts.

    is_flipped: the last place comes first.
    """

    shape: str
    dx: int = 0
    dy: int = 0
    count: int = 1
    is_flipped: bool = False


def value_at(mask: Mask, x: float, y: float, aspect: float) -> float:
    """When the place turns, 0 first and 1 last.

    x, y: 0..1 from the left and from the top. aspect: the picture's width by its height.
    """
    value = SHAPES[mask.shape](mask, x, y, aspect)
    return 1 - value if mask.is_flipped else value


def weight_at(value: float, edge: float, softness: float) -> float:
    """How much of the new picture shows: 0 everywhere at edge 0, 1 everywhere at edge 1.

    softness: width of the soft edge in the same measure as `value`, above 0.
    """
    ramp = (edge * (1 + softness) - value) / softness
    return smooth(min(1.0, max(0.0, ramp)))


def _linear(mask: Mask, x: float, y: float, _: float) -> float:
    return (mask.dx * (x - 0.5) + mask.dy * (y - 0.5)) / (abs(mask.dx) + abs(mask.dy)) + 0.5


def _circle(_: Mask, x: float, y: float, aspect: float) -> float:
    return math.hypot((x - 0.5) * aspect, y - 0.5) / math.hypot(aspect / 2, 0.5)


def _diamond(_: Mask, x: float, y: float, __: float) -> float:
    return abs(x - 0.5) + abs(y - 0.5)


def _clock(_: Mask, x: float, y: float, aspect: float) -> float:
    """Clockwise from twelve."""
    return math.atan2((x - 0.5) * aspect, 0.5 - y) / (2 * math.pi) % 1


def _doors(mask: Mask, x: float, y: float, _: float) -> float:
    """From the middle line to both sides."""
    return abs(2 * (x if mask.dx else y) - 1)


def _slats(mask: Mask, x: float, y: float, _: float) -> float:
    return (x if mask.dx else y) * mask.count % 1


def _checker(mask: Mask, x: float, y: float, aspect: float) -> float:
    """Every second field in the first half, the others in the second; each from left to right."""
    rows = max(1, round(mask.count / aspect))
    is_late = (math.floor(x * mask.count) + math.floor(y * rows)) % 2
    return (is_late + x * mask.count % 1) / 2


def _noise(_: Mask, x: float, y: float, aspect: float) -> float:
    """Three layers of noise, each finer and weaker, turned so that no rows can be seen."""
    total = 0.0
    for seed, (share, cells, cosine, sine) in enumerate(NOISE_LAYERS):
        across, down = x * aspect * cells, y * cells
        turned = cosine * across - sine * down, sine * across + cosine * down
        total += share * _smooth_noise(turned[0] + NOISE_OFFSET, turned[1] + NOISE_OFFSET, seed)
    return min(1.0, max(0.0, (total - 0.5) * NOISE_CONTRAST + 0.5))


def _smooth_noise(x: float, y: float, seed: int) -> float:
    """Random values at whole places, smoothly joined."""
    left, top = math.floor(x), math.floor(y)
    across, down = smooth(x - left), smooth(y - top)
    upper, lower = (
        scatter(left, row, seed) * (1 - across) + scatter(left + 1, row, seed) * across
        for row in (top, top + 1)
    )
    return upper * (1 - down) + lower * down


def scatter(x: int, y: int, seed: int) -> float:
    """The same number from 0 to 1 for the same place always, by 32-bit arithmetic."""
    mixed = (x * 374_761_393 + y * 668_265_263 + seed * 1_442_695_041) % _FULL
    mixed = (mixed ^ mixed >> 13) * 1_274_126_177 % _FULL
    return (mixed ^ mixed >> 16) / _FULL


SHAPES: Mapping[str, Callable[[Mask, float, float, float], float]] = MappingProxyType(
    {
        "linear": _linear,
        "circle": _circle,
        "diamond": _diamond,
        "clock": _clock,
        "doors": _doors,
        "slats": _slats,
        "checker": _checker,
        "noise": _noise,
    }
)
"""The closed set of shapes; every drawing of them must know all."""
