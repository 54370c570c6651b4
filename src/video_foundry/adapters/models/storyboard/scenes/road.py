"""On the road: asphalt to the horizon, posts and lines that stream past, tail lights."""

from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Rgb, mix, shifted
from video_foundry.adapters.models.storyboard.pixels import fade
from video_foundry.adapters.models.storyboard.scenes.landscape import ridges
from video_foundry.adapters.models.storyboard.stage import Brush, Drawable, Layer, Stage, put_dot
from video_foundry.adapters.models.storyboard.surfaces import glow, mist, sky, surface

HORIZON = 0.06
SPEED = 1.5
"""How many posts pass in a second."""


def road(stage: Stage) -> list[Drawable]:
    """Sky, far ridges, the plain, the road and a car on it."""
    chance = stage.chance("road")
    sun = (
        float(chance.uniform(-0.12, 0.12)) * stage.aspect,
        HORIZON - float(chance.uniform(0.05, 0.13)),
    )
    parts: list[Drawable] = sky(stage, horizon=HORIZON + 0.03, sun=sun, size=0.075, clouds=0.55)
    parts += ridges(stage, HORIZON - 0.035, sun[0], last=0.7)[:-1]
    parts.append(_plain(stage))
    if not stage.palette.cut:
        parts.append(
            mist(stage, "plain", y=HORIZON + 0.01, thickness=0.04, depth=0.2, strength=0.55)
        )
    parts.append(Asphalt(stage, bend=float(chance.uniform(-0.25, 0.25))))
    parts += _car(stage)
    return parts


def _plain(stage: Stage) -> Layer:
    brush = stage.brush(stage.spread(0.2, HORIZON, 0.7))
    brush.box(*brush.bounds)
    palette = stage.palette
    found = surface(stage, brush, 0.2, 0.42, foot=0, shadow=False)[-1]
    if isinstance(found, Layer) and not palette.wash:
        far, near = mix(palette.haze, palette.mid, 0.45), mix(palette.mid, palette.near, 0.6)
        rows = np.linspace(0, 1, 200) ** 0.6
        found.colours = np.array([mix(far, near, float(r)) for r in rows], np.float32)
    if not isinstance(found, Layer):
        raise TypeError("a plain is a layer")
    return found


class Asphalt:
    """The road in perspective: z runs from 0 at the lens to 1 far away."""

    def __init__(self, stage: Stage, bend: float) -> None:
        palette = stage.palette
        self.bend = bend
        self.half = 0.62 * stage.unit
        self.tar = mix(palette.near, palette.mid, 0.25)
        self.far_tar = mix(self.tar, palette.haze, 0.6)
        self.paint = (
            mix(palette.sky[3], (255, 255, 255), 0.2) if not palette.wash else palette.sky[3]
        )
        self.post = mix(palette.near, palette.mid, 0.1)
        self.lamp = palette.accent if palette.is_dark else None
        self.edge = palette.rim

    def place(self, view: View, across: float, far: float, up: float = 0.0) -> tuple[float, float]:
        """Pixel of a place: across -1..1 of the road, far in posts, up in road halves."""
        scale = 1 / (1 + far * 0.55)
        sway = self.bend * (1 - scale) ** 2
        y = HORIZON + (0.56 - HORIZON) * scale - up * scale * self.half
        return view.place(sway + across * self.half * scale, y, 0.25)

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint tar, lines and posts for this moment."""
        draw = ImageDraw.Draw(frame)
        way = view.seconds * SPEED
        steps = [0.0, 0.15, 0.35, 0.6, 1, 1.5, 2.2, 3.2, 4.6, 6.5, 9, 13, 19, 28, 44, 80]
        for near, far in reversed(list(pairwise(steps))):
            colour = mix(self.tar, self.far_tar, min(1.0, far / 18))
            corners = [
                self.place(view, s, z) for s, z in ((-1, near), (1, near), (1, far), (-1, far))
            ]
            draw.polygon(corners, fill=colour)
            for side in (-0.93, 0.93):
                self._stripe(draw, view, side, near, far, half=0.012, share=0.75)
        for index in range(15, -1, -1):
            far = index * 1.0 + (1 - way % 1)
            self._stripe(draw, view, 0.0, far, far + 0.42, half=0.016, share=0.95)
        for index in range(11, -1, -1):
            self._posts(frame, draw, view, index * 1.6 + (1.6 - (way % 1.6)))

    def _stripe(
        self,
        draw: ImageDraw.ImageDraw,
        view: View,
        across: float,
        near: float,
        far: float,
        *,
        half: float,
        share: float,
    ) -> None:
        fade = max(0.0, 1 - near / 16)
        colour = mix(mix(self.tar, self.far_tar, min(1.0, far / 18)), self.paint, share * fade)
        corners = [
            (across - half, near),
            (across + half, near),
            (across + half, far),
            (across - half, far),
        ]
        draw.polygon([self.place(view, s, z) for s, z in corners], fill=colour)

    def _posts(self, frame: Image.Image, draw: ImageDraw.ImageDraw, view: View, far: float) -> None:
        fade = min(1.0, far / 18)
        colour = mix(self.post, self.far_tar, fade)
        for side in (-1.28, 1.28):
            for edge, tall, wide in ((side, 0.17, 0.016),):
                foot, top = (
                    self.place(view, edge - wide, far),
                    self.place(view, edge + wide, far, tall),
                )
                box = [min(foot[0], top[0]), top[1], max(foot[0], top[0]), foot[1]]
                draw.rectangle(box, fill=colour)
                light = self.place(view, edge, far, tall * 0.86)
                shine = self.lamp or self.paint
                put_dot(
                    frame,
                    light,
                    max(1.2, 0.020 * view.height / (1 + far * 0.55)),
                    shine,
                    (1 - fade) * 0.9,
                )


def _car(stage: Stage) -> list[Drawable]:
    """A car ahead, seen from behind."""
    brief, palette = stage.brief, stage.palette
    if brief.shows("empty") and not brief.shows("car", "truck", "drive", "driving"):
        return []
    size, x, y = 0.15 * stage.unit, 0.10 * stage.unit, 0.325
    brush = stage.brush((x - size * 1.2, y - size * 1.2, x + size * 1.2, y + size * 0.25))
    _car_body(brush, x, y, size)
    paint = mix(palette.near, palette.second, 0.16)
    parts = surface(stage, brush, 0.5, 0.9, colour=paint, foot=0)
    glass = stage.brush(brush.bounds)
    glass.polygon(
        [
            (x - size * 0.42, y - size * 0.74),
            (x + size * 0.42, y - size * 0.74),
            (x + size * 0.54, y - size * 0.47),
            (x - size * 0.54, y - size * 0.47),
        ]
    )
    sheen = mix(palette.sky[2], palette.near, 0.35)
    parts += surface(stage, glass, 0.5, 0.5, colour=sheen, foot=0.3, shadow=False)
    for side in (-1, 1):
        parts += _tail_light(stage, x + side * size * 0.62, y - size * 0.32, size)
    for part in parts:
        if isinstance(part, Layer):
            part.motion = _jolt
    return [_car_shadow(stage, x, y, size), *parts]


def _car_shadow(stage: Stage, x: float, y: float, size: float) -> Layer:
    shade = stage.brush((x - size * 1.3, y - size * 0.1, x + size * 1.3, y + size * 0.3))
    shade.ellipse(x, y + size * 0.06, size * 0.95, size * 0.1)
    dark = shifted(stage.palette.near, light=0.5)
    return Layer(
        mask=shade.mask(size * 0.04),
        bounds=shade.bounds,
        depth=0.5,
        colours=fade(dark, dark, 2),
        opacity=0.6,
    )


def _tail_light(stage: Stage, x: float, y: float, size: float) -> list[Drawable]:
    lamp = stage.brush((x - size * 0.2, y - size * 0.1, x + size * 0.2, y + size * 0.1))
    lamp.rounded((x - size * 0.15, y - size * 0.05, x + size * 0.15, y + size * 0.05), size * 0.03)
    red: Rgb = (255, 70, 58)
    light = fade((255, 120, 100), red)
    parts: list[Drawable] = [Layer(mask=lamp.mask(), bounds=lamp.bounds, depth=0.5, colours=light)]
    if not stage.palette.wash:
        strength = 0.75 if stage.palette.is_dark else 0.4
        parts.append(glow(stage, (x, y), size * 0.75, depth=0.5, colour=red, strength=strength))
    return parts


def _jolt(seconds: float) -> tuple[float, float]:
    bump = np.sin(seconds * 9.1) * np.sin(seconds * 2.3)
    return float(np.sin(seconds * 0.6) * 0.008), float(bump * 0.0013)


def _car_body(brush: Brush, x: float, y: float, size: float) -> None:
    def at(dx: float, dy: float) -> tuple[float, float]:
        return x + dx * size, y + dy * size

    brush.polygon([at(-0.46, -0.82), at(0.46, -0.82), at(0.62, -0.46), at(-0.62, -0.46)])
    brush.rounded((x - size * 0.84, y - size * 0.5, x + size * 0.84, y - size * 0.05), size * 0.1)
    brush.rounded((x - size * 0.9, y - size * 0.26, x + size * 0.9, y - size * 0.05), size * 0.05)
    for side in (-1, 1):
        brush.rounded(
            (
                x + side * size * 0.66 - size * 0.13,
                y - size * 0.2,
                x + side * size * 0.66 + size * 0.13,
                y + size * 0.07,
            ),
            size * 0.05,
        )
    brush.polygon([at(-0.62, -0.52), at(-0.82, -0.58), at(-0.8, -0.5)])
    brush.polygon([at(0.62, -0.52), at(0.82, -0.58), at(0.8, -0.5)])
