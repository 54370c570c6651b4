"""The view of a moving frame (Ken Burns) at each frame of a clip, as a pure formula."""

from fractions import Fraction
from typing import TypeAlias

from video_foundry.core.easing import ease
from video_foundry.core.effects import Move, Viewport

View: TypeAlias = tuple[float, float, float, float]
"""left, top, width, height of the part that is shown, as fractions of the frame."""


def view_at(move: Move, frame: int) -> View:
    """The view at frame `frame` of the virtual clip.

    The enlargement grows by the same factor in equal times, which looks even, and the view's edges
    move straight from start to end, so that it never leaves the frame.
    """
    last = move.frames - 1
    done = Fraction(min(max(frame - move.first, 0), last), last) if last > 0 else Fraction(0)
    p = float(ease(move.easing, done))
    near, far = float(1 / move.start.scale), float(1 / move.end.scale)
    if near != far:
        p = (near * (far / near) ** p - near) / (far - near)
    start, end = _edges(move.start), _edges(move.end)
    left, top, width, height = (a + (b - a) * p for a, b in zip(start, end, strict=True))
    return left, top, width, height


def _edges(viewport: Viewport) -> View:
    side = 1 / viewport.scale
    left, top = (Fraction(1, 2) + place - side / 2 for place in (viewport.x, viewport.y))
    return float(left), float(top), float(side), float(side)
