"""A thing on a plinth: a turned body in studio light, with bokeh, reflection and steam."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageFilter

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, lightness, mix, shifted
from video_foundry.adapters.models.storyboard.pixels import (
    Grid,
    dithered,
    fade,
    grey,
    lit,
    picture,
    smooth,
)
from video_foundry.adapters.models.storyboard.scenes.people import bokeh
from video_foundry.adapters.models.storyboard.stage import Backdrop, Drawable, Layer, Stage
from video_foundry.adapters.models.storyboard.surfaces import Shadow, surface

TABLE = 0.27
"""Height at which things stand."""

TILT = 0.16
"""How round the rings look: 0 from the side, 1 from above."""

Outline = Sequence[tuple[float, float]]
"""Half widths by height: (height above the table 0..1, half width), from the top down."""

SHAPES: dict[str, Outline] = {
    "cup": (
        (0.62, 0.33), (0.58, 0.335), (0.42, 0.32), (0.22, 0.26), (0.08, 0.17), (0.05, 0.15),
        (0.0, 0.17),
    ),
    "bottle": (
        (1.0, 0.075), (0.97, 0.08), (0.93, 0.075), (0.92, 0.065), (0.76, 0.068), (0.66, 0.12),
        (0.58, 0.19), (0.52, 0.205), (0.06, 0.205), (0.0, 0.185),
    ),
    "perfume": (
        (0.92, 0.085), (0.78, 0.09), (0.77, 0.05), (0.70, 0.05), (0.69, 0.09), (0.64, 0.25),
        (0.60, 0.275), (0.06, 0.275), (0.0, 0.255),
    ),
    "vase": (
        (0.95, 0.13), (0.9, 0.105), (0.78, 0.085), (0.62, 0.16), (0.42, 0.265), (0.24, 0.27),
        (0.1, 0.19), (0.03, 0.13), (0.0, 0.135),
    ),
    "glass": (
        (0.9, 0.185), (0.7, 0.215), (0.56, 0.19), (0.46, 0.10), (0.40, 0.024), (0.1, 0.02),
        (0.05, 0.05), (0.02, 0.16), (0.0, 0.165),
    ),
    "candle": ((0.62, 0.125), (0.6, 0.13), (0.02, 0.13), (0.0, 0.14)),
    "jar": (
        (0.7, 0.215), (0.58, 0.22), (0.57, 0.19), (0.53, 0.2), (0.47, 0.255), (0.05, 0.255),
        (0.0, 0.23),
    ),
    "sphere": tuple(
        (0.31 + 0.31 * math.cos(k / 24 * math.pi), 0.31 * math.sin(k / 24 * math.pi))
        for k in range(25)
    ),
}  # fmt: skip

_WORDS = {
    "sphere": ("sphere", "orb", "ball", "globe"),
    "cup": ("cup", "coffee", "mug", "tea", "espresso", "latte", "bowl", "cappuccino"),
    "perfume": (
        "perfume",
        "fragrance",
        "cologne",
        "lipstick",
        "watch",
        "phone",
        "smartphone",
        "gadget",
    ),
    "bottle": ("bottle", "beer", "whisky", "whiskey", "oil", "soda", "water"),
    "vase": ("vase", "flower", "rose", "flowers", "tulip", "bouquet", "teapot"),
    "glass": ("glass", "wine", "cocktail", "champagne", "martini"),
    "candle": ("candle", "candles"),
    "jar": ("jar", "cream", "honey", "cosmetic", "skincare", "product", "packshot"),
}


def thing(stage: Stage) -> list[Drawable]:
    """Backdrop, plinth, the thing with its reflection, and what moves around it."""
    kind = next((k for k, words in _WORDS.items() if stage.brief.shows(*words)), "sphere")
    size = 0.5 * stage.unit * (1.12 if stage.brief.size == "close" else 1.0)
    parts: list[Drawable] = [_studio(stage), bokeh(stage, 26)]
    parts += _plinth(stage, size)
    body = Turned(stage, SHAPES[kind], size, kind)
    parts += [body.reflection(), *body.layers()]
    parts += _companions(stage, kind, size)
    if kind == "cup" or stage.brief.shows("steam", "hot", "incense"):
        parts.append(Steam(stage, 0.0, TABLE - size * 0.6, size))
    return parts


def _studio(stage: Stage) -> Backdrop:
    palette = stage.palette
    bounds = stage.spread(0.2, -0.62)
    grid = Grid(bounds, stage.height)
    two, three = palette.sky[1], palette.sky[2]
    ground = mix(palette.mid, palette.near, 0.25)
    if palette.wash:
        ground = mix(palette.sky[3], palette.mid, 0.25)
    pixels = grid.rows(
        [
            (0, mix(two, palette.mid, 0.4)),
            (0.52, mix(three, two, 0.25)),
            (0.66, mix(three, ground, 0.5)),
            (0.8, ground),
            (1, shifted(ground, light=0.8)),
        ]
    )
    if not palette.wash:
        spot = np.exp(-(((grid.x + 0.1) / 0.75) ** 2 + ((grid.y + 0.06) / 0.42) ** 2))
        pixels = lit(pixels, palette.glow, spot * 0.52)
        blinds = np.sin((grid.y * 1.0 - grid.x * 0.35) * 34)
        slats = smooth(-0.1, 0.5, blinds) * smooth(0.15, -0.1, grid.y) * spot
        pixels = lit(pixels, palette.glow, slats * (0.14 if palette.is_dark else 0.2))
    return Backdrop(image=dithered(pixels, stage.chance("studio")), bounds=bounds, depth=0.2)


def _plinth(stage: Stage, size: float) -> list[Drawable]:
    palette = stage.palette
    brush = stage.brush(stage.spread(0.7, TABLE - 0.03, 0.62))
    half = size * 0.86
    brush.box(-half, TABLE + 0.02, half, 0.8 + stage.camera.reach)
    brush.ellipse(0, TABLE + 0.02, half, size * 0.075)
    mask = brush.mask()
    grid = Grid(brush.bounds, mask.height / (brush.bounds[3] - brush.bounds[1]))
    tone = (
        mix(palette.haze, palette.sky[3], 0.35)
        if not palette.is_dark
        else mix(palette.mid, palette.haze, 0.6)
    )
    across = np.clip(grid.x / half, -1, 1)
    shade = (
        0.42
        + 0.58 * np.exp(-((across + 0.42) ** 2) * 2.6)
        - 0.2 * np.clip((grid.y - TABLE) * 2, 0, 1)
    )
    pixels = np.array(tone, np.float32) * shade[..., None]
    top = smooth(1.02, 0.98, (grid.x / half) ** 2 + ((grid.y - TABLE - 0.02) / (size * 0.075)) ** 2)
    lid = (
        np.array(shifted(tone, light=1.08), np.float32)
        * (0.8 + 0.2 * np.exp(-((across + 0.3) ** 2)))[..., None]
    )
    pixels = pixels + (lid - pixels) * top[..., None]
    contact = np.exp(
        -((grid.x / (size * 0.42)) ** 2 + ((grid.y - TABLE - 0.025) / (size * 0.06)) ** 2) * 1.3
    )
    pixels = pixels * (1 - 0.55 * (contact * top)[..., None])
    image = picture(np.clip(pixels, 0, 255)).resize(mask.size)
    layer = Layer(mask=mask, bounds=brush.bounds, depth=0.7, colours=image)
    return [Shadow(layer, stage.height), layer] if palette.cut else [layer]


def _smoothed(outline: Outline) -> tuple[Floats, Floats]:
    """Rising heights with half widths, rounded where the outline has corners."""
    heights = np.linspace(outline[-1][0], outline[0][0], 400, dtype=np.float32)
    widths = np.interp(heights, [h for h, _ in outline][::-1], [w for _, w in outline][::-1])
    kernel = np.hanning(17) / np.hanning(17).sum()
    padded = np.concatenate([[widths[0]] * 8, widths, [widths[-1]] * 8])
    return heights, np.convolve(padded, kernel, "valid").astype(np.float32)


def _body_colour(stage: Stage, kind: str) -> Rgb:
    palette = stage.palette
    dark = mix(palette.near, palette.mid, 0.45)
    choices = {
        "cup": mix(palette.sky[3], (250, 246, 240), 0.6),
        "bottle": mix(dark, palette.second, 0.35),
        "perfume": mix(palette.accent, palette.glow, 0.25),
        "vase": mix(palette.second, palette.haze, 0.35),
        "glass": mix(palette.second, dark, 0.25),
        "candle": mix(palette.glow, palette.sky[3], 0.5),
        "jar": mix(palette.haze, palette.accent, 0.35),
    }
    found = choices.get(kind, mix(palette.accent, palette.second, 0.5))
    return found if lightness(found) > 0.35 else shifted(found, light=1.4)


class Turned:
    """A body of revolution with key light, rim light and a soft highlight."""

    def __init__(self, stage: Stage, outline: Outline, size: float, kind: str) -> None:
        self.stage, self.size, self.kind = stage, size, kind
        reach = size * 0.5
        self.bounds = (-reach, TABLE + 0.02 - size * 1.06, reach, TABLE + 0.02 + size * 0.04)
        grid = Grid(self.bounds, stage.height * 1.2)
        seen = (TABLE + 0.015 - grid.y) / size
        x = grid.x / size
        heights, widths = _smoothed(outline)
        # Seen from a little above, the front of each ring lies lower than its middle.
        up = seen + np.zeros_like(x)
        for _ in range(3):
            half = np.interp(up, heights, widths, left=widths[0], right=widths[-1])
            up = seen + TILT * (np.sqrt(np.clip(half**2 - x**2, 0, None)) - half * 0.55)
        half = half.astype(np.float32)
        edge = 1.6 / (stage.height * 1.2 * size)
        inside = smooth(edge, -edge, np.abs(x) - half)
        inside = inside * smooth(heights[0] - edge, heights[0] + edge, up)
        inside = inside * smooth(heights[-1] + edge, heights[-1] - edge, up)
        self.mask = grey(inside)
        across = x / np.maximum(half, 1e-3)
        shaded = self._shaded(across, up.astype(np.float32), half)
        self.picture = picture(np.clip(shaded, 0, 255))

    def _shaded(self, across: Floats, up: Floats, half: Floats) -> Floats:
        palette = self.stage.palette
        side = np.clip(across, -1, 1)
        facing = np.sqrt(1 - side**2)
        slope = np.clip(-np.gradient(half, axis=0) * 12, -0.8, 0.8) * -1
        key = np.clip(-0.62 * side + 0.62 * facing + 0.35 * slope, 0, 1)
        base = _body_colour(self.stage, self.kind)
        pixels: Floats = np.array(base, np.float32) * (0.16 + 0.84 * key)[..., None]
        pixels = pixels * (0.86 + 0.14 * np.clip(up, 0, 1))[..., None]
        strip = (
            np.exp(-((side + 0.56) ** 2) * 90) * 0.75 + np.exp(-((side + 0.38) ** 2) * 400) * 0.25
        )
        rim = smooth(0.78, 1.0, side) * 0.8
        if palette.wash:
            return np.array(palette.sky[3], np.float32) * (0.2 + 0.8 * key)[..., None]
        pixels = lit(
            pixels, mix(palette.glow, (255, 255, 255), 0.5), strip * (0.55 if palette.cut else 0.85)
        )
        pixels = lit(pixels, palette.rim or mix(palette.sky[3], palette.glow, 0.4), rim)
        return self._label(pixels, side, up)

    def _label(self, pixels: Floats, side: Floats, up: Floats) -> Floats:
        """A band for bottles and jars, the coffee in a cup, a sheen of liquid in a glass."""
        palette = self.stage.palette
        if self.kind in ("bottle", "perfume", "jar"):
            band = smooth(0.19, 0.195, up) * smooth(0.42, 0.415, up)
            paper = np.array(mix(palette.sky[3], (255, 255, 255), 0.35), np.float32)
            shade = (0.25 + 0.75 * np.clip(0.75 - 0.6 * side - 0.4 * side**2, 0, 1))[..., None]
            pixels = pixels + (paper * shade - pixels) * (band * 0.92)[..., None]
            line = smooth(0.255, 0.258, up) * smooth(0.268, 0.265, up) * (np.abs(side + 0.1) < 0.4)
            pixels = (
                pixels + (np.array(palette.accent, np.float32) - pixels) * (line * 0.9)[..., None]
            )
        return pixels

    def layers(self) -> list[Drawable]:
        """The body itself."""
        layer = Layer(mask=self.mask, bounds=self.bounds, depth=0.7, colours=self.picture)
        return [Shadow(layer, self.stage.height), layer] if self.stage.palette.cut else [layer]

    def reflection(self) -> Layer:
        """Its faint mirror image on the plinth."""
        flip = Image.Transpose.FLIP_TOP_BOTTOM
        mask = self.mask.transpose(flip).filter(ImageFilter.GaussianBlur(self.stage.height / 220))
        rows = np.linspace(1, 0, mask.height, dtype=np.float32)[:, None] ** 5
        left, top, right, bottom = self.bounds
        foot = TABLE + 0.015
        bounds = (left, 2 * foot - bottom, right, 2 * foot - top)
        return Layer(
            mask=grey(np.asarray(mask, np.float32) / 255 * rows * 0.3),
            bounds=bounds,
            depth=0.7,
            colours=self.picture.transpose(flip),
        )


def _companions(stage: Stage, kind: str, size: float) -> list[Drawable]:
    """A handle, a flame, stems: what is not turned."""
    palette = stage.palette
    brush = stage.brush((-size * 0.8, TABLE - size * 1.5, size * 0.8, TABLE + 0.05))
    parts: list[Drawable] = _opening(stage, kind, size)
    if kind == "cup":
        points = []
        for k in range(15):
            angle = -1.25 + k / 14 * 2.6
            points.append(
                (
                    size * (0.27 + 0.2 * math.cos(angle)),
                    TABLE - size * 0.34 + size * 0.17 * math.sin(angle),
                )
            )
        brush.line(points, size * 0.05)
        tone = shifted(mix(palette.sky[3], (250, 246, 240), 0.6), light=0.62)
        if palette.wash:
            tone = palette.mid
        handle = surface(stage, brush, 0.7, 0.5, colour=tone, foot=0, shadow=False)
        parts = [*handle, *parts]
    elif kind == "vase":
        parts += _stems(stage, size)
    elif kind == "candle":
        parts.append(Flame(stage, 0.0, TABLE - size * 0.66, size))
    return parts


def _opening(stage: Stage, kind: str, size: float) -> list[Drawable]:
    """The rim of a vessel and what is in it."""
    if kind == "sphere":
        return []
    palette = stage.palette
    height, half = SHAPES[kind][0]
    x, y = 0.0, TABLE + 0.015 - height * size - TILT * half * size * 0.55
    rx, ry = half * size * 0.985, half * size * TILT * 1.05
    rim = mix(palette.sky[3], (255, 255, 255), 0.45)
    if kind in ("bottle", "perfume", "jar"):
        rim = shifted(_body_colour(stage, kind), light=0.92)
    filled = {
        "cup": (66, 36, 22),
        "glass": mix(palette.second, palette.near, 0.45),
        "vase": mix(rim, palette.near, 0.55),
        "candle": mix(rim, palette.accent, 0.3),
    }
    inner = filled.get(kind, shifted(rim, light=1.08))
    if palette.wash:
        rim, inner = (
            palette.sky[3],
            mix(palette.near, palette.sky[3], 0.2 if kind in filled else 0.75),
        )
    parts: list[Drawable] = []
    for colour, share, drop in ((rim, 1.0, 0.0), (inner, 0.9, ry * 0.12)):
        brush = stage.brush((x - rx * 1.1, y - ry * 1.4, x + rx * 1.1, y + ry * 1.4))
        brush.ellipse(x, y + drop, rx * share, ry * share)
        light = fade(colour, mix(colour, rim, 0.18 if share < 1 else 0.0))
        parts.append(Layer(mask=brush.mask(), bounds=brush.bounds, depth=0.7, colours=light))
    return parts


def _stems(stage: Stage, size: float) -> list[Drawable]:
    chance, palette = stage.chance("stems"), stage.palette
    parts: list[Drawable] = []
    for index in range(5):
        brush = stage.brush((-size * 0.8, TABLE - size * 1.7, size * 0.8, TABLE - size * 0.8))
        lean = (index - 2) * 0.17 + float(chance.normal(0, 0.03))
        tall = size * float(chance.uniform(0.34, 0.52))
        x, y = lean * size * 0.3, TABLE - size * 0.9
        tip = (x + math.sin(lean * 2) * tall, y - math.cos(lean * 2) * tall)
        brush.line([(x, y), ((x + tip[0]) / 2 - lean * 0.02, (y + tip[1]) / 2), tip], size * 0.012)
        parts += surface(stage, brush, 0.7, 0.75, foot=0, shadow=False)
        petals = stage.brush((-size * 0.8, TABLE - size * 1.7, size * 0.8, TABLE - size * 0.8))
        for petal in range(6):
            angle = petal / 6 * 2 * math.pi + lean
            petals.ellipse(
                tip[0] + math.cos(angle) * size * 0.04,
                tip[1] + math.sin(angle) * size * 0.035,
                size * 0.042,
                size * 0.042,
            )
        colour = (palette.accent, palette.second)[index % 2]
        parts += surface(
            stage,
            petals,
            0.7,
            0.5,
            colour=mix(colour, palette.glow, 0.15 * (index % 3)),
            foot=0.2,
            shadow=False,
        )
    return parts


class Steam:
    """Two wisps that rise, twist and thin out."""

    def __init__(self, stage: Stage, x: float, y: float, size: float) -> None:
        self.bounds = (x - size * 0.5, y - size * 0.75, x + size * 0.5, y)
        grid = Grid(self.bounds, stage.height / 3)
        self.x, self.up, self.size = (grid.x - x) / size, (y - grid.y) / (size * 0.75), size
        light = mix(stage.palette.glow, (255, 255, 255), 0.6)
        self.colours = (
            fade(light, light, 2)
            if not stage.palette.wash
            else fade(stage.palette.mid, stage.palette.mid, 2)
        )
        self.phase = float(stage.chance("steam").uniform(0, 6.3))

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint the wisps of this moment."""
        total = np.zeros((self.up.shape[0], self.x.shape[1]), np.float32)
        for index, (start, pace) in enumerate(((-0.08, 1.2), (0.07, 0.95))):
            phase = self.phase + index * 2.1
            bend = np.sin(self.up * 5.2 - view.seconds * pace + phase) * 0.10 * self.up
            bend += np.sin(self.up * 11 - view.seconds * pace * 1.7 + phase) * 0.03 * self.up
            width = 0.022 + 0.075 * self.up
            body = np.exp(-(((self.x - start - bend) / width) ** 2))
            total = np.maximum(
                total, body * smooth(0.0, 0.16, self.up) * (1 - self.up).clip(0, 1) ** 1.3
            )
        Layer(mask=grey(total * 0.42), bounds=self.bounds, depth=0.7, colours=self.colours).draw(
            frame, view
        )


class Flame:
    """A candle's flame and its glow."""

    def __init__(self, stage: Stage, x: float, y: float, size: float) -> None:
        self.bounds = (x - size * 0.6, y - size * 0.7, x + size * 0.6, y + size * 0.3)
        grid = Grid(self.bounds, stage.height / 2)
        self.x, self.y = (grid.x - x) / size, (grid.y - y) / size
        self.halo = np.exp(-np.sqrt(self.x**2 + (self.y + 0.05) ** 2) * 6.5) * 0.7

    def draw(self, frame: Image.Image, view: View) -> None:
        """Paint it as it flickers."""
        sway = 0.012 * math.sin(view.seconds * 3.1) + 0.006 * math.sin(view.seconds * 8.3)
        up = np.clip(-self.y / 0.2 + 0.3, 0, 1.4)
        width = 0.034 * np.clip(np.sin(np.clip(up / 1.25, 0, 1) * math.pi), 0, 1) ** 0.7
        core = (
            smooth(1.1, 0.5, np.abs(self.x - sway * up) / np.maximum(width, 1e-3))
            * (up > 0)
            * (up < 1.25)
        )
        flicker = 0.9 + 0.1 * math.sin(view.seconds * 11)
        amount = np.maximum(core, self.halo * flicker)
        heat = np.clip(core, 0, 1)[..., None]
        colours = (
            np.array((255, 178, 84), np.float32) * (1 - heat)
            + np.array((255, 246, 214), np.float32) * heat
        )
        Layer(mask=grey(amount), bounds=self.bounds, depth=0.7, colours=picture(colours)).draw(
            frame, view
        )
