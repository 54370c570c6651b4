"""What comes from outside is fit to be kept afterwards, or is left out; ids are never changed."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from video_foundry.core.foreign import DEAREST, fit_cost, fit_id, fit_share, fit_text
from video_foundry.core.money import Money

anything = st.text(st.characters(exclude_categories=()))
"""Lone surrogates and controls among it."""


STORED = f"stored:{'0' * 64}"
"""The id of a result that lies in our own store, which nobody else may give."""


@given(anything, st.integers(0, 50))
def test_any_text_can_be_written(told: str, longest: int) -> None:
    fit = fit_text(told, longest)
    assert "\x00" not in json.loads(json.dumps(fit.encode("utf-8").decode("utf-8")))
    assert len(fit) == min(len(told), longest)
    assert fit_text(fit, longest) == fit


def test_ordinary_words_stay_as_they_are() -> None:
    words = "Kling: zu viele Anfragen (429)\n\tspäter 再试 🎬"
    assert fit_text(words, 100) == words


@given(anything)
def test_an_id_is_kept_as_it_is_or_not_at_all(told: str) -> None:
    assert fit_id(told) in (told, None)


@pytest.mark.parametrize("told", [None, "", "  ", True, "a\x00b", "\ud800", "x" * 5000, STORED])
def test_what_is_no_id(told: object) -> None:
    assert fit_id(told) is None


@pytest.mark.parametrize("told", ["gen-1", 7, 0, "kept:/tmp/a folder"])
def test_what_is_an_id(told: object) -> None:
    assert fit_id(told) == str(told)


@pytest.mark.parametrize(
    ("told", "fit"),
    [(None, None), (float("nan"), None), (float("inf"), 1.0), (-1, 0.0), (0.25, 0.25)],
)
def test_progress(told: float | None, fit: float | None) -> None:
    assert fit_share(told) == fit


def test_only_money_is_a_cost() -> None:
    assert fit_cost(Money(amount=DEAREST)) == Money(amount=DEAREST)
    assert fit_cost(Money(amount=DEAREST + 1)) is None
    assert fit_cost(Money(amount=Decimal(5), currency="credits")) is None
    assert fit_cost(None) is None
