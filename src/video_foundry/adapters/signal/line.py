"""One session with a Redis server: a connection that listens and others that publish. It is never
mended, always replaced, and nothing here decides when."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from video_foundry.adapters.signal.outbox import Outbox
from video_foundry.adapters.signal.topics import Topics
from video_foundry.adapters.signal.wire import channel_of, encode, project_in

CONNECTIONS = 4
"""One listens, one publishes, and there is room for a health check or two."""
ANSWER_SECONDS = 3.0
"""How long the server may take to connect or to answer."""
QUIET_SECONDS = 5.0
"""How long a listening connection may be silent before it is asked for a sign of life."""
BATCH = 200
OWN_CHANNEL = "video-foundry.signals"
"""Always listened to, and carrying nothing: it keeps the connection a listening one."""


def client_for(url: str) -> Redis:
    """A client that waits for a free connection rather than fail, and leaves trying again to us."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        decode_responses=True,
        client_name="video-foundry-signal",
    )
    return Redis.from_pool(pool)


class Line:
    """An open session. Make it with `open`."""

    def __init__(self, client: Redis, pubsub: PubSub) -> None:
        self._client = client
        self._pubsub = pubsub
        self._lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, client: Redis) -> "Line":
        """Connect. Raises what the network or the server says against it."""
        line = cls(client, client.pubsub())
        try:
            await line._pubsub.subscribe(OWN_CHANNEL)
            if await line._pubsub.get_message(timeout=ANSWER_SECONDS) is None:
                raise ConnectionError("the server does not answer")
        except BaseException:
            await line.close()
            raise
        return line

    async def send(self, outbox: Outbox, sender: str) -> None:
        """Publish all that the outbox holds. Raises, giving back, when the server does not take
        it."""
        while batch := outbox.take(BATCH):
            try:
                pipeline = self._client.pipeline(transaction=False)
                for signal in batch:
                    pipeline.publish(channel_of(signal.project_id), encode(signal, sender=sender))
                await pipeline.execute()
            except BaseException:
                outbox.give_back(batch)
                raise

    async def attend(self, topics: Topics) -> None:
        """Keep the server told of what is wanted, for as long as it takes it."""
        while True:
            begin, end = topics.take_changes()
            if begin:
                await self._pubsub.subscribe(*_channels(begin))
            if end:
                await self._pubsub.unsubscribe(*_channels(end))
            await topics.changed.wait()

    async def listen(self, heard: Callable[[str], None], confirmed: Callable[[str], None]) -> None:
        """Hand on what comes, until the server is silent even when asked."""
        asked = False
        while True:
            message = await self._pubsub.get_message(timeout=QUIET_SECONDS)
            if message is not None:
                asked = False
                self._hand_on(message, heard, confirmed)
            elif asked:
                raise ConnectionError("the server has fallen silent")
            else:
                asked = True
                await self._pubsub.ping()

    @staticmethod
    def _hand_on(
        message: dict[str, str], heard: Callable[[str], None], confirmed: Callable[[str], None]
    ) -> None:
        if message["type"] == "message":
            heard(message["data"])
        elif message["type"] == "subscribe" and (project_id := project_in(message["channel"])):
            confirmed(project_id)

    async def ask(self) -> None:
        """Raise unless the server answers within ANSWER_SECONDS."""
        async with asyncio.timeout(ANSWER_SECONDS):
            await self._client.ping()

    async def until_lost(self) -> None:
        """Wait until somebody gives the session up, which raises the reason."""
        await asyncio.shield(self._lost)

    def lose(self, error: BaseException) -> None:
        """Give the session up for this reason."""
        if not self._lost.done():
            self._lost.set_exception(error)
            self._lost.exception()  # seen, even if nobody waits for it

    async def close(self) -> None:
        """Close every connection. Never raises, never waits for the server."""
        with contextlib.suppress(Exception):
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]  # so in redis-py
        with contextlib.suppress(Exception):
            await self._client.connection_pool.disconnect()


def _channels(project_ids: Iterable[str]) -> list[str]:
    return [channel_of(project_id) for project_id in project_ids]
