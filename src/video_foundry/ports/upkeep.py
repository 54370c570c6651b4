"""Keeps one connection for an adapter: opens it, serves over it until it is lost, rests, and opens
another. What is opened and served is the adapter's."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Coroutine
from typing import Any, TypeVar

from video_foundry.ports.outage import Outage

T = TypeVar("T")

CANCEL_SECONDS = 0.1
"""How long a cancelled task may take before it is cancelled again."""


class Upkeep:
    """One task that runs `session` again and again until stopped.

    session: opens a connection, calls what it is given once the connection serves, and serves until
    it is lost, which it says by raising. Nothing it raises goes further than `outage`.
    """

    def __init__(
        self,
        session: Callable[[Callable[[], None]], Awaitable[None]],
        outage: Outage,
        *,
        name: str,
    ) -> None:
        self._session = session
        self._outage = outage
        self._name = name
        self._tried = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopped = False

    def start(self) -> None:
        """Begin, if that has not been done; needs a running event loop."""
        if self._task is None and not self._stopped:
            self._task = asyncio.create_task(self._run(), name=self._name)

    async def settled(self, seconds: float) -> None:
        """Wait until the first attempt has worked or failed, but no longer than `seconds`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._tried.wait()

    async def stop(self) -> None:
        """End the session and start none again."""
        self._stopped = True
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while not self._stopped:
            try:
                await self._session(self._serving)
            except Exception as error:
                self._outage.failed(error)
            self._tried.set()
            await asyncio.sleep(self._outage.pause())

    def _serving(self) -> None:
        if self._stopped:
            raise asyncio.CancelledError  # again: the first was swallowed while connecting
        self._outage.works()
        self._tried.set()


async def until_first_failure(*works: Coroutine[Any, Any, None]) -> None:
    """Run endless works together until one raises; end the others and raise that."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await _end(tasks)


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel until it is done: before Python 3.12 `asyncio.wait_for`, and so a library that uses
    it, loses a cancellation that comes together with the result."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


async def uncut(work: Awaitable[T]) -> T:
    """What `work` gives, unless we were cancelled meanwhile and the library below swallowed it."""
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    result = await work
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return result
