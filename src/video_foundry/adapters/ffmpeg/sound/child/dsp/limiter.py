"""Holds the true peak under a ceiling, by a gain that sees ahead and forgets after 0.1 s.

The gain of any sample depends on finitely many samples and on a film-wide grid, never on a window's
edges. Sound that stays under the ceiling passes through untouched.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .wav import Sound

CELL = 32
"""Samples of the grid on which the gain is found; windows begin on it."""

AHEAD = 8
"""Cells (5 ms) in which the gain sinks before a peak."""

RELEASE = 150
"""Cells (100 ms) in which it comes back, straight in decibels."""

GROUP = 64
"""Cells that are looked at together."""

TAPS = 24
"""Samples that an intermediate value is made of: BS.1770 asks for at least 12."""

OVERSAMPLING = 4

_PER_DECIBEL = -np.log(10) / 20
"""From decibels of reduction to the exponent of a factor."""

PAST = (RELEASE + 2 * AHEAD) * CELL + TAPS * 2
FUTURE = (2 * AHEAD + 2) * CELL + TAPS * 2
"""Samples before and after that can have a say in one."""


@lru_cache(maxsize=1)
def phases() -> NDArray[np.float64]:
    """The filters that give the values at a quarter, a half and three quarters between samples."""
    places = np.arange(TAPS) - (TAPS // 2 - 1)
    rows = []
    for part in range(1, OVERSAMPLING):
        distance = part / OVERSAMPLING - places
        window = np.i0(9.0 * np.sqrt(np.clip(1 - (distance / (TAPS / 2)) ** 2, 0, 1))) / np.i0(9.0)
        row = np.sinc(distance) * window
        rows.append(row / row.sum())
    return np.array(rows)


def true_peaks(sound: Sound) -> NDArray[np.float64]:
    """The largest of each sample and the values between it and the next, over both channels."""
    largest: NDArray[np.float64] = np.abs(sound).max(axis=1).astype(np.float64)
    for row in phases():
        for channel in sound.T:
            padded = np.pad(channel.astype(np.float64), (TAPS // 2 - 1, TAPS // 2))
            between = np.correlate(padded, row, "valid")
            np.maximum(largest, np.abs(between), out=largest)
    return largest


def limit(sound: Sound, ceiling: float) -> Sound:
    """`sound` with its true peak at or under `ceiling` (a factor of full scale).

    Its first sample must stand on the grid. Its outermost `PAST` and `FUTURE` samples are right
    only where there is silence beyond.
    """
    reduction = _reductions(sound, ceiling)
    if not reduction.any():
        return sound
    edges = _smooth(reduction)
    held = sound.copy()
    for first, last in _stretches((edges[:-1] > 0) | (edges[1:] > 0)):
        start, end = first * CELL, min(last * CELL, len(sound))
        gain = np.interp(
            np.arange(start, end), np.arange(first, last + 1) * CELL, edges[first : last + 1]
        )
        held[start:end] *= np.exp(gain * _PER_DECIBEL).astype(np.float32)[:, None]
    return held


def _reductions(sound: Sound, ceiling: float) -> NDArray[np.float64]:
    """By how many decibels each cell is over the ceiling."""
    count = -(-len(sound) // CELL)
    padded = np.pad(np.abs(sound).max(axis=1), (0, count * CELL - len(sound)))
    cells = padded.reshape(count, CELL).max(axis=1)
    peaks = np.zeros(count)
    # A value between samples can be this much larger than the samples that it is made of.
    suspects = cells * np.abs(phases()).sum(axis=1).max() > ceiling
    for first, last in _stretches(_widened(suspects)):
        start = max(0, first * CELL - TAPS)
        found = true_peaks(sound[start : last * CELL + TAPS])[first * CELL - start :]
        found = found[: (last - first) * CELL]
        found = np.pad(found, (0, (last - first) * CELL - len(found)))
        peaks[first:last] = found.reshape(last - first, CELL).max(axis=1)
    return 20 * np.log10(np.maximum(peaks / ceiling, 1))


def _widened(cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With both neighbours: what lies between the last sample of one and the first of the next."""
    wide = cells.copy()
    wide[1:] |= cells[:-1]
    wide[:-1] |= cells[1:]
    return wide


def _stretches(cells: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[first, last) of stretches that hold all true cells, each of whole groups: few and long."""
    count = -(-len(cells) // GROUP)
    padded = np.pad(cells, (0, count * GROUP - len(cells)))
    groups = padded.reshape(count, GROUP).any(axis=1)
    steps = np.flatnonzero(np.diff(np.concatenate([[False], groups, [False]]).astype(np.int8)))
    return [
        (int(first) * GROUP, min(int(last) * GROUP, len(cells)))
        for first, last in steps.reshape(-1, 2)
    ]


def _smooth(reduction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Decibels at each edge between cells: enough for both, sinking early, rising slowly."""
    count = len(reduction)
    released = reduction.copy()
    for step in range(1, min(RELEASE, count)):
        part = reduction[:-step] * (1 - step / RELEASE)
        np.maximum(released[step:], part, out=released[step:])
    ready = released.copy()
    for step in range(1, min(AHEAD + 1, count)):
        np.maximum(ready[:-step], released[step:], out=ready[:-step])
    # Each of the cells that are averaged already knows of the peak here, so the mean is enough.
    padded = np.concatenate([np.full(AHEAD, ready[0]), ready])
    shifted = [padded[step : step + count] for step in range(AHEAD + 1)]
    smooth = np.mean(shifted, axis=0)
    edges = np.zeros(count + 1)
    edges[:-1], edges[-1] = smooth, smooth[-1]
    np.maximum(edges[1:], smooth, out=edges[1:])
    return edges
