"""Workflows in ComfyUI's API format: which inputs are marked, and filling them. Pure: files, the
server and its answers are not known here.

A title marks its node: the whole title is the name of a value, or `$name` stands anywhere in it,
as `$name.input` where it is not plain which input is meant, and as `$name(16)` for a step.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, sqrt
from typing import Any

from video_foundry.errors import Rejected

Graph = dict[str, dict[str, Any]]

OUTPUT = "output"
"""Marks the node whose file is the result, where a workflow saves several."""
SIZE_STEP = 16
"""Widths and heights are multiples of it unless the mark names another step."""

_MARK = re.compile(r"\$([a-z][a-z_]*)(?:\((\d{1,3})\))?(?:\.(\w+(?:\.\w+)*))?")
_TEXT = ("text", "prompt", "value", "string")
_USUAL: Mapping[str, Sequence[str]] = {
    "prompt": _TEXT,
    "negative_prompt": ("negative_prompt", "negative", *_TEXT),
    "seed": ("seed", "noise_seed", "value"),
    "duration": ("duration", "seconds", "value"),
    "frames": ("length", "num_frames", "frames", "frame_count", "batch_size", "value"),
    "fps": ("fps", "frame_rate", "value"),
    "width": ("width", "value"),
    "height": ("height", "value"),
    "first_frame": ("image",),
    "last_frame": ("image",),
}
"""value -> what nodes usually call the input that takes it, the likeliest first."""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One marked input. step: 0 where the mark names none."""

    node: str
    input: str
    step: int = 0


Marks = Mapping[str, Sequence[Mark]]


def checked(document: Any) -> Graph:
    """A workflow in API format, from JSON. Raises Rejected for anything else."""
    if isinstance(document, Mapping) and isinstance(document.get("nodes"), list):
        raise Rejected(
            "this workflow was saved for the editor; save it in ComfyUI with Export (API)",
            code="workflow_format",
        )
    if not isinstance(document, Mapping) or not document:
        raise Rejected("this is no ComfyUI workflow in API format", code="workflow_format")
    for name, node in document.items():
        if not _is_node(node):
            raise Rejected(
                f"node {str(name)[:50]} of the workflow has no class_type or no inputs",
                code="workflow_format",
            )
    return {str(name): node for name, node in document.items()}


def _is_node(node: Any) -> bool:
    return (
        isinstance(node, Mapping)
        and isinstance(node.get("class_type"), str)
        and isinstance(node.get("inputs"), Mapping)
    )


def marks_of(graph: Graph) -> Marks:
    """Every marked input by the value's name. Raises Rejected for a mark that fits no input."""
    found: dict[str, list[Mark]] = {}
    for node_id, node in graph.items():
        for name, step, wanted in _told(node):
            if name in _USUAL:
                mark = Mark(node=node_id, input=_input(node_id, node, name, wanted), step=step)
                found.setdefault(name, []).append(mark)
    return found


def output_nodes(graph: Mapping[str, Any]) -> list[str]:
    """Nodes marked as the one whose file is the result."""
    return [key for key, node in graph.items() if OUTPUT in (name for name, _, _ in _told(node))]


def _told(node: Any) -> list[tuple[str, int, str]]:
    """(name, step, input) for every mark of a node."""
    meta = node.get("_meta") if isinstance(node, Mapping) else None
    title = meta.get("title") if isinstance(meta, Mapping) else None
    if not isinstance(title, str):
        return []
    plain = re.sub(r"[\s-]+", "_", title.strip().lower())
    if plain in _USUAL or plain == OUTPUT:
        return [(plain, 0, "")]
    known = (*_USUAL, OUTPUT)
    return [(name, int(step or 0), at) for name, step, at in _MARK.findall(title) if name in known]


def _input(node_id: str, node: Mapping[str, Any], name: str, wanted: str) -> str:
    """The input that a mark means: the one it names, the usual one, or the only one there is."""
    inputs = node["inputs"]
    for likely in (wanted,) if wanted else _USUAL[name]:
        if likely in inputs:
            return likely
    written = [key for key, value in inputs.items() if not isinstance(value, list)]
    if len(written) == 1 and not wanted:
        return str(written[0])
    raise Rejected(
        f"node {node_id} ({node['class_type']}) is marked {name}, but which of its inputs is meant "
        f"is not plain: put ${name}.INPUT into its title, with one of {', '.join(inputs)}",
        code="mark_unclear",
    )


def filled(
    graph: Graph, prompt: str, params: Mapping[str, Any], pictures: Mapping[str, str]
) -> Graph:
    """The workflow with everything put in. pictures: parameter -> the server's name for the file.

    Raises Rejected for a value that no input takes, so that nothing given is silently left out. The
    aspect ratio alone may go unused: it follows the project, and a workflow may have its own size.
    """
    marks = marks_of(graph)
    _refuse_unused(marks, params, pictures)
    made = copy.deepcopy(graph)
    values: dict[str, Any] = {
        "prompt": prompt,
        **{n: params[n] for n in ("negative_prompt", "seed", "fps", "duration") if n in params},
        **pictures,
    }
    for name, value in values.items():
        for mark in marks.get(name, ()):
            made[mark.node]["inputs"][mark.input] = value
    for mark, number in (*_frames(graph, marks, params), *_size(graph, marks, params)):
        made[mark.node]["inputs"][mark.input] = number
    _put_inputs(made, params.get("inputs", {}))
    return made


def _refuse_unused(marks: Marks, params: Mapping[str, Any], pictures: Mapping[str, str]) -> None:
    if not {"prompt", "first_frame"} & set(marks):
        raise _unmarked("prompt")
    for name in ("negative_prompt", "seed", "fps", "width", "height"):
        if params.get(name) is not None and name not in marks:
            raise _unmarked(name)
    if params.get("duration") is not None and not {"duration", "frames"} & set(marks):
        raise _unmarked("duration")
    if params.get("resolution") is not None and not {"width", "height"} <= set(marks):
        raise _unmarked("width and height")
    for name in ("first_frame", "last_frame"):
        if name in pictures and name not in marks:
            raise _unmarked(name)
        if name in marks and name not in pictures:
            raise Rejected(f"this workflow needs a picture as {name}", code=f"{name}_missing")


def _unmarked(name: str) -> Rejected:
    return Rejected(
        f"the workflow marks no input for {name}: give the node that takes it that title",
        code="not_marked",
    )


def _frames(graph: Graph, marks: Marks, params: Mapping[str, Any]) -> list[tuple[Mark, int]]:
    """Inputs that count frames. With a step k, models make n*k + 1: the first that is enough."""
    seconds = params.get("duration")
    if seconds is None or "frames" not in marks:
        return []
    fps = params.get("fps") or _written(graph, marks.get("fps", ()))
    if not fps or fps <= 0:
        raise Rejected(
            "the workflow counts frames and does not say how fast they go: mark its fps",
            code="not_marked",
        )
    wanted = max(1, round(Fraction(str(seconds)) * Fraction(str(fps))))
    return [(m, _stepped(wanted, m.step)) for m in marks["frames"]]


def _stepped(frames: int, step: int) -> int:
    return ceil(Fraction(frames - 1, step)) * step + 1 if step else frames


def _size(graph: Graph, marks: Marks, params: Mapping[str, Any]) -> list[tuple[Mark, int]]:
    """Inputs for width and height: the exact ones, else by aspect ratio and resolution."""
    if not ("width" in marks and "height" in marks):
        return []
    if params.get("width") is not None:
        exact = {name: int(params[name]) for name in ("width", "height")}
        return [(mark, exact[name]) for name in exact for mark in marks[name]]
    own = (_written(graph, marks["width"]), _written(graph, marks["height"]))
    sides = _sides(own, params.get("aspect_ratio"), params.get("resolution"))
    if sides is None:
        return []
    return [
        (mark, _multiple(side, mark.step or SIZE_STEP))
        for name, side in zip(("width", "height"), sides, strict=True)
        for mark in marks[name]
    ]


def _sides(
    own: tuple[float | None, float | None], aspect: str | None, resolution: str | None
) -> tuple[float, float] | None:
    """Width and height: as many pixels as the workflow has of its own, unless told otherwise."""
    width, height = own
    if aspect is None and (resolution is None or not (width and height)):
        return None
    ratio = _ratio(aspect) if aspect is not None else (width or 1) / (height or 1)
    if resolution is not None:
        short = float(resolution.removesuffix("p"))
        return (short * ratio, short) if ratio >= 1 else (short, short / ratio)
    if not (width and height):
        return None
    area = width * height
    return sqrt(area * ratio), sqrt(area / ratio)


def _ratio(aspect: str) -> float:
    wide, _, high = aspect.partition(":")
    return float(wide) / float(high)


def _multiple(side: float, step: int) -> int:
    return max(step, round(side / step) * step)


def _written(graph: Graph, marks: Sequence[Mark]) -> float | None:
    """The number that the workflow itself has at a marked input; None for a link or none."""
    for mark in marks:
        value = graph[mark.node]["inputs"].get(mark.input)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None


def _put_inputs(graph: Graph, inputs: Mapping[str, Any]) -> None:
    """Values by `node.input`, last of all, so that they win."""
    for address, value in inputs.items():
        node_id, _, name = address.partition(".")
        if node_id not in graph or not name:
            known = ", ".join(list(graph)[:30])
            raise Rejected(
                f"inputs: {address[:80]!r} names no input; say NODE.INPUT, with a node out of "
                f"{known}",
                code="unknown_input",
            )
        graph[node_id]["inputs"][name] = value


def weights_of(graph: Graph) -> dict[str, int]:
    """node -> how much of the work it is: its steps where it says so, else one."""
    return {key: _weight(node["inputs"].get("steps")) for key, node in graph.items()}


def _weight(steps: Any) -> int:
    is_count = isinstance(steps, int) and not isinstance(steps, bool)
    return min(1000, max(1, steps)) if is_count else 1
