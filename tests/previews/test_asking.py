"""Previews over HTTP: an ask answers at once, has what is missing made, and never twice."""

import json
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.api.studio import Json, Studio, shot
from tests.previews.sights import barcode, points_of, tile_codes

from video_foundry.core.previews import Sheet, Waveform
from video_foundry.testing.clips import ClipSpec, make_clip, make_still, make_tone
from video_foundry.testing.film_reading import read_barcodes
from video_foundry.testing.server import serving

KINDS = ["sprite", "waveform", "proxy"]


def uploaded(studio: Studio, path: Path) -> str:
    """The digest of a file that is sent."""
    media = studio.ask("POST", "/api/media", 201, files={"file": path.read_bytes()})
    return digest_in(media["url"])


def digest_in(url: str) -> str:
    return url.rpartition("/")[2]


def look(studio: Studio, digest: str, query: str = "") -> Json:
    found: Json = studio.ask("GET", f"/api/artifacts/{digest}/previews{query}")
    return found


def files_of(previews: Json) -> list[Json]:
    """Everything that one file is made for."""
    sheets = [sheet for strip in previews["filmstrips"] for sheet in strip["sheets"]]
    return [*sheets, *(previews[name] for name in ("waveform", "proxy") if previews[name])]


def states(previews: Json) -> set[str]:
    return {file["state"] for file in files_of(previews)}


def ready(studio: Studio, digest: str) -> Json:
    """The previews when none is being made any more."""
    found: Json = studio.until(
        lambda: look(studio, digest), lambda now: "making" not in states(now)
    )
    return found


def fetched(studio: Studio, file: Json, target: Path) -> Path:
    """The file that an answer names."""
    answer = studio.http.get(file["url"])
    assert (answer.status_code, len(answer.content)) == (200, file["bytes"])
    target.write_bytes(answer.content)
    return target


def jobs(studio: Studio) -> float:
    """Composing jobs there ever were."""
    lines = studio.http.get("/metrics").text.splitlines()
    name = 'video_foundry_jobs{kind="compose"'
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


# --- what there is to see


def test_what_an_editor_needs_of_a_clip(studio: Studio, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(number=5, frames=60, size=(320, 180)))
    digest = uploaded(studio, clip)
    first = look(studio, digest)
    assert states(first) <= {"making", "ready"}, "an ask has it made, and does not wait"
    made = ready(studio, digest)
    assert (made["digest"], made["kind"], made["duration_seconds"]) == (digest, "video", 2.5)
    [strip] = made["filmstrips"]
    [sheet] = strip["sheets"]
    assert [strip[n] for n in ("step_seconds", "tile_width", "tile_height", "count")] == [
        *(0.5, 170, 96, 5)
    ]
    layout = Sheet(step=1, first=0, count=sheet["count"], tile=(170, 96))  # type: ignore[arg-type]  # a whole number
    assert layout.size == (sheet["width"], sheet["height"])
    tiles = tile_codes(fetched(studio, sheet, tmp_path / "sheet.jpg"), layout)
    assert tiles == [(5, 12 * n) for n in range(5)]
    waveform = made["waveform"]
    data = fetched(studio, waveform, tmp_path / "waveform").read_bytes()
    points = points_of(data, Waveform(samples=waveform["samples"]))
    for level in waveform["levels"]:
        assert len(points[level["points_per_second"]]) == level["points"]
    assert points[1][0][1] > 8, "there is a tone"
    proxy = made["proxy"]
    assert [proxy[n] for n in ("width", "height", "frame_rate", "frames")] == [320, 180, "24", 60]
    small = fetched(studio, proxy, tmp_path / "proxy.mp4")
    assert read_barcodes(small) == [(5, frame) for frame in range(60)]
    part = studio.http.get(proxy["url"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_a_take_a_still_and_a_sound_have_what_applies_to_them(
    studio: Studio, tmp_path: Path
) -> None:
    project = studio.project(shot("a lighthouse"))
    [segment] = studio.read(project)["segments"]
    studio.ask("POST", f"/api/segments/{segment['id']}/retry", 202)
    take = ready(studio, digest_in(studio.settled(segment)["asset_url"]))
    assert (take["kind"], len(take["filmstrips"]), states(take)) == ("video", 1, {"ready"})
    still = ready(studio, uploaded(studio, make_still(tmp_path / "s.png", ClipSpec(number=3))))
    assert (still["kind"], still["waveform"], still["proxy"]) == ("image", None, None)
    [[tile]] = [strip["sheets"] for strip in still["filmstrips"]]
    with Image.open(BytesIO(studio.http.get(tile["url"]).content)) as seen:
        import numpy as np

        assert barcode(np.asarray(seen.convert("L"), dtype=np.float64)) == (3, 0)
    tone = ready(studio, uploaded(studio, make_tone(tmp_path / "tone.wav")))
    assert (tone["kind"], tone["filmstrips"], tone["proxy"]) == ("sound", [], None)
    assert tone["waveform"]["state"] == "ready"


# --- made once


def test_nothing_is_made_twice_however_often_it_is_asked_for(
    studio: Studio, tmp_path: Path
) -> None:
    digest = uploaded(studio, make_clip(tmp_path / "c.mp4", ClipSpec(number=11, frames=24)))
    before = jobs(studio)
    asks = {"digests": [digest] * 3, "kinds": KINDS}
    for _ in range(3):
        studio.ask("POST", "/api/previews", json=asks)
        look(studio, digest)
    made = ready(studio, digest)
    again = look(studio, digest)
    assert files_of(made) == files_of(again)
    assert jobs(studio) - before == 3


def test_many_are_asked_for_at_once_and_only_what_is_wanted_is_made(
    studio: Studio, tmp_path: Path
) -> None:
    clips = [
        uploaded(studio, make_clip(tmp_path / f"{n}.mp4", ClipSpec(number=20 + n, frames=12)))
        for n in range(3)
    ]
    gone, before = "f" * 64, jobs(studio)
    asked = {"digests": [*clips, gone], "kinds": ["sprite"], "project_id": None}
    found = studio.ask("POST", "/api/previews", json=asked)
    assert [one["digest"] for one in found["previews"]] == clips
    assert found["unknown"] == [gone]
    assert {(one["waveform"], one["proxy"]) for one in found["previews"]} == {(None, None)}
    over = studio.until(
        lambda: studio.ask("POST", "/api/previews", json=asked),
        lambda now: all(states(one) == {"ready"} for one in now["previews"]),
    )
    assert len({file["url"] for one in over["previews"] for file in files_of(one)}) == 3
    assert jobs(studio) - before == 3


def test_what_cannot_be_asked_for_is_said(studio: Studio) -> None:
    gone = "0" * 64
    assert studio.refused("GET", f"/api/artifacts/{gone}/previews", 404)["code"] == "not_found"
    wrong_ones: list[Json] = [
        {"digests": []},
        {"digests": ["not a digest"]},
        {"digests": [gone] * 501},
        {"digests": [gone], "kinds": ["poster"]},
        {"digests": [gone], "sizes": []},
    ]
    for wrong in wrong_ones:
        studio.refused("POST", "/api/previews", 422, json=wrong)
    studio.refused("GET", f"/api/artifacts/{gone}/previews?kinds=poster", 422)


# --- what goes wrong


def spoil(studio: Studio, digest: str) -> Callable[[], None]:
    """Damage a stored object behind the server's back; returns how to put it right again."""
    [path] = [p for p in (studio.server.data_dir / "store").rglob(digest) if p.is_file()]
    whole = path.read_bytes()
    path.chmod(0o600)

    def write(data: bytes) -> None:
        path.unlink()
        path.write_bytes(data)

    write(whole[: len(whole) // 2])
    return lambda: write(whole)


def test_a_damaged_clip_says_why_and_is_left_in_peace_until_it_is_tried_again(
    studio: Studio, tmp_path: Path
) -> None:
    clip = make_clip(tmp_path / "c.mp4", ClipSpec(number=30, frames=48, size=(320, 180)))
    digest = uploaded(studio, clip)
    mend = spoil(studio, digest)
    before = jobs(studio)
    failed = ready(studio, digest)
    assert states(failed) == {"failed"}
    for file in files_of(failed):
        assert (file["url"], file["error"]["code"]) == (None, "composition_failed")
        assert digest[:12] in file["error"]["message"]
        assert file["error"]["retry_at"] > time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
    for _ in range(5):
        assert files_of(look(studio, digest)) == files_of(failed)
    time.sleep(0.2)
    assert jobs(studio) - before == 3, "nobody has tried again"
    mend()
    studio.ask("POST", "/api/previews", json={"digests": [digest], "retry": True})
    assert states(ready(studio, digest)) == {"ready"}
    assert jobs(studio) - before == 6


# --- when they are made


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """A server of the test's own with a policy."""
    with serving(tmp_path / "data", previews=request.param) as server:
        user = Studio(server)
        yield user
        user.close()


@pytest.mark.parametrize("served", ["eager"], indirect=True)
def test_eagerly_they_are_made_as_soon_as_a_clip_is_there(served: Studio, tmp_path: Path) -> None:
    digest = uploaded(served, make_clip(tmp_path / "c.mp4", ClipSpec(frames=12)))
    project = served.project(shot("a lighthouse"))
    [segment] = project["segments"]
    served.ask("POST", f"/api/segments/{segment['id']}/retry", 202)
    take = digest_in(served.settled(segment)["asset_url"])
    served.until(lambda: jobs(served), lambda count: count >= 5)
    assert jobs(served) == 3 + len(files_of(look(served, take)))
    again = uploaded(served, tmp_path / "c.mp4")
    assert again == digest
    assert states(ready(served, digest)) == states(ready(served, take)) == {"ready"}
    assert jobs(served) == 3 + len(files_of(look(served, take))), "the same bytes, once"


@pytest.mark.parametrize("served", ["off"], indirect=True)
def test_switched_off_none_are_made(served: Studio, tmp_path: Path) -> None:
    digest = uploaded(served, make_clip(tmp_path / "c.mp4", ClipSpec(frames=12)))
    assert states(look(served, digest)) == {"off"}
    listed = served.ask("POST", "/api/previews", json={"digests": [digest], "retry": True})
    assert states(listed["previews"][0]) == {"off"}
    assert jobs(served) == 0


def test_an_ask_is_answered_while_the_workers_are_elsewhere(tmp_path: Path) -> None:
    with serving(tmp_path / "data", embedded_workers=False) as server:
        user = Studio(server)
        digest = uploaded(user, make_clip(tmp_path / "c.mp4", ClipSpec(frames=12)))
        assert states(look(user, digest)) == states(look(user, digest)) == {"making"}
        assert jobs(user) == 3
        user.close()


def test_who_listens_to_the_project_hears_when_it_is_over(studio: Studio, tmp_path: Path) -> None:
    project = studio.project()
    digest = uploaded(studio, make_clip(tmp_path / "c.mp4", ClipSpec(number=40, frames=24)))
    with studio.listen(f"/api/projects/{project['id']}/events?after=0") as socket:
        asked = look(studio, digest, f"?project_id={project['id']}")
        waited = {file["job_id"] for file in files_of(asked)}
        assert len(waited - {None}) == 3
        while waited:
            message = json.loads(socket.recv(timeout=60))
            if message["type"] == "progress" and message["data"]["progress"] == 1.0:
                assert message["data"]["kind"] == "preview"
                waited.discard(message["data"]["job_id"])
    assert states(look(studio, digest)) == {"ready"}
