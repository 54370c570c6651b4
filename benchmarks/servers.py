"""The real servers of a cluster for the length of a suite, each in a temporary folder. A suite that
needs one which is not installed is left out with the reason, in a row of its own."""

import asyncio
import functools
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.report import Row
from video_foundry.testing.stack.base import Component, NotInstalled
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.rabbitmq import RabbitMQ
from video_foundry.testing.stack.redis import Redis

C = TypeVar("C", bound=Component)
Suite = Callable[[], Coroutine[Any, Any, list[Row]]]


@asynccontextmanager
async def running(kind: type[C]) -> AsyncIterator[C]:
    """One server until the block ends. Raises NotInstalled."""
    kind.require()
    with tempfile.TemporaryDirectory() as folder:
        server = kind(Path(folder) / kind.__name__.lower())
        try:
            await asyncio.to_thread(server.start)
            yield server
        finally:
            await asyncio.to_thread(server.close)


@asynccontextmanager
async def cluster() -> AsyncIterator[dict[str, str]]:
    """All of them at once: the settings of a process that shall use them, with an empty database.

    Raises NotInstalled.
    """
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(running(Postgres))
        rabbitmq = await stack.enter_async_context(running(RabbitMQ))
        redis = await stack.enter_async_context(running(Redis))
        objects = await stack.enter_async_context(running(S3Server))
        yield {
            "DATABASE_URL": await asyncio.to_thread(postgres.make_database, "benchmark"),
            "RABBITMQ_URL": rabbitmq.url,
            "REDIS_URL": redis.url,
            **objects.settings(),
        }


def asyncpg_address(url: str) -> str:
    """An address in the words of the driver."""
    return url.replace("postgresql:", "postgresql+asyncpg:", 1)


def needing(what: str, *kinds: type[Component]) -> Callable[[Suite], Suite]:
    """A suite that is left out, with the reason, where one of these servers is missing."""

    def wrap(suite: Suite) -> Suite:
        @functools.wraps(suite)
        async def run() -> list[Row]:
            reason = missing(kinds)
            if reason is not None:
                return [Row(what=what, ours="left out", note=reason)]
            return await suite()

        return run

    return wrap


def missing(kinds: Sequence[type[Component]]) -> str | None:
    """Why one of these servers cannot be had here; None when all can."""
    try:
        for kind in kinds:
            kind.require()
    except NotInstalled as absent:
        return str(absent)
    return None
