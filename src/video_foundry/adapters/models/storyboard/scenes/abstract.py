"""Pure form: ribbons of light that flow, discs that drift; for what has no place and no face."""

import math

import numpy as np
from PIL import Image

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix, shifted
from video_foundry.adapters.models.storyboard.pixels import Grid, dithered, fade, grey, lit, smooth
from video_foundry.adapters.models.storyboard.scenes.forest import motes
from video_foundry.adapters.models.storyboard.stage import Backdrop, Drawable, Layer, Motion, Stage
from video_foundry.adapters.models.storyboard.surfaces import Shadow

RIBBONS = 5


def abstract(stage: Stage) -> list[Drawable]:
    """A soft field of colour, discs, and ribbons that weave through it."""
    parts: list[Drawable] = [_field(stage)]
    parts += _discs(stage)
    parts += [Ribbon(stage, index) for index in range(RIBBONS)]
    if not stage.palette.cut:
        parts.append(motes(stage, 26))
    return parts


def _field(stage: Stage) -> Backdrop:
    palette, chance = stage.palette, stage.chance("field")
    bounds = stage.spread(0.05, -0.6)
    grid = Grid(bounds, stage.height)
    pixels = grid.rows([(0, palette.sky[0]), (0.5, palette.sky[1]), (1, palette.sky[2])])
    for colour, strength in ((palette.sky[3], 0.6), (palette.accent, 0.22), (palette.second, 0.28)):
        x = float(chance.uniform(-0.5, 0.5)) * stage.aspect
        y = float(chance.uniform(-0.4, 0.5))
        if not palette.wash:
            pixels = lit(pixels, colour, np.exp(-grid.distance(x, y) * 2.4) * strength)
    return Backdrop(image=dithered(pixels, chance), bounds=bounds, depth=0.05)


def _discs(stage: Stage) -> list[Drawable]:
    chance, palette = stage.chance("discs"), stage.palette
    parts: list[Drawable] = []
    for index in range(3):
        radius = float(chance.uniform(0.09, 0.24)) * stage.unit
        x, y = float(chance.uniform(-0.36, 0.36)) * stage.aspect, float(chance.uniform(-0.26, 0.26))
        brush = stage.brush(
            (x - radius * 1.05, y - radius * 1.05, x + radius * 1.05, y + radius * 1.05)
        )
        brush.ellipse(x, y, radius, radius)
        top = (palette.glow, palette.accent, palette.second)[index]
        layer = Layer(
            mask=brush.mask(),
            bounds=brush.bounds,
            depth=0.2 + 0.25 * index,
            colours=fade(top, mix(top, palette.sky[2], 0.85)),
            opacity=0.9 if not palette.wash else 0.35 + 0.25 * index,
            motion=_drift(float(chance.uniform(0, 6.3))),
        )
        parts += [Shadow(layer, stage.height), layer] if palette.cut else [layer]
    return parts


def _drift(phase: float) -> Motion:
    return lambda t: (0.02 * math.sin(t * 0.5 + phase), 0.025 * math.cos(t * 0.6 + phase))


class Ribbon:
    """A band whose two edges are slow waves; drawn afresh for each frame at half size."""

    def __init__(self, stage: Stage, index: int) -> None:
        chance = stage.chance(f"ribbon {index}")
        share = index / (RIBBONS - 1)
        self.depth = 0.3 + 0.6 * share
        self.y = -0.2 + 0.52 * share + float(chance.normal(0, 0.03))
        self.waves = chance.uniform((1.2, 0.03, 0.25, 0), (3.2, 0.11, 0.6, 6.3), (3, 4))
        self.thickness = (0.09 + 0.12 * share) * stage.unit
        palette = stage.palette
        self.colours = self._shades(stage, share, palette.wash)
        self.size = (stage.width // 2, stage.height // 2)
        self.strength = 0.86 if not palette.cut else 1.0
        self.cut = palette.cut

    @staticmethod
    def _shades(stage: Stage, share: float, wash: bool) -> tuple[Rgb, Rgb]:
        palette = stage.palette
        body = palette.layer(0.15 + 0.8 * share)
        light = (
            mix(body, palette.sky[3], 0.35)
            if wash
            else mix(body, (palette.accent, palette.second)[round(share * 4) % 2], 0.55)
        )
        vivid = 1.0 if palette.is_dark or wash else 1.25
        return shifted(light, chroma=vivid), shifted(body, chroma=vivid)

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint the band with a gradient across it."""
        width, height = self.size
        x = (np.arange(width, dtype=np.float32) - width / 2) / height + view.x * self.depth
        middle = self._line(x, view.seconds) - view.y * self.depth
        swell = np.sin(x * 1.7 + view.seconds * 0.35 + self.waves[0, 3])
        half = np.maximum(self.thickness * (0.55 + 0.45 * swell), 0.012)
        if self.cut:
            half = half * 2
        first = max(0, int((float((middle - half).min()) + 0.5) * height) - 2)
        last = min(height, int((float((middle + half).max()) + 0.5) * height) + 3)
        if last - first < 2:
            return
        y = np.arange(first, last, dtype=np.float32)[:, None] / height - 0.5
        across = (y - middle) / half
        soft = 1.6 / height / half
        mask = smooth(1 + soft, 1 - soft, np.abs(across))
        tone = np.clip(across * 0.5 + 0.5, 0, 1) ** 1.3
        if not self.cut:
            mask = mask * (1 - 0.75 * tone)
        self._paste(frame, mask, tone, first)

    def _line(self, x: Floats, seconds: float) -> Floats:
        total = np.full_like(x, self.y)
        for pace, size, speed, phase in self.waves.tolist():
            total += np.sin(x * pace + phase + seconds * speed) * size
        return total

    def _paste(self, frame: Image.Image, mask: Floats, tone: Floats, first: int) -> None:
        """Blend in the rows from `first` on (of the half-size picture)."""
        top = round(first * frame.height / self.size[1])
        size = (frame.width, min(frame.height - top, mask.shape[0] * 2))
        full = grey(mask * self.strength).resize(size, Image.Resampling.BILINEAR)
        shade = grey(tone).resize(size, Image.Resampling.BILINEAR)
        light, deep = (Image.new("RGB", size, colour) for colour in self.colours)
        light.paste(deep, (0, 0), shade)
        frame.paste(light, (0, top), full)
