"""Overlays come and go: nothing before, themselves between, nothing after."""

from fractions import Fraction

import pytest

from video_foundry.core.animation import (
    ANIMATIONS,
    TRAVEL,
    Animation,
    Clip,
    LayerState,
    check_animation,
    coming,
    going,
    state_at,
)
from video_foundry.errors import BadInput


def is_hidden(state: LayerState) -> bool:
    clip = state.clip
    return state.opacity == 0 or clip.left >= clip.right or clip.top >= clip.bottom


@pytest.mark.parametrize("kind", ANIMATIONS)
def test_it_comes_from_nothing_and_leaves_nothing(kind: str) -> None:
    assert is_hidden(coming(kind, 0.0))
    assert is_hidden(going(kind, 1.0))
    whole = coming(kind, 1.0).combined(going(kind, 0.0))
    assert (whole.opacity, whole.x, whole.y, whole.clip) == (1, 0, 0, Clip())
    assert whole.scale == pytest.approx(1)


@pytest.mark.parametrize("kind", ANIMATIONS)
def test_on_the_way_it_shows_partly(kind: str) -> None:
    for state in (coming(kind, 0.3), going(kind, 0.7)):
        assert not is_hidden(state)
        assert state != LayerState()


def test_slides_and_reveals_move_on_the_way_they_came() -> None:
    enter, leave = coming("slide-left", 0.5), going("slide-left", 0.5)
    assert (enter.x, leave.x) == (TRAVEL / 2, -TRAVEL / 2)
    assert (coming("slide-down", 0.5).y, going("slide-down", 0.5).y) == (-TRAVEL / 2, TRAVEL / 2)
    assert coming("reveal-right", 0.25).clip == Clip(right=0.25)
    assert going("reveal-right", 0.25).clip == Clip(left=0.25)
    assert coming("reveal-up", 0.25).clip == Clip(top=0.75)


def test_a_pop_grows_a_little_too_far() -> None:
    sizes = [coming("pop", step / 20).scale for step in range(21)]
    assert sizes[0] == pytest.approx(0.6)
    assert 1.02 < max(sizes) < 1.1


def test_frames_of_a_layer() -> None:
    fade = Animation(kind="fade", frames=3, easing="linear")
    seen = [
        state_at(n, 10, opacity=Fraction(4, 5), animate_in=fade, animate_out=fade).opacity
        for n in range(10)
    ]
    assert seen == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8, 0.8, 0.8, 0.6, 0.4, 0.2])
    assert state_at(5, 10) == LayerState()


def test_short_layers_do_both_at_once() -> None:
    fade = Animation(kind="fade", frames=2, easing="linear")
    slide = Animation(kind="slide-up", frames=2, easing="linear")
    state = state_at(1, 2, animate_in=fade, animate_out=slide)
    assert state.opacity == pytest.approx(2 / 3 * 1 / 3)
    assert state.y < 0


def test_an_unknown_animation_is_refused() -> None:
    assert check_animation("pop", field="text.0.in.kind") == "pop"
    with pytest.raises(BadInput, match="known are fade, slide-left") as caught:
        check_animation("fly", field="text.0.in.kind")
    assert caught.value.problems[0].field == "text.0.in.kind"
