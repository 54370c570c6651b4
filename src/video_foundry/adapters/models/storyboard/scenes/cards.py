"""What the cards of an interface show: charts, rings, lists, notes that draw themselves."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from video_foundry.adapters.models.storyboard.camera import Box
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, lightness, mix, shifted
from video_foundry.adapters.models.storyboard.pixels import fade, picture, profile
from video_foundry.adapters.models.storyboard.stage import Layer, Stage


@dataclass(frozen=True, kw_only=True)
class Ink:
    """The colours of the panels."""

    ground: tuple[Rgb, Rgb]
    card: Rgb
    line: Rgb
    soft: Rgb
    accent: Rgb
    second: Rgb
    light: bool


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One card: its box, depth, what it shows, and when (seconds) it arrives."""

    name: str
    box: Box
    depth: float
    kind: str
    at: float


class Art:
    """What a card shows: a still part, and a part that draws itself over a second and a half."""

    def __init__(self, stage: Stage, ink: Ink, spec: Spec, layer: Layer) -> None:
        self.ink, self.spec, self.size = ink, spec, layer.mask.size
        self.scale = self.size[0] / (layer.bounds[2] - layer.bounds[0])
        self.origin = layer.bounds[:2]
        chance = stage.chance(f"art {spec.name}")
        self.line = profile(chance, 120, 4, 3) * 0.5 + np.linspace(0.05, 0.5, 120, dtype=np.float32)
        self.second = profile(chance, 120, 3, 2) * 0.45 + 0.1
        self.bars = chance.uniform(0.3, 1.0, 9)
        self.share = float(chance.uniform(0.62, 0.88))
        self.rows = chance.uniform(0.45, 0.95, 6)
        self.image = self._still()
        self._shown = -1

    def at(self, seconds: float) -> Image.Image:
        """The content that many seconds after the card's arrival."""
        part = min(1.0, max(0.0, (seconds - 0.1) / 1.5))
        step = round((1 - (1 - part) ** 3) * 60)
        if step != self._shown:
            self._shown = step
            self.image = self._drawn(step / 60)
        return self.image

    def _still(self) -> Image.Image:
        top, low = shifted(self.ink.card, light=1.07), shifted(self.ink.card, light=0.93)
        rows = fade(top, low, self.size[1])
        self._plain = picture(np.repeat(rows[:, None, :], self.size[0], axis=1))
        return self._plain

    def _drawn(self, part: float) -> Image.Image:
        image = self._plain.resize((self.size[0] * 2, self.size[1] * 2))
        pen = Pen(image, self.scale * 2, self.origin)
        left, top, right, bottom = self.spec.box
        if not self.ink.light:
            pen.outline(self.spec.box, 0.016, mix(self.ink.card, self.ink.line, 0.35))
        inner = (left + 0.026, top + 0.026, right - 0.026, bottom - 0.026)
        getattr(self, f"_{self.spec.kind}")(pen, inner, part)
        return image.reduce(2)

    def _title(self, pen: "Pen", box: Box, wide: float = 0.3) -> None:
        left, top, right, _ = box
        pen.bar((left, top, left + (right - left) * wide, top + 0.0125), self.ink.line)
        pen.bar(
            (left, top + 0.024, left + (right - left) * wide * 0.62, top + 0.0325), self.ink.soft
        )

    def _chart(self, pen: "Pen", box: Box, part: float) -> None:
        left, top, right, bottom = box
        self._title(pen, box)
        for index, colour in enumerate((self.ink.accent, self.ink.soft, self.ink.soft)):
            pen.dot(right - 0.012 - index * 0.03, top + 0.012, 0.0085, colour)
        area = (left, top + 0.07, right, bottom)
        for row in range(5):
            y = area[1] + (area[3] - area[1]) * row / 4
            pen.line([(left, y), (right, y)], 0.0012, mix(self.ink.card, self.ink.soft, 0.45))
        self._curve(pen, area, self.second, part, self.ink.second, filled=False)
        self._curve(pen, area, self.line, part, self.ink.accent, filled=True)

    def _curve(
        self, pen: "Pen", box: Box, heights: Floats, part: float, colour: Rgb, *, filled: bool
    ) -> None:
        count = max(2, round(part * len(heights)))
        xs = np.linspace(box[0], box[2], len(heights))[:count]
        ys = box[3] - heights[:count] * (box[3] - box[1]) * 0.95
        points = list(zip(xs.tolist(), ys.tolist(), strict=True))
        if filled:
            fill = mix(self.ink.card, colour, 0.26)
            pen.polygon([(points[0][0], box[3]), *points, (points[-1][0], box[3])], fill)
        pen.line(points, 0.0048, colour)
        if filled:
            pen.dot(*points[-1], 0.0135, mix(self.ink.card, colour, 0.45))
            pen.dot(*points[-1], 0.0075, self.ink.line if not self.ink.light else colour)

    def _bars(self, pen: "Pen", box: Box, part: float) -> None:
        left, top, right, bottom = box
        self._title(pen, box, 0.5)
        count = len(self.bars)
        pitch = (right - left) / count
        for index, value in enumerate(self.bars.tolist()):
            own = min(1.0, max(0.0, part * 1.6 - index * 0.07))
            tall = (bottom - top - 0.06) * value * own
            x = left + pitch * index
            colour = (
                self.ink.accent if index == count - 3 else mix(self.ink.card, self.ink.second, 0.55)
            )
            pen.bar(
                (x + pitch * 0.18, bottom - max(tall, 0.006), x + pitch * 0.82, bottom),
                colour,
                0.006,
            )

    def _ring(self, pen: "Pen", box: Box, part: float) -> None:
        left, top, right, bottom = box
        radius = min((right - left) * 0.26, (bottom - top) * 0.46)
        x, y = left + radius, (top + bottom) / 2
        pen.arc((x, y), radius, 1, radius * 0.24, mix(self.ink.card, self.ink.soft, 0.4))
        pen.arc((x, y), radius, self.share * part, radius * 0.24, self.ink.accent)
        start = x + radius + 0.03
        for row, wide in enumerate((0.9, 0.6, 0.75)):
            y0 = y - 0.048 + row * 0.042
            colour = self.ink.line if row == 0 else self.ink.soft
            pen.bar(
                (start, y0, start + (right - start) * wide * (0.4 + 0.6 * part), y0 + 0.0125),
                colour,
            )

    def _list(self, pen: "Pen", box: Box, part: float) -> None:
        left, top, right, bottom = box
        rows = max(2, int((bottom - top) / 0.058))
        pitch = (bottom - top) / rows
        for row in range(rows):
            y = top + pitch * (row + 0.5)
            own = min(1.0, max(0.0, part * 1.5 - row * 0.15))
            colour = (self.ink.accent, self.ink.second)[row % 2]
            pen.dot(left + 0.016, y, 0.016 * (0.5 + 0.5 * own), mix(self.ink.card, colour, 0.85))
            reach = left + 0.045 + (right - left - 0.07) * float(self.rows[row % 6]) * own
            pen.bar(
                (left + 0.045, y - 0.0125, max(reach, left + 0.06), y - 0.001),
                self.ink.line if row == 0 else self.ink.soft,
            )
            pen.bar(
                (left + 0.045, y + 0.007, left + 0.045 + (reach - left - 0.045) * 0.6, y + 0.015),
                mix(self.ink.card, self.ink.soft, 0.6),
            )

    def _toast(self, pen: "Pen", box: Box, part: float) -> None:
        left, top, right, bottom = box
        y = (top + bottom) / 2
        radius = min(0.034, (bottom - top) * 0.48)
        pen.dot(left + radius, y, radius, self.ink.accent)
        tick = [
            (left + radius * 0.58, y),
            (left + radius * 0.9, y + radius * 0.34),
            (left + radius * 1.45, y - radius * 0.36),
        ]
        mark = self.ink.card if lightness(self.ink.accent) > 0.6 else (255, 255, 255)
        pen.line(tick[: 2 + (part > 0.5)], 0.007, mark)
        start = left + radius * 2 + 0.022
        pen.bar((start, y - 0.02, start + (right - start) * 0.85, y - 0.006), self.ink.line)
        pen.bar((start, y + 0.006, start + (right - start) * 0.55, y + 0.016), self.ink.soft)


class Pen:
    """Draws on a card in scene units."""

    def __init__(self, image: Image.Image, scale: float, origin: tuple[float, ...]) -> None:
        self._draw, self._scale, self._origin = ImageDraw.Draw(image), scale, origin

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self._origin[0]) * self._scale, (y - self._origin[1]) * self._scale

    def bar(self, box: Box, colour: Rgb, radius: float | None = None) -> None:
        """A rounded bar, such as a line of text."""
        left, top, right, bottom = box
        if right - left < 0.001 or bottom <= top:
            return
        round_by = (bottom - top) / 2 if radius is None else min(radius, (bottom - top) / 2)
        self._draw.rounded_rectangle(
            [*self._at(left, top), *self._at(right, bottom)], round_by * self._scale, fill=colour
        )

    def outline(self, box: Box, radius: float, colour: Rgb) -> None:
        """A thin rounded frame."""
        corners = [*self._at(box[0], box[1]), *self._at(box[2], box[3])]
        self._draw.rounded_rectangle(
            corners, radius * self._scale, outline=colour, width=max(1, round(0.0022 * self._scale))
        )

    def dot(self, x: float, y: float, radius: float, colour: Rgb) -> None:
        """A disc."""
        self._draw.ellipse(
            [*self._at(x - radius, y - radius), *self._at(x + radius, y + radius)], fill=colour
        )

    def line(self, points: list[tuple[float, float]], width: float, colour: Rgb) -> None:
        """A line."""
        self._draw.line(
            [self._at(*p) for p in points],
            fill=colour,
            width=max(1, round(width * self._scale)),
            joint="curve",
        )

    def polygon(self, points: list[tuple[float, float]], colour: Rgb) -> None:
        """A filled polygon."""
        self._draw.polygon([self._at(*p) for p in points], fill=colour)

    def arc(
        self,
        centre: tuple[float, float],
        radius: float,
        share: float,
        width: float,
        colour: Rgb,
    ) -> None:
        """A part of a ring, from the top, clockwise."""
        x, y = centre
        box = [*self._at(x - radius, y - radius), *self._at(x + radius, y + radius)]
        begin = -90
        self._draw.arc(
            box,
            begin,
            begin + max(0.1, share * 360),
            fill=colour,
            width=max(1, round(width * self._scale)),
        )
