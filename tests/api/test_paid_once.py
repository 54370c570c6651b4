"""What is sent again because its answer was lost is not bought again: takes, the clips of many
segments, and a person's decision about a doubt."""

import threading
from uuid import uuid4

from tests.api.plugins import BarcodeModel, barcode
from tests.api.studio import Json, Studio, shot


def bars(prompt: str, *, model: str = "barcode-paid") -> Json:
    """A segment that costs 0.20."""
    segment: Json = barcode(1, model=model, prompt=prompt)
    return segment


def submits(prompt: str) -> int:
    """How often this was sent to its model."""
    return sum(one.prompt == prompt for one in BarcodeModel.submissions)


# --- takes on purpose


def test_takes_that_are_asked_for_twice_under_one_id_are_made_once(studio: Studio) -> None:
    segment = studio.project(bars("lost answer"))["segments"][0]
    place = f"/api/segments/{segment['id']}/takes"
    body = {"id": str(uuid4()), "count": 2, "max_cost": "0.40"}
    first = studio.ask("POST", place, 202, json=body)
    again = studio.ask("POST", place, 202, json=body)
    assert len(first["started"]) == 2
    assert again["started"] == first["started"]
    studio.until(lambda: studio.takes(segment), lambda takes: len(takes) == 2)
    late = studio.ask("POST", place, 202, json=body)
    assert (late["started"], late["other_jobs"]) == (first["started"], [])
    assert submits("lost answer") == 2
    studio.ask("POST", place, 202, json={**body, "id": str(uuid4())})
    studio.until(lambda: studio.takes(segment), lambda takes: len(takes) == 4)


def test_an_id_stands_for_one_thing_and_what_was_refused_is_not_it(studio: Studio) -> None:
    first, second = studio.project(bars("one thing"), bars("another thing"))["segments"]
    body = {"id": str(uuid4()), "max_cost": "0.10"}
    studio.refused("POST", f"/api/segments/{first['id']}/takes", 402, json=body)
    body["max_cost"] = "0.20"
    studio.ask("POST", f"/api/segments/{first['id']}/takes", 202, json=body)
    for place, other in (
        (f"/api/segments/{second['id']}/takes", body),
        (f"/api/segments/{first['id']}/takes", {**body, "count": 2}),
        (
            f"/api/projects/{first['project_id']}/generate",
            {**body, "segment_ids": [first["id"]]},
        ),
    ):
        problem = studio.refused("POST", place, 409, json=other)
        assert problem["code"] == "id_taken"
    studio.settled(first)
    assert (submits("one thing"), submits("another thing")) == (1, 0)


# --- clips of many segments


def generate(studio: Studio, project: Json, *segments: Json, **body: object) -> list[Json]:
    ids = [one["id"] for one in segments or project["segments"]]
    place = f"/api/projects/{project['id']}/generate"
    jobs: list[Json] = studio.ask("POST", place, 202, json={"segment_ids": ids, **body})["jobs"]
    return jobs


def test_many_segments_are_generated_by_one_request(studio: Studio, gate: threading.Event) -> None:
    project = studio.project(*(bars(f"many {n}") for n in (1, 2, 3)), shot("not asked for"))
    *wanted, other = project["segments"]
    body = {"id": str(uuid4()), "max_cost": "0.60"}
    jobs = generate(studio, project, *wanted, **body)
    assert [job["segment_id"] for job in jobs] == [one["id"] for one in wanted]
    # Their states may differ: a worker takes them meanwhile.
    ids = [job["id"] for job in jobs]
    again = [job["id"] for job in generate(studio, project, *wanted, **body)]
    assert again == ids, "a lost answer is given again"
    shared = [job["id"] for job in generate(studio, project, *wanted, max_cost="0")]
    assert shared == ids, "what is under way is free"
    gate.set()
    assert {studio.settled(one)["status"] for one in wanted} == {"completed"}
    assert studio.ask("GET", f"/api/segments/{other['id']}")["status"] == "pending"
    assert [job["id"] for job in generate(studio, project, *wanted, **body)] == ids
    assert generate(studio, project, *wanted) == [], "what is there is not made again"
    assert [submits(f"many {n}") for n in (1, 2, 3)] == [1, 1, 1]


def test_too_dear_or_with_a_segment_that_cannot_be_generated_nothing_is_started(
    studio: Studio,
) -> None:
    project = studio.project(bars("dear 1"), bars("dear 2"), shot("retired", seconds=4))
    studio.edit(project["segments"][2], model_params={"model": "runway-gen4.5", "duration": 5})
    first, second, stuck = studio.read(project)["segments"]
    place, before = f"/api/projects/{project['id']}/generate", studio.generations()
    ids = [first["id"], second["id"]]
    problem = studio.refused("POST", place, 402, json={"segment_ids": ids, "max_cost": "0.39"})
    assert "up to 0.4" in problem["detail"]
    problem = studio.refused("POST", place, 422, json={"segment_ids": [*ids, stuck["id"]]})
    assert (problem["code"], [error["field"] for error in problem["errors"]]) == (
        "plan_not_ready",
        [f"segments.{stuck['id']}.model_params.model"],
    )
    gone = str(uuid4())
    problem = studio.refused("POST", place, 404, json={"segment_ids": [*ids, gone]})
    assert problem["errors"][0]["field"] == f"segments.{gone}"
    assert studio.generations() == before
    assert len(generate(studio, project, first, second, max_cost="0.40")) == 2


# --- a decision about a doubt


def in_doubt(studio: Studio, segment: Json) -> Json:
    """The segment as soon as it waits for a decision."""
    found: Json = studio.until(
        lambda: studio.ask("GET", f"/api/segments/{segment['id']}"),
        lambda now: now["status"] == "needs_attention",
    )
    return found


def test_a_decision_that_is_sent_twice_buys_once(studio: Studio) -> None:
    shy = shot("never clear", fail="timeout-after-accept")
    shy["model_params"]["model"] = "mock-ai-none"
    project = studio.project(shy)
    generate(studio, project)
    seen = in_doubt(studio, project["segments"][0])
    place = f"/api/jobs/{seen['job_id']}/resolve"
    body = {"action": "resubmit", "epoch": seen["job_epoch"], "max_cost": "0"}
    assert studio.ask("POST", place, json=body)["state"] == "queued"
    now: Json = studio.until(
        lambda: in_doubt(studio, seen), lambda now: now["job_epoch"] != seen["job_epoch"]
    )
    problem = studio.refused("POST", place, 409, json=body)
    assert (problem["code"], problem["epoch"]) == ("moved_on", now["job_epoch"])
    body = {"action": "abandon", "epoch": now["job_epoch"]}
    assert studio.ask("POST", place, json=body)["state"] == "failed"


def test_a_doubt_of_what_was_deleted_is_listed_and_decided(studio: Studio) -> None:
    shy = shot("left behind", fail="timeout-after-accept")
    shy["model_params"]["model"] = "mock-ai-none"
    first, second = (studio.project(shy | {"prompt": f"left {n}"}) for n in "ab")
    seen = []
    for project in (first, second):
        generate(studio, project)
        seen.append(in_doubt(studio, project["segments"][0]))
    studio.ask("DELETE", f"/api/segments/{seen[0]['id']}", 204)
    studio.ask("DELETE", f"/api/projects/{second['id']}", 204)
    place = "/api/jobs?state=needs_attention"
    told = {one["prompt"]: one for one in studio.ask("GET", place)}
    assert (told["left a"]["project_id"], told["left a"]["segment_id"]) == (first["id"], None)
    assert (told["left b"]["project_id"], told["left b"]["segment_id"]) == (None, None)
    assert [one["id"] for one in studio.ask("GET", f"{place}&limit=1&offset=1")] == [
        studio.ask("GET", place)[1]["id"]
    ]
    one = told["left b"]
    assert (one["model"], one["price"]["high"], one["can_fetch"]) == ("mock-ai-none", "0", False)
    body = {"action": "abandon", "epoch": one["epoch"]}
    assert studio.ask("POST", f"/api/jobs/{one['id']}/resolve", json=body)["state"] == "failed"
    assert "left b" not in {one["prompt"] for one in studio.ask("GET", place)}
    studio.refused("GET", "/api/jobs", 422)
