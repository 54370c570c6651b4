"""Own footage that is coded as the film is: the plan says that it is copied, and so it is."""

import numpy as np
import pytest
from tests.cli.conftest import Command, Shell
from tests.composing.material import encode_clip

from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.sameness import decoded_frames

SIZE = (160, 90)


@pytest.fixture
def conforming(shell: Shell) -> Shell:
    """A folder with own.mp4, five groups of twelve frames."""
    plain = make_clip(shell.folder / "plain.mp4", ClipSpec(number=4, frames=60, size=SIZE))
    way = ("-g", "12", "-sc_threshold", "0", "-flags", "+cgop")
    encode_clip(shell.folder / "own.mp4", plain, way)
    return shell


def film(**told: object) -> dict[str, object]:
    return {
        "name": "Own footage",
        "settings": {"width": SIZE[0], "height": SIZE[1], "fps": 24},
        "segments": [{"media": "own.mp4", **told}],
    }


def test_the_plan_says_what_is_copied_and_the_film_has_its_very_frames(
    conforming: Shell, here: Command
) -> None:
    conforming.write("film.json", film(trim={"start": 0.25, "end": 2.5}))
    plan = here("plan", "film.json", "--json").last
    [main] = plan["outputs"]
    assert main["encode_seconds"] == plan["encode_seconds"] == 0.25
    assert (main["copied_seconds"], main["frames"]) == (2.0, 54)
    [copied] = main["copied"]
    assert copied == {
        "segment_id": plan["segments"][0]["segment_id"],
        "start": 0.25,
        "seconds": 2.0,
    }
    done = here("render", "film.json", "-o", "out.mp4", "--json")
    assert done.code == 0, done.err
    shown = decoded_frames(conforming.folder / "out.mp4", SIZE)
    stored = decoded_frames(conforming.folder / "own.mp4", SIZE)
    assert len(shown) == 54
    assert np.array_equal(shown[6:], stored[12:])
    again = here("plan", "film.json", "--json").last
    assert again["encode_seconds"] == 0
    assert again["outputs"][0]["is_unchanged"]
    assert {step["action"] for step in again["steps"]} == {"reuse"}


def test_a_whole_clip_needs_no_encoding_of_picture(conforming: Shell, here: Command) -> None:
    conforming.write("film.json", film())
    plan = here("plan", "film.json", "--json").last
    assert plan["encode_seconds"] == 0
    assert {step["kind"] for step in plan["steps"]} == {"sound", "mix", "master"}
    done = here("render", "film.json", "-o", "out.mp4", "--json")
    assert (done.code, done.last["frames"]) == (0, 60), done.err
    shown = decoded_frames(conforming.folder / "out.mp4", SIZE)
    assert np.array_equal(shown, decoded_frames(conforming.folder / "own.mp4", SIZE))


def test_a_film_in_another_size_encodes_it(conforming: Shell, here: Command) -> None:
    told = film()
    told["outputs"] = [{"name": "small", "width": 80, "height": 46}]
    conforming.write("film.json", told)
    main, small = here("plan", "film.json", "--json").last["outputs"]
    assert (main["copied_seconds"], main["encode_seconds"]) == (2.5, 0)
    assert (small["copied_seconds"], small["encode_seconds"], small["copied"]) == (0, 2.5, [])
