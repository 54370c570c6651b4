"""The first and last frame that the cut shows of a segment, kept as a picture: which one it is,
that it costs nothing, and that it can be what another segment begins with."""

from pathlib import Path

import numpy as np
import pytest
from tests.api.studio import Json, Studio, pictures, shot

from video_foundry.testing.clips import ClipSpec, make_clip, make_still
from video_foundry.testing.film_reading import read_barcodes


@pytest.fixture
def project(studio: Studio, tmp_path: Path) -> Json:
    """A clip of two seconds whose every frame says which it is, larger than the film."""
    clip = make_clip(tmp_path / "counted.mp4", ClipSpec(number=9, frames=48, size=(320, 180)))
    files = {"file": (clip.name, clip.read_bytes())}
    media = studio.ask("POST", "/api/media", 201, files=files)
    return studio.project({"media": media["id"]})


def kept(studio: Studio, segment: Json, edge: str) -> Json:
    media: Json = studio.ask("POST", f"/api/segments/{segment['id']}/frames/{edge}", 201)
    return media


def seen_in(studio: Studio, media: Json, folder: Path) -> int:
    """Which frame of the clip a kept picture shows."""
    [(clip, frame)] = read_barcodes(studio.save(media["url"], folder / "kept.png"))
    assert clip == 9
    return frame


@pytest.mark.parametrize(
    ("changes", "edges"),
    [
        ({}, (0, 47)),
        ({"trim": {"start": 0.5, "end": 1.25}}, (12, 29)),
        ({"retime": {"reverse": True}}, (47, 0)),
        ({"trim": {"start": 0.5, "end": 1.25}, "retime": {"reverse": True}}, (29, 12)),
        ({"retime": {"speed": 3}}, (1, 46)),  # each place shows the nearest frame
        ({"trim": {"start": 0.5}, "retime": {"freeze": {"at": 1.5, "seconds": 0.5}}}, (12, 47)),
        (
            {
                "framing": {"scale": 2, "x": 0.3},
                "look": {"exposure": -3},
                "transition": {"kind": "dissolve", "duration": 0.5},
            },
            (0, 47),
        ),
    ],
    ids=["whole", "trimmed", "reversed", "trimmed-reversed", "fast", "frozen", "framed"],
)
def test_the_frames_are_the_first_and_last_that_the_cut_shows(
    studio: Studio, project: Json, tmp_path: Path, changes: Json, edges: tuple[int, int]
) -> None:
    segment = studio.edit(project["segments"][0], **changes)
    for edge, frame in zip(("first", "last"), edges, strict=True):
        media = kept(studio, segment, edge)
        facts = (media["kind"], media["content_type"], media["width"], media["height"])
        assert facts == ("image", "image/png", 320, 180)
        assert seen_in(studio, media, tmp_path) == frame


def test_the_frames_are_those_of_the_finished_film(
    studio: Studio, project: Json, tmp_path: Path
) -> None:
    changes = {"trim": {"start": 0.4, "end": 1.7}, "retime": {"speed": 0.7, "reverse": True}}
    segment = studio.edit(project["segments"][0], **changes)
    film = read_barcodes(studio.film(studio.make(project), tmp_path))
    shown = [frame for _, frame in film]
    assert shown[0] > shown[-1]
    for edge, place in (("first", 0), ("last", -1)):
        assert seen_in(studio, kept(studio, segment, edge), tmp_path) == shown[place]


def test_asking_twice_is_one_picture_and_generates_nothing(studio: Studio, project: Json) -> None:
    [segment] = project["segments"]
    before = studio.generations()
    media = kept(studio, segment, "last")
    filed = studio.ask("GET", "/api/media")
    assert media in filed
    assert kept(studio, segment, "last") == media
    assert studio.ask("GET", "/api/media") == filed
    assert kept(studio, segment, "first")["id"] != media["id"]
    assert studio.read(project)["revision"] == project["revision"]
    copy = studio.ask("POST", f"/api/segments/{segment['id']}/duplicate", 201)
    assert kept(studio, copy, "last") == media
    assert studio.generations() == before


def test_a_still_is_its_own_first_and_last_frame(
    studio: Studio, project: Json, tmp_path: Path
) -> None:
    still = make_still(tmp_path / "still.png", ClipSpec(number=9))
    files = {"file": (still.name, still.read_bytes())}
    media = studio.ask("POST", "/api/media", 201, files=files)
    path = f"/api/projects/{project['id']}/segments"
    segment = studio.ask("POST", path, 201, json={"media": media["id"]})
    one, other = (kept(studio, segment, edge) for edge in ("first", "last"))
    assert one == other
    assert seen_in(studio, one, tmp_path) == 0
    assert one["filename"] == "Segment 2 first frame.png"


def test_a_generated_clip_gives_what_its_film_begins_and_ends_with(
    studio: Studio, tmp_path: Path
) -> None:
    made = studio.project(shot(seconds=1))
    film = pictures(studio.film(studio.make(made), tmp_path))
    [segment] = studio.read(made)["segments"]
    for edge, place in (("first", 0), ("last", len(film) - 1)):
        media = kept(studio, segment, edge)
        [still] = pictures(studio.save(media["url"], tmp_path / "still.png"))
        assert int(np.argmin(np.abs(film - still).mean(axis=(1, 2, 3)))) == place


def test_a_segment_without_a_clip_is_named_with_what_to_do(studio: Studio, project: Json) -> None:
    path = f"/api/projects/{project['id']}/segments"
    segment = studio.ask("POST", path, 201, json=shot())
    problem = studio.refused("POST", f"/api/segments/{segment['id']}/frames/first", 409)
    assert problem["code"] == "no_clip"
    assert problem["errors"] == [
        {
            "field": "segment_id",
            "message": "segment 2 has no clip yet, so there is no first frame of it",
            "fix": "generate segment 2 first, or use another picture",
        }
    ]


def test_only_the_first_and_the_last_can_be_asked_for(studio: Studio, project: Json) -> None:
    [segment] = project["segments"]
    problem = studio.refused("POST", f"/api/segments/{segment['id']}/frames/middle", 422)
    assert problem["errors"][0]["field"] == "edge"
    missing = "/api/segments/00000000-0000-4000-8000-000000000000/frames/last"
    assert studio.refused("POST", missing, 404)["code"] == "not_found"


def test_another_segment_begins_with_the_kept_frame(
    studio: Studio, project: Json, tmp_path: Path
) -> None:
    """The plan knows it as an uploaded picture: the same frame asked for again changes nothing."""
    [segment] = project["segments"]
    first_frame = kept(studio, segment, "last")["id"]
    path = f"/api/projects/{project['id']}/segments"
    made = studio.ask("POST", path, 201, json=shot(first_frame=first_frame))
    assert studio.plan(project)["segments"][1]["action"] == "generate"
    studio.make(project)
    again = kept(studio, segment, "last")["id"]
    studio.edit(made, model_params=shot(first_frame=again)["model_params"])
    assert studio.plan(project)["segments"][1]["action"] == "reuse"
