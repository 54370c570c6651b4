"""Wake-up hints for workers in the server's own event loop. No job is kept here: jobs are rows."""

import asyncio

from video_foundry.ports.wake import JobKind


class InProcessWake:
    """One remembered hint a kind.

    A hint wakes every worker waiting for that kind, since several jobs may stand behind one hint.
    When nobody waits it is kept for the next one to ask, so that none falls between a worker's
    look at the rows and its wait.
    """

    def __init__(self) -> None:
        self._hints: dict[JobKind, asyncio.Event] = {
            "generate": asyncio.Event(),
            "compose": asyncio.Event(),
        }

    async def notify(self, kind: JobKind) -> None:
        """Say that a job of this kind may be claimable."""
        self._hints[kind].set()

    async def wait(self, kind: JobKind, timeout: float) -> bool:
        """Wait until notified (True) or until `timeout` seconds have passed (False)."""
        hint = self._hints[kind]
        try:
            async with asyncio.timeout(max(timeout, 0)):
                await hint.wait()
        except TimeoutError:
            return False
        hint.clear()
        return True

    async def check(self) -> None:
        """Always there: it is this process."""

    async def aclose(self) -> None:
        """Nothing to release."""
