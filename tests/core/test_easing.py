"""Curves run from 0 to 1, never backwards, and mean the same exactly and in floats."""

from fractions import Fraction

import pytest

from video_foundry.core.easing import EASINGS, check_easing, ease, progress_at
from video_foundry.errors import BadInput

STEPS = [Fraction(n, 40) for n in range(41)]


@pytest.mark.parametrize("name", EASINGS)
def test_a_curve_runs_from_start_to_end_and_never_back(name: str) -> None:
    values = [ease(name, p) for p in STEPS]
    assert (values[0], values[-1]) == (Fraction(0), Fraction(1))
    assert values == sorted(values)
    assert all(isinstance(value, Fraction) for value in values)


@pytest.mark.parametrize("name", EASINGS)
def test_floats_follow_the_exact_curve(name: str) -> None:
    for p in STEPS:
        assert ease(name, float(p)) == pytest.approx(float(ease(name, p)), abs=1e-12)


@pytest.mark.parametrize("name", EASINGS)
def test_before_and_after_it_holds(name: str) -> None:
    assert (ease(name, Fraction(-3)), ease(name, Fraction(7, 2))) == (Fraction(0), Fraction(1))
    assert (ease(name, -0.1), ease(name, 1.5)) == (0.0, 1.0)


def test_curves_are_what_their_names_say() -> None:
    quarter = Fraction(1, 4)
    assert ease("linear", quarter) == quarter
    assert ease("ease-in", quarter) == Fraction(1, 64)
    assert ease("ease-out", quarter) == 1 - Fraction(27, 64)
    assert ease("ease-in-out", quarter) == Fraction(1, 16)
    assert ease("smooth", quarter) == Fraction(5, 32)
    assert ease("smoother", quarter) == Fraction(53, 512)
    assert all(ease(name, Fraction(1, 2)) == Fraction(1, 2) for name in EASINGS if "-" not in name)


def test_an_unknown_curve_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput) as caught:
        check_easing("ease-inn", field="transition.easing")
    [problem] = caught.value.problems
    assert problem.field == "transition.easing"
    assert problem.fix is not None
    assert problem.fix.startswith("use 'ease-in'")
    assert all(name in problem.message for name in EASINGS)


def test_no_frame_of_a_change_repeats_its_neighbour() -> None:
    steps = [progress_at(frame, 5) for frame in range(-1, 6)]
    assert steps == [Fraction(n, 6) for n in range(7)]
