"""Live signals within one process: a small mailbox a subscriber, no history and no storage."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from video_foundry.ports.signal import NewEvents, Signal, Tick

MAILBOX_TICKS = 256
"""Jobs whose latest tick one slow reader may have waiting; beyond it the stalest tick is lost."""


class _Mailbox:
    """What one reader has not read yet: the newest NewEvents and the newest tick of each job."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._news: NewEvents | None = None
        self._ticks: OrderedDict[str, Tick] = OrderedDict()
        self._arrived = asyncio.Event()
        self._closed = False

    def put(self, signal: Signal) -> None:
        if isinstance(signal, NewEvents):
            if self._news is None or signal.seq > self._news.seq:
                self._news = signal
        else:
            self._ticks.pop(signal.job_id, None)
            self._ticks[signal.job_id] = signal
            if len(self._ticks) > self._capacity:
                self._ticks.popitem(last=False)
        self._arrived.set()

    def close(self) -> None:
        self._closed = True
        self._arrived.set()

    def __aiter__(self) -> AsyncIterator[Signal]:
        return self

    async def __anext__(self) -> Signal:
        while not self._closed:
            if (signal := self._take()) is not None:
                return signal
            self._arrived.clear()
            await self._arrived.wait()
        raise StopAsyncIteration

    def _take(self) -> Signal | None:
        if self._news is not None:
            news, self._news = self._news, None
            return news
        return self._ticks.popitem(last=False)[1] if self._ticks else None


class InProcessSignal:
    """Publish and subscribe per project inside one event loop; publishing never waits."""

    def __init__(self, *, mailbox_ticks: int = MAILBOX_TICKS) -> None:
        self._mailbox_ticks = mailbox_ticks
        self._readers: dict[str, set[_Mailbox]] = {}

    async def publish(self, signal: Signal) -> None:
        """Put the signal into the mailbox of whoever listens now."""
        for mailbox in self._readers.get(signal.project_id, ()):
            mailbox.put(signal)

    @asynccontextmanager
    async def subscribe(self, project_id: str) -> AsyncIterator[AsyncIterator[Signal]]:
        """Signals of one project until the context is left, which also ends the iteration."""
        mailbox = _Mailbox(self._mailbox_ticks)
        self._readers.setdefault(project_id, set()).add(mailbox)
        try:
            yield mailbox
        finally:
            self._leave(project_id, mailbox)

    async def check(self) -> None:
        """Always there: it is this process."""

    async def aclose(self) -> None:
        """Nothing to release."""

    def _leave(self, project_id: str, mailbox: _Mailbox) -> None:
        mailbox.close()
        readers = self._readers[project_id]
        readers.discard(mailbox)
        if not readers:
            del self._readers[project_id]
