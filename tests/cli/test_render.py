"""`video-foundry render` and `plan`: a project file to a film without a server, with a memory."""

import re
import signal
import time
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.conftest import Command, Shell, film

from video_foundry.testing.clips import ClipSpec, make_clip, make_still
from video_foundry.testing.film_reading import read_barcodes, read_colour, read_times

FAR = re.compile(r"video-foundry: [a-z]+ [0-3]/3, \d+%(, \d+\.\d of \d+\.\d s)?")
"""How far a render is, where standard error is no terminal."""

OUTCOME = {"status", "generated", "reused", "output", "frames", "seconds", "cost", "error"}


def test_render_again_and_change_one_prompt(shell: Shell, here: Command) -> None:
    file = shell.write("film.json", film("one", "two", "three"))
    first = shell.run("render", file, "-o", "out.mp4", "--json")
    assert first.code == 0
    *told, last = first.err.splitlines()
    assert last == "out.mp4: 36 frames, 3 generated, 0 reused"
    assert told and all(FAR.fullmatch(line) for line in told), told
    assert first.last.keys() >= OUTCOME
    assert Decimal(first.last["cost"]) == 0
    assert [file["output"] for file in first.last["outputs"]] == ["out.mp4"]
    assert first.last | {"cost": "", "outputs": []} == {
        "status": "completed",
        "generated": 3,
        "reused": 0,
        "output": "out.mp4",
        "frames": 36,
        "seconds": 1.5,
        "cost": "",
        "error": None,
        "outputs": [],
    }
    made = shell.folder / "out.mp4"
    assert len(read_times(made)) == 36
    before = made.read_bytes()

    again = here("render", "film.json", "-o", "again.mp4", "--json").last
    assert (again["status"], again["generated"], again["reused"]) == ("completed", 0, 3)
    assert (shell.folder / "again.mp4").read_bytes() == before

    file = shell.write("film.json", film("one", "two, but different", "three"))
    plan = here("plan", "film.json", "--json")
    assert plan.code == 0
    assert (plan.last["to_generate"], plan.last["reused"]) == (1, 2)
    reason = plan.last["segments"][1]["reason"]
    assert reason["changes"] == [{"field": "prompt", "old": "two", "new": "two, but different"}]

    changed = shell.run("render", file, "-o", "out.mp4", "--json").last
    assert (changed["generated"], changed["reused"]) == (1, 2)
    assert made.read_bytes() != before
    assert [p.name for p in sorted(shell.folder.iterdir())] == [
        "again.mp4", "film.json", "out.mp4",
    ]  # fmt: skip


def test_yaml_with_own_media_by_relative_path(shell: Shell) -> None:
    (shell.folder / "clips").mkdir()
    make_clip(shell.folder / "clips" / "own.mp4", ClipSpec(number=5, frames=24))
    make_still(shell.folder / "face.png", ClipSpec(number=6))
    file = shell.write(
        "clips/film.yaml",
        """
        name: Own footage
        description: what was shot
        settings: {width: 160, height: 90, fps: 24, loudness_lufs: -20}
        segments:
          - media: own.mp4
            trim: {start: 0.25, end: 0.75}
          - media: ../face.png
            trim: {end: 0.25}
        """,
    )
    done = shell.run("render", file.relative_to(shell.folder), "-o", "out.mp4", "--json")
    assert (done.code, done.last["generated"], done.last["frames"]) == (0, 0, 18)
    shown = read_barcodes(shell.folder / "out.mp4")
    assert shown == [(5, n) for n in range(6, 18)] + [(6, 0)] * 6


@pytest.mark.parametrize(
    ("fault", "words", "status"),
    [
        ({"fail": "moderated"}, "segment 2: the simulated provider's content policy", "failed"),
        ({"fail": "truncated"}, "segment 2: the model answered, but its video", "failed"),
        (
            {"model": "mock-ai-none", "fail": "timeout-after-accept"},
            "nobody can tell",
            "needs_attention",
        ),
    ],
)
def test_a_film_that_cannot_be_made_exits_1_with_the_reason(
    shell: Shell, here: Command, fault: dict[str, str], words: str, status: str
) -> None:
    project = film("fine", "not fine")
    project["segments"][1]["model_params"] |= fault
    shell.write("f.json", project)
    done = here("render", "f.json", "-o", "out.mp4", "--json")
    assert done.code == 1
    assert (done.last["status"], done.last["output"]) == (status, None)
    assert words in done.last["error"]
    assert words in done.err
    assert not (shell.folder / "out.mp4").exists()


def test_a_missing_key_is_said_before_anything_is_made(shell: Shell, here: Command) -> None:
    project = film("fine", "needs a key")
    project["segments"][1]["model_params"] = {"model": "runway-gen3", "duration": 5}
    shell.write("f.json", project)
    plan = here("plan", "f.json", "--json")
    assert (plan.code, plan.last["ready"]) == (2, False)
    assert "  segments.1.model_params.model" in plan.err
    done = here("render", "f.json", "-o", "out.mp4", "--json")
    assert done.code == 2
    assert "set RUNWAY_API_KEY, or choose" in done.last["error"]
    assert here("plan", "f.json", "--json").last["to_generate"] == 2


def test_a_cap_on_the_cost_is_kept(
    shell: Shell, here: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNWAY_API_KEY", "no-real-key")
    project = film("one")
    project["segments"][0]["model_params"] = {"model": "runway-gen4.5", "duration": 5}
    shell.write("f.json", project)
    plan = here("plan", "f.json")
    assert "0.6 USD" in plan.out
    done = here("render", "f.json", "-o", "out.mp4", "--json", "--max-cost", "0.59")
    assert done.code == 2
    assert "0.6" in done.last["error"]
    for wrong in ("free", "-1", "nan", "1e-999999999"):
        done = here("render", "f.json", "-o", "out.mp4", "--max-cost", wrong)
        assert done.code == 2
        assert "--max-cost" in done.err


def children(folder: str) -> list[str]:
    """Command lines of every process that names a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (
                    (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                )
            except OSError:  # it ended meanwhile
                continue
            if folder in line:
                found.append(line)
    return found


def test_a_lut_beside_the_file(shell: Shell, here: Command) -> None:
    shell.write("red.cube", "LUT_3D_SIZE 2\n" + "1 0 0\n" * 8)
    project = film("one", "two")
    project["segments"][0]["look"] = {"lut": "red.cube", "contrast": 1.1}
    shell.write("film.json", project)
    done = here("render", "film.json", "-o", "out.mp4", "--json")
    assert done.last["status"] == "completed", done.err
    assert read_colour(shell.folder / "out.mp4")[2] > 200, "not red"
    assert here("plan", "film.json", "--json").last["encode_seconds"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_render_leaves_nothing_running_and_goes_on_later(
    shell: Shell, number: signal.Signals
) -> None:
    project = film("quick to generate, slow to compose")
    project["settings"] = {"width": 1920, "height": 1080, "fps": 60}
    project["segments"][0]["model_params"] |= {"duration": 8, "aspect_ratio": "16:9"}
    file = shell.write("film.json", project)
    data = shell.environment["VIDEO_FOUNDRY_DATA_DIR"]
    with shell.start("render", file, "-o", "out.mp4", "--json") as process:
        composing = f"{data}/scratch"
        while not any("libx264" in line and composing in line for line in children(data)):
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in err
    latest = time.monotonic() + 5
    while left := children(data):
        assert time.monotonic() < latest, left
        time.sleep(0.05)
    assert not (shell.folder / "out.mp4").exists()
    assert [p.name for p in shell.folder.iterdir()] == ["film.json"]

    project["settings"] = {"width": 160, "height": 90, "fps": 24}
    project["segments"][0]["trim"] = {"end": 0.5}
    done = shell.run("render", shell.write("film.json", project), "-o", "out.mp4", "--json")
    assert (done.last["status"], done.last["generated"]) == ("completed", 0)
    assert done.last["frames"] == 12


def test_two_at_once_on_an_empty_folder_get_the_same_film(shell: Shell) -> None:
    """Both make the database, both ask for the same generation, both compose."""
    file = shell.write("film.json", film("the same", latency=1))
    running = [shell.start("render", file, "-o", f"{n}.mp4", "--json") for n in (1, 2)]
    said = [process.communicate(timeout=240) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert (shell.folder / "1.mp4").read_bytes() == (shell.folder / "2.mp4").read_bytes()
