"""A room: a wall with windows, light that falls through them, furniture in silhouette, dust."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

from video_foundry.adapters.models.storyboard.camera import Box, View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix, shifted
from video_foundry.adapters.models.storyboard.pixels import (
    Grid,
    blended,
    dithered,
    grey,
    lit,
    noise,
    profile,
    smooth,
)
from video_foundry.adapters.models.storyboard.scenes.figures import standing_figure, wears_dress
from video_foundry.adapters.models.storyboard.scenes.forest import motes
from video_foundry.adapters.models.storyboard.scenes.furniture import (
    FLOOR,
    bed,
    desk,
    plant,
    shelves,
    sofa,
    table,
)
from video_foundry.adapters.models.storyboard.stage import Backdrop, Drawable, Layer, Stage
from video_foundry.adapters.models.storyboard.surfaces import glow, surface


@dataclass(frozen=True, kw_only=True)
class Room:
    """Where things are: the windows, the side the light falls to, and the colours of the walls."""

    windows: tuple[Box, ...]
    slant: float
    wall: Rgb
    floor: Rgb
    outside: tuple[Rgb, Rgb]


def interior(stage: Stage) -> list[Drawable]:
    """Wall, view, light, furniture from back to front."""
    room = _room(stage)
    parts: list[Drawable] = [_walls(stage, room), *_view_outside(stage, room)]
    parts += _window_frames(stage, room)
    if not stage.palette.wash and not stage.palette.cut:
        parts.append(Sunbeams(stage, room))
    parts += _furniture(stage, room)
    if stage.palette.is_dark or stage.brief.shows(
        "lamp", "candle", "fireplace", "bar", "cafe", "restaurant"
    ):
        parts += _pendants(stage)
    parts.append(motes(stage, 38, bottom=0.3))
    return parts


def _room(stage: Stage) -> Room:
    chance, palette = stage.chance("room"), stage.palette
    slant = float(chance.choice([-1, 1]))
    centre = -slant * 0.14 * stage.aspect
    wide, high = 0.17 * stage.unit, 0.42
    count = 3 if stage.aspect > 1.2 else 2
    gap = wide * 1.16
    first = centre - gap * (count - 1) / 2
    windows = tuple(
        (first + gap * i - wide / 2, -0.30, first + gap * i + wide / 2, -0.30 + high)
        for i in range(count)
    )
    dark = palette.is_dark
    wall = mix(palette.mid, palette.near, 0.55 if dark else 0.34)
    if palette.wash:
        wall = mix(palette.sky[3], palette.mid, 0.35)
    return Room(
        windows=windows,
        slant=slant,
        wall=wall,
        floor=mix(wall, palette.near, 0.55),
        outside=(palette.sky[1], palette.sky[3]),
    )


def _walls(stage: Stage, room: Room) -> Backdrop:
    bounds = stage.spread(0.35, -0.62)
    grid = Grid(bounds, stage.height)
    pixels = grid.rows(
        [
            (0, shifted(room.wall, light=0.72)),
            (0.55, room.wall),
            (1, shifted(room.wall, light=0.85)),
        ]
    )
    middle = sum((w[0] + w[2]) / 2 for w in room.windows) / len(room.windows)
    if not stage.palette.wash:
        around = np.exp(-np.sqrt((grid.x - middle) ** 2 + ((grid.y + 0.08) * 1.3) ** 2) * 3.1)
        pixels = lit(pixels, stage.palette.glow, around * 0.34)
    below = smooth(FLOOR - 0.001, FLOOR + 0.001, grid.y) * np.ones_like(grid.x)
    depth = np.clip((grid.y - FLOOR) / 0.4, 0, 1)
    ground = (
        np.broadcast_to(np.array(room.floor, np.float32), pixels.shape)
        * (1 - 0.45 * depth)[..., None]
    )
    boards = (np.abs(((grid.x / (0.22 + depth * 0.75)) * 7) % 1 - 0.5) > 0.485) * below * 0.18
    pixels = pixels * (1 - below[..., None]) + ground * below[..., None]
    pixels = pixels * (1 - boards[..., None])
    skirting = smooth(FLOOR - 0.026, FLOOR - 0.024, grid.y) * (1 - below)
    pixels = blended(pixels, shifted(room.wall, light=0.8), skirting * 0.8)
    if not stage.palette.wash:
        pixels = _light_on_floor(stage, room, grid, pixels, below)
    return Backdrop(image=dithered(pixels, stage.chance("room grain")), bounds=bounds, depth=0.35)


def _light_on_floor(stage: Stage, room: Room, grid: Grid, pixels: Floats, below: Floats) -> Floats:
    """The windows' shapes, thrown long across the floor."""
    amount = np.zeros(pixels.shape[:2], np.float32)
    for left, _, right, _ in room.windows:
        down = (grid.y - FLOOR) / 0.3
        shift = room.slant * (0.10 + 0.34 * down)
        spread = 1 + 0.5 * down
        middle, half = (left + right) / 2, (right - left) / 2 * spread
        across = np.abs(grid.x - middle - shift) / half
        soft = 0.03 + 0.12 * np.clip(down, 0, 1)
        pane = smooth(1, 1 - soft * 2, across) * smooth(0.05, 0.09, down) * smooth(0.95, 0.7, down)
        bars = smooth(0.03, 0.06 + soft * 0.3, np.abs(across)) * smooth(
            0.02, 0.05, np.abs(down - 0.42)
        )
        amount = np.maximum(amount, pane * bars)
    strength = 0.34 if stage.palette.is_dark else 0.62
    return lit(pixels, stage.palette.glow, amount * below * strength)


def _view_outside(stage: Stage, room: Room) -> list[Drawable]:
    """Sky and far roofs, only behind the panes, moving less than the wall."""
    left, right = room.windows[0][0], room.windows[-1][2]
    top, bottom = room.windows[0][1], room.windows[0][3]
    pad = 0.03 + stage.camera.reach * 0.3
    bounds = (left, top, right, bottom)
    grid = Grid(bounds, stage.height)
    pixels = grid.rows(
        [
            (0, room.outside[0]),
            (0.7, mix(room.outside[0], room.outside[1], 0.8)),
            (1, room.outside[1]),
        ]
    )
    pixels = lit(
        pixels,
        stage.palette.glow,
        np.exp(-grid.distance((left + right) / 2, bottom - 0.1) * 4) * 0.5,
    )
    line = profile(stage.chance("roofs"), grid.size[0], 9, 3)[None, :]
    steps = np.round(line * 9) / 9
    roofs = smooth(0.0, 0.004, grid.y - (bottom - 0.05 - steps * 0.13))
    pixels = blended(pixels, mix(stage.palette.haze, stage.palette.mid, 0.4), roofs * 0.85)
    brush = stage.brush((left - pad, top - pad, right + pad, bottom + pad))
    for pane in room.windows:
        brush.box(*pane)
    mask = brush.mask()
    image = dithered(pixels, stage.chance("view")).resize(mask.size, Image.Resampling.BILINEAR)
    return [Layer(mask=mask, bounds=brush.bounds, depth=0.35, colours=image)]


def _window_frames(stage: Stage, room: Room) -> list[Drawable]:
    left, right = room.windows[0][0] - 0.05, room.windows[-1][2] + 0.05
    brush = stage.brush((left, -0.4, right, 0.2))
    bar = 0.0055
    for pane in room.windows:
        x = (pane[0] + pane[2]) / 2
        brush.frame((pane[0] - bar, pane[1] - bar, pane[2] + bar, pane[3] + bar), 0.002, bar * 1.7)
        brush.box(x - bar / 2, pane[1], x + bar / 2, pane[3])
        for row in (0.34, 0.67):
            y = pane[1] + (pane[3] - pane[1]) * row
            brush.box(pane[0], y - bar / 2, pane[2], y + bar / 2)
        brush.box(pane[0] - 0.016, pane[3] + bar, pane[2] + 0.016, pane[3] + bar * 3.6)
    return surface(stage, brush, 0.36, 0.7, colour=shifted(room.wall, light=0.55), foot=0)


class Sunbeams:
    """Air made visible: soft beams from each window, breathing."""

    def __init__(self, stage: Stage, room: Room) -> None:
        size = (stage.width // 4, stage.height // 4)
        grid_x = ((np.arange(size[0], dtype=np.float32) - size[0] / 2) / size[1])[None, :]
        grid_y = ((np.arange(size[1], dtype=np.float32) - size[1] / 2) / size[1])[:, None]
        total = np.zeros((size[1], size[0]), np.float32)
        for left, top, right, bottom in room.windows:
            along = np.clip((grid_y - top) / 0.8, 0, 1)
            middle = (left + right) / 2 + room.slant * (grid_y - (top + bottom) / 2) * 1.05
            across = np.abs(grid_x - middle) / ((right - left) * 0.5)
            reach = smooth(-0.05, 0.25, grid_y - top) * np.exp(-along * 1.2)
            total = np.maximum(total, smooth(1.25, 0.55, across) * reach)
        smoke = noise(stage.chance("smoke"), size, (5 * stage.aspect, 4), 4)
        self._mask = total * (0.5 + 0.5 * smoke) * (0.22 if stage.palette.is_dark else 0.34)
        self._light = Image.new("RGB", (stage.width, stage.height), stage.palette.glow)

    def draw(self, frame: Image.Image, view: View) -> None:
        """Lay the beams over the frame."""
        breath = 0.86 + 0.14 * math.sin(view.seconds * 0.8)
        left, top, right, bottom = view.box(
            (-view.width / view.height / 2, -0.5, view.width / view.height / 2, 0.5), 0.38
        )
        mask = grey(self._mask * breath).resize(
            (round(right - left), round(bottom - top)), Image.Resampling.BILINEAR
        )
        frame.paste(
            self._light.resize(mask.size) if mask.size != frame.size else self._light,
            (round(left), round(top)),
            mask,
        )


def _furniture(stage: Stage, room: Room) -> list[Drawable]:
    brief, unit = stage.brief, stage.unit
    dark = mix(stage.palette.near, room.floor, 0.3)
    back = stage.brush(stage.spread(0.5, -0.45))
    side = room.slant * 0.27 * stage.aspect
    if brief.shows("library", "book", "books", "museum", "study"):
        shelves(back, side, unit)
    elif brief.shows("bed", "bedroom", "hotel"):
        bed(back, side * 0.6, unit)
    else:
        plant(back, stage.chance("plant"), side * 1.15, FLOOR + 0.10, 0.30 * unit)
    parts = surface(stage, back, 0.5, 0.72, colour=mix(dark, room.wall, 0.25), foot=0)
    front = stage.brush(stage.spread(0.75, -0.3))
    if brief.shows("office", "desk", "studio", "workshop", "computer", "writer", "coding"):
        desk(front, 0.04 * side, unit)
    elif brief.shows("sofa", "living", "apartment", "home", "loft", "fireplace"):
        sofa(front, -side * 0.35, unit)
    else:
        table(front, -side * 0.2, unit)
    if brief.shows(*_VISITORS):
        standing_figure(
            front,
            side * 0.42,
            0.43,
            0.52 * unit,
            side=-math.copysign(1, side),
            dress=wears_dress(stage),
        )
    parts += surface(stage, front, 0.75, 0.94, colour=dark, foot=0)
    return parts


_VISITORS = (
    "man", "woman", "girl", "boy", "person", "figure", "chef", "she", "he", "detective", "barista",
    "waiter", "couple", "writer", "ceo", "founder", "child", "people",
)  # fmt: skip


def _pendants(stage: Stage) -> list[Drawable]:
    """Lamps that hang into the frame."""
    parts: list[Drawable] = []
    brush = stage.brush(stage.spread(0.7, -0.62, 0.0))
    for spot in (-0.3, 0.0, 0.3):
        x, y = spot * stage.aspect * 0.9, -0.24 + 0.03 * abs(spot)
        brush.line([(x, -0.62), (x, y)], 0.0025)
        brush.polygon(
            [
                (x - 0.035, y + 0.03),
                (x - 0.012, y - 0.02),
                (x + 0.012, y - 0.02),
                (x + 0.035, y + 0.03),
            ]
        )
        parts.append(
            glow(
                stage,
                (x, y + 0.035),
                0.2,
                depth=0.7,
                colour=mix(stage.palette.accent, (255, 255, 255), 0.2),
                strength=0.75,
            )
        )
    return [*parts, *surface(stage, brush, 0.7, 0.98, foot=0)]
