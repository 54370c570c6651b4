"""One connection to RabbitMQ with the queues of hints, from its opening to its loss. It is never
mended, always replaced, and nothing here decides when."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from traceback import walk_tb
from typing import Any

import aio_pika
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractIncomingMessage,
    AbstractQueue,
)
from aio_pika.exceptions import InvalidFrameError

from video_foundry.ports.wake import JobKind

KINDS: tuple[JobKind, ...] = ("generate", "compose")
HINTS = 4
"""Hints sent for one notification: so many processes are woken at once, the others by polling."""
PREFETCH = 2 * HINTS
"""What a frozen process can take along at most."""
CONNECT_SECONDS = 8.0
ANSWER_SECONDS = 5.0
"""How long the broker may take to confirm or to answer."""
DELETE_SECONDS = 15.0
"""How long it may take to remove a queue: the broker first looks for its members."""
CLOSE_SECONDS = 2.0
HEARTBEAT_SECONDS = 10
VERSION = 1
NOT_ALLOWED = 530
"""The code with which a broker closes a connection to a virtual host that it has not."""

QUEUE_ARGUMENTS: dict[str, Any] = {
    "x-queue-type": "quorum",  # named, since a broker's own default may be another
    "x-max-length": 5000,
    "x-overflow": "drop-head",  # an old hint is worth less than a new one
    "x-message-ttl": 60_000,  # milliseconds; by then every worker has looked at the rows
}

# The libraries log every failed attempt, and at DEBUG every frame, the one with the password too.
# What an operator needs to know is said by `ports.outage`, once.
for _library in ("aio_pika", "aiormq"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)


def queue_name(kind: JobKind) -> str:
    """The queue that carries hints of this kind."""
    return f"video-foundry.wake.{kind}"


@contextlib.contextmanager
def _telling_loss() -> Iterator[None]:
    """The library cancels whoever waits for a connection that it loses; here that is an error, and
    only our own caller's wish to stop is a cancellation."""
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        raise ConnectionError("the connection was closed") from error


class ConnectionNotAllowed(ConnectionError):
    """The broker has not the virtual host that we ask for, or not for us."""


@contextlib.contextmanager
def _telling_refusal() -> Iterator[None]:
    """A broker that has not the virtual host closes the connection where its consent is expected;
    the library then complains of the order of frames, and drops the broker's own words."""
    try:
        yield
    except InvalidFrameError as error:
        for step, _ in walk_tb(error.__traceback__):
            closing: Any = step.f_locals.get("frame")
            if getattr(closing, "name", None) == "Connection.Close":
                is_refusal = closing.reply_code == NOT_ALLOWED
                kind = ConnectionNotAllowed if is_refusal else ConnectionError
                raise kind(closing.reply_text) from error
        raise


class Link:
    """An open connection: publish, consume, ask, and wait for its loss. Make it with `open`."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queues: dict[JobKind, AbstractQueue] = {}
        self._publishing: AbstractChannel
        self._consuming: AbstractChannel

    @classmethod
    async def open(cls, url: str, *, renew: bool = False) -> "Link":
        """Connect and declare the queues. Raises what the network or the broker says against it;
        a queue of that name with other arguments must be deleted by hand.

        renew: delete the queues first, and the hints in them.
        """
        with _telling_loss(), _telling_refusal():
            link = cls(
                await aio_pika.connect(
                    url,
                    timeout=CONNECT_SECONDS,
                    heartbeat=HEARTBEAT_SECONDS,
                    name="video-foundry wake",
                )
            )
            try:
                if renew:
                    await link._delete_queues()
                async with asyncio.timeout(CONNECT_SECONDS):
                    await link._prepare()
            except BaseException:
                await link.close()
                raise
        return link

    async def _delete_queues(self) -> None:
        async with asyncio.timeout(DELETE_SECONDS):
            channel = await self._connection.channel()
            for kind in KINDS:
                await channel.queue_delete(queue_name(kind))
            await channel.close()

    async def _prepare(self) -> None:
        self._connection.close_callbacks.add(self._on_close)
        self._publishing = await self._channel(on_return_raises=True)
        self._consuming = await self._channel()
        await self._consuming.set_qos(prefetch_count=PREFETCH)
        for kind in KINDS:
            self._queues[kind] = await self._consuming.declare_queue(
                queue_name(kind), durable=True, arguments=QUEUE_ARGUMENTS
            )

    async def _channel(self, *, on_return_raises: bool = False) -> AbstractChannel:
        channel = self._connection.channel(
            publisher_confirms=True, on_return_raises=on_return_raises
        )
        await channel.initialize()
        channel.close_callbacks.add(self._on_close)
        wire = await channel.get_underlay_channel()
        wire.on_consumer_cancel_callbacks.add(self._on_cancel)
        return channel

    async def send(self, kinds: Iterable[JobKind]) -> None:
        """Publish HINTS hints of each kind. Raises unless the broker has confirmed every one."""
        try:
            with _telling_loss():
                await asyncio.gather(*(self._publish(kind) for kind in kinds for _ in range(HINTS)))
        except TimeoutError:
            raise TimeoutError(f"no hint was confirmed within {ANSWER_SECONDS:g} seconds") from None

    async def _publish(self, kind: JobKind) -> None:
        message = aio_pika.Message(
            json.dumps({"v": VERSION, "kind": kind}).encode(),
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await self._publishing.default_exchange.publish(
            message, routing_key=queue_name(kind), mandatory=True, timeout=ANSWER_SECONDS
        )

    @contextlib.asynccontextmanager
    async def consuming(self, kind: JobKind, heard: Callable[[], None]) -> AsyncIterator[None]:
        """Take hints of a kind for as long as the block runs, calling `heard` for each."""

        async def take(message: AbstractIncomingMessage) -> None:
            heard()
            # If the connection goes first, the broker gives it to another: one hint too many.
            with contextlib.suppress(Exception):
                await message.ack()

        queue = self._queues[kind]
        with _telling_loss():
            tag = await queue.consume(take, timeout=ANSWER_SECONDS)
        yield
        # Not when the block raised: then the connection goes, and the consumer with it.
        with _telling_loss():
            await queue.cancel(tag, timeout=ANSWER_SECONDS)

    async def ask(self) -> None:
        """Raise unless the broker answers about the queues within ANSWER_SECONDS."""
        with _telling_loss():
            async with asyncio.timeout(ANSWER_SECONDS):
                for kind in KINDS:
                    await self._publishing.declare_queue(queue_name(kind), passive=True)

    async def until_lost(self) -> None:
        """Wait until the connection is lost, which raises the reason."""
        await asyncio.shield(self._lost)

    def lose(self, error: BaseException | None) -> None:
        """Give the connection up for this reason."""
        if self._lost.done():
            return
        # A cancelled reader is how the library tells of a peer that is gone.
        if error is None or isinstance(error, asyncio.CancelledError):
            error = ConnectionError("the connection was closed")
        self._lost.set_exception(error)
        self._lost.exception()  # seen, even if nobody waits for it

    def _on_close(self, _sender: object, error: BaseException | None) -> None:
        self.lose(error)

    def _on_cancel(self, _frame: object) -> None:
        self.lose(ConnectionError("the broker ended our consumer: a queue was removed or moved"))

    async def close(self) -> None:
        """Close within CLOSE_SECONDS, whatever the broker does."""
        self.lose(None)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._connection.close()
