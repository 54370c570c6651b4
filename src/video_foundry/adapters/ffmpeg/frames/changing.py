"""One picture takes another's place: draws moments, as plain data, of `core.transitions`."""

from collections.abc import Mapping
from typing import Any

from video_foundry.adapters.ffmpeg.frames.masks import Masks
from video_foundry.adapters.ffmpeg.frames.mixing import mix_by, mix_evenly, veiled
from video_foundry.adapters.ffmpeg.frames.placing import blurred, enlarged, moved, over
from video_foundry.adapters.ffmpeg.frames.planes import Frame, Size


class Changer:
    """Draws moments for pictures of one size."""

    def __init__(self, size: Size) -> None:
        self._masks = Masks(size)

    def draw(self, moment: Mapping[str, Any], first: Frame, second: Frame) -> Frame:
        """The picture at `moment`, a `core.transitions.Moment` as plain data."""
        is_first_on_top = moment["top"] == "a"
        pictures = [(first, moment["a"]), (second, moment["b"])]
        (top, top_place), (under, under_place) = reversed(pictures)
        if is_first_on_top:
            (top, top_place), (under, under_place) = pictures
        weight = moment["weight"]
        below, above = _changed(under, under_place), _changed(top, top_place)
        if moment["mask"] is not None:
            weights = self._masks.weights(moment["mask"], weight, moment["softness"])
            mixed = mix_by(first, second, weights)
        else:
            below = moved(below, under_place) if _is_moved(under_place) else below
            above = over(below, above, top_place) if _is_moved(top_place) else above
            mixed = mix_evenly(below, above, 1 - weight if is_first_on_top else weight)
        return veiled(mixed, moment["veil_colour"], moment["veil"])


def _changed(frame: Frame, placement: Mapping[str, Any]) -> Frame:
    """Blurred and enlarged, where it stands."""
    if placement["scale"] != 1:
        frame = enlarged(frame, placement["scale"])
    return blurred(frame, placement["blur"])


def _is_moved(placement: Mapping[str, Any]) -> bool:
    return any(placement[way] for way in ("x", "y", "apart_x", "apart_y"))
