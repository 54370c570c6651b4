"""The commands beside `render` and `plan`: what each prints, and how it ends."""

import json

import pytest
from tests.cli.conftest import Command, Shell, film

from video_foundry.testing.server import api_document


def test_models_names_each_with_its_aliases_and_why_it_cannot_be_used(here: Command) -> None:
    models = {m["id"]: m for m in here("models", "--json").last["models"]}
    assert models["mock-ai"]["is_available"] and models["storyboard"]["is_available"]
    assert "runway-gen3" in models["runway-gen4.5"]["aliases"]
    assert "RUNWAY_API_KEY" in models["runway-gen4.5"]["unavailable_reason"]
    table = here("models")
    assert table.code == 0
    assert "mock-ai" in table.out


def test_doctor_says_what_is_there_and_what_is_missing(here: Command) -> None:
    done = here("doctor", "--json")
    assert (done.code, done.last["ok"]) == (0, True)
    found = {f["name"]: f for f in done.last["findings"]}
    assert found["database"]["level"] == found["objects"]["level"] == "ok"
    assert found["model runway-gen4.5"]["level"] == "missing"
    assert "RUNWAY_API_KEY" in found["model runway-gen4.5"]["message"]
    assert any("ffmpeg" in name.lower() for name in found)
    assert "h264: software" in found["encoders"]["message"]


def test_doctor_in_words_names_what_is_broken(
    here: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIDEO_FOUNDRY_DATA_DIR", "/proc/nowhere")
    done = here("doctor")
    assert done.code == 1
    assert "/proc/nowhere" in done.out


def test_migrate_may_be_run_twice(here: Command) -> None:
    for _ in range(2):
        done = here("migrate")
        assert done.code == 0
        assert "newest schema" in done.out


def test_openapi_is_the_document_that_the_server_gives_out(shell: Shell, here: Command) -> None:
    printed = shell.run("openapi").out
    assert printed == here("openapi").out, "the same bytes every time, whatever the process"
    assert json.loads(printed) == api_document()


def test_plan_in_words(shell: Shell, here: Command) -> None:
    shell.write("f.json", film("one", "two"))
    done = here("plan", "f.json")
    assert done.code == 0
    assert "2 to generate, 0 reused" in done.out
    assert "free" in done.out


def test_help_and_version_and_a_command_that_is_none(here: Command) -> None:
    helped = here("--help")
    for command in ("serve", "render", "plan", "models", "doctor", "migrate"):
        assert command in helped.out
    assert here("--version").out.startswith("video-foundry ")
    assert here("rendr").code == 2
    assert here("render").code == 2
