"""Setting text with Skia, in the child that draws: shaping, wrapping and fitting. Draws nothing."""

import math
from pathlib import Path
from typing import Any

import skia

from video_foundry.adapters.titles.canvas import Refused

MOST_FACES = 200
"""Faces kept open."""

_FIT_STEPS = 7
_ENDLESS = 1e7  # pixels


class Press:
    """Skia with the faces that have been used so far."""

    def __init__(self) -> None:
        self.unicode = skia.Unicodes.ICU.Make()
        # Another manager would look through the fonts of the system first.
        self._files = skia.FontMgr.New_Custom_Empty()
        self._forget()

    def _forget(self) -> None:
        self._names: dict[tuple[str, int, int], str] = {}
        self._provider = skia.textlayout.TypefaceFontProvider()
        self._fonts = skia.textlayout.FontCollection()
        # The only manager there is: no font of the system is ever looked at.
        self._fonts.setDefaultFontManager(self._provider)

    def names(self, faces: list[dict[str, Any]]) -> list[str]:
        """A name for each face, under which it is registered alone."""
        if len(self._names) > MOST_FACES:
            self._forget()
        return [self._name(f["path"], f["index"], f["weight"]) for f in faces]

    def _name(self, path: str, index: int, weight: int) -> str:
        key = path, index, weight
        if key not in self._names:
            name = f"face{len(self._names)}"
            self._provider.registerTypeface(self._open(path, index, weight), name)
            self._names[key] = name
        return self._names[key]

    def _open(self, path: str, index: int, weight: int) -> Any:
        """The named instance of a variable font that has this weight; else the font as it is."""
        plain = self._files.makeFromFile(path, index)
        if plain is None:
            raise Refused(f"the font {Path(path).name} cannot be read")
        # The instance that equals the font as it is may draw nothing at all.
        if plain.fontStyle().weight() == weight:
            return plain
        for instance in range(1, 32):
            face = self._files.makeFromFile(path, instance << 16 | index)
            if face is None:
                break
            style = face.fontStyle()
            if style.weight() == weight and style.width() == 5:
                return face
        return plain

    def paragraph(
        self, line: dict[str, Any], names: list[str], look: "Look", paint: Any, tail: str
    ) -> Any:
        """One written line, before it is wrapped."""
        layout = skia.textlayout
        first = self._style(line, [names[0]], look, paint)
        whole = layout.ParagraphStyle()
        whole.setTextAlign(look.side)
        whole.setTextStyle(first)
        builder = layout.ParagraphBuilder.make(whole, self._fonts, self.unicode)
        for text, faces in line["runs"] or [["\u200b", [0]]]:
            builder.pushStyle(self._style(line, [names[at] for at in faces], look, paint))
            builder.addText(text)
            builder.pop()
        builder.addText(tail)
        return builder.Build()

    def _style(self, line: dict[str, Any], families: list[str], look: "Look", paint: Any) -> Any:
        size = look.size * line["scale"]
        style = skia.textlayout.TextStyle()
        style.setFontFamilies(families)
        style.setFontSize(size)
        style.setLetterSpacing(size * line["spacing"])
        style.setForegroundPaint(paint)
        style.setHeightOverride(True)
        style.setHalfLeading(True)
        style.setHeight(look.line_height)
        if look.language:
            style.setLocale(look.language)
        return style


class Look:
    """The sizes of a title at one scale, in pixels."""

    def __init__(self, request: dict[str, Any], scale: float) -> None:
        self.size = request["size"] * scale
        self.scale = scale
        self.line_height = request["line_height"]
        self.language = request["language"]
        align = skia.textlayout.TextAlign
        self.side = {"left": align.kLeft, "center": align.kCenter, "right": align.kRight}[
            request["align"]
        ]
        box, outline, bar = request["box"], request["outline"], request["bar"]
        rim = outline["width"] * self.size if outline else 0.0
        self.outline = rim
        self.pad_x = max(box["x"] * self.size, rim) if box else rim
        self.pad_y = max(box["y"] * self.size, rim) if box else rim
        self.gap = request["gap"] * self.size if len(request["lines"]) > 1 else 0.0
        self.bar = bar["width"] * self.size if bar else 0.0
        aside = 2 * self.pad_x + self.bar
        self.width = max(1.0, min(request["max_width"], request["width"]) - aside)
        self.height = min(request["max_height"], request["height"]) - 2 * self.pad_y


class Page:
    """A title's lines, wrapped at one scale."""

    def __init__(self, request: dict[str, Any], scale: float, press: Press) -> None:
        self.request, self.press = request, press
        self.look = Look(request, scale)
        self.names = press.names(request["faces"])
        self.lines = self.set_in(None)
        # Apart, because once words have been broken their own width is no longer told, and with a
        # blank at the end, because a line without any counts as one word in every language.
        unwrapped = self.set_in(None, tail=" ")
        for line in unwrapped:
            line.layout(_ENDLESS)
        self.single = [float(line.Height) for line in unwrapped]
        self.longest_word = max(float(line.MinIntrinsicWidth) for line in unwrapped)
        for line in self.lines:
            line.layout(self.look.width)
        self.height = self._height()
        self.width = min(self.look.width, math.ceil(max(x.LongestLine for x in self.lines)) + 1)
        self.is_word_broken = self.longest_word > self.look.width
        self.fits = self.height <= self.look.height

    def set_in(self, paint: Any, *, tail: str = "") -> list[Any]:
        """The lines in one paint, or each in its colour. tail: added to each."""
        return [
            self.press.paragraph(
                line,
                self.names,
                self.look,
                paint or skia.Paint(AntiAlias=True, Color=skia.ColorSetARGB(*line["color"])),
                tail,
            )
            for line in self.request["lines"]
        ]

    def _height(self) -> float:
        """As they are wrapped now."""
        return sum(float(line.Height) for line in self.lines) + self.look.gap

    def wrapped(self) -> int:
        """Lines after wrapping."""
        heights = zip(self.lines, self.single, strict=True)
        return sum(max(1, round(line.Height / max(1.0, single))) for line, single in heights)

    def balance(self) -> None:
        """Narrow the lines as far as no more of them are needed: none stays nearly empty."""
        low, high = self.width / 3, float(self.width)
        for _ in range(_FIT_STEPS):
            middle = (low + high) / 2
            for line in self.lines:
                line.layout(middle)
            if self.longest_word > middle or self._height() > self.height + 0.5:
                low = middle
            else:
                high = middle
        self.width = math.ceil(high) + 1
        for line in self.lines:
            line.layout(self.width)

    def paint_on(self, canvas: Any, x: float, y: float, paint: Any = None) -> None:
        """Draw all lines with their top left corner there."""
        lines = self.set_in(paint) if paint is not None else self.lines
        for line in lines:
            line.layout(self.width)
            line.paint(canvas, x, y)
            y += line.Height + self.look.gap * (line is lines[0])


def fitted(request: dict[str, Any], press: Press) -> Page:
    """The page at the largest scale at which it fits: without breaking a word, if that can be."""
    page = Page(request, 1.0, press)
    if page.fits and not page.is_word_broken:
        return page
    smallest = Page(request, request["smallest"], press)
    if not smallest.fits:
        raise Refused("the text does not fit into its place, even at half its size: shorten it")
    may_break = smallest.is_word_broken
    if page.fits and may_break:
        return page
    best, low, high = smallest, request["smallest"], 1.0
    for _ in range(_FIT_STEPS):
        middle = (low + high) / 2
        page = Page(request, middle, press)
        if page.fits and (may_break or not page.is_word_broken):
            best, low = page, middle
        else:
            high = middle
    return best
