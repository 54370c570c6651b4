"""Houses as boxes, their walls, and the windows in them: lit, dark, and switched off meanwhile."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from video_foundry.adapters.models.storyboard.camera import Box, View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix
from video_foundry.adapters.models.storyboard.pixels import picture
from video_foundry.adapters.models.storyboard.stage import Layer, Stage


@dataclass(frozen=True, kw_only=True)
class House:
    """One building as boxes (left, top, right, bottom) from the widest up, in scene units."""

    boxes: tuple[Box, ...]


@dataclass(kw_only=True)
class Twinkle:
    """Windows in which somebody puts out the light, and on again."""

    panes: list[Box]
    switches: Floats
    dark: Rgb
    depth: float

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint the dark ones."""
        draw = ImageDraw.Draw(frame)
        for pane, when in zip(self.panes, self.switches.tolist(), strict=True):
            if 0 <= view.seconds - when < 1.8:
                left, top, right, bottom = view.box(pane, self.depth)
                draw.rectangle([left, top, right - 0.5, bottom - 0.5], fill=self.dark)


class Windows:
    """The walls and the lit windows of some houses."""

    def __init__(
        self, stage: Stage, chance: np.random.Generator, houses: list[House], pitch: float
    ) -> None:
        self.stage, self.chance, self.houses, self.pitch = stage, chance, houses, pitch
        palette = stage.palette
        self.share = 0.34 if palette.is_dark else 0.09
        warm, cool, wall = palette.accent, palette.second, palette.layer(0.5)
        self.colours: list[Rgb] = [
            mix(warm, (255, 255, 255), 0.2),
            warm,
            mix(warm, wall, 0.35),
            mix(warm, wall, 0.6),
            mix(cool, warm, 0.3),
        ]
        self.panes: list[tuple[Box, Rgb]] = []
        for house in houses:
            for box in house.boxes:
                self._fit(box)

    def _fit(self, box: Box) -> None:
        left, top, right, bottom = box
        pitch, chance = self.pitch, self.chance
        columns = int((right - left - pitch * 0.8) / pitch)
        rows = int((bottom - top - pitch) / (pitch * 1.45))
        if columns < 1 or rows < 1:
            return
        start = left + (right - left - columns * pitch) / 2
        lively = float(chance.uniform(0.2, 1.6))
        lit = chance.random((rows, columns)) < self.share * lively
        floors = chance.random(rows) < 0.05
        for row, column in np.argwhere(lit | floors[:, None]).tolist():
            x, y = start + column * pitch, top + pitch * 0.9 + row * pitch * 1.45
            colour = self.colours[int(chance.integers(0, len(self.colours)))]
            self.panes.append(((x + pitch * 0.2, y, x + pitch * 0.76, y + pitch * 0.86), colour))

    def painted(self, body: Layer) -> Image.Image:
        """The layer's fill: each wall in its own tone, then the windows."""
        image = self._walls(body)
        draw = ImageDraw.Draw(image)
        scale = body.mask.width / (body.bounds[2] - body.bounds[0])
        for (left, top, right, bottom), colour in self.panes:
            x, y = (left - body.bounds[0]) * scale, (top - body.bounds[1]) * scale
            size = (max(1.0, (right - left) * scale - 1), max(1.0, (bottom - top) * scale - 1))
            draw.rectangle([x, y, x + size[0], y + size[1]], fill=colour)
        return image

    def _walls(self, body: Layer) -> Image.Image:
        if isinstance(body.colours, Image.Image):
            pixels = np.asarray(body.colours, np.float32)
        else:
            rows = np.linspace(0, len(body.colours) - 1, body.mask.height).round().astype(np.intp)
            pixels = np.repeat(body.colours[rows][:, None, :], body.mask.width, axis=1)
        tones = Image.new("L", body.mask.size, 128)
        draw = ImageDraw.Draw(tones)
        scale = body.mask.width / (body.bounds[2] - body.bounds[0])
        for house in self.houses:
            tone = int(self.chance.integers(112, 140))
            for left, top, right, bottom in house.boxes:
                x, y = (left - body.bounds[0]) * scale, (top - body.bounds[1]) * scale
                end, low = (right - body.bounds[0]) * scale, (bottom - body.bounds[1]) * scale
                draw.rectangle([x, y, end, low], fill=tone)
                draw.rectangle([end - (end - x) * 0.3, y, end, low], fill=round(tone * 0.9))
        shade = np.asarray(tones, np.float32)[..., None] / 128
        return picture(np.clip(pixels * shade, 0, 255))

    def twinkle(self, depth: float, dark: Rgb) -> Twinkle:
        """The few windows that go out during the shot."""
        chance = self.chance
        count = min(len(self.panes), 26)
        chosen: list[int] = (
            chance.choice(len(self.panes), count, replace=False).tolist() if count else []
        )
        seconds = self.stage.camera.frames / 24
        return Twinkle(
            panes=[self.panes[i][0] for i in chosen],
            switches=chance.uniform(-1, max(4.0, seconds), len(chosen)),
            dark=mix(dark, self.stage.palette.haze, 0.15),
            depth=depth,
        )
