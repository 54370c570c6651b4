"""How much may be heard in one film: beyond this, planning it and mixing a window of it would take
without bound. What a single sound may be is `sound`'s matter."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush

from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.errors import BadInput

MOST_AT_ONCE = 100
"""Sounds beside the clips' own that are heard at the same moment."""

MOST_BEGINNINGS = 200_000
"""Times that sounds begin, repetitions among them: half a second, again and again, for a day."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One sound on the film, from `start` to before `end` in samples. where: the field that
    messages name, such as "audio.3". times: how often it begins."""

    start: int
    end: int
    where: str
    times: int = 1


def check_beginning(begun: int, one: Heard) -> int:
    """Beginnings up to now, those of another sound among them. Raises BadInput for too many."""
    together = begun + one.times
    if together > MOST_BEGINNINGS:
        raise BadInput(
            f"with its {one.times:,} repetitions the film's sounds begin {together:,} times; "
            f"{MOST_BEGINNINGS:,} are the most",
            field=f"{one.where}.loop",
            fix="repeat a longer stretch of sound, or end the repetition earlier",
            code="bad_sound",
        )
    return together


def check_at_once(sounds: Iterable[Heard]) -> None:
    """Raises BadInput, naming the sound, where more are heard at once than can be mixed."""
    ends: list[int] = []
    for one in sorted(sounds, key=lambda each: each.start):
        while ends and ends[0] <= one.start:
            heappop(ends)
        heappush(ends, one.end)
        if len(ends) > MOST_AT_ONCE:
            moment = float(Fraction(one.start, SAMPLE_RATE))
            raise BadInput(
                f"more than {MOST_AT_ONCE} sounds are heard at once, from {moment:g} s on",
                field=f"{one.where}.start",
                fix=f"let at most {MOST_AT_ONCE} of them be heard at a time, or join some into one",
                code="bad_sound",
            )
