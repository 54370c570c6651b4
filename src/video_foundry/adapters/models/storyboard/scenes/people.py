"""Faces and talk: one or two people in silhouette against soft light, breathing."""

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix
from video_foundry.adapters.models.storyboard.pixels import (
    Grid,
    dithered,
    lit,
    noise,
    picture,
    smooth,
)
from video_foundry.adapters.models.storyboard.scenes.forest import motes
from video_foundry.adapters.models.storyboard.stage import (
    Backdrop,
    Brush,
    Dots,
    Drawable,
    Layer,
    Stage,
)
from video_foundry.adapters.models.storyboard.surfaces import Shadow, mist

PAIRS = (
    "couple", "conversation", "dialogue", "interview", "friends", "two", "talk", "talking",
    "two-shot", "team", "family", "meeting", "argument", "meet", "together", "crowd",
)  # fmt: skip


def people(stage: Stage) -> list[Drawable]:
    """A soft background with lights out of focus, then the silhouettes."""
    chance = stage.chance("people")
    side = float(chance.choice([-1, 1]))
    parts: list[Drawable] = [_background(stage, side), bokeh(stage)]
    if not stage.palette.cut:
        parts.append(mist(stage, "behind", y=0.3, thickness=0.3, depth=0.4, strength=0.4))
    tall = 1.0 if stage.brief.size == "close" else 0.74
    tall *= min(1.0, 0.5 + 0.42 * stage.aspect)
    if stage.brief.shows(*PAIRS):
        parts += _bust(stage, "left", x=-0.23 * stage.aspect, tall=tall * 0.94, side=1, depth=0.62)
        parts += _bust(stage, "right", x=0.25 * stage.aspect, tall=tall, side=-1, depth=0.78)
    else:
        parts += _bust(stage, "one", x=-side * 0.1 * stage.aspect, tall=tall, side=side, depth=0.7)
    parts.append(motes(stage, 24))
    return parts


def _background(stage: Stage, side: float) -> Backdrop:
    palette = stage.palette
    bounds = stage.spread(0.1, -0.62)
    grid = Grid(bounds, stage.height)
    one, two, three, four = palette.sky
    pixels = grid.rows([(0, one), (0.35, two), (0.7, three), (1, mix(three, palette.mid, 0.6))])
    x, y = side * 0.2 * stage.aspect, -0.08
    distance = grid.distance(x, y)
    if palette.wash:
        stain = noise(stage.chance("stain"), grid.size, (4, 3), 5)
        pixels = pixels - (smooth(0.4, 0.8, stain) * 46)[..., None]
    elif palette.cut:
        for radius, amount in ((0.46, 0.3), (0.3, 0.35)):
            pixels = lit(pixels, four, smooth(radius + 0.002, radius - 0.002, distance) * amount)
    else:
        pixels = lit(pixels, palette.glow, np.exp(-distance * 2.9) * 0.78)
        clouds = noise(stage.chance("soft"), grid.size, (5, 3), 4)
        pixels = lit(pixels, four, smooth(0.45, 0.9, clouds) * 0.2)
    return Backdrop(image=dithered(pixels, stage.chance("grain")), bounds=bounds, depth=0.1)


def bokeh(stage: Stage, count: int = 20) -> Dots:
    """Far lights out of focus."""
    chance = stage.chance("bokeh")
    half = stage.half_width(0.25)
    home = np.stack([chance.uniform(-half, half, count), chance.normal(0.1, 0.16, count)], axis=1)
    phase, own = chance.uniform(0, 6.3, count), chance.uniform(0.10, 0.34, count)
    colour: Rgb = mix(stage.palette.accent, stage.palette.glow, 0.35)
    if stage.palette.wash:
        colour = stage.palette.second

    def move(seconds: float) -> tuple[Floats, Floats]:
        drift = np.sin(phase[:, None] + seconds * 0.3) * 0.008
        return (home + drift).astype(np.float32), (
            own * (0.8 + 0.2 * np.sin(phase + seconds))
        ).astype(np.float32)

    radii = chance.uniform(0.012, 0.045, count).astype(np.float32)
    return Dots(radii=radii, colour=colour, depth=0.25, move=move)


def _bust(
    stage: Stage, name: str, *, x: float, tall: float, side: float, depth: float
) -> list[Drawable]:
    """Head and shoulders in three-quarter view, rim-lit from behind."""
    chance = stage.chance(f"bust {name}")
    head = 0.205 * tall
    neck_y = 0.64 - 0.62 * tall
    reach = head * 3.6
    brush = stage.brush((x - reach, neck_y - head * 2.6, x + reach, 0.66 + stage.camera.reach))
    _torso(brush, x, neck_y, head, side)
    _head(brush, x, neck_y, head, side)
    kind = _hair_kind(stage, chance, name)
    _hair(brush, chance, kind, x=x, y=neck_y, size=head, side=side)
    mask = brush.mask()
    layer = Layer(
        mask=mask,
        bounds=brush.bounds,
        depth=depth,
        colours=_shaded(stage, mask, side),
        motion=_breath(chance),
    )
    return [Shadow(layer, stage.height), layer] if stage.palette.cut else [layer]


def _breath(chance: np.random.Generator) -> Callable[[float], tuple[float, float]]:
    phase, pace = float(chance.uniform(0, 6.3)), float(chance.uniform(1.3, 1.7))
    return lambda t: (0.004 * math.sin(t * pace * 0.4 + phase), 0.0035 * math.sin(t * pace + phase))


def _shaded(stage: Stage, mask: Image.Image, side: float) -> Image.Image:
    """Dark, a little lighter downwards, with light along the edges towards the glow."""
    palette = stage.palette
    rows = np.linspace(0, 1, mask.height, dtype=np.float32)[:, None, None]
    dark = np.array(mix(palette.near, palette.mid, 0.12), np.float32)
    low = np.array(mix(palette.near, palette.mid, 0.42 if not palette.wash else 0.0), np.float32)
    pixels = np.broadcast_to(dark + (low - dark) * rows, (mask.height, mask.width, 3))
    if palette.wash:
        wet = noise(stage.chance("wash"), mask.size, (5, 6), 4)[..., None]
        return picture(
            np.clip(
                pixels
                + (np.array(palette.sky[3]) - pixels)
                * (rows**2 * 0.75 + (wet - 0.4) * 0.3).clip(0, 0.9),
                0,
                255,
            )
        )
    if palette.cut:
        return picture(pixels)
    reach = max(2, round(stage.height * 0.011))
    moved = ImageChops.offset(mask, -round(side * reach), round(reach * 0.55))
    edge = ImageChops.subtract(mask, moved)
    soft = edge.filter(ImageFilter.GaussianBlur(reach * 0.55))
    wide = edge.filter(ImageFilter.GaussianBlur(reach * 3.2))
    light = np.asarray(soft, np.float32) / 255 * 0.85 + np.asarray(wide, np.float32) / 255 * 0.55
    fading = np.clip(1.25 - rows[..., 0] * 1.2, 0.12, 1)
    colour = palette.rim or mix(palette.glow, palette.sky[3], 0.35)
    return picture(np.clip(lit(np.array(pixels), colour, light * fading), 0, 255))


def _curve(points: list[tuple[float, float]], steps: int = 10) -> list[tuple[float, float]]:
    """A closed smooth curve through the points."""
    count = len(points)
    found: list[tuple[float, float]] = []
    for index in range(count):
        a, b, c, d = (points[(index + k) % count] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            weights = (
                -0.5 * t + t * t - 0.5 * t**3,
                1 - 2.5 * t * t + 1.5 * t**3,
                0.5 * t + 2 * t * t - 1.5 * t**3,
                -0.5 * t * t + 0.5 * t**3,
            )
            corners = list(zip(weights, (a, b, c, d), strict=True))
            found.append((sum(w * p[0] for w, p in corners), sum(w * p[1] for w, p in corners)))
    return found


def _head(brush: Brush, x: float, y: float, size: float, side: float) -> None:
    """A face in profile looking to one side; `y` is the pit of the neck."""
    line = [
        (-0.62, -1.62), (-0.30, -1.94), (0.10, -2.02), (0.44, -1.86), (0.60, -1.56), (0.635, -1.36),
        (0.66, -1.27), (0.735, -1.10), (0.815, -0.975), (0.70, -0.915), (0.675, -0.86),
        (0.715, -0.795),
        (0.675, -0.735), (0.705, -0.675), (0.655, -0.60), (0.655, -0.50), (0.53, -0.40),
        (0.32, -0.40),
        (0.13, -0.48), (0.11, -0.20), (0.22, 0.16), (-0.46, 0.16), (-0.50, -0.34), (-0.62, -0.75),
        (-0.74, -1.20),
    ]  # fmt: skip
    brush.polygon(_curve([(x + side * px * size * 0.86, y + py * size * 0.86) for px, py in line]))


def _torso(brush: Brush, x: float, y: float, size: float, side: float) -> None:
    line = [
        (-0.36, -0.18), (-0.62, 0.06), (-1.20, 0.27), (-1.66, 0.62), (-1.86, 1.25), (-2.0, 2.6),
        (-1.9, 4.6),
        (1.9, 4.6), (1.86, 2.6), (1.62, 1.3), (1.38, 0.66), (0.95, 0.32), (0.40, 0.14),
        (0.16, -0.10),
    ]  # fmt: skip
    brush.polygon(_curve([(x + side * px * size * 0.95, y + py * size) for px, py in line]))


def _hair_kind(stage: Stage, chance: np.random.Generator, name: str) -> str:
    brief = stage.brief
    if brief.shows("detective", "noir", "cowboy", "gangster"):
        return "hat"
    woman = brief.shows(
        "woman", "girl", "actress", "queen", "mother", "she", "her", "dancer", "bride"
    )
    man = brief.shows("man", "boy", "actor", "king", "father", "he", "his", "groom")
    if woman and man:
        return "long" if name == "left" else "short"
    if woman:
        return ("long", "bun", "bob")[int(chance.integers(0, 3))]
    if man:
        return ("short", "short", "curls")[int(chance.integers(0, 3))]
    return ("short", "long", "bun", "curls", "bob")[int(chance.integers(0, 5))]


_CAP = (
    (0.58, -1.60), (0.52, -1.95), (0.12, -2.20), (-0.40, -2.14), (-0.80, -1.80), (-0.88, -1.30),
    (-0.70, -0.82), (-0.45, -0.75), (-0.2, -1.4),
)  # fmt: skip
_HAIR = {
    "long": (
        (0.2, -2.0), (-0.5, -2.1), (-0.92, -1.7), (-1.0, -1.0), (-1.12, -0.2), (-1.2, 0.55),
        (-0.85, 0.9), (-0.45, 0.5), (-0.3, -0.4), (-0.2, -1.2),
    ),
    "bob": (
        (0.2, -2.05), (-0.5, -2.15), (-0.98, -1.7), (-1.06, -1.0), (-0.98, -0.42), (-0.5, -0.3),
        (-0.2, -0.6), (-0.12, -1.2),
    ),
    "hat": (
        (1.02, -1.42), (0.3, -1.60), (-0.5, -1.58), (-1.2, -1.38), (-1.15, -1.52), (-0.75, -1.78),
        (-0.68, -2.34), (-0.2, -2.42), (0.1, -2.34), (0.42, -2.42), (0.62, -2.2), (0.66, -1.78),
        (1.0, -1.56),
    ),
}  # fmt: skip
"""Outlines in head sizes around the pit of the neck, for a face that looks to the right."""


def _hair(
    brush: Brush,
    chance: np.random.Generator,
    kind: str,
    *,
    x: float,
    y: float,
    size: float,
    side: float,
) -> None:
    scale = size * 0.86
    for outline in (_CAP, _HAIR.get(kind)):
        if outline:
            brush.polygon(_curve([(x + side * px * scale, y + py * scale) for px, py in outline]))
    if kind == "bun":
        brush.ellipse(x - side * 0.84 * size, y - 1.72 * size, 0.3 * size, 0.28 * size)
    elif kind == "curls":
        for step in range(22):
            angle = math.pi * (0.62 + step / 21 * 1.16) + float(chance.normal(0, 0.05))
            dx, dy = math.cos(angle) * 0.74 - 0.1, math.sin(angle) * 0.68 - 1.22
            brush.ellipse(x + side * dx * size, y + dy * size, size * 0.17, size * 0.17)
