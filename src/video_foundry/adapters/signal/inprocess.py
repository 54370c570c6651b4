"""Live signals within one process: publishing puts them into the readers' mailboxes, no further."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from video_foundry.adapters.signal.mailbox import MAILBOX_TICKS, Readers
from video_foundry.ports.signal import Signal


class InProcessSignal:
    """Publish and subscribe per project inside one event loop; publishing never waits."""

    def __init__(self, *, mailbox_ticks: int = MAILBOX_TICKS) -> None:
        self._readers = Readers(mailbox_ticks)

    async def publish(self, signal: Signal) -> None:
        """Put the signal into the mailbox of whoever listens now."""
        self._readers.put(signal)

    @asynccontextmanager
    async def subscribe(self, project_id: str) -> AsyncIterator[AsyncIterator[Signal]]:
        """Signals of one project until the context is left, which also ends the iteration."""
        with self._readers.join(project_id) as mailbox:
            yield mailbox

    async def check(self) -> None:
        """Always there: it is this process."""

    async def aclose(self) -> None:
        """Nothing to release."""
