"""What every composing step starts from: the clip as it lies in the store, and the part of it that
is used. The steps themselves are `graph`'s matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from video_foundry.core.conforming import Coding
from video_foundry.core.timebase import FrameRate

COMPOSER_VERSION = 3
"""Raise when the pixels of any step may come out differently."""

DRAWN_ANEW: Mapping[str, int] = {"push": 2}
"""Families of transitions whose pixels alone came out differently since then: raise their number,
and only the pieces that hold one of them are made again."""

MOST_REMEMBERED = 16_384
"""Identities of one kind that a process keeps, so that a change of one segment of a thousand hashes
that segment alone. Each is a function of what it identifies: forgetting it costs time only."""

LENGTH_TOLERANCE = Fraction(1, 2)
"""Seconds by which a generated clip may miss the length that was asked for."""

STILL_SECONDS = Fraction(4)
"""How long an own image stands when the segment does not say how long."""

LONGEST_STILL = Fraction(600)
"""Seconds an own image may stand; longer is a mistake, not a wish."""


@dataclass(frozen=True, kw_only=True)
class Trim:
    """The part of a clip that is used, in seconds from its start; `end` None means to its end."""

    start: Fraction = Fraction(0)
    end: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A clip as it lies in the store. seconds: its length, 0 for an image.

    is_pending: it is still to be generated; `digest` then is its request's fingerprint and
    `seconds` what was asked for. coding: how its picture is coded, where that is known.
    """

    digest: str
    seconds: Fraction
    is_image: bool = False
    has_sound: bool = True
    asked_seconds: Fraction | None = None
    is_pending: bool = False
    coding: Coding | None = None


def settled_length(source: Source, rate: FrameRate) -> Fraction:
    """Seconds of a clip that count: what was asked for where the clip is near enough to it."""
    asked = source.asked_seconds
    if asked is None:
        return source.seconds
    one_frame = 1 / rate.fraction
    if source.seconds >= asked - one_frame and source.seconds - asked <= LENGTH_TOLERANCE:
        return asked
    return source.seconds
