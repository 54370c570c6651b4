"""What is done to a clip's picture before it stands in the film: retiming, framing and look.

Values with their limits, an exact JSON form, and the arithmetic of retimed clips; nothing here
draws. A value that changes nothing leaves no trace in fingerprints.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any, Literal, TypeAlias

from video_foundry.core.easing import check_easing
from video_foundry.core.timebase import LONGEST_FILM, FrameRate
from video_foundry.core.wording import decimal, exact, mapping, one_of, shown, within
from video_foundry.errors import BadInput

ZERO, ONE = Fraction(0), Fraction(1)

SLOWEST, FASTEST = Fraction(1, 20), Fraction(20)
LONGEST_FREEZE = Fraction(600)
LARGEST_CROP = Fraction(19, 20)
SMALLEST_SCALE, LARGEST_SCALE = Fraction(1, 20), Fraction(8)
FARTHEST = Fraction(2)
CLOSEST = Fraction(10)
MOST_STOPS = Fraction(5)
MOST_CONTRAST = MOST_SATURATION = Fraction(3)

Fit: TypeAlias = Literal["fit", "fill", "stretch"]
FITS: tuple[Fit, ...] = ("fit", "fill", "stretch")

_DIGEST = re.compile(r"[0-9a-f]{64}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """The frame shown at `at` seconds of the source is held for `seconds` more."""

    at: Fraction
    seconds: Fraction


@dataclass(frozen=True, kw_only=True)
class Retime:
    """speed: 2 is twice as fast. A freeze is timed in the film's seconds and is not sped up."""

    speed: Fraction = ONE
    is_reversed: bool = False
    freeze: Freeze | None = None


@dataclass(frozen=True, kw_only=True)
class Crop:
    """What is cut away at each side, as fractions of the source's upright width and height."""

    left: Fraction = ZERO
    top: Fraction = ZERO
    right: Fraction = ZERO
    bottom: Fraction = ZERO


@dataclass(frozen=True, kw_only=True)
class Viewport:
    """A part of the frame that fills it: scale 2 shows half its width and height.

    x, y: its centre, in fractions of the frame's width and height from the frame's centre.
    """

    x: Fraction = ZERO
    y: Fraction = ZERO
    scale: Fraction = ONE


@dataclass(frozen=True, kw_only=True)
class Move:
    """The view travels from `start` to `end` (Ken Burns), from frame `first` of the virtual clip on
    for `frames` frames; before and after it rests. `placed` sets them to the clip's use."""

    start: Viewport = field(default_factory=Viewport)
    end: Viewport = field(default_factory=Viewport)
    easing: str = "smooth"
    first: int = 0
    frames: int = 1


@dataclass(frozen=True, kw_only=True)
class Framing:
    """How the source is put into the frame.

    fit: whole, covering all, or distorted. scale: of the fitted picture about its centre, which
    stands x, y (fractions of the frame's width and height) from the frame's. background: "black" or
    "#rrggbb", where the picture does not reach.
    """

    fit: Fit = "fit"
    crop: Crop | None = None
    scale: Fraction = ONE
    x: Fraction = ZERO
    y: Fraction = ZERO
    move: Move | None = None
    background: str = "black"


@dataclass(frozen=True, kw_only=True)
class Look:
    """exposure: stops. contrast, saturation: 1 leaves as it is. temperature: -1 cold to 1 warm.

    lut: digest of a .cube file, applied last.
    """

    exposure: Fraction = ZERO
    contrast: Fraction = ONE
    saturation: Fraction = ONE
    temperature: Fraction = ZERO
    lut: str | None = None


@dataclass(frozen=True, kw_only=True)
class PictureEffects:
    """Everything done to one clip's picture. The default changes nothing."""

    retime: Retime = field(default_factory=Retime)
    framing: Framing = field(default_factory=Framing)
    look: Look = field(default_factory=Look)


NEUTRAL = PictureEffects()


# The time of a retimed clip


def virtual_seconds(source_seconds: Fraction, retime: Retime) -> Fraction:
    """How long the virtual clip is that retiming makes of so many seconds of source."""
    played = source_seconds if retime.speed == 1 else source_seconds / retime.speed
    return played + retime.freeze.seconds if retime.freeze else played


def virtual_frames(source_seconds: Fraction, retime: Retime, rate: FrameRate) -> int:
    """Frames of the virtual clip, at least 1."""
    return max(1, rate.frames_in(virtual_seconds(source_seconds, retime)))


def source_moment(
    frame: int, source_seconds: Fraction, retime: Retime, rate: FrameRate
) -> Fraction:
    """Seconds of the source at which frame `frame` of the virtual clip stands.

    Forwards that is where the frame begins; backwards, where the span that it covers begins in the
    source. Kept within the source.
    """
    place = rate.seconds_of(frame)
    if retime.is_reversed:
        place = virtual_seconds(source_seconds, retime) - rate.seconds_of(frame + 1)
    return min(max(unfrozen(place, retime) * retime.speed, ZERO), source_seconds)


def unfrozen(place: Fraction, retime: Retime) -> Fraction:
    """Seconds of the forward virtual clip without the held time before `place`."""
    if retime.freeze is None:
        return place
    begins = retime.freeze.at / retime.speed
    return min(place, max(begins, place - retime.freeze.seconds))


def placed(effects: PictureEffects, *, first: int, frames: int) -> PictureEffects:
    """The effects of one use of the clip: a move runs over the frames that are used."""
    move = effects.framing.move
    if move is None:
        return effects
    framing = replace(effects.framing, move=replace(move, first=first, frames=frames))
    return replace(effects, framing=framing)


# JSON


def to_json(effects: PictureEffects) -> dict[str, Any]:
    """What differs from the neutral value, numbers as strings such as "3/2", for `from_json`."""
    return {} if effects == NEUTRAL else _written(effects, str)


def canonical(effects: PictureEffects) -> dict[str, Any]:
    """For fingerprints: numbers as fractions, and nothing of what changes no pixel."""
    if effects == NEUTRAL:
        return {}
    framing = effects.framing
    idle = framing.move is not None and framing.move.start == framing.move.end == Viewport()
    kept = replace(
        framing,
        crop=None if framing.crop == Crop() else framing.crop,
        move=None if idle else framing.move,
    )
    return _written(replace(effects, framing=kept), lambda number: number)


def from_json(value: object, *, field: str = "effects") -> PictureEffects:
    """Effects as users and steps write them; what is left out is neutral.

    Raises BadInput naming the field, its limits and the fix.
    """
    told = mapping(value, ("retime", "framing", "look"), field=field)
    return PictureEffects(
        retime=_retime(told.get("retime", {}), f"{field}.retime"),
        framing=_framing(told.get("framing", {}), f"{field}.framing"),
        look=_look(told.get("look", {}), f"{field}.look"),
    )


def check_freeze(effects: PictureEffects, source_seconds: Fraction, *, field: str) -> None:
    """Raises BadInput when the frame to be held lies past the end of the source."""
    freeze = effects.retime.freeze
    if freeze is not None and freeze.at > source_seconds:
        length = decimal(source_seconds)
        raise BadInput(
            f"there is no frame to hold at {decimal(freeze.at)} s; the clip is {length} s long",
            field=f"{field}.retime.freeze.at",
            fix=f"choose a moment from 0 to {length} s",
        )


def _written(value: Any, number: Callable[[Fraction], Any]) -> dict[str, Any]:
    """The fields that differ from their defaults; those without a default always."""
    written = {}
    for entry in fields(value):
        part = getattr(value, entry.name)
        default = entry.default_factory() if callable(entry.default_factory) else entry.default
        if part == default:
            continue
        if is_dataclass(part):
            part = _written(part, number)
        elif isinstance(part, Fraction):
            part = number(part)
        written[_WORDS.get(entry.name, entry.name)] = part
    return written


_WORDS = {"is_reversed": "reverse"}


def _retime(value: object, field: str) -> Retime:
    told = mapping(value, ("speed", "reverse", "freeze"), field=field)
    speed = within(told.get("speed", 1), SLOWEST, FASTEST, field=f"{field}.speed")
    reverse, freeze = told.get("reverse", False), told.get("freeze")
    if not isinstance(reverse, bool):
        raise BadInput(
            f"{shown(reverse)} is neither true nor false",
            field=f"{field}.reverse",
            fix="write true or false",
        )
    return Retime(
        speed=speed,
        is_reversed=reverse,
        freeze=None if freeze is None else _freeze(freeze, f"{field}.freeze"),
    )


def _freeze(value: object, field: str) -> Freeze:
    told = mapping(value, ("at", "seconds"), field=field)
    seconds = exact(told.get("seconds"), field=f"{field}.seconds")
    if seconds <= 0:
        raise BadInput(
            f"a frame cannot be held for {decimal(seconds)} s",
            field=f"{field}.seconds",
            fix=f"choose a value above 0 and up to {LONGEST_FREEZE} s",
        )
    return Freeze(
        at=within(told.get("at"), ZERO, LONGEST_FILM, field=f"{field}.at", unit=" s"),
        seconds=within(seconds, ZERO, LONGEST_FREEZE, field=f"{field}.seconds", unit=" s"),
    )


def _framing(value: object, field: str) -> Framing:
    known = ("fit", "crop", "scale", "x", "y", "move", "background")
    told = mapping(value, known, field=field)
    crop, move = told.get("crop"), told.get("move")
    fit = one_of(told.get("fit", "fit"), FITS, field=f"{field}.fit", what="a way to fit")
    scale = told.get("scale", 1)
    return Framing(
        fit=next(known for known in FITS if known == fit),
        crop=None if crop is None else _crop(crop, f"{field}.crop"),
        scale=within(scale, SMALLEST_SCALE, LARGEST_SCALE, field=f"{field}.scale"),
        x=within(told.get("x", 0), -FARTHEST, FARTHEST, field=f"{field}.x"),
        y=within(told.get("y", 0), -FARTHEST, FARTHEST, field=f"{field}.y"),
        move=None if move is None else _move(move, f"{field}.move"),
        background=_colour(told.get("background", "black"), f"{field}.background"),
    )


def _crop(value: object, field: str) -> Crop:
    sides = ("left", "top", "right", "bottom")
    told = mapping(value, sides, field=field)
    crop = Crop(
        **{
            side: within(told.get(side, 0), ZERO, LARGEST_CROP, field=f"{field}.{side}")
            for side in sides
        }
    )
    for one, other in (("left", "right"), ("top", "bottom")):
        together = getattr(crop, one) + getattr(crop, other)
        if together > LARGEST_CROP:
            raise BadInput(
                f"{one} and {other} together cut away {decimal(together)} of the picture, "
                f"and may cut {decimal(LARGEST_CROP)}",
                field=f"{field}.{other}",
                fix=f"make {one} and {other} smaller",
            )
    return crop


def _move(value: object, field: str) -> Move:
    told = mapping(value, ("start", "end", "easing", "first", "frames"), field=field)
    return Move(
        start=_viewport(told.get("start", {}), f"{field}.start"),
        end=_viewport(told.get("end", {}), f"{field}.end"),
        easing=check_easing(told.get("easing", "smooth"), field=f"{field}.easing"),
        first=_count(told.get("first", 0), f"{field}.first"),
        frames=_count(told.get("frames", 1), f"{field}.frames"),
    )


def _viewport(value: object, field: str) -> Viewport:
    told = mapping(value, ("x", "y", "scale"), field=field)
    scale = within(told.get("scale", 1), ONE, CLOSEST, field=f"{field}.scale")
    room = (1 - 1 / scale) / 2
    places = {side: exact(told.get(side, 0), field=f"{field}.{side}") for side in ("x", "y")}
    for side, place in places.items():
        if abs(place) > room:
            limit = decimal(room)
            raise BadInput(
                f"at scale {decimal(scale)} the view leaves the frame: {side} is {decimal(place)} "
                f"but may be from -{limit} to {limit}",
                field=f"{field}.{side}",
                fix=f"choose {side} nearer to 0, or a larger scale",
            )
    return Viewport(scale=scale, x=places["x"], y=places["y"])


def _look(value: object, field: str) -> Look:
    told = mapping(value, ("exposure", "contrast", "saturation", "temperature", "lut"), field=field)
    lut = told.get("lut")
    if lut is not None and not (isinstance(lut, str) and _DIGEST.fullmatch(lut)):
        raise BadInput(
            f"{shown(lut)} is not the digest of a stored .cube file",
            field=f"{field}.lut",
            fix="upload the .cube file and name it by its digest, 64 hex digits",
        )

    def part(name: str, default: int, low: Fraction, high: Fraction) -> Fraction:
        return within(told.get(name, default), low, high, field=f"{field}.{name}")

    return Look(
        exposure=part("exposure", 0, -MOST_STOPS, MOST_STOPS),
        contrast=part("contrast", 1, ZERO, MOST_CONTRAST),
        saturation=part("saturation", 1, ZERO, MOST_SATURATION),
        temperature=part("temperature", 0, -ONE, ONE),
        lut=lut,
    )


def _colour(value: object, field: str) -> str:
    text = value.lower() if isinstance(value, str) else ""
    if text == "black" or _COLOUR.fullmatch(text):
        return text
    raise BadInput(
        f"{shown(value)} is not a colour", field=field, fix='write "black" or a colour as #rrggbb'
    )


def _count(value: object, field: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9:
        return value
    raise BadInput(
        f"{shown(value)} is not a number of frames", field=field, fix="write a whole number"
    )
