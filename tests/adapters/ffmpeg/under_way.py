"""Cancelling work at a moment when it is certainly under way."""

import asyncio

import pytest

STUCK = 60.0
"""Seconds that only a stuck program takes."""


class UnderWay:
    """The first progress that some work tells of. Hearing of it never ends, so that the work cannot
    have ended either."""

    def __init__(self) -> None:
        self._is_there = asyncio.Event()

    async def reached(self, _done: float) -> None:
        """To be given to the work, for its progress."""
        self._is_there.set()
        await asyncio.Event().wait()

    async def cancel(self, work: "asyncio.Task[None]") -> None:
        """Wait for the moment, cancel the work, and see it end."""
        async with asyncio.timeout(STUCK):
            await self._is_there.wait()
            work.cancel()
            with pytest.raises(asyncio.CancelledError):
                await work
