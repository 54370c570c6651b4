"""How a title looks: one flat value with its limits, an exact JSON form and a canonical form.

All lengths are fractions, so that a title looks alike in every size of frame. Nothing here draws.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from video_foundry.core.fonts import FAMILIES, WEIGHTS
from video_foundry.core.wording import exact, mapping, one_of, shown, within
from video_foundry.errors import BadInput

ALIGNMENTS = ("start", "center", "end", "left", "right")

_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, kw_only=True)
class TitleStyle:
    """The look of a text.

    size: of the letters, a fraction of the frame's shorter side (its height, in landscape).
    outline_width, shadow_*, box_*, bar_width and letter_spacing: fractions of that size.
    line_height: from one line to the next, in sizes. max_width, max_height: of the frame.
    opacity: of everything together. A box lies behind the text where box_opacity is above 0, and
    a bar at its beginning. rest_*: for the lines after the first (as they were written), the size
    relative to `size`, and the space between the first line and them; None: as the first.
    align: `start` and `end` follow the direction of the writing.
    """

    font: str = "Noto Sans"
    size: Fraction = Fraction(6, 100)
    weight: int = 600
    italic: bool = False
    color: str = "#ffffff"
    opacity: Fraction = Fraction(1)
    align: str = "center"
    line_height: Fraction = Fraction(125, 100)
    letter_spacing: Fraction = Fraction(0)
    max_width: Fraction = Fraction(84, 100)
    max_height: Fraction = Fraction(80, 100)
    outline_color: str = "#000000"
    outline_width: Fraction = Fraction(0)
    shadow_color: str = "#000000"
    shadow_opacity: Fraction = Fraction(0)
    shadow_x: Fraction = Fraction(0)
    shadow_y: Fraction = Fraction(4, 100)
    shadow_blur: Fraction = Fraction(12, 100)
    box_color: str = "#000000"
    box_opacity: Fraction = Fraction(0)
    box_padding_x: Fraction = Fraction(60, 100)
    box_padding_y: Fraction = Fraction(35, 100)
    box_radius: Fraction = Fraction(20, 100)
    bar_color: str = "#ffb000"
    bar_width: Fraction = Fraction(0)
    rest_scale: Fraction = Fraction(1)
    rest_gap: Fraction = Fraction(0)
    rest_weight: int | None = None
    rest_color: str | None = None


LIMITS: Mapping[str, tuple[Fraction, Fraction]] = {
    "size": (Fraction(1, 100), Fraction(60, 100)),
    "opacity": (Fraction(0), Fraction(1)),
    "line_height": (Fraction(8, 10), Fraction(3)),
    "letter_spacing": (Fraction(-1, 10), Fraction(1)),
    "max_width": (Fraction(5, 100), Fraction(1)),
    "max_height": (Fraction(5, 100), Fraction(1)),
    "outline_width": (Fraction(0), Fraction(1, 2)),
    "shadow_opacity": (Fraction(0), Fraction(1)),
    "shadow_x": (Fraction(-1), Fraction(1)),
    "shadow_y": (Fraction(-1), Fraction(1)),
    "shadow_blur": (Fraction(0), Fraction(1)),
    "box_opacity": (Fraction(0), Fraction(1)),
    "box_padding_x": (Fraction(0), Fraction(3)),
    "box_padding_y": (Fraction(0), Fraction(3)),
    "box_radius": (Fraction(0), Fraction(3)),
    "bar_width": (Fraction(0), Fraction(1)),
    "rest_scale": (Fraction(2, 10), Fraction(2)),
    "rest_gap": (Fraction(0), Fraction(2)),
}
"""Smallest and largest value of every number."""

STYLE_FIELDS = tuple(entry.name for entry in fields(TitleStyle))


def styled(base: TitleStyle, overrides: Mapping[str, Any]) -> TitleStyle:
    """`base` with some fields changed to values that `checked_overrides` gave."""
    return replace(base, **overrides)


def checked_overrides(value: object, *, field: str) -> dict[str, Any]:
    """Fields of a style as users write them, checked and exact.

    Raises BadInput naming the field, its limits and the fix.
    """
    told = mapping(value, STYLE_FIELDS, field=field)
    return {name: _checked(name, told[name], f"{field}.{name}") for name in told}


def style_to_json(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """For `checked_overrides`: numbers as strings such as "3/50"."""
    return {k: str(v) if isinstance(v, Fraction) else v for k, v in overrides.items()}


def canonical_style(style: TitleStyle) -> dict[str, Any]:
    """For fingerprints: every field that can show, and none of what is not drawn."""
    hidden = {prefix for prefix, opacity in _PARTS if not getattr(style, opacity)}
    return {
        entry.name: getattr(style, entry.name)
        for entry in fields(style)
        if entry.name.partition("_")[0] not in hidden
    }


_PARTS = (
    ("outline", "outline_width"),
    ("shadow", "shadow_opacity"),
    ("box", "box_opacity"),
    ("bar", "bar_width"),
)


def check_color(value: object, *, field: str) -> str:
    """#rrggbb in small letters. Raises BadInput naming the field."""
    text = value.lower() if isinstance(value, str) else ""
    if not _COLOR.fullmatch(text):
        raise BadInput(
            f"{shown(value)} is not a colour",
            field=field,
            fix="write a colour as #rrggbb, such as #ffcc00",
        )
    return text


def check_flag(value: object, *, field: str) -> bool:
    """True or false. Raises BadInput naming the field."""
    if not isinstance(value, bool):
        raise BadInput(
            f"{shown(value)} is neither true nor false", field=field, fix="write true or false"
        )
    return value


def _font(value: object, *, field: str) -> str:
    return one_of(value, FAMILIES, field=field, what="a bundled font")


def _align(value: object, *, field: str) -> str:
    return one_of(value, ALIGNMENTS, field=field, what="an alignment")


def _weight(value: object, *, field: str) -> int:
    weight = exact(value, field=field)
    if weight not in WEIGHTS:
        raise BadInput(
            f"{shown(value)} is not a weight",
            field=field,
            fix="choose from 100 (thin) to 900 (black) in steps of 100; 400 is regular, 700 bold",
        )
    return int(weight)


_CHECKS: Mapping[str, Callable[..., Any]] = {
    "font": _font,
    "align": _align,
    "weight": _weight,
    "rest_weight": _weight,
    "italic": check_flag,
    **dict.fromkeys((name for name in STYLE_FIELDS if name.endswith("color")), check_color),
}


def _checked(name: str, value: object, field: str) -> Any:
    if value is None and name in {"rest_weight", "rest_color"}:
        return None
    if name in LIMITS:
        low, high = LIMITS[name]
        return within(value, low, high, field=field)
    return _CHECKS[name](value, field=field)
