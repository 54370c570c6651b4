"""Space: nebula, stars in depth, a lit planet that turns, perhaps a ring, a moon, a craft."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix, ramp, shifted
from video_foundry.adapters.models.storyboard.pixels import (
    Grid,
    dithered,
    fade,
    grey,
    lit,
    noise,
    picture,
    smooth,
)
from video_foundry.adapters.models.storyboard.stage import (
    Backdrop,
    Brush,
    Dots,
    Drawable,
    Layer,
    Stage,
)
from video_foundry.adapters.models.storyboard.surfaces import glow, rim_lit, surface


def space(stage: Stage) -> list[Drawable]:
    """Nebula and stars, the planet with its light, whoever travels there."""
    chance = stage.chance("space")
    side = float(chance.choice([-1, 1]))
    radius = float(chance.uniform(0.26, 0.34)) * stage.unit
    place = (side * 0.2 * stage.aspect, float(chance.uniform(-0.02, 0.12)))
    if stage.brief.size in ("close", "aerial") or stage.brief.shows(
        "orbit", "station", "satellite"
    ):
        radius, place = 0.78 * stage.unit, (side * 0.16 * stage.aspect, 0.72 * stage.unit)
    parts: list[Drawable] = [
        _nebula(stage),
        _stars(stage, "far", 190, 0.06),
        _stars(stage, "near", 46, 0.3),
    ]
    sun = (-side * 0.42 * stage.aspect, -0.34)
    for reach, strength in ((0.42, 0.32), (0.16, 0.6), (0.045, 1.0)):
        parts.append(
            glow(stage, sun, reach, depth=0.04, colour=stage.palette.glow, strength=strength)
        )
    planet = Planet(stage, place, radius, (-side * 0.72, -0.52))
    ringed = stage.brief.shows("saturn", "ring", "ringed") or bool(
        chance.random() < 0.4 and radius < 0.5
    )
    if ringed:
        parts += [
            _ring(stage, place, radius, back=True),
            planet,
            _ring(stage, place, radius, back=False),
        ]
    else:
        parts.append(planet)
    small = (-side * 0.24 * stage.aspect, -0.2)
    parts.append(
        Planet(stage, small, 0.045 * stage.unit, (-side * 0.72, -0.52), depth=0.42, rocky=True)
    )
    parts += _traveller(stage, side)
    return parts


def _nebula(stage: Stage) -> Backdrop:
    palette, chance = stage.palette, stage.chance("nebula")
    bounds = stage.spread(0.05, -0.6)
    grid = Grid(bounds, stage.height)
    deep = mix(palette.sky[0], (3, 5, 14), 0.62) if not palette.wash else palette.sky[3]
    pixels = grid.rows([(0, deep), (1, mix(deep, palette.sky[1], 0.45))])
    size = (6 * stage.aspect * 0.5, 3.2)
    big, fine = noise(chance, grid.size, size, 6), noise(chance, grid.size, size, 6)
    slant = 1 - np.clip(np.abs(grid.y + grid.x * 0.32 + (fine - 0.5) * 0.5) * 1.9, 0, 1)
    cloud = smooth(0.4, 0.85, big) * slant
    if palette.wash:
        return Backdrop(
            image=dithered(pixels - cloud[..., None] * 70, chance), bounds=bounds, depth=0.05
        )
    pixels = lit(pixels, mix(palette.sky[2], palette.accent, 0.12), cloud * 0.75)
    pixels = lit(
        pixels, mix(palette.sky[3], palette.second, 0.35), smooth(0.55, 0.95, fine) * slant * 0.6
    )
    dust = smooth(0.5, 0.72, noise(chance, grid.size, (9, 6), 5)) * slant * 0.5
    pixels = pixels * (1 - dust[..., None])
    return Backdrop(image=dithered(pixels, chance), bounds=bounds, depth=0.05)


def _stars(stage: Stage, name: str, count: int, depth: float) -> Dots:
    chance = stage.chance(f"stars {name}")
    half = stage.half_width(depth)
    places = np.stack(
        [chance.uniform(-half, half, count), chance.uniform(-0.58, 0.58, count)], axis=1
    )
    phase = chance.uniform(0, 6.3, count)
    drift = np.array([-0.012, 0.002]) * depth * 6
    own = 0.35 + 0.65 * chance.random(count)

    def move(seconds: float) -> tuple[Floats, Floats]:
        shine = own * (0.75 + 0.25 * np.sin(phase + seconds * 1.7))
        return (places + drift * seconds).astype(np.float32), shine.astype(np.float32)

    radii = 0.0011 + (0.0018 + 0.0022 * depth) * chance.random(count) ** 5
    colour = (238, 243, 255) if not stage.palette.wash else stage.palette.mid
    return Dots(radii=radii.astype(np.float32), colour=colour, depth=depth, move=move)


class Planet:
    """A sphere lit from one side, its surface turning."""

    def __init__(
        self, stage: Stage, place: tuple[float, float], radius: float, light: tuple[float, float],
        *, depth: float = 0.34, rocky: bool = False,
    ) -> None:  # fmt: skip
        chance = stage.chance(f"planet {radius:.2f}")
        # A planet that fills the frame is soft enough to be drawn smaller than it is shown.
        half = max(6, round(min(radius * stage.height * 1.08, 0.52 * stage.height)))
        axis = np.linspace(-1.14, 1.14, half * 2, dtype=np.float32)
        x, y = axis[None, :], axis[:, None]
        inside = 1 - x * x - y * y
        z = np.sqrt(np.clip(inside, 0, 1))
        length = math.sqrt(light[0] ** 2 + light[1] ** 2 + 0.25)
        towards = (x * light[0] + y * light[1] + z * 0.5) / length
        self._shade = (smooth(-0.12, 0.95, towards) * 0.97 + 0.03)[..., None]
        self._surface, self._turn = self._texture(stage, chance, half, rocky), 0.02 * half
        self._edge = (
            stage.palette.accent
            if stage.palette.rim
            else mix(stage.palette.sky[3], (190, 220, 255), 0.5)
        )
        rim = np.exp(-np.abs(np.sqrt(x * x + y * y) - 1) * 26) * np.clip(towards + 0.25, 0, 1)
        self._rim = rim * (0.25 if rocky else 0.8)
        body = smooth(-2.4 / half, 2.4 / half, inside)
        air = np.exp(-np.clip(np.sqrt(x * x + y * y) - 1, 0, 1) * 30) * np.clip(
            towards + 0.35, 0, 1
        )
        bulge = np.arcsin(np.clip(x / np.sqrt(np.clip(1 - y * y, 1e-3, 1)), -1, 1)) / math.pi
        self._columns = (bulge + 0.5) * (self._surface.shape[1] / 2 - 1)
        self._rows = (
            (np.arcsin(np.clip(y, -1, 1)) / math.pi + 0.5) * (self._surface.shape[0] - 1)
        ).astype(np.intp)
        self._step = 0
        reach = radius * 1.14
        self._layer = Layer(
            mask=grey(np.maximum(body, air * (0.0 if rocky else 0.55))),
            bounds=(place[0] - reach, place[1] - reach, place[0] + reach, place[1] + reach),
            depth=depth,
            colours=self._turned(0),
        )

    @staticmethod
    def _texture(stage: Stage, chance: np.random.Generator, half: int, rocky: bool) -> Floats:
        palette = stage.palette
        size = (half * 4, half * 2)
        warp = noise(chance, size, (7, 5), 4)
        rows = np.linspace(0, 1, size[1], dtype=np.float32)[:, None]
        bands = noise(chance, (4, 1024), (1, 9), 4)[:, 1]
        if rocky or stage.brief.shows("earth", "mars"):
            value = smooth(0.3, 0.7, warp)
        else:
            value = bands[np.clip((rows + (warp - 0.5) * 0.09) * 1023, 0, 1023).astype(np.intp)]
            value = smooth(0.2, 0.8, value)
        one, two = mix(palette.haze, palette.sky[2], 0.4), mix(palette.sky[3], palette.glow, 0.3)
        if rocky:
            one, two = shifted(palette.haze, chroma=0.4), shifted(palette.sky[3], chroma=0.3)
        elif stage.brief.shows("earth"):
            one, two = (28, 78, 142), (196, 214, 208)
        elif stage.brief.shows("mars"):
            one, two = (128, 58, 36), (222, 140, 92)
        table = ramp(
            [
                (0, shifted(one, light=0.7)),
                (0.45, one),
                (0.8, two),
                (1, mix(two, (255, 255, 255), 0.3)),
            ],
            256,
        )
        rolled = np.concatenate([value, value[:, ::-1]], axis=1)[:, : size[0]]
        found: Floats = table[np.clip(rolled * 255, 0, 255).astype(np.intp)]
        return found

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint the sphere where the camera sees it."""
        step = int(view.seconds * self._turn)
        if step != self._step:
            self._step = step
            self._layer.repaint(self._turned(step))
        self._layer.draw(frame, view)

    def _turned(self, step: int) -> Image.Image:
        columns = (self._columns + step).astype(np.intp) % self._surface.shape[1]
        pixels = self._surface[self._rows, columns] * self._shade
        return picture(np.clip(lit(pixels, self._edge, self._rim), 0, 255))


def _ring(stage: Stage, place: tuple[float, float], radius: float, *, back: bool) -> Layer:
    reach = radius * 2.3
    x, y = place
    bounds = (x - reach, y - reach * 0.5, x + reach, y + reach * 0.5)
    grid = Grid(bounds, stage.height)
    tilt = 0.22
    dx, dy = (grid.x - x) / radius, (grid.y - y - (grid.x - x) * 0.16) / radius / tilt
    far = np.sqrt(dx * dx + dy * dy)
    grain = noise(stage.chance("ring"), (600, 4), (34, 1), 3)[1]
    stripes = grain[np.clip((far - 1.2) * 600, 0, 599).astype(np.intp)]
    body = smooth(1.3, 1.36, far) * smooth(2.15, 2.05, far) * (0.15 + 0.75 * stripes)
    half = dy < 0 if back else dy >= 0
    colour = mix(stage.palette.sky[3], stage.palette.glow, 0.4)
    return Layer(mask=grey(body * half), bounds=bounds, depth=0.34, colours=fade(colour, colour, 2))


@dataclass(kw_only=True)
class Engine:
    """The flickering light behind a craft."""

    x: float
    y: float
    colour: Rgb
    layer: Layer

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint it, a little brighter or darker each moment."""
        self.layer.opacity = 0.8 + 0.2 * math.sin(view.seconds * 21) * math.sin(view.seconds * 7.3)
        self.layer.draw(frame, view)


def _traveller(stage: Stage, side: float) -> list[Drawable]:
    """An astronaut or a craft, drifting."""
    size = 0.12 * stage.unit
    x, y = -side * 0.12 * stage.aspect, 0.10
    brush = stage.brush((x - size * 1.6, y - size * 1.6, x + size * 1.6, y + size * 1.6))
    dark = mix(stage.palette.near, stage.palette.haze, 0.35)
    if stage.brief.shows("astronaut", "spacewalk", "cosmonaut"):
        _astronaut(brush, x, y, size, -side)
        extra: list[Drawable] = []
    elif stage.brief.shows(
        "spaceship", "spacecraft", "rocket", "ship", "station", "satellite", "fleet"
    ):
        _craft(brush, x, y, size, -side)
        layer = glow(
            stage,
            (x + side * size * 1.12, y),
            size * 0.55,
            depth=0.85,
            colour=stage.palette.accent,
            strength=0.95,
        )
        extra = [Engine(x=x, y=y, colour=stage.palette.accent, layer=layer)]
    else:
        return []
    layers = surface(stage, brush, 0.85, 0.9, colour=dark, foot=0)
    speed = -side * 0.014
    body = layers[-1]
    if isinstance(body, Layer) and not stage.palette.wash:
        rim_lit(stage, body, stage.palette.rim or stage.palette.glow, 0.75)
    for layer_ in [*layers, *(e.layer for e in extra if isinstance(e, Engine))]:
        if isinstance(layer_, Layer):
            layer_.motion = lambda t: (speed * t, 0.008 * math.sin(t * 0.9))
    return [*extra, *layers]


def _astronaut(brush: Brush, x: float, y: float, size: float, side: float) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * size * side, y + dy * size

    limb = size * 0.17
    brush.rounded((*at(-0.34 if side > 0 else 0.34, -0.5), *at(0.0, 0.16)), size * 0.08)
    brush.rounded((x - size * 0.26, y - size * 0.44, x + size * 0.26, y + size * 0.3), size * 0.14)
    brush.ellipse(*at(0.05, -0.66), size * 0.27, size * 0.27)
    brush.line([at(0.18, -0.3), at(0.5, -0.12), at(0.74, -0.34)], limb)
    brush.line([at(-0.18, -0.3), at(-0.46, 0.02), at(-0.42, 0.3)], limb)
    brush.line([at(0.12, 0.22), at(0.26, 0.6), at(0.14, 0.98)], limb * 1.15)
    brush.line([at(-0.12, 0.22), at(-0.2, 0.62), at(-0.5, 0.86)], limb * 1.15)


def _craft(brush: Brush, x: float, y: float, size: float, side: float) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * size * side, y + dy * size

    brush.polygon(
        [
            at(-1.05, -0.11),
            at(-0.2, -0.17),
            at(0.7, -0.07),
            at(1.3, 0.02),
            at(0.7, 0.1),
            at(-0.2, 0.17),
            at(-1.05, 0.12),
        ]
    )
    brush.polygon([at(-0.85, -0.1), at(-1.15, -0.48), at(-0.9, -0.5), at(-0.25, -0.14)])
    brush.polygon([at(-0.7, 0.1), at(-0.95, 0.38), at(-0.75, 0.4), at(-0.15, 0.13)])
    brush.polygon([at(0.25, -0.1), at(0.42, -0.2), at(0.66, -0.17), at(0.8, -0.05)])
