"""How a shape is finished in each style: haze at its foot, ink wash, paper sheet, lit edge.

Also the sky, which most scenes share. Shapes themselves belong to the scenes.
"""

import math

import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from video_foundry.adapters.models.storyboard.camera import Box, View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix, ramp, shifted
from video_foundry.adapters.models.storyboard.pixels import (
    Grid,
    blended,
    dithered,
    fade,
    grey,
    lit,
    noise,
    picture,
    smooth,
)
from video_foundry.adapters.models.storyboard.stage import (
    DENSITY,
    Backdrop,
    Brush,
    Dots,
    Drawable,
    Layer,
    Stage,
)


class Shadow:
    """The soft shadow that a sheet of paper throws on what lies behind it."""

    def __init__(self, layer: Layer, height: int, strength: float = 0.42) -> None:
        room = max(4, round(height * 0.008))
        small = ImageOps.expand(layer.mask.reduce(4), room)
        blurred = small.filter(ImageFilter.GaussianBlur(height * 0.008 / 4))
        left, top, right, bottom = layer.bounds
        side = room * 4 * (right - left) / layer.mask.width
        drop = 0.008
        self._layer = Layer(
            mask=blurred.point([round(v * strength) for v in range(256)]),
            bounds=(
                left - side - drop * 0.6,
                top - side - drop,
                right + side - drop * 0.6,
                bottom + side - drop,
            ),
            depth=layer.depth,
            colours=fade((20, 16, 28), (20, 16, 28), 2),
            motion=layer.motion,
        )

    def draw(self, frame: Image.Image, view: View) -> None:
        """Darken what is there."""
        self._layer.draw(frame, view)


def surface(
    stage: Stage,
    brush: Brush,
    depth: float,
    nearness: float,
    *,
    colour: Rgb | None = None,
    foot: float = 0.5,
    blur: float = 0.0,
    shadow: bool = True,
) -> list[Drawable]:
    """The layer of a drawn shape, finished as the style asks.

    colour: instead of the palette's for that nearness. foot: how much haze lies at its foot.
    """
    palette = stage.palette
    body = colour or palette.layer(nearness)
    mask = brush.mask(blur)
    if palette.wash and not blur:
        colours = fade(body, mix(body, palette.sky[3], 0.72))
    elif palette.cut:
        colours = fade(body, shifted(body, light=0.93))
    else:
        colours = fade(
            body, mix(body, mix(palette.haze, palette.sky[3], 0.35), foot * (1 - nearness * 0.8))
        )
    layer = Layer(mask=mask, bounds=brush.bounds, depth=depth, colours=colours)
    if palette.cut and shadow and not blur:
        light = mix(body, (255, 255, 255), 0.5)
        rim_lit(stage, layer, light, 0.45, soft=0.0)
        return [Shadow(layer, stage.height, 0.16 + 0.26 * nearness), layer]
    if palette.rim and not blur:
        rim_lit(stage, layer, palette.rim, 0.35 + 0.65 * nearness)
    return [layer]


def rim_lit(stage: Stage, layer: Layer, colour: Rgb, strength: float, *, soft: float = 1.2) -> None:
    """Light the upper edge of a layer that would be lost before a dark ground."""
    if not isinstance(layer.colours, Image.Image):
        layer.colours = _rimmed(
            layer.colours, layer.mask, colour, stage.height, strength=strength, soft=soft
        )


def _rimmed(
    colours: Floats, mask: Image.Image, rim: Rgb, height: int, *, strength: float, soft: float
) -> Image.Image:
    """A fill whose upper edge is lit."""
    count = len(colours)
    rows = np.linspace(0, count - 1, mask.height).round().astype(np.intp)
    fill = np.repeat(colours[rows][:, None, :], mask.width, axis=1)
    line = max(1, round(height / 360))
    edge = ImageChops.subtract(mask, ImageChops.offset(mask, 0, line))
    light = np.asarray(edge, np.float32) / 255
    if soft:
        halo = edge.filter(ImageFilter.GaussianBlur(height / 90))
        light = light + np.asarray(halo, np.float32) / 255 * soft
    return picture(np.clip(lit(fill, rim, light * strength), 0, 255))


def sky(
    stage: Stage,
    *,
    horizon: float = 0.12,
    sun: tuple[float, float] | None = None,
    size: float = 0.055,
    clouds: float = 0.5,
) -> list[Drawable]:
    """The sky down to the horizon, with sun or moon, stars at night and drifting clouds.

    sun: its place, None for a sky without. clouds: 0 none .. 1 many.
    """
    bounds = stage.spread(0.1, -0.56 - stage.camera.reach * 0.1)
    grid = Grid(bounds, stage.height * DENSITY)
    end = (horizon - bounds[1]) / (bounds[3] - bounds[1])
    one, two, three, four = stage.palette.sky
    pixels = grid.rows(
        [(0, one), (end * 0.42, two), (end * 0.8, three), (end, four), (1, stage.palette.haze)]
    )
    if sun is not None:
        pixels = _with_sun(stage, grid, pixels, sun, size)
    backdrop = Backdrop(image=dithered(pixels, stage.chance("sky-grain")), bounds=bounds, depth=0.1)
    parts: list[Drawable] = [backdrop]
    flat = stage.palette.wash or stage.palette.cut
    if stage.palette.is_dark and not flat and stage.brief.weather == "clear":
        parts.append(stars(stage, horizon))
    if stage.brief.shows("aurora", "borealis"):
        parts.append(Aurora(stage, horizon))
    elif clouds:
        parts.append(_clouds(stage, horizon, clouds))
    return parts


def _with_sun(
    stage: Stage, grid: Grid, pixels: Floats, sun: tuple[float, float], size: float
) -> Floats:
    palette = stage.palette
    distance = grid.distance(*sun)
    disc = smooth(size + 1.2 / stage.height, size - 1.2 / stage.height, distance)
    if palette.wash or palette.cut:
        glow = palette.glow if palette.wash else mix(palette.glow, palette.accent, 0.35)
        if palette.cut:
            for ring in (3.4, 2.2):
                halo = smooth(size * ring + 0.002, size * ring - 0.002, distance)
                pixels = lit(pixels, glow, halo * 0.16)
        return blended(pixels, glow, disc * (0.86 if palette.wash else 1.0))
    dim = 0.35 if stage.brief.weather in ("rain", "fog") or stage.brief.light == "storm" else 1.0
    is_moon = stage.brief.light in ("night", "storm")
    wide = np.exp(-distance * (5.5 if is_moon else 3.2)) * (0.42 if is_moon else 0.62)
    tight = np.exp(-distance / size * 0.9) * 0.7
    pixels = lit(pixels, palette.glow, (wide + tight) * dim)
    if is_moon:
        disc = disc * _moon_marks(stage, grid)
    return blended(
        pixels, mix(palette.glow, (255, 255, 255), 0.45), disc * (0.95 if dim == 1 else 0.4)
    )


def _moon_marks(stage: Stage, grid: Grid) -> Floats:
    marks = noise(stage.chance("moon"), grid.size, (34 * stage.aspect, 34), 3)
    return 1 - 0.16 * smooth(0.5, 0.62, marks)


def _clouds(stage: Stage, horizon: float, amount: float) -> Layer:
    """Long, lit banks of cloud that drift."""
    chance = stage.chance("clouds")
    drift = float(chance.choice([-1, 1])) * 0.006
    seconds = stage.camera.frames / 24
    half = stage.half_width(0.12) + abs(drift) * seconds
    bounds = (-half, -0.6, half, horizon)
    grid = Grid(bounds, stage.height / 2)
    across = (bounds[2] - bounds[0]) * 1.5
    cover = noise(chance, grid.size, (across, 5.5), 3 if stage.palette.cut else 5)
    wisps = noise(chance, grid.size, (across * 2.2, 16), 3)
    height = (grid.y - bounds[1]) / (bounds[3] - bounds[1])
    band = np.clip(np.sin(np.clip(height, 0, 1) * math.pi), 0, 1) ** 0.7
    low = 0.66 - 0.2 * amount
    palette = stage.palette
    body = smooth(low, low + 0.2, cover * 0.8 + wisps * 0.2) * band
    if palette.cut:
        body = smooth(low + 0.06, low + 0.075, cover) * smooth(0, 0.12, band)
    light = (
        mix(palette.glow, palette.sky[3], 0.4)
        if not palette.is_dark
        else mix(palette.sky[2], palette.glow, 0.18)
    )
    if palette.wash:
        light = mix(palette.sky[3], palette.mid, 0.35)
    return Layer(
        mask=grey(body * (0.34 if palette.wash else 0.75 if palette.cut else 0.6)),
        bounds=bounds,
        depth=0.12,
        colours=fade(mix(light, palette.sky[1], 0.35), mix(light, palette.sky[3], 0.4)),
        motion=lambda t: (drift * t, 0.0),
    )


class Aurora:
    """Curtains of northern light that fold and wander."""

    def __init__(self, stage: Stage, horizon: float) -> None:
        chance = stage.chance("aurora")
        self.size = (stage.width // 5, max(8, round(stage.height * (horizon + 0.5) / 5)))
        self.whole = (stage.width, round(stage.height * (horizon + 0.5)))
        self.x = np.linspace(-1, 1, self.size[0], dtype=np.float32)[None, :] * stage.aspect
        self.y = np.linspace(0, 1, self.size[1], dtype=np.float32)[:, None]
        self.rays = noise(chance, (2048, 4), (150, 1), 3)[1]
        self.phase = float(chance.uniform(0, 6.3))
        low, high = (96, 255, 178), (150, 92, 255)
        rows = ramp([(0, high), (0.55, mix(high, low, 0.65)), (1, low)], self.whole[1])
        wide = np.broadcast_to(rows[:, None, :], (self.whole[1], self.whole[0], 3))
        self.light = picture(wide)

    def draw(self, frame: Image.Image, view: View) -> None:
        """Lay this moment's curtains over the sky."""
        total = np.zeros((self.size[1], self.size[0]), np.float32)
        for index, (foot, pace) in enumerate(((0.62, 0.22), (0.78, -0.16), (0.5, 0.12))):
            bend = np.sin(
                self.x * (1.6 + index * 0.7) + view.seconds * pace * 2 + self.phase * index
            )
            line = foot + 0.12 * bend + 0.04 * np.sin(self.x * 6 + view.seconds * 0.6)
            column = (self.x * 190 + bend * 60 + view.seconds * 26 * pace + index * 600) % 2048
            ray = 0.35 + 0.9 * self.rays[column.astype(np.intp)]
            above = line - self.y
            body = np.exp(-np.clip(above, 0, 1) * 4.2) * smooth(-0.05, 0.02, above)
            total = np.maximum(total, body * ray * (0.75 - 0.18 * index))
        mask = grey(total * 0.72).resize(self.whole, Image.Resampling.BICUBIC)
        frame.paste(self.light, (0, 0), mask)


def stars(stage: Stage, horizon: float, count: int = 130) -> Dots:
    """Twinkling stars above the horizon."""
    chance = stage.chance("stars")
    half = stage.half_width(0.1)
    places = np.stack(
        [chance.uniform(-half, half, count), -0.58 + (horizon + 0.5) * chance.random(count) ** 1.3],
        axis=1,
    ).astype(np.float32)
    radii = (0.0011 + 0.0021 * chance.random(count) ** 4).astype(np.float32)
    phase, speed = chance.uniform(0, 6.3, count), chance.uniform(0.6, 2.4, count)
    height = np.clip((horizon - places[:, 1]) / 0.5, 0, 1)

    def move(seconds: float) -> tuple[Floats, Floats]:
        shine = 0.62 + 0.38 * np.sin(phase + speed * seconds)
        return places, (shine * height).astype(np.float32)

    return Dots(radii=radii, colour=(240, 244, 255), depth=0.1, move=move)


def mist(
    stage: Stage, name: str, *, y: float, thickness: float, depth: float, strength: float
) -> Layer:
    """A drifting bank of haze around a height."""
    chance = stage.chance(f"mist {name}")
    speed = float(chance.uniform(0.008, 0.02)) * float(chance.choice([-1, 1])) * (0.5 + depth)
    seconds = stage.camera.frames / 24
    half = stage.half_width(depth) + abs(speed) * seconds
    bounds = (-half, y - thickness, half, y + thickness)
    grid = Grid(bounds, stage.height / 4)
    body = noise(chance, grid.size, ((bounds[2] - bounds[0]) * 1.8, 2.2), 4)
    across = 1 - np.abs(grid.y - y) / thickness
    colour = mix(stage.palette.haze, stage.palette.sky[3], 0.55)
    if stage.palette.wash:
        colour = stage.palette.sky[3]
    return Layer(
        mask=grey(smooth(0.18, 0.8, body) * smooth(0, 0.9, across) * strength),
        bounds=bounds,
        depth=depth,
        colours=fade(colour, colour, 2),
        motion=lambda t: (speed * (t - seconds / 2), 0.0),
    )


def glow(
    stage: Stage,
    place: tuple[float, float],
    radius: float,
    *,
    depth: float,
    colour: Rgb,
    strength: float,
) -> Layer:
    """A soft round light."""
    x, y = place
    bounds: Box = (x - radius, y - radius, x + radius, y + radius)
    grid = Grid(bounds, max(24 / radius / 2, stage.height / 8))
    part = np.clip(1 - grid.distance(x, y) / radius, 0, 1)
    return Layer(
        mask=grey(part**2.2 * strength), bounds=bounds, depth=depth, colours=fade(colour, colour, 2)
    )
