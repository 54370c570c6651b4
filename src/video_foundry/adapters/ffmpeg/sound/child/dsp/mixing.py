"""Mixes the strands of a window: gain, keyframes, fades, and music that steps back under voices.

Every sample depends on finitely many others and on no window's edges, so windows that are mixed
apart are, sample for sample, the mix of the whole. Knows no loudness, limit or codec.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .wav import CHANNELS, Sound, Wav

CELL = 480
"""Samples (10 ms) of the film-wide grid of ducking; windows begin on it."""

SPEAKING = 10 ** (-45 / 10)
"""Mean square of a cell from which on somebody is taken to speak: -45 dB below full scale."""

_PER_HUNDREDTH = np.log(10) / 2000
"""From hundredths of a decibel to the exponent of a factor."""

Strand: TypeAlias = "Mapping[str, Any]"
"""A strand of a window's mix, as JSON."""

Levels: TypeAlias = "NDArray[np.float64] | float"
"""A factor for each sample, or one for all."""


def render(strands: Sequence[Strand], files: Mapping[str, Wav], low: int, high: int) -> Sound:
    """Samples [low, high), counted from where the window begins, of all strands together."""
    mixed = np.zeros((high - low, CHANNELS), np.float32)
    ducking = Ducking(strands, files, low, high)
    for strand in strands:
        _add(mixed, strand, files, low, ducking)
    return mixed


def _add(
    mixed: Sound, strand: Strand, files: Mapping[str, Wav], low: int, ducking: "Ducking | None"
) -> None:
    """Add what is heard of a strand within the samples from `low` on."""
    start = max(strand["start"], low)
    end = min(strand["start"] + strand["samples"], low + len(mixed))
    if start >= end:
        return
    sound = files[strand["sound"]].read(strand["offset"] + start - strand["start"], end - start)
    level = levels(strand, start, end)
    if ducking is not None and strand["duck"] is not None:
        level = level * ducking.levels(strand["duck"], start, end)
    if isinstance(level, np.ndarray):
        sound *= level.astype(np.float32)[:, None]
    elif level != 1:
        sound *= np.float32(level)
    mixed[start - low : end - low] += sound


def levels(strand: Strand, start: int, end: int) -> Levels:
    """The factors of a strand's own shape for samples [start, end)."""
    points = strand["points"]
    level: Levels = float(np.exp(points[0][1] * _PER_HUNDREDTH)) if points[0][1] else 1.0
    if len(points) > 1:
        places, gains = zip(*points, strict=True)
        level = np.exp(np.interp(np.arange(start, end), places, gains) * _PER_HUNDREDTH)
    for fade in strand["fades"]:
        level = level * _fade(fade, start, end)
    return level


def _fade(fade: Mapping[str, Any], start: int, end: int) -> Levels:
    first, length = fade["start"], fade["samples"]
    if (end <= first) if fade["is_out"] else (start >= first + length):
        return 1.0
    way: NDArray[np.float64] = np.clip((np.arange(start, end) - first) / length, 0, 1)
    if fade["power"]:
        curve = np.cos if fade["is_out"] else np.sin
        return np.asarray(curve(way * (np.pi / 2)))
    return 1 - way if fade["is_out"] else way


class Ducking:
    """When somebody speaks within reach of samples [low, high), found out once for each kind."""

    def __init__(
        self, strands: Sequence[Strand], files: Mapping[str, Wav], low: int, high: int
    ) -> None:
        self._strands, self._files = strands, files
        self._low, self._high = low, high
        self._known: dict[tuple[Any, ...], tuple[NDArray[np.int64], NDArray[np.float64]]] = {}

    def levels(self, duck: Mapping[str, Any], start: int, end: int) -> NDArray[np.float64]:
        """The factors for samples [start, end) of a sound that ducks in this way."""
        places, depth = self._curve(duck)
        gain = np.interp(np.arange(start, end), places, depth) * -duck["amount"]
        return np.asarray(np.exp(gain * _PER_HUNDREDTH))

    def _curve(self, duck: Mapping[str, Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """How far down, 0 to 1, at each edge between cells."""
        key = (duck["attack"], duck["hold"], duck["release"], *duck["under"])
        if key not in self._known:
            first = self._low // CELL - duck["hold"] - duck["release"] - 1
            last = -(-self._high // CELL) + duck["attack"] + 1
            spoken = self._spoken(duck["under"], first, last)
            places = np.arange(first, last + 1) * CELL
            self._known[key] = places, depths(spoken, duck)
        return self._known[key]

    def _spoken(self, under: Sequence[str], first: int, last: int) -> NDArray[np.bool_]:
        """Whether somebody speaks in each of the cells [first, last)."""
        voices = np.zeros(((last - first) * CELL, CHANNELS), np.float32)
        for strand in self._strands:
            if strand["role"] in under:
                _add(voices, strand, self._files, first * CELL, None)
        cells = voices.astype(np.float64).reshape(last - first, CELL * CHANNELS)
        return np.asarray(np.square(cells).mean(axis=1) > SPEAKING)


def depths(spoken: NDArray[np.bool_], duck: Mapping[str, Any]) -> NDArray[np.float64]:
    """How far down, 0 to 1, at the beginning of each cell and at the end of the last.

    A ramp leads down to the first spoken cell; after the last one it is held, then let go.
    """
    count = len(spoken)
    far = duck["attack"] + duck["hold"] + duck["release"] + count
    cells, edges = np.arange(count), np.arange(count + 1)
    following = np.append(np.where(spoken, cells, far + count), far + count)
    ahead = np.minimum.accumulate(following[::-1])[::-1] - edges
    ended = np.insert(np.where(spoken, cells + 1, -far), 0, -far)
    behind = edges - np.maximum.accumulate(ended)
    sinking = 1 - ahead / duck["attack"]
    rising = 1 - (behind - duck["hold"]) / duck["release"]
    return np.asarray(np.clip(np.maximum(sinking, rising), 0, 1))
