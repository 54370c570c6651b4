"""Writing other `model_params` into a project file's text, with everything around them, comments
too, left as it is. What they should say is decided elsewhere."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Params = Mapping[int, Mapping[str, Any]]
"""Number of a segment, from 0 -> its new `model_params`."""


def rewritten(file: Path, new: Params) -> str:
    """The text of a project file with these `model_params`, in the file's own format."""
    text = file.read_text("utf-8")
    if file.suffix.lower() == ".json":
        return json.dumps(_changed(json.loads(text), new), indent=2, ensure_ascii=False) + "\n"
    wanted = _changed(yaml.safe_load(text), new)
    patched = _patched(text, new)
    if _reads_as(patched, wanted):
        return patched
    return yaml.safe_dump(wanted, sort_keys=False, allow_unicode=True)


def _changed(document: Any, new: Params) -> Any:
    for number, params in new.items():
        document["segments"][number]["model_params"] = dict(params)
    return document


def _reads_as(text: str, wanted: Any) -> bool:
    try:
        return bool(yaml.safe_load(text) == wanted)
    except yaml.YAMLError:
        return False


def _patched(text: str, new: Params) -> str:
    """The text with the old parameters exchanged, from the last segment to the first."""
    places = dict(_places(yaml.compose(text, Loader=yaml.SafeLoader)))
    for number in sorted(new, reverse=True):
        if number in places:
            node = places[number]
            begin, end = node.start_mark.index, _end(node)
            text = f"{text[:begin]}{_written(new[number], node)}{text[end:]}"
    return text


def _written(params: Mapping[str, Any], like: yaml.MappingNode) -> str:
    """In the manner of what stood there: on one line, or a line each."""
    shown = yaml.safe_dump(
        dict(params),
        default_flow_style=bool(like.flow_style),
        sort_keys=False,
        allow_unicode=True,
        width=float("inf"),
    ).strip()
    return shown.replace("\n", "\n" + " " * like.start_mark.column)


def _places(root: Any) -> Iterator[tuple[int, yaml.MappingNode]]:
    """Each segment's parameters in the text."""
    segments = _value(root, "segments")
    for number, segment in enumerate(getattr(segments, "value", ())):
        params = _value(segment, "model_params")
        if isinstance(params, yaml.MappingNode):
            yield number, params


def _value(node: Any, key: str) -> Any:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)


def _end(node: yaml.Node) -> int:
    """Where a node's own text ends: a block's mark stands after the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)
