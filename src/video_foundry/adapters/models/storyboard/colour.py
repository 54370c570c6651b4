"""Colour arithmetic: sRGB triples 0..255, mixed and shifted in OKLab so that gradients stay clean.

No palettes and no pictures here.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]
Floats = NDArray[np.floating[Any]]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LMS = np.linalg.inv(_TO_LMS)
_FROM_LAB = np.linalg.inv(_TO_LAB)


def rgb(code: str) -> Rgb:
    """From "#rrggbb"."""
    value = int(code.removeprefix("#"), 16)
    return value >> 16, value >> 8 & 255, value & 255


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`share` 0 gives the first colour, 1 the second."""
    lab = _lab(first) * (1 - share) + _lab(second) * share
    return _rgb_of(lab)


def shifted(colour: Rgb, *, light: float = 1.0, chroma: float = 1.0, turn: float = 0.0) -> Rgb:
    """Lighter or darker, more or less colourful, hue turned by `turn` (radians)."""
    lab = _lab(colour)
    cosine, sine = np.cos(turn), np.sin(turn)
    a, b = lab[1] * cosine - lab[2] * sine, lab[1] * sine + lab[2] * cosine
    return _rgb_of(np.array([min(1.0, lab[0] * light), a * chroma, b * chroma]))


def at_lightness(colour: Rgb, light: float, chroma: float = 1.0) -> Rgb:
    """The colour made as light as `light` (0..1), its hue kept."""
    lab = _lab(colour)
    return _rgb_of(np.array([light, lab[1] * chroma, lab[2] * chroma]))


def ramp(stops: Sequence[tuple[float, Rgb]], count: int) -> Floats:
    """`count` colours (count x 3, 0..255) along stops at rising places 0..1."""
    places = np.linspace(0, 1, count)
    at = [place for place, _ in stops]
    labs = np.array([_lab(colour) for _, colour in stops])
    mixed = np.stack([np.interp(places, at, labs[:, i]) for i in range(3)], axis=1)
    return _many_rgb(mixed).astype(np.float32)


def lightness(colour: Rgb) -> float:
    """Perceived lightness 0..1."""
    return float(_lab(colour)[0])


def _lab(colour: Rgb) -> NDArray[np.float64]:
    part = np.array(colour, dtype=np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    found: NDArray[np.float64] = _TO_LAB @ np.cbrt(_TO_LMS @ linear)
    return found


def _many_rgb(labs: NDArray[np.float64]) -> NDArray[np.float64]:
    linear = ((labs @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T
    linear = np.clip(linear, 0, 1)
    part = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    found: NDArray[np.float64] = np.clip(part * 255, 0, 255)
    return found


def _rgb_of(lab: NDArray[np.float64]) -> Rgb:
    red, green, blue = np.rint(_many_rgb(lab[None])[0]).astype(int)
    return int(red), int(green), int(blue)
