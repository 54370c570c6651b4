"""Wake-up hints between processes over RabbitMQ. A hint says that there may be work of a kind and
nothing else: no job travels here, no delivery is held, and without a broker everything still works,
a poll interval later.

The queues are shared by all workers, so that one hint reaches one process. A notification therefore
sends a few; and a process consumes only while somebody in it waits, so that one with its hands full
leaves hints to others.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import Callable

from video_foundry.adapters.wake.link import ANSWER_SECONDS, CLOSE_SECONDS, KINDS, Link
from video_foundry.ports.metrics import WAKE_FAILURES
from video_foundry.ports.outage import Outage, passwords_in
from video_foundry.ports.upkeep import Upkeep, until_first_failure
from video_foundry.ports.wake import JobKind

SPACING_SECONDS = 0.02
"""Notifications of a kind within this time of each other become one."""
SICK_AFTER = 2
"""So many connections over which no hint was confirmed, and the queues are made anew: one that was
declared just before the broker was killed comes back unable to take or give anything."""
LINGER_SECONDS = 1.0
"""How long we go on consuming after the last wait: a worker looks at the rows between two waits."""


class RabbitWake:
    """Hints through one durable quorum queue a kind, over a connection that is replaced when lost.

    url: amqp://user:password@host:5672/vhost. Nothing connects before the first call, and all calls
    belong to one event loop.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._ears = {kind: _Ear() for kind in KINDS}
        self._unsent: set[JobKind] = set()
        self._told = asyncio.Event()
        self._link: Link | None = None
        self._closed = False
        self._unconfirmed = 0
        self._outage = Outage(
            "broker",
            meanwhile="workers find jobs by looking at the rows",
            secrets=passwords_in(url),
        )
        self._upkeep = Upkeep(self._session, self._outage, name="wake")

    async def notify(self, kind: JobKind) -> None:
        """Say that a job of this kind may be claimable. Sent in the background; never waits."""
        if self._closed:
            return
        self._upkeep.start()
        if self._outage.is_on:
            WAKE_FAILURES.labels(kind=kind).inc()
        if self._ears[kind].attends:
            self._ears[kind].hint.set()  # who waits in this process needs no broker
        self._unsent.add(kind)
        self._told.set()

    async def wait(self, kind: JobKind, timeout: float) -> bool:
        """Wait until notified (True) or until `timeout` seconds have passed (False)."""
        self._upkeep.start()
        return await self._ears[kind].listen(timeout)

    async def check(self) -> None:
        """Raise PartUnavailable when there is no connection, or no answer over it."""
        self._upkeep.start()
        await self._upkeep.settled(ANSWER_SECONDS)
        link = self._link
        if link is None:
            raise self._outage.unavailable()
        try:
            await link.ask()
        except Exception as error:  # whatever it is, the broker did not answer
            link.lose(error)
            raise self._outage.unavailable(error) from None

    async def aclose(self) -> None:
        """Send what is unsent if that is quick, then let go of the connection."""
        self._closed = True
        if self._link is not None and self._unsent:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CLOSE_SECONDS / 2):
                    await self._send_unsent(self._link)
        await self._upkeep.stop()

    async def _session(self, serving: Callable[[], None]) -> None:
        """Serve until the connection is lost, which raises the reason."""
        renew = self._unconfirmed >= SICK_AFTER
        if renew:
            self._unconfirmed = 0
        link = await Link.open(self._url, renew=renew)
        try:
            if self._outage.is_on:
                await self._prove(link)
            self._link = link
            serving()
            listening = (self._consume(link, kind) for kind in KINDS)
            await until_first_failure(link.until_lost(), self._send(link), *listening)
        finally:
            self._link = None
            await link.close()

    async def _prove(self, link: Link) -> None:
        """Send hints of every kind: whatever was missed, somebody looks now; and only a broker that
        confirms them is back."""
        self._unsent.update(KINDS)
        self._unconfirmed += 1
        await self._send_unsent(link)
        self._unconfirmed = 0

    async def _send(self, link: Link) -> None:
        while True:
            await self._told.wait()
            self._told.clear()
            unsent = frozenset(self._unsent)
            try:
                await self._send_unsent(link)
            except BaseException:
                for kind in unsent:
                    WAKE_FAILURES.labels(kind=kind).inc()
                raise
            await asyncio.sleep(SPACING_SECONDS)

    async def _send_unsent(self, link: Link) -> None:
        """Send each kind that was notified of; what fails is kept for the next connection."""
        kinds, self._unsent = self._unsent, set()
        try:
            await link.send(kinds)
        except BaseException:
            self._unsent |= kinds
            raise

    async def _consume(self, link: Link, kind: JobKind) -> None:
        ear = self._ears[kind]
        while True:
            await ear.wanted.wait()
            async with link.consuming(kind, ear.hint.set):
                await ear.until_unwanted()


class _Ear:
    """Who in this process waits for one kind, and the hint that has come for them."""

    def __init__(self) -> None:
        self.hint = asyncio.Event()
        self.wanted = asyncio.Event()
        self._waiting = 0
        self._left_at = -math.inf

    @property
    def attends(self) -> bool:
        """Whether somebody waits, or did a moment ago and will be back."""
        return self._waiting > 0 or time.monotonic() - self._left_at < LINGER_SECONDS

    async def listen(self, timeout: float) -> bool:
        """Wait for a hint and use it up. One hint wakes all who wait."""
        self._waiting += 1
        self.wanted.set()
        try:
            async with asyncio.timeout(max(timeout, 0)):
                await self.hint.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
            self._left_at = time.monotonic()
        self.hint.clear()
        return True

    async def until_unwanted(self) -> None:
        """Until nobody has waited for LINGER_SECONDS."""
        while True:
            await asyncio.sleep(LINGER_SECONDS / 2)
            if not self.attends:
                self.wanted.clear()
                return
