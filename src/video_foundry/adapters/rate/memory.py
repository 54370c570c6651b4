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
        self._slots: dict[str, deque[float]] = {}

    async def acquire(self, account: str, *, per_minute: int) -> None:
        """Wait until one request to `account` may be sent; 0 or less means there is no limit."""
        if per_minute <= 0:
            return
        slots = self._slots.setdefault(account, deque())
        slot = self._reserve(slots, per_minute)
        try:
            if (wait := slot - time.monotonic()) > 0:
                await asyncio.sleep(wait + EARLY)
        except asyncio.CancelledError:
            # Nothing was sent, so whoever comes next may have the place.
            slots.remove(slot)
            raise

    async def check(self) -> None:
        """Always there: it is this process."""

    async def aclose(self) -> None:
        """Nothing to release."""

    def _reserve(self, slots: deque[float], per_minute: int) -> float:
        """Book the earliest moment that breaks no window; slots stay in ascending order."""
        now = time.monotonic()
        while slots and slots[0] <= now - self._period:
            slots.popleft()
        slot = max(now, slots[-1]) if slots else now
        if len(slots) >= per_minute:
            slot = max(slot, slots[-per_minute] + self._period)
        slots.append(slot)
        return slot
