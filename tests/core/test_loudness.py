"""Loudness from measured hops: gating, the gain, and what bounds it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.loudness import (
    ENERGY_UNIT,
    GAIN_STEP,
    HOP,
    LARGEST_GAIN,
    MOST_LIMITING,
    PEAK_CEILING,
    PEAK_UNIT,
    Measurement,
    gain_for,
    integrated,
)


def energy(lufs: float) -> int:
    """Of a hop that sounds so loud."""
    return round(10 ** ((lufs + 0.691) / 10) * HOP * ENERGY_UNIT)


def measured(*hops: tuple[float, float]) -> Measurement:
    """(LUFS, peak as a factor) of each hop."""
    return Measurement(
        energies=tuple(energy(lufs) for lufs, _ in hops),
        peaks=tuple(round(peak * PEAK_UNIT) for _, peak in hops),
    )


SILENCE = Measurement(energies=(0,) * 96, peaks=(0,) * 96)


def test_even_sound_is_as_loud_as_each_of_its_hops() -> None:
    assert integrated([measured(*[(-23, 0.1)] * 50)]) == Decimal("-23.00")


def test_silence_has_no_loudness_and_is_not_raised() -> None:
    assert integrated([SILENCE, SILENCE]) is None
    assert gain_for([SILENCE], Decimal(-14)) == 0
    assert gain_for([], Decimal(-14)) == 0
    assert gain_for([measured(*[(-71, 0.001)] * 50)], Decimal(-14)) == 0


def test_pauses_and_quiet_passages_do_not_count() -> None:
    loud, quiet = measured(*[(-20, 0.3)] * 96), measured(*[(-45, 0.02)] * 96)
    found = integrated([loud, SILENCE, SILENCE, quiet, SILENCE])
    assert found is not None
    # The blocks that lie half in silence pull it down a little, as they do by the standard.
    assert abs(found + 20) < Decimal("0.15")


def test_the_relative_gate_is_10_below_what_is_audible() -> None:
    def mean(*parts: tuple[float, int]) -> float:
        found = integrated([measured(*[(lufs, 0.1)] * 96 * times) for lufs, times in parts])
        assert found is not None
        return float(found)

    assert mean((-20, 5), (-29, 5)) < -22, "9 LU below still counts"
    assert mean((-20, 5), (-34, 5)) > -20.3, "14 LU below does not"


@law
@given(
    hops=st.lists(st.tuples(st.floats(-60, -5), st.floats(0, 1)), min_size=4, max_size=80),
    cut=st.integers(0, 80),
)
def test_it_does_not_matter_where_windows_are_cut(
    hops: list[tuple[float, float]], cut: int
) -> None:
    whole = [measured(*hops)]
    parts = [measured(*hops[:cut]), measured(*hops[cut:])]
    assert integrated(parts) == integrated(whole)
    assert gain_for(parts, Decimal(-14)) == gain_for(whole, Decimal(-14))


@law
@given(st.lists(st.tuples(st.floats(-69, -5), st.floats(0.001, 1)), min_size=4, max_size=80))
def test_the_gain_comes_in_steps_and_within_bounds(hops: list[tuple[float, float]]) -> None:
    measures = [measured(*hops)]
    gain = gain_for(measures, Decimal(-16))
    found = integrated(measures)
    assert found is not None
    assert gain % GAIN_STEP == 0
    assert gain <= LARGEST_GAIN
    assert gain <= Decimal(-16) - found + GAIN_STEP / 2


def test_the_target_is_met_within_half_a_step() -> None:
    for tenths in range(-400, -100, 7):
        lufs = tenths / 10
        gain = gain_for([measured(*[(lufs, 0.05)] * 96)], Decimal(-20))
        assert abs(lufs + float(gain) + 20) <= 0.26


def test_a_small_edit_leaves_the_gain_alone() -> None:
    before = [measured(*[(-20.1, 0.3)] * 96) for _ in range(10)]
    after = [*before[:-1], measured(*[(-20.6, 0.3)] * 96)]
    assert integrated(before) != integrated(after)
    assert gain_for(before, Decimal(-14)) == gain_for(after, Decimal(-14))


def test_what_is_often_loud_is_not_pressed_down_too_far() -> None:
    measures = [measured(*[(-30, 1.0)] * 96)]
    assert gain_for(measures, Decimal(-5)) == PEAK_CEILING + MOST_LIMITING


def test_one_click_does_not_keep_a_quiet_film_quiet() -> None:
    speech = measured(*[(-30, 0.1)] * 95, (-30, 1.0))
    assert gain_for([speech] * 2, Decimal(-14)) < 16, "one of a hundred is not rare"
    still = measured(*[(-30, 0.1)] * 96)
    assert gain_for([speech, still, still], Decimal(-14)) == 16


def test_hardly_anything_is_raised_only_so_far() -> None:
    assert gain_for([measured(*[(-65, 0.001)] * 96)], Decimal(-14)) == LARGEST_GAIN


def test_no_target_means_no_gain() -> None:
    assert gain_for([measured(*[(-30, 0.1)] * 96)], None) == 0


def test_a_measurement_survives_json() -> None:
    one = measured((-20, 0.5), (-21, 0.25))
    assert Measurement.of(one.plain()) == one
