"""What is still to be sent to other processes: small whatever happens, because a newer signal takes
the place of an older one. Nothing is sent here."""

import asyncio
from collections import OrderedDict

from video_foundry.ports.signal import NewEvents, Signal, Tick

PROJECTS = 10_000
"""Projects whose newest events may wait to be told; beyond it the longest waiting is dropped."""
TICKS = 1_000
"""Jobs whose latest tick may wait; beyond it the stalest is dropped."""


class Outbox:
    """The newest NewEvents of each project and the newest tick of each job."""

    def __init__(self) -> None:
        self.filled = asyncio.Event()
        self._news: OrderedDict[str, NewEvents] = OrderedDict()
        self._ticks: OrderedDict[str, Tick] = OrderedDict()

    def put(self, signal: Signal) -> None:
        """Add a signal, in the place of what it makes pointless."""
        if isinstance(signal, NewEvents):
            self._put_news(signal)
        else:
            self._ticks.pop(signal.job_id, None)
            self._ticks[signal.job_id] = signal
            if len(self._ticks) > TICKS:
                self._ticks.popitem(last=False)
        self.filled.set()

    def _put_news(self, news: NewEvents) -> None:
        waiting = self._news.get(news.project_id)
        if waiting is None or news.seq > waiting.seq:
            self._news[news.project_id] = news
        if len(self._news) > PROJECTS:
            self._news.popitem(last=False)

    def take(self, most: int) -> list[Signal]:
        """Up to `most` signals, those about events first."""
        taken: list[Signal] = []
        while self._news and len(taken) < most:
            taken.append(self._news.popitem(last=False)[1])
        while self._ticks and len(taken) < most:
            taken.append(self._ticks.popitem(last=False)[1])
        if not self._news and not self._ticks:
            self.filled.clear()
        return taken

    def give_back(self, signals: list[Signal]) -> None:
        """Keep what could not be sent, but for ticks: by the next time they are stale."""
        for signal in signals:
            if isinstance(signal, NewEvents):
                self.put(signal)
