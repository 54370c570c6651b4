"""Text to video through a picture: it is a request of its own with price and take, the clip waits
for it, and neither is bought twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.plugins import PICTURES_KEY, closed_gate
from tests.api.studio import Json, Studio, shot

PICTURE = {"model": "storyboard-frame", "prompt": "a lighthouse at dusk", "resolution": "540p"}


def paired(prompt: str = "waves roll in", *, picture: Json | None = None, **params: Any) -> Json:
    """A shot that begins with a picture made for it."""
    return shot(prompt, first_frame=picture or PICTURE, **params)


def test_a_plan_lists_the_clip_and_its_picture(studio: Studio) -> None:
    project = studio.project(paired("two in one"))
    plan = studio.plan(project)
    (planned,) = plan["segments"]
    (picture,) = planned["pictures"]
    assert (planned["action"], planned["model"]) == ("generate", "mock-ai")
    assert (picture["field"], picture["action"]) == ("first_frame", "generate")
    assert (picture["model"], picture["reason"]["code"]) == ("storyboard-frame", "new")
    assert picture["fingerprint"] != planned["fingerprint"]
    assert (plan["to_generate"], plan["pictures_to_generate"]) == (1, 1)


def test_picture_then_clip_and_neither_again(studio: Studio) -> None:
    project = studio.project(paired("once"))
    before = studio.generations()
    studio.make(project)
    assert studio.generations() == before + 2
    segment = studio.read(project)["segments"][0]
    assert segment["status"] == "completed"
    assert {take["makes"] for take in studio.takes(segment)} == {"video", "image"}
    plan = studio.plan(project)
    assert (plan["to_generate"], plan["pictures_to_generate"]) == (0, 0)
    assert plan["segments"][0]["reason"]["code"] == "unchanged"
    studio.make(project)
    assert studio.generations() == before + 2

    studio.edit(segment, prompt="other words for the clip alone")
    (planned,) = studio.plan(project)["segments"]
    assert [p["action"] for p in planned["pictures"]] == ["reuse"]
    assert [c["field"] for c in planned["reason"]["changes"]] == ["prompt"]
    studio.make(project)
    assert studio.generations() == before + 3, "the picture is not bought again"

    other = {**PICTURE, "prompt": "a lighthouse at noon"}
    studio.edit(segment, model_params={**segment["model_params"], "first_frame": other})
    (planned,) = studio.plan(project)["segments"]
    (picture,) = planned["pictures"]
    assert picture["reason"]["code"] == "changed"
    assert picture["reason"]["changes"][0]["old"] == PICTURE["prompt"]
    studio.edit(segment, prompt="once", model_params=segment["model_params"])
    assert studio.plan(project)["to_generate"] == 0, "undo is free"


def test_a_picture_that_cannot_be_made_fails_its_clip_and_says_so(studio: Studio) -> None:
    bad = {**PICTURE, "model": "picture-refused"}
    project = studio.project(shot("fine"), paired("in vain", picture={"model": "picture-refused"}))
    assert bad["prompt"]
    render = studio.finish(studio.start(project))
    assert (render["status"], render["error_code"]) == ("failed", "moderated")
    assert render["error_message"].startswith("segment 2: its first frame could not be made: ")
    second = studio.read(project)["segments"][1]
    assert (second["status"], second["error_code"]) == ("failed", "moderated")


def test_a_picture_is_no_clip(studio: Studio) -> None:
    project = studio.project(paired("no clip"))
    studio.make(project)
    segment = studio.read(project)["segments"][0]
    picture = next(take for take in studio.takes(segment) if take["makes"] == "image")
    problem = studio.refused(
        "PUT", f"/api/segments/{segment['id']}/take", 422, json={"take_id": picture["id"]}
    )
    assert "picture" in problem["detail"]


def test_a_picture_that_is_there_needs_its_model_no_more(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PICTURES_KEY, "a key")
    picture = {"model": "picture-keyed", "prompt": "painted once"}
    project = studio.project(paired("made from it", picture=picture))
    studio.make(project)
    segment = studio.read(project)["segments"][0]
    before = studio.generations()

    monkeypatch.delenv(PICTURES_KEY)
    studio.ask("POST", f"/api/segments/{segment['id']}/takes", 202)
    studio.edit(segment, model_params={**segment["model_params"], "fail": "refused"})
    assert studio.finish(studio.start(project))["status"] == "failed"
    studio.ask("POST", f"/api/segments/{segment['id']}/retry", 202)
    studio.settled(segment)
    assert studio.generations() == before + 3, "clips alone"

    unmade = {**picture, "prompt": "never painted"}
    studio.edit(segment, model_params={**segment["model_params"], "first_frame": unmade})
    for act in ("takes", "retry"):
        problem = studio.refused("POST", f"/api/segments/{segment['id']}/{act}", 422)
        assert problem["code"] == "model_unavailable"
        assert PICTURES_KEY in problem["detail"]


WRONG = [
    ({"model": "mock-ai"}, "model_params.first_frame.model", "a picture is wanted"),
    ({"model": "storyboard-frame", "colour": 1}, "model_params.first_frame.colour", "colour"),
    ({"prompt": "no model"}, "model_params.first_frame.model", "must name its model"),
    ({**PICTURE, "prompt": "  "}, "model_params.first_frame.prompt", "must be words"),
    ({**PICTURE, "variation": -1}, "model_params.first_frame.variation", "whole number"),
]


@pytest.mark.parametrize(("picture", "field", "words"), WRONG)
def test_a_wrong_picture_is_named(studio: Studio, picture: Json, field: str, words: str) -> None:
    project = studio.project()
    body = paired("wrong", picture=picture)
    problem = studio.refused("POST", f"/api/projects/{project['id']}/segments", 422, json=body)
    assert problem["errors"][0]["field"] == field
    assert words in problem["detail"]


@pytest.fixture
def held() -> Iterator[None]:
    """Clips of bar codes are not finished while the test runs."""
    with closed_gate():
        yield


def test_a_cancelled_render_takes_picture_and_clip_along(studio: Studio, held: None) -> None:
    picture = {"model": "picture-slow", "prompt": "slowly"}
    project = studio.project(paired("cancelled", picture=picture))
    render = studio.start(project)
    over = studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")
    assert over["status"] == "cancelled"
    settled = studio.until(
        lambda: studio.read(project)["segments"][0], lambda now: now["status"] != "generating"
    )
    assert settled["status"] == "pending"
