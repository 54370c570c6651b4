"""Deep in a wood: trunks in receding layers, shafts of light, ferns, and motes in the air."""

import math

import numpy as np
from PIL import Image

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Floats, mix, shifted
from video_foundry.adapters.models.storyboard.pixels import (
    Grid,
    dithered,
    grey,
    lit,
    noise,
    profile,
)
from video_foundry.adapters.models.storyboard.scenes.figures import standing_figure, wears_dress
from video_foundry.adapters.models.storyboard.stage import Backdrop, Brush, Dots, Drawable, Stage
from video_foundry.adapters.models.storyboard.surfaces import mist, surface

LAYERS = 4


def forest(stage: Stage) -> list[Drawable]:
    """A bright clearing far away, trunks before it, dark ones near the camera."""
    chance = stage.chance("forest")
    light_x = float(chance.uniform(-0.22, 0.22)) * stage.aspect
    parts: list[Drawable] = [_clearing(stage, light_x)]
    for index in range(LAYERS):
        share = index / (LAYERS - 1)
        depth = 0.14 + 0.8 * share
        parts += _trunks(stage, index, share, depth)
        if index < LAYERS - 1 and not stage.palette.cut:
            parts.append(
                mist(
                    stage,
                    f"wood {index}",
                    y=0.16 + 0.06 * index,
                    thickness=0.2,
                    depth=depth + 0.05,
                    strength=0.5,
                )
            )
        if index == 1 and not stage.palette.cut and not stage.palette.wash:
            parts.append(Shafts(stage, light_x))
    parts.append(motes(stage, 46))
    return parts


def _clearing(stage: Stage, x: float) -> Backdrop:
    palette = stage.palette
    bounds = stage.spread(0.08, -0.62)
    grid = Grid(bounds, stage.height)
    top = mix(palette.mid, palette.sky[1], 0.35)
    heart = mix(palette.sky[3], palette.haze, 0.25)
    pixels = grid.rows(
        [
            (0, top),
            (0.45, mix(palette.haze, heart, 0.5)),
            (0.66, heart),
            (0.8, palette.haze),
            (1, palette.mid),
        ]
    )
    if not palette.wash:
        distance = np.sqrt(((grid.x - x) * 1.1) ** 2 + (grid.y + 0.02) ** 2)
        pixels = lit(pixels, palette.glow, np.exp(-distance * 3.6) * 0.75)
        leaves = noise(stage.chance("leaves"), grid.size, (26 * stage.aspect, 22), 3)
        shade = np.clip((leaves - 0.42) * 3, 0, 1) * np.clip(-grid.y * 2.4 - 0.15, 0, 1) * 0.4
        pixels = pixels * (1 - shade[..., None])
    return Backdrop(image=dithered(pixels, stage.chance("grain")), bounds=bounds, depth=0.08)


def _trunks(stage: Stage, index: int, share: float, depth: float) -> list[Drawable]:
    chance = stage.chance(f"trunks {index}")
    ground = 0.2 + 0.24 * share
    bounds = stage.spread(depth, -0.58 - stage.camera.reach * depth)
    brush = stage.brush(bounds)
    half = stage.half_width(depth)
    gap = 0.085 + 0.17 * share
    xs = np.arange(-half, half, gap) + chance.normal(0, gap * 0.3, len(np.arange(-half, half, gap)))
    for x in xs.tolist():
        if share > 0.7 and abs(x) < 0.2 * stage.aspect:
            continue
        _trunk(
            brush,
            chance,
            x,
            ground,
            (0.007 + 0.028 * share**1.4) * float(chance.uniform(0.6, 1.35)),
        )
    line = np.linspace(-half, half, 500, dtype=np.float32)
    rise = profile(chance, 500, 4 * stage.aspect, 4)
    heights = (ground - rise * (0.03 + 0.04 * share)).astype(np.float32)
    brush.below(line, heights)
    _ferns(brush, chance, line, heights, 0.012 + 0.05 * share)
    if index == LAYERS - 2 and stage.brief.shows(
        "hiker", "man", "woman", "girl", "boy", "person", "figure", "child", "explorer", "wanderer",
        "walking", "couple", "samurai", "hunter", "knight",
    ):  # fmt: skip
        standing_figure(
            brush, 0.03, float(heights[250]) + 0.02, 0.2 * stage.unit, dress=wears_dress(stage)
        )
    return surface(stage, brush, depth, 0.1 + 0.88 * share, foot=0.55)


def _trunk(
    brush: Brush, chance: np.random.Generator, x: float, ground: float, width: float
) -> None:
    """A trunk that leaves the frame at the top, with roots and a few branches."""
    lean = float(chance.normal(0, 0.025))
    top = brush.bounds[1] - 0.02
    left, right = [], []
    for step in range(13):
        part = step / 12
        y = ground + 0.04 + (top - ground) * part
        bend = lean * part + 0.008 * math.sin(part * 5 + x * 9)
        thick = width * (1 - 0.45 * part) * (1 + 0.9 * math.exp(-part * 16))
        left.append((x + bend - thick, y))
        right.append((x + bend + thick, y))
    brush.polygon([*left, *reversed(right)])
    for _ in range(int(chance.integers(1, 4))):
        part = float(chance.uniform(0.38, 0.92))
        y = ground + (top - ground) * part
        side = float(chance.choice([-1, 1]))
        reach = width * float(chance.uniform(3, 8))
        root = x + lean * part
        brush.polygon(
            [(root, y + width * 0.45), (root + side * reach * 0.5, y - reach * 0.22),
             (root + side * reach, y - reach * 0.62), (root + side * reach * 0.5, y - reach * 0.3),
             (root, y - width * 0.35)]
        )  # fmt: skip


def _ferns(brush: Brush, chance: np.random.Generator, xs: Floats, ys: Floats, size: float) -> None:
    for _ in range(70):
        index = int(chance.integers(0, len(xs)))
        x, y = float(xs[index]), float(ys[index]) + size * 0.12
        tall = size * float(chance.uniform(0.5, 1.2))
        for blade in range(5):
            angle = (blade - 2) * 0.45 + float(chance.normal(0, 0.12))
            tip = (x + math.sin(angle) * tall, y - math.cos(angle) * tall)
            bend = (x + math.sin(angle * 0.5) * tall * 0.6, y - math.cos(angle * 0.5) * tall * 0.62)
            brush.polygon(
                [
                    (x - size * 0.03, y),
                    bend,
                    tip,
                    (bend[0] + size * 0.045, bend[1] + size * 0.03),
                    (x + size * 0.03, y),
                ]
            )


class Shafts:
    """Slanting shafts of light that breathe."""

    def __init__(self, stage: Stage, x: float) -> None:
        chance = stage.chance("shafts")
        size = (stage.width // 4, stage.height // 4)
        across = (np.arange(size[0], dtype=np.float32)[None, :] - size[0] / 2) / size[1] - x
        down = (np.arange(size[1], dtype=np.float32)[:, None]) / size[1] + 0.35
        angle = across / down
        beams = noise(chance, (512, 4), (11, 1), 3)[1]
        other = noise(chance, (512, 4), (8, 1), 3)[1]
        places = np.clip((angle + 1.2) / 2.4 * 511, 0, 511).astype(np.intp)
        fade = np.exp(-(angle**2) * 1.6) * np.clip(1.25 - down * 0.78, 0, 1)
        self._masks = [
            np.clip((lines[places] - 0.46) * 3.4, 0, 1) * fade * 0.62 for lines in (beams, other)
        ]
        self._light = Image.new("RGB", (stage.width, stage.height), stage.palette.glow)

    def draw(self, frame: Image.Image, view: View) -> None:
        """Lay the light over the frame."""
        turn = 0.5 + 0.5 * math.sin(view.seconds * 0.7)
        mask = grey(self._masks[0] * (0.45 + 0.55 * turn) + self._masks[1] * (1 - turn) * 0.7)
        frame.paste(self._light, (0, 0), mask.resize(frame.size, Image.Resampling.BILINEAR))


def motes(stage: Stage, count: int, *, top: float = -0.45, bottom: float = 0.45) -> Dots:
    """Dust or fireflies that drift and glimmer."""
    chance = stage.chance("motes")
    half = stage.half_width(0.7)
    home = np.stack(
        [chance.uniform(-half, half, count), chance.uniform(top, bottom, count)], axis=1
    )
    phase, pace = chance.uniform(0, 6.3, (count, 2)), chance.uniform(0.2, 0.7, (count, 2))
    glimmer = chance.uniform(0.5, 1.8, count)
    flies = stage.brief.shows("firefly", "fireflies", "embers", "sparks")
    colour = (255, 226, 130) if flies else shifted(mix(stage.palette.glow, (255, 255, 255), 0.3))
    if stage.palette.wash:
        colour = stage.palette.mid

    def move(seconds: float) -> tuple[Floats, Floats]:
        sway = np.sin(phase + pace * seconds) * np.array([0.035, 0.02])
        rise = np.array([0.012, -0.006]) * seconds
        strength = (0.5 + 0.5 * np.sin(phase[:, 0] * 3 + glimmer * seconds)) * (
            0.95 if flies else 0.6
        )
        return (home + sway + rise).astype(np.float32), strength.astype(np.float32)

    radii = chance.uniform(0.0018, 0.0052, count) * (1.5 if flies else 1)
    return Dots(radii=radii.astype(np.float32), colour=colour, depth=0.7, move=move)
