"""`video-foundry retarget`: a file's segments go to another model, and all else in it stays."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cli.conftest import Command, Shell, film

FILM = """\
# our launch
name: Launch
settings: {width: 320, height: 180, fps: 24}
segments:
  - prompt: a road   # the first shot
    model_params: {model: storyboard, duration: 4, style: ink, seed: 7}
  # from here on in blocks
  - prompt: a town
    model_params:
      model: mock-ai
      duration: 12.5   # far too long
      aspect_ratio: "16:9"
    trim: {start: 1, end: 3}
  - prompt: a sea
    model_params: {model: runway-gen3, duration: 5}
text:
  - {text: "Soon", start: 0, end: 1}
"""


def written(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def test_a_file_goes_to_another_model_and_keeps_all_the_rest(shell: Shell, here: Command) -> None:
    file = shell.write("film.yaml", FILM)
    done = here("retarget", "film.yaml", "--to", "runway-gen4.5", "--json")
    assert done.code == 0, done.err
    assert (done.last["status"], done.last["model"]) == ("done", "runway-gen4.5")
    first, second, third = done.last["segments"]
    assert {one["parameter"]: one["old"] for one in first["lost"]} == {
        "style": "ink",
        "audio": True,
    }
    assert [(one["old"], one["new"]) for one in second["changed"]] == [(12.5, 10)]
    assert (third["action"], third["changed"], third["lost"]) == ("changed", [], [])
    assert first["price_before"]["high"] == "0"
    assert (first["price_after"]["low"], second["price_after"]["low"]) == ("0.48", "1.20")
    assert done.last["price_after"]["high"] == "2.28"
    text = file.read_text("utf-8")
    assert "# our launch" in text and "# the first shot" in text and "# from here on" in text
    assert "{model: runway-gen4.5, duration: 4, seed: 7}" in text
    expected = yaml.safe_load(FILM)
    for segment, told in zip(expected["segments"], done.last["segments"], strict=True):
        segment["model_params"] = told["model_params"]
    assert written(file) == expected
    plan = here("plan", "film.yaml", "--json")
    assert [one["model"] for one in plan.last["segments"]] == ["runway-gen4.5"] * 3


def test_a_second_time_there_is_nothing_to_change(shell: Shell, here: Command) -> None:
    file = shell.write("film.yaml", FILM)
    assert here("retarget", "film.yaml", "--to", "mock-ai").code == 0
    once = file.read_bytes()
    again = here("retarget", "film.yaml", "--to", "mock-ai")
    assert "nothing to change" in again.out
    assert file.read_bytes() == once


def test_a_dry_run_writes_nothing(shell: Shell, here: Command) -> None:
    file = shell.write("film.yaml", FILM)
    done = here("retarget", "film.yaml", "--to", "runway", "--dry-run")
    assert done.code == 0
    assert "12.5 -> 10" in done.out and "free" in done.out and "2.28 USD" in done.out
    assert "runway means runway-gen4.5" in done.out.replace("\n", " ")
    assert "RUNWAY_API_KEY" in done.out
    assert file.read_text("utf-8") == FILM


def test_one_segment_alone_into_a_new_file(shell: Shell, here: Command) -> None:
    file = shell.write("film.yaml", FILM)
    done = here("retarget", "film.yaml", "--to", "mock-ai", "--segment", "3", "-o", "other.yaml")
    assert done.code == 0, done.err
    assert file.read_text("utf-8") == FILM
    models = [s["model_params"]["model"] for s in written(shell.folder / "other.yaml")["segments"]]
    assert models == ["storyboard", "mock-ai", "mock-ai"]


def test_a_json_file_stays_json(shell: Shell, here: Command) -> None:
    file = shell.write("film.json", film("one", "two"))
    assert here("retarget", "film.json", "--to", "storyboard").code == 0
    segments = json.loads(file.read_text("utf-8"))["segments"]
    assert [s["model_params"] for s in segments] == [{"model": "storyboard", "duration": 1}] * 2


def test_a_segment_that_does_not_fit_refuses_the_whole_unless_asked(
    shell: Shell, here: Command
) -> None:
    text = FILM.replace("trim: {start: 1, end: 3}", "trim: {start: 1, end: 12}")
    file = shell.write("film.yaml", text)
    refused = here("retarget", "film.yaml", "--to", "runway-gen4.5", "--json")
    assert (refused.code, refused.last["status"]) == (1, "refused")
    assert [p["field"] for p in refused.last["segments"][1]["problems"]] == ["trim"]
    assert file.read_text("utf-8") == text
    done = here("retarget", "film.yaml", "--to", "runway-gen4.5", "--partial", "--json")
    assert (done.code, done.last["status"]) == (0, "done")
    models = [segment["model_params"]["model"] for segment in written(file)["segments"]]
    assert models == ["runway-gen4.5", "mock-ai", "runway-gen4.5"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "runway-gen9"), "--to"),
        (("--to", "stability-ai"), "choose storyboard"),
        (("--to", "mock-ai", "--segment", "4"), "--segment"),
        (("--to", "mock-ai", "-o", "elsewhere/film.yaml"), "-o"),
    ],
)
def test_wrong_input_is_named(
    shell: Shell, here: Command, arguments: tuple[str, ...], words: str
) -> None:
    file = shell.write("film.yaml", FILM)
    done = here("retarget", "film.yaml", *arguments)
    assert done.code == 2
    assert words in done.err
    assert file.read_text("utf-8") == FILM


def test_a_film_without_a_known_model_can_be_moved(shell: Shell, here: Command) -> None:
    shell.write("film.yaml", FILM.replace("model: storyboard", "model: our-old-plug-in"))
    assert here("plan", "film.yaml").code == 2
    assert here("retarget", "film.yaml", "--to", "mock-ai").code == 0
    assert here("plan", "film.yaml").code == 0
