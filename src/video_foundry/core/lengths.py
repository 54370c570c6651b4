"""Whether a clip is as long as it was asked for, in words for people where it clearly is not. What
the film does with its length is decided in `composition`."""

from fractions import Fraction

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


def _slack(asked: Fraction) -> Fraction:
    return max(min(SLACK_SECONDS, asked / 2), asked * SLACK_SHARE)


def _words(seconds: Fraction) -> str:
    return f"{float(seconds):.2f}".rstrip("0").rstrip(".")
