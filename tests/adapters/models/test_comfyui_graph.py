"""Marked workflows of ComfyUI, and reading what it answers: the pure parts, without a server."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from video_foundry.adapters.models.comfyui import graph, mapping
from video_foundry.adapters.models.comfyui.progress import Tally
from video_foundry.errors import GenerationFailed, Rejected
from video_foundry.ports.video_model import GenerationStatus

WORKFLOWS = Path(__file__).parents[3] / "examples" / "comfyui"


def workflow(name: str) -> graph.Graph:
    """One of the shipped workflows."""
    return graph.checked(json.loads((WORKFLOWS / f"{name}.json").read_text("utf-8")))


# --- marks -------------------------------------------------------------------------------------


def node(title: str, kind: str = "Thing", **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": title}}


@pytest.mark.parametrize(
    ("title", "inputs", "name", "mark"),
    [
        ("prompt", {"text": ""}, "prompt", graph.Mark(node="1", input="text")),
        ("Negative Prompt", {"text": ""}, "negative_prompt", graph.Mark(node="1", input="text")),
        ("first-frame", {"image": "a.png"}, "first_frame", graph.Mark(node="1", input="image")),
        ("Noise $seed", {"noise_seed": 1}, "seed", graph.Mark(node="1", input="noise_seed")),
        (
            "$prompt.text_g",
            {"text_g": "", "text_l": ""},
            "prompt",
            graph.Mark(node="1", input="text_g"),
        ),
        (
            "$frames(8).len",
            {"len": 9, "fps": 24},
            "frames",
            graph.Mark(node="1", input="len", step=8),
        ),
        ("$prompt", {"words": "", "clip": ["2", 0]}, "prompt", graph.Mark(node="1", input="words")),
        ("$fps.format.rate", {"format.rate": 24}, "fps", graph.Mark(node="1", input="format.rate")),
    ],
)
def test_a_title_marks_an_input(
    title: str, inputs: dict[str, Any], name: str, mark: graph.Mark
) -> None:
    assert graph.marks_of({"1": node(title, **inputs)}) == {name: [mark]}


def test_other_titles_mark_nothing() -> None:
    titles = ("CLIP Text Encode (Prompt)", "My prompt", "$price", "prompts", "")
    nodes = {str(i): node(title, text="") for i, title in enumerate(titles)}
    assert graph.marks_of({**nodes, "x": {"class_type": "A", "inputs": {}}}) == {}


@pytest.mark.parametrize(
    ("title", "inputs"),
    [("prompt", {"a": "", "b": ""}), ("$prompt.txt", {"text": ""}), ("seed", {"model": ["1", 0]})],
)
def test_a_mark_that_fits_no_input_is_refused(title: str, inputs: dict[str, Any]) -> None:
    with pytest.raises(Rejected, match="INPUT into its title") as caught:
        graph.marks_of({"1": node(title, **inputs)})
    assert caught.value.code == "mark_unclear"


MARKED = {"1": node("prompt", text=""), "2": node("$frames", length=9)}


@pytest.mark.parametrize(
    ("nodes", "params", "pictures", "code"),
    [
        ({"1": node("x", text="")}, {}, {}, "not_marked"),
        ({"1": node("prompt", text="")}, {"seed": 1}, {}, "not_marked"),
        ({"1": node("prompt", text="")}, {"negative_prompt": "fog"}, {}, "not_marked"),
        ({"1": node("prompt", text="")}, {"duration": 2}, {}, "not_marked"),
        ({"1": node("prompt", text="")}, {"resolution": "720p"}, {}, "not_marked"),
        ({"1": node("prompt", text="")}, {"width": 64, "height": 64}, {}, "not_marked"),
        (MARKED, {"duration": 2}, {}, "not_marked"),  # of what frame rate?
        ({"1": node("prompt", text="")}, {}, {"first_frame": "a.png"}, "not_marked"),
        ({"1": node("first_frame", image="")}, {}, {}, "first_frame_missing"),
        ({"1": node("prompt", text="")}, {"inputs": {"7.cfg": 1}}, {}, "unknown_input"),
        ({"1": node("prompt", text="")}, {"inputs": {"1": 1}}, {}, "unknown_input"),
    ],
)
def test_nothing_that_was_given_is_silently_left_out(
    nodes: graph.Graph, params: dict[str, Any], pictures: dict[str, str], code: str
) -> None:
    with pytest.raises(Rejected) as caught:
        graph.filled(nodes, "Fog", params, pictures)
    assert caught.value.code == code


def test_a_workflow_with_a_size_of_its_own_keeps_it() -> None:
    nodes = {"1": node("prompt", text=""), "2": node("", width=512, height=512)}
    made = graph.filled(nodes, "Fog", {"aspect_ratio": "16:9"}, {})
    assert made == {"1": node("prompt", text="Fog"), "2": node("", width=512, height=512)}


def test_the_workflow_that_was_given_is_not_changed() -> None:
    nodes = workflow("wan-text-to-video")
    graph.filled(nodes, "Fog", {"seed": 5, "inputs": {"8.cfg": 1}}, {})
    assert nodes == workflow("wan-text-to-video")


@pytest.mark.parametrize(
    ("seconds", "fps", "step", "frames"),
    [
        (5, 16, 4, 81),
        (5, 24, 8, 121),
        (2, 8, 0, 16),
        (0.1, 1, 4, 1),
        (3.3, 16, 4, 53),
        (1, 24, 0, 24),
    ],
)
def test_frames_are_enough_for_the_seconds(
    seconds: float, fps: float, step: int, frames: int
) -> None:
    mark = f"$frames({step})" if step else "frames"
    nodes = {"1": node("prompt", text=""), "2": node(mark, length=1), "3": node("fps", fps=fps)}
    made = graph.filled(nodes, "Fog", {"duration": seconds}, {})
    assert made["2"]["inputs"]["length"] == frames


def test_a_workflow_may_take_seconds_as_they_are() -> None:
    nodes = {"1": node("prompt", text=""), "2": node("duration", seconds=4.0)}
    assert graph.filled(nodes, "Fog", {"duration": 2.5}, {})["2"]["inputs"] == {"seconds": 2.5}


@pytest.mark.parametrize(
    "document",
    [
        {"nodes": [], "links": []},
        [],
        {},
        "x",
        {"1": {"inputs": {}}},
        {"1": {"class_type": "A"}},
        {"1": 3},
    ],
)
def test_what_is_no_workflow_in_api_format_is_refused(document: Any) -> None:
    with pytest.raises(Rejected) as caught:
        graph.checked(document)
    assert caught.value.code == "workflow_format"


# --- results -----------------------------------------------------------------------------------


def entry_with(
    outputs: Mapping[str, Any], nodes: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {"prompt": [0, "an-id", nodes or {}, {}, []], "outputs": outputs}


def file(name: str, kind: str = "output", folder: str = "") -> dict[str, str]:
    return {"filename": name, "subfolder": folder, "type": kind}


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        ({"9": {"images": [file("a.mp4")], "animated": [True]}}, "a.mp4"),
        ({"9": {"gifs": [{**file("a.webm"), "frame_rate": 8.0}]}}, "a.webm"),
        ({"9": {"video": [file("a.mkv")]}}, "a.mkv"),
        ({"1": {"images": [file("p.png")]}, "2": {"images": [file("a.mp4")]}}, "a.mp4"),
        ({"1": {"gifs": [file("p.mp4", "temp")]}, "2": {"gifs": [file("a.mp4")]}}, "a.mp4"),
        ({"1": {"images": [file("p.webp")]}, "2": {"images": [file("a.mp4")]}}, "a.mp4"),
        ({"1": {"images": [file("a.webp")]}}, "a.webp"),
        ({"1": {"gifs": [file("a.mp4", "temp")]}}, "a.mp4"),
        ({"1": {"text": ["hello", None]}, "2": {"images": [{}, file("a.MP4")]}}, "a.MP4"),
    ],
)
def test_the_film_is_found_among_what_was_saved(outputs: dict[str, Any], expected: str) -> None:
    path = mapping.result_path(entry_with(outputs), "video")
    assert path.startswith(f"/view?filename={expected}&subfolder=&type=")


def test_the_marked_node_comes_first() -> None:
    outputs = {"1": {"gifs": [file("a.mp4")]}, "2": {"gifs": [file("b.mp4")]}}
    nodes = {"1": node("Save"), "2": node("output")}
    assert "b.mp4" in mapping.result_path(entry_with(outputs, nodes), "video")


def test_an_odd_name_is_quoted() -> None:
    outputs = {"1": {"gifs": [file("a&b #1.mp4", folder="x/y z")]}}
    path = mapping.result_path(entry_with(outputs), "video")
    assert path == "/view?filename=a%26b+%231.mp4&subfolder=x%2Fy+z&type=output"


def test_pictures_are_no_film_and_the_other_way_round() -> None:
    with pytest.raises(GenerationFailed, match=r"without saving a video; it saved p\.png"):
        mapping.result_path(entry_with({"1": {"images": [file("p.png")]}}), "video")
    with pytest.raises(GenerationFailed) as caught:
        mapping.result_path(entry_with({"1": {"gifs": [file("a.mp4")]}}), "image")
    assert caught.value.code == "no_output"


def test_an_entry_without_a_status_is_one_of_an_older_server() -> None:
    assert mapping.ended(entry_with({})).status is GenerationStatus.SUCCEEDED


# --- progress --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "share"),
    [
        ([], None),
        ([("execution_start", {})], 0.0),
        ([("execution_cached", {"nodes": ["1"]})], 0.25),
        ([("progress", {"node": "2", "value": 1, "max": 2})], 0.25),
        ([("executing", {"node": "1"}), ("executing", {"node": "2"})], 0.25),
        ([("executed", {"node": "3"})], 0.25),
        ([("progress_state", {"nodes": {"2": {"state": "finished", "value": 1, "max": 9}}})], 0.5),
        (
            [
                ("progress", {"node": "2", "value": 2, "max": 2}),
                ("progress", {"node": "2", "value": 0, "max": 2}),
            ],
            0.5,
        ),
        ([("progress", {"node": "2", "value": None, "max": 0})], 0.0),
        ([("progress_state", {"nodes": {"7:1": {"state": "running", "value": 1, "max": 1}}})], 0.0),
        ([("hello", {"node": "2"})], None),
    ],
)
def test_shares_are_counted_by_steps_and_never_fall(
    events: list[tuple[str, dict[str, Any]]], share: float | None
) -> None:
    tally = Tally(weights={"1": 1, "2": 2, "3": 1})
    for kind, data in events:
        tally.take(kind, data)
    assert tally.share == share
