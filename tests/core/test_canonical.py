"""The canonical form: one value, one text; different values, different texts; never a float."""

import json
import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.canonical import SALT, canonical_json, fingerprint, plain

numbers = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
)
names = st.text(st.characters(exclude_categories=()), max_size=4).filter(
    lambda n: not n.startswith("$")
)
values = st.recursive(
    st.none() | st.booleans() | numbers | names,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


def floats_in(value: Any) -> list[float]:
    """Every float inside a JSON value."""
    match value:
        case float():
            return [value]
        case dict():
            return [f for v in value.values() for f in floats_in(v)]
        case list():
            return [f for v in value for f in floats_in(v)]
        case _:
            return []


@pytest.mark.parametrize("five", [5, 5.0, Decimal("5"), Decimal("5.00"), Decimal("0.5e1")])
def test_five_is_five_however_it_is_written(five: Any) -> None:
    assert fingerprint("test", 1, {"duration": five}) == fingerprint("test", 1, {"duration": 5})


@pytest.mark.parametrize(
    "half", [0.5, Decimal("0.5"), Decimal("0.500"), Decimal("5E-1"), Decimal("00.50")]
)
def test_a_half_is_a_half_however_it_is_written(half: Any) -> None:
    assert canonical_json(half) == '{"$decimal":"0.5"}'


@law
@given(values)
def test_no_float_reaches_the_hash(value: Any) -> None:
    assert floats_in(plain(value)) == []
    assert floats_in(json.loads(canonical_json(value), parse_float=float)) == []


@law
@given(values)
def test_the_canonical_form_of_the_canonical_form_is_itself(value: Any) -> None:
    assert plain(plain(value)) == plain(value)
    assert plain(json.loads(canonical_json(value))) == plain(value)


@law
@given(numbers, numbers)
def test_numbers_are_one_exactly_when_they_are_equal(one: Any, other: Any) -> None:
    exact = [Fraction(str(n)) if isinstance(n, float) else Fraction(n) for n in (one, other)]
    assert (canonical_json(one) == canonical_json(other)) == (exact[0] == exact[1])


def test_long_decimals_are_kept_to_the_last_digit() -> None:
    """Thirty digits are more than Python's decimal arithmetic keeps by itself."""
    near = [
        Decimal("0.123456789012345678901234567890"),
        Decimal("0.123456789012345678901234567891"),
    ]
    assert canonical_json(near[0]) != canonical_json(near[1])
    with localcontext(prec=3):
        assert canonical_json(near[0]) == '{"$decimal":"0.12345678901234567890123456789"}'


@law
@given(st.dictionaries(names, values, min_size=2, max_size=4))
def test_the_order_of_keys_does_not_count(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert fingerprint("test", 1, turned) == fingerprint("test", 1, value)


@law
@given(values, values)
def test_different_values_have_different_texts(one: Any, other: Any) -> None:
    same = json.dumps(plain(one), sort_keys=True) == json.dumps(plain(other), sort_keys=True)
    assert (canonical_json(one) == canonical_json(other)) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0, False), (0, None), ("5", 5), ([], {}), ("", None), ([1, 2], [2, 1])],
)
def test_values_that_look_alike_stay_apart(one: Any, other: Any) -> None:
    assert fingerprint("test", 1, one) != fingerprint("test", 1, other)


def test_kind_schema_and_salt_are_part_of_the_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = fingerprint("test", 1, "x")
    assert mark != fingerprint("toast", 1, "x")
    assert mark != fingerprint("test", 2, "x")
    monkeypatch.setattr("video_foundry.core.canonical.SALT", f"{SALT}-other")
    assert mark != fingerprint("test", 1, "x")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, Decimal("NaN")])
def test_what_is_no_number_has_no_form(value: Any) -> None:
    with pytest.raises(ValueError, match="no canonical form"):
        plain({"duration": value})


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), {1: "one"}, bytearray(b"x")])
def test_what_json_cannot_hold_has_no_form(value: Any) -> None:
    with pytest.raises(TypeError):
        plain([value])


def test_fractions_are_kept_exactly() -> None:
    assert canonical_json(Fraction(30000, 1001)) == '{"$fraction":"30000/1001"}'
