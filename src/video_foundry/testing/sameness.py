"""Whether two films are one: frames as they are decoded, packets as they are stored, and how near
two pictures are to the eye. Not used in production.
"""

from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from video_foundry.testing.clips import (
    CHECK_BITS,
    COLUMNS,
    FRAME_BITS,
    ROWS,
    check_bits,
    run_ffmpeg,
)

Frames: TypeAlias = NDArray[np.uint8]
"""One row a frame: raw 4:2:0."""

_WINDOW = 8


def decoded_frames(film: Path, size: tuple[int, int]) -> Frames:
    """Every frame of a film of this size, as stored."""
    raw = run_ffmpeg(
        ["-i", str(film)], "-map", "0:v:0", "-fps_mode", "passthrough", "-pix_fmt", "yuv420p",
        "-f", "rawvideo", "-",
    )  # fmt: skip
    return np.frombuffer(raw, np.uint8).reshape(-1, size[0] * size[1] * 3 // 2)


def brightness(frame: Frames, size: tuple[int, int]) -> Frames:
    """Rows and columns of a frame's Y."""
    return frame[: size[0] * size[1]].reshape(size[1], size[0])


def structural_likeness(one: NDArray[Any], two: NDArray[Any]) -> float:
    """SSIM of two planes of brightness, in windows of 8 x 8: 1 for equal ones."""
    first, second = one.astype(np.float64), two.astype(np.float64)
    mean_1, mean_2 = _means(first), _means(second)
    spread = _means(first * first) - mean_1**2 + _means(second * second) - mean_2**2
    together = _means(first * second) - mean_1 * mean_2
    low, high = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    alike = (2 * mean_1 * mean_2 + low) * (2 * together + high)
    return float((alike / ((mean_1**2 + mean_2**2 + low) * (spread + high))).mean())


def _means(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of every window."""
    sums = np.pad(plane, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    lower, upper = sums[_WINDOW:], sums[:-_WINDOW]
    totals: NDArray[np.float64] = (
        lower[:, _WINDOW:] - lower[:, :-_WINDOW] - upper[:, _WINDOW:] + upper[:, :-_WINDOW]
    )
    return totals / _WINDOW**2


def noise_between(one: Frames, two: Frames) -> float:
    """Peak signal-to-noise ratio in dB of two frames; 99 for equal ones."""
    error = float(np.square(one.astype(np.int16) - two).mean(dtype=np.float64))
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def barcode(
    bright: NDArray[Any],
    region: tuple[int, int, int, int] | None = None,
    *,
    turned: bool = False,
) -> tuple[int, int] | None:
    """(clip number, frame number) that a picture shows, None where no barcode can be read.

    region: x, y, width, height of the picture within the frame. turned: it was rotated by 90
    degrees for display.
    """
    x, y, width, height = region or (0, 0, bright.shape[1], bright.shape[0])
    if turned:
        bright = np.rot90(bright[y : y + height, x : x + width], k=-1)
        x, y, width, height = 0, 0, height, width
    code = 0
    for row in range(ROWS):
        for column in range(COLUMNS):
            top, left = y + (row + 0.35) * height / ROWS, x + (column + 0.35) * width / COLUMNS
            field = bright[
                round(top) : max(round(top) + 1, round(top + 0.3 * height / ROWS)),
                round(left) : max(round(left) + 1, round(left + 0.3 * width / COLUMNS)),
            ]
            code = code << 1 | int(field.mean() > 128)
    value = code >> CHECK_BITS
    if check_bits(value) != code & 15:
        return None
    return value >> FRAME_BITS, value & (1 << FRAME_BITS) - 1


def packets(film: Path, stream: str) -> list[tuple[Fraction, str]]:
    """(seconds at which it is shown, digest of its bytes) of each stored packet of a stream."""
    listed = run_ffmpeg(
        ["-copyts", "-i", str(film)], "-map", f"0:{stream}", "-c", "copy", "-f", "framemd5", "-"
    ).decode()
    base, found = Fraction(1), []
    for line in listed.splitlines():
        if line.startswith("#tb 0:"):
            base = Fraction(line.partition(":")[2].strip())
        elif line.startswith("0,"):
            fields = [part.strip() for part in line.split(",")]
            found.append((int(fields[2]) * base, fields[5]))
    return found
