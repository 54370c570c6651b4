"""Pictures as arrays: gradients, light, smooth noise, dithering; values 0..255 or masks 0..1."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video_foundry.adapters.models.storyboard.camera import Box
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, ramp


def picture(pixels: NDArray[np.uint8] | Floats) -> Image.Image:
    """An RGB image of an array (height x width x 3)."""
    return Image.fromarray(np.ascontiguousarray(pixels, dtype=np.uint8))


def grey(values: Floats) -> Image.Image:
    """A mask of an array with values 0..1."""
    return Image.fromarray((np.clip(values, 0, 1) * 255).astype(np.uint8))


def dithered(pixels: Floats, chance: np.random.Generator) -> Image.Image:
    """An image of a float picture 0..255, rounded with noise so that gradients do not band."""
    noise = chance.random(pixels.shape[:2], dtype=np.float32)[..., None]
    return picture(np.clip(pixels + noise, 0, 255))


def blended(pixels: Floats, colour: Rgb, amount: Floats) -> Floats:
    """`pixels` mixed towards a colour by an amount for each pixel (0..1)."""
    goal = np.array(colour, dtype=np.float32)
    return pixels + (goal - pixels) * amount[..., None]


def lit(pixels: Floats, colour: Rgb, amount: Floats) -> Floats:
    """`pixels` with light of a colour added, as a screen does: it never clips."""
    light = np.array(colour, dtype=np.float32) / 255 * amount[..., None]
    return 255 - (255 - pixels) * (1 - np.clip(light, 0, 1))


def noise(
    chance: np.random.Generator, size: tuple[int, int], cells: tuple[float, float], octaves: int
) -> Floats:
    """Smooth noise 0..1 of width x height pixels; `cells` is how many bumps across and down."""
    total = np.zeros((size[1], size[0]), np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        grid = (max(2, round(cells[0] * 2**octave) + 1), max(2, round(cells[1] * 2**octave) + 1))
        values = chance.random((grid[1], grid[0]), dtype=np.float32)
        image = Image.fromarray(values).resize(size, Image.Resampling.BICUBIC)
        total += np.asarray(image) * weight
        sum_of_weights += weight
        weight *= 0.5
    found: Floats = np.clip(total / sum_of_weights, 0, 1)
    return found


def profile(chance: np.random.Generator, count: int, bumps: float, octaves: int) -> Floats:
    """A smooth line of heights 0..1 with about `bumps` bumps."""
    found: Floats = noise(chance, (count, 4), (bumps, 1), octaves)[1]
    return found


def smooth(low: float, high: float, values: Floats) -> Floats:
    """0 below low, 1 above high, smooth between."""
    part = np.clip((values - low) / (high - low), 0, 1)
    found: Floats = part * part * (3 - 2 * part)
    return found


def fade(top: Rgb, bottom: Rgb, count: int = 160) -> Floats:
    """Rows of colour from top to bottom, for a Layer."""
    return ramp([(0, top), (1, bottom)], count)


class Grid:
    """Scene coordinates of every pixel of a picture over some bounds."""

    def __init__(self, bounds: Box, pixels_per_unit: float) -> None:
        self.bounds = bounds
        self.size = (
            max(8, round((bounds[2] - bounds[0]) * pixels_per_unit)),
            max(8, round((bounds[3] - bounds[1]) * pixels_per_unit)),
        )

    @cached_property
    def x(self) -> Floats:
        """One row of x."""
        return np.linspace(self.bounds[0], self.bounds[2], self.size[0], dtype=np.float32)[None, :]

    @cached_property
    def y(self) -> Floats:
        """One column of y."""
        return np.linspace(self.bounds[1], self.bounds[3], self.size[1], dtype=np.float32)[:, None]

    def distance(self, x: float, y: float) -> Floats:
        """How far each pixel is from a place."""
        found: Floats = np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2)
        return found

    def rows(self, stops: Sequence[tuple[float, Rgb]]) -> Floats:
        """A picture with a vertical gradient."""
        column = ramp(stops, self.size[1])
        return np.repeat(column[:, None, :], self.size[0], axis=1)
