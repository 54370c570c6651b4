"""One request is paid for once, whoever asks for it, however often, and whatever is edited while it
is under way."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.api.plugins import BarcodeModel, barcode
from tests.api.studio import Studio


def test_a_double_click_starts_one_generation(studio: Studio, gate: threading.Event) -> None:
    project = studio.project(barcode(1, prompt="double click"))
    before = studio.generations()
    digest = studio.plan(project)["digest"]
    with ThreadPoolExecutor(4) as clicks:
        renders = list(clicks.map(lambda _: studio.start(project, plan_digest=digest), range(4)))
    assert len({r["id"] for r in renders}) == 4
    assert studio.generations() - before == 1
    assert studio.plan(project)["segments"][0]["is_under_way"] is True
    gate.set()
    for render in renders:
        assert studio.finish(render)["status"] == "completed"
    assert studio.generations() - before == 1


def test_two_projects_and_two_segments_that_ask_for_the_same_share_it(
    studio: Studio, gate: threading.Event
) -> None:
    wanted = barcode(2, prompt="shared by all")
    one = studio.project(wanted, wanted)
    other = studio.project(barcode(3, prompt="only mine"), wanted)
    before = studio.generations()
    assert studio.plan(one)["to_generate"] == 1
    renders = [studio.start(one), studio.start(other)]
    assert studio.generations() - before == 2
    gate.set()
    ended = [studio.finish(r) for r in renders]
    assert [r["status"] for r in ended] == ["completed", "completed"]
    assert [r["frames"] for r in ended] == [24, 24]
    clips = {s["asset_url"] for p in (one, other) for s in studio.read(p)["segments"][-1:]}
    assert len(clips) == 1


def test_cancelling_one_of_two_renders_leaves_the_other_its_work(
    studio: Studio, gate: threading.Event
) -> None:
    project = studio.project(barcode(4, prompt="two viewers"))
    first, second = studio.start(project), studio.start(project)
    gone = studio.ask("POST", f"/api/render-jobs/{first['id']}/cancel")
    assert (gone["status"], gone["error_code"]) == ("cancelled", "cancelled")
    gate.set()
    assert studio.finish(second)["status"] == "completed"
    assert studio.finish(first)["status"] == "cancelled"
    studio.refused("GET", f"/api/render-jobs/{first['id']}/video", 409)


def test_cancelling_the_only_render_stops_the_generation(
    studio: Studio, gate: threading.Event
) -> None:
    project = studio.project(barcode(5, prompt="never mind"))
    render = studio.start(project)
    segment = project["segments"][0]
    cancelled = studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")
    assert cancelled["status"] == "cancelled"
    again = studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")
    assert again["status"] == "cancelled"
    studio.until(
        lambda: studio.ask("GET", f"/api/segments/{segment['id']}"),
        lambda now: now["status"] == "pending",
    )
    assert studio.takes(segment) == []
    gate.set()
    studio.ask("POST", f"/api/segments/{segment['id']}/retry", 202)
    assert studio.settled(segment)["status"] == "completed"


@pytest.mark.parametrize("pause", [0.0, 0.2, 0.4, 0.6])
def test_rendering_again_right_after_a_cancel_makes_the_film(
    studio: Studio, gate: threading.Event, pause: float
) -> None:
    """Whether the generation was stopped already or not."""
    project = studio.project(barcode(9, prompt=f"no, yes {pause}"))
    submitted = len(BarcodeModel.submissions)
    first = studio.start(project)
    studio.until(lambda: len(BarcodeModel.submissions), lambda count: count > submitted)
    studio.ask("POST", f"/api/render-jobs/{first['id']}/cancel")
    time.sleep(pause)
    second = studio.start(project)
    gate.set()
    assert studio.finish(second)["status"] == "completed"
    assert studio.finish(first)["status"] == "cancelled"


def test_an_edit_while_it_is_generated_keeps_the_result_and_shows_nothing_wrong(
    studio: Studio, gate: threading.Event
) -> None:
    project = studio.project(barcode(6, prompt="first thought"))
    segment = project["segments"][0]
    render = studio.start(project)
    edited = studio.edit(segment, prompt="second thought")
    assert (edited["status"], edited["asset_url"]) == ("pending", None)
    gate.set()
    assert studio.finish(render)["status"] == "completed", "it renders what it was asked to"

    takes = studio.takes(segment)
    assert [(t["prompt"], t["is_current"]) for t in takes] == [("first thought", False)]
    now = studio.ask("GET", f"/api/segments/{segment['id']}")
    assert (now["status"], now["asset_url"], now["is_changed"]) == ("pending", None, True)
    assert studio.plan(project)["to_generate"] == 1

    before = studio.generations()
    back = studio.edit(segment, prompt="first thought")
    assert (back["status"], back["take_id"]) == ("completed", takes[0]["id"])
    assert studio.generations() == before


@pytest.mark.parametrize("gone", ["segment", "project"])
def test_deleting_what_is_being_generated_keeps_the_result(
    studio: Studio, gate: threading.Event, gone: str
) -> None:
    wanted = barcode(7, prompt=f"deleted {gone}")
    project = studio.project(wanted)
    segment = project["segments"][0]
    place = f"/api/segments/{segment['id']}"
    studio.ask("POST", f"{place}/retry", 202)
    studio.until(lambda: studio.ask("GET", place), lambda now: bool(now["progress"]))
    studio.ask("DELETE", f"/api/{gone}s/{(segment if gone == 'segment' else project)['id']}", 204)
    before = studio.generations()
    again = studio.project(wanted)["segments"][0]
    assert again["status"] == "generating"
    gate.set()
    assert studio.settled(again)["status"] == "completed"
    assert len(studio.takes(again)) == 1
    assert studio.generations() == before


def test_a_project_that_is_being_rendered_is_not_deleted(
    studio: Studio, gate: threading.Event
) -> None:
    project = studio.project(barcode(8, prompt="busy"))
    render = studio.start(project)
    problem = studio.refused("DELETE", f"/api/projects/{project['id']}", 409)
    assert problem["code"] == "render_under_way"
    assert problem["render_ids"] == [render["id"]]
    assert problem["errors"][0]["fix"]
    studio.ask("POST", f"/api/render-jobs/{render['id']}/cancel")
    studio.ask("DELETE", f"/api/projects/{project['id']}", 204)
