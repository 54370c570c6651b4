"""The slate over the picture: shot, framing, time code, caption, a thin line of progress."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from video_foundry.adapters.models.storyboard.camera import View
from video_foundry.adapters.models.storyboard.colour import Floats, Rgb, mix
from video_foundry.adapters.models.storyboard.lettering import Type, broken, clean
from video_foundry.adapters.models.storyboard.request import FPS
from video_foundry.adapters.models.storyboard.stage import Stage

BRIGHT = 190
"""Above this mean brightness (0..255) white text could not be read."""

_SIZES = {"wide": "WIDE", "medium": "MEDIUM", "close": "CLOSE", "aerial": "AERIAL"}
_ARROWS = {"pan left": "←", "pan right": "→", "tilt up": "↑", "tilt down": "↓"}


class Slate:
    """Set once; only time and progress are drawn for each frame."""

    def __init__(self, stage: Stage, shot: str, frames: int, under: Image.Image) -> None:
        self.width, self.height, self.frames = stage.width, stage.height, frames
        self.colour, self.scrim, self.accent = _inks(stage, under)
        short = min(stage.width, stage.height)
        self.margin_x, self.margin_y = round(short * 0.055), round(short * 0.05)
        self.small = Type("medium", short * 0.0245)
        self.label = Type("semibold", short * 0.027)
        self.caption = Type("medium", short * (0.037 if stage.aspect > 0.8 else 0.044))
        self.line = max(2, round(short / 240))
        ink = Image.new("L", (self.width, self.height), 0)
        self._set_head(ink, stage, clean(shot)[:12] or "SHOT")
        self._set_caption(ink, stage)
        self._strips = self._cut(ink, stage)
        self._digits = {c: self._digit(c) for c in "0123456789:"}

    def draw(self, frame: Image.Image, view: View) -> None:
        """Lay the slate over the frame."""
        for top, colour, mask in self._strips:
            frame.paste(colour, (0, top), mask)
        self._draw_time(frame, round(view.seconds * FPS))
        self._draw_progress(frame, view.share)

    def _set_head(self, ink: Image.Image, stage: Stage, shot: str) -> None:
        draw = ImageDraw.Draw(ink)
        x, y = self.margin_x, self.margin_y
        pad_x, pad_y = round(self.label.size * 0.62), round(self.label.size * 0.30)
        text = self.label.spaced_width(shot, 0.05)
        tall = self.label.size * 1.22
        box = [x, y, x + text + 2 * pad_x, y + tall + 2 * pad_y]
        draw.rounded_rectangle(
            box, self.label.size * 0.42, outline=215, width=max(1, self.line - 1)
        )
        self.label.set_spaced(ink, (x + pad_x, y + pad_y), shot, 0.05, 255)
        middle = y + pad_y + (self.label.ascent - self.small.ascent)
        facts = _SIZES.get(stage.brief.size, "WIDE")
        move = stage.brief.move.upper() + (
            f" {_ARROWS[stage.brief.move]}" if stage.brief.move in _ARROWS else ""
        )
        start = box[2] + self.small.size * 0.9
        start = self.small.set_spaced(ink, (start, middle), facts, 0.09, 200)
        if start + self.small.spaced_width(move, 0.09) < self.width * 0.62:
            draw.ellipse(
                _around(
                    start + self.small.size * 0.75, middle + self.small.size * 0.68, self.line * 0.8
                ),
                fill=150,
            )
            self.small.set_spaced(ink, (start + self.small.size * 1.5, middle), move, 0.09, 200)
        self._time_y = round(middle)
        length = f"{self.frames / FPS:.1f} s"
        width = self.small.spaced_width(length, 0.04)
        self.small.set_spaced(ink, (self.width - self.margin_x - width, middle), length, 0.04, 165)
        self._time_right = round(self.width - self.margin_x - width - self.small.size * 1.1)

    def _set_caption(self, ink: Image.Image, stage: Stage) -> None:
        tall = stage.aspect < 0.8
        room = self.width - 2 * self.margin_x
        width = room * (1 if stage.aspect < 1.2 else 0.72)
        lines = broken(clean(stage.prompt[:600]), self.caption, width, 4 if tall else 2)
        pitch = self.caption.size * 1.34
        bottom = self.height - self.margin_y - self.line * 3 - self.caption.size * 0.75
        self._line_y = self.height - self.margin_y - self.line
        for index, line in enumerate(lines):
            self.caption.set(ink, self.margin_x, bottom - pitch * (len(lines) - index), line, 245)
        self._caption_lines = len(lines)

    def _cut(self, ink: Image.Image, stage: Stage) -> list[tuple[int, Image.Image, Image.Image]]:
        """Text and the soft ground under it, as one strip above and one below."""
        top = round(self.margin_y + self.height * 0.15)
        low = round(
            self.height - self.margin_y - self.caption.size * (3.6 + 1.34 * self._caption_lines)
        )
        strips = []
        for start, end, up in ((0, top, False), (low, self.height, True)):
            text = ink.crop((0, start, self.width, end))
            rows = np.linspace(0, 1, end - start, dtype=np.float32)[:, None]
            ground = (rows if up else 1 - rows) ** 1.5 * (0.58 if up else 0.3)
            if stage.palette.wash and up:
                ground = np.minimum(0.95, ground * 1.75)
            halo = (
                np.asarray(text.filter(ImageFilter.GaussianBlur(self.line * 2.2)), np.float32)
                / 255
                * 0.5
            )
            strips.append((start, *self._merged(text, np.minimum(0.92, ground + halo))))
        return strips

    def _merged(self, text: Image.Image, ground: Floats) -> tuple[Image.Image, Image.Image]:
        over = np.asarray(text, np.float32)[..., None] / 255
        under = ground[..., None] * (1 - over)
        total = over + under
        colours = (
            np.array(self.colour, np.float32) * over + np.array(self.scrim, np.float32) * under
        )
        colours = colours / np.maximum(total, 1e-4)
        return (
            Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8)),
            Image.fromarray((np.clip(total[..., 0], 0, 1) * 255).astype(np.uint8)),
        )

    def _digit(self, letter: str) -> Image.Image:
        wide = max(round(self.small.width(c)) for c in "0123456789") + 1
        cell = round(wide * 0.55) if letter == ":" else wide
        image = Image.new("L", (cell, round(self.small.size * 1.5)), 0)
        self.small.set(image, (cell - self.small.width(letter)) / 2, 0, letter, 250)
        return image

    def _draw_time(self, frame: Image.Image, index: int) -> None:
        seconds, rest = divmod(index, FPS)
        text = f"{seconds // 60:02d}:{seconds % 60:02d}:{rest:02d}"
        x = self._time_right - sum(self._digits[c].width for c in text)
        for letter in text:
            mask = self._digits[letter]
            frame.paste(self.colour, (x, self._time_y), mask)
            x += mask.width

    def _draw_progress(self, frame: Image.Image, share: float) -> None:
        left, right = self.margin_x, self.width - self.margin_x
        top, low = self._line_y, self._line_y + self.line
        track = Image.new("L", (right - left, self.line), 66)
        frame.paste(self.colour, (left, top), track)
        reach = left + (right - left) * share
        whole = int(reach)
        if whole > left:
            frame.paste(self.accent, (left, top, whole, low))
        part = Image.new("L", (1, self.line), round(255 * (reach - whole)))
        frame.paste(self.accent, (min(whole, right - 1), top), part)


def _inks(stage: Stage, under: Image.Image) -> tuple[Rgb, Rgb, Rgb]:
    """Colours of text, of the ground under it, and of progress, that can be read on the picture."""
    palette = stage.palette
    if palette.wash:
        return palette.text, palette.scrim, palette.accent
    if _brightness(under, 0.0, 0.14) > BRIGHT and _brightness(under, 0.8, 1.0) > BRIGHT:
        return palette.near, (255, 255, 255), palette.accent
    return palette.text, palette.scrim, mix(palette.accent, (255, 255, 255), 0.25)


def _brightness(image: Image.Image, top: float, bottom: float) -> float:
    """Mean brightness 0..255 of a band across the picture."""
    band = image.crop((0, round(image.height * top), image.width, round(image.height * bottom)))
    return float(np.asarray(band.convert("L")).mean())


def _around(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    return x - radius, y - radius, x + radius, y + radius
