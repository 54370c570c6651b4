"""One render, several films: what they share is made once, each is what it was asked to be, what
has not changed is free, and what cannot be is refused by its field before anything is made."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest
from tests.api import plugins
from tests.api.plugins import barcode
from tests.api.studio import SMALL, Json, Studio, shot

from video_foundry.adapters.ffmpeg import find_ffmpeg
from video_foundry.testing.film_reading import read_barcodes, read_times
from video_foundry.testing.server import serving

TALL = {"name": "tall", "width": 90, "height": 160}
SLOW = {"name": "slow", "fps": 12}
ROUGH = {"name": "rough", "quality": "draft"}


def with_outputs(studio: Studio, *segments: Json, outputs: list[Json], **settings: Any) -> Json:
    project = studio.project(*segments, **settings)
    path = f"/api/projects/{project['id']}"
    studio.ask("PATCH", path, json={"outputs": outputs})
    return studio.read(project)


def by_name(things: list[Json]) -> dict[str, Json]:
    return {one["name"]: one for one in things}


def kinds_made(plan: Json, output: str) -> dict[str, int]:
    """How many steps of each kind are to be made for an output."""
    found: dict[str, int] = {}
    for step in plan["steps"]:
        if step["action"] == "make" and output in step["outputs"]:
            found[step["kind"]] = found.get(step["kind"], 0) + 1
    return found


@pytest.fixture(scope="module")
def rendered(studio: Studio) -> tuple[Json, Json]:
    """Two clips as a film, an upright one and a slower one; the project and its first render."""
    project = with_outputs(studio, barcode(1), barcode(2), outputs=[TALL, SLOW, ROUGH])
    return project, studio.make(project)


def test_a_plan_says_what_each_output_needs_and_counts_shared_steps_once(studio: Studio) -> None:
    project = with_outputs(studio, shot("a", seed=1), shot("b", seed=2), outputs=[TALL, SLOW])
    plan = studio.plan(project)
    outputs = by_name(plan["outputs"])
    assert list(outputs) == ["main", "tall", "slow"]
    assert [(o["width"], o["height"], o["fps"]) for o in plan["outputs"]] == [
        (160, 90, "24"), (90, 160, "24"), (160, 90, "12"),
    ]  # fmt: skip
    for output in plan["outputs"]:
        assert (output["seconds"], output["encode_seconds"], output["shared_seconds"]) == (1, 1, 0)
        assert not output["is_unchanged"]
        made = kinds_made(plan, output["name"])
        assert made == {"clip": 2, "sound": 2, "mix": 1, "master": 1}
        assert (output["steps"], output["to_make"]) == (6, 6)
    assert plan["encode_seconds"] == 3, "each picture is another one"
    assert len(plan["steps"]) == 3 * 3 + 3, "two sounds and the mix are the same for all"
    assert plan["to_generate"] == 2, "a clip is generated once, however many films show it"


def test_one_render_makes_them_all(
    studio: Studio, rendered: tuple[Json, Json], tmp_path: Path
) -> None:
    _, render = rendered
    outputs = by_name(render["outputs"])
    assert list(outputs) == ["main", "tall", "slow", "rough"]
    assert outputs["main"]["url"] == render["video_url"]
    shapes = {"main": (160, 90, 24), "tall": (90, 160, 24), "slow": (160, 90, 12)}
    for name, (width, height, rate) in shapes.items():
        output = outputs[name]
        film = studio.save(output["url"], tmp_path / f"{name}.mp4")
        assert output["size"] == film.stat().st_size
        assert (output["container"], output["content_type"]) == ("mp4", "video/mp4")
        assert output["duration_seconds"] == 1
        assert output["frames"] == rate == len(read_times(film))
        with av.open(str(film)) as opened:
            picture = opened.streams.video[0]
            assert (picture.width, picture.height) == (width, height)
            assert picture.average_rate == rate
            assert len(opened.streams.audio) == 1
        poster = studio.http.get(output["poster_url"])
        assert poster.headers["content-type"] == "image/jpeg"
    shown = read_barcodes(tmp_path / "main.mp4")
    assert shown == [(1, n) for n in range(12)] + [(2, n) for n in range(12)]
    assert read_barcodes(tmp_path / "slow.mp4") == shown[::2]
    assert (outputs["rough"]["quality"], outputs["rough"]["frames"]) == ("draft", 24)
    marks = {studio.http.head(output["url"]).headers["etag"] for output in render["outputs"]}
    assert len(marks) == 4


def test_nothing_changed_is_free_for_all_of_them(
    studio: Studio, rendered: tuple[Json, Json]
) -> None:
    project, render = rendered
    work = studio.jobs("compose"), studio.generations()
    plan = studio.plan(project)
    assert all(o["is_unchanged"] and o["to_make"] == 0 for o in plan["outputs"])
    files = {output["name"]: output["digest"] for output in render["outputs"]}
    assert {o["name"]: o["digest"] for o in plan["outputs"]} == files, "these very files are there"
    assert (plan["encode_seconds"], plan["seconds"]) == (0, 0)
    again = studio.start(project)
    assert again["status"] == "completed", "there was nothing to wait for"
    assert (again["seconds_total"], again["seconds_done"]) == (0, 0)
    assert [o["size"] for o in again["outputs"]] == [o["size"] for o in render["outputs"]]
    assert (studio.jobs("compose"), studio.generations()) == work


def test_a_new_output_makes_itself_alone(studio: Studio) -> None:
    project = with_outputs(studio, barcode(3), outputs=[])
    studio.make(project)
    path = f"/api/projects/{project['id']}"
    studio.ask("PATCH", path, json={"outputs": [TALL, {"name": "loud", "loudness_lufs": -14}]})
    plan = studio.plan(project)
    made = {name: kinds_made(plan, name) for name in ("main", "tall", "loud")}
    assert made["main"] == {}
    assert made["tall"] == {"clip": 1, "master": 1}, "it sounds like the main film"
    assert made["loud"] == {"measure": 1, "mix": 1, "master": 1}, "it looks like the main film"
    before = studio.jobs("compose")
    render = studio.make(project, plan_digest=plan["digest"])
    assert studio.jobs("compose") - before == 5
    assert render["seconds_total"] == render["seconds_done"] == 0.5


def test_some_outputs_are_made_when_only_they_are_asked_for(studio: Studio) -> None:
    project = with_outputs(studio, barcode(4), outputs=[TALL, SLOW])
    path = f"/api/projects/{project['id']}"
    plan = studio.ask("POST", f"{path}/plan", json={"outputs": ["slow"]})
    assert [o["name"] for o in plan["outputs"]] == ["slow"]
    assert plan["frames"] == 12, "the length of the main film, though it is not made"
    assert plan["digest"] != studio.plan(project)["digest"]
    refused = studio.refused(
        "POST", f"{path}/render", 409, json={"plan_digest": plan["digest"], "outputs": ["tall"]}
    )
    assert refused["code"] == "plan_drifted"
    render = studio.make(project, plan_digest=plan["digest"], outputs=["slow"])
    assert [o["name"] for o in render["outputs"]] == ["slow"]
    assert (render["video_url"], render["frames"]) == (None, None)
    assert render["outputs"][0]["frames"] == 6
    refused = studio.refused("GET", f"/api/render-jobs/{render['id']}/video", 404)
    assert "it makes slow" in refused["errors"][0]["fix"]
    wrong = studio.refused("POST", f"{path}/render", 422, json={"outputs": ["tal"]})
    assert wrong["errors"][0]["field"] == "outputs.0"
    assert "tall" in wrong["errors"][0]["fix"]
    assert studio.refused("POST", f"{path}/plan", 422, json={"outputs": []})["errors"][0]["field"]


def test_files_have_their_names_and_ranges(studio: Studio, rendered: tuple[Json, Json]) -> None:
    project, render = rendered
    tall = by_name(render["outputs"])["tall"]
    assert tall["url"] == f"/api/render-jobs/{render['id']}/outputs/tall"
    part = studio.http.get(tall["url"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.headers["content-range"] == f"bytes 4-7/{tall['size']}"
    head = studio.http.head(tall["url"])
    assert int(head.headers["content-length"]) == tall["size"]
    assert head.headers["content-type"] == "video/mp4"
    saved = studio.http.head(f"{tall['url']}?download=true").headers["content-disposition"]
    assert saved.endswith("a%20film%20-%20tall.mp4")
    main = studio.http.head(f"/api/render-jobs/{render['id']}/outputs/main?download=true")
    assert main.headers["content-disposition"].endswith("a%20film.mp4")
    assert main.headers["etag"] == studio.http.head(render["video_url"]).headers["etag"]
    missing = studio.refused("GET", f"/api/render-jobs/{render['id']}/outputs/wide", 404)
    assert missing["errors"][0]["field"] == "name"
    assert project["outputs"][0]["name"] == "tall"


def test_outputs_are_kept_as_they_were_said(studio: Studio) -> None:
    said: list[Json] = [
        {"name": "tall", "width": 1080, "height": 1920, "loudness_lufs": "off"},
        {"name": "web", "codec": "vp9", "quality": "draft", "fps": "30000/1001"},
        {"name": "teaser", "kind": "gif", "width": 320, "fps": 10, "seconds": 2.5},
    ]
    project = with_outputs(studio, shot(), outputs=said, loudness_lufs=-16)
    kept = project["outputs"]
    assert [{k: v for k, v in one.items() if v is not None} for one in kept] == [
        {"kind": "film", **said[0]}, {"kind": "film", **said[1]}, said[2],
    ]  # fmt: skip
    again = studio.ask("PUT", f"/api/projects/{project['id']}", json={"outputs": kept})
    assert again["outputs"] == kept, "what was answered can be sent back"
    assert again["revision"] == project["revision"] + 1
    plan = by_name(studio.plan(project)["outputs"])
    assert plan["web"]["container"] == "webm"
    assert (plan["web"]["codec"], plan["web"]["fps"]) == ("vp9", "30000/1001")
    assert plan["teaser"] | {"frames": 0} == {
        **plan["teaser"], "frames": 0, "width": 320, "height": 180, "codec": None, "fps": "10",
    }  # fmt: skip
    assert plan["teaser"]["frames"] == 5, "the film is half a second long"
    settings = {"width": 320}
    studio.ask("PATCH", f"/api/projects/{project['id']}", json={"settings": settings})
    changed = by_name(studio.plan(project)["outputs"])
    assert changed["web"]["width"] == 320, "what was not said follows the main film"
    assert changed["tall"]["width"] == 1080


WRONG: list[tuple[str, list[Json], str]] = [
    ("a name twice", [{"name": "a"}, {"name": "a"}], "outputs.1.name"),
    ("the main film's name", [{"name": "main"}], "outputs.0.name"),
    ("no name", [{"width": 640}], "outputs.0.name"),
    ("a name with spaces", [{"name": "For TV"}], "outputs.0.name"),
    ("an odd size", [{"name": "a", "width": 641}], "outputs.0.width"),
    ("too large", [{"name": "a", "height": 10_000}], "outputs.0.height"),
    ("no such codec", [{"name": "a", "codec": "wmv"}], "outputs.0.codec"),
    ("prores by a graphics card", [{"name": "a", "codec": "prores", "encoder": "nvenc"}],
     "outputs.0.encoder"),
    ("too many pictures a second", [{"name": "a", "fps": 500}], "outputs.0.fps"),
    ("a rate that is none", [{"name": "a", "fps": "fast"}], "outputs.0.fps"),
    ("too loud", [{"name": "a", "loudness_lufs": 3}], "outputs.0.loudness_lufs"),
    ("too many", [{"name": f"o{n}"} for n in range(13)], "outputs"),
    ("a gif that is too wide", [{"name": "a", "kind": "gif", "width": 1920}], "outputs.0.width"),
    ("a gif that is too long", [{"name": "a", "kind": "gif", "seconds": 61}], "outputs.0.seconds"),
    ("a gif of too many pictures", [{"name": "a", "kind": "webp", "seconds": 30, "fps": 25}],
     "outputs.0.seconds"),
    ("a gif without a picture", [{"name": "a", "kind": "gif", "seconds": 0.01}],
     "outputs.0.seconds"),
    ("a gif of uneven rate", [{"name": "a", "kind": "gif", "fps": 29.97}], "outputs.0.fps"),
    ("a gif with a codec", [{"name": "a", "kind": "gif", "codec": "h264"}], "outputs.0.codec"),
    ("a film of some seconds", [{"name": "a", "seconds": 3}], "outputs.0.seconds"),
    ("what is not known", [{"name": "a", "bitrate": 3}], "outputs.0.bitrate"),
]  # fmt: skip


@pytest.mark.parametrize(("outputs", "field"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_what_cannot_be_is_refused_by_its_field(
    studio: Studio, rendered: tuple[Json, Json], outputs: list[Json], field: str
) -> None:
    project, _ = rendered
    path = f"/api/projects/{project['id']}"
    refused = studio.refused("PATCH", path, 422, json={"outputs": outputs})
    assert refused["errors"][0]["field"] == field
    assert refused["errors"][0]["fix"] or refused["errors"][0]["message"]
    made = {"name": "another", "settings": SMALL, "outputs": outputs}
    assert studio.refused("POST", "/api/projects", 422, json=made)["errors"][0]["field"] == field
    assert studio.read(project)["outputs"] == project["outputs"]


def test_main_settings_are_checked_together_with_what_inherits_them(studio: Studio) -> None:
    project = with_outputs(studio, outputs=[{"name": "edit", "codec": "prores"}])
    path = f"/api/projects/{project['id']}"
    refused = studio.refused("PATCH", path, 422, json={"settings": {"encoder": "nvenc"}})
    assert refused["errors"][0]["field"] == "outputs.0.encoder"
    assert "software" in refused["errors"][0]["fix"]
    wrong = {"codec": "vp9", "encoder": "videotoolbox"}
    refused = studio.refused("PATCH", path, 422, json={"settings": wrong})
    assert refused["errors"][0]["field"] == "settings.encoder"
    assert studio.read(project)["settings"]["encoder"] == "software"


ELSEWHERE = {"name": "mac", "encoder": "videotoolbox"}
"""What no machine that runs these tests can encode."""


def test_an_encoder_that_is_not_there_is_told_before_anything_is_paid_for(studio: Studio) -> None:
    project = with_outputs(studio, shot("never made", seed=77), outputs=[ELSEWHERE, TALL])
    told = "output mac: h264 cannot be encoded by videotoolbox on this machine"
    plan = studio.plan(project)
    [problem] = plan["problems"]
    assert not plan["ready"]
    assert problem["message"].startswith(told)
    assert "software" in problem["fix"]
    generated = studio.jobs("generate")
    refused = studio.refused("POST", f"/api/projects/{project['id']}/render", 422)
    assert refused["errors"][0]["field"] == "outputs.mac.encoder"
    assert refused["detail"].startswith(told)
    assert studio.jobs("generate") == generated
    path = f"/api/projects/{project['id']}"
    assert studio.ask("POST", f"{path}/plan", json={"outputs": ["main", "tall"]})["ready"]
    studio.ask("PATCH", path, json={"outputs": [], "settings": {"encoder": "videotoolbox"}})
    assert studio.refused("POST", f"{path}/render", 422)["errors"][0]["field"] == "settings.encoder"


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A user of a server whose FFmpeg has a broken encoder for VP9."""
    plugins.register()
    plugins.BarcodeModel.gate.set()
    ffmpeg = tmp_path / "bin" / "ffmpeg"
    ffmpeg.parent.mkdir()
    ffmpeg.write_text(
        '#!/bin/sh\ncase " $* " in *libvpx*) echo "the encoder broke" >&2; exit 1;; esac\n'
        f'exec {find_ffmpeg().path} "$@"\n'
    )
    ffmpeg.chmod(0o755)
    monkeypatch.setenv("PATH", str(ffmpeg.parent), prepend=":")
    with serving(tmp_path / "data") as running:
        user = Studio(running)
        yield user
        user.close()


def test_an_output_that_fails_is_named_and_the_others_are_finished(
    workshop: Studio, tmp_path: Path
) -> None:
    studio, web = workshop, {"name": "web", "codec": "vp9"}
    project = with_outputs(studio, barcode(8), barcode(9), outputs=[web, TALL])
    render = studio.finish(studio.start(project))
    assert render["status"] == "failed"
    told = "output web: segment 1: FFmpeg failed: the encoder broke"
    assert render["error_message"].startswith(told)
    outputs = by_name(render["outputs"])
    assert [o["was_made"] for o in render["outputs"]] == [True, False, True]
    assert len(read_times(studio.save(outputs["tall"]["url"], tmp_path / "tall.mp4"))) == 24
    missing = studio.refused("GET", f"/api/render-jobs/{render['id']}/outputs/web", 409)
    assert missing["code"] == "not_finished"
    steps = studio.ask("GET", f"/api/render-jobs/{render['id']}/steps")
    failed = [s for s in steps if s["state"] == "failed"]
    assert {tuple(s["outputs"]) for s in failed} == {("web",)}
    assert all("the encoder broke" in s["error_message"] for s in failed)
    assert {s["state"] for s in steps if "tall" in s["outputs"]} == {"done"}

    path = f"/api/projects/{project['id']}"
    studio.ask("PATCH", path, json={"outputs": [TALL]})
    work = studio.jobs("compose")
    assert studio.start(project)["status"] == "completed", "what was made is not made again"
    assert studio.jobs("compose") == work


def test_animated_pictures_of_the_film(studio: Studio, tmp_path: Path) -> None:
    moving = [
        {"name": "teaser", "kind": "gif", "width": 96, "fps": 10, "seconds": 0.6},
        {"name": "loop", "kind": "webp", "width": 80, "fps": 12},
    ]
    project = with_outputs(studio, barcode(11), barcode(12), outputs=moving)
    plan = studio.plan(project)
    render = studio.make(project, outputs=["teaser", "loop"])
    outputs = by_name(render["outputs"])
    assert list(outputs) == ["main", "teaser", "loop"], "they are made from the main film"
    assert [(o["width"], o["height"], o["frames"]) for o in render["outputs"]] == [
        (160, 90, 24), (96, 54, 6), (80, 46, 12),
    ]  # fmt: skip
    planned = by_name(plan["outputs"])
    for name, kind, magic in (("teaser", "gif", b"GIF89a"), ("loop", "webp", b"RIFF")):
        output = outputs[name]
        file = studio.save(output["url"], tmp_path / f"{name}.{kind}")
        assert file.read_bytes().startswith(magic)
        assert output["size"] == file.stat().st_size
        assert output["content_type"] == f"image/{kind}"
        assert (output["frames"], output["height"]) == (
            planned[name]["frames"], planned[name]["height"],
        )  # fmt: skip
        assert output["poster_url"] == outputs["main"]["poster_url"]
        saved = studio.http.head(f"{output['url']}?download=true").headers["content-disposition"]
        assert saved.endswith(f"a%20film%20-%20{name}.{kind}")
    with av.open(str(tmp_path / "teaser.gif")) as opened:
        assert opened.streams.video[0].width == 96
        assert sum(1 for _ in opened.decode(video=0)) == 6
    studio.edit(project["segments"][1], prompt="another", model_params=barcode(13)["model_params"])
    changed = studio.plan(project)
    assert all(not one["is_unchanged"] for one in changed["outputs"])
    assert by_name(changed["outputs"])["loop"]["to_make"] == 1


def test_every_codec_becomes_its_file(studio: Studio, tmp_path: Path) -> None:
    """By software, which every machine has; what the files are is read from them."""
    codecs = {one["name"]: one for one in studio.ask("GET", "/api/vocabulary")["codecs"]}
    names = {"hevc": "hevc", "av1": "av1", "vp9": "vp9", "prores": "prores"}
    outputs = [{"name": codec, "codec": codec, "quality": "high"} for codec in names]
    project = with_outputs(studio, barcode(14), barcode(15), outputs=outputs)
    plan = studio.plan(project)
    sounds = [s["outputs"] for s in plan["steps"] if s["kind"] == "mix"]
    assert sounds == [["main", "hevc", "av1"], ["vp9"], ["prores"]], "one a kind of sound"
    render = studio.make(project)
    for name, output in by_name(render["outputs"]).items():
        if name == "main":
            continue
        assert output["container"] == codecs[name]["container"]
        file = studio.save(output["url"], tmp_path / f"film.{output['container']}")
        answer = studio.http.head(output["url"])
        assert answer.headers["content-type"] == codecs[name]["content_type"]
        with av.open(str(file)) as opened:
            assert opened.streams.video[0].codec_context.codec.canonical_name == names[name]
            assert len(opened.streams.audio) == 1
            assert sum(1 for _ in opened.decode(video=0)) == output["frames"] == 24
        assert read_barcodes(file)[:13] == [(14, n) for n in range(12)] + [(15, 0)]
        assert studio.http.get(output["poster_url"]).status_code == 200
        saved = studio.http.head(f"{output['url']}?download=true").headers["content-disposition"]
        assert saved.endswith(f"a%20film%20-%20{name}.{output['container']}")


def test_seconds_and_steps_are_told_live(studio: Studio) -> None:
    project = with_outputs(studio, *(barcode(n) for n in (5, 6, 7)), outputs=[TALL])
    render = studio.start(project)
    assert (render["seconds_total"], render["seconds_done"]) == (3, 0)
    with studio.listen(f"/api/render-jobs/{render['id']}/progress") as socket:
        heard = [json.loads(text) for text in socket]
    told = [m["render_job"] for m in heard if "render_job" in m]
    done = [job["seconds_done"] for job in told]
    assert done == sorted(done), "it never goes back"
    assert (done[0], done[-1]) == (0, 3)
    assert {job["seconds_total"] for job in told} == {3}
    steps = studio.ask("GET", f"/api/render-jobs/{render['id']}/steps")
    assert {s["state"] for s in steps} == {"done"}
    assert {s["progress"] for s in steps} == {1}
    clips = [(s["segment"], s["outputs"], s["seconds"]) for s in steps if s["kind"] == "clip"]
    assert sorted(clips) == sorted((n, [o], 0.5) for n in range(3) for o in ("main", "tall"))
    sounds = [s["outputs"] for s in steps if s["kind"] in ("sound", "mix")]
    assert sounds == [["main", "tall"]] * 4
    assert [s["kind"] for s in steps][-2:] == ["master", "master"]
    pages = [
        studio.ask("GET", f"/api/render-jobs/{render['id']}/steps?limit=5&offset={n}")
        for n in range(0, len(steps), 5)
    ]
    assert [step for page in pages for step in page] == steps
    events = f"/api/projects/{project['id']}/events"
    with studio.listen(events) as socket:
        while (news := json.loads(socket.recv(timeout=30)))["type"] != "render.completed":
            pass
    assert (news["data"]["seconds_total"], news["data"]["seconds_done"]) == (3, 3)


def test_sizes_codecs_and_limits_can_be_looked_up(studio: Studio) -> None:
    words = studio.ask("GET", "/api/vocabulary")
    sizes = {one["name"]: one for one in words["sizes"]}
    assert {one["ratio"] for one in words["sizes"]} == {"16:9", "9:16", "1:1", "4:5", "21:9"}
    assert sizes["vertical"]["use"].count("TikTok") == 1
    for one in words["sizes"]:
        output = {"name": "a", "width": one["width"], "height": one["height"]}
        made = {"name": "sized", "outputs": [output]}
        assert studio.ask("POST", "/api/projects", 201, json=made)["outputs"]
    codecs = {one["name"]: one for one in words["codecs"]}
    assert codecs["prores"]["encoders"] == ["software"]
    assert codecs["vp9"]["container"] == "webm"
    assert words["outputs"] == 12
