"""Where a source's pixels go in the frame: crop, size and place as whole even pixels.

Arithmetic only; filters are written elsewhere.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, gcd
from typing import TypeAlias

from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.core.effects import Crop, Framing

Size: TypeAlias = tuple[int, int]

MOST_ENLARGED = 4
"""Times the frame's width or height to which a picture is scaled whole; beyond, what will not show
is cut from the source first."""

MOST_CANVAS = 2
"""Times the frame's size at which a moving frame is prepared at most."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How to make a frame. crop: of the upright stored picture, None: all of it. scaled: to which
    size. cut: what of the scaled picture shows, None: all. x, y: where that stands in the frame.

    is_visible: False where the picture lies wholly outside the frame.
    """

    frame: Size
    crop: Box | None
    scaled: Size
    cut: Box | None
    x: int
    y: int
    is_visible: bool = True


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """One direction: kept source pixels [start, end) of `whole`, drawn `length` long from `at`."""

    start: int
    end: int
    length: int
    at: int


def lay_out(source: Source, framing: Framing, frame: Size) -> Layout:
    """Where the source goes in a frame of this size."""
    stored = (
        (source.height, source.width) if source.rotation % 180 else (source.width, source.height)
    )
    crop = framing.crop or Crop()
    kept = (
        _kept(stored[0], crop.left, crop.right),
        _kept(stored[1], crop.top, crop.bottom),
    )
    shown = tuple(
        Fraction(side * (end - start), whole)
        for side, (start, end), whole in zip(source.displayed, kept, stored, strict=True)
    )
    size = _size((shown[0], shown[1]), framing, frame)
    offsets = (framing.x, framing.y)
    axes = [
        _reduced(
            _Axis(start=start, end=end, length=length, at=_at(length, side, offset)),
            side,
        )
        for (start, end), length, side, offset in zip(kept, size, frame, offsets, strict=True)
    ]
    return _layout(axes, stored, frame)


def canvas_size(source: Source, framing: Framing, frame: Size) -> Size:
    """The size at which a frame is prepared through which a view moves: larger than the frame as
    far as the view goes near and the source has detail for it."""
    if framing.move is None:
        return frame
    near: Fraction = max(framing.move.start.scale, framing.move.end.scale)
    detail = max(Fraction(side, whole) for side, whole in zip(source.displayed, frame, strict=True))
    factor = max(
        Fraction(1), min(near, detail / min(framing.scale, Fraction(1)), Fraction(MOST_CANVAS))
    )
    # Of just the frame's shape, or the picture would not reach its edges.
    unit = gcd(*frame) // 2
    steps = ceil(factor * unit)
    return frame[0] // unit * steps, frame[1] // unit * steps


def _kept(whole: int, before: Fraction, after: Fraction) -> tuple[int, int]:
    """First and last pixel plus one of what a crop leaves, even, at least two pixels."""
    if not before and not after:
        return 0, whole
    start = min(_even(whole * before), max(0, whole - 2))
    end = whole - _even(whole * after)
    return start, min(whole, max(start + 2, end))


def _size(shown: tuple[Fraction, Fraction], framing: Framing, frame: Size) -> Size:
    ratios = [Fraction(side) / part for side, part in zip(frame, shown, strict=True)]
    if framing.fit != "stretch":
        ratios = [min(ratios) if framing.fit == "fit" else max(ratios)] * 2
    width, height = (
        max(2, 2 * round(part * ratio * framing.scale / 2))
        for part, ratio in zip(shown, ratios, strict=True)
    )
    if framing.fit == "fit" and framing.scale <= 1:  # rounding must not make it larger than that
        return min(width, frame[0]), min(height, frame[1])
    return width, height


def _at(length: int, side: int, offset: Fraction) -> int:
    """The even place at, or just before, the centre and then moved."""
    return 2 * floor((Fraction(side - length, 2) + offset * side) / 2)


def _reduced(axis: _Axis, side: int) -> _Axis:
    """Cut from the source what will not show, where scaling all of it would take too much."""
    if axis.length <= MOST_ENLARGED * side or axis.at >= side or axis.at + axis.length <= 0:
        return axis
    whole = axis.end - axis.start
    factor = Fraction(axis.length, whole)
    before = floor(max(0, -axis.at) / factor) // 2 * 2
    after = min(whole, ceil((min(side, axis.at + axis.length) - axis.at) / factor / 2) * 2)
    length = max(2, 2 * round((after - before) * factor / 2))
    at = _even(axis.at + before * factor)
    return _Axis(start=axis.start + before, end=axis.start + after, length=length, at=at)


def _layout(axes: list[_Axis], stored: Size, frame: Size) -> Layout:
    across, down = axes
    crop = Box(
        x=across.start, y=down.start, width=across.end - across.start, height=down.end - down.start
    )
    ends = [min(side, axis.at + axis.length) for axis, side in zip(axes, frame, strict=True)]
    starts = [max(0, axis.at) for axis in axes]
    cut = Box(
        x=starts[0] - across.at,
        y=starts[1] - down.at,
        width=ends[0] - starts[0],
        height=ends[1] - starts[1],
    )
    scaled = (across.length, down.length)
    return Layout(
        frame=frame,
        crop=None if crop == Box(x=0, y=0, width=stored[0], height=stored[1]) else crop,
        scaled=scaled,
        cut=None if cut == Box(x=0, y=0, width=scaled[0], height=scaled[1]) else cut,
        x=starts[0],
        y=starts[1],
        is_visible=cut.width > 0 and cut.height > 0,
    )


def _even(value: Fraction | int) -> int:
    return 2 * floor(Fraction(value) / 2 + Fraction(1, 2))
