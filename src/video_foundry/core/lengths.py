"""Whether a clip is as long as it was asked for and as its trim says, in words for people where it
clearly is not. What the film does with its length is decided in `composition` and `film`."""

from fractions import Fraction

from video_foundry.core.composition import Trim

SLACK_SECONDS = Fraction(1, 2)
SLACK_SHARE = Fraction(1, 10)
"""How far a clip may be from what was asked for, the larger of the two: models count in frames,
and in groups of them. Of a short clip no more than half may be missing."""


def length_notice(asked: Fraction | None, seconds: Fraction) -> str | None:
    """That a clip of so many seconds is clearly shorter or longer than was asked for; None where it
    fits, or where the model chose the length (`asked` is None then, or not above 0)."""
    if asked is None or asked <= 0 or abs(seconds - asked) <= _slack(asked):
        return None
    return f"asked for {_words(asked)} s, the clip has {_words(seconds)} s"


def trim_notice(trim: Trim | None, seconds: Fraction) -> str | None:
    """That a trim clearly reaches past a clip of so many seconds, and so shows less than it says;
    None where it does not."""
    if trim is None:
        return None
    if trim.start >= seconds:
        return f"the trim begins at {_words(trim.start)} s, the clip has {_words(seconds)} s"
    if trim.end is None or trim.end - seconds <= _slack(trim.end):
        return None
    return f"the trim ends at {_words(trim.end)} s, the clip has {_words(seconds)} s"


def clip_notice(asked: Fraction | None, trim: Trim | None, seconds: Fraction) -> str | None:
    """The first of the two that holds: where a clip is too short, its trim is not to blame."""
    return length_notice(asked, seconds) or trim_notice(trim, seconds)


def _slack(asked: Fraction) -> Fraction:
    return max(min(SLACK_SECONDS, asked / 2), asked * SLACK_SHARE)


def _words(seconds: Fraction) -> str:
    return f"{float(seconds):.2f}".rstrip("0").rstrip(".")
