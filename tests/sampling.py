"""What is tested today where there is more to test than time: every value of every axis each day,
and their pairs in turn, so that all of it is tested within days. Nothing here knows what is tested.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

DAY = "VIDEO_FOUNDRY_TEST_DAY"
"""A number that says whose turn it is: the same number tests the same again."""
ALL = "VIDEO_FOUNDRY_TEST_ALL"
"""1: everything is tested at once."""

T = TypeVar("T")


def today() -> int:
    """The number of this day. Settled when the tests are collected, for all processes alike."""
    days = (datetime.now(UTC) - datetime(2026, 1, 1, tzinfo=UTC)).days
    return int(os.environ.setdefault(DAY, str(days)))


def is_all() -> bool:
    """Whether nothing is left for another day."""
    return os.environ.get(ALL) == "1"


def turn(cases: Sequence[T], parts: int) -> list[T]:
    """Each `parts`-th of these, beginning with another every day; all where that is wanted. To be
    asked while tests are collected."""
    return list(cases) if is_all() else list(cases[today() % parts :: parts])
