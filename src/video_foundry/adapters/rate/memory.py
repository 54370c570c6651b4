"""Rate limits for workers of one process: an exact sliding window in memory, shared with nobody."""

import asyncio
import time
from collections import deque

MINUTE = 60.0
EARLY = 0.001
"""Seconds that an event loop's timer may be early."""


class MemoryRate:
    """At most `per_minute` requests to an account in any window of one minute, first come first.

    period: seconds that a "minute" lasts; only tests and demonstrations shorten it.
    """

    def __init__(self, *, period: float = MINUTE) -> None:
        self._period = period
        self._sent: dict[str, deque[float]] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def acquire(self, account: str, *, per_minute: int) -> None:
        """Wait until one request to `account` may be sent; 0 or less means there is no limit."""
        if per_minute <= 0:
            return
        sent = self._sent.setdefault(account, deque())
        # A busy loop wakes late. So a request counts from when it goes, not from when it was to go,
        # and whoever is behind it counts from there.
        async with self._turns.setdefault(account, asyncio.Lock()):
            if (seconds := self._seconds_to_wait(sent, per_minute)) > 0:
                await asyncio.sleep(seconds + EARLY)
            sent.append(time.monotonic())

    async def check(self) -> None:
        """Always there: it is this process."""

    async def aclose(self) -> None:
        """Nothing to release."""

    def _seconds_to_wait(self, sent: deque[float], per_minute: int) -> float:
        """Until one more breaks no window; 0 or less when it breaks none now."""
        now = time.monotonic()
        while sent and sent[0] <= now - self._period:
            sent.popleft()
        return sent[-per_minute] + self._period - now if len(sent) >= per_minute else 0.0
