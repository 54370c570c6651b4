"""The storyboard's pictures: one drawn by itself, and a shot that begins with one."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.adapters.models.test_storyboard import small

from video_foundry.adapters.models.storyboard.child import draw_still
from video_foundry.adapters.models.storyboard.encode import Frame
from video_foundry.adapters.models.storyboard.opening import DISSOLVE, HELD, opened, read_opening
from video_foundry.adapters.models.storyboard.shot import Shot

WHITE: Frame = np.full((4, 4, 3), 255, dtype=np.uint8)
BLACK: Frame = np.zeros((4, 4, 3), dtype=np.uint8)


def shares(frames: int) -> list[float]:
    """How much of the opening each frame of a shot of this length shows, 0..1."""
    return [float(opened(WHITE, BLACK, index, frames).mean()) / 255 for index in range(frames)]


def test_a_long_shot_holds_its_opening_and_dissolves_into_the_scene() -> None:
    shown = shares(10 * (HELD + DISSOLVE))
    assert set(shown[: HELD + 1]) == {1.0}
    assert shown[HELD + DISSOLVE // 2] == pytest.approx(0.5, abs=0.01)
    assert set(shown[HELD + DISSOLVE :]) == {0.0}


@pytest.mark.parametrize("frames", [1, 2, 5, 12, 24, 61])
def test_the_opening_never_takes_more_than_half_of_a_shot(frames: int) -> None:
    shown = shares(frames)
    assert shown[0] == 1.0
    assert shown == sorted(shown, reverse=True)
    assert not any(shown[(frames + 1) // 2 :])


def test_an_opening_fills_the_frame_and_keeps_its_middle(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (300, 100), "red")
    picture.paste("blue", (100, 0, 200, 100))
    picture.save(tmp_path / "wide.png")
    seen = read_opening(str(tmp_path / "wide.png"), (64, 64))
    assert seen.shape == (64, 64, 3)
    assert np.abs(seen[:, 4:-4].astype(int) - (0, 0, 255)).max() < 8


def test_a_still_is_the_first_frame_without_its_slate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request = small("A lighthouse above the ocean at golden hour", is_still=True)
    draw_still(request, tmp_path / "still.part")
    drawn = np.asarray(Image.open(tmp_path / "still.part").convert("RGB"))
    assert drawn.shape == (180, 320, 3)
    assert drawn.std() > 12, "the picture is nearly empty"
    difference = np.abs(Shot(request).frame(0).astype(int) - drawn)
    assert (difference > 24).any(), "the lettering of the shot is not in it"
    assert np.median(difference) < 8, "the picture is of the same scene"
    assert capsys.readouterr().out.split() == ["0.0100", "1.0000"]
