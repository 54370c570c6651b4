"""The transitions between two segments: a catalogue as data, and for each the pure formula of what
both pictures do at progress p. Drawing is somebody else's: a browser shows the same from the same
numbers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from video_foundry.core.easing import check_easing, ease, smooth
from video_foundry.core.masks import Mask
from video_foundry.core.wording import mapping, one_of, within

SHORTEST, LONGEST = Fraction(1, 100), Fraction(10)
"""Seconds that a transition may last; the shorter of its clips limits it further."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where one picture stands: moved by x, y (fractions of the frame's width and height), enlarged
    about the frame's centre, cut in the middle and drawn apart (fractions of the frame, each half),
    blurred (standard deviation in fractions of the frame's height).

    Beyond its edges it has no picture; one that lies below another is drawn out there.
    """

    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    apart_x: float = 0.0
    apart_y: float = 0.0
    blur: float = 0.0


STILL = Placement()


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What is drawn at one progress.

    weight: how much of B shows where both are, 0..1; with a mask, how far its edge has run, which
    gives the weight at every place (`core.masks.weight_at`). top: which picture lies on the other;
    B on top shows by its weight, A on top by what that leaves. veil: how much a flat colour covers.
    """

    weight: float
    mask: Mask | None = None
    softness: float = 0.0
    a: Placement = STILL
    b: Placement = STILL
    top: Literal["a", "b"] = "b"
    veil: float = 0.0
    veil_colour: Literal["black", "white"] = "black"


@dataclass(frozen=True, kw_only=True)
class TransitionKind:
    """One entry of the catalogue. seconds, easing: what a user gets who does not say."""

    name: str
    label: str
    family: str
    description: str
    seconds: Fraction
    easing: str
    formula: Callable[[float], Moment] = field(repr=False, compare=False)

    def moment(self, progress: float) -> Moment:
        """What is drawn at an eased progress from 0 (A alone) to 1 (B alone)."""
        return self.formula(progress)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A transition as a timeline has it. Make it with `make_transition`, which checks."""

    kind: str
    seconds: Fraction
    easing: str


def make_transition(
    kind: object,
    seconds: object = None,
    easing: object = None,
    *,
    field: str = "transition",
) -> Transition:
    """A checked transition; what is not told comes from the catalogue.

    Raises BadInput naming `{field}.kind`, `.duration` or `.easing`, what may stand there, and the
    fix.
    """
    name = one_of(kind, KINDS, field=f"{field}.kind", what="a transition")
    entry = KINDS[name]
    if seconds is None:
        length = entry.seconds
    else:
        length = within(seconds, SHORTEST, LONGEST, field=f"{field}.duration", unit=" s")
    curve = entry.easing if easing is None else check_easing(easing, field=f"{field}.easing")
    return Transition(kind=name, seconds=length, easing=curve)


def read_transition(value: object, *, field: str = "transition") -> Transition:
    """From `{kind, duration?, easing?}`, durations in seconds. Raises BadInput like the above."""
    told = mapping(value, ("kind", "duration", "easing"), field=field)
    return make_transition(told.get("kind"), told.get("duration"), told.get("easing"), field=field)


def moment_at(kind: str, easing: str, progress: Fraction) -> Moment:
    """What is drawn at `progress` of a transition; see `core.easing.progress_at` for its frames."""
    return KINDS[kind].moment(float(ease(easing, progress)))


# The formulas; p runs evenly or eased from 0 to 1

_SIDES = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
"""Where something moves to: the sign of x and of y."""

_GROWTH = 1.2
"""By how much a zoom enlarges a picture beyond its size."""

_BLUR = 0.03


def _fade(p: float) -> Moment:
    return Moment(weight=p)


def _dip(colour: Literal["black", "white"]) -> Callable[[float], Moment]:
    def dip(p: float) -> Moment:
        veil = 1 - abs(2 * p - 1)
        return Moment(weight=0.0 if p < 0.5 else 1.0, veil=veil, veil_colour=colour)

    return dip


def _blur(p: float) -> Moment:
    blurred_a, blurred_b = Placement(blur=_BLUR * p), Placement(blur=_BLUR * (1 - p))
    return Moment(weight=smooth(p), a=blurred_a, b=blurred_b)


def _masked(mask: Mask, softness: float) -> Callable[[float], Moment]:
    return lambda p: Moment(weight=p, mask=mask, softness=softness)


def _slide(dx: int, dy: int) -> Callable[[float], Moment]:
    """B comes in over A."""
    return lambda p: Moment(weight=1.0, b=Placement(x=-dx * (1 - p), y=-dy * (1 - p)))


def _push(dx: int, dy: int) -> Callable[[float], Moment]:
    """B comes in and drives A out."""

    def push(p: float) -> Moment:
        there, gone = Placement(x=-dx * (1 - p), y=-dy * (1 - p)), Placement(x=dx * p, y=dy * p)
        return Moment(weight=1.0, a=gone, b=there)

    return push


def _reveal(dx: int, dy: int) -> Callable[[float], Moment]:
    """A goes out and uncovers B."""
    return lambda p: Moment(weight=0.0, top="a", a=Placement(x=dx * p, y=dy * p))


def _split(dx: int, dy: int) -> Callable[[float], Moment]:
    """A parts in the middle, and its halves uncover B."""
    return lambda p: Moment(
        weight=0.0, top="a", a=Placement(apart_x=dx * p / 2, apart_y=dy * p / 2)
    )


def _zoom_in(p: float) -> Moment:
    return Moment(weight=smooth(_between(p, 0.15, 1)), a=Placement(scale=1 + _GROWTH * p * p))


def _zoom_out(p: float) -> Moment:
    rest = 1 - p
    return Moment(weight=smooth(_between(p, 0, 0.85)), b=Placement(scale=1 + _GROWTH * rest * rest))


def _between(p: float, start: float, end: float) -> float:
    return min(1.0, max(0.0, (p - start) / (end - start)))


# The catalogue


def _kind(
    name: str,
    label: str,
    family: str,
    description: str,
    formula: Callable[[float], Moment],
    *,
    seconds: str = "0.5",
    easing: str = "linear",
) -> TransitionKind:
    return TransitionKind(
        name=name,
        label=label,
        family=family,
        description=description,
        seconds=Fraction(seconds),
        easing=easing,
        formula=formula,
    )


def _fades() -> Iterable[TransitionKind]:
    yield _kind("fade", "Crossfade", "fade", "The first picture melts into the second.", _fade)
    yield _kind(
        "dissolve",
        "Dissolve",
        "fade",
        "The second picture breaks through in a fixed pattern of soft spots.",
        _masked(Mask(shape="noise"), 0.3),
        seconds="0.8",
    )
    for colour in ("black", "white"):
        yield _kind(
            f"dip-to-{colour}",
            f"Dip to {colour}",
            "fade",
            f"The first picture turns {colour}, then the second comes out of it.",
            _dip("black" if colour == "black" else "white"),
            seconds="1",
        )
    yield _kind(
        "blur-dissolve",
        "Blur",
        "fade",
        "The first picture blurs away while the second becomes sharp.",
        _blur,
        seconds="0.8",
        easing="smooth",
    )


def _wipes() -> Iterable[TransitionKind]:
    for side, (dx, dy) in _SIDES.items():
        yield _kind(
            f"wipe-{side}",
            f"Wipe {side}",
            "wipe",
            f"A soft edge runs {_to(side)} and leaves the second picture behind it.",
            _masked(Mask(shape="linear", dx=dx, dy=dy), 0.04),
            easing="smooth",
        )
    for name, dx, corners in (
        ("wipe-diagonal", 1, "top left to the bottom right"),
        ("wipe-diagonal-left", -1, "top right to the bottom left"),
    ):
        yield _kind(
            name,
            "Diagonal wipe" if dx > 0 else "Diagonal wipe to the left",
            "wipe",
            f"A soft edge runs from the {corners} corner.",
            _masked(Mask(shape="linear", dx=dx, dy=1), 0.04),
            easing="smooth",
        )


def _shapes() -> Iterable[TransitionKind]:
    shapes = (
        ("circle-open", "Circle opens", "A circle grows from the centre with the second picture.",
         Mask(shape="circle")),
        ("circle-close", "Circle closes", "A circle with the first picture shrinks to the centre.",
         Mask(shape="circle", is_flipped=True)),
        ("diamond-open", "Diamond opens",
         "A diamond grows from the centre with the second picture.", Mask(shape="diamond")),
        ("clock-wipe", "Clock wipe", "A hand runs round once, clockwise from twelve.",
         Mask(shape="clock")),
        ("doors-open", "Doors open", "The second picture widens from the middle to both sides.",
         Mask(shape="doors", dx=1)),
        ("doors-close", "Doors close", "The second picture closes in from the left and the right.",
         Mask(shape="doors", dx=1, is_flipped=True)),
        ("doors-open-vertical", "Doors open, up and down",
         "The second picture widens from the middle to top and bottom.",
         Mask(shape="doors", dy=1)),
        ("doors-close-vertical", "Doors close, up and down",
         "The second picture closes in from top and bottom.",
         Mask(shape="doors", dy=1, is_flipped=True)),
    )  # fmt: skip
    for name, label, description, mask in shapes:
        made = _masked(mask, 0.03)
        yield _kind(name, label, "shape", description, made, seconds="0.7", easing="smooth")


def _patterns() -> Iterable[TransitionKind]:
    patterns = (
        ("blinds-horizontal", "Blinds", "Slats across the picture turn to the second one.",
         Mask(shape="slats", dy=1, count=9)),
        ("blinds-vertical", "Upright blinds", "Upright slats turn to the second picture.",
         Mask(shape="slats", dx=1, count=16)),
        ("checkerboard", "Checkerboard", "Every second field turns, and then the others.",
         Mask(shape="checker", count=12)),
    )  # fmt: skip
    for name, label, description, mask in patterns:
        yield _kind(name, label, "pattern", description, _masked(mask, 0.1), seconds="0.8")


def _moves() -> Iterable[TransitionKind]:
    families: tuple[tuple[str, str, Callable[[int, int], Callable[[float], Moment]]], ...] = (
        ("slide", "The second picture slides in over the first, moving {to}.", _slide),
        ("push", "The second picture pushes the first out, both moving {to}.", _push),
        ("reveal", "The first picture slides away {to} and uncovers the second.", _reveal),
    )
    for family, description, make in families:
        for side, (dx, dy) in _SIDES.items():
            yield _kind(
                f"{family}-{side}",
                f"{family.capitalize()} {side}",
                family,
                description.format(to=_to(side)),
                make(dx, dy),
                seconds="0.6",
                easing="ease-in-out",
            )
    for name, label, dx, dy, halves in (
        ("split-horizontal", "Split", 1, 0, "to the left and the right"),
        ("split-vertical", "Split, up and down", 0, 1, "up and down"),
    ):
        yield _kind(
            name,
            label,
            "split",
            f"The first picture parts in the middle and leaves {halves}.",
            _split(dx, dy),
            seconds="0.7",
            easing="ease-in-out",
        )


def _zooms() -> Iterable[TransitionKind]:
    yield _kind(
        "zoom-in",
        "Zoom in",
        "zoom",
        "The first picture comes nearer and melts into the second.",
        _zoom_in,
        seconds="0.6",
        easing="smooth",
    )
    yield _kind(
        "zoom-out",
        "Zoom out",
        "zoom",
        "The second picture comes out of the first, large, and settles.",
        _zoom_out,
        seconds="0.6",
        easing="smooth",
    )


def _to(side: str) -> str:
    return side if side in {"up", "down"} else f"to the {side}"


CATALOGUE: tuple[TransitionKind, ...] = (
    *_fades(),
    *_wipes(),
    *_shapes(),
    *_moves(),
    *_zooms(),
    *_patterns(),
)
"""Every kind, in the order in which users see them."""

KINDS: Mapping[str, TransitionKind] = MappingProxyType({kind.name: kind for kind in CATALOGUE})
"""The catalogue by name."""
