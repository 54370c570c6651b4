"""What every carrier of signals shares within one process: a small mailbox for each reader, kept by
project. Nothing here leaves the process, and nothing is kept for who comes later."""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator

from video_foundry.ports.signal import NewEvents, Signal, Tick

MAILBOX_TICKS = 256
"""Jobs whose latest tick one slow reader may have waiting; beyond it the stalest tick is lost."""


class Mailbox:
    """What one reader has not read yet: the newest NewEvents and the newest tick of each job."""

    def __init__(self, capacity: int = MAILBOX_TICKS) -> None:
        self._capacity = capacity
        self._news: NewEvents | None = None
        self._ticks: OrderedDict[str, Tick] = OrderedDict()
        self._arrived = asyncio.Event()
        self._closed = False

    def put(self, signal: Signal) -> None:
        """Keep the signal; an older one that it makes pointless is dropped."""
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
        """End the iteration."""
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


class Readers:
    """The mailboxes of this process, by project."""

    def __init__(self, mailbox_ticks: int = MAILBOX_TICKS) -> None:
        self._mailbox_ticks = mailbox_ticks
        self._of: dict[str, set[Mailbox]] = {}

    @contextlib.contextmanager
    def join(self, project_id: str) -> Iterator[Mailbox]:
        """A mailbox for what comes from now on until the block ends."""
        mailbox = Mailbox(self._mailbox_ticks)
        self._of.setdefault(project_id, set()).add(mailbox)
        try:
            yield mailbox
        finally:
            mailbox.close()
            self._of[project_id].discard(mailbox)
            if not self._of[project_id]:
                del self._of[project_id]

    def put(self, signal: Signal) -> None:
        """Into every mailbox of the signal's project."""
        for mailbox in self._of.get(signal.project_id, ()):
            mailbox.put(signal)
