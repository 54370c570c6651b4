"""Whether a text surely has room in its place, by arithmetic alone: only of what has not for sure
need anybody set a line. Draws nothing and knows no font."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

from video_foundry.core.composition import MOST_REMEMBERED
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.title_style import TitleStyle, styled
from video_foundry.core.titles import TextItem

SMALLEST_SCALE = 0.5
"""Of a text that is made smaller to fit; beyond that it is refused."""

WIDEST = 1.2
"""Sizes of a character with the space after it, at most."""

WASTE = 2
"""A line is filled to more than half before the next word goes to another."""


class Fitting:
    """Titles that were set and found to fit, by their fingerprints; forgetting one costs time
    only."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, mark: str) -> bool:
        return mark in self._known

    def add(self, mark: str) -> None:
        """It fits."""
        self._known[mark] = None
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)


@dataclass(frozen=True, kw_only=True)
class _Room:
    """Of a look in a frame, at the smallest scale. width, height: pixels of text. character, line:
    pixels of one, at most. rest: how much of these the lines after the first need. gap: pixels
    before them."""

    width: float
    height: float
    character: float
    line: float
    rest: float
    gap: float


def surely_fits(item: TextItem, width: int, height: int) -> bool:
    """Whether the text fits into a frame of this size at its smallest, whatever it is set in."""
    room = _room(item.preset, frozenset(item.overrides.items()), width, height)
    lines = item.text.split("\n")
    needed = room.gap if len(lines) > 1 else 0.0
    for place, line in enumerate(lines):
        scale = room.rest if place else 1.0
        if room.width < WASTE * room.character * scale:
            return False
        wrapped = ceil(WASTE * len(line) * room.character * scale / room.width)
        needed += max(1, wrapped) * (room.line * scale + 1)
    return needed <= room.height


@lru_cache(maxsize=1024)
def _room(preset: str, overrides: frozenset[tuple[str, Any]], width: int, height: int) -> _Room:
    style = styled(PRESETS[preset].style, dict(overrides))
    size = float(style.size) * min(width, height) * SMALLEST_SCALE
    pad_x, pad_y = _padding(style)
    return _Room(
        width=float(style.max_width) * width - (2 * pad_x + float(style.bar_width)) * size,
        height=float(style.max_height) * height - 2 * pad_y * size,
        character=(WIDEST + max(float(style.letter_spacing), 0.0)) * size,
        line=float(style.line_height) * size,
        rest=float(style.rest_scale),
        gap=float(style.rest_gap) * size,
    )


def _padding(style: TitleStyle) -> tuple[float, float]:
    """At each side, in sizes: of the box, or of the outline."""
    rim, has_box = float(style.outline_width), style.box_opacity > 0
    across = float(style.box_padding_x) if has_box else 0.0
    down = float(style.box_padding_y) if has_box else 0.0
    return max(across, rim), max(down, rim)
