"""Overlays: pictures with alpha, blended where they are not clear, as `core.animation` tells it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from video_foundry.adapters.ffmpeg.frames.planes import Floats, Frame, Size

MARGIN = 16
"""Clear pixels round the content, so that a scaled one never reaches for what is not there."""


class Unfit(Exception):
    """An overlay or a picture that cannot be drawn; the text is a clause for people."""


@dataclass(frozen=True)
class _Drawn:
    """What goes onto a frame: rows and columns of the brightness plane, and per plane how much of
    the frame stays and what is added."""

    top: int
    left: int
    stays: tuple[Floats, Floats, Floats]
    added: tuple[Floats, Floats, Floats]


class Overlay:
    """One overlay's content, and how it was drawn last: most frames repeat the one before."""

    def __init__(self, path: Path, size: Size) -> None:
        self._size = size
        self._content, self._box = _content(path, size)
        self._state: Mapping[str, Any] | None = None
        self._drawn: _Drawn | None = None

    def draw(self, frame: Frame, state: Mapping[str, Any]) -> None:
        """Onto `frame`, in place. state: a `core.animation.LayerState` as plain data."""
        if self._content is None:
            return
        if state != self._state:
            self._state, self._drawn = state, self._prepared(self._content, state)
        if self._drawn is not None:
            _blend(frame, self._drawn)

    def _prepared(self, content: Image.Image, state: Mapping[str, Any]) -> _Drawn | None:
        """The overlay as this state wants it; None where nothing of it shows."""
        left, top, right, bottom = self._box
        across = _Axis(left, right, state["scale"], state["x"] * self._size.width)
        down = _Axis(top, bottom, state["scale"], state["y"] * self._size.height)
        columns, rows = across.range(self._size.width), down.range(self._size.height)
        if not columns or not rows or state["opacity"] <= 0:
            return None
        is_still = state["scale"] == 1 and state["x"] == state["y"] == 0
        spans = (across.source(columns), down.source(rows))
        box = (spans[0][0], spans[1][0], spans[0][1], spans[1][1])
        if is_still:
            moved = content.crop((round(box[0]), round(box[1]), round(box[2]), round(box[3])))
        else:
            size = (len(columns), len(rows))
            # Not a sharper filter: letters would get halos.
            moved = content.resize(size, Image.Resampling.BILINEAR, box=box)
        pixels = np.asarray(moved, np.float32)
        clip = state["clip"]
        alpha = pixels[..., 3] / 255 * np.float32(state["opacity"])
        alpha *= down.cover(rows, clip["top"], clip["bottom"])[:, None]
        alpha *= across.cover(columns, clip["left"], clip["right"])[None, :]
        return _split(pixels, alpha, rows.start, columns.start)


@dataclass(frozen=True)
class _Axis:
    """One direction of a content box [start, end), scaled about its middle and moved."""

    start: int
    end: int
    scale: float
    move: float

    def range(self, whole: int) -> range:
        """The even range of pixels within 0 to `whole` that it touches.

        Two more at the end: the last column has a part in the colour sample to its right.
        """
        first, last = self._place(self.start), self._place(self.end)
        return range(max(0, math.floor(first / 2) * 2), min(whole, math.ceil(last / 2) * 2 + 2))

    def source(self, pixels: Sequence[int]) -> tuple[float, float]:
        """Where these pixels come from in the content with its margin."""
        ends = (pixels[0], pixels[-1] + 1)
        first, last = ((end - self._middle - self.move) / self.scale for end in ends)
        offset = self._middle - self.start + MARGIN
        return max(0.0, first + offset), min(self.end - self.start + 2 * MARGIN, last + offset)

    def cover(self, pixels: Sequence[int], first: float, last: float) -> Floats:
        """How much of each pixel lies between two fractions of the content."""
        length = self.end - self.start
        low, high = (self._place(self.start + part * length) for part in (first, last))
        places = np.arange(pixels[0], pixels[-1] + 1, dtype=np.float32)
        # At its own edges nothing is cut: the content's soft pixels may reach a little beyond.
        left = np.clip(places + 1 - low, 0, 1) if first > 0 else 1
        right = np.clip(high - places, 0, 1) if last < 1 else 1
        covered: Floats = np.ones(len(pixels), np.float32) * left * right
        return covered

    @property
    def _middle(self) -> float:
        return (self.start + self.end) / 2

    def _place(self, source: float) -> float:
        return (source - self._middle) * self.scale + self._middle + self.move


def _content(path: Path, size: Size) -> tuple[Image.Image | None, tuple[int, int, int, int]]:
    """The part that is not wholly clear with a margin round it, and its box in the frame."""
    try:
        with Image.open(path, formats=("PNG",)) as image:
            if image.size != (size.width, size.height):
                raise Unfit(
                    f"an overlay is {image.width} x {image.height} pixels in place of "
                    f"{size.width} x {size.height}"
                )
            picture = image.convert("RGBA")
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unfit("an overlay cannot be read as a PNG picture") from error
    found = picture.getchannel("A").getbbox()
    if found is None:
        return None, (0, 0, 0, 0)
    left, top, right, bottom = found
    # Beyond the frame Pillow gives clear pixels.
    around = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
    return picture.crop(around), found


def _split(pixels: Floats, alpha: Floats, top: int, left: int) -> _Drawn:
    """Red, green, blue to the planes of BT.709 in the limited range, with alpha multiplied in."""
    red, green, blue = (pixels[..., channel] / 255 for channel in range(3))
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    bright = (16 + 219 * light) * alpha
    blueness = (128 + 224 * (blue - light) / 1.8556) * alpha
    redness = (128 + 224 * (red - light) / 1.5748) * alpha
    small = _shared(alpha)
    return _Drawn(
        top=top,
        left=left,
        stays=(1 - alpha, 1 - small, 1 - small),
        added=(bright, _shared(blueness), _shared(redness)),
    )


def _shared(plane: Floats) -> Floats:
    """One sample for two rows and columns, standing at the left one: a quarter, half, a quarter."""
    rows = (plane[0::2] + plane[1::2]) / 2
    here, right = rows[:, 0::2], rows[:, 1::2]
    before = np.concatenate([right[:, :1] * 0, right[:, :-1]], axis=1)
    shared: Floats = here / 2 + (before + right) / 4
    return shared


def _blend(frame: Frame, drawn: _Drawn) -> None:
    for index, plane in enumerate(frame.planes):
        stays, added = drawn.stays[index], drawn.added[index]
        share = 2 if index else 1
        top, left = drawn.top // share, drawn.left // share
        place = plane[top : top + stays.shape[0], left : left + stays.shape[1]]
        place[...] = place * stays + added + np.float32(0.5)
