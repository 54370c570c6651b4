"""The shapes of `core.masks` for a whole picture at once; the formulas there are the definition."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from video_foundry.adapters.ffmpeg.frames.mixing import ALL
from video_foundry.adapters.ffmpeg.frames.planes import Floats, Size, Words, sample_places
from video_foundry.core.masks import NOISE_CONTRAST, NOISE_LAYERS, NOISE_OFFSET, Mask

FINEST = 65_535
"""The steps in which a shape's values are kept."""

_ROWS = 32

Shape: TypeAlias = Callable[[Mask, Floats, Floats, float], Floats]


class Masks:
    """Weights of a picture's size for each mask and edge; keeps the values of the last mask."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._mask: Mask | None = None
        self._values = np.empty(0, np.uint16)

    def weights(self, mask: Mapping[str, Any], edge: float, softness: float) -> Words:
        """The weight of each byte of a frame's buffer, 0..256."""
        wanted = Mask(**mask)
        if wanted != self._mask:
            self._mask, self._values = wanted, _values(wanted, self._size)
        return np.take(weight_table(edge, softness), self._values)


def weight_table(edge: float, softness: float) -> Words:
    """The weight for each of the values that are kept."""
    values = np.arange(FINEST + 1, dtype=np.float64) / FINEST
    ramp = np.clip((edge * (1 + softness) - values) / softness, 0, 1)
    return np.round(ramp * ramp * (3 - 2 * ramp) * ALL).astype(np.uint16)


def _values(mask: Mask, size: Size) -> Words:
    """Of all planes, in the order of the buffer."""
    bright, colour = (_plane(mask, size, plane) for plane in (0, 1))
    return np.concatenate([bright, colour, colour])


def _plane(mask: Mask, size: Size, plane: int) -> Words:
    """Some rows at a time: a shape takes many times the memory of its result."""
    across, down = sample_places(size, plane)
    kept = np.empty(size.planes[plane], np.uint16)
    for start in range(0, len(down), _ROWS):
        rows = down[start : start + _ROWS, None]
        values = SHAPES[mask.shape](mask, across[None, :], rows, size.aspect)
        kept[start : start + _ROWS] = np.round((1 - values if mask.is_flipped else values) * FINEST)
    return kept.ravel()


def _linear(mask: Mask, x: Floats, y: Floats, _: float) -> Floats:
    run: Floats = (mask.dx * (x - 0.5) + mask.dy * (y - 0.5)) / (abs(mask.dx) + abs(mask.dy))
    return run + np.float32(0.5)


def _circle(_: Mask, x: Floats, y: Floats, aspect: float) -> Floats:
    distance: Floats = np.hypot((x - 0.5) * aspect, y - 0.5) / np.hypot(aspect / 2, 0.5)
    return distance


def _diamond(_: Mask, x: Floats, y: Floats, __: float) -> Floats:
    distance: Floats = np.abs(x - 0.5) + np.abs(y - 0.5)
    return distance


def _clock(_: Mask, x: Floats, y: Floats, aspect: float) -> Floats:
    turn: Floats = np.arctan2((x - 0.5) * aspect, 0.5 - y) / (2 * np.pi) % 1
    return turn


def _doors(mask: Mask, x: Floats, y: Floats, _: float) -> Floats:
    return np.abs(2 * (x if mask.dx else y) - 1)


def _slats(mask: Mask, x: Floats, y: Floats, _: float) -> Floats:
    return (x if mask.dx else y) * np.float32(mask.count) % 1


def _checker(mask: Mask, x: Floats, y: Floats, aspect: float) -> Floats:
    rows = max(1, round(mask.count / aspect))
    is_late = (np.floor(x * mask.count) + np.floor(y * rows)) % 2
    values: Floats = (is_late + x * mask.count % 1) / 2
    return values


def _noise(_: Mask, x: Floats, y: Floats, aspect: float) -> Floats:
    total: Floats = np.zeros((y.shape[0], x.shape[1]), np.float32)
    for seed, (share, cells, cosine, sine) in enumerate(NOISE_LAYERS):
        across, down = x * np.float32(aspect * cells), y * np.float32(cells)
        turned = cosine * across - sine * down, sine * across + cosine * down
        total += share * _smooth_noise(turned[0] + NOISE_OFFSET, turned[1] + NOISE_OFFSET, seed)
    spread: Floats = np.clip((total - 0.5) * NOISE_CONTRAST + 0.5, 0, 1)
    return spread


def _smooth_noise(x: Floats, y: Floats, seed: int) -> Floats:
    left, top = np.floor(x), np.floor(y)
    across, down = _smooth(x - left), _smooth(y - top)
    columns, rows = left.astype(np.uint32), top.astype(np.uint32)
    upper, lower = (
        _scatter(columns, row, seed) * (1 - across)
        + _scatter(columns + np.uint32(1), row, seed) * across
        for row in (rows, rows + np.uint32(1))
    )
    return upper * (1 - down) + lower * down


def _smooth(p: Floats) -> Floats:
    return p * p * (3 - 2 * p)


def _scatter(x: NDArray[np.uint32], y: NDArray[np.uint32], seed: int) -> Floats:
    """`core.masks.scatter`; whole numbers of 32 bits wrap by themselves."""
    shift = np.uint32(seed * 1_442_695_041 % 2**32)
    mixed = x * np.uint32(374_761_393) + y * np.uint32(668_265_263) + shift
    mixed = (mixed ^ mixed >> np.uint32(13)) * np.uint32(1_274_126_177)
    scattered: Floats = ((mixed ^ mixed >> np.uint32(16)) / 2**32).astype(np.float32)
    return scattered


SHAPES: Mapping[str, Shape] = {
    "linear": _linear,
    "circle": _circle,
    "diamond": _diamond,
    "clock": _clock,
    "doors": _doors,
    "slats": _slats,
    "checker": _checker,
    "noise": _noise,
}
