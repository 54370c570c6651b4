"""Open country: mountains, hills, dunes or snow in receding layers, with what grows on them."""

import math

import numpy as np

from video_foundry.adapters.models.storyboard.colour import Floats, mix
from video_foundry.adapters.models.storyboard.pixels import fade, grey, noise, profile, smooth
from video_foundry.adapters.models.storyboard.scenes.figures import (
    birds,
    standing_figure,
    wears_dress,
)
from video_foundry.adapters.models.storyboard.stage import Brush, Drawable, Layer, Stage
from video_foundry.adapters.models.storyboard.surfaces import mist, sky, surface

Line = list[tuple[float, float]]
COUNT = 700
"""Points of a ridge line."""


def landscape(stage: Stage) -> list[Drawable]:
    """Sky, ridges with mist between them, trees or grass in front."""
    chance = stage.chance("landscape")
    aerial = stage.brief.size == "aerial"
    horizon = -0.16 if aerial else 0.10
    sun = (
        float(chance.uniform(-0.3, 0.3)) * stage.aspect,
        horizon - float(chance.uniform(0.06, 0.2)),
    )
    if stage.brief.light in ("day", "night"):
        sun = (sun[0], horizon - float(chance.uniform(0.27, 0.36)))
    parts = sky(stage, horizon=horizon + 0.08, sun=sun, clouds=0.75 if aerial else 0.55)
    parts += ridges(stage, horizon, sun[0])
    parts += _foreground(stage, aerial)
    return parts


def ridges(
    stage: Stage, horizon: float, light: float, *, layers: int = 5, last: float = 0.8
) -> list[Drawable]:
    """Receding ridge lines from the horizon down, with haze between them; light: the sun's x."""
    parts: list[Drawable] = []
    drop = 0.5 - horizon
    bases = [horizon + 0.02 + drop * 0.62 * (i / (layers - 1)) ** 1.35 for i in range(layers)]
    for index, base in enumerate(bases):
        share = index / (layers - 1)
        nearness = 0.04 + share * (last - 0.04)
        depth = 0.12 + 0.62 * share**1.25
        # What the next ridge covers anyway need not be painted; the slack is for the camera.
        bottom = bases[index + 1] + 0.09 + stage.camera.reach * 0.3 if index < layers - 1 else 0.62
        brush, faces = ridge(
            stage, f"ridge {index}", base=base, bottom=bottom, depth=depth, share=share, light=light
        )
        parts += surface(stage, brush, depth, nearness, foot=0.75)
        if faces is not None:
            parts.append(_shaded_faces(stage, faces, depth, nearness))
        if index < layers - 1 and not stage.palette.cut:
            strength = 0.5 if stage.brief.weather != "fog" else 0.85
            parts.append(
                mist(
                    stage,
                    str(index),
                    y=base + 0.05,
                    thickness=0.075,
                    depth=depth + 0.03,
                    strength=strength,
                )
            )
    return parts


def ridge(
    stage: Stage,
    name: str,
    *,
    base: float,
    bottom: float,
    depth: float,
    share: float,
    light: float,
) -> tuple[Brush, Brush | None]:
    """One ridge line as a mask, and its faces that lie in shade, where it has such."""
    chance = stage.chance(name)
    land = stage.brief.land
    xs = line_of(stage, depth)
    heights = _SHAPES.get(land, _mountains)(chance, stage, share)
    ys = base - heights.astype(np.float32)
    bounds = stage.spread(depth, float(ys.min()) - 0.09, bottom)
    brush = stage.brush(bounds)
    brush.below(xs, ys)
    faces = None
    if land in ("mountains", "snow", "desert") and share < 0.6:
        faces = stage.brush(bounds)
        _shade_faces(faces, chance, xs, ys, foot=base + 0.05, light=light, soft=land == "desert")
    if land in ("forest", "mountains", "snow") and share >= 0.4:
        size = 0.018 + 0.05 * (share - 0.4)
        _plant_pines(brush, chance, xs, ys, size, dense=land == "forest")
    if land == "field" and share >= 0.25:
        _plant_bushes(brush, chance, xs, ys, 0.012 + 0.03 * share)
    return brush, faces


def _shade_faces(
    brush: Brush,
    chance: np.random.Generator,
    xs: Floats,
    ys: Floats,
    *,
    foot: float,
    light: float,
    soft: bool,
) -> None:
    """From each summit down: the side away from the light, with a ragged inner edge."""
    reach = COUNT // 60
    for top in range(reach, COUNT - reach):
        around = ys[top - reach : top + reach + 1]
        if ys[top] > around.min() or ys[top] > foot - 0.075:
            continue
        away = 1 if xs[top] > light else -1
        line = [(float(xs[top]), float(ys[top]))]
        at = top
        while 0 < at + away < COUNT - 1 and ys[at + away] >= ys[at] - 0.0008:
            at += away
            line.append((float(xs[at]), float(ys[at])))
        inner = _crescent(line, foot) if soft else _ragged(chance, line, foot, away)
        brush.polygon([*line, *reversed(inner)])


def _crescent(line: Line, foot: float) -> Line:
    """The lee side of a dune: from its crest in one curve to where the slope ends."""
    (x, y), (end_x, end_y) = line[0], line[-1]
    deep = min(foot - y, (end_y - y) * 1.15 + 0.03)
    steps = [k / 14 for k in range(15)]
    return [(x + (end_x - x) * p**1.7, y + deep * math.sin(p * math.pi / 2) ** 0.9) for p in steps]


def _ragged(chance: np.random.Generator, line: Line, foot: float, away: int) -> Line:
    """The edge between light and shade of a rock face, down to its foot and back out."""
    x, y = line[0]
    fall = foot - y
    found = []
    for step in range(1, 9):
        part = step / 8
        jut = float(chance.uniform(-0.05, 0.10)) * (1 if step % 2 else -1)
        found.append(
            (x + away * fall * (0.06 * part + jut) * (0.35 + 0.65 * part), y + fall * part)
        )
    return [*found, (line[-1][0] - away * fall * 0.22, foot)]


def _shaded_faces(stage: Stage, brush: Brush, depth: float, nearness: float) -> Layer:
    palette = stage.palette
    body = palette.layer(nearness)
    deep = mix(body, palette.layer(min(1.0, nearness + 0.42)), 0.55)
    if palette.wash:
        deep = mix(body, palette.near, 0.4)
    rows = np.linspace(1, 0, 64, dtype=np.float32)[:, None] ** 0.8
    mask = brush.mask()
    fading = np.interp(np.linspace(0, 1, mask.height), np.linspace(0, 1, 64), rows[:, 0])
    dim = np.asarray(mask, np.float32) / 255 * fading[:, None].astype(np.float32)
    return Layer(
        mask=grey(dim * (0.5 if not palette.cut else 0.32)),
        bounds=brush.bounds,
        depth=depth,
        colours=fade(deep, deep, 2),
    )


def line_of(stage: Stage, depth: float) -> Floats:
    """The x of a ridge's points."""
    half = stage.half_width(depth)
    return np.linspace(-half, half, COUNT, dtype=np.float32)


def _mountains(chance: np.random.Generator, stage: Stage, share: float) -> Floats:
    """Sharp far away, rounded near."""
    wide = stage.aspect
    spine = np.zeros(COUNT, np.float32)
    places = np.linspace(-0.1, 1.1, COUNT, dtype=np.float32)
    for _ in range(round(3 + 2.2 * wide)):
        middle, tall = float(chance.uniform(0, 1)), float(chance.uniform(0.35, 1.0))
        left, right = chance.uniform(0.10, 0.26, 2) / wide * 1.4
        run = np.where(places < middle, (middle - places) / left, (places - middle) / right)
        spine = np.maximum(spine, tall * np.clip(1 - run * 0.62, 0, 1) ** 1.18)
    rough = noise(chance, (COUNT, 4), (9 * wide, 1), 5)[1]
    fine = noise(chance, (COUNT, 4), (42 * wide, 1), 2)[1]
    hills = profile(chance, COUNT, 2.2 * wide, 4)
    sharp = spine * 0.24 + ((rough - 0.5) * 0.085 + (fine - 0.5) * 0.018) * (0.35 + spine)
    soft = hills * 0.14
    found: Floats = (sharp * (1 - share) + soft * share + 0.02) * stage.unit
    return found


def _hills(chance: np.random.Generator, stage: Stage, share: float) -> Floats:
    lines = profile(chance, COUNT, 1.3 * stage.aspect + 1, 2)
    return (smooth(0.1, 0.9, lines) * (0.13 - 0.05 * share) + 0.01) * stage.unit


def _dunes(chance: np.random.Generator, stage: Stage, share: float) -> Floats:
    lines = profile(chance, COUNT, 1.5 * stage.aspect + 0.6, 1)
    crest = 1 - np.abs(lines * 2 - 1)
    return (crest**1.25 * (0.13 + 0.04 * share) + 0.015) * stage.unit


_SHAPES = {"field": _hills, "desert": _dunes, "snow": _mountains, "mountains": _mountains}


def _plant_pines(
    brush: Brush, chance: np.random.Generator, xs: Floats, ys: Floats, size: float, *, dense: bool
) -> None:
    groves = noise(chance, (COUNT, 4), (6, 1), 3)[1]
    step = 3 if dense else 4
    for index in range(0, COUNT, step):
        if groves[index] < (0.34 if dense else 0.52):
            continue
        place = min(COUNT - 1, max(0, index + int(chance.integers(-2, 3))))
        pine(
            brush,
            float(xs[place]),
            float(ys[place]) + size * 0.1,
            size * float(chance.uniform(0.55, 1.25)),
        )


def pine(brush: Brush, x: float, y: float, height: float) -> None:
    """A conifer: a slim triangle with ragged tiers."""
    tiers = 4
    points_left, points_right = [], []
    for tier in range(tiers):
        top = y - height * (1 - tier / tiers)
        low = y - height * (1 - (tier + 1) / tiers) + height * 0.02
        half = height * (0.07 + 0.055 * tier)
        inner = half * 0.42
        points_left += [(x - inner * (tier > 0), top), (x - half, low)]
        points_right += [(x + inner * (tier > 0), top), (x + half, low)]
    brush.polygon([*points_left, *reversed(points_right)])


def _plant_bushes(
    brush: Brush, chance: np.random.Generator, xs: Floats, ys: Floats, size: float
) -> None:
    groves = noise(chance, (COUNT, 4), (4, 1), 3)[1]
    for index in range(0, COUNT, 4):
        if groves[index] > 0.6:
            radius = size * float(chance.uniform(0.35, 1.0))
            brush.ellipse(float(xs[index]), float(ys[index]) - radius * 0.3, radius, radius * 0.8)


def _foreground(stage: Stage, aerial: bool) -> list[Drawable]:
    """The nearest ground with a figure, birds, and out-of-focus grass at the frame's edge."""
    parts: list[Drawable] = []
    brief = stage.brief
    if not stage.palette.is_dark or brief.shows("bird", "birds", "eagle"):
        parts.append(birds(stage, -0.2))
    if aerial:
        parts.append(mist(stage, "below", y=0.3, thickness=0.2, depth=1.05, strength=0.55))
        return parts
    chance = stage.chance("foreground")
    xs = line_of(stage, 0.95)
    side = float(chance.choice([-1, 1]))
    slope = (xs / stage.aspect * side) * 0.09
    ys = (0.40 + slope - profile(chance, COUNT, 3, 4) * 0.05).astype(np.float32)
    brush = stage.brush(stage.spread(0.95, float(ys.min()) - 0.2, 0.62))
    brush.below(xs, ys)
    _grow_grass(brush, chance, xs, ys, brief.land)
    if brief.shows(
        "hiker",
        "man",
        "woman",
        "person",
        "figure",
        "traveler",
        "traveller",
        "boy",
        "girl",
        "monk",
        "samurai",
        "couple",
        "child",
        "explorer",
        "climber",
        "soldier",
    ):
        spot = round(COUNT * (0.66 if stage.aspect > 1.2 else 0.5))
        standing_figure(
            brush,
            float(xs[spot]),
            float(ys[spot]) + 0.006,
            0.16 * stage.unit,
            side=-side,
            dress=wears_dress(stage),
        )
    parts += surface(stage, brush, 0.95, 0.96, foot=0.1)
    return parts


def _grow_grass(
    brush: Brush, chance: np.random.Generator, xs: Floats, ys: Floats, land: str
) -> None:
    tall = {"desert": 0.006, "snow": 0.008, "field": 0.034}.get(land, 0.022)
    patches = noise(chance, (COUNT, 4), (9, 1), 3)[1]
    for _ in range(900 if land == "field" else 420):
        index = int(chance.integers(0, COUNT))
        height = tall * float(chance.uniform(0.3, 1.0)) * (0.2 + float(patches[index]))
        lean = height * float(chance.uniform(-0.5, 0.5))
        x, y = float(xs[index]), float(ys[index]) + 0.004
        brush.polygon([(x - 0.0013, y), (x + lean, y - height), (x + 0.0013, y)])
