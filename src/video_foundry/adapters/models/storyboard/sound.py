"""A quiet bed of sound for a shot: a held chord and the air of the place, at -30 LUFS.

Deterministic by request; stereo, 48 kHz, -1..1.
"""

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

from video_foundry.adapters.models.storyboard.reading import Brief

SAMPLE_RATE = 48_000
LOUDNESS = -30.0
"""LUFS, integrated."""

Samples = NDArray[np.float32]

_CHORDS = {
    "bright": (0, 7, 12, 16, 19),
    "warm": (0, 7, 14, 16, 23),
    "dark": (0, 7, 12, 15, 22),
    "tense": (0, 6, 12, 13, 18),
    "open": (0, 7, 12, 14, 19),
}
_MOODS = {
    "day": "bright", "dawn": "warm", "golden": "warm", "dusk": "dark",
    "night": "dark", "neon": "open", "overcast": "dark", "storm": "tense",
}  # fmt: skip

_AIR = {
    "ocean": (420.0, 0.9, 0.95), "forest": (1500.0, 0.5, 0.35), "city": (180.0, 0.7, 0.25),
    "space": (90.0, 0.8, 0.3), "interior": (260.0, 0.25, 0.1), "road": (150.0, 0.9, 0.2),
    "landscape": (620.0, 0.6, 0.6),
}  # fmt: skip
"""Scene: middle frequency (Hz), level against the chord, how much it swells."""


def bed(brief: Brief, prompt: str, seed: int, samples: int) -> Samples:
    """The sound of a shot as 2 x samples."""
    chance = _chance(prompt, seed)
    mix = _chord(brief, chance, samples)
    middle, level, swell = _AIR.get(brief.scene, (400.0, 0.2, 0.2))
    mix += _air(chance, samples, middle, swell) * level
    if brief.weather == "rain":
        mix += _air(chance, samples, 4200.0, 0.1) * 0.55
    mix = _faded(mix)
    return (mix * _gain(mix)).astype(np.float32)


def loudness(sound: Samples) -> float:
    """LUFS of the whole sound (ITU-R BS.1770 weighting, no gate: it has no pauses)."""
    spectrum = np.fft.rfft(sound, axis=1)
    weight = _k_weight(np.fft.rfftfreq(sound.shape[1], 1 / SAMPLE_RATE).astype(np.float64))
    power = np.abs(spectrum) ** 2 * weight
    power[:, 1:-1] *= 2
    mean_square = power.sum(axis=1) / sound.shape[1] ** 2
    return -0.691 + 10 * math.log10(max(1e-12, float(mean_square.sum())))


def _chance(prompt: str, seed: int) -> np.random.Generator:
    digest = hashlib.sha256(f"sound:{seed}:{prompt}".encode("utf-8", "replace")).digest()
    return np.random.default_rng(int.from_bytes(digest[:8], "big"))


def _chord(brief: Brief, chance: np.random.Generator, samples: int) -> Samples:
    """Slowly breathing voices, two detuned partials each, spread over the stereo field."""
    time = np.arange(samples, dtype=np.float64) / SAMPLE_RATE
    root = 55.0 * 2 ** (int(chance.integers(0, 12)) / 12)
    found = np.zeros((2, samples), np.float32)
    for index, step in enumerate(_CHORDS[_MOODS.get(brief.light, "open")]):
        pitch = root * 2 ** (step / 12)
        breath = 0.65 + 0.35 * np.sin(
            2 * math.pi * float(chance.uniform(0.05, 0.14)) * time + index
        )
        level = 0.9**index / (1 + index * 0.35)
        for detune, pan in ((0.9985, 0.3), (1.0015, 0.7)):
            phase = float(chance.uniform(0, 6.3))
            angle = 2 * math.pi * pitch * detune * time + phase
            voice = (
                (np.sin(angle) + 0.28 * np.sin(2 * angle) + 0.08 * np.sin(3 * angle))
                * breath
                * level
            )
            found[0] += (voice * math.cos(pan * math.pi / 2)).astype(np.float32)
            found[1] += (voice * math.sin(pan * math.pi / 2)).astype(np.float32)
    return found / float(np.sqrt(np.mean(found**2)) + 1e-9)


def _air(chance: np.random.Generator, samples: int, middle: float, swell: float) -> Samples:
    """Noise around a frequency that rises and falls like wind or surf."""
    frequencies = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
    octaves = np.log2(np.maximum(frequencies, 1.0) / middle)
    shape = np.exp(-(octaves**2) / 2.6) / np.sqrt(np.maximum(frequencies, 20.0))
    sides = []
    for _ in range(2):
        spectrum = np.fft.rfft(chance.standard_normal(samples)) * shape
        sides.append(np.fft.irfft(spectrum, samples))
    found = np.stack(sides).astype(np.float32)
    found /= float(np.sqrt(np.mean(found**2)) + 1e-9)
    time = np.arange(samples, dtype=np.float32) / SAMPLE_RATE
    pace = float(chance.uniform(0.11, 0.17))
    wave = 0.5 + 0.5 * np.sin(2 * math.pi * pace * time + float(chance.uniform(0, 6.3)))
    return found * (1 - swell * 0.75 * wave).astype(np.float32)


def _faded(sound: Samples) -> Samples:
    length = min(sound.shape[1] // 3, round(0.6 * SAMPLE_RATE))
    ramp = np.sin(np.linspace(0, math.pi / 2, length, dtype=np.float32)) ** 2
    sound[:, :length] *= ramp
    sound[:, -length:] *= ramp[::-1]
    return sound


def _gain(sound: Samples) -> float:
    return float(10 ** ((LOUDNESS - loudness(sound)) / 20))


def _k_weight(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Power response of the two K-weighting filters at 48 kHz."""
    z = np.exp(-2j * math.pi * frequencies / SAMPLE_RATE)
    shelf = (1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2) / (
        1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    )
    high = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    found: NDArray[np.float64] = np.abs(shelf * high) ** 2
    return found
