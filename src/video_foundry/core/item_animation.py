"""How a title or an image comes and goes, as a user asks for it: in seconds. Frames and drawing are
somebody else's.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from video_foundry.core.animation import check_animation
from video_foundry.core.easing import check_easing
from video_foundry.core.wording import mapping, within

SHORTEST, LONGEST = Fraction(1, 100), Fraction(30)


@dataclass(frozen=True, kw_only=True)
class ItemAnimation:
    """kind: a key of `core.animation.ANIMATIONS`; easing: one of `core.easing.EASINGS`."""

    kind: str
    seconds: Fraction
    easing: str = "ease-out"


def animation_from_json(value: object, *, field: str) -> ItemAnimation | None:
    """An animation as users write it; None for none. Raises BadInput naming the field."""
    if value is None or value == "none":
        return None
    told = mapping(value, ("kind", "seconds", "easing"), field=field)
    seconds = told.get("seconds", Fraction(1, 2))
    return ItemAnimation(
        kind=check_animation(told.get("kind", "fade"), field=f"{field}.kind"),
        seconds=within(seconds, SHORTEST, LONGEST, field=f"{field}.seconds", unit=" s"),
        easing=check_easing(told.get("easing", "ease-out"), field=f"{field}.easing"),
    )


def animation_to_json(animation: ItemAnimation | None) -> dict[str, Any] | None:
    """For `animation_from_json`."""
    if animation is None:
        return None
    return {
        "kind": animation.kind,
        "seconds": str(animation.seconds),
        "easing": animation.easing,
    }


def fitted(
    animate_in: ItemAnimation | None, animate_out: ItemAnimation | None, length: Fraction
) -> tuple[ItemAnimation | None, ItemAnimation | None]:
    """Both, quickened alike where together they would last longer than the item."""
    wanted = sum((one.seconds for one in (animate_in, animate_out) if one), Fraction(0))
    if wanted <= length or wanted == 0:
        return animate_in, animate_out
    return _quickened(animate_in, length / wanted), _quickened(animate_out, length / wanted)


def _quickened(animation: ItemAnimation | None, factor: Fraction) -> ItemAnimation | None:
    if animation is None:
        return None
    return ItemAnimation(
        kind=animation.kind, seconds=animation.seconds * factor, easing=animation.easing
    )
