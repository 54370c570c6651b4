"""A project's film for other editors over HTTP: formats with their losses, a zip, a file alone."""

import hashlib
import io
import zipfile
from typing import Any

import opentimelineio as otio
import pytest
from tests.api.studio import Json, Studio, shot

FILE = "interchange/file"


@pytest.fixture(scope="module")
def project(studio: Studio) -> Json:
    """Two shots with a wipe between them, one of them fast, both made; a third that is not."""
    made = studio.project(
        {**shot("the sea", seed=7), "transition": {"kind": "wipe-left", "duration": 0.25}},
        {**shot("the sky"), "retime": {"speed": 2}},
        name="Sea & sky",
    )
    studio.make(made)
    address = f"/api/projects/{made['id']}/segments"
    studio.ask("POST", address, 201, json=shot("a hill"))
    return studio.read(made)


def get(studio: Studio, project: Json, **asked: Any) -> Any:
    answer = studio.http.get(f"/api/projects/{project['id']}/{FILE}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer


def test_the_formats_say_what_each_leaves_out(studio: Studio, project: Json) -> None:
    told = studio.ask("GET", f"/api/projects/{project['id']}/interchange")
    assert [one["name"] for one in told["formats"]] == ["otio", "xml", "edl"]
    assert all(one["refused"] is None for one in told["formats"])
    assert (told["files"], told["missing"]) == (2, [3])
    assert told["size"] > 0
    losses = {one["name"]: one["losses"] for one in told["formats"]}
    wipe = "Segment 1: its transition wipe-left becomes a dissolve of the same 6 frames."
    assert all(wipe in said for said in losses.values())
    assert "Segment 2: its speed of 2 is left out; set it by hand." in losses["edl"]
    assert not any("speed" in said for said in losses["otio"])


@pytest.mark.parametrize("name", ["otio", "xml", "edl"])
def test_a_zip_holds_the_timeline_and_every_file_that_it_names(
    studio: Studio, project: Json, name: str
) -> None:
    answer = get(studio, project, format=name)
    assert answer.headers["content-type"] == "application/zip"
    assert f"Sea%20%20sky%20-%20{name}.zip" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        held = {one.partition("/")[2]: archive.read(one) for one in archive.namelist()}
    timeline = held.pop(f"Sea  sky.{name}").decode()
    left_out = held.pop("left out.txt").decode()
    assert "Segment 3: there is no clip yet" in left_out
    assert set(held) == {"media/001-the-sea.mp4", "media/002-the-sky.mp4"}
    assert all(path in timeline for path in held)
    known = get(studio, project, format="otio", media="false").text
    assert all(hashlib.sha256(content).hexdigest() in known for content in held.values())


def test_the_timeline_alone_leads_back_to_segments_and_takes(studio: Studio, project: Json) -> None:
    answer = get(studio, project, format="otio", media="false")
    assert "Sea%20%20sky.otio" in answer.headers["content-disposition"]
    timeline = otio.adapters.read_from_string(answer.text, "otio_json")
    clips = [one for one in timeline.tracks[0] if isinstance(one, otio.schema.Clip)]
    told = [one.metadata["video_foundry"] for one in clips]
    assert [one["segment"] for one in told] == [one["id"] for one in project["segments"]]
    assert [one["prompt"] for one in told] == ["the sea", "the sky", "a hill"]
    assert (told[0]["model"], told[0]["seed"], told[0]["take"]) == ("mock-ai", 7, 1)
    assert all(len(one["request"]) == 64 for one in told)
    assert isinstance(clips[2].media_reference, otio.schema.MissingReference)
    assert clips[2].media_reference.name == "a hill"
    assert round(timeline.duration().value) == 12 + 6 - 6 + 12


def test_what_cannot_be_asked_is_refused_with_a_fix(studio: Studio, project: Json) -> None:
    address = f"/api/projects/{project['id']}/{FILE}"
    wrong = studio.refused("GET", address, 422, params={"format": "fcpxml"})
    assert wrong["errors"][0]["field"] == "format"
    assert "otio, xml, edl" in wrong["errors"][0]["fix"]
    studio.refused("GET", address, 422)
    none = "00000000-0000-4000-8000-000000000000"
    studio.refused("GET", f"/api/projects/{none}/interchange", 404)
    empty = studio.project()
    refused = studio.refused("GET", f"/api/projects/{empty['id']}/interchange", 409)
    assert refused["code"] == "no_segments"
    slow = studio.project(shot("slow"), fps=12)
    offered = studio.ask("GET", f"/api/projects/{slow['id']}/interchange")["formats"]
    assert [one["name"] for one in offered if one["refused"]] == ["edl"]
    late = studio.refused(
        "GET", f"/api/projects/{slow['id']}/{FILE}", 422, params={"format": "edl"}
    )
    assert late["code"] == "rate_not_carried"
