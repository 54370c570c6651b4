"""Where a title or an image stands in the frame: one of nine places inside the safe area, or a free
point. Pure arithmetic in fractions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from video_foundry.core.wording import mapping, one_of, within

_HALF = Fraction(1, 2)

ANCHORS: Mapping[str, tuple[Fraction, Fraction]] = MappingProxyType(
    {
        f"{row}-{column}".removeprefix("center-").removesuffix("-center"): (x, y)
        for row, y in (("top", Fraction(0)), ("center", _HALF), ("bottom", Fraction(1)))
        for column, x in (("left", Fraction(0)), ("center", _HALF), ("right", Fraction(1)))
    }
)
"""The nine places: how far across and down the safe area each stands."""

_FARTHEST = Fraction(1)
_WIDEST_MARGIN = Fraction(45, 100)


@dataclass(frozen=True, kw_only=True)
class Margins:
    """What is kept free at each side, in fractions of the frame's width and height."""

    left: Fraction
    top: Fraction
    right: Fraction
    bottom: Fraction


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Where a box stands.

    anchor: a key of ANCHORS. x, y: moved from there, in fractions of the frame's width (rightwards)
    and height (down). margin_x, margin_y: kept free at the sides, and above and below, in the same
    fractions; None: the safe area of the frame's shape. at: in place of all of these, the point of
    the frame at which the centre of the box stands.
    """

    anchor: str = "bottom"
    x: Fraction = Fraction(0)
    y: Fraction = Fraction(0)
    margin_x: Fraction | None = None
    margin_y: Fraction | None = None
    at: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A point of the frame in pixels, and which point of the box (0..1) stands there."""

    x: Fraction
    y: Fraction
    across: Fraction
    down: Fraction


def safe_margins(width: int, height: int) -> Margins:
    """The margins in which nothing should stand.

    Upright frames are watched on telephones, whose programs draw over the top and, more so, over
    the bottom of the picture.
    """
    if height * 5 > width * 6:
        side = Fraction(6, 100)
        return Margins(left=side, right=side, top=Fraction(9, 100), bottom=Fraction(16, 100))
    across, down = Fraction(5, 100), Fraction(6, 100)
    return Margins(left=across, right=across, top=down, bottom=down)


def spot_of(placement: Placement, width: int, height: int) -> Spot:
    """Where the box goes in a frame of this size."""
    if placement.at is not None:
        x, y = placement.at
        return Spot(x=x * width, y=y * height, across=_HALF, down=_HALF)
    safe = safe_margins(width, height)
    sides, ends = placement.margin_x, placement.margin_y
    left, right = (safe.left, safe.right) if sides is None else (sides, sides)
    top, bottom = (safe.top, safe.bottom) if ends is None else (ends, ends)
    across, down = ANCHORS[placement.anchor]
    return Spot(
        x=(left + across * (1 - left - right) + placement.x) * width,
        y=(top + down * (1 - top - bottom) + placement.y) * height,
        across=across,
        down=down,
    )


def placement_from_json(value: object, base: Placement, *, field: str) -> Placement:
    """A placement as users write it; what is left out is as in `base`. Raises BadInput."""
    told = mapping(value, ("anchor", "x", "y", "margin_x", "margin_y", "at"), field=field)
    if told.get("at") is not None:
        return Placement(at=_point(told["at"], f"{field}.at"))

    def number(name: str, limit: Fraction) -> Fraction:
        return within(told[name], -limit, limit, field=f"{field}.{name}")

    def margin(name: str) -> Fraction | None:
        if told[name] is None:
            return None
        return within(told[name], Fraction(0), _WIDEST_MARGIN, field=f"{field}.{name}")

    is_moved = told.get("anchor") not in (None, base.anchor) or base.at is not None
    # The offsets of a preset belong to its own place.
    home = Placement() if is_moved else base
    anchor = told.get("anchor", home.anchor)
    return Placement(
        anchor=one_of(anchor, ANCHORS, field=f"{field}.anchor", what="a place"),
        x=number("x", _FARTHEST) if "x" in told else home.x,
        y=number("y", _FARTHEST) if "y" in told else home.y,
        margin_x=margin("margin_x") if "margin_x" in told else home.margin_x,
        margin_y=margin("margin_y") if "margin_y" in told else home.margin_y,
    )


def placement_to_json(placement: Placement) -> dict[str, Any]:
    """All of it, for `placement_from_json`."""
    if placement.at is not None:
        x, y = placement.at
        return {"at": {"x": str(x), "y": str(y)}}
    margins = {"margin_x": placement.margin_x, "margin_y": placement.margin_y}
    return {
        "anchor": placement.anchor,
        "x": str(placement.x),
        "y": str(placement.y),
        **{name: None if value is None else str(value) for name, value in margins.items()},
    }


def _point(value: object, field: str) -> tuple[Fraction, Fraction]:
    told = mapping(value, ("x", "y"), field=field)
    x, y = (
        within(told.get(side), Fraction(0), Fraction(1), field=f"{field}.{side}")
        for side in ("x", "y")
    )
    return x, y
