"""A project's segments go to another model over the API: one edit, told before, and taken back."""

from typing import Any

import pytest
from tests.api.studio import Studio, shot

Json = dict[str, Any]


def move(studio: Studio, project: Json, status: int = 200, **body: Any) -> Json:
    answer: Json = studio.ask("POST", f"/api/projects/{project['id']}/retarget", status, json=body)
    return answer


def params(project: Json) -> list[Json]:
    return [segment["model_params"] for segment in project["segments"]]


def test_a_dry_run_tells_and_changes_nothing(studio: Studio) -> None:
    project = studio.project(shot(seconds=12.5, seed=7, fps=30), shot("two", seconds=5))
    told = move(studio, project, to="runway", dry_run=True)
    assert (told["model"], told["dry_run"], told["revision"]) == (
        "runway-gen4.5",
        True,
        project["revision"],
    )
    assert told["note"].startswith("runway means runway-gen4.5")
    assert "RUNWAY_API_KEY" in told["unavailable_reason"]
    first, second = told["segments"]
    assert [(one["parameter"], one["new"]) for one in first["changed"]] == [("duration", 10)]
    assert [one["parameter"] for one in first["lost"]] == ["fps", "audio"]
    assert (first["kept"], second["kept"]) == (["seed"], ["duration"])
    assert first["model_params"] == {"model": "runway-gen4.5", "duration": 10, "seed": 7}
    assert (told["price_before"]["high"], told["price_after"]["high"]) == ("0", "1.80")
    assert studio.read(project) == project


def test_it_is_one_revision_and_one_event(studio: Studio) -> None:
    project = studio.project(shot(), shot("two"))
    done = move(studio, project, to="storyboard")
    now = studio.read(project)
    assert now["revision"] == done["revision"] == project["revision"] + 1
    assert now["event_seq"] == project["event_seq"] + 1
    assert params(now) == [{"model": "storyboard", "duration": 1}] * 2
    assert [one["model_params"] for one in done["segments"]] == params(now)
    again = move(studio, project, to="storyboard")
    assert {one["action"] for one in again["segments"]} == {"unchanged"}
    assert again["revision"] == done["revision"], "nothing moves, nothing is edited"


def test_taking_it_back_asks_for_what_was_made_already(studio: Studio) -> None:
    project = studio.project(shot("kept and paid for"))
    studio.make(project)
    done = move(studio, project, to="storyboard")
    (segment,) = done["segments"]
    away = studio.ask("POST", f"/api/projects/{project['id']}/plan")
    assert away["to_generate"] == 1
    studio.ask(
        "PATCH",
        f"/api/segments/{segment['segment_id']}",
        json={"model_params": segment["model_params_before"]},
    )
    back = studio.ask("POST", f"/api/projects/{project['id']}/plan")
    assert (back["to_generate"], back["segments"][0]["action"]) == (0, "reuse")


def test_some_segments_alone(studio: Studio) -> None:
    project = studio.project(shot(), shot("two"))
    second = project["segments"][1]["id"]
    done = move(studio, project, to="barcode", segments=[second])
    assert [one["order_index"] for one in done["segments"]] == [1]
    assert [p["model"] for p in params(studio.read(project))] == ["mock-ai", "barcode"]


def test_a_segment_that_does_not_fit_refuses_the_whole_unless_asked(studio: Studio) -> None:
    long = {**shot("long", seconds=20), "trim": {"start": 0, "end": 15}}
    project = studio.project(shot("short", seconds=3), long)
    path = f"/api/projects/{project['id']}/retarget"
    told = move(studio, project, to="runway-gen4.5", dry_run=True)
    assert [one["action"] for one in told["segments"]] == ["changed", "refused"]
    problem = studio.refused("POST", path, 422, json={"to": "runway-gen4.5"})
    assert problem["code"] == "retarget_refused"
    assert [e["field"] for e in problem["errors"]] == ["segments.1.trim"]
    assert studio.read(project) == project
    move(studio, project, to="runway-gen4.5", partial=True)
    assert [p["model"] for p in params(studio.read(project))] == ["runway-gen4.5", "mock-ai"]


def test_what_an_edit_would_refuse_is_refused_in_the_dry_run_too(studio: Studio) -> None:
    frozen = {**shot(seconds=20), "retime": {"freeze": {"at": 15, "seconds": 1}}}
    project = studio.project(frozen)
    (told,) = move(studio, project, to="runway-gen4.5", dry_run=True)["segments"]
    assert told["action"] == "refused"
    assert told["model_params"] == told["model_params_before"]
    assert told["problems"]


def test_a_stale_edit_is_refused(studio: Studio) -> None:
    project = studio.project(shot())
    path = f"/api/projects/{project['id']}/retarget"
    stale = {"If-Match": f'"{project["revision"] - 1}"'}
    problem = studio.refused("POST", path, 409, json={"to": "storyboard"}, headers=stale)
    assert problem["code"] == "stale_revision"
    assert studio.read(project) == project


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"to": "no-such-model"}, "unknown_model", "to"),
        ({"to": "stability-ai"}, "model_retired", "to"),
        ({"to": "runway-gen4-image"}, "not_a_video_model", "to"),
        (
            {"to": "barcode", "segments": ["00000000-0000-4000-8000-000000000000"]},
            "bad_input",
            "segments.0",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(studio: Studio, body: Json, code: str, field: str) -> None:
    project = studio.project(shot())
    problem = studio.refused("POST", f"/api/projects/{project['id']}/retarget", 422, json=body)
    assert (problem["code"], problem["errors"][0]["field"]) == (code, field)
    assert problem["errors"][0]["fix"]
    assert studio.read(project) == project


def test_a_model_of_pictures_is_no_segment_s_model(studio: Studio) -> None:
    project = studio.project()
    segment = {"prompt": "a still", "model_params": {"model": "runway-gen4-image"}}
    path = f"/api/projects/{project['id']}/segments"
    problem = studio.refused("POST", path, 422, json=segment)
    assert problem["code"] == "not_a_video_model"
    assert problem["errors"][0]["field"] == "model_params.model"
    listed = {m["id"]: m for m in studio.ask("GET", "/api/models")["models"]}
    assert listed["runway-gen4-image"]["makes"] == "image"
    unknown = {"prompt": "a still", "model_params": {"model": "runway-gen4-images"}}
    told = studio.refused("POST", path, 422, json=unknown)["errors"][0]["fix"]
    assert "runway-gen4-image," not in told.partition("known models")[2]


def test_the_catalogue_tells_what_each_model_is(studio: Studio) -> None:
    listed = {m["id"]: m for m in studio.ask("GET", "/api/models")["models"]}
    runway, gone = listed["runway-gen4.5"], listed["stability-ai"]
    assert (runway["makes"], runway["kinds"]) == ("video", ["text", "image"])
    assert runway["idempotency"] == "none"
    assert runway["prices"][0]["as_of"] and runway["prices"][0]["source"]
    assert runway["retired_reason"] is None
    assert (gone["successor"], gone["is_retired"]) == ("storyboard", True)
    assert "no video" in gone["retired_reason"]


def test_a_plan_says_what_a_name_means_and_what_to_use_instead(studio: Studio) -> None:
    project = studio.project(
        {"prompt": "an alias", "model_params": {"model": "runway-gen3", "duration": 5}},
        {"prompt": "a name of the past", "model_params": {"model": "stability-ai"}},
        shot("as it is"),
    )
    plan = studio.ask("POST", f"/api/projects/{project['id']}/plan")
    alias, gone, plain = plan["segments"]
    assert alias["model"] == "runway-gen4.5"
    assert "retired Gen-3" in alias["model_note"]
    assert (gone["model_note"], plain["model_note"]) == (None, None)
    problems = {p["segment_id"]: p for p in plan["problems"]}
    assert "no video" in problems[gone["segment_id"]]["message"]
    assert "storyboard" in problems[gone["segment_id"]]["fix"]
    assert not plan["ready"]
