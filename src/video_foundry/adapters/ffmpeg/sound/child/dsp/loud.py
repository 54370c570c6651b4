"""Measures loudness hop by hop with the K-weighting of ITU-R BS.1770; gating is not done here.

The weighting is cut off after a fifth of a second, long after it has died away, so that a window's
figures depend on nothing further back.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .wav import CHANNELS, Sound

HOP = 4800
"""Samples (100 ms)."""

MEMORY = 2 * HOP
"""Samples that the weighting looks back: it has fallen by 400 dB there."""

ENERGY_UNIT = 10**9
PEAK_UNIT = 10**6

_SIZE = 1 << 16
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285),
          (1.0, -1.69065929318241, 0.73248077421585))  # fmt: skip
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


@lru_cache(maxsize=1)
def _response() -> NDArray[np.complex128]:
    """Of both filters at 48 kHz, their memory cut to `MEMORY` samples."""
    whole = np.ones(_SIZE // 2 + 1, np.complex128)
    for top, bottom in (_SHELF, _HIGH_PASS):
        whole *= np.fft.rfft(top, _SIZE) / np.fft.rfft(bottom, _SIZE)
    return np.fft.rfft(np.fft.irfft(whole)[: MEMORY + 1], _SIZE)


def weighted(channel: NDArray[np.float64]) -> NDArray[np.float64]:
    """One channel, weighted; the first `MEMORY` samples are only its past and are left out."""
    step = _SIZE - MEMORY
    parts = []
    for start in range(0, len(channel) - MEMORY, step):
        block = channel[start : start + _SIZE]
        filtered = np.fft.irfft(np.fft.rfft(block, _SIZE) * _response())
        parts.append(filtered[MEMORY : len(block)])
    return np.concatenate(parts) if parts else np.zeros(0)


def measure(sound: Sound) -> tuple[list[int], list[int]]:
    """Energies and peaks of the whole hops after the first `MEMORY` samples."""
    hops = (len(sound) - MEMORY) // HOP
    sound = sound[: MEMORY + hops * HOP]
    energies = np.zeros(hops)
    for channel in sound.T:
        squares = np.square(weighted(channel.astype(np.float64)))
        energies += squares.reshape(hops, HOP).sum(axis=1)
    peaks = np.abs(sound[MEMORY:]).reshape(hops, HOP * CHANNELS).max(axis=1, initial=0)
    return _whole(energies, ENERGY_UNIT), _whole(peaks.astype(np.float64), PEAK_UNIT)


def _whole(values: NDArray[np.float64], unit: int) -> list[int]:
    return [int(value) for value in np.rint(values * unit)]
