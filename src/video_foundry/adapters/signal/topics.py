"""Which projects this process listens to, and for which of them the server has said that it does.
Nothing is sent here."""

import asyncio
import contextlib
from collections.abc import Iterator


class _Topic:
    """One project: how many want it, and whether the present line was asked for it and has it."""

    def __init__(self) -> None:
        self.holders = 0
        self.asked = False
        self.confirmed = asyncio.Event()


class Topics:
    """What is wanted, against what the present line to the server carries."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self._of: dict[str, _Topic] = {}

    @contextlib.contextmanager
    def hold(self, project_id: str) -> Iterator[None]:
        """Want this project until the block ends."""
        topic = self._of.setdefault(project_id, _Topic())
        topic.holders += 1
        self.changed.set()
        try:
            yield
        finally:
            topic.holders -= 1
            self.changed.set()

    async def carried(self, project_id: str, seconds: float) -> None:
        """Wait until the server has confirmed a wanted project, but no longer than `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._of[project_id].confirmed.wait()

    def reset(self) -> None:
        """A new line carries nothing yet."""
        for topic in self._of.values():
            topic.asked = False
            topic.confirmed.clear()
        self.changed.set()

    def take_changes(self) -> tuple[list[str], list[str]]:
        """Projects to begin and to end on the line; the caller asks for both, in this order."""
        self.changed.clear()
        begin = [each for each, topic in self._of.items() if topic.holders and not topic.asked]
        for project_id in begin:
            self._of[project_id].asked = True
        unwanted = [each for each, topic in self._of.items() if not topic.holders]
        return begin, [each for each in unwanted if self._forget(each)]

    def _forget(self, project_id: str) -> bool:
        """Drop a topic nobody wants; returns whether it is to be ended on the line. One that is
        asked for is kept until the answer is in, lest the answer be taken for a later one's."""
        topic = self._of[project_id]
        if topic.asked and not topic.confirmed.is_set():
            return False
        del self._of[project_id]
        return topic.asked

    def confirm(self, project_id: str) -> None:
        """The server has answered: from now on it sends the project's signals."""
        topic = self._of.get(project_id)
        if topic is not None:
            topic.confirmed.set()
            self.changed.set()
