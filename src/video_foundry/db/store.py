"""Engines and units of work. One `write()` block is one transaction; what must be told to others
(new events, claimable jobs) is told after the commit, never before."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from video_foundry.ports.clock import Clock
from video_foundry.ports.wake import JobKind

Session = AsyncSession
"""What the floors above hold and pass on to queries; they need not know whose it is."""

BUSY_TIMEOUT_SECONDS = 30
"""How long a SQLite writer waits for another process (a CLI beside the server) to finish."""


@dataclass
class Tx:
    """One transaction: its session, its moment, and what to tell after the commit."""

    session: AsyncSession
    now: datetime
    newest_event: dict[str, int] = field(default_factory=dict)
    wakes: set[JobKind] = field(default_factory=set)


AfterCommit = Callable[[Tx], Awaitable[None]]


async def _tell_nobody(_tx: Tx) -> None:
    return


class Store:
    """The database. `read()` for looking, `write()` for changing."""

    def __init__(self, url: str, clock: Clock, after_commit: AfterCommit = _tell_nobody) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._after_commit = after_commit
        self.engine = self._make_engine()
        self._readers = self._sessions()
        self._writers = self._sessions(vf_write=True)
        self._durable_writers = self._sessions(vf_write=True, vf_durable=True)
        self._one_writer = asyncio.Lock()

    def _make_engine(self) -> AsyncEngine:
        options: dict[str, Any] = {}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_TIMEOUT_SECONDS}
        engine = create_async_engine(self.url, pool_size=8, max_overflow=16, **options)
        if self.is_sqlite:
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    def _sessions(self, **options: bool) -> async_sessionmaker[AsyncSession]:
        engine = self.engine.execution_options(**options) if options else self.engine
        return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A consistent view; nothing is ever committed."""
        async with self._readers() as session:
            yield session

    @asynccontextmanager
    async def write(self, *, durable: bool = False) -> AsyncIterator[Tx]:
        """One transaction, committed at the end of the block, rolled back by an exception.

        durable: on disk even through a power cut before the block is left; for the moments around
        a paid call.
        """
        sessions = self._durable_writers if durable else self._writers
        async with self._turn(), sessions() as session, session.begin():
            tx = Tx(session=session, now=self._clock.now())
            yield tx
        await self._after_commit(tx)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """SQLite has one writer; waiting here is fairer than its busy handler."""
        if not self.is_sqlite:
            yield
            return
        async with self._one_writer:
            yield

    async def close(self) -> None:
        """Return all connections."""
        await self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by us, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA temp_store=MEMORY")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("vf_write"):
        connection.exec_driver_sql("BEGIN")
        return
    # In WAL mode NORMAL survives kill -9 but not a power cut; FULL survives both.
    level = "FULL" if options.get("vf_durable") else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
