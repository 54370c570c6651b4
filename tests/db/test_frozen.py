"""Processes that fall silent amid a transaction on PostgreSQL: what they have locked is set free in
time, at each moment at which a process can be frozen, and nobody else's transaction is touched."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from tests.db.databases import Database, SystemTime

from video_foundry.db import store as stores
from video_foundry.db.apart import apart
from video_foundry.db.store import APPLICATION, POSTGRES_SETTINGS, Store
from video_foundry.testing.server import serving

SILENT_SECONDS = 2
"""Instead of five, so that the tests need not wait as long."""
LATEST_SECONDS = 30.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is noticed sooner."""
    limit = f"{1000 * SILENT_SECONDS}"
    monkeypatch.setattr(stores, "FROZEN_SECONDS", SILENT_SECONDS)
    monkeypatch.setitem(POSTGRES_SETTINGS, "idle_in_transaction_session_timeout", limit)


@pytest.fixture
async def store(room: Database) -> AsyncIterator[Store]:
    """Of somebody who looks for those that fell silent."""
    made = Store(room.store_url, SystemTime(), pool_size=2)
    yield made
    await made.close()


@asynccontextmanager
async def holding(
    room: Database, application: str = APPLICATION
) -> AsyncIterator[asyncpg.Connection]:
    """A session like those of our processes, amid a transaction that has locked a table."""
    settings = {**POSTGRES_SETTINGS, "application_name": application}
    session = await asyncpg.connect(room.url, server_settings=settings)
    try:
        await session.execute("BEGIN")
        await session.execute("LOCK TABLE projects")
        yield session
    finally:
        session.terminate()


async def is_locked(room: Database) -> bool:
    """Whether others have to wait."""
    session = await asyncpg.connect(room.url)
    try:
        async with session.transaction():
            await session.execute("LOCK TABLE projects NOWAIT")
    except asyncpg.LockNotAvailableError:
        return True
    finally:
        await session.close()
    return False


async def is_set_free(room: Database) -> None:
    """Wait until nobody has to wait any more."""
    async with asyncio.timeout(LATEST_SECONDS):
        while await is_locked(room):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.1)


async def is_over(session: asyncpg.Connection) -> None:
    """Wait until the session has been ended."""
    async with asyncio.timeout(LATEST_SECONDS):
        while not session.is_closed():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.1)


async def test_silence_between_two_statements_ends_at_the_server(room: Database) -> None:
    async with holding(room):
        await is_set_free(room)


async def test_silence_before_a_call_is_ended_by_whoever_looks(
    room: Database, store: Store
) -> None:
    assert await store.end_frozen() == 0
    async with holding(room) as session:
        await session.prepare("SELECT 1")
        assert await store.end_frozen() == 0, "it may go on at any moment"
        await asyncio.sleep(2 * SILENT_SECONDS)
        assert await is_locked(room), "the server takes it for busy"
        assert await store.end_frozen() == 1
        await is_set_free(room)
        await is_over(session)
    assert await store.end_frozen() == 0


async def test_who_works_and_who_is_not_one_of_us_goes_on(room: Database, store: Store) -> None:
    async with holding(room) as busy:
        working = asyncio.create_task(busy.fetchval(f"SELECT pg_sleep({3 * SILENT_SECONDS}), 7"))
        await asyncio.sleep(2 * SILENT_SECONDS)
        assert await store.end_frozen() == 0
        await working
    async with holding(room, application="psql") as stranger:
        await stranger.prepare("SELECT 1")
        await asyncio.sleep(2 * SILENT_SECONDS)
        assert await store.end_frozen() == 0
        assert await is_locked(room)


async def test_workers_look_by_themselves(room: Database, tmp_path: Path) -> None:
    with serving(tmp_path / "data", database_url=room.url):
        async with holding(room) as session:
            await session.prepare("SELECT 1")
            await is_over(session)
            await is_set_free(room)


async def test_computing_in_a_thread_is_not_silence(store: Store) -> None:
    async with store.write() as tx:
        before = await tx.session.scalar(BACKEND)
        assert await apart(tx.session, _compute, 2.0 * SILENT_SECONDS) == "worked out"
        assert await tx.session.scalar(BACKEND) == before


BACKEND = text("SELECT pg_backend_pid()")


def _compute(seconds: float) -> str:
    time.sleep(seconds)
    return "worked out"
