"""Live signals between processes over Redis pub/sub. Readers in this process are served without it;
what others publish comes over one listening connection. Nothing is stored: after a gap every reader
is told to look at the rows."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

from video_foundry.adapters.signal.line import ANSWER_SECONDS, Line, client_for
from video_foundry.adapters.signal.mailbox import MAILBOX_TICKS, Readers
from video_foundry.adapters.signal.outbox import Outbox
from video_foundry.adapters.signal.topics import Topics
from video_foundry.adapters.signal.wire import decode
from video_foundry.ports.outage import Outage, passwords_in
from video_foundry.ports.signal import NewEvents, Signal
from video_foundry.ports.upkeep import Upkeep, until_first_failure

SUBSCRIBE_SECONDS = 2.0
"""How long entering a subscription waits for the server; the reader is told of what comes later."""
CLOSE_SECONDS = 1.0
LOOK = 0
"""The sequence of a NewEvents that promises nothing new but asks to look at the rows."""


class RedisSignal:
    """Publish and subscribe per project among all processes on one Redis.

    url: redis://:password@host:6379/0. Nothing connects before the first call, and all calls belong
    to one event loop. A reader whose signals may have been missed gets a NewEvents with seq 0.
    """

    def __init__(self, url: str, *, mailbox_ticks: int = MAILBOX_TICKS) -> None:
        self._client = client_for(url)
        self._me = uuid4().hex
        self._readers = Readers(mailbox_ticks)
        self._topics = Topics()
        self._outbox = Outbox()
        self._line: Line | None = None
        self._closed = False
        self._outage = Outage(
            "signal",
            meanwhile="readers of other processes see news when they next look at the rows",
            secrets=passwords_in(url),
        )
        self._upkeep = Upkeep(self._session, self._outage, name="signal")

    async def publish(self, signal: Signal) -> None:
        """Into the mailboxes here at once, and to other processes in the background."""
        self._readers.put(signal)
        if not self._closed:
            self._upkeep.start()
            self._outbox.put(signal)

    @contextlib.asynccontextmanager
    async def subscribe(self, project_id: str) -> AsyncIterator[AsyncIterator[Signal]]:
        """Signals of one project until the context is left, which also ends the iteration."""
        self._upkeep.start()
        with self._topics.hold(project_id):
            if not self._outage.is_on:
                await self._topics.carried(project_id, SUBSCRIBE_SECONDS)
            with self._readers.join(project_id) as mailbox:
                yield mailbox

    async def check(self) -> None:
        """Raise PartUnavailable when there is no connection, or no answer over it."""
        self._upkeep.start()
        await self._upkeep.settled(ANSWER_SECONDS)
        line = self._line
        if line is None:
            raise self._outage.unavailable()
        try:
            await line.ask()
        except Exception as error:  # whatever it is, the server did not answer
            line.lose(error)
            raise self._outage.unavailable(error) from None

    async def aclose(self) -> None:
        """Send what is unsent if that is quick, then let go of the connections."""
        self._closed = True
        if self._line is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await self._line.send(self._outbox, self._me)
        await self._upkeep.stop()
        await self._client.aclose()

    async def _session(self, serving: Callable[[], None]) -> None:
        """Serve until the connection is lost, which raises the reason."""
        line = await Line.open(self._client)
        try:
            self._topics.reset()
            self._line = line
            serving()
            await until_first_failure(
                line.until_lost(),
                line.attend(self._topics),
                line.listen(self._heard, self._confirmed),
                self._send(line),
            )
        finally:
            self._line = None
            self._topics.reset()
            await line.close()

    async def _send(self, line: Line) -> None:
        while True:
            await self._outbox.filled.wait()
            await line.send(self._outbox, self._me)

    def _heard(self, text: str) -> None:
        match decode(text):
            case (sender, signal) if sender != self._me:
                self._readers.put(signal)

    def _confirmed(self, project_id: str) -> None:
        self._topics.confirm(project_id)
        # Who reads already does so across a gap; who is about to has not looked yet.
        self._readers.put(NewEvents(project_id=project_id, seq=LOOK))
