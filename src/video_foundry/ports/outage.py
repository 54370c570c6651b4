"""How an adapter speaks of a part of the installation that comes and goes: one line in the log when
it is lost, one when it is back, a count of the failures between, and how long to rest. Nothing
connects here."""

import random
import time
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

import structlog

from video_foundry.errors import PartUnavailable
from video_foundry.ports.metrics import PART_FAILURES

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
"""Seconds between attempts to reach a lost part: doubled each time, and spread by half."""
STEADY_SECONDS = 30.0
"""A part that was back for less than this is still failing, as far as pauses go."""
HIDDEN = "[hidden]"

logger = structlog.get_logger(__name__)


def passwords_in(url: str) -> frozenset[str]:
    """The password of an address, as written and as meant; empty where there is none."""
    try:
        written = urlsplit(url).password or ""
    except ValueError:
        return frozenset()
    return frozenset({written, unquote(written)} - {""})


class Outage:
    """Whether a part works now, told once per change.

    part: as in PartUnavailable. meanwhile: what its absence costs, for the log.
    secrets: never to be seen in the log or in an error.
    """

    def __init__(self, part: str, *, meanwhile: str, secrets: Collection[str] = ()) -> None:
        self._part = part
        self._meanwhile = meanwhile
        self._secrets = sorted(secrets, key=len, reverse=True)
        self._failures = 0
        self._reason: str | None = None
        self._is_refusal = False
        self._changed_at = time.monotonic()

    @property
    def is_on(self) -> bool:
        """Whether the last attempt failed."""
        return self._reason is not None

    def failed(self, error: BaseException) -> None:
        """An attempt failed: counted, and logged when the one before it worked."""
        PART_FAILURES.labels(part=self._part).inc()
        first = self._reason is None
        self._reason = self.describe(error)
        self._is_refusal = _refuses(error)
        if first:
            if self._seconds_so() > STEADY_SECONDS:
                self._failures = 0
            self._changed_at = time.monotonic()
            logger.warning(
                f"the {self._part} cannot be reached; trying again until it can",
                part=self._part,
                meanwhile=self._meanwhile,
                error=self._reason,
            )
        self._failures += 1

    def works(self) -> None:
        """An attempt worked: logged when the one before it failed."""
        if self._reason is None:
            return
        away = round(self._seconds_so(), 1)
        logger.info(f"the {self._part} is back", part=self._part, seconds_away=away)
        self._reason = None
        self._changed_at = time.monotonic()

    def pause(self) -> float:
        """Seconds to rest before the next attempt; processes that failed together drift apart."""
        steps = min(max(self._failures - 1, 0), 16)
        longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**steps)
        return longest * random.uniform(0.5, 1.5)  # noqa: S311 - spreads attempts, no secret

    def _seconds_so(self) -> float:
        return time.monotonic() - self._changed_at

    def describe(self, error: BaseException) -> str:
        """What went wrong, in words without a secret."""
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def unavailable(self, error: BaseException | None = None) -> PartUnavailable:
        """The error for a caller who needs the part now."""
        reason = self.describe(error) if error is not None else self._reason
        message = f"the {self._part} cannot be reached: {reason or 'there is no connection yet'}"
        refused = _refuses(error) if error is not None else self._is_refusal
        return PartUnavailable(self._part, message, is_refusal=refused)


REFUSALS = (
    "AuthenticationError",
    "NoPermissionError",
    "InvalidUsername",
    "AccessRefused",
    "ConnectionNotAllowed",
)
"""Ends of the names of errors by which servers say that they know us not, or that they have not
what we ask for: no such virtual host."""
REFUSING_WORDS = ("DB index is out of range", "invalid DB index")
"""What a Redis says, in an error that has no name of its own, of a database that it has not."""


def _refuses(error: BaseException) -> bool:
    if type(error).__name__.endswith(REFUSALS):
        return True
    return any(words in str(error) for words in REFUSING_WORDS)
