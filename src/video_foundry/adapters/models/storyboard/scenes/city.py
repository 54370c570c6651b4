"""A city: skylines behind one another with lit windows, a street with traffic, wet ground at night."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from video_foundry.adapters.models.storyboard.camera import Box, View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix, shifted
from video_foundry.adapters.models.storyboard.scenes.figures import standing_figure
from video_foundry.adapters.models.storyboard.stage import Brush, Drawable, Layer, Stage, picture
from video_foundry.adapters.models.storyboard.surfaces import glow, mist, sky, surface

STREET = 0.33
"""Height of the street's far edge."""


@dataclass(frozen=True, kw_only=True)
class House:
    """One building as boxes (left, top, right, bottom) from the widest up, in scene units."""

    boxes: tuple[Box, ...]


def city(stage: Stage) -> list[Drawable]:
    """Sky, three skylines, street, traffic."""
    chance = stage.chance("city")
    sun = (float(chance.uniform(-0.3, 0.3)) * stage.aspect, float(chance.uniform(-0.2, 0.0)))
    parts = sky(stage, horizon=0.2, sun=sun, clouds=0.45)
    tall = min(1.0, 0.72 + 0.16 / stage.aspect)
    for index, (depth, top, near) in enumerate(((0.16, 0.26, 0.12), (0.3, 0.36, 0.42), (0.5, 0.46, 0.74))):
        parts += _skyline(stage, index, depth, top * tall, near)
        if index < 2 and not stage.palette.cut:
            parts.append(mist(stage, f"street {index}", 0.27, 0.12, depth + 0.05, 0.55))
    parts += _street(stage)
    return parts


def _skyline(stage: Stage, index: int, depth: float, tallest: float, nearness: float) -> list[Drawable]:
    chance = stage.chance(f"skyline {index}")
    bounds = stage.spread(depth, STREET - tallest - 0.12, STREET + 0.04)
    houses = _houses(stage, chance, bounds, tallest, 0.05 + 0.055 * index)
    brush = stage.brush(bounds)
    for house in houses:
        for box in house.boxes:
            brush.box(*box)
        _crown(brush, chance, house.boxes[-1])
    layers = surface(stage, brush, depth, nearness, foot=0.7)
    body = layers[-1]
    if isinstance(body, Layer):
        lights = _Windows(stage, chance, houses, index)
        body.colours = lights.painted(body)
        layers.append(lights.twinkle(depth, stage.palette.layer(nearness)))
    return layers


def _houses(
    stage: Stage, chance: np.random.Generator, bounds: Box, tallest: float, width: float
) -> list[House]:
    houses = []
    x = bounds[0] - 0.02
    bump = float(chance.uniform(-0.3, 0.3)) * stage.aspect
    while x < bounds[2]:
        wide = width * float(chance.uniform(0.7, 1.7))
        middle = math.exp(-(((x - bump) / (0.5 * stage.aspect)) ** 2))
        high = tallest * (0.28 + 0.45 * middle + 0.3 * float(chance.random()) ** 2)
        houses.append(_house(chance, x, wide, STREET - high))
        x += wide + width * max(0.0, float(chance.normal(0.05, 0.2)))
    return houses


def _house(chance: np.random.Generator, x: float, wide: float, top: float) -> House:
    boxes: list[Box] = [(x, top, x + wide, STREET + 0.04)]
    step = wide * 0.16
    for _ in range(int(chance.integers(0, 3))):
        left, above, right, _ = boxes[-1]
        if right - left < wide * 0.45:
            break
        boxes.append((left + step, above - wide * float(chance.uniform(0.2, 0.6)), right - step, above))
    return House(boxes=tuple(boxes))


def _crown(brush: Brush, chance: np.random.Generator, top: Box) -> None:
    """Masts, tanks and pitched roofs."""
    left, above, right, _ = top
    middle, wide = (left + right) / 2, right - left
    kind = int(chance.integers(0, 6))
    if kind == 0:
        brush.line([(middle, above), (middle, above - wide * 0.9)], wide * 0.045)
    elif kind == 1:
        brush.box(left + wide * 0.2, above - wide * 0.12, left + wide * 0.5, above)
    elif kind == 2:
        brush.polygon([(left, above), (right, above - wide * 0.35), (right, above)])
    elif kind == 3:
        brush.polygon([(left + wide * 0.1, above), (middle, above - wide * 0.6), (right - wide * 0.1, above)])


class _Windows:
    """The lit windows of one skyline."""

    def __init__(self, stage: Stage, chance: np.random.Generator, houses: list[House], index: int) -> None:
        self.stage = stage
        self.index = index
        palette = stage.palette
        night = palette.is_dark
        self.share = (0.46 if night else 0.1) if not palette.wash else 0.1
        warm, cool = palette.accent, palette.second
        self.colours: list[Rgb] = [
            mix(warm, (255, 255, 255), 0.15), warm, mix(warm, palette.layer(0.5), 0.45),
            mix(warm, palette.layer(0.5), 0.7), mix(cool, warm, 0.3),
        ]  # fmt: skip
        self.panes: list[tuple[Box, Rgb]] = []
        for house in houses:
            self._fit(chance, house.boxes[0])

    def _fit(self, chance: np.random.Generator, box: Box) -> None:
        left, top, right, bottom = box
        pitch = 0.0105 + 0.0045 * self.index
        columns = max(1, int((right - left - pitch * 0.6) / pitch))
        rows = int((bottom - top - pitch) / (pitch * 1.5))
        start = left + (right - left - columns * pitch) / 2
        lively = float(chance.uniform(0.35, 1.5))
        lit = chance.random((rows, columns)) < self.share * lively
        floors = chance.random(rows) < 0.06
        for row, column in np.argwhere(lit | floors[:, None]).tolist():
            x, y = start + column * pitch, top + pitch + row * pitch * 1.5
            colour = self.colours[int(chance.integers(0, len(self.colours)))]
            self.panes.append(((x + pitch * 0.2, y, x + pitch * 0.8, y + pitch * 0.85), colour))

    def painted(self, body: Layer) -> Image.Image:
        """The layer's fill with its windows."""
        if isinstance(body.colours, Image.Image):
            image = body.colours
        else:
            rows = np.linspace(0, len(body.colours) - 1, body.mask.height).round().astype(np.intp)
            image = picture(np.repeat(body.colours[rows][:, None, :], body.mask.width, axis=1))
        draw = ImageDraw.Draw(image)
        scale = body.mask.width / (body.bounds[2] - body.bounds[0])
        for (left, top, right, bottom), colour in self.panes:
            x, y = (left - body.bounds[0]) * scale, (top - body.bounds[1]) * scale
            size = (max(1.0, (right - left) * scale - 1), max(1.0, (bottom - top) * scale - 1))
            draw.rectangle([x, y, x + size[0], y + size[1]], fill=colour)
        return image

    def twinkle(self, depth: float, dark: Rgb) -> "Twinkle":
        """The few windows that go out during the shot."""
        chance = self.stage.chance(f"twinkle {self.index}")
        count = min(len(self.panes), 26)
        chosen = chance.choice(len(self.panes), count, replace=False) if count else []
        return Twinkle(
            panes=[self.panes[int(i)][0] for i in chosen],
            switches=chance.uniform(0, max(4.0, self.stage.camera.frames / 24), len(chosen)),
            dark=mix(dark, self.stage.palette.haze, 0.15),
            depth=depth,
        )


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


def _street(stage: Stage) -> list[Drawable]:
    palette = stage.palette
    parts: list[Drawable] = []
    wet = palette.is_dark and not palette.cut
    brush = stage.brush(stage.spread(0.7, STREET - 0.004, 0.62))
    brush.box(*brush.bounds)
    parts += surface(stage, brush, 0.7, 0.86, foot=0.35, shadow=False)
    if wet or stage.brief.weather == "rain":
        parts.append(Reflection(line=STREET, depth=0.7, tint=palette.near, share=0.42))
    if palette.is_dark:
        for x in (-0.32, 0.08, 0.4):
            parts.append(glow(stage, x * stage.aspect, STREET, 0.22, 0.62, palette.accent, 0.34))
    parts.append(_traffic(stage))
    parts += _kerb(stage)
    return parts


def _kerb(stage: Stage) -> list[Drawable]:
    """The near pavement: lamp posts, and whoever stands there."""
    chance = stage.chance("kerb")
    bounds = stage.spread(1.0, -0.25, 0.62)
    brush = stage.brush(bounds)
    brush.box(bounds[0], 0.47, bounds[2], 0.7)
    spots = [float(chance.uniform(-0.46, -0.3)), float(chance.uniform(0.3, 0.46))]
    parts: list[Drawable] = []
    for spot in spots:
        x, side = spot * stage.aspect, -math.copysign(1, spot)
        brush.line([(x, 0.5), (x, -0.10), (x + 0.015 * side, -0.135), (x + 0.07 * side, -0.14)], 0.006)
        brush.box(min(x + 0.05 * side, x + 0.1 * side), -0.147, max(x + 0.05 * side, x + 0.1 * side), -0.135)
        if stage.palette.is_dark:
            parts.append(glow(stage, x + 0.075 * side, -0.125, 0.15, 1.0, stage.palette.glow, 0.5))
    if stage.brief.shows("man", "woman", "person", "figure", "detective", "girl", "boy", "couple",
                         "people", "crowd", "walking", "pedestrian", "samurai", "hero"):
        standing_figure(brush, float(chance.uniform(-0.1, 0.1)), 0.485, 0.30 * stage.unit)
    return [*parts, *surface(stage, brush, 1.0, 1.0, foot=0.0)]


@dataclass(kw_only=True)
class Traffic:
    """Head and tail lights that pass along the street."""

    starts: Floats
    speeds: Floats
    rows: Floats
    half: float
    colours: tuple[Rgb, Rgb]
    length: float

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint each car as two lights with a trail."""
        draw = ImageDraw.Draw(frame)
        for start, speed, row in zip(
            self.starts.tolist(), self.speeds.tolist(), self.rows.tolist(), strict=True
        ):
            x = (start + speed * view.seconds + self.half) % (2 * self.half) - self.half
            colour = self.colours[0] if speed > 0 else self.colours[1]
            for share, width in ((1.0, 0.0016), (0.45, 0.0026), (0.12, 0.0042)):
                tail = x - math.copysign(self.length * share, speed)
                ends = [view.place(tail, row, 0.8), view.place(x, row, 0.8)]
                thick = max(1, round(width * view.height))
                draw.line(ends, fill=mix(colour, (255, 255, 255), 0.6 * (1 - share)), width=thick)


def _traffic(stage: Stage) -> Traffic:
    chance = stage.chance("traffic")
    count = 14
    way = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
    base = mix(stage.palette.near, stage.palette.mid, 0.4)
    bright = stage.palette.is_dark
    return Traffic(
        starts=chance.uniform(-1.5, 1.5, count),
        speeds=way * chance.uniform(0.13, 0.3, count),
        rows=np.where(way > 0, 0.402, 0.378) + chance.normal(0, 0.003, count),
        half=stage.half_width(0.8) + 0.2,
        colours=(
            mix(stage.palette.glow, stage.palette.accent, 0.4) if bright else base,
            shifted((225, 60, 50), light=0.95) if bright else base,
        ),
        length=0.1 if bright else 0.05,
    )


@dataclass(kw_only=True)
class Reflection:
    """Wet ground or still water: what is above a line, mirrored, blurred and darkened."""

    line: float
    depth: float
    tint: Rgb
    share: float

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint the mirror image below the line."""
        top = round(view.place(0, self.line, self.depth)[1])
        height = view.height - top
        if height < 8 or top < height:
            return
        source = frame.crop((0, top - height, view.width, top)).reduce(4)
        source = source.transpose(Image.Transpose.FLIP_TOP_BOTTOM).filter(ImageFilter.BoxBlur((2, 7)))
        mirrored = source.resize((view.width, height), Image.Resampling.BILINEAR)
        dark = Image.new("RGB", mirrored.size, self.tint)
        frame.paste(Image.blend(dark, mirrored, self.share), (0, top))
