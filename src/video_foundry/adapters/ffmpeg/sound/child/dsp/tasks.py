"""What the sound child can be asked for: one function a task, JSON in and JSON out."""

from collections.abc import Callable, Mapping
from typing import Any

from .coding import CODERS, Place, Unencodable, write_window
from .limiter import CELL as LIMIT_CELL
from .limiter import FUTURE, PAST, limit
from .loud import MEMORY, measure
from .mixing import render
from .reading import Report, Unusable, facts, origin
from .wav import NotOurWav, Sound, Wav, reverse

REFUSALS = (Unusable, Unencodable, NotOurWav)
"""What a task raises when it cannot be done; the text is a clause for people."""

LEFT = -(-PAST // LIMIT_CELL) * LIMIT_CELL
RIGHT = -(-FUTURE // LIMIT_CELL) * LIMIT_CELL
"""Samples that are mixed before and after, for the limiter alone."""


def measure_window(request: Mapping[str, Any], _: Report) -> dict[str, Any]:
    """The window's loudness, hop by hop, before any gain."""
    mix = request["mix"]
    sound = render(mix["strands"], _files(request), -MEMORY, mix["samples"])
    energies, peaks = measure(sound)
    return {"energies": energies, "peaks": peaks}


def mix_window(request: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Mix, level, limit and encode one window into `output`."""
    mix, codec = request["mix"], request["codec"]
    place = Place(samples=mix["samples"], is_first=mix["is_first"], is_last=mix["is_last"])
    sound = finished(request, *place.span(CODERS[codec]))
    report(0.5)
    return {"packets": write_window(sound, request["output"], codec, place)}


def finished(request: Mapping[str, Any], low: int, high: int) -> Sound:
    """Samples [low, high) of the mix, levelled and limited. low: on the limiter's grid."""
    left, right = low - LEFT, high + RIGHT
    sound = render(request["mix"]["strands"], _files(request), left, right)
    if request["gain"]:
        sound *= 10 ** (request["gain"] / 2000)
    held = limit(sound, 10 ** (request["ceiling"] / 2000))
    return held[low - left : high - left]


def reverse_sound(request: Mapping[str, Any], _: Report) -> dict[str, Any]:
    """Write `path` backwards into `output`."""
    return {"samples": reverse(request["path"], request["output"])}


def count_sound(request: Mapping[str, Any], _: Report) -> dict[str, Any]:
    """How many samples a decoded sound holds."""
    return {"samples": Wav(request["path"]).samples}


def _files(request: Mapping[str, Any]) -> dict[str, Wav]:
    return {sound: Wav(path) for sound, path in request["sounds"].items()}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "origin": origin,
    "facts": facts,
    "reverse": reverse_sound,
    "count": count_sound,
    "measure": measure_window,
    "mix": mix_window,
}
