"""The drawing kit: a stage with seeded chance, anti-aliased masks, noise, layers and soft dots.

Scenes are made of these; nothing here knows what a mountain is.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from video_foundry.adapters.models.storyboard.camera import Box, Camera, View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb
from video_foundry.adapters.models.storyboard.palette import Palette
from video_foundry.adapters.models.storyboard.pixels import picture
from video_foundry.adapters.models.storyboard.reading import Brief

Points = Sequence[tuple[float, float]]
DENSITY = 1.12
"""Pixels of a layer for each pixel of the frame, so that a push in stays sharp."""


Motion = Callable[[float], tuple[float, float]]
"""Seconds -> (dx, dy) in scene units."""


class Drawable(Protocol):
    """Anything that can put itself into a frame at a moment."""

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint over `frame` (RGB) what this thing looks like in `view`."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What every scene gets: the frame, the brief, the colours, the camera and seeded chance."""

    width: int
    height: int
    seed: int
    prompt: str
    brief: Brief
    palette: Palette
    camera: Camera

    @property
    def aspect(self) -> float:
        """Width of the frame in scene units."""
        return self.width / self.height

    @property
    def unit(self) -> float:
        """A size that suits both wide and tall frames, 1 for 16:9 and wider."""
        return min(1.0, 0.45 + 0.31 * self.aspect)

    def chance(self, name: str) -> np.random.Generator:
        """Random numbers for one part of the picture; other parts do not shift them."""
        text = f"{self.seed}:{name}:{self.prompt}".encode("utf-8", "replace")
        return np.random.default_rng(int.from_bytes(hashlib.sha256(text).digest()[:8], "big"))

    def half_width(self, depth: float) -> float:
        """How far from the middle a layer at `depth` must reach to fill every view."""
        return self.aspect / 2 + self.camera.reach * depth + 0.04

    def spread(self, depth: float, top: float, bottom: float = 0.62) -> Box:
        """The bounds of a layer that fills the frame's width and reaches from top to bottom."""
        half = self.half_width(depth)
        return -half, top, half, bottom + self.camera.reach * depth

    def brush(self, bounds: Box) -> "Brush":
        """A brush for a mask over these bounds."""
        return Brush(bounds, self.height * DENSITY, 3 if self.height <= 800 else 2)


class Brush:
    """Draws an anti-aliased mask in scene units."""

    def __init__(self, bounds: Box, pixels_per_unit: float, fineness: int) -> None:
        self.bounds = bounds
        self.fineness = fineness
        self._scale = pixels_per_unit * fineness
        size = (
            self._even((bounds[2] - bounds[0]) * pixels_per_unit) * fineness,
            self._even((bounds[3] - bounds[1]) * pixels_per_unit) * fineness,
        )
        self.image = Image.new("L", size, 0)
        self._draw = ImageDraw.Draw(self.image)

    def polygon(self, points: Points, value: int = 255) -> None:
        """Fill a polygon."""
        self._draw.polygon([self._at(x, y) for x, y in points], fill=value)

    def ellipse(self, x: float, y: float, rx: float, ry: float, value: int = 255) -> None:
        """Fill an ellipse around (x, y)."""
        self._draw.ellipse([*self._at(x - rx, y - ry), *self._at(x + rx, y + ry)], fill=value)

    def box(self, left: float, top: float, right: float, bottom: float, value: int = 255) -> None:
        """Fill a rectangle."""
        if right > left and bottom > top:
            self._draw.rectangle([*self._at(left, top), *self._at(right, bottom)], fill=value)

    def rounded(self, box: Box, radius: float, value: int = 255) -> None:
        """Fill a rectangle with round corners."""
        corners = [*self._at(box[0], box[1]), *self._at(box[2], box[3])]
        self._draw.rounded_rectangle(corners, radius * self._scale, fill=value)

    def frame(self, box: Box, radius: float, line: float, value: int = 255) -> None:
        """Outline a rectangle with round corners."""
        corners = [*self._at(box[0], box[1]), *self._at(box[2], box[3])]
        width = max(1, round(line * self._scale))
        self._draw.rounded_rectangle(corners, radius * self._scale, outline=value, width=width)

    def line(self, points: Points, width: float, value: int = 255) -> None:
        """Draw a line with round joints."""
        pixels = [self._at(x, y) for x, y in points]
        thick = max(1, round(width * self._scale))
        self._draw.line(pixels, fill=value, width=thick, joint="curve")
        if thick > 3:
            for x, y in (pixels[0], pixels[-1]):
                half = thick / 2
                self._draw.ellipse([x - half, y - half, x + half, y + half], fill=value)

    def below(self, xs: Floats, ys: Floats, value: int = 255) -> None:
        """Fill everything below a line of heights."""
        bottom = self.bounds[3] + 1
        line = list(zip(xs.tolist(), ys.tolist(), strict=True))
        self.polygon([(float(xs[0]), bottom), *line, (float(xs[-1]), bottom)], value)

    def mask(self, blur: float = 0.0) -> Image.Image:
        """The finished mask; `blur` is a radius in scene units."""
        image = self.image.reduce(self.fineness)
        if blur:
            radius = blur * self._scale / self.fineness
            image = image.filter(ImageFilter.GaussianBlur(radius))
        return image

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.bounds[0]) * self._scale, (y - self.bounds[1]) * self._scale

    @staticmethod
    def _even(value: float) -> int:
        return max(4, math.ceil(value))


class _Drawn(NamedTuple):
    """What a layer looked like last; shown again while nothing has changed."""

    window: tuple[tuple[int, int, int, int], Box]
    colours: Floats | Image.Image
    mask: Image.Image
    fill: Image.Image


@dataclass(kw_only=True)
class Layer:
    """A mask with a fill that moves with the camera.

    colours: rows of colour from the top of the bounds to the bottom (n x 3), or a picture of the
    mask's own size. opacity: 0..1. motion: seconds -> (dx, dy) in scene units.
    """

    mask: Image.Image
    bounds: Box
    depth: float
    colours: Floats | Image.Image
    opacity: float = 1.0
    motion: Motion | None = None
    _last: "_Drawn | None" = field(default=None, repr=False)
    _rows: tuple[object, Image.Image] | None = field(default=None, repr=False)
    _cut: tuple[int, int, int, int] | None = field(default=None, repr=False)

    def repaint(self, image: Image.Image) -> None:
        """Give the layer another picture, of the size that its mask was made with."""
        self.colours = image.crop(self._cut) if self._cut else image

    def __post_init__(self) -> None:
        """Cut away what the mask leaves empty: every frame pays for the area."""
        box = self.mask.getbbox()
        width, height = self.mask.size
        if box is None or (box[2] - box[0]) * (box[3] - box[1]) > 0.9 * width * height:
            return
        # One empty pixel stays on each side, so that edges still fade out.
        cut = (
            max(0, box[0] - 1),
            max(0, box[1] - 1),
            min(width, box[2] + 1),
            min(height, box[3] + 1),
        )
        left, top, right, bottom = self.bounds
        across, down = (right - left) / width, (bottom - top) / height
        if isinstance(self.colours, Image.Image):
            self.colours = self.colours.crop(cut)
        else:
            last = len(self.colours) - 1
            rows = np.linspace(cut[1], cut[3], 128) / height * last
            self.colours = self.colours[np.clip(np.rint(rows), 0, last).astype(np.intp)]
        self.mask = self.mask.crop(cut)
        self._cut = cut
        self.bounds = (
            left + cut[0] * across,
            top + cut[1] * down,
            left + cut[2] * across,
            top + cut[3] * down,
        )

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint the part of the layer that this view shows."""
        window = self._window(view)
        if window is None:
            return
        place, source = window
        last = self._last
        if last is None or last.window != window or last.colours is not self.colours:
            size = (place[2] - place[0], place[3] - place[1])
            mask = self.mask.resize(size, Image.Resampling.BILINEAR, box=source)
            if self.opacity < 1:
                mask = mask.point([round(v * self.opacity) for v in range(256)])
            last = _Drawn(window, self.colours, mask, self._fill(size, source))
            self._last = last
        frame.paste(last.fill, place[:2], last.mask)

    def _window(self, view: View) -> tuple[tuple[int, int, int, int], Box] | None:
        dx, dy = self.motion(view.seconds) if self.motion else (0.0, 0.0)
        left, top, right, bottom = self.bounds
        screen = view.box((left + dx, top + dy, right + dx, bottom + dy), self.depth)
        place = (
            max(0, math.ceil(screen[0])),
            max(0, math.ceil(screen[1])),
            min(view.width, math.floor(screen[2])),
            min(view.height, math.floor(screen[3])),
        )
        if place[2] - place[0] < 1 or place[3] - place[1] < 1:
            return None
        across = self.mask.width / (screen[2] - screen[0])
        down = self.mask.height / (screen[3] - screen[1])
        source = (
            max(0.0, (place[0] - screen[0]) * across),
            max(0.0, (place[1] - screen[1]) * down),
            min(float(self.mask.width), (place[2] - screen[0]) * across),
            min(float(self.mask.height), (place[3] - screen[1]) * down),
        )
        return place, source

    def _fill(self, size: tuple[int, int], source: Box) -> Image.Image:
        if isinstance(self.colours, Image.Image):
            return self.colours.resize(size, Image.Resampling.BILINEAR, box=source)
        key = (size, round(source[1]), round(source[3]))
        if self._rows is None or self._rows[0] != key:
            last = len(self.colours) - 1
            rows = np.linspace(source[1], source[3], size[1]) / self.mask.height * last
            picked = self.colours[np.clip(np.rint(rows), 0, last).astype(np.intp)]
            wide = np.broadcast_to(picked.astype(np.uint8)[:, None, :], (size[1], size[0], 3))
            self._rows = (key, picture(wide))
        return self._rows[1]


@dataclass(kw_only=True)
class Backdrop:
    """The farthest layer: an opaque picture, larger than the frame."""

    image: Image.Image
    bounds: Box
    depth: float = 0.0

    def draw(self, frame: Image.Image, view: View) -> None:
        """Cover the frame."""
        left, top, right, bottom = view.box(self.bounds, self.depth)
        across = self.image.width / (right - left)
        down = self.image.height / (bottom - top)
        source = (
            -left * across,
            -top * down,
            (view.width - left) * across,
            (view.height - top) * down,
        )
        size = (view.width, view.height)
        if self._cached is not None and self._cached[0] == source:
            frame.paste(self._cached[1])
            return
        shown = self.image.resize(size, Image.Resampling.BILINEAR, box=source)
        self._cached = (source, shown)
        frame.paste(shown)

    _cached: tuple[Box, Image.Image] | None = field(default=None, repr=False)


@dataclass(kw_only=True)
class Dots:
    """Soft round dots that move by themselves: dust, snow, stars, fireflies.

    move: seconds -> places (n x 2, scene units) and strengths (n, 0..1).
    """

    radii: Floats
    colour: Rgb
    depth: float
    move: Callable[[float], tuple[Floats, Floats]]

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint every dot that is in the frame."""
        places, strengths = self.move(view.seconds)
        scale = view.scale(self.depth)
        pixels = (places - np.array([view.x, view.y]) * self.depth) * scale
        pixels += np.array([view.width / 2, view.height / 2])
        for (x, y), radius, strength in zip(
            pixels.tolist(), (self.radii * scale).tolist(), strengths.tolist(), strict=True
        ):
            if (
                strength > 0.02
                and -radius < x < view.width + radius
                and -radius < y < view.height + radius
            ):
                put_dot(frame, (x, y), radius, self.colour, strength)


def put_dot(
    frame: Image.Image, place: tuple[float, float], radius: float, colour: Rgb, strength: float
) -> None:
    """Paint one soft dot at a place between pixels."""
    x, y = place
    left, top = math.floor(x), math.floor(y)
    mask = _dot(max(2, round(radius * 4)), int((x - left) * 4), int((y - top) * 4))
    if strength < 1:
        mask = mask.point(_scaled(round(strength * 32)))
    half = mask.width // 2
    frame.paste(colour, (left - half, top - half), mask)


@lru_cache(maxsize=33)
def _scaled(thirtyseconds: int) -> list[int]:
    return [v * thirtyseconds // 32 for v in range(256)]


@lru_cache(maxsize=4096)
def _dot(quarter_radius: int, sub_x: int, sub_y: int) -> Image.Image:
    radius = quarter_radius / 4
    half = math.ceil(radius) + 1
    axis = np.arange(-half, half + 1, dtype=np.float32)
    dx, dy = axis[None, :] - sub_x / 4, axis[:, None] - sub_y / 4
    distance = np.sqrt(dx * dx + dy * dy) / radius
    body = np.clip(1.25 - distance, 0, 1) ** 1.5
    return Image.fromarray((np.clip(body, 0, 1) * 255).astype(np.uint8))
