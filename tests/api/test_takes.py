"""The memory of takes: they pile up, one is shown, and none is ever lost by an edit."""

import threading
from pathlib import Path

from tests.api.plugins import BarcodeModel, barcode
from tests.api.studio import Json, Studio

from video_foundry.testing.film_reading import read_barcodes


def made(studio: Studio, *segments: Json) -> Json:
    """A project whose segments have been generated, not composed."""
    project = studio.project(*segments)
    for segment in project["segments"]:
        studio.ask("POST", f"/api/segments/{segment['id']}/retry", 202)
    for segment in project["segments"]:
        assert studio.settled(segment)["status"] == "completed"
    return studio.read(project)


def now(studio: Studio, segment: Json) -> Json:
    found: Json = studio.ask("GET", f"/api/segments/{segment['id']}")
    return found


def more_takes(studio: Studio, segment: Json, count: int = 1) -> list[Json]:
    """Ask for takes and wait until they are there."""
    wanted = len(studio.takes(segment)) + count
    studio.ask("POST", f"/api/segments/{segment['id']}/takes", 202, json={"count": count})
    studio.until(lambda: studio.takes(segment), lambda takes: len(takes) == wanted)
    return studio.takes(segment)


def choose(studio: Studio, segment: Json, take: Json | None, *, pinned: bool = False) -> Json:
    body = {"take_id": take["id"] if take else None, "pinned": pinned}
    chosen: Json = studio.ask("PUT", f"/api/segments/{segment['id']}/take", json=body)
    return chosen


def test_a_take_on_purpose_is_a_candidate_until_it_is_chosen(
    studio: Studio, tmp_path: Path
) -> None:
    segment = made(studio, barcode(1, prompt="takes", seed=0))["segments"][0]
    first = studio.takes(segment)[0]
    takes = more_takes(studio, segment, 2)
    assert [t["number"] for t in takes] == [3, 2, 1]
    assert [t["variation"] for t in takes if t["number"] > 1] in ([2, 1], [1, 2])
    assert [t["is_current"] for t in takes] == [False, False, True]
    assert now(studio, segment)["take_id"] == first["id"], "the cut stays as it is"
    seeds = [s.params["seed"] for s in BarcodeModel.submissions if s.prompt == "takes"]
    assert sorted(seeds) == [0, 1, 2], "each take is another request"

    chosen = choose(studio, segment, takes[0])
    assert (chosen["take_id"], chosen["pinned"]) == (takes[0]["id"], False)
    back = choose(studio, segment, None)
    assert back["take_id"] == first["id"]


def test_takes_on_purpose_keep_the_seed_where_that_is_asked_for(studio: Studio) -> None:
    segment = made(studio, barcode(1, prompt="same seed", seed=7))["segments"][0]
    place = f"/api/segments/{segment['id']}/takes"
    studio.ask("POST", place, 202, json={"count": 2, "keep_seed": True})
    studio.until(lambda: studio.takes(segment), lambda takes: len(takes) == 3)
    more_takes(studio, segment, 1)
    seeds = [s.params["seed"] for s in BarcodeModel.submissions if s.prompt == "same seed"]
    assert sorted(seeds) == [7, 7, 7, 10], "a variation is never used twice"
    takes = {take["number"]: take for take in studio.takes(segment)}
    assert [takes[number]["keeps_seed"] for number in (1, 2, 3, 4)] == [False, True, True, False]


def test_a_take_on_purpose_is_shown_where_there_was_nothing(studio: Studio) -> None:
    project = studio.project(barcode(2, prompt="nothing yet"))
    segment = project["segments"][0]
    takes = more_takes(studio, segment)
    shown = now(studio, segment)
    assert (shown["status"], shown["take_id"]) == ("completed", takes[0]["id"])
    plan = studio.plan(project)
    assert (plan["to_generate"], plan["segments"][0]["reason"]["code"]) == (0, "chosen")


def test_a_choice_holds_while_the_segment_asks_for_the_same(studio: Studio) -> None:
    segment = made(studio, barcode(3, prompt="held"))["segments"][0]
    newest, oldest = more_takes(studio, segment)
    choose(studio, segment, newest)
    edited = studio.edit(segment, prompt="something else")
    assert (edited["status"], edited["asset_url"]) == ("pending", None)
    assert studio.edit(segment, prompt="held")["take_id"] == newest["id"]
    assert choose(studio, segment, oldest)["take_id"] == oldest["id"]


def test_a_pinned_take_stays_in_the_film_whatever_is_edited(studio: Studio, tmp_path: Path) -> None:
    project = made(studio, barcode(4, prompt="pinned"))
    segment = project["segments"][0]
    take = studio.takes(segment)[0]
    assert choose(studio, segment, take, pinned=True)["pinned"] is True
    before = studio.generations()
    edited = studio.edit(segment, prompt="rewritten", model_params={"model": "barcode"})
    assert (edited["status"], edited["take_id"]) == ("completed", take["id"])
    planned = studio.plan(project)["segments"][0]
    assert (planned["action"], planned["reason"]["code"]) == ("pinned", "pinned")
    render = studio.make(project)
    assert {clip for clip, _ in read_barcodes(studio.film(render, tmp_path))} == {4}
    assert studio.generations() == before

    unpinned = choose(studio, segment, take)
    assert unpinned["pinned"] is False
    loose = choose(studio, segment, None)
    assert (loose["status"], loose["is_changed"]) == ("pending", True)
    assert studio.plan(project)["to_generate"] == 1


def test_a_pinned_take_that_ends_before_the_trim_or_the_frame_to_hold_is_told_before_a_render(
    studio: Studio,
) -> None:
    project = made(studio, barcode(4, prompt="too short", duration=0.5))
    segment = project["segments"][0]
    choose(studio, segment, studio.takes(segment)[0], pinned=True)
    longer = {"model": "barcode", "duration": 2}
    studio.edit(segment, model_params=longer, trim={"start": 1, "end": 2})
    (problem,) = studio.plan(project)["problems"]
    assert (problem["segment_id"], problem["field"]) == (segment["id"], "trim")
    assert "1 s, and its clip is 0.5 s long" in problem["message"]
    assert "before 0.5 s" in problem["fix"]
    refused = studio.refused("POST", f"/api/projects/{project['id']}/render", 422)
    assert refused["errors"][0]["field"] == f"segments.{segment['id']}.trim"

    held = {"freeze": {"at": 1.5, "seconds": 1}}
    studio.edit(segment, trim=None, retime=held)
    (problem,) = studio.plan(project)["problems"]
    assert (problem["segment_id"], problem["field"]) == (segment["id"], "retime.freeze.at")
    assert "1.5 s, and its clip is 0.5 s long" in problem["message"]

    reaching = studio.edit(segment, trim={"start": 0.25, "end": 2}, retime=None)
    plan = studio.plan(project)
    assert (plan["ready"], plan["frames"]) == (True, 6), "a trim that only ends too late may stay"
    assert reaching["notice"] == "the trim ends at 2 s, the clip has 0.5 s"
    assert studio.make(project)["notices"][0]["message"] == reaching["notice"]


def test_a_copy_has_the_takes_and_the_choice(studio: Studio) -> None:
    segment = made(studio, barcode(5, prompt="copied"))["segments"][0]
    newest = more_takes(studio, segment)[0]
    choose(studio, segment, newest, pinned=True)
    before = studio.generations()
    copy = studio.ask("POST", f"/api/segments/{segment['id']}/duplicate", 201)
    assert (copy["take_count"], copy["pinned"]) == (2, True)
    assert copy["asset_url"] == now(studio, segment)["asset_url"]
    assert studio.generations() == before


def test_an_edit_while_a_take_on_purpose_is_made_does_not_put_it_in_the_cut(
    studio: Studio, gate: threading.Event
) -> None:
    project = studio.project(barcode(6, prompt="asked for"))
    segment = project["segments"][0]
    studio.ask("POST", f"/api/segments/{segment['id']}/takes", 202)
    studio.edit(segment, prompt="edited meanwhile")
    gate.set()
    takes = studio.until(lambda: studio.takes(segment), lambda found: len(found) == 1)
    assert (takes[0]["prompt"], takes[0]["is_current"]) == ("asked for", False)
    assert now(studio, segment)["asset_url"] is None
    back = studio.edit(segment, prompt="asked for")
    assert back["is_changed"] or back["take_id"] == takes[0]["id"], "the take is not forgotten"


def test_takes_of_other_segments_cannot_be_chosen(studio: Studio) -> None:
    one, other = made(studio, barcode(7, prompt="mine"), barcode(8, prompt="yours"))["segments"]
    foreign = studio.takes(other)[0]
    body = {"take_id": foreign["id"]}
    studio.refused("PUT", f"/api/segments/{one['id']}/take", 404, json=body)
    pin = {"take_id": None, "pinned": True}
    problem = studio.refused("PUT", f"/api/segments/{one['id']}/take", 422, json=pin)
    assert problem["errors"][0]["field"] == "take_id"
    assert now(studio, one) == one


def test_own_footage_has_no_takes_to_ask_for(studio: Studio, tmp_path: Path) -> None:
    from video_foundry.testing.clips import make_still

    data = make_still(tmp_path / "still.png").read_bytes()
    media = studio.ask("POST", "/api/media", 201, files={"file": ("still.png", data)})
    project = studio.project({"media": media["id"]})
    segment = project["segments"][0]
    for what in ("takes", "retry"):
        problem = studio.refused("POST", f"/api/segments/{segment['id']}/{what}", 422)
        assert "own media" in problem["detail"]
