"""What follows from a value that never changes, kept with it: worked out again only where it is to
follow from something else. Nothing is kept here for longer than the value itself lives."""

from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")


def kept_with(holder: object, name: str, of: tuple[object, ...], make: Callable[[], R]) -> R:
    """What `make` answers, from the last time where that was made of the same.

    holder: a value that never changes. of: everything beside it that the answer follows from. name:
    what is worked out, as an attribute's name that the holder does not use.
    """
    slots = vars(holder)
    before = slots.get(name)
    if before is not None and before[0] == of:
        kept: R = before[1]
        return kept
    made = make()
    slots[name] = (of, made)
    return made
