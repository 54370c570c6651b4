"""Pictures for tests as plain numbers: decoded pieces, overlays, and how near two pictures are.

Knows nothing of how a compositor draws. Not used in production.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video_foundry.core.transitions import Moment
from video_foundry.testing.clips import run_ffmpeg
from video_foundry.testing.moments import seen_at

Plane: TypeAlias = NDArray[np.floating[Any]]

VEILS = {"black": (16.0, 128.0, 128.0), "white": (235.0, 128.0, 128.0)}


@dataclass(frozen=True)
class Picture:
    """Y, Cb and Cr as floats, the last two at half the size."""

    planes: tuple[Plane, Plane, Plane]

    @property
    def bright(self) -> Plane:
        """Y."""
        return self.planes[0]

    def thinned(self, every: int) -> "Picture":
        """Only every so many rows and columns."""
        y, cb, cr = (plane[::every, ::every] for plane in self.planes)
        return Picture((y, cb, cr))


def read_pictures(film: Path, size: tuple[int, int]) -> list[Picture]:
    """Every frame of a film of this size, as stored."""
    raw = run_ffmpeg(
        ["-i", str(film)], "-map", "0:v:0", "-fps_mode", "passthrough", "-pix_fmt", "yuv420p",
        "-f", "rawvideo", "-",
    )  # fmt: skip
    return split_pictures(raw, size)


def split_pictures(raw: bytes, size: tuple[int, int]) -> list[Picture]:
    """Raw 4:2:0 frames, one after the other."""
    width, height = size
    frames = np.frombuffer(raw, np.uint8).reshape(-1, width * height * 3 // 2).astype(np.float64)
    return [_picture(frame, width, height) for frame in frames]


def _picture(frame: Plane, width: int, height: int) -> Picture:
    whole, part = width * height, width * height // 4
    return Picture(
        (
            frame[:whole].reshape(height, width),
            frame[whole : whole + part].reshape(height // 2, width // 2),
            frame[whole + part :].reshape(height // 2, width // 2),
        )
    )


def likeness(one: Picture, two: Picture) -> float:
    """Peak signal-to-noise ratio in dB over all planes; 99 for equal pictures."""
    errors = [np.square(a - b).ravel() for a, b in zip(one.planes, two.planes, strict=True)]
    mean = float(np.concatenate(errors).mean())
    return 99.0 if mean == 0 else float(10 * np.log10(255**2 / mean))


def changed(moment: Moment, first: Picture, second: Picture, *, every: int = 1) -> Picture:
    """A moment of a transition by its formula, place by place (or every so many); without blur."""
    height, width = first.bright.shape
    planes = []
    for index, (a, b) in enumerate(zip(first.planes, second.planes, strict=True)):
        grid = _Grid(width=width, height=height, share=2 if index else 1)
        rows, columns = range(0, a.shape[0], every), range(0, a.shape[1], every)
        drawn = np.array(
            [[_drawn(moment, a, b, grid, (row, column)) for column in columns] for row in rows]
        )
        flat = VEILS[moment.veil_colour][index]
        planes.append(drawn * (1 - moment.veil) + flat * moment.veil)
    return Picture((planes[0], planes[1], planes[2]))


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Where the samples of a plane stand in the picture: those of colour at the left of the columns
    that share them."""

    width: int
    height: int
    share: int

    def place(self, row: float, column: float) -> tuple[float, float]:
        """x and y of a sample, 0..1."""
        return (
            (column * self.share + 0.5) / self.width,
            (row + 0.5) * self.share / self.height,
        )

    def sample(self, place: tuple[float, float]) -> tuple[float, float]:
        """Row and column, in fractions, of a place."""
        x, y = place
        return y * self.height / self.share - 0.5, (x * self.width - 0.5) / self.share


def _drawn(moment: Moment, a: Plane, b: Plane, grid: _Grid, sample: tuple[int, int]) -> float:
    """One sample; where a picture's own edge runs through it, the mean of nine places in it."""
    row, column = sample
    aspect = grid.width / grid.height
    seen = seen_at(moment, *grid.place(row, column), aspect)
    share = seen.share
    if moment.mask is None:
        steps = (-1 / 3, 0.0, 1 / 3)
        around = [grid.place(row + down, column + across) for down in steps for across in steps]
        share = sum(seen_at(moment, x, y, aspect).share for x, y in around) / len(around)
    return (1 - share) * _between(a, grid.sample(seen.a)) + share * _between(b, grid.sample(seen.b))


def _between(plane: Plane, place: tuple[float, float]) -> float:
    """The plane at a place between its samples."""
    (y, x), (rows, columns) = place, plane.shape
    left, top = int(np.floor(x)), int(np.floor(y))
    value = 0.0
    for row, down in ((top, 1 - (y - top)), (top + 1, y - top)):
        for column, across in ((left, 1 - (x - left)), (left + 1, x - left)):
            sample = plane[min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)]
            value += float(sample) * down * across
    return value


def make_overlay(
    target: Path,
    size: tuple[int, int],
    box: tuple[int, int, int, int],
    colour: tuple[int, int, int, int],
) -> Path:
    """A clear PNG with one box (left, top, right, bottom) of a colour with alpha."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    image.paste(colour, box)
    image.save(target)
    return target


def in_bt709(red: int, green: int, blue: int) -> tuple[float, float, float]:
    """Y, Cb, Cr of a colour in the limited range, by the standard's formulas."""
    r, g, b = red / 255, green / 255, blue / 255
    light = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return (
        16 + 219 * light,
        128 + 224 * (b - light) / 1.8556,
        128 + 224 * (r - light) / 1.5748,
    )
