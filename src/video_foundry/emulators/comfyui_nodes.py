"""The nodes that the emulated ComfyUI has installed, and what it finds wrong with a workflow. It
holds every model file that anybody names; nothing is computed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Graph = Mapping[str, Any]
Problem = dict[str, Any]

_NUMBERS = {"INT": int, "FLOAT": float}
_SEEDS = (0, 2**64 - 1)


@dataclass(frozen=True)
class Input:
    """One input. kind: INT, FLOAT, STRING, BOOLEAN, COMBO, or what a link brings. bounds: least and
    greatest number. options: of a COMBO; none accepts any."""

    kind: str
    bounds: tuple[float, float] | None = None
    options: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Node:
    """One class of nodes. outputs: what its slots bring. saves: the suffix of the file that it
    leaves behind, "" for none; folder: in which of the server's folders."""

    inputs: Mapping[str, Input]
    outputs: tuple[str, ...] = ()
    saves: str = ""
    folder: str = "output"


_TEXT, _FILE, _STEPS = Input("STRING"), Input("COMBO"), Input("INT", (1, 10000))
_SIDE, _LENGTH, _BATCH = (
    Input("INT", (16, 16384)),
    Input("INT", (1, 16384)),
    Input("INT", (1, 4096)),
)
_FPS = Input("FLOAT", (0.01, 1000))
_CONDITIONING, _VAE, _IMAGE = Input("CONDITIONING"), Input("VAE"), Input("IMAGE")
_LATENT_VIDEO = {"width": _SIDE, "height": _SIDE, "length": _LENGTH, "batch_size": _BATCH}

NODES: Mapping[str, Node] = {
    "CheckpointLoaderSimple": Node({"ckpt_name": _FILE}, ("MODEL", "CLIP", "VAE")),
    "UNETLoader": Node({"unet_name": _FILE, "weight_dtype": _FILE}, ("MODEL",)),
    "CLIPLoader": Node({"clip_name": _FILE, "type": _FILE}, ("CLIP",)),
    "VAELoader": Node({"vae_name": _FILE}, ("VAE",)),
    "LoadImage": Node({"image": _FILE}, ("IMAGE", "MASK")),
    "CLIPTextEncode": Node({"text": _TEXT, "clip": Input("CLIP")}, ("CONDITIONING",)),
    "ModelSamplingSD3": Node(
        {"model": Input("MODEL"), "shift": Input("FLOAT", (0, 100))}, ("MODEL",)
    ),
    "PrimitiveInt": Node({"value": Input("INT")}, ("INT",)),
    "PrimitiveFloat": Node({"value": Input("FLOAT")}, ("FLOAT",)),
    "PrimitiveStringMultiline": Node({"value": _TEXT}, ("STRING",)),
    "EmptyLatentImage": Node({"width": _SIDE, "height": _SIDE, "batch_size": _BATCH}, ("LATENT",)),
    "EmptyHunyuanLatentVideo": Node(_LATENT_VIDEO, ("LATENT",)),
    "WanImageToVideo": Node(
        {
            "positive": _CONDITIONING,
            "negative": _CONDITIONING,
            "vae": _VAE,
            **_LATENT_VIDEO,
            "start_image": Input("IMAGE", required=False),
        },
        ("CONDITIONING", "CONDITIONING", "LATENT"),
    ),
    "KSampler": Node(
        {
            "model": Input("MODEL"),
            "seed": Input("INT", _SEEDS),
            "steps": _STEPS,
            "cfg": Input("FLOAT", (0, 100)),
            "sampler_name": Input("COMBO", options=("euler", "uni_pc", "dpmpp_2m")),
            "scheduler": Input("COMBO", options=("simple", "normal", "karras")),
            "positive": _CONDITIONING,
            "negative": _CONDITIONING,
            "latent_image": Input("LATENT"),
            "denoise": Input("FLOAT", (0, 1)),
        },
        ("LATENT",),
    ),
    "VAEDecode": Node({"samples": Input("LATENT"), "vae": _VAE}, ("IMAGE",)),
    "CreateVideo": Node({"images": _IMAGE, "fps": _FPS}, ("VIDEO",)),
    "SaveVideo": Node(
        {"video": Input("VIDEO"), "filename_prefix": _TEXT, "format": _FILE}, ("VIDEO",), "mp4"
    ),
    "SaveWEBM": Node(
        {
            "images": _IMAGE,
            "filename_prefix": _TEXT,
            "codec": Input("COMBO", options=("vp9", "av1")),
            "fps": _FPS,
            "crf": Input("FLOAT", (0, 63)),
        },
        ("IMAGE",),
        "webm",
    ),
    "SaveImage": Node({"images": _IMAGE, "filename_prefix": _TEXT}, saves="png"),
    "PreviewImage": Node({"images": _IMAGE}, saves="png", folder="temp"),
}
"""class_type -> what ComfyUI's own node of that name takes and brings."""


def error(kind: str, message: str, details: str = "", **more: Any) -> Problem:
    """An error as the server words it."""
    return {"type": kind, "message": message, "details": details, "extra_info": more}


def problem_of(graph: Graph, pictures: set[str]) -> tuple[Problem, dict[str, Any]] | None:
    """What is wrong with a workflow, and with which of its nodes; None for nothing.

    pictures: names in the input folder.
    """
    for node_id, node in graph.items():
        if node.get("class_type") not in NODES:
            return _missing(node_id, node), {}
    ends = [k for k, n in graph.items() if NODES[n["class_type"]].saves]
    if not ends:
        return error("prompt_no_outputs", "Prompt has no outputs"), {}
    found = {node_id: list(_wrong(graph, node_id, pictures)) for node_id in _needed(graph, ends)}
    wrong = {node_id: problems for node_id, problems in found.items() if problems}
    if not wrong:
        return None
    said = "\n".join(f"{p['message']}: {p['details']}" for ps in wrong.values() for p in ps)
    told = {
        node_id: {
            "errors": problems,
            "dependent_outputs": ends,
            "class_type": graph[node_id]["class_type"],
        }
        for node_id, problems in wrong.items()
    }
    message = "Prompt outputs failed validation"
    return error("prompt_outputs_failed_validation", message, said), told


def _missing(node_id: str, node: Mapping[str, Any]) -> Problem:
    kind = node.get("class_type")
    title = (node.get("_meta") or {}).get("title")
    message = (
        f"Node '{title or kind}' not found. The custom node may not be installed."
        if kind
        else f"Node '{title or f'ID #{node_id}'}' has no class_type. The workflow may be corrupted "
        "or a custom node is missing."
    )
    more = {"node_id": node_id, "class_type": kind, "node_title": title}
    return error("missing_node_type", message, f"Node ID '#{node_id}'", **more)


def _needed(graph: Graph, ends: list[str]) -> list[str]:
    """The nodes that lead to what is saved; others are not looked at."""
    found: dict[str, None] = {}
    line = list(ends)
    while line:
        node_id = line.pop()
        if node_id in found or node_id not in graph:
            continue
        found[node_id] = None
        line += [str(v[0]) for v in graph[node_id]["inputs"].values() if _is_link(v)]
    return list(found)


def _is_link(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _wrong(graph: Graph, node_id: str, pictures: set[str]) -> Iterator[Problem]:
    node = graph[node_id]
    for name, wanted in NODES[node["class_type"]].inputs.items():
        if name not in node["inputs"]:
            if wanted.required:
                yield error(
                    "required_input_missing", "Required input is missing", name, input_name=name
                )
            continue
        value = node["inputs"][name]
        found = _wrong_link(graph, name, wanted, value) if isinstance(value, list) else None
        found = found or (None if isinstance(value, list) else _wrong_value(name, wanted, value))
        if found is None and node["class_type"] == "LoadImage" and value not in pictures:
            details = f"image - Invalid image file: {value}"
            found = error("custom_validation_failed", "Custom validation failed for node", details)
        if found is not None:
            yield found


def _wrong_link(graph: Graph, name: str, wanted: Input, value: list[Any]) -> Problem | None:
    if not _is_link(value):
        message = "Bad linked input, must be a length-2 list of [node_id, slot_index]"
        return error("bad_linked_input", message, name, received_value=value)
    source = graph.get(str(value[0]))
    brought = NODES[source["class_type"]].outputs if source else ()
    if not isinstance(value[1], int) or value[1] >= len(brought):
        message = "Exception when validating inner node"
        return error("exception_during_inner_validation", message, repr(value[0]))
    if brought[value[1]] != wanted.kind:
        details = f"{name}, received_type({brought[value[1]]}) mismatch input_type({wanted.kind})"
        return error("return_type_mismatch", "Return type mismatch between linked nodes", details)
    return None


def _wrong_value(name: str, wanted: Input, value: Any) -> Problem | None:
    if wanted.kind in _NUMBERS:
        try:
            number = _NUMBERS[wanted.kind](value)
        except (TypeError, ValueError) as problem:
            message = f"Failed to convert an input value to a {wanted.kind} value"
            return error("invalid_input_type", message, f"{name}, {value}, {problem}")
        return _out_of_bounds(name, wanted, number)
    if wanted.options and value not in wanted.options:
        details = f"{name}: {value!r} not in {list(wanted.options)}"
        return error("value_not_in_list", "Value not in list", details, received_value=value)
    return None


def _out_of_bounds(name: str, wanted: Input, number: float) -> Problem | None:
    low, high = wanted.bounds or (number, number)
    if number < low:
        message = f"Value {number} smaller than min of {low}"
        return error("value_smaller_than_min", message, name, received_value=number)
    if number > high:
        message = f"Value {number} bigger than max of {high}"
        return error("value_bigger_than_max", message, name, received_value=number)
    return None


def value_of(graph: Graph, name: str) -> Any:
    """The first value of an input of this name, through a link to a node that only holds one."""
    for node in graph.values():
        value = node["inputs"].get(name)
        if _is_link(value):
            value = graph[str(value[0])]["inputs"].get("value")
        if value is not None:
            return value
    return None


def words_of(graph: Graph) -> str:
    """All texts of a workflow, in which a fault may be asked for."""
    texts = (n["inputs"].get(k) for n in graph.values() for k in ("text", "value"))
    return "\n".join(t for t in texts if isinstance(t, str))
