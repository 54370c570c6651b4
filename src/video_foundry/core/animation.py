"""How an overlay comes and goes: opacity, place, size and visible part of a layer at each frame, as
pure formulas. Drawing is somebody else's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from video_foundry.core.easing import ease, progress_at
from video_foundry.core.wording import one_of

TRAVEL = 0.12
"""How far a slide moves, in fractions of the frame's width or height."""

_SMALLEST = 0.6
"""The size at which a pop begins."""

_OVERSHOOT = 1.70158
"""Makes a pop grow a tenth beyond its size before it settles."""

ANIMATIONS: Mapping[str, str] = MappingProxyType(
    {
        "fade": "Fade",
        "slide-left": "Slide to the left",
        "slide-right": "Slide to the right",
        "slide-up": "Slide up",
        "slide-down": "Slide down",
        "pop": "Pop",
        "reveal-left": "Reveal to the left",
        "reveal-right": "Reveal to the right",
        "reveal-up": "Reveal upwards",
        "reveal-down": "Reveal downwards",
    }
)
"""The known animations: name to label."""

_SIDES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@dataclass(frozen=True, kw_only=True)
class Animation:
    """How a layer comes or goes. frames: how many of its own frames that takes, at least 1."""

    kind: str
    frames: int
    easing: str = "ease-out"


@dataclass(frozen=True, kw_only=True)
class Clip:
    """The visible part of a layer's content box, as fractions of it from the left and the top."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def within(self, other: "Clip") -> "Clip":
        """What both show."""
        return Clip(
            left=max(self.left, other.left),
            top=max(self.top, other.top),
            right=min(self.right, other.right),
            bottom=min(self.bottom, other.bottom),
        )


@dataclass(frozen=True, kw_only=True)
class LayerState:
    """How a layer is drawn.

    opacity: 0..1. x, y: moved by so many widths and heights of the frame. scale: about the centre
    of its content box, the smallest box that holds everything not wholly clear. clip: of that box.
    """

    opacity: float = 1.0
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    clip: Clip = field(default_factory=Clip)

    def combined(self, other: "LayerState") -> "LayerState":
        """Both at once."""
        return LayerState(
            opacity=self.opacity * other.opacity,
            x=self.x + other.x,
            y=self.y + other.y,
            scale=self.scale * other.scale,
            clip=self.clip.within(other.clip),
        )


def check_animation(kind: object, *, field: str) -> str:
    """`kind` when it is known. Raises BadInput naming the field and the known ones."""
    return one_of(kind, ANIMATIONS, field=field, what="an animation")


def state_at(
    frame: int,
    frames: int,
    *,
    opacity: Fraction = Fraction(1),
    animate_in: Animation | None = None,
    animate_out: Animation | None = None,
) -> LayerState:
    """How a layer of `frames` frames is drawn at its frame `frame`, counted from 0."""
    state = LayerState(opacity=float(opacity))
    if animate_in and frame < animate_in.frames:
        p = float(ease(animate_in.easing, progress_at(frame, animate_in.frames)))
        state = state.combined(coming(animate_in.kind, p))
    if animate_out and frame >= frames - animate_out.frames:
        gone = frame - (frames - animate_out.frames)
        p = float(ease(animate_out.easing, progress_at(gone, animate_out.frames)))
        state = state.combined(going(animate_out.kind, p))
    return state


def coming(kind: str, p: float) -> LayerState:
    """A layer on its way in: not there at 0, as it is at 1."""
    name, _, side = kind.partition("-")
    dx, dy = _SIDES.get(side, (0, 0))
    if name == "slide":
        return LayerState(opacity=p, x=-dx * TRAVEL * (1 - p), y=-dy * TRAVEL * (1 - p))
    if name == "reveal":
        return LayerState(clip=_uncovered(dx, dy, p))
    if name == "pop":
        return LayerState(opacity=min(1.0, 2.5 * p), scale=_popped(p))
    return LayerState(opacity=p)


def going(kind: str, p: float) -> LayerState:
    """A layer on its way out: as it is at 0, not there at 1. It moves on as it came."""
    name, _, side = kind.partition("-")
    dx, dy = _SIDES.get(side, (0, 0))
    if name == "slide":
        return LayerState(opacity=1 - p, x=dx * TRAVEL * p, y=dy * TRAVEL * p)
    if name == "reveal":
        return LayerState(clip=_uncovered(-dx, -dy, 1 - p))
    return coming(kind, 1 - p)


def _uncovered(dx: int, dy: int, p: float) -> Clip:
    """What an edge that runs towards (dx, dy) has left behind it."""
    return Clip(
        left=1 - p if dx < 0 else 0.0,
        right=p if dx > 0 else 1.0,
        top=1 - p if dy < 0 else 0.0,
        bottom=p if dy > 0 else 1.0,
    )


def _popped(p: float) -> float:
    """Grows quickly, a little too far, and settles at 1."""
    back = 1 + (_OVERSHOOT + 1) * (p - 1) ** 3 + _OVERSHOOT * (p - 1) ** 2
    return _SMALLEST + (1 - _SMALLEST) * back
