"""Easing curves: how far a movement has got at progress p, as pure polynomials.

The same formulas hold for exact fractions, for floats and in a browser; nothing here knows what is
being moved.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from video_foundry.core.wording import one_of

Number = TypeVar("Number", Fraction, float)


def _linear(p: Number) -> Number:
    return p


def _ease_in(p: Number) -> Number:
    return p * p * p


def _ease_out(p: Number) -> Number:
    return 1 - (1 - p) * (1 - p) * (1 - p)


def _ease_in_out(p: Number) -> Number:
    if 2 * p < 1:
        return 4 * p * p * p
    return 1 - 4 * (1 - p) * (1 - p) * (1 - p)


def smooth(p: Number) -> Number:
    """Smoothstep on 0..1: starts and ends at rest, gentler than `ease-in-out`."""
    return p * p * (3 - 2 * p)


def _smoother(p: Number) -> Number:
    return p * p * p * (p * (6 * p - 15) + 10)


_CURVES: Mapping[str, tuple[str, Callable[[Fraction], Fraction], Callable[[float], float]]] = (
    MappingProxyType(
        {
            "linear": ("Even", _linear, _linear),
            "ease-in": ("Slow start", _ease_in, _ease_in),
            "ease-out": ("Slow end", _ease_out, _ease_out),
            "ease-in-out": ("Slow start and end", _ease_in_out, _ease_in_out),
            "smooth": ("Gentle", smooth, smooth),
            "smoother": ("Very gentle", _smoother, _smoother),
        }
    )
)

EASINGS: Mapping[str, str] = MappingProxyType({name: entry[0] for name, entry in _CURVES.items()})
"""The known curves: name to label."""


def ease(name: str, progress: Number) -> Number:
    """How far the movement has got; 0 at 0, 1 at 1 and never backwards. Ends outside 0..1 hold.

    Raises KeyError for a name that `check_easing` would refuse.
    """
    _, exact, quick = _CURVES[name]
    held = min(max(progress, type(progress)(0)), type(progress)(1))
    return exact(held) if isinstance(held, Fraction) else quick(held)


def check_easing(name: object, *, field: str) -> str:
    """`name` when it is a known curve. Raises BadInput naming the field and the known ones."""
    return one_of(name, EASINGS, field=field, what="an easing")


def progress_at(frame: int, frames: int) -> Fraction:
    """How far a change of `frames` frames has got at its frame `frame`, counted from 0.

    The frame before it stands at 0 and the one after it at 1, so that no frame of the change merely
    repeats its neighbour.
    """
    return Fraction(frame + 1, frames + 1)
