"""A city: skylines with lit windows behind one another, a street with traffic, wet at night."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from video_foundry.adapters.models.storyboard.camera import Box, View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix, shifted
from video_foundry.adapters.models.storyboard.pixels import fade
from video_foundry.adapters.models.storyboard.scenes.figures import standing_figure, wears_dress
from video_foundry.adapters.models.storyboard.scenes.windows import House, Windows
from video_foundry.adapters.models.storyboard.stage import Brush, Drawable, Layer, Stage
from video_foundry.adapters.models.storyboard.surfaces import glow, mist, sky, surface

STREET = 0.30
"""Height of the street's far edge."""


def city(stage: Stage) -> list[Drawable]:
    """Sky, three skylines, street, traffic."""
    chance = stage.chance("city")
    sun = (float(chance.uniform(-0.3, 0.3)) * stage.aspect, float(chance.uniform(-0.2, 0.0)))
    parts = sky(stage, horizon=0.2, sun=sun, clouds=0.45)
    tall = min(1.0, 0.72 + 0.16 / stage.aspect)
    for index, (depth, top, near) in enumerate(_SKYLINES):
        parts += _skyline(stage, index, depth, top * tall, near)
        if not stage.palette.cut:
            parts.append(
                mist(
                    stage,
                    f"street {index}",
                    y=0.26,
                    thickness=0.13,
                    depth=depth + 0.05,
                    strength=0.55,
                )
            )
    parts += _street(stage)
    return parts


_SKYLINES = ((0.14, 0.56, 0.10), (0.26, 0.40, 0.36), (0.42, 0.24, 0.66))
"""Depth, greatest height and nearness of each skyline, far to near."""


def _skyline(
    stage: Stage, index: int, depth: float, tallest: float, nearness: float
) -> list[Drawable]:
    chance = stage.chance(f"skyline {index}")
    bounds = stage.spread(depth, STREET - tallest * 1.35 - 0.1, STREET + 0.03)
    houses = _houses(stage, chance, bounds, tallest, 0.045 + 0.022 * index)
    return _built(
        stage, chance, houses, bounds, depth=depth, nearness=nearness, pitch=0.0075 + 0.0022 * index
    )


def _built(
    stage: Stage,
    chance: np.random.Generator,
    houses: list[House],
    bounds: Box,
    *,
    depth: float,
    nearness: float,
    pitch: float,
) -> list[Drawable]:
    """Houses as a layer with lit windows; `pitch` is the distance from window to window."""
    brush = stage.brush(bounds)
    for house in houses:
        for box in house.boxes:
            brush.box(*box)
        _crown(brush, chance, house.boxes[-1])
    layers = surface(stage, brush, depth, nearness, foot=0.7)
    body = layers[-1]
    if isinstance(body, Layer):
        lights = Windows(stage, chance, houses, pitch)
        body.colours = lights.painted(body)
        layers.append(lights.twinkle(depth, stage.palette.layer(nearness)))
    return layers


def _houses(
    stage: Stage, chance: np.random.Generator, bounds: Box, tallest: float, width: float
) -> list[House]:
    """A row of houses, tallest around one place: a city has a heart."""
    houses = []
    x = bounds[0] - 0.02
    heart = float(chance.uniform(-0.25, 0.25)) * stage.aspect
    while x < bounds[2]:
        wide = width * float(chance.uniform(0.65, 1.6))
        middle = math.exp(-(((x - heart) / (0.33 * stage.aspect)) ** 2))
        high = tallest * (0.22 + 0.5 * middle + 0.28 * float(chance.random()) ** 2)
        houses.append(_house(chance, x, wide, STREET - high))
        x += wide + width * max(0.0, float(chance.normal(0.0, 0.18)))
    return houses


def _house(chance: np.random.Generator, x: float, wide: float, top: float) -> House:
    boxes: list[Box] = [(x, top, x + wide, STREET + 0.04)]
    for _ in range(int(chance.integers(0, 3))):
        left, above, right, _ = boxes[-1]
        step = (right - left) * float(chance.uniform(0.1, 0.22))
        rise = wide * float(chance.uniform(0.15, 0.5))
        boxes.append((left + step, above - rise, right - step, above))
    return House(boxes=tuple(boxes))


def _crown(brush: Brush, chance: np.random.Generator, top: Box) -> None:
    """Masts, tanks, sheds and slanted roofs."""
    left, above, right, _ = top
    middle, wide = (left + right) / 2, right - left
    kind = int(chance.integers(0, 7))
    if kind < 2:
        brush.polygon(
            [
                (middle - wide * 0.05, above),
                (middle, above - wide * 1.0),
                (middle + wide * 0.05, above),
            ]
        )
    elif kind == 2:
        brush.box(left + wide * 0.2, above - wide * 0.1, left + wide * 0.5, above)
        brush.line([(right - wide * 0.2, above), (right - wide * 0.2, above - wide * 0.3)], 0.0016)
    elif kind == 3:
        brush.polygon([(left, above), (right, above - wide * 0.3), (right, above)])


def _street(stage: Stage) -> list[Drawable]:
    palette = stage.palette
    parts: list[Drawable] = []
    brush = stage.brush(stage.spread(0.6, STREET - 0.004, 0.62))
    brush.box(*brush.bounds)
    parts += surface(stage, brush, 0.6, 0.84, foot=0.4, shadow=False)
    if not palette.cut and not palette.wash:
        wet = palette.is_dark or stage.brief.weather == "rain"
        tint = palette.near if palette.is_dark else palette.layer(0.8)
        parts.append(Reflection(line=STREET, depth=0.6, tint=tint, share=0.5 if wet else 0.16))
    if palette.is_dark:
        for x in (-0.3, 0.06, 0.36):
            spot = x * stage.aspect
            parts.append(
                glow(stage, (spot, STREET), 0.24, depth=0.5, colour=palette.accent, strength=0.36)
            )
    parts.append(_traffic(stage))
    parts += _canyon(stage)
    parts += _kerb(stage)
    return parts


def _canyon(stage: Stage) -> list[Drawable]:
    """Near houses on both sides that frame the view, with signs."""
    chance = stage.chance("canyon")
    opening = (0.41, 0.35) if chance.random() < 0.5 else (0.36, 0.42)
    parts: list[Drawable] = []
    for side, share in zip((-1, 1), opening, strict=True):
        parts += _frame_side(stage, chance, side, side * share * stage.aspect)
    return parts


def _frame_side(
    stage: Stage, chance: np.random.Generator, side: int, edge: float
) -> list[Drawable]:
    depth, above = 0.8, -0.62 - stage.camera.reach
    end, step = side * (stage.half_width(depth) + 0.02), side * 0.055
    top = float(chance.uniform(-0.34, -0.12))
    tower = (min(edge + step, end), above, max(edge + step, end), 0.44)
    step_house = (min(edge, edge + step), top, max(edge, edge + step), 0.44)
    houses = [House(boxes=(tower,)), House(boxes=(step_house,))]
    brush = stage.brush((min(edge, end), above, max(edge, end), 0.46))
    for house in houses:
        brush.box(*house.boxes[0])
    parts = surface(stage, brush, depth, 0.95, foot=0.1)
    body = parts[-1]
    if isinstance(body, Layer):
        lights = Windows(stage, chance, houses, 0.021)
        lights.panes = [pane for pane in lights.panes if chance.random() < 0.55]
        body.colours = lights.painted(body)
    if stage.palette.is_dark:
        parts += _sign(stage, chance, edge, side, depth)
    return parts


def _sign(
    stage: Stage, chance: np.random.Generator, edge: float, side: int, depth: float
) -> list[Drawable]:
    """An upright sign with letters too far away to read, and its light."""
    x = edge - side * 0.022
    top, tall = float(chance.uniform(-0.10, 0.0)), float(chance.uniform(0.15, 0.22))
    colour = stage.palette.accent if side < 0 else stage.palette.second
    brush = stage.brush((x - 0.03, top - 0.01, x + 0.03, top + tall + 0.01))
    brush.frame((x - 0.018, top, x + 0.018, top + tall), 0.006, 0.003)
    rows = round(tall / 0.033)
    for row in range(rows):
        y = top + 0.012 + row * (tall - 0.02) / rows
        for _ in range(3):
            dx, dy = float(chance.uniform(-0.009, 0.003)), float(chance.uniform(0, 0.014))
            brush.box(x + dx, y + dy, x + dx + 0.008, y + dy + 0.0028)
        brush.box(x - 0.0015, y, x + 0.0015, y + 0.018)
    ink = mix(colour, (255, 255, 255), 0.3)
    return [
        glow(stage, (x, top + tall / 2), 0.21, depth=depth, colour=colour, strength=0.55),
        Layer(mask=brush.mask(), bounds=brush.bounds, depth=depth, colours=fade(ink, colour)),
    ]


def _kerb(stage: Stage) -> list[Drawable]:
    """The near pavement: lamp posts, and whoever stands there."""
    chance = stage.chance("kerb")
    parts: list[Drawable] = []
    for spot in (float(chance.uniform(-0.30, -0.24)), float(chance.uniform(0.24, 0.30))):
        parts += _lamp_post(stage, spot * stage.aspect, -math.copysign(1, spot))
    if stage.brief.shows(*_WALKERS):
        x, tall = float(chance.uniform(0.06, 0.14)) * stage.aspect, 0.27 * stage.unit
        brush = stage.brush((x - tall * 0.3, 0.472 - tall * 1.03, x + tall * 0.3, 0.48))
        standing_figure(brush, x, 0.472, tall, dress=wears_dress(stage))
        parts += surface(stage, brush, 1.0, 1.0, foot=0.0)
    ground = stage.brush(stage.spread(1.0, 0.45, 0.62))
    ground.box(ground.bounds[0], 0.455, *ground.bounds[2:])
    return [*parts, *surface(stage, ground, 1.0, 1.0, foot=0.0)]


def _lamp_post(stage: Stage, x: float, side: float) -> list[Drawable]:
    brush = stage.brush((x - 0.09, 0.04, x + 0.09, 0.48))
    brush.line([(x, 0.5), (x, 0.09)], 0.0045)
    brush.line([(x, 0.09), (x + 0.012 * side, 0.062), (x + 0.05 * side, 0.057)], 0.0045)
    brush.ellipse(x + 0.056 * side, 0.06, 0.018, 0.006)
    parts: list[Drawable] = []
    if stage.palette.is_dark:
        lamp = (x + 0.056 * side, 0.065)
        parts.append(glow(stage, lamp, 0.13, depth=1.0, colour=stage.palette.glow, strength=0.6))
    return [*parts, *surface(stage, brush, 1.0, 1.0, foot=0.0)]


_WALKERS = (
    "man", "woman", "person", "figure", "detective", "girl", "boy", "couple", "people", "crowd",
    "walking", "pedestrian", "samurai", "hero", "dancer", "musician",
)  # fmt: skip


@dataclass(kw_only=True)
class Traffic:
    """Head and tail lights that pass along the street."""

    starts: Floats
    speeds: Floats
    rows: Floats
    half: float
    colours: tuple[Rgb, Rgb]
    length: float
    lights: bool

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint each car: at night two lights with a trail, by day its body."""
        draw = ImageDraw.Draw(frame)
        for start, speed, row in zip(
            self.starts.tolist(), self.speeds.tolist(), self.rows.tolist(), strict=True
        ):
            x = (start + speed * view.seconds + self.half) % (2 * self.half) - self.half
            colour = self.colours[0] if speed > 0 else self.colours[1]
            if not self.lights:
                self._body(draw, view, x, row, colour)
                continue
            for share, width in ((1.0, 0.0016), (0.45, 0.0026), (0.12, 0.0042)):
                tail = x - math.copysign(self.length * share, speed)
                ends = [view.place(tail, row, 0.7), view.place(x, row, 0.7)]
                thick = max(1, round(width * view.height))
                draw.line(ends, fill=mix(colour, (255, 255, 255), 0.6 * (1 - share)), width=thick)

    def _body(
        self, draw: ImageDraw.ImageDraw, view: View, x: float, row: float, colour: Rgb
    ) -> None:
        left, top = view.place(x - 0.028, row - 0.013, 0.7)
        right, low = view.place(x + 0.028, row + 0.004, 0.7)
        tall = low - top
        draw.rounded_rectangle([left, top, right, low], tall * 0.35, fill=colour)
        inset = (right - left) * 0.22
        roof = [left + inset, top - tall * 0.55, right - inset, top + tall * 0.3]
        draw.rounded_rectangle(roof, tall * 0.35, fill=colour)


def _traffic(stage: Stage) -> Traffic:
    chance = stage.chance("traffic")
    count = 14
    way = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)
    base = mix(stage.palette.near, stage.palette.mid, 0.4)
    bright = stage.palette.is_dark
    return Traffic(
        starts=chance.uniform(-1.5, 1.5, count),
        speeds=way * chance.uniform(0.13, 0.3, count),
        rows=np.where(way > 0, 0.385, 0.355) + chance.normal(0, 0.002, count),
        half=stage.half_width(0.8) + 0.2,
        colours=(
            mix(stage.palette.glow, stage.palette.accent, 0.4) if bright else base,
            shifted((225, 60, 50), light=0.95) if bright else base,
        ),
        length=0.1,
        lights=bright,
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
        source = source.transpose(Image.Transpose.FLIP_TOP_BOTTOM).filter(
            ImageFilter.BoxBlur((2, 7))
        )
        mirrored = source.resize((view.width, height), Image.Resampling.BILINEAR)
        dark = Image.new("RGB", mirrored.size, self.tint)
        frame.paste(Image.blend(dark, mirrored, self.share), (0, top))
