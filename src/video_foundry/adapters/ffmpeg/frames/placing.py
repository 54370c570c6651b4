"""Draws a picture elsewhere: a part of it enlarged, blurred, moved by fractions of a pixel, drawn
apart. Resampling is Pillow's; what is mixed with what is decided elsewhere.
"""

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from PIL import Image, ImageFilter

from video_foundry.adapters.ffmpeg.frames.mixing import ALL
from video_foundry.adapters.ffmpeg.frames.planes import Bytes, Frame, Size

View: TypeAlias = tuple[float, float, float, float]
"""left, top, width, height of a part, as fractions of the picture."""

WHOLE: View = (0.0, 0.0, 1.0, 1.0)

_COLOUR_LEAD = 0.25
"""Samples by which colour stands left of the middle of the columns that share it."""


def viewed(frame: Frame, view: View, size: Size) -> Frame:
    """A part of a picture at another size, without steps: its edges may lie between pixels."""
    if view == WHOLE and frame.size == size:
        return frame
    result = Frame(size)
    for index, (plane, target) in enumerate(zip(frame.planes, result.planes, strict=True)):
        lead = _COLOUR_LEAD if index else 0.0
        rows, columns = target.shape
        left, right = _span(view[0], view[2], plane.shape[1], columns, lead)
        top, bottom = _span(view[1], view[3], plane.shape[0], rows, 0.0)
        resized = Image.fromarray(plane).resize(
            (columns, rows), Image.Resampling.BICUBIC, box=(left, top, right, bottom)
        )
        target[:] = np.asarray(resized)
    return result


def _span(start: float, part: float, source: int, target: int, lead: float) -> tuple[float, float]:
    """Where in a row of `source` samples a row of `target` samples lies."""
    factor = part * source / target
    first = start * source + lead - lead * factor
    return max(0.0, first), min(float(source), first + factor * target)


def enlarged(frame: Frame, scale: float) -> Frame:
    """About the centre, by 1 or more."""
    side = 1 / scale
    return viewed(frame, ((1 - side) / 2, (1 - side) / 2, side, side), frame.size)


def blurred(frame: Frame, amount: float) -> Frame:
    """A Gaussian blur of `amount` picture heights of standard deviation."""
    radius = amount * frame.size.height
    if radius < 0.05:
        return frame
    result = Frame(frame.size)
    for index, (plane, target) in enumerate(zip(frame.planes, result.planes, strict=True)):
        blur = ImageFilter.GaussianBlur(radius / 2 if index else radius)
        target[:] = np.asarray(Image.fromarray(plane).filter(blur))
    return result


def over(under: Frame, top: Frame, placement: Mapping[str, Any]) -> Frame:
    """`top`, moved and drawn apart as told, on `under`, which shows through where its edges cut a
    sample."""
    return _placed(under, top, placement, shows_through=True)


def moved(frame: Frame, placement: Mapping[str, Any]) -> Frame:
    """A picture moved as told, for another one to be laid on: samples that its edges cut are full
    of it, since what covers the rest of them is still to come."""
    return _placed(frame, frame, placement, shows_through=False)


def _placed(
    under: Frame, top: Frame, placement: Mapping[str, Any], *, shows_through: bool
) -> Frame:
    result = under.copy()
    for target, plane in zip(result.planes, top.planes, strict=True):
        rows, columns = plane.shape
        for part, x, y in _parts(placement, rows, columns):
            _draw(target, plane, part, (x, y), shows_through=shows_through)
    return result


Part: TypeAlias = tuple[slice, slice]


def _parts(
    placement: Mapping[str, Any], rows: int, columns: int
) -> list[tuple[Part, float, float]]:
    """What of a plane goes where: (rows and columns of it, move in samples across and down)."""
    x, y = placement["x"] * columns, placement["y"] * rows
    # A half goes by its own length: with an odd number of rows the halves are not alike.
    apart_x, apart_y = 2 * placement["apart_x"], 2 * placement["apart_y"]
    everything = slice(None)
    if apart_x:
        middle = columns // 2
        return [
            ((everything, slice(0, middle)), x - apart_x * middle, y),
            ((everything, slice(middle, columns)), x + apart_x * (columns - middle), y),
        ]
    if apart_y:
        middle = rows // 2
        return [
            ((slice(0, middle), everything), x, y - apart_y * middle),
            ((slice(middle, rows), everything), x, y + apart_y * (rows - middle)),
        ]
    return [((everything, everything), x, y)]


def _draw(
    target: Bytes, plane: Bytes, part: Part, move: tuple[float, float], *, shows_through: bool
) -> None:
    """A part of a plane into another one, moved across and down; partly covered samples are mixed
    if what lies below shows through."""
    down = _Stretch(part[0].start or 0, plane[part].shape[0], move[1], plane.shape[0])
    across = _Stretch(part[1].start or 0, plane[part].shape[1], move[0], plane.shape[1])
    if down.is_empty or across.is_empty:
        return
    drawn = across.moved(down.moved(plane[part], axis=0), axis=1)
    place = target[down.first : down.last, across.first : across.last]
    if shows_through:
        down.soften(place, drawn)
        across.soften(place.T, drawn.T)
    place[...] = drawn


class _Stretch:
    """`length` samples from `start` on, moved by `move`, as they fall on samples 0 to `whole`."""

    def __init__(self, start: int, length: int, move: float, whole: int) -> None:
        begin = start + move
        self.first, self.last = max(0, math.floor(begin)), min(whole, math.ceil(begin + length))
        self.is_empty = self.first >= self.last
        self._begin, self._length = begin, length

    def moved(self, plane: Bytes, axis: int) -> Bytes:
        """The samples that fall in the range, each between two of the source's."""
        base = math.floor(self.first - self._begin)
        part = round((self.first - self._begin - base) * ALL)
        places = np.arange(self.last - self.first) + base
        here = np.take(plane, places.clip(0, self._length - 1), axis=axis)
        if part == 0:
            return here
        there = np.take(plane, (places + 1).clip(0, self._length - 1), axis=axis)
        sums = here * np.uint16(ALL - part) + there * np.uint16(part)
        sums += np.uint16(ALL // 2)
        sums >>= 8
        return sums.astype(np.uint8)

    def soften(self, under: Bytes, moved: Bytes) -> None:
        """Let what lies below show through the first and last row where they are cut."""
        end = self._begin + self._length
        for row in {0, self.last - self.first - 1}:  # of a sliver they are the same one
            place = self.first + row
            cover = min(place + 1, end) - max(place, self._begin)
            if cover < 1:
                moved[row] = np.round(under[row] * (1 - cover) + moved[row] * cover)
