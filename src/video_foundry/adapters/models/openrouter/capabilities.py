"""What OpenRouter says that its models can do, beside what our catalogue says. Pure: it compares,
and changes neither."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from video_foundry.core.catalogue import ModelEntry

_LISTS = {
    "duration": "supported_durations",
    "resolution": "supported_resolutions",
    "aspect_ratio": "supported_aspect_ratios",
}
_FLAGS = {"audio": "generate_audio", "seed": "seed"}
_MOST_SECONDS = 600


def differences(entries: Iterable[ModelEntry], listing: Mapping[str, Any]) -> list[str]:
    """One sentence for each way in which the catalogue and OpenRouter's list (`data`) disagree: a
    model that one of them lacks, or values that one of them allows and the other does not."""
    data = listing.get("data")
    told = {str(m.get("id")): m for m in data if isinstance(m, Mapping)} if data else {}
    ours = {entry.wire["model"]: entry for entry in entries if "model" in entry.wire}
    found = [f"{ours[name].id}: OpenRouter does not list it" for name in ours if name not in told]
    found += [f"{name}: the catalogue lacks it" for name in sorted(told.keys() - ours.keys())]
    for name, entry in ours.items():
        found += _of_model(entry, told[name]) if name in told else []
    return found


def _of_model(entry: ModelEntry, told: Mapping[str, Any]) -> Iterator[str]:
    for parameter, key in _LISTS.items():
        listed = told.get(key)
        if isinstance(listed, list):
            yield from _values(
                f"{entry.id}: {parameter}", _allowed(entry, parameter), _ours(listed)
            )
    frames = told.get("supported_frame_images")
    if isinstance(frames, list):
        yield from _values(f"{entry.id}: frames", set(entry.media_parameters), set(frames))
    for parameter, key in _FLAGS.items():
        ours, theirs = parameter in entry.properties, told.get(key)
        if isinstance(theirs, bool) and ours != theirs:
            yield f"{entry.id}: {parameter} is {'' if theirs else 'not '}possible there"


def _values(what: str, ours: set[Any], theirs: set[Any]) -> Iterator[str]:
    if only := ours - theirs:
        yield f"{what} {_shown(only)} only in the catalogue"
    if only := theirs - ours:
        yield f"{what} {_shown(only)} only at OpenRouter"


def _ours(listed: Iterable[Any]) -> set[Any]:
    """Their values as our catalogue writes them: 4k for 4K."""
    return {v.lower() if isinstance(v, str) and v.endswith("K") else v for v in listed}


def _allowed(entry: ModelEntry, parameter: str) -> set[Any]:
    schema = entry.properties.get(parameter, {})
    if "enum" in schema:
        return set(schema["enum"])
    if "minimum" in schema:
        return set(range(schema["minimum"], schema.get("maximum", _MOST_SECONDS) + 1))
    return set()


def _shown(values: set[Any]) -> str:
    return ", ".join(sorted(map(str, values)))
