"""Listeners to events, one a project and replica, who connect again with the last sequence they
have; all of them on one thread. They note every event that comes out of turn."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

MOST_AT_ONCE = 60
"""Connections opened at the same time while everybody catches up."""


@dataclass(kw_only=True)
class Ear:
    """One listener. heard: the newest sequence; at: when each of the last events came."""

    url: str
    project: str
    heard: int = 0
    connections: int = 0
    out_of_turn: list[str] = field(default_factory=list)
    at: dict[int, float] = field(default_factory=dict)

    async def listen(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen_once()
            except (OSError, WebSocketException, TimeoutError):
                await asyncio.sleep(0.5)

    async def catch_up(self, newest: int, timeout: float) -> None:
        """Listen until event `newest` is there. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            listening = asyncio.create_task(self.listen())
            try:
                while self.heard < newest:  # noqa: ASYNC110 - told by another task, long ago or never
                    await asyncio.sleep(0.05)
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def _listen_once(self) -> None:
        address = f"{self.url}/api/projects/{self.project}/events?after={self.heard}"
        async with connect(
            address, open_timeout=10, close_timeout=2, ping_interval=5, ping_timeout=10, proxy=None
        ) as socket:
            self.connections += 1
            async for message in socket:
                self._hear(json.loads(message)["seq"])

    def _hear(self, sequence: int | None) -> None:
        if sequence is None:  # a live tick
            return
        if sequence != self.heard + 1:
            self.out_of_turn.append(f"{sequence} after {self.heard}")
        self.heard = sequence
        self.at[sequence] = time.time()


class Ears:
    """All listeners. Used from any thread; closed at the end."""

    def __init__(self, urls: Sequence[str]) -> None:
        self._urls = [url.replace("http", "ws", 1) for url in urls]
        self._loop = asyncio.new_event_loop()
        self._tasks: dict[str, list[Future[None]]] = {}
        self._thread = threading.Thread(target=self._loop.run_forever, name="ears", daemon=True)
        self._thread.start()
        self.of: dict[str, list[Ear]] = {}

    def listen(self, project: str) -> list[Ear]:
        """Listen to a project at every replica."""
        ears = self.of.setdefault(project, [Ear(url=u, project=project) for u in self._urls])
        self._tasks[project] = [
            asyncio.run_coroutine_threadsafe(ear.listen(), self._loop) for ear in ears
        ]
        return ears

    def rest(self, project: str) -> None:
        """Listen to it no more, for now."""
        for task in self._tasks.pop(project, ()):
            task.cancel()

    def catch_up(self, newest: Mapping[str, int], timeout: float) -> list[str]:
        """Let everybody hear what they have missed; returns who did not, and who heard wrongly."""
        for project in list(self._tasks):
            self.rest(project)
        done = asyncio.run_coroutine_threadsafe(self._catch_up(newest, timeout), self._loop)
        done.result()
        return [
            f"a listener of {ear.project} at {ear.url} heard {ear.heard} of {newest[ear.project]}, "
            f"out of turn: {ear.out_of_turn}"
            for project, ears in self.of.items()
            for ear in ears
            if ear.heard != newest[project] or ear.out_of_turn
        ]

    async def _catch_up(self, newest: Mapping[str, int], timeout: float) -> None:
        some = asyncio.Semaphore(MOST_AT_ONCE)

        async def one(ear: Ear) -> None:
            async with some:
                with contextlib.suppress(TimeoutError):
                    await ear.catch_up(newest[ear.project], timeout)

        await asyncio.gather(*(one(ear) for ears in self.of.values() for ear in ears))

    @property
    def connections(self) -> int:
        """How often anybody connected."""
        return sum(ear.connections for ears in self.of.values() for ear in ears)

    @property
    def heard(self) -> int:
        """Events heard, by everybody together."""
        return sum(ear.heard for ears in self.of.values() for ear in ears)

    def close(self) -> None:
        """End the thread."""
        for project in list(self._tasks):
            self.rest(project)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        if not self._loop.is_running():
            self._loop.close()
