"""Everything that can go wrong with a generation, on request: the status, the code and the words a
person gets, and that a film with a missing clip is never called finished."""

import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from tests.api.studio import Json, Studio, shot

from video_foundry.testing.film_reading import read_times


def asked(studio: Studio, segment: Json) -> Json:
    """A one-segment project whose generation has been asked for."""
    project = studio.project(segment)
    studio.ask("POST", f"/api/segments/{project['segments'][0]['id']}/retry", 202)
    return project


FAILURES = [
    ("refused", "rejected", "refused the request"),
    ("moderated", "moderated", "content policy"),
    ("failed", "internal_error", "failed while it was generating"),
    ("moderated-after-accept", "moderated", "content policy"),
    ("truncated", "bad_media", "its video cannot be used"),
    ("not-a-video", "bad_media", "its video cannot be used"),
]


@pytest.mark.parametrize(("fail", "code", "words"), FAILURES)
def test_a_failed_generation_says_why(studio: Studio, fail: str, code: str, words: str) -> None:
    project = asked(studio, shot(fail, fail=fail))
    segment = studio.settled(project["segments"][0])
    assert (segment["status"], segment["error_code"]) == ("failed", code)
    assert words in segment["error_message"]
    assert (segment["asset_url"], studio.takes(segment)) == (None, [])
    reason = studio.plan(project)["segments"][0]["reason"]
    assert reason["code"] == "failed_before"
    assert words in reason["message"]


def test_a_render_with_a_clip_that_cannot_be_had_fails_and_names_it(studio: Studio) -> None:
    project = studio.project(shot("fine"), shot("not fine", fail="moderated"), shot("fine too"))
    render = studio.finish(studio.start(project))
    assert (render["status"], render["error_code"]) == ("failed", "moderated")
    assert render["error_message"].startswith("segment 2: ")
    assert "content policy" in render["error_message"]
    assert (render["video_url"], render["frames"]) == (None, None)
    problem = studio.refused("GET", f"/api/render-jobs/{render['id']}/video", 409)
    assert problem["code"] == "not_finished"
    states = [s["status"] for s in studio.read(project)["segments"]]
    assert states == ["completed", "failed", "completed"], "what was made is kept"
    assert studio.plan(project)["to_generate"] == 1


def test_clips_unlike_what_was_asked_for_still_make_the_right_film(
    studio: Studio, tmp_path: Path
) -> None:
    odd = ("wrong-size", "wrong-frame-rate", "no-audio", "short")
    project = studio.project(*(shot(fail, fail=fail) for fail in odd))
    render = studio.make(project)
    times = read_times(studio.film(render, tmp_path))
    assert len(times) == render["frames"] == 12 + 12 + 12 + 6, "a short clip is as long as it is"
    assert {later - earlier for earlier, later in pairwise(times)} == {Fraction(1, 24)}


def test_being_asked_to_wait_is_waited_for_and_no_failure(studio: Studio) -> None:
    began = time.monotonic()
    limited = shot("slow down", fail="rate-limited", fail_times=2, retry_after=0.6)
    segment = asked(studio, limited)["segments"][0]
    waiting = studio.until(
        lambda: studio.ask("GET", f"/api/segments/{segment['id']}"),
        lambda now: now["error_code"] is not None or now["status"] == "completed",
    )
    assert (waiting["status"], waiting["error_code"]) == ("generating", "rate_limited")
    assert studio.settled(segment)["status"] == "completed"
    assert time.monotonic() - began >= 1.2, "Retry-After was honoured, twice"
    assert studio.ask("GET", f"/api/segments/{segment['id']}")["error_code"] is None


def test_a_provider_that_cannot_be_reached_is_tried_again(studio: Studio) -> None:
    segment = asked(studio, shot("hello?", fail="unavailable", fail_times=1))["segments"][0]
    assert studio.settled(segment)["status"] == "completed"


@pytest.mark.parametrize("fail", ["timeout-after-accept", "server-error-after-accept"])
def test_a_doubtful_submit_is_cleared_by_its_key(studio: Studio, fail: str) -> None:
    before = studio.generations()
    segment = asked(studio, shot(fail, fail=fail))["segments"][0]
    assert studio.settled(segment)["status"] == "completed"
    assert studio.generations() - before == 1
    assert len(studio.takes(segment)) == 1


def test_a_retry_after_a_failure_generates_and_finishes(studio: Studio) -> None:
    project = studio.project(shot("second chance", fail="refused", fail_times=1))
    render = studio.finish(studio.start(project))
    assert render["status"] == "failed"
    segment = project["segments"][0]
    again = studio.ask("POST", f"/api/segments/{segment['id']}/retry", 202)
    assert again["status"] == "generating"
    assert studio.settled(segment)["status"] == "completed"
    before = studio.generations()
    idle = studio.ask("POST", f"/api/segments/{segment['id']}/retry", 202)
    assert idle["status"] == "completed", "what is there is not made again"
    assert studio.generations() == before


# --- waiting for a person


def doubtful(studio: Studio, prompt: str) -> tuple[Json, Json, Json]:
    """Project, segment and render of a submission that nobody can clear up but a person."""
    fault = shot(prompt, fail="timeout-after-accept", fail_times=1)
    fault["model_params"]["model"] = "mock-ai-none"
    project = studio.project(fault)
    render = studio.start(project)
    render = studio.until(
        lambda: studio.ask("GET", f"/api/render-jobs/{render['id']}"),
        lambda now: now["status"] not in ("pending", "processing"),
    )
    segment = studio.ask("GET", f"/api/segments/{project['segments'][0]['id']}")
    return project, segment, render


def test_a_doubtful_submit_waits_openly_and_is_not_sent_again(studio: Studio) -> None:
    before = studio.generations()
    project, segment, render = doubtful(studio, "doubtful")
    assert render["status"] == segment["status"] == "needs_attention"
    assert segment["error_code"] == "submit_unclear"
    assert segment["error_message"]
    problem = studio.refused("POST", f"/api/segments/{segment['id']}/retry", 409)
    assert (problem["code"], problem["job_id"]) == ("needs_attention", segment["job_id"])
    assert "/resolve" in problem["errors"][0]["fix"]
    second = studio.start(project)
    assert second["status"] == "needs_attention", "another render waits with it"
    assert studio.generations() - before == 1
    assert "video_foundry_submissions_unknown 1.0" in studio.http.get("/metrics").text

    for wrong in ({}, {"action": "maybe"}, {"action": None}):
        studio.refused("POST", f"/api/jobs/{segment['job_id']}/resolve", 422, json=wrong)
    answer = studio.ask(
        "POST", f"/api/jobs/{segment['job_id']}/resolve", json={"action": "abandon"}
    )
    assert (answer["state"], answer["error_code"]) == ("failed", "abandoned")
    for waiting in (render, second):
        ended = studio.finish(waiting)
        assert (ended["status"], ended["error_code"]) == ("failed", "abandoned")
    problem = studio.refused(
        "POST", f"/api/jobs/{segment['job_id']}/resolve", 409, json={"action": "resubmit"}
    )
    assert problem["code"] == "no_decision_needed"


def test_a_person_may_send_it_again(studio: Studio) -> None:
    _, segment, render = doubtful(studio, "again please")
    url = f"/api/jobs/{segment['job_id']}/resolve"
    answer = studio.ask("POST", url, json={"action": "resubmit"})
    assert answer["state"] == "queued"
    assert studio.finish(render)["status"] == "completed"
    assert len(studio.takes(segment)) == 1


def test_a_render_that_waits_for_a_person_can_be_cancelled(studio: Studio) -> None:
    _, segment, render = doubtful(studio, "forget it")
    cancelled = studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")
    assert cancelled["status"] == "cancelled"
    now = studio.ask("GET", f"/api/segments/{segment['id']}")
    assert now["status"] == "needs_attention", "the question about the money stays open"
    studio.ask("POST", f"/api/jobs/{segment['job_id']}/resolve", json={"action": "abandon"})


def test_what_a_person_sends_again_after_its_render_was_cancelled_is_made(studio: Studio) -> None:
    _, segment, render = doubtful(studio, "the film can wait, the clip cannot")
    studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")
    answer = studio.ask(
        "POST", f"/api/jobs/{segment['job_id']}/resolve", json={"action": "resubmit"}
    )
    assert answer["state"] == "queued"
    assert studio.settled(segment)["status"] == "completed"
    assert len(studio.takes(segment)) == 1
