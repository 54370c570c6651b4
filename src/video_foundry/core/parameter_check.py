"""What is wrong with a model's parameters: JSON Schema that is none, standard names that mean
something else, limits that cannot be. Pure; what standard names mean is written down here."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from video_foundry.core.catalogue import MAX_DURATION_SECONDS, ModelEntry, validator_class
from video_foundry.core.request import MAX_SEED

MOST_CHOICES = 500
RATIO = re.compile(r"[1-9]\d{0,3}:[1-9]\d{0,3}")
SIZE = re.compile(r"[1-9]\d{2,3}p|[1-9]\d?k")
FREE_RATIOS = frozenset({"auto", "adaptive"})
"""The model takes the shape of the picture that it is given."""

Told = tuple[str, str, str, bool]
"""field, message, fix, and whether it is a rule of the house alone."""


def unreadable(entry: ModelEntry) -> Iterator[Told]:
    """What keeps an entry's parameters from being read at all."""
    from jsonschema import SchemaError  # noqa: PLC0415 - see validator_class

    try:
        validator_class().check_schema(dict(entry.parameters))
    except SchemaError as error:
        where = ".".join(["parameters", *(str(part) for part in error.absolute_path)])
        yield where, f"it is no JSON Schema: {error.message[:200]}", "correct it there", False
        return
    for name, schema in entry.properties.items():
        if not isinstance(schema, Mapping):
            where = f"parameters.properties.{name}"
            yield where, f"{name} is not described", "give it a type", False


def parameter_findings(entry: ModelEntry) -> Iterator[Told]:
    """Everything that is wrong with an entry's parameters, which can be read."""
    if entry.parameters.get("type") != "object":
        yield "parameters.type", "parameters are named", 'write type = "object"', False
    yield from _whole(entry)
    for name, schema in entry.properties.items():
        for field, message, fix, is_house in (*_one(schema), *_standard(name, schema)):
            yield f"parameters.properties.{name}.{field}", message, fix, is_house


def _whole(entry: ModelEntry) -> Iterator[Told]:
    schema, names = entry.parameters, set(entry.properties)
    if entry.properties and schema.get("additionalProperties") is not False:
        fix = "write additionalProperties = false, so that a typing mistake is refused"
        yield "parameters.additionalProperties", "any other name goes through", fix, True
    for name in sorted(set(schema.get("required", ())) - names):
        fix = "describe it among the properties"
        yield "parameters.required", f"{name} is required and not described", fix, False
    for name, needed in schema.get("dependentRequired", {}).items():
        for other in sorted({name, *needed} - names):
            where = f"parameters.dependentRequired.{name}"
            yield where, f"there is no parameter {other}", "correct the name", False
    if "model" in names:
        fix = "choose another name: it names the model itself"
        yield "parameters.properties.model", "no parameter can be called model", fix, False
    if entry.makes == "image" and "duration" in names:
        fix = "take it out, or makes"
        yield "parameters.properties.duration", "a picture has no duration", fix, False


def _one(schema: Mapping[str, Any]) -> Iterator[Told]:
    """Limits and choices of any parameter."""
    choices = schema.get("enum")
    if choices is not None:
        yield from _choices(choices)
    elif "type" not in schema and "const" not in schema:
        yield "type", "it has no type", "say what it is", False
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None and low > high:
        yield "maximum", f"{high} is below the minimum {low}", "exchange them", False
    if schema.get("maxLength", 1) < max(1, schema.get("minLength", 0)):
        yield "maxLength", "nothing is that short", "raise it", False
    if "default" in schema and not validator_class()(dict(schema)).is_valid(schema["default"]):
        fix = "choose one that is allowed"
        yield "default", f"the default {schema['default']!r} is not allowed", fix, False
    if schema.get("format") == "media" and schema.get("type") != "string":
        yield "type", "media are named by their id", 'write type = "string"', False


def _choices(choices: list[Any]) -> Iterator[Told]:
    if not choices or len(choices) > MOST_CHOICES:
        yield "enum", f"{len(choices)} choices", f"give 1 to {MOST_CHOICES}", False
    if len({repr(choice) for choice in choices}) < len(choices):
        yield "enum", "a choice stands there twice", "keep one of them", False


def _standard(name: str, schema: Mapping[str, Any]) -> Iterator[Told]:
    check = _STANDARD.get(name)
    if check is not None:
        yield from check(schema)


def _duration(schema: Mapping[str, Any]) -> Iterator[Told]:
    if schema.get("type") not in ("number", "integer"):
        fix = "write seconds as number or integer; the adapter may say them otherwise"
        yield "type", "duration is a number of seconds", fix, False
        return
    choices = schema.get("enum")
    lowest = min(choices) if choices else schema.get("minimum", schema.get("exclusiveMinimum"))
    highest = max(choices) if choices else schema.get("maximum")
    if lowest is None or lowest < 0 or (lowest == 0 and "exclusiveMinimum" not in schema):
        yield "minimum", "a clip lasts longer than nothing", "give the shortest in seconds", False
    if highest is None or highest > MAX_DURATION_SECONDS:
        fix = f"give the longest in seconds, at most {MAX_DURATION_SECONDS}"
        yield "maximum", "it has no end", fix, False


def _aspect_ratio(schema: Mapping[str, Any]) -> Iterator[Told]:
    choices = [str(choice) for choice in schema.get("enum", ())]
    shapes = [choice for choice in choices if RATIO.fullmatch(choice)]
    if not shapes:
        fix = 'list the shapes as width:height, such as "16:9"'
        yield "enum", "aspect_ratio is a choice of shapes", fix, False
    for choice in choices:
        if choice not in shapes and choice not in FREE_RATIOS:
            yield "enum", f"{choice!r} is no shape", 'write it as "16:9"', False


def _resolution(schema: Mapping[str, Any]) -> Iterator[Told]:
    choices = [str(choice) for choice in schema.get("enum", ())]
    if not choices:
        fix = 'list the sizes by their short side, such as "720p"'
        yield "enum", "resolution is a choice of sizes", fix, False
    for choice in choices:
        if not SIZE.fullmatch(choice):
            yield "enum", f"{choice!r} is no size", 'write it as "720p" or "4k"', False


def _seed(schema: Mapping[str, Any]) -> Iterator[Told]:
    if schema.get("type") != "integer":
        yield "type", "a seed is a whole number", 'write type = "integer"', False
        return
    if schema.get("minimum", -1) < 0:
        fix = "write minimum = 0; a seed that is left out is drawn by the provider"
        yield "minimum", "a seed below 0 is no seed", fix, False
    if not 0 < schema.get("maximum", 0) <= MAX_SEED:
        yield "maximum", "it has no end", f"give the largest, at most {MAX_SEED}", False


def _is_text(schema: Mapping[str, Any]) -> Iterator[Told]:
    if schema.get("type") != "string" or "format" in schema:
        yield "type", "it is text", 'write type = "string", without format', False


def _is_media(schema: Mapping[str, Any]) -> Iterator[Told]:
    if schema.get("type") != "string" or schema.get("format") != "media":
        fix = 'write type = "string" and format = "media"'
        yield "format", "it takes an uploaded file", fix, False


def _is_switch(schema: Mapping[str, Any]) -> Iterator[Told]:
    if schema.get("type") != "boolean":
        yield "type", "it is on or off", 'write type = "boolean"', False


_STANDARD: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Told]]] = {
    "duration": _duration,
    "aspect_ratio": _aspect_ratio,
    "resolution": _resolution,
    "seed": _seed,
    "negative_prompt": _is_text,
    "first_frame": _is_media,
    "last_frame": _is_media,
    "video": _is_media,
    "audio": _is_switch,
}
"""Names that mean the same everywhere, and what they are."""
