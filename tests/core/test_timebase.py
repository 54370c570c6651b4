"""Exact time: frames, seconds and samples agree at every rate and length, without rounding away."""

from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import RATES, law, rates

from video_foundry.core.timebase import SAMPLE_RATE, FrameRate
from video_foundry.errors import BadInput

DAY = 24 * 3600
frames = st.integers(0, 120 * DAY)


@law
@given(rates, frames)
def test_frames_to_seconds_and_back_is_exact(rate: FrameRate, count: int) -> None:
    assert rate.frames_in(rate.seconds_of(count)) == count


@law
@given(rates, st.fractions(0, DAY, max_denominator=10_000))
def test_the_nearest_frame_is_at_most_half_a_frame_away(rate: FrameRate, moment: Fraction) -> None:
    nearest = rate.seconds_of(rate.frames_in(moment))
    assert abs(nearest - moment) <= 1 / rate.fraction / 2


@law
@given(rates, frames)
def test_samples_are_the_nearest_whole_number(rate: FrameRate, count: int) -> None:
    exact = rate.seconds_of(count) * SAMPLE_RATE
    assert abs(rate.samples_of(count) - exact) <= Fraction(1, 2)


@law
@given(rates, st.lists(st.integers(1, 5000), max_size=40))
def test_cuts_of_sound_fall_where_those_of_the_picture_do(
    rate: FrameRate, lengths: list[int]
) -> None:
    """Shares taken from running totals never drift, however many clips there are."""
    edges = [rate.samples_of(total) for total in accumulate(lengths, initial=0)]
    shares = [end - start for start, end in pairwise(edges)]
    assert sum(shares) == rate.samples_of(sum(lengths))
    assert all(abs(s - rate.samples_of(n)) <= 1 for s, n in zip(shares, lengths, strict=True))


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_one_whole_period_has_its_whole_number_of_samples(rate: FrameRate) -> None:
    assert rate.samples_of(rate.num) == rate.den * SAMPLE_RATE


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_rate_is_read_back_from_what_it_shows(rate: FrameRate) -> None:
    assert FrameRate.parse(str(rate)) == rate
    assert FrameRate.parse(rate.fraction) == FrameRate.parse(rate) == rate


@pytest.mark.parametrize(
    ("written", "num", "den"),
    [
        (24, 24, 1),
        (24.0, 24, 1),
        ("24", 24, 1),
        (" 25 ", 25, 1),
        (29.97, 30000, 1001),
        ("29.97", 30000, 1001),
        (Decimal("23.976"), 24000, 1001),
        (23.98, 24000, 1001),
        (59.94, 60000, 1001),
        (47.952, 48000, 1001),
        ("30000/1001", 30000, 1001),
        ("60000/2002", 30000, 1001),
        (12.5, 25, 2),
    ],
)
def test_rates_as_people_write_them(written: Any, num: int, den: int) -> None:
    assert FrameRate.parse(written) == FrameRate(num=num, den=den)


@pytest.mark.parametrize("written", ["", "fast", "24/0", "nan", "inf", 0, -24, "-1/2", "24fps"])
def test_what_is_no_rate_names_the_field_and_what_to_write(written: Any) -> None:
    with pytest.raises(BadInput) as caught:
        FrameRate.parse(written)
    assert [p.field for p in caught.value.problems] == ["fps"]
