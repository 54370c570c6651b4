"""The composition graph: the composing steps a film is made of, each with a fingerprint.

Steps name their inputs by content digest, so a step whose inputs did not change is never done
again. Room for transitions, text and sound tracks: they are further kinds of step between
`normalise` and `master`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from video_foundry.core.canonical import fingerprint
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate

COMPOSER_VERSION = 1
"""Raise when the pixels or samples of any step may come out differently."""

LENGTH_TOLERANCE = Fraction(1, 2)
"""Seconds by which a generated clip may miss the length that was asked for."""

STILL_SECONDS = Fraction(4)
"""How long an own image stands when the segment does not say how long."""

LONGEST_STILL = Fraction(600)
"""Seconds an own image may stand; longer is a mistake, not a wish."""

StepKind = Literal["normalise", "master"]


@dataclass(frozen=True, kw_only=True)
class Trim:
    """The part of a clip that is used, in seconds from its start; `end` None means to its end."""

    start: Fraction = Fraction(0)
    end: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class Source:
    """A clip as it lies in the store. seconds: its length, 0 for an image."""

    digest: str
    seconds: Fraction
    is_image: bool = False
    asked_seconds: Fraction | None = None


@dataclass(frozen=True, kw_only=True)
class ClipUse:
    """How one clip is used: from `start` seconds, for `frames` frames of the project."""

    digest: str
    start: Fraction
    frames: int


def use_of(source: Source, trim: Trim | None, rate: FrameRate) -> ClipUse:
    """Which frames of a clip the film shows.

    A generated clip that came a little longer than asked for is cut to what was asked for; one that
    is up to a frame short is held on its last frame.
    """
    trim = trim or Trim()
    if source.is_image:
        wanted = trim.end - trim.start if trim.end is not None else STILL_SECONDS
        return ClipUse(digest=source.digest, start=Fraction(0), frames=_at_least_one(rate, wanted))
    length = settled_length(source, rate)
    end = length if trim.end is None else min(trim.end, length)
    return ClipUse(
        digest=source.digest, start=trim.start, frames=_at_least_one(rate, end - trim.start)
    )


def settled_length(source: Source, rate: FrameRate) -> Fraction:
    """Seconds of a clip that count: what was asked for where the clip is near enough to it."""
    asked = source.asked_seconds
    if asked is None:
        return source.seconds
    one_frame = 1 / rate.fraction
    if source.seconds >= asked - one_frame and source.seconds - asked <= LENGTH_TOLERANCE:
        return asked
    return source.seconds


def _at_least_one(rate: FrameRate, seconds: Fraction) -> int:
    return max(1, rate.frames_in(seconds))


def expected_frames(seconds: Fraction | None, trim: Trim | None, rate: FrameRate) -> int | None:
    """Frames a clip still to be made will give, None where the model decides its length."""
    if seconds is None:
        return None
    return use_of(Source(digest="", seconds=seconds), trim, rate).frames


def normalise_fingerprint(use: ClipUse, profile: OutputProfile) -> str:
    """Identity of a normalised clip: which frames of which bytes, brought to which picture."""
    return fingerprint(
        "normalise",
        COMPOSER_VERSION,
        {"digest": use.digest, "start": use.start, "frames": use.frames, **_picture(profile)},
    )


def master_fingerprint(uses: Sequence[ClipUse], profile: OutputProfile) -> str:
    """Identity of a film: its normalised clips in order, and the loudness of its sound."""
    clips = [normalise_fingerprint(use, profile) for use in uses]
    return fingerprint(
        "master",
        COMPOSER_VERSION,
        {"clips": clips, "loudness": profile.loudness_lufs, **_picture(profile)},
    )


def _picture(profile: OutputProfile) -> dict[str, Any]:
    return {"width": profile.width, "height": profile.height, "fps": profile.fps.fraction}
