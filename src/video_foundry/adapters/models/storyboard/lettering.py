"""Type: fonts, which of them has which letter, line breaking, and text as a mask.

Any Unicode text is safe: what no font can show is set as grey bars, as printers do.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont

_FOLDER = Path(__file__).parent / "fonts"
_OURS = {
    "medium": ("Inter-Medium.otf", "DejaVuSans-Fallback.ttf"),
    "semibold": ("Inter-SemiBold.otf", "DejaVuSans-Fallback.ttf"),
}
_ON_THIS_MACHINE = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Medium.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Medium.ttf",
    "/usr/share/fonts/truetype/noto/NotoSansThai-Medium.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/Hiragino Sans GB.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me"})
"""Left out when no font has them: controls, emoji, stray marks."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Consecutive letters in one font; None: nothing has them, draw bars."""

    text: str
    font: Font | None
    width: float


class Type:
    """One weight at one size (pixels), with fallbacks."""

    def __init__(self, weight: str, size: float) -> None:
        self.size = max(6, round(size))
        names = [str(_FOLDER / name) for name in _OURS[weight]]
        machine = [path for path in _ON_THIS_MACHINE if Path(path).is_file()]
        self.fonts = [_font(path, self.size) for path in (*names, *machine)]

    @property
    def ascent(self) -> int:
        """Pixels from the top of a line to its baseline."""
        return self.fonts[0].getmetrics()[0]

    def width(self, text: str) -> float:
        """Pixels that a line takes."""
        return sum(run.width for run in self.runs(text))

    def runs(self, text: str) -> list[Run]:
        """The line in pieces; one piece if one font has it all, as right-to-left text needs."""
        for font in self.fonts:
            if all(_has(font, letter) for letter in text):
                return [Run(text=text, font=font, width=font.getlength(text))] if text else []
        return [self._run(text, font) for text, font in self._pieces(text)]

    def _run(self, text: str, font: Font | None) -> Run:
        width = font.getlength(text) if font else len(text) * self.size * 0.62
        return Run(text=text, font=font, width=width)

    def _pieces(self, text: str) -> Iterator[tuple[str, Font | None]]:
        piece, last = "", None
        for letter in text:
            font = next((f for f in self.fonts if _has(f, letter)), None)
            if piece and font is not last:
                yield piece, last
                piece = ""
            piece, last = piece + letter, font
        if piece:
            yield piece, last

    def set(self, image: Image.Image, x: float, y: float, text: str, value: int = 255) -> float:
        """Draw a line into a mask with its top left at (x, y); returns where it ends."""
        draw = ImageDraw.Draw(image)
        for run in self.runs(text):
            if run.font is None:
                self._bars(draw, x, y, run, value)
            else:
                draw.text((x, y + self.ascent), run.text, fill=value, font=run.font, anchor="ls")
            x += run.width
        return x

    def set_spaced(
        self, image: Image.Image, place: tuple[float, float], text: str, tracking: float, value: int
    ) -> float:
        """Draw letter-spaced text, `tracking` in ems."""
        x, y = place
        for letter in text:
            x = self.set(image, x, y, letter, value) + tracking * self.size
        return x - tracking * self.size

    def spaced_width(self, text: str, tracking: float) -> float:
        """Pixels that letter-spaced text takes."""
        return sum(self.width(c) for c in text) + tracking * self.size * max(0, len(text) - 1)

    def _bars(self, draw: ImageDraw.ImageDraw, x: float, y: float, run: Run, value: int) -> None:
        """Bars as long as words are, so that the line still looks like text."""
        thick, letter = self.size * 0.34, self.size * 0.62
        top = y + self.ascent - thick * 1.4
        left, end = x, x + run.width
        for length in cycle((3, 5, 2, 4, 6, 3)):
            right = min(end, left + letter * length)
            box = [left + 1, top, max(left + 2, right - self.size * 0.24), top + thick]
            draw.rounded_rectangle(box, thick / 2, fill=round(value * 0.45))
            left = right
            if left >= end - 1:
                return


def clean(text: str) -> str:
    """One line of text that can be set: no controls, no halves of pairs, single spaces."""
    kept = []
    fonts = [_font(str(_FOLDER / name), 20) for name in _OURS["medium"]]
    for letter in unicodedata.normalize(
        "NFC", text.encode("utf-16", "replace").decode("utf-16", "replace")
    ):
        if letter.isspace():
            kept.append(" ")
        elif unicodedata.category(letter) not in _NOT_SHOWN or (
            unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
            and any(_has(f, letter) for f in fonts)
        ):
            kept.append(letter)
    return " ".join("".join(kept).split())


def broken(text: str, type_: Type, width: float, most: int) -> list[str]:
    """At most `most` lines of even length, the last one with an ellipsis if text is left over."""
    lines = _greedy(text, type_, width)
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = _shortened(lines[-1], type_, width)
        return lines
    narrow, wide = width * 0.4, width
    for _ in range(6):
        middle = (narrow + wide) / 2
        narrow, wide = (
            (narrow, middle) if len(_greedy(text, type_, middle)) <= len(lines) else (middle, wide)
        )
    return _greedy(text, type_, wide)


def _greedy(text: str, type_: Type, width: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if type_.width((line + word).rstrip()) <= width or not line:
            line += word
        else:
            lines.append(line.rstrip())
            line = word
    return [entry for entry in [*lines, line.rstrip()] if entry]


def _words(text: str) -> Iterator[str]:
    """Pieces between which a line may break; very long words and CJK break anywhere."""
    for word in text.split(" "):
        rest = word
        while rest:
            if _is_wide(rest[0]):
                cut = 1
            else:
                cut = next((i for i, c in enumerate(rest) if _is_wide(c)), len(rest))
                cut = min(cut, 18) if len(rest) > 24 else cut
            last = cut >= len(rest)
            yield rest[:cut] + (" " if last else "")
            rest = rest[cut:]


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in ("W", "F")


def _shortened(line: str, type_: Type, width: float) -> str:
    while line and type_.width(line + "…") > width:
        line = line[:-1]
    return line.rstrip(" ,.;:-–—") + "…"


@lru_cache(maxsize=64)
def _font(path: str, size: int) -> Font:
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=8192)
def _has(font: Font, letter: str) -> bool:
    """Whether the font has this letter: its picture differs from that of a missing one."""
    if letter == " ":
        return True
    return _shape(font, letter) != _shape(font, "\U0010fffe")


def _shape(font: Font, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter, mode="L")
    return mask.size, bytes(mask)
