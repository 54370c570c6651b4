"""The example of README from an empty project to the film, and everything that must be free after:
undo, reorder, duplicate, delete, reopen. Films are checked by decoding them."""

import json
from pathlib import Path

import pytest
from tests.api.plugins import barcode
from tests.api.studio import Json, Studio, order_of, pictures, shot

from video_foundry.testing.film_reading import read_barcodes, read_times

FRAMES = 12
"""Half a second at 24 frames a second."""


def numbers(film: Path) -> list[tuple[int, int]]:
    """(clip, frames) of each run of frames of one clip; every frame must be its clip's next."""
    runs: list[tuple[int, int]] = []
    for clip, frame in read_barcodes(film):
        if frame == 0:
            runs.append((clip, 1))
        else:
            assert runs[-1] == (clip, frame), f"frame {frame} of clip {clip} is out of place"
            runs[-1] = (clip, frame + 1)
    return runs


def test_the_example_of_the_readme(studio: Studio, tmp_path: Path) -> None:
    prompts = ("Futuristic app interface", "A team in an office", "Logo reveal")
    project = studio.project(*(shot(p, seed=n) for n, p in enumerate(prompts)))
    assert [s["status"] for s in project["segments"]] == ["pending"] * 3
    assert [s["order_index"] for s in project["segments"]] == [0, 1, 2]

    first = studio.start(project)
    assert first["segments_total"] == 3
    with studio.listen(f"/api/render-jobs/{first['id']}/progress") as socket:
        heard = [json.loads(text) for text in socket]  # until the server closes it
    assert heard[-1]["status"] == "completed"
    first = studio.finish(first)
    assert (first["segments_completed"], first["segments_reused"]) == (3, 0)
    assert (first["frames"], first["duration_seconds"]) == (3 * FRAMES, 1.5)
    assert len(read_times(studio.film(first, tmp_path))) == 3 * FRAMES

    before = studio.generations()
    changed = studio.edit(project["segments"][1], prompt="A team on a mountain")
    assert (changed["status"], changed["is_changed"]) == ("pending", True)
    second = studio.make(project)
    assert second["segments_total"] == 1
    assert second["segments_reused"] == 2
    assert studio.generations() - before == 1

    clips = [
        studio.save(s["asset_url"], tmp_path / f"{s['order_index']}.mp4")
        for s in studio.read(project)["segments"]
    ]
    assert order_of(studio.film(second, tmp_path), clips) == [0, 1, 2]

    undone = studio.edit(project["segments"][1], prompt=prompts[1])
    assert undone["status"] == "completed"
    third = studio.make(project)
    assert third["segments_total"] == 0
    assert studio.generations() - before == 1
    same = pictures(studio.film(third, tmp_path)) == pictures(studio.film(first, tmp_path))
    assert same.all()


@pytest.fixture(scope="module")
def rendered(studio: Studio) -> Json:
    """Clips 1, 2, 3, already rendered once."""
    project = studio.project(barcode(1), barcode(2), barcode(3))
    studio.make(project)
    return project


def test_reordering_duplicating_and_deleting_are_free_and_right(
    studio: Studio, tmp_path: Path
) -> None:
    project = studio.project(barcode(1), barcode(2), barcode(3))
    one, two, three = (s["id"] for s in project["segments"])
    studio.make(project)
    generated = studio.generations()

    def film_of(plan: Json) -> list[tuple[int, int]]:
        assert (plan["ready"], plan["to_generate"]) == (True, 0)
        new = [s["kind"] for s in plan["steps"] if s["action"] == "make"]
        assert new == ["mix", "master"], "no picture is encoded and no sound decoded"
        composed = studio.jobs("compose")
        render = studio.make(project, plan_digest=plan["digest"])
        assert studio.jobs("compose") - composed == len(new)
        return numbers(studio.film(render, tmp_path))

    order = {"segment_ids": [three, one, two]}
    answer = studio.ask("POST", f"/api/projects/{project['id']}/segments/reorder", json=order)
    assert [(s["id"], s["order_index"]) for s in answer["segments"]] == [
        (three, 0), (one, 1), (two, 2),
    ]  # fmt: skip
    copy = studio.ask("POST", f"/api/segments/{three}/duplicate", 201)
    assert (copy["status"], copy["order_index"]) == ("completed", 1)
    assert film_of(studio.plan(project)) == [(n, FRAMES) for n in (3, 3, 1, 2)]

    studio.ask("DELETE", f"/api/segments/{one}", 204)
    assert film_of(studio.plan(project)) == [(n, FRAMES) for n in (3, 3, 2)]
    assert studio.generations() == generated


def test_nothing_changed_means_nothing_is_done(studio: Studio, rendered: Json) -> None:
    studio.make(rendered)
    work = studio.generations(), studio.jobs("compose")
    plan = studio.plan(rendered)
    assert {s["action"] for s in plan["segments"]} == {"reuse"}
    assert {s["action"] for s in plan["steps"]} == {"reuse"}
    again = studio.start(rendered)
    assert again["status"] == "completed", "there was nothing to wait for"
    assert (studio.generations(), studio.jobs("compose")) == work


def test_a_trim_composes_anew_and_generates_nothing(
    studio: Studio, rendered: Json, tmp_path: Path
) -> None:
    project = studio.project(barcode(1), barcode(2))
    before = studio.generations()
    studio.edit(project["segments"][1], trim={"start": 0.25, "end": 0.5})
    render = studio.make(project)
    assert studio.generations() == before
    shown = read_barcodes(studio.film(render, tmp_path))
    assert shown == [(1, n) for n in range(12)] + [(2, n) for n in range(6, 12)]
    assert render["frames"] == 18


def test_deleting_a_project_keeps_what_was_paid_for(studio: Studio, rendered: Json) -> None:
    old = studio.project(barcode(41), barcode(42))
    studio.ask("POST", f"/api/segments/{old['segments'][0]['id']}/retry", 202)
    studio.settled(old["segments"][0])
    before = studio.generations()
    studio.ask("DELETE", f"/api/projects/{old['id']}", 204)
    studio.refused("GET", f"/api/projects/{old['id']}", 404)
    studio.refused("GET", f"/api/segments/{old['segments'][0]['id']}", 404)

    again = studio.project(barcode(41))
    assert again["segments"][0]["status"] == "completed"
    assert studio.plan(again)["segments"][0]["reason"]["code"] == "remembered"
    assert studio.generations() == before


@pytest.mark.parametrize("slash", ["", "/"])
def test_every_path_may_end_in_a_slash(studio: Studio, rendered: Json, slash: str) -> None:
    project, segment = rendered["id"], rendered["segments"][0]["id"]
    for path in (
        "/api/projects",
        f"/api/projects/{project}",
        f"/api/projects/{project}/segments",
        f"/api/projects/{project}/render-jobs",
        f"/api/segments/{segment}",
        f"/api/segments/{segment}/takes",
        "/api/models",
        "/api/media",
    ):
        studio.ask("GET", path + slash)
    studio.ask("POST", f"/api/projects/{project}/plan{slash}")
    studio.ask("PUT", f"/api/segments/{segment}{slash}", json={})


def test_what_a_project_and_its_parts_look_like(studio: Studio, rendered: Json) -> None:
    """The fields other programs were promised."""
    project = studio.read(rendered)
    segment = project["segments"][0]
    assert segment.keys() >= {
        "id", "project_id", "order_index", "prompt", "model_params", "status", "asset_url",
        "thumbnail_url", "error_code", "error_message", "created_at", "updated_at",
    }  # fmt: skip
    render = studio.ask("GET", f"/api/projects/{project['id']}/render-jobs")[0]
    assert render.keys() >= {
        "id", "project_id", "status", "segments_total", "segments_completed", "segments_reused",
        "video_url", "cost_estimate", "cost_actual", "error_code", "error_message", "created_at",
        "updated_at",
    }  # fmt: skip
    assert segment["created_at"].endswith("Z")
    listed = studio.ask("GET", "/api/projects/")
    mine = next(p for p in listed if p["id"] == project["id"])
    assert mine["segment_count"] == len(project["segments"])
    answer = studio.http.get(f"/api/projects/{project['id']}")
    assert answer.headers["etag"] == f'"{project["revision"]}"'
    thumbnail = studio.http.get(segment["thumbnail_url"])
    assert thumbnail.headers["content-type"] == "image/jpeg"
