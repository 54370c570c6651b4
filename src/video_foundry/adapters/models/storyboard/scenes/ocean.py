"""The sea: a horizon with light on the water, waves that roll, and a boat, island or lighthouse."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix, ramp
from video_foundry.adapters.models.storyboard.pixels import Grid, dithered, fade, grey, lit, profile
from video_foundry.adapters.models.storyboard.scenes.figures import birds
from video_foundry.adapters.models.storyboard.stage import Brush, Drawable, Layer, Stage
from video_foundry.adapters.models.storyboard.surfaces import glow, mist, sky, surface

HORIZON = 0.0
COUNT = 900


def ocean(stage: Stage) -> list[Drawable]:
    """Sky, land in the distance, open water, waves."""
    chance = stage.chance("ocean")
    sun = (
        float(chance.uniform(-0.24, 0.24)) * stage.aspect,
        HORIZON - float(chance.uniform(0.05, 0.13)),
    )
    if stage.brief.light in ("day", "night"):
        sun = (sun[0], HORIZON - 0.28)
    parts = sky(stage, horizon=HORIZON + 0.02, sun=sun, clouds=0.65)
    if stage.brief.shows(
        "island", "coast", "coastline", "cliff", "lighthouse", "shore", "lake", "harbour"
    ):
        parts += _headland(stage, -math.copysign(1, sun[0]))
    parts += _water(stage, sun)
    parts.append(mist(stage, "horizon", y=HORIZON, thickness=0.035, depth=0.14, strength=0.5))
    if not stage.brief.shows("lighthouse", "surfer", "beach"):
        parts += _boat(stage, -math.copysign(0.17, sun[0]) * stage.aspect)
    parts += _waves(stage)
    parts.append(_glitter(stage, sun[0]))
    if stage.brief.light not in ("night", "storm"):
        parts.append(birds(stage, -0.22))
    return parts


def _water(stage: Stage, sun: tuple[float, float]) -> list[Drawable]:
    palette = stage.palette
    bounds = stage.spread(0.16, HORIZON, 0.62)
    grid = Grid(bounds, stage.height / 2)
    pixels = grid.rows(
        [
            (0, mix(palette.sky[3], palette.haze, 0.5)),
            (0.12, mix(palette.haze, palette.mid, 0.35)),
            (0.5, palette.mid),
            (1, mix(palette.mid, palette.near, 0.6)),
        ]
    )
    if not palette.wash:
        path = np.exp(-(((grid.x - sun[0]) / (0.06 + 0.32 * np.abs(grid.y - HORIZON))) ** 2))
        pixels = lit(pixels, palette.glow, path * np.exp(-(grid.y - HORIZON) * 3.5) * 0.62)
    image = dithered(pixels, stage.chance("water"))
    sea = Layer(mask=Image.new("L", image.size, 255), bounds=bounds, depth=0.16, colours=image)
    return [sea]


@dataclass(kw_only=True)
class Glitter:
    """Short strokes of light on the water, each with its own life."""

    places: Floats
    lengths: Floats
    phases: Floats
    colour: Rgb

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint the strokes that catch the light now, on a mask of double height for fine lines."""
        mask = Image.new("L", frame.size, 0)
        draw = ImageDraw.Draw(mask)
        shine = np.sin(self.phases + view.seconds * 2.4) * 0.5 + 0.5
        for (x, y), length, strength in zip(
            self.places.tolist(), self.lengths.tolist(), shine.tolist(), strict=True
        ):
            if strength < 0.35:
                continue
            px, py = view.place(x, y, 0.16 + 0.5 * max(0.0, y))
            half = length * strength * view.height
            thick = max(1, round((0.0012 + 0.004 * y) * view.height))
            draw.line([(px - half, py), (px + half, py)], fill=round(215 * strength), width=thick)
        top = round(view.height * 0.4)
        area = (0, top, view.width, view.height)
        light = Image.new("RGB", (view.width, view.height - top), self.colour)
        frame.paste(light, (0, top), mask.crop(area))


def _glitter(stage: Stage, x: float) -> Glitter:
    chance = stage.chance("glitter")
    count = 230
    down = chance.random(count) ** 1.5 * 0.4
    across = x + chance.normal(0, 1, count) * (0.022 + 0.2 * down)
    return Glitter(
        places=np.stack([across, HORIZON + 0.006 + down], axis=1).astype(np.float32),
        lengths=(0.003 + 0.05 * down * chance.uniform(0.3, 1, count)).astype(np.float32),
        phases=chance.uniform(0, 6.3, count).astype(np.float32),
        colour=mix(stage.palette.glow, stage.palette.sky[3], 0.25)
        if not stage.palette.wash
        else stage.palette.sky[3],
    )


def _waves(stage: Stage) -> list[Drawable]:
    """Rolling crests, each nearer one larger and slower to pass."""
    parts: list[Drawable] = []
    rough = (
        1.7 if stage.brief.light == "storm" or stage.brief.shows("storm", "surfer", "wave") else 1.0
    )
    rows = 5
    for index in range(rows):
        share = index / (rows - 1)
        parts += _wave(stage, index, share, rough)
    return parts


def _wave(stage: Stage, index: int, share: float, rough: float) -> list[Drawable]:
    depth, base = 0.3 + 0.75 * share, HORIZON + 0.09 + 0.33 * share**1.35
    height = (0.008 + 0.026 * share) * rough
    chance = stage.chance(f"wave {index}")
    palette = stage.palette
    speed = (0.012 + 0.05 * share) * (1 if index % 2 else -1)
    seconds = stage.camera.frames / 24
    half = stage.half_width(depth) + abs(speed) * seconds / 2 + 0.05
    bounds = (-half, base - height * 1.3, half, base + 0.12 + 0.4 * share)
    xs = np.linspace(-half, half, COUNT, dtype=np.float32)
    ys = (base - _crests(chance, xs, share) * height * 1.7).astype(np.float32)
    brush = stage.brush(bounds)
    brush.below(xs, ys)
    body = mix(mix(palette.haze, palette.mid, 0.4 + 0.6 * share), palette.near, 0.1 + 0.62 * share)
    foot = mix(body, palette.near, 0.4 + 0.3 * share) if not palette.wash else palette.sky[3]
    crest_light = mix(body, palette.sky[3], 0.5 - 0.22 * share)
    colours = ramp(
        [(0, crest_light), (0.1, mix(body, crest_light, 0.35)), (0.35, body), (1, foot)], 200
    )
    bob, phase = height * 0.35, float(chance.uniform(0, 6.3))

    def motion(t: float) -> tuple[float, float]:
        return speed * (t - seconds / 2), bob * math.sin(t * (1.5 - 0.5 * share) + phase)

    layers = surface(stage, brush, depth, share)
    for layer in layers:
        if isinstance(layer, Layer):
            layer.motion = motion
            if not palette.cut and not isinstance(layer.colours, Image.Image):
                layer.colours = colours
    if isinstance(layers[0], Layer) and not palette.cut:
        layers[0].mask = _faded_foot(layers[0].mask, share)
    return layers


def _crests(chance: np.random.Generator, xs: Floats, share: float) -> Floats:
    """Heights 0..1 of a swell: a few trains of waves with pointed tops that come and go."""
    total = np.zeros_like(xs)
    pace = 30 - 19 * share
    for stretch, size in ((1.0, 0.5), (1.73, 0.3), (0.61, 0.35)):
        phase = float(chance.uniform(0, 6.3))
        swell = 0.5 + 0.5 * np.sin(xs * pace * stretch + phase + 0.6 * np.sin(xs * 5 + phase))
        total += size * swell**2.2
    groups = 0.45 + 0.55 * profile(chance, len(xs), 5, 2)
    found: Floats = (total * groups).astype(np.float32)
    return found


def _faded_foot(mask: Image.Image, share: float) -> Image.Image:
    """Lets a wave melt into the water below it, save for the nearest one."""
    if share >= 1:
        return mask
    rows = np.clip((1 - np.linspace(0, 1, mask.height)) * 2.2, 0, 1)[:, None]
    return grey(np.asarray(mask, np.float32) / 255 * rows.astype(np.float32))


def _headland(stage: Stage, side: float) -> list[Drawable]:
    chance = stage.chance("headland")
    bounds = stage.spread(0.2, HORIZON - 0.3, HORIZON + 0.015)
    brush = stage.brush(bounds)
    xs = np.linspace(bounds[0], bounds[2], COUNT, dtype=np.float32)
    towards = np.clip((xs * side / stage.aspect + 0.06) * 2.4, 0, 1)
    rough = profile(chance, COUNT, 5 * stage.aspect, 5)
    ys = (HORIZON + 0.012 - towards**0.75 * (0.06 + 0.09 * rough)).astype(np.float32)
    brush.below(xs, ys)
    parts: list[Drawable] = []
    if stage.brief.shows("lighthouse"):
        spot = int(np.argmin(np.abs(xs - side * 0.2 * stage.aspect)))
        x, y = float(xs[spot]), float(ys[spot])
        tall = 0.2 * stage.unit
        brush.polygon(
            [
                (x - tall * 0.11, y + 0.03),
                (x - tall * 0.065, y - tall * 0.8),
                (x + tall * 0.065, y - tall * 0.8),
                (x + tall * 0.11, y + 0.03),
            ]
        )
        brush.box(x - tall * 0.1, y - tall * 0.84, x + tall * 0.1, y - tall * 0.8)
        brush.box(x - tall * 0.05, y - tall * 0.95, x + tall * 0.05, y - tall * 0.8)
        brush.polygon(
            [
                (x - tall * 0.08, y - tall * 0.95),
                (x, y - tall * 1.06),
                (x + tall * 0.08, y - tall * 0.95),
            ]
        )
        parts = [
            Beam(stage, x, y - tall * 0.9),
            glow(
                stage, (x, y - tall * 0.9), 0.1, depth=0.2, colour=stage.palette.glow, strength=0.9
            ),
        ]
    return [*surface(stage, brush, 0.2, 0.45, foot=0.3), *parts]


class Beam:
    """The turning light of a lighthouse."""

    def __init__(self, stage: Stage, x: float, y: float) -> None:
        self.x, self.y = x, y
        self._light = Image.new("RGB", (stage.width, stage.height), stage.palette.glow)
        self._columns = np.arange(stage.width // 4, dtype=np.float32)[None, :]
        self._rows = np.arange(stage.height // 4, dtype=np.float32)[:, None]

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint both arms of the beam, foreshortened as they turn."""
        px, py = view.place(self.x, self.y, 0.2)
        angle = view.seconds * 1.0 + 0.6
        across = (self._columns - px / 4) / len(self._rows)
        down = (self._rows - py / 4) / len(self._rows)
        reach = math.cos(angle)
        facing = np.where(across * reach > 0, 1.0, 0.55)
        far = np.abs(across) / max(0.05, abs(reach))
        spread = 0.01 + np.abs(across) * 0.13 / max(0.25, abs(reach))
        body = np.exp(-((down / spread) ** 2)) * np.exp(-far * 1.5) * facing
        mask = grey((body * 0.5).astype(np.float32))
        frame.paste(self._light, (0, 0), mask.resize(frame.size, Image.Resampling.BILINEAR))


def _boat(stage: Stage, x: float) -> list[Drawable]:
    """A small sailing boat, or a ship, that rocks on its place."""
    size = 0.13 * stage.unit
    y = HORIZON + 0.075
    brush = stage.brush((x - size * 1.4, y - size * 1.5, x + size * 1.4, y + size * 0.3))
    if stage.brief.shows("ship", "cargo", "ferry", "cruise", "tanker", "freighter"):
        _ship(brush, x, y, size)
    else:
        _sails(brush, x, y, size)
    layers = surface(
        stage, brush, 0.28, 0.8, colour=mix(stage.palette.near, stage.palette.mid, 0.15), foot=0
    )
    for layer in layers:
        if isinstance(layer, Layer):
            layer.motion = lambda t: (0.01 * t, 0.0035 * math.sin(t * 1.3))
    shade = stage.brush((x - size * 1.2, y, x + size * 1.2, y + size * 0.34))
    shade.ellipse(x, y + size * 0.12, size * 0.75, size * 0.1)
    shadow = Layer(
        mask=shade.mask(size * 0.05),
        bounds=shade.bounds,
        depth=0.28,
        colours=fade(stage.palette.near, stage.palette.near, 2),
        opacity=0.4,
        motion=lambda t: (0.01 * t, 0.0),
    )
    return [shadow, *layers]


def _sails(brush: Brush, x: float, y: float, size: float) -> None:
    brush.polygon(
        [
            (x - size * 0.62, y - size * 0.1),
            (x + size * 0.66, y - size * 0.13),
            (x + size * 0.46, y + size * 0.1),
            (x - size * 0.46, y + size * 0.1),
        ]
    )
    brush.line([(x, y), (x, y - size * 1.32)], size * 0.03)
    main = [(x + size * 0.04, y - size * 1.28)]
    main += [
        (x + size * (0.04 + 0.55 * (k / 8) ** 0.75), y - size * (1.28 - 1.06 * k / 8))
        for k in range(1, 9)
    ]
    brush.polygon([*main, (x + size * 0.04, y - size * 0.2)])
    jib = [(x - size * 0.05, y - size * 1.16)]
    jib += [
        (x - size * (0.05 + 0.5 * (k / 8) ** 0.85), y - size * (1.16 - 0.96 * k / 8))
        for k in range(1, 9)
    ]
    brush.polygon([*jib, (x - size * 0.06, y - size * 0.24)])


def _ship(brush: Brush, x: float, y: float, size: float) -> None:
    brush.polygon(
        [
            (x - size * 1.2, y - size * 0.2),
            (x + size * 1.3, y - size * 0.26),
            (x + size * 1.05, y + size * 0.12),
            (x - size * 1.1, y + size * 0.12),
        ]
    )
    brush.box(x - size * 1.0, y - size * 0.6, x - size * 0.5, y - size * 0.2)
    brush.box(x - size * 0.85, y - size * 0.85, x - size * 0.65, y - size * 0.6)
    for k in range(5):
        brush.box(
            x + size * (-0.38 + 0.28 * k),
            y - size * (0.42 + 0.12 * (k % 2)),
            x + size * (-0.14 + 0.28 * k),
            y - size * 0.2,
        )
