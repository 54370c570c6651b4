"""What providers and plug-ins say, made fit to be written down and sent on: no database, JSON or
browser chokes on it. Pure; what it means is not known here."""

import math
import re
from decimal import Decimal

from video_foundry.core.answered import digest_in
from video_foundry.core.money import Money

LONGEST_CODE = 60
"""Characters of a code that are kept."""
LONGEST_REASON = 4000
"""Characters of a reason that are kept."""
LONGEST_ID = 4000
"""Characters of a provider's id; real ones have less than two hundred."""
DEAREST = Decimal(10_000_000)
"""Of any currency, for one generation."""

# NUL and lone surrogates cannot be stored as text; the other controls have no place in a sentence.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CURRENCY = re.compile(r"[A-Z]{3}")


def fit_text(told: object, longest: int) -> str:
    """Text as it can be kept; what cannot be written stands there as U+FFFD."""
    return _UNWRITABLE.sub("\ufffd", str(told))[:longest]


def fit_id(told: object) -> str | None:
    """A provider's id, exactly as it was told; None for nothing, and for what cannot be kept: an id
    that was changed would be of no use, and one like our own would name what is not theirs."""
    written = "" if told is None or isinstance(told, bool) else str(told)
    is_fit = bool(written.strip()) and not _UNWRITABLE.search(written)
    is_fit = is_fit and digest_in(written) is None
    return written if is_fit and len(written) <= LONGEST_ID else None


def fit_share(told: float | None) -> float | None:
    """Progress between 0 and 1; None for what is no number."""
    if told is None or not isinstance(told, int | float) or math.isnan(told):
        return None
    return min(1.0, max(0.0, float(told)))


def fit_cost(told: Money | None) -> Money | None:
    """A cost that can be booked; None for none, and for what no generation costs."""
    if told is None or told.amount > DEAREST or not _CURRENCY.fullmatch(told.currency):
        return None
    return told
