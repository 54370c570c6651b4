"""Screens: panels of glass that arrive and float, charts that draw themselves, a grid of light."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import (
    Rgb,
    mix,
    rgb,
    shifted,
)
from video_foundry.adapters.models.storyboard.palette import Palette
from video_foundry.adapters.models.storyboard.pixels import Grid, dithered, fade, lit, noise, smooth
from video_foundry.adapters.models.storyboard.scenes.cards import Art, Ink, Spec
from video_foundry.adapters.models.storyboard.scenes.forest import motes
from video_foundry.adapters.models.storyboard.stage import Backdrop, Drawable, Layer, Motion, Stage
from video_foundry.adapters.models.storyboard.surfaces import Shadow


def interface(stage: Stage) -> list[Drawable]:
    """A deep field with a grid, then cards from far to near."""
    ink = _ink(stage)
    parts: list[Drawable] = [_field(stage, ink)]
    parts += [card for spec in _layout(stage) for card in _card(stage, ink, spec)]
    if not stage.palette.cut:
        parts.append(motes(stage, 22))
    return parts


def _ink(stage: Stage) -> Ink:
    palette = stage.palette
    light = palette.wash or palette.cut or stage.brief.light in ("day", "dawn", "overcast")
    accent, second = _accents(stage, palette)
    if light:
        paper = mix(palette.sky[3], (255, 255, 255), 0.5)
        dark = mix(palette.near, palette.mid, 0.1)
        return Ink(
            ground=(mix(palette.sky[2], paper, 0.3), mix(palette.sky[3], palette.haze, 0.35)),
            card=mix(paper, (255, 255, 255), 0.5), line=dark, soft=mix(dark, paper, 0.72),
            accent=accent, second=second, light=True,
        )  # fmt: skip
    return Ink(
        ground=(mix(palette.sky[0], (6, 9, 20), 0.4), mix(palette.sky[1], palette.mid, 0.3)),
        card=mix(palette.sky[1], palette.sky[2], 0.45), line=(236, 243, 255),
        soft=mix((236, 243, 255), palette.sky[1], 0.66), accent=accent, second=second, light=False,
    )  # fmt: skip


_NAMED = {
    "blue": "#4aa8ff", "cyan": "#3fe0f0", "green": "#4fe0a0", "red": "#ff5a5f", "orange": "#ff9a3d",
    "purple": "#a06bff",
    "violet": "#a06bff", "pink": "#ff6fb5", "yellow": "#ffd24a", "gold": "#f2c14e",
    "teal": "#2fc7b8", "magenta": "#ff4fc3",
}  # fmt: skip


def _accents(stage: Stage, palette: Palette) -> tuple[Rgb, Rgb]:
    if palette.wash:
        return palette.accent, palette.mid
    for name, code in _NAMED.items():
        if stage.brief.shows(name):
            return rgb(code), shifted(rgb(code), turn=0.9)
    if palette.is_dark and palette.rim is None:
        return rgb("#5cc8ff"), rgb("#8f7bff")
    return palette.accent, palette.second


def _field(stage: Stage, ink: Ink) -> Backdrop:
    bounds = stage.spread(0.08, -0.62)
    grid = Grid(bounds, stage.height)
    pixels = grid.rows([(0, ink.ground[0]), (1, ink.ground[1])])
    x = float(stage.chance("field").uniform(-0.3, 0.3)) * stage.aspect
    if not stage.palette.wash:
        pixels = lit(
            pixels, ink.accent, np.exp(-grid.distance(x, 0.12) * 2.3) * (0.28 if ink.light else 0.5)
        )
        pixels = lit(pixels, ink.second, np.exp(-grid.distance(-x, -0.4) * 2.8) * 0.25)
    down = np.clip(grid.y - 0.06, 1e-3, 1)
    across = np.abs(((grid.x / (down * 2.2)) * 1.6) % 1 - 0.5)
    along = np.abs((0.16 / down) % 1 - 0.5)
    near = smooth(0.02, 0.3, down)
    lines = np.maximum(smooth(0.484, 0.496, across), smooth(0.47, 0.49, along)) * near
    haze = noise(stage.chance("haze"), grid.size, (4, 3), 3)
    amount = lines * (0.10 if ink.light else 0.22) * (0.5 + 0.5 * haze)
    pixels = (
        pixels
        + (np.array(ink.soft if ink.light else ink.accent, np.float32) - pixels) * amount[..., None]
    )
    return Backdrop(image=dithered(pixels, stage.chance("grain")), bounds=bounds, depth=0.08)


def _layout(stage: Stage) -> list[Spec]:
    """A main card with smaller ones around it, for wide or for tall frames."""
    pace = min(0.28, stage.camera.frames / 24 / 14)
    if stage.aspect >= 1.2:
        wide = min(1.0, stage.aspect / 1.78)
        rows = [
            ("a", -0.70, -0.30, -0.34, -0.02, 0.35, "bars"),
            ("b", 0.36, -0.33, 0.72, -0.06, 0.4, "ring"),
            ("c", 0.40, 0.00, 0.74, 0.20, 0.5, "list"),
            ("main", -0.30, -0.26, 0.30, 0.17, 0.62, "chart"),
            ("d", -0.72, 0.02, -0.38, 0.24, 0.78, "list"),
            ("e", 0.16, 0.09, 0.46, 0.235, 0.95, "toast"),
        ]  # fmt: skip
    else:
        wide = stage.aspect / 0.62
        rows = [
            ("a", -0.27, -0.38, -0.02, -0.22, 0.35, "ring"),
            ("b", 0.02, -0.36, 0.26, -0.2, 0.4, "bars"),
            ("main", -0.25, -0.17, 0.25, 0.13, 0.6, "chart"),
            ("d", -0.27, 0.155, 0.03, 0.29, 0.75, "list"),
            ("e", 0.0, 0.11, 0.28, 0.2, 0.95, "toast"),
        ]  # fmt: skip
    return [
        Spec(name=n, box=(left * wide, t, right * wide, b), depth=d, kind=k, at=i * pace)
        for i, (n, left, t, right, b, d, k) in enumerate(rows)
    ]


def _card(stage: Stage, ink: Ink, spec: Spec) -> list[Drawable]:
    left, top, right, bottom = spec.box
    pad = 0.03
    brush = stage.brush((left - pad, top - pad, right + pad, bottom + pad))
    brush.rounded(spec.box, 0.016)
    motion = _arrival(stage, spec)
    layer = Layer(
        mask=brush.mask(),
        bounds=brush.bounds,
        depth=spec.depth,
        colours=fade(ink.card, ink.card, 2),
        motion=motion,
    )
    art = Art(stage, ink, spec, layer)
    if not ink.light:
        layer.opacity = 0.9
    shadow = Shadow(layer, stage.height, 0.5 if ink.light else 0.62)
    moving = Moving(art=art, layer=layer, spec=spec)
    parts: list[Drawable] = [shadow, moving]
    if stage.palette.rim or not ink.light:
        parts.insert(0, _halo(stage, ink, spec, motion))
    return parts


def _halo(stage: Stage, ink: Ink, spec: Spec, motion: Motion) -> Layer:
    left, top, right, bottom = spec.box
    pad = 0.09
    brush = stage.brush((left - pad, top - pad, right + pad, bottom + pad))
    brush.rounded(spec.box, 0.02)
    small = brush.mask().reduce(4).filter(ImageFilter.GaussianBlur(stage.height * 0.03 / 4))
    return Layer(
        mask=small,
        bounds=brush.bounds,
        depth=spec.depth,
        colours=fade(ink.accent, ink.second, 2),
        opacity=0.3,
        motion=motion,
    )


def _arrival(stage: Stage, spec: Spec) -> Motion:
    phase = float(stage.chance(spec.name).uniform(0, 6.3))

    def motion(seconds: float) -> tuple[float, float]:
        part = min(1.0, max(0.0, (seconds - spec.at + 0.45) / 0.9))
        rise = (1 - (1 - (1 - part) ** 4)) * 0.35
        return 0.0, rise + 0.004 * math.sin(seconds * 0.9 + phase)

    return motion


@dataclass(kw_only=True)
class Moving:
    """A card whose content is drawn anew while it changes."""

    art: Art
    layer: Layer
    spec: Spec

    def draw(self, frame: Image.Image, view: View) -> None:
        """Bring the content up to this moment, then paint the card."""
        self.layer.colours = self.art.at(view.seconds - self.spec.at)
        self.layer.draw(frame, view)
