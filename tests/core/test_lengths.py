"""A clip that is clearly not as long as was asked for is named; what models round is not."""

from fractions import Fraction

import pytest

from video_foundry.core.composition import Trim
from video_foundry.core.lengths import clip_notice, length_notice, trim_notice


@pytest.mark.parametrize(
    ("asked", "seconds", "words"),
    [
        ("5", "1/24", "asked for 5 s, the clip has 0.04 s"),
        ("5", "4.4", "asked for 5 s, the clip has 4.4 s"),
        ("5", "5.6", "asked for 5 s, the clip has 5.6 s"),
        ("20", "17.9", "asked for 20 s, the clip has 17.9 s"),
        ("0.5", "1/24", "asked for 0.5 s, the clip has 0.04 s"),
    ],
)
def test_what_is_clearly_off_is_told(asked: str, seconds: str, words: str) -> None:
    assert length_notice(Fraction(asked), Fraction(seconds)) == words


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("5", "5"), ("5", "5.04"), ("5", "121/24"), ("5", "4.5"), ("20", "18"), ("0.5", "7/24")],
)
def test_what_a_model_rounds_is_not(asked: str, seconds: str) -> None:
    assert length_notice(Fraction(asked), Fraction(seconds)) is None


@pytest.mark.parametrize("asked", [None, "0", "-1"])
def test_a_model_that_chooses_its_own_length_is_never_off(asked: str | None) -> None:
    told = None if asked is None else Fraction(asked)
    assert length_notice(told, Fraction(1, 24)) is None


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("6", "9", "the trim begins at 6 s, the clip has 5 s"),
        ("5", None, "the trim begins at 5 s, the clip has 5 s"),
        ("1", "9", "the trim ends at 9 s, the clip has 5 s"),
        ("1", "5.5", None),
        ("1", None, None),
    ],
)
def test_a_trim_that_shows_less_than_it_says_is_told(
    start: str, end: str | None, words: str | None
) -> None:
    trim = Trim(start=Fraction(start), end=None if end is None else Fraction(end))
    assert trim_notice(trim, Fraction(5)) == words


def test_a_clip_that_is_too_short_is_told_before_its_trim() -> None:
    trim = Trim(start=Fraction(1), end=Fraction(9))
    told = clip_notice(Fraction(10), trim, Fraction(5))
    assert told == length_notice(Fraction(10), Fraction(5))
