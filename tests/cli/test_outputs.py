"""`video-foundry render` and `plan` of a project file with several outputs."""

import av
import pytest
from PIL import Image
from tests.cli.conftest import Command, Shell, film

from video_foundry.core.previews import POSTER_WIDTH
from video_foundry.testing.film_reading import read_times

OUTPUTS = [{"name": "tall", "width": 90, "height": 160}, {"name": "slow", "fps": 12}]


def size_of(path: str) -> tuple[int, int]:
    with av.open(path) as opened:
        return opened.streams.video[0].width, opened.streams.video[0].height


def test_all_outputs_are_written_beside_the_film(shell: Shell, here: Command) -> None:
    shell.write("film.json", {**film("one", "two"), "outputs": OUTPUTS})
    plan = here("plan", "film.json", "--json").last
    assert [o["name"] for o in plan["outputs"]] == ["main", "tall", "slow"]
    assert plan["encode_seconds"] == 3
    done = here("render", "film.json", "-o", "out.mp4", "--json")
    assert done.code == 0, done.err
    written = {o["name"]: o for o in done.last["outputs"]}
    assert {name: o["output"] for name, o in written.items()} == {
        "main": "out.mp4",
        "tall": "out-tall.mp4",
        "slow": "out-slow.mp4",
    }
    assert (done.last["output"], done.last["frames"], done.last["seconds"]) == ("out.mp4", 24, 1)
    assert size_of("out-tall.mp4") == (90, 160)
    assert len(read_times(shell.folder / "out-slow.mp4")) == written["slow"]["frames"] == 12
    assert (shell.folder / "out.mp4").stat().st_size == written["main"]["size"]
    shown = here("plan", "film.json")
    assert shown.out.count("nothing changed") == 2 + 3, "segments and outputs"


def test_what_fits_in_seconds_fits_in_outputs_of_every_frame_rate(
    shell: Shell, here: Command
) -> None:
    half = {"transition": {"kind": "fade", "duration": 0.5}}
    made = film("one", "two", "three", duration=1)
    told = [{**made["segments"][0], **half}, {**made["segments"][1], **half}, made["segments"][2]]
    rates = [{"name": f"at{fps}", "fps": fps} for fps in (15, 25, 50)]
    shell.write("film.json", {**made, "segments": told, "outputs": rates})
    plan = here("plan", "film.json", "--json")
    assert (plan.code, plan.last["problems"]) == (0, [])
    # Two transitions of half a second each: 13 frames and 12 at 25 a second, 8 and 7 at 15.
    assert [o["frames"] for o in plan.last["outputs"]] == [48, 30, 50, 100]


def test_one_output_alone_is_written_where_it_is_told(shell: Shell, here: Command) -> None:
    shell.write("film.json", {**film("one"), "outputs": OUTPUTS})
    done = here("render", "film.json", "-o", "upright.mp4", "--only", "tall", "--json")
    assert done.code == 0, done.err
    assert size_of("upright.mp4") == (90, 160)
    assert [o["name"] for o in done.last["outputs"]] == ["tall"]
    assert [p.name for p in sorted(shell.folder.iterdir())] == ["film.json", "upright.mp4"]


def test_a_still_of_the_film_is_written_where_it_is_told(shell: Shell, here: Command) -> None:
    """Of the main film, and of the output that is asked for alone."""
    shell.write("film.json", {**film("one"), "outputs": [OUTPUTS[0]]})
    for only, ratio in ((), 16 / 9), (("--only", "tall"), 9 / 16):
        done = here("render", "film.json", "-o", "out.mp4", "--poster", "out.jpg", *only)
        assert done.code == 0, done.err
        with Image.open(shell.folder / "out.jpg") as still:
            assert (still.format, still.width) == ("JPEG", POSTER_WIDTH)
            assert still.width / still.height == pytest.approx(ratio, rel=0.01)
    for wrong, fix in ("out.png", "call it out.jpg"), ("none/out.jpg", "such as poster.jpg"):
        refused = here("render", "film.json", "-o", "out.mp4", "--poster", wrong)
        assert (refused.code, "--poster" in refused.err, fix in refused.err) == (2, True, True)


def test_what_cannot_be_names_its_field(shell: Shell, here: Command) -> None:
    wrong = [{"name": "a", "codec": "prores", "encoder": "qsv"}]
    shell.write("wrong.json", {**film("one"), "outputs": wrong})
    done = here("render", "wrong.json", "-o", "out.mp4", "--json")
    assert (done.code, done.last["status"]) == (2, "invalid")
    assert "outputs.0.encoder" in done.last["error"]
    shell.write("film.json", {**film("one"), "outputs": OUTPUTS})
    missing = here("render", "film.json", "-o", "out.mp4", "--only", "tal")
    assert missing.code == 2
    assert "use 'tall'" in missing.err
    named = here("render", "film.json", "-o", "out.webm")
    assert (named.code, "call it out.mp4" in named.err) == (2, True)
    assert not list(shell.folder.glob("out*"))
