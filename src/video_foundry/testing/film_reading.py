"""Reads test films back: which frame is shown when, what is heard, which colour is stored.

The counterpart of `clips`: it decodes with FFmpeg and knows the barcode. Not used in production.
"""

from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np

from video_foundry.testing.clips import (
    CHECK_BITS,
    COLUMNS,
    FRAME_BITS,
    ROWS,
    check_bits,
    run_ffmpeg,
)

Samples: TypeAlias = "np.ndarray[tuple[int, int], np.dtype[np.int16]]"
"""Sound as 48 kHz stereo, one row a sample."""

_CELL = 12
"""Pixels of a field after the reader has scaled the picture down."""


def read_times(film: Path) -> list[Fraction]:
    """Seconds at which each frame is shown, by decoding all of it as strictly as FFmpeg can.

    Raises RuntimeError with FFmpeg's words when it is not perfectly silent about picture and sound.
    """
    base, times = Fraction(1), []
    strict = ["-xerror", "-err_detect", "crccheck+explode", "-i", str(film)]
    listed = run_ffmpeg(
        strict, "-copyts", "-map", "0:v:0", "-map", "0:a?", "-fps_mode", "passthrough",
        "-f", "framecrc", "-", silent=True,
    )  # fmt: skip
    for line in listed.decode().splitlines():
        if line.startswith("#tb 0:"):
            base = Fraction(line.partition(":")[2].strip())
        elif line.startswith("0,"):
            times.append(int(line.split(",")[2]) * base)
    return times


def read_barcodes(
    film: Path, *, region: tuple[int, int, int, int] | None = None, turned: bool = False
) -> list[tuple[int, int]]:
    """(clip number, frame number) of every frame as decoded, in order.

    region: x, y, width, height of the picture within black bars. turned: it was rotated by 90
    degrees for display. Raises ValueError naming the first frame that cannot be read.
    """
    cut = "crop={2}:{3}:{0}:{1}:exact=1,".format(*region) if region else ""
    back = "transpose=clock," if turned else ""
    width, height = COLUMNS * _CELL, ROWS * _CELL
    shape = f"{cut}{back}scale={width}:{height}:flags=area,format=gray"
    raw = run_ffmpeg(
        ["-i", str(film)], "-map", "0:v:0", "-vf", shape, "-fps_mode", "passthrough",
        "-f", "rawvideo", "-",
    )  # fmt: skip
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, ROWS, _CELL, COLUMNS, _CELL)
    fields = pictures[:, :, 4:8, :, 4:8].mean(axis=(2, 4)).reshape(-1, ROWS * COLUMNS)
    return [_decode(bits, place) for place, bits in enumerate(fields > 128)]


def read_sound(film: Path) -> "Samples":
    """The decoded sound."""
    raw = run_ffmpeg(
        ["-i", str(film)], "-map", "0:a:0", "-ar", "48000", "-ac", "2", "-f", "s16le", "-"
    )
    return np.frombuffer(raw, np.int16).reshape(-1, 2)


def read_colour(film: Path, *, at: str = "iw/2:ih/2") -> tuple[int, int, int]:
    """Y, Cb, Cr of the first frame, as stored, at a place in FFmpeg's words."""
    raw = run_ffmpeg(
        ["-i", str(film)], "-frames:v", "1", "-vf", f"format=yuv444p,crop=1:1:{at}:exact=1",
        "-f", "rawvideo", "-",
    )  # fmt: skip
    return raw[0], raw[1], raw[2]


def main_pitch(samples: "Samples") -> float:
    """Hz of the strongest tone in 48 kHz sound; 0 for silence."""
    mono = samples.mean(axis=1)
    if np.abs(mono).max() < 50:
        return 0.0
    strength = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
    return float(strength.argmax() * 48_000 / len(mono))


def _decode(bits: "np.ndarray[tuple[int], np.dtype[np.bool_]]", place: int) -> tuple[int, int]:
    code = int("".join("1" if bit else "0" for bit in bits), 2)
    value = code >> CHECK_BITS
    if check_bits(value) != code & 15:
        raise ValueError(f"the barcode of frame {place} cannot be read")
    return value >> FRAME_BITS, value & (1 << FRAME_BITS) - 1
