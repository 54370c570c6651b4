"""One generation that somebody asks for by itself: priced before, with models that stand in as in a
render, and called off for whoever does not want it any more, and nobody else."""

import threading
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from tests.api.plugins import BarcodeModel, barcode
from tests.api.studio import Json, Studio, shot

WILLING = {"model": "barcode-paid", "number": 5, "duration": 0.5}


def read(studio: Studio, segment: Json) -> Json:
    """The segment as it is now."""
    found: Json = studio.ask("GET", f"/api/segments/{segment['id']}")
    return found


def retry(studio: Studio, segment: Json, status: int = 202, **body: object) -> Json:
    """Ask for what a segment says."""
    told: Json = studio.ask("POST", f"/api/segments/{segment['id']}/retry", status, json=body)
    return told


def sent(studio: Studio, prompt: str, more_than: int = 0) -> list[dict[str, object]]:
    """Parameters of what was sent for a prompt, when there is more than so much."""
    found: list[dict[str, object]] = studio.until(
        lambda: [dict(s.params) for s in BarcodeModel.submissions if s.prompt == prompt],
        lambda seen: len(seen) > more_than,
    )
    return found


def cancel(studio: Studio, job_id: str, segment: Json | None = None) -> Json:
    """Call a generation off."""
    body = {"segment_id": segment["id"]} if segment else None
    told: Json = studio.ask("POST", f"/api/jobs/{job_id}/cancel", json=body)
    return told


# --- calling off -------------------------------------------------------------------------------


def test_a_take_under_way_is_stopped_and_its_segment_stays_as_it_was(
    studio: Studio, gate: threading.Event
) -> None:
    gate.set()
    project = studio.project(barcode(11, model="barcode-paid", prompt="one is enough"))
    segment = project["segments"][0]
    retry(studio, segment)
    before = studio.settled(segment)
    gate.clear()
    asked = studio.ask("POST", f"/api/segments/{segment['id']}/takes", 202)
    job = asked["other_jobs"][0]["id"]
    sent(studio, "one is enough", more_than=1)
    studio.until(
        lambda: read(studio, segment)["other_jobs"], lambda jobs: jobs[0]["state"] == "submitted"
    )
    told = cancel(studio, job)
    assert told["ending"] == "stopping"
    assert Decimal(told["may_cost"]["high"]) == Decimal("0.20")
    assert "billed" in told["message"]
    studio.until(lambda: read(studio, segment)["other_jobs"], lambda jobs: jobs == [])
    again = cancel(studio, job)
    assert (again["ending"], again["may_cost"], again["job"]["state"]) == (
        "over",
        None,
        "cancelled",
    )
    after = read(studio, segment)
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert len(studio.takes(segment)) == 1


def test_who_shares_a_generation_calls_it_off_for_himself_alone(
    studio: Studio, gate: threading.Event
) -> None:
    wanted = barcode(12, prompt="wanted twice")
    first, second = studio.project(wanted, wanted)["segments"]
    job = retry(studio, first)["job_id"]
    assert retry(studio, second)["job_id"] == job
    problem = studio.refused("POST", f"/api/jobs/{job}/cancel", 422, json={})
    assert problem["errors"][0]["field"] == "segment_id"
    assert first["id"] in problem["errors"][0]["fix"]
    for _ in range(2):
        told = cancel(studio, job, first)
        assert (told["ending"], told["render_ids"]) == ("goes_on", [])
    gate.set()
    assert studio.settled(second)["status"] == "completed"


def test_when_the_last_one_gives_it_up_it_is_stopped(studio: Studio, gate: threading.Event) -> None:
    wanted = barcode(13, prompt="wanted by nobody in the end")
    first, second = studio.project(wanted, wanted)["segments"]
    job = retry(studio, first)["job_id"]
    retry(studio, second)
    assert cancel(studio, job, second)["ending"] == "goes_on"
    assert cancel(studio, job, first)["ending"] in ("cancelled", "stopping")
    for segment in (first, second):
        assert studio.until(partial(read, studio, segment), _is_pending)["job_id"] == job
    gate.set()
    retry(studio, first)
    assert studio.settled(first)["status"] == "completed", "it may be asked for again"


def _is_pending(segment: Json) -> bool:
    return bool(segment["status"] == "pending")


def test_what_a_render_waits_for_goes_on_until_the_render_is_cancelled(
    studio: Studio, gate: threading.Event
) -> None:
    project = studio.project(barcode(14, prompt="for the film"))
    segment = project["segments"][0]
    render = studio.start(project)
    job = retry(studio, segment)["job_id"]
    told = cancel(studio, job)
    assert (told["ending"], told["render_ids"]) == ("goes_on", [render["id"]])
    studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")
    studio.until(lambda: read(studio, segment), _is_pending)
    assert gate.is_set() is False, "it did not end by itself"


def test_a_clip_that_waits_for_its_picture_goes_with_it(studio: Studio) -> None:
    frame = {"model": "picture-slow", "prompt": "a slow picture"}
    project = studio.project(shot("moves then", first_frame=frame))
    segment = project["segments"][0]
    before = studio.generations()
    job = retry(studio, segment)["job_id"]
    assert studio.generations() == before + 2
    assert cancel(studio, job)["ending"] == "cancelled"
    studio.until(lambda: read(studio, segment)["other_jobs"], lambda jobs: jobs == [])
    assert read(studio, segment)["status"] == "pending"
    plan = studio.plan(project)
    assert not plan["segments"][0]["is_under_way"]


# --- deleting ----------------------------------------------------------------------------------


def held_up(studio: Studio, *segments: Json) -> str:
    """The job of what these have asked for, which their provider has told to come again later."""
    jobs: set[str] = {retry(studio, segment)["job_id"] for segment in segments}
    for segment in segments:
        studio.until(
            partial(read, studio, segment), lambda now: now["error_code"] == "rate_limited"
        )
    (job,) = jobs
    return job


def busy(prompt: str) -> Json:
    return shot(prompt, fail="rate-limited", retry_after=600)


def alone(studio: Studio, segment: Json) -> None:
    studio.ask("DELETE", f"/api/segments/{segment['id']}", 204)


def by_operation(studio: Studio, segment: Json) -> Json:
    change = {"type": "delete_segments", "segments": [segment["id"]]}
    operation = {"id": str(uuid4()), "step": str(uuid4()), **change}
    place = f"/api/projects/{segment['project_id']}/operations"
    studio.ask("POST", place, json={"client": str(uuid4()), "operations": [operation]})
    return operation


def with_its_project(studio: Studio, segment: Json) -> None:
    studio.ask("DELETE", f"/api/projects/{segment['project_id']}", 204)


@pytest.mark.parametrize("delete", [alone, by_operation, with_its_project])
def test_what_was_not_sent_is_not_bought_for_a_segment_that_is_deleted(
    studio: Studio, delete: Callable[[Studio, Json], None]
) -> None:
    wanted = busy(f"deleted {delete.__name__}")
    first, other = (studio.project(wanted)["segments"][0] for _ in range(2))
    job = held_up(studio, first, other)
    delete(studio, first)
    assert read(studio, other)["status"] == "generating", "somebody else wants it"
    delete(studio, other)
    told = cancel(studio, job)
    assert (told["ending"], told["job"]["state"]) == ("over", "cancelled")


def test_a_segment_that_comes_back_does_not_ask_again_by_itself(studio: Studio) -> None:
    segment = studio.project(busy("comes back"))["segments"][0]
    job = held_up(studio, segment)
    deleted = by_operation(studio, segment)
    back = {"id": segment["id"], "prompt": "comes back", "model_params": segment["model_params"]}
    restore = {
        "id": str(uuid4()),
        "step": str(uuid4()),
        "type": "insert_segments",
        "segments": [back],
        "after": None,
        "restores": deleted["id"],
    }
    place = f"/api/projects/{segment['project_id']}/operations"
    studio.ask("POST", place, json={"client": str(uuid4()), "operations": [restore]})
    now = read(studio, segment)
    assert (now["status"], now["job_id"]) == ("pending", job)
    assert held_up(studio, segment) != job, "until somebody asks again"


def test_a_clip_of_a_deleted_segment_does_not_wait_for_its_picture(studio: Studio) -> None:
    frame = {"model": "picture-slow", "prompt": "a picture for nobody"}
    segment = studio.project(shot("never moves", first_frame=frame))["segments"][0]
    job = retry(studio, segment)["job_id"]
    alone(studio, segment)
    assert cancel(studio, job)["job"]["state"] == "cancelled"


def test_nothing_stands_in_for_a_segment_that_is_gone(studio: Studio) -> None:
    late = shot("refused late", fail="moderated-after-accept", latency=3, fallbacks=[WILLING])
    segment, same = studio.project(late, late)["segments"]
    before = studio.generations()
    retry(studio, segment)
    studio.until(partial(read, studio, segment), lambda now: bool(now["progress"]))
    alone(studio, segment)
    ended = studio.until(partial(read, studio, same), lambda now: now["status"] == "failed")
    assert (ended["error_code"], studio.generations()) == ("moderated", before + 1)


# --- price before ------------------------------------------------------------------------------


def test_takes_are_priced_before_they_are_asked_for(studio: Studio) -> None:
    wanted = barcode(15, model="barcode-paid", prompt="what would it cost", duration=0.5, seed=7)
    project = studio.project(wanted)
    segment = project["segments"][0]
    before = studio.generations()
    path = f"/api/segments/{segment['id']}/takes"
    told = studio.ask("GET", f"{path}/price?count=2")
    assert studio.generations() == before, "only looked at"
    assert told["seconds"] == studio.plan(project)["segments"][0]["seconds"], "side by side"
    assert (told["price"]["low"], told["price"]["high"]) == ("0.40", "0.40")
    assert [one["seed"] for one in told["takes"]] == [8, 9]
    assert {one["model"] for one in told["takes"]} == {"barcode-paid"}
    studio.refused("POST", path, 402, json={"count": 2, "max_cost": "0.39"})
    studio.ask("POST", path, 202, json={"count": 2, "max_cost": told["price"]["high"]})
    seeds = {params["seed"] for params in sent(studio, "what would it cost", more_than=1)}
    assert seeds == {8, 9}
    kept = studio.ask("GET", f"{path}/price?keep_seed=true")["takes"]
    assert [one["seed"] for one in kept] == [7]


def test_of_a_price_that_nobody_knows_it_is_said_so(studio: Studio) -> None:
    segment = studio.project(barcode(16, model="barcode-dear", prompt="who knows"))["segments"][0]
    told = studio.ask("GET", f"/api/segments/{segment['id']}/takes/price")
    assert told["price"]["is_known"] is False


# --- standing in -------------------------------------------------------------------------------


def refusing(prompt: str, *fallbacks: Json) -> Json:
    """A shot whose own model refuses it."""
    return shot(prompt, fail="moderated", fallbacks=list(fallbacks))


def test_another_model_stands_in_when_it_is_tried_again(studio: Studio) -> None:
    segment = studio.project(refusing("tried again", WILLING))["segments"][0]
    told = studio.ask("GET", f"/api/segments/{segment['id']}/takes/price")
    assert [one["model"] for one in told["takes"][0]["fallbacks"]] == ["barcode-paid"]
    assert (told["price"]["low"], told["price"]["high"]) == ("0", "0.20")
    problem = studio.refused(
        "POST", f"/api/segments/{segment['id']}/retry", 402, json={"max_cost": "0.19"}
    )
    assert problem["code"] == "over_max_cost"
    before = studio.generations()
    retry(studio, segment, max_cost="0.20")
    done = studio.until(lambda: read(studio, segment), lambda now: now["status"] == "completed")
    assert (done["error_code"], studio.generations()) == (None, before + 2)
    assert [take["model"] for take in studio.takes(segment)] == ["barcode-paid"]


def test_a_new_take_comes_from_the_model_that_stands_in(studio: Studio) -> None:
    segment = studio.project(refusing("one more", WILLING))["segments"][0]
    for count in (1, 2):
        studio.ask("POST", f"/api/segments/{segment['id']}/takes", 202)
        takes = _takes_when(studio, segment, count)
        assert {take["model"] for take in takes} == {"barcode-paid"}
    assert {take["variation"] for take in takes} == {1, 2}


def _takes_when(studio: Studio, segment: Json, count: int) -> list[Json]:
    """The segment's takes as soon as there are so many."""
    found: list[Json] = studio.until(
        lambda: studio.takes(segment), lambda takes: len(takes) == count
    )
    return found


def test_it_fails_when_the_last_one_refuses(studio: Studio) -> None:
    last = {"model": "mock-ai", "fail": "refused"}
    segment = studio.project(refusing("in vain", last))["segments"][0]
    retry(studio, segment)
    failed = studio.until(
        lambda: read(studio, segment), lambda now: now["error_code"] == "rejected"
    )
    assert failed["status"] == "failed"


def test_nothing_stands_in_for_what_was_called_off(studio: Studio, gate: threading.Event) -> None:
    wanted = barcode(17, prompt="never mind", fallbacks=[WILLING])
    segment = studio.project(wanted)["segments"][0]
    before = studio.generations()
    job = retry(studio, segment)["job_id"]
    sent(studio, "never mind")
    cancel(studio, job)
    studio.until(lambda: read(studio, segment), _is_pending)
    assert studio.generations() == before + 1
    assert gate.is_set() is False
