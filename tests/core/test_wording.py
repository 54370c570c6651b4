"""Numbers that users write: what JSON can say is taken exactly, and can be read again."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.effects import from_json, to_json
from video_foundry.core.wording import LARGEST, exact
from video_foundry.errors import BadInput

LAST = Fraction(1, 10**40)
"""The least part of a number that counts."""

floats = st.floats(-LARGEST, LARGEST, exclude_min=True, exclude_max=True) | st.floats(-1e-9, 1e-9)


@law
@given(floats)
def test_every_float_is_a_number_and_is_read_again_as_the_same(value: float) -> None:
    number = exact(value, field="x")
    assert abs(number - Fraction(Decimal(repr(value)))) <= LAST / 2
    assert exact(str(number), field="x") == number


@law
@given(st.from_regex(r"-?[0-9]{1,18}(\.[0-9]{1,40})?", fullmatch=True, alphabet="-.0123456789"))
def test_every_decimal_is_what_it_says_and_is_read_again_as_the_same(text: str) -> None:
    number = exact(text, field="x")
    assert number == Fraction(text)
    assert exact(str(number), field="x") == number


@pytest.mark.parametrize("part", [1 / 1920, 1 / 3, 2 / 3 * 1e-3, 5.551115123125783e-17, 1e-300])
def test_small_parts_of_a_picture_go_through_json_and_back(part: float) -> None:
    effects = from_json({"framing": {"crop": {"left": part}, "x": -part}})
    assert from_json(to_json(effects)) == effects


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        1e18,
        10**18,
        "1e5",
        "1e-999999999",
        "1/0",
        "9" * 59 + "/1",
        "0." + "1" * 41,
        "1/3.5",
        "",
        "+1",
        True,
        None,
        [1],
    ],
)
def test_what_is_no_number_is_refused_by_its_field(value: object) -> None:
    with pytest.raises(BadInput) as refused:
        exact(value, field="framing.x")
    assert refused.value.problems[0].field == "framing.x"
