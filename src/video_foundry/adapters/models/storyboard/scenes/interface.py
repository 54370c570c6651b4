"""Screens: panels of glass that arrive and float, charts that draw themselves, a grid of light."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from video_foundry.adapters.models.storyboard.camera import Box, View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, lightness, mix, rgb, shifted
from video_foundry.adapters.models.storyboard.palette import Palette
from video_foundry.adapters.models.storyboard.scenes.forest import motes
from video_foundry.adapters.models.storyboard.stage import (
    Backdrop,
    Brush,
    Drawable,
    Grid,
    Layer,
    Stage,
    dithered,
    fade,
    lit,
    noise,
    picture,
    profile,
    smooth,
)
from video_foundry.adapters.models.storyboard.surfaces import Shadow


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


def interface(stage: Stage) -> list[Drawable]:
    """A deep field with a grid, then cards from far to near."""
    ink = _ink(stage)
    parts: list[Drawable] = [_field(stage, ink)]
    parts += [card for spec in _layout(stage) for card in _card(stage, ink, spec)]
    if not stage.palette.cut:
        parts.append(motes(stage, 22))
    return parts


def _ink(stage: Stage) -> Ink:
    palette = stage.palette
    light = palette.wash or palette.cut or stage.brief.light in ("day", "dawn", "overcast")
    accent, second = _accents(stage, palette)
    if light:
        paper = mix(palette.sky[3], (255, 255, 255), 0.5)
        dark = mix(palette.near, palette.mid, 0.1)
        return Ink(
            ground=(mix(palette.sky[2], paper, 0.3), mix(palette.sky[3], palette.haze, 0.35)),
            card=mix(paper, (255, 255, 255), 0.5), line=dark, soft=mix(dark, paper, 0.72),
            accent=accent, second=second, light=True,
        )  # fmt: skip
    return Ink(
        ground=(mix(palette.sky[0], (6, 9, 20), 0.4), mix(palette.sky[1], palette.mid, 0.3)),
        card=mix(palette.sky[1], palette.sky[2], 0.45), line=(236, 243, 255),
        soft=mix((236, 243, 255), palette.sky[1], 0.66), accent=accent, second=second, light=False,
    )  # fmt: skip


_NAMED = {
    "blue": "#4aa8ff", "cyan": "#3fe0f0", "green": "#4fe0a0", "red": "#ff5a5f", "orange": "#ff9a3d",
    "purple": "#a06bff", "violet": "#a06bff", "pink": "#ff6fb5", "yellow": "#ffd24a", "gold": "#f2c14e",
    "teal": "#2fc7b8", "magenta": "#ff4fc3",
}  # fmt: skip


def _accents(stage: Stage, palette: Palette) -> tuple[Rgb, Rgb]:
    if palette.wash:
        return palette.accent, palette.mid
    for name, code in _NAMED.items():
        if stage.brief.shows(name):
            return rgb(code), shifted(rgb(code), turn=0.9)
    if palette.is_dark and palette.rim is None:
        return rgb("#5cc8ff"), rgb("#8f7bff")
    return palette.accent, palette.second


def _field(stage: Stage, ink: Ink) -> Backdrop:
    bounds = stage.spread(0.08, -0.62)
    grid = Grid(bounds, stage.height)
    pixels = grid.rows([(0, ink.ground[0]), (1, ink.ground[1])])
    x = float(stage.chance("field").uniform(-0.3, 0.3)) * stage.aspect
    if not stage.palette.wash:
        pixels = lit(pixels, ink.accent, np.exp(-grid.distance(x, 0.12) * 2.3) * (0.28 if ink.light else 0.5))
        pixels = lit(pixels, ink.second, np.exp(-grid.distance(-x, -0.4) * 2.8) * 0.25)
    down = np.clip(grid.y - 0.06, 1e-3, 1)
    across = np.abs(((grid.x / (down * 2.2)) * 1.6) % 1 - 0.5)
    along = np.abs((0.16 / down) % 1 - 0.5)
    near = smooth(0.02, 0.3, down)
    lines = np.maximum(smooth(0.484, 0.496, across), smooth(0.47, 0.49, along)) * near
    haze = noise(stage.chance("haze"), grid.size, (4, 3), 3)
    amount = lines * (0.10 if ink.light else 0.22) * (0.5 + 0.5 * haze)
    pixels = pixels + (np.array(ink.soft if ink.light else ink.accent, np.float32) - pixels) * amount[..., None]
    return Backdrop(image=dithered(pixels, stage.chance("grain")), bounds=bounds, depth=0.08)


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One card: its box, depth, what it shows, and when (seconds) it arrives."""

    name: str
    box: Box
    depth: float
    kind: str
    at: float


def _layout(stage: Stage) -> list[Spec]:
    """A main card with smaller ones around it, for wide or for tall frames."""
    pace = min(0.28, stage.camera.frames / 24 / 14)
    if stage.aspect >= 1.2:
        wide = min(1.0, stage.aspect / 1.78)
        rows = [
            ("a", -0.70, -0.30, -0.34, -0.02, 0.35, "bars"), ("b", 0.36, -0.33, 0.72, -0.06, 0.4, "ring"),
            ("c", 0.40, 0.00, 0.74, 0.20, 0.5, "list"), ("main", -0.30, -0.26, 0.30, 0.17, 0.62, "chart"),
            ("d", -0.72, 0.02, -0.38, 0.24, 0.78, "list"), ("e", 0.16, 0.09, 0.46, 0.235, 0.95, "toast"),
        ]  # fmt: skip
    else:
        wide = stage.aspect / 0.62
        rows = [
            ("a", -0.27, -0.38, -0.02, -0.22, 0.35, "ring"), ("b", 0.02, -0.36, 0.26, -0.2, 0.4, "bars"),
            ("main", -0.25, -0.17, 0.25, 0.13, 0.6, "chart"), ("d", -0.27, 0.155, 0.03, 0.29, 0.75, "list"),
            ("e", 0.0, 0.11, 0.28, 0.2, 0.95, "toast"),
        ]  # fmt: skip
    return [
        Spec(name=n, box=(l * wide, t, r * wide, b), depth=d, kind=k, at=i * pace)
        for i, (n, l, t, r, b, d, k) in enumerate(rows)
    ]


def _card(stage: Stage, ink: Ink, spec: Spec) -> list[Drawable]:
    left, top, right, bottom = spec.box
    pad = 0.03
    brush = stage.brush((left - pad, top - pad, right + pad, bottom + pad))
    brush.rounded(spec.box, 0.016)
    mask = brush.mask()
    art = _Art(stage, ink, spec, mask.size, brush)
    motion = _arrival(stage, spec)
    layer = Layer(mask=mask, bounds=brush.bounds, depth=spec.depth, colours=art.image, motion=motion)
    if not ink.light:
        layer.opacity = 0.9
    shadow = Shadow(layer, stage.height, 0.5 if ink.light else 0.62)
    moving = Moving(art=art, layer=layer, spec=spec)
    parts: list[Drawable] = [shadow, moving]
    if stage.palette.rim or not ink.light:
        parts.insert(0, _halo(stage, ink, spec, motion))
    return parts


def _halo(stage: Stage, ink: Ink, spec: Spec, motion: object) -> Layer:
    left, top, right, bottom = spec.box
    pad = 0.09
    brush = stage.brush((left - pad, top - pad, right + pad, bottom + pad))
    brush.rounded(spec.box, 0.02)
    small = brush.mask().reduce(4).filter(ImageFilter.GaussianBlur(stage.height * 0.03 / 4))
    return Layer(mask=small, bounds=brush.bounds, depth=spec.depth, colours=fade(ink.accent, ink.second, 2),
                 opacity=0.3, motion=motion)  # type: ignore[arg-type]


def _arrival(stage: Stage, spec: Spec):  # type: ignore[no-untyped-def]
    phase = float(stage.chance(spec.name).uniform(0, 6.3))

    def motion(seconds: float) -> tuple[float, float]:
        part = min(1.0, max(0.0, (seconds - spec.at + 0.45) / 0.9))
        rise = (1 - (1 - (1 - part) ** 4)) * 0.35
        return 0.0, rise + 0.004 * math.sin(seconds * 0.9 + phase)

    return motion


@dataclass(kw_only=True)
class Moving:
    """A card whose content is drawn anew while it changes."""

    art: "_Art"
    layer: Layer
    spec: Spec

    def draw(self, frame: Image.Image, view: View) -> None:
        """Bring the content up to this moment, then paint the card."""
        self.layer.colours = self.art.at(view.seconds - self.spec.at)
        self.layer.draw(frame, view)


class _Art:
    """What a card shows: a still part, and a part that draws itself over a second and a half."""

    def __init__(self, stage: Stage, ink: Ink, spec: Spec, size: tuple[int, int], brush: Brush) -> None:
        self.ink, self.spec, self.size = ink, spec, size
        self.scale = size[0] / (brush.bounds[2] - brush.bounds[0])
        self.origin = brush.bounds[:2]
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
        pen.bar(left, top, left + (right - left) * wide, top + 0.0125, self.ink.line)
        pen.bar(left, top + 0.024, left + (right - left) * wide * 0.62, top + 0.0325, self.ink.soft)

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

    def _curve(self, pen: "Pen", box: Box, heights: Floats, part: float, colour: Rgb, *, filled: bool) -> None:
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
            colour = self.ink.accent if index == count - 3 else mix(self.ink.card, self.ink.second, 0.55)
            pen.bar(x + pitch * 0.18, bottom - max(tall, 0.006), x + pitch * 0.82, bottom, colour, 0.006)

    def _ring(self, pen: "Pen", box: Box, part: float) -> None:
        left, top, right, bottom = box
        radius = min((right - left) * 0.26, (bottom - top) * 0.46)
        x, y = left + radius, (top + bottom) / 2
        pen.arc(x, y, radius, 0, 1, radius * 0.24, mix(self.ink.card, self.ink.soft, 0.4))
        pen.arc(x, y, radius, 0, self.share * part, radius * 0.24, self.ink.accent)
        start = x + radius + 0.03
        for row, wide in enumerate((0.9, 0.6, 0.75)):
            y0 = y - 0.048 + row * 0.042
            colour = self.ink.line if row == 0 else self.ink.soft
            pen.bar(start, y0, start + (right - start) * wide * (0.4 + 0.6 * part), y0 + 0.0125, colour)

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
            pen.bar(left + 0.045, y - 0.0125, max(reach, left + 0.06), y - 0.001, self.ink.line if row == 0 else self.ink.soft)
            pen.bar(left + 0.045, y + 0.007, left + 0.045 + (reach - left - 0.045) * 0.6, y + 0.015, mix(self.ink.card, self.ink.soft, 0.6))

    def _toast(self, pen: "Pen", box: Box, part: float) -> None:
        left, top, right, bottom = box
        y = (top + bottom) / 2
        radius = min(0.034, (bottom - top) * 0.48)
        pen.dot(left + radius, y, radius, self.ink.accent)
        tick = [(left + radius * 0.58, y), (left + radius * 0.9, y + radius * 0.34), (left + radius * 1.45, y - radius * 0.36)]
        mark = self.ink.card if lightness(self.ink.accent) > 0.6 else (255, 255, 255)
        pen.line(tick[: 2 + (part > 0.5)], 0.007, mark)
        start = left + radius * 2 + 0.022
        pen.bar(start, y - 0.02, start + (right - start) * 0.85, y - 0.006, self.ink.line)
        pen.bar(start, y + 0.006, start + (right - start) * 0.55, y + 0.016, self.ink.soft)


class Pen:
    """Draws on a card in scene units."""

    def __init__(self, image: Image.Image, scale: float, origin: tuple[float, ...]) -> None:
        self._draw, self._scale, self._origin = ImageDraw.Draw(image), scale, origin

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self._origin[0]) * self._scale, (y - self._origin[1]) * self._scale

    def bar(self, left: float, top: float, right: float, bottom: float, colour: Rgb, radius: float | None = None) -> None:
        """A rounded bar, such as a line of text."""
        if right - left < 0.001 or bottom <= top:
            return
        round_by = (bottom - top) / 2 if radius is None else min(radius, (bottom - top) / 2)
        self._draw.rounded_rectangle([*self._at(left, top), *self._at(right, bottom)], round_by * self._scale, fill=colour)

    def outline(self, box: Box, radius: float, colour: Rgb) -> None:
        """A thin rounded frame."""
        corners = [*self._at(box[0], box[1]), *self._at(box[2], box[3])]
        self._draw.rounded_rectangle(corners, radius * self._scale, outline=colour, width=max(1, round(0.0022 * self._scale)))

    def dot(self, x: float, y: float, radius: float, colour: Rgb) -> None:
        """A disc."""
        self._draw.ellipse([*self._at(x - radius, y - radius), *self._at(x + radius, y + radius)], fill=colour)

    def line(self, points: list[tuple[float, float]], width: float, colour: Rgb) -> None:
        """A line."""
        self._draw.line([self._at(*p) for p in points], fill=colour, width=max(1, round(width * self._scale)), joint="curve")

    def polygon(self, points: list[tuple[float, float]], colour: Rgb) -> None:
        """A filled polygon."""
        self._draw.polygon([self._at(*p) for p in points], fill=colour)

    def arc(self, x: float, y: float, radius: float, start: float, share: float, width: float, colour: Rgb) -> None:
        """A part of a ring, from the top, clockwise."""
        box = [*self._at(x - radius, y - radius), *self._at(x + radius, y + radius)]
        begin = -90 + start * 360
        self._draw.arc(box, begin, begin + max(0.1, share * 360), fill=colour, width=max(1, round(width * self._scale)))
