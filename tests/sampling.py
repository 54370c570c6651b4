"""What is tested where there is more to test than time: a part of the pairs, the same each time,
and all of them every night. Nothing here knows what is tested.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

TURN = "VIDEO_FOUNDRY_TEST_TURN"
"""A number that says whose turn it is; 0 where it is not set, so that a commit that passes
will pass again: neither the day nor chance has a say."""
ALL = "VIDEO_FOUNDRY_TEST_ALL"
"""1: everything is tested at once."""

T = TypeVar("T")


def whose_turn() -> int:
    """The number that was asked for. Settled when the tests are collected, for all processes alike,
    and before the settings of this machine are taken away."""
    return int(os.environ.setdefault(TURN, "0"))


def is_all() -> bool:
    """Whether nothing is left for another turn."""
    return os.environ.get(ALL) == "1"


def turn(cases: Sequence[T], parts: int) -> list[T]:
    """Each `parts`-th of these, beginning with another one each turn; all where that is wanted. To
    be asked while tests are collected."""
    return list(cases) if is_all() else list(cases[whose_turn() % parts :: parts])
