"""The golden scenes: what the composition shows and lets hear, frame for frame. The editor's
preview answers to the same files (web/src/engine/scene/scene.test.ts)."""

import json

import pytest

from tools.scene_vectors import FOLDER, SCENES
from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.title_presets import PRESETS
from video_foundry.core.transitions import CATALOGUE
from video_foundry.testing.scenes import scenes_of


@pytest.mark.parametrize("name", SCENES)
def test_the_composition_answers_as_the_golden_scenes_say(name: str) -> None:
    told = json.loads((FOLDER / f"{name}.json").read_text())
    assert told["project"] == json.loads(json.dumps(SCENES[name]()))
    found = scenes_of(told["project"])
    assert len(found) == len(told["frames"])
    for frame, (is_now, was) in enumerate(zip(found, told["frames"], strict=True)):
        assert is_now == was, f"frame {frame}"


def test_every_transition_preset_and_movement_is_among_them() -> None:
    segments = SCENES["transitions"]()["segments"]
    assert {one["transition"]["kind"] for one in segments[:-1]} == {kind.name for kind in CATALOGUE}
    fields = [one["fields"] for one in SCENES["overlays"]()["items"]]
    assert {one["preset"] for one in fields if "preset" in one} == set(PRESETS)
    moves = [one["animate_in"]["kind"] for one in fields if isinstance(one.get("animate_in"), dict)]
    assert set(moves) >= set(ANIMATIONS)
