"""Looks at previews as a program would that knows only what the API says of them."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video_foundry.core.previews import LEVELS, Sheet, Subject, Waveform
from video_foundry.core.timebase import FrameRate
from video_foundry.testing.clips import COLUMNS, FRAME_BITS, ROWS, check_bits, run_ffmpeg

Points: TypeAlias = NDArray[np.int8]
"""One row a point: lowest, highest."""


def tile_codes(path: Path, sheet: Sheet, *, turned: bool = False) -> list[tuple[int, int]]:
    """(clip number, frame number) that each tile of a sheet shows, in order. turned: the clip was
    turned by 90 degrees for display, and its barcode with it."""
    with Image.open(path) as opened:
        assert opened.size == sheet.size
        grey = np.asarray(opened.convert("L"), dtype=np.float64)
    width, height = sheet.tile
    found = []
    for place in range(sheet.count):
        row, column = divmod(place, sheet.columns)
        tile = grey[row * height : (row + 1) * height, column * width : (column + 1) * width]
        found.append(barcode(np.rot90(tile, -1) if turned else tile))
    return found


def barcode(picture: NDArray[np.float64]) -> tuple[int, int]:
    """(clip number, frame number) of a test clip's frame. Raises ValueError for any other."""
    height, width = picture.shape
    bits = 0
    for row in range(ROWS):
        for column in range(COLUMNS):
            y, x = (2 * row + 1) * height // (2 * ROWS), (2 * column + 1) * width // (2 * COLUMNS)
            bits = bits << 1 | int(picture[y - 2 : y + 3, x - 2 : x + 3].mean() > 128)
    value = bits >> 4
    if check_bits(value) != bits & 15:
        raise ValueError(f"there is no barcode in it: {bits:020b}")
    return value >> FRAME_BITS, value & (1 << FRAME_BITS) - 1


def points_of(data: bytes, waveform: Waveform) -> dict[int, Points]:
    """Points of each resolution, found by the offsets that are told and proved by the headers."""
    found = {}
    for level in LEVELS:
        at, count = waveform.offset(level), waveform.points(level)
        header = struct.unpack("<iIiiIi", data[at - 24 : at])
        assert header == (2, 1, 48_000, 48_000 // level, count, 1)
        found[level] = np.frombuffer(data[at : at + 2 * count], np.int8).reshape(-1, 2)
    assert waveform.offset(LEVELS[-1]) + 2 * waveform.points(LEVELS[-1]) == len(data)
    return found


@dataclass(frozen=True, kw_only=True)
class Frames:
    """What a file's picture is made of. kinds: "I", "P" or "B" of each frame."""

    kinds: str
    times: list[Fraction]


def frames_of(path: Path) -> Frames:
    """Kinds and times of all frames; also that a strict decoder has nothing to say."""
    told = run_ffmpeg(
        ["-xerror", "-err_detect", "crccheck+explode", "-i", str(path)],
        *("-map", "0:v:0", "-vf", "showinfo", "-f", "null", "-"),
        silent=True,
    )
    assert told == b""
    import av

    with av.open(str(path)) as container:
        [video] = container.streams.video
        decoded = list(container.decode(video))
        kinds = "".join("?IPB"[min(frame.pict_type, 3)] for frame in decoded)
        times = [Fraction(frame.pts or 0) * (frame.time_base or 1) for frame in decoded]
    return Frames(kinds=kinds, times=times)


def subject(
    kind: Literal["video", "image", "sound", "data"] = "video",
    *,
    seconds: Fraction | int = 5,
    size: tuple[int, int] = (160, 90),
    rate: str | None = "24",
    has_sound: bool = True,
) -> Subject:
    """What previews are made of, as far as a test cares."""
    return Subject(
        digest="0" * 64,
        kind=kind,
        seconds=Fraction(seconds),
        width=size[0],
        height=size[1],
        rate=FrameRate.parse(rate) if rate else None,
        has_sound=has_sound,
    )


def expected(step: Fraction, count: int, rate: Fraction, frames: int) -> Sequence[int]:
    """The frame that is on show at each tile's moment, or begins within two thousandths of it."""
    late = Fraction(1, 500)
    return [min(frames - 1, int((n * step + late) * rate)) for n in range(count)]
