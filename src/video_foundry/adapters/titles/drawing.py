"""Drawing a set title, in the child: box, bar, shadow, outline and letters in their region."""

import math
from collections.abc import Callable
from typing import Any

import skia
from PIL import Image, ImageFilter

from video_foundry.adapters.titles.canvas import Frame, Region, check_size, corner, write
from video_foundry.adapters.titles.press import Look, Page, Press, fitted


def title(request: dict[str, Any], press: Press) -> dict[str, Any]:
    """Lay the title out, and draw it where there is a target."""
    check_size(request["width"], request["height"])
    page = fitted(request, press)
    lines = page.wrapped()
    if lines > len(page.lines):
        page.balance()
    frame = placed_box(request, page)
    box = tuple(round(side) for side in frame)
    if "target" in request:
        region = reach(request, page.look, frame)
        whole = Image.new("RGBA", (request["width"], request["height"]))
        whole.paste(drawn(request, page, frame, region), region[:2])
        box = write(whole, request["target"])
    return {
        "box": box,
        "scale": page.look.scale,
        "lines": lines,
        "is_word_broken": page.is_word_broken,
    }


def reach(request: dict[str, Any], look: Look, frame: Frame) -> Region:
    """The part of the picture that anything is drawn in: letters may reach out of their lines, and
    shadows out of the letters. Drawing in it alone is many times quicker than in all of it."""
    told = request["shadow"]
    around = look.size + look.outline
    if told:
        around += (max(abs(told["x"]), abs(told["y"])) + 1.5 * told["blur"]) * look.size
    left, top, right, bottom = frame
    return (
        max(0, math.floor(left - around)),
        max(0, math.floor(top - around)),
        min(request["width"], math.ceil(right + around)),
        min(request["height"], math.ceil(bottom + around)),
    )


def placed_box(request: dict[str, Any], page: Page) -> Frame:
    """The box around the text, moved back into the frame where it would stick out."""
    look = page.look
    width = page.width + 2 * look.pad_x + look.bar
    height = page.height + 2 * look.pad_y
    left, top = corner(request, width, height)
    return left, top, left + width, top + height


def drawn(request: dict[str, Any], page: Page, frame: Frame, region: Region) -> Any:
    """Box, bar, shadow, outline and letters, from the lowest to the topmost, in their region."""
    letters = painted(region, lambda canvas: draw_letters(request, page, canvas, frame))
    result = letters
    if request["shadow"]:
        under = shadow(request["shadow"], letters.getchannel("A"), page.look.size)
        result = Image.alpha_composite(under, result)
    if request["box"] or request["bar"]:
        under = painted(region, lambda canvas: draw_box(request, page, canvas, frame))
        result = Image.alpha_composite(under, result)
    if request["opacity"] < 1:
        seen = request["opacity"]
        result.putalpha(result.getchannel("A").point(lambda value: round(value * seen)))
    return result


def painted(region: Region, draw: Callable[[Any], None]) -> Any:
    """What `draw` draws, in frame coordinates, into a picture of the region."""
    left, top, right, bottom = region
    surface = skia.Surface(right - left, bottom - top)
    canvas = surface.getCanvas()
    canvas.translate(-left, -top)
    draw(canvas)
    pixels = surface.toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)
    return Image.fromarray(pixels)


def draw_letters(request: dict[str, Any], page: Page, canvas: Any, frame: Frame) -> None:
    """The outline, and the letters on it."""
    look, outline = page.look, request["outline"]
    x = frame[0] + look.pad_x + (look.bar if request["bar_side"] == "left" else 0.0)
    y = frame[1] + look.pad_y
    if outline:
        rim = skia.Paint(
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=2 * look.outline,
            StrokeJoin=skia.Paint.kRound_Join,
            Color=skia.ColorSetARGB(*outline["color"]),
        )
        page.paint_on(canvas, x, y, rim)
    page.paint_on(canvas, x, y)


def shadow(told: dict[str, Any], shape: Any, size: float) -> Any:
    """The soft shadow that a shape throws."""
    opacity, *color = told["color"]
    blurred = shape.filter(ImageFilter.GaussianBlur(told["blur"] * size / 2))
    moved = Image.new("L", shape.size)
    moved.paste(blurred, (round(told["x"] * size), round(told["y"] * size)))
    result = Image.new("RGBA", shape.size, (*color, 0))
    result.putalpha(moved.point(lambda value: round(value * opacity / 255)))
    return result


def draw_box(request: dict[str, Any], page: Page, canvas: Any, frame: Frame) -> None:
    """The box behind the text, and the bar at its side."""
    look, told = page.look, request["box"]
    rect = skia.Rect.MakeLTRB(*frame)
    radius = told["radius"] * look.size if told else 0.0
    canvas.clipRRect(skia.RRect.MakeRectXY(rect, radius, radius), True)
    if told:
        canvas.drawRect(rect, skia.Paint(Color=skia.ColorSetARGB(*told["color"])))
    if request["bar"]:
        left, top, right, bottom = frame
        is_left = request["bar_side"] == "left"
        edges = (left, left + look.bar) if is_left else (right - look.bar, right)
        color = skia.ColorSetARGB(*request["bar"]["color"])
        canvas.drawRect(
            skia.Rect.MakeLTRB(edges[0], top, edges[1], bottom), skia.Paint(Color=color)
        )
