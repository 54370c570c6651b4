"""The layouts of previews: what covers a clip, in bounds, whatever the clip is like."""

import json
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.previews.sights import subject

from video_foundry.core.previews import (
    Proxy,
    Sheet,
    common_rate,
    filmstrips,
    outline,
    proxy_of,
    rest_after,
    waveform_of,
)
from video_foundry.core.timebase import FrameRate

seconds = st.fractions(min_value=Fraction(1, 60), max_value=7200, max_denominator=1000)
sizes = st.tuples(st.integers(1, 8192), st.integers(1, 8192))


@given(seconds, sizes)
@settings(max_examples=60)
def test_sheets_cover_a_clip_once_and_are_never_large(
    length: Fraction, size: tuple[int, int]
) -> None:
    strips = filmstrips(subject(seconds=length, size=size))
    for strip in strips:
        tiles = [n for s in strip.sheets for n in range(s.first, s.first + s.count)]
        assert tiles == list(range(strip.count))
        assert (strip.count - 1) * strip.step < length <= strip.count * strip.step
        for sheet in strip.sheets:
            assert sheet.size[0] <= 2560
            assert sheet.size[1] <= 960
            assert Sheet.of(json.loads(json.dumps(sheet.plain()))) == sheet
    assert strips[0].step <= 1, "one tile a second at least"
    assert len(strips[-1].sheets) == 1, "there is always one sheet that shows all of it"


@pytest.mark.parametrize(
    ("length", "steps"),
    [
        (5, ["1/2"]),
        (30, ["1/2"]),
        (31, ["1"]),
        (100, ["1"]),
        (600, ["1", "10"]),
        (7200, ["1", "120"]),
    ],
)
def test_steps_by_length(length: int, steps: list[str]) -> None:
    assert [str(s.step) for s in filmstrips(subject(seconds=length))] == steps


@given(seconds, sizes)
@settings(max_examples=60)
def test_proxies_are_even_small_and_keep_their_shape(
    length: Fraction, size: tuple[int, int]
) -> None:
    proxy = proxy_of(subject(seconds=length, size=size))
    assert proxy is not None
    assert proxy.width % 2 == proxy.height % 2 == 0
    assert min(proxy.width, proxy.height) <= 360
    assert max(proxy.width, proxy.height) <= 1280
    if 1 / 3 < size[0] / size[1] < 3 and min(size) >= 100:
        assert proxy.width / proxy.height == pytest.approx(size[0] / size[1], rel=0.04)
    assert Proxy.of(json.loads(json.dumps(proxy.plain()))) == proxy


@pytest.mark.parametrize(
    ("rate", "common"),
    [
        ("24", "24"),
        ("2997/100", "30000/1001"),
        ("23.976", "24000/1001"),
        ("16", "16"),
        ("120", "60"),
        ("7", "8"),
        (None, "24"),
    ],
)
def test_a_proxy_takes_the_nearest_common_rate(rate: str | None, common: str) -> None:
    assert str(common_rate(FrameRate.parse(rate) if rate else None)) == common


def test_what_has_no_picture_or_sound_has_no_preview_of_it() -> None:
    assert [s.kind for s in outline(subject("image", seconds=0)).steps] == ["sprite"]
    assert [s.kind for s in outline(subject("sound", size=(0, 0), rate=None)).steps] == ["waveform"]
    assert [s.kind for s in outline(subject(has_sound=False)).steps] == ["sprite", "proxy"]
    assert outline(subject("data")).steps == []
    assert waveform_of(subject(seconds=0)) is None


def test_the_overview_of_a_long_clip_is_made_first() -> None:
    steps = outline(subject(seconds=250)).steps
    sheets = [(s.spec["step"], s.spec["first"]) for s in steps if s.kind == "sprite"]
    assert sheets == [("5", 0), ("1", 0), ("1", 100), ("1", 200)]


def test_every_part_of_every_clip_is_another_step() -> None:
    one, other = subject(seconds=250), subject(seconds=251)
    marks = [step.fingerprint for found in (one, other) for step in outline(found).steps]
    assert len(marks) - len(set(marks)) == 2, "only the first two sheets of both are the same"


def test_a_failure_rests_longer_each_time_but_not_for_ever() -> None:
    rests = [rest_after(failures) for failures in (1, 2, 3, 9, 1000)]
    assert rests[:3] == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=4)]
    assert rests[3:] == [timedelta(days=7)] * 2
