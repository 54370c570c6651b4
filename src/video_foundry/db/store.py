"""Engines and units of work. One `write()` block is one transaction; what must be told to others
(new events, claimable jobs) is told after the commit, never before."""

import asyncio
import functools
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
)

from video_foundry.db.postgres import Patience, Unanswered, pooled_engine, unhurried_engine
from video_foundry.db.sqlite import POOL_SIZE as EMBEDDED_POOL_SIZE
from video_foundry.db.sqlite import embedded_engine
from video_foundry.errors import FoundryError, PartUnavailable, TransactionConflict
from video_foundry.ports.clock import Clock
from video_foundry.ports.metrics import PART_FAILURES
from video_foundry.ports.wake import JobKind

Session = AsyncSession
"""What the floors above hold and pass on to queries; they need not know whose it is."""

BUSY_TIMEOUT_SECONDS = 30
"""How long a SQLite writer waits for another process (a CLI beside the server) to finish."""
CONFLICT_TRIES = 8
"""How often a transaction that lost against another one is run before the caller is told."""

FROZEN_SECONDS = 5
"""A frozen process must not keep rows locked: its transactions are ended well within a lease."""

COMMAND_SECONDS = 40.0
"""How long an answer of PostgreSQL is waited for: a little longer than it takes before it gives up
by itself, so that nobody waits for a host that has vanished."""
PING_SECONDS = 5.0
CLOSE_SECONDS = 10.0
URGENT_SECONDS, URGENT_PING_SECONDS = 4.0, 2.0
"""The same for heartbeats, which are of no use when the lease has run out."""

APPLICATION = "video-foundry"
POSTGRES_SETTINGS = {
    "application_name": APPLICATION,
    "timezone": "UTC",
    "statement_timeout": "30000",
    "lock_timeout": "20000",
    "idle_in_transaction_session_timeout": f"{1000 * FROZEN_SECONDS}",
    "jit": "off",
}
"""Of each session; times in milliseconds. None of our statements is worth compiling."""

# What is ended is chosen first, or the server might end others while it looks for them.
_END_FROZEN = text(
    "WITH frozen AS MATERIALIZED (SELECT pid FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user"
    " AND application_name = :application"
    " AND state = 'active' AND wait_event = 'ClientRead'"
    " AND state_change < clock_timestamp() - make_interval(secs => :seconds))"
    " SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM frozen"
)

_CONFLICTS = frozenset({"40001", "40P01"})
"""serialization_failure, deadlock_detected."""
_GONE = ("08", "57P", "53", "25P03", "55P03", "57014", "58")
"""Beginnings of SQLSTATEs that are about the server, not about what was asked: connection lost,
shut down, out of resources, timed out."""


Line = tuple[JobKind, str | None, str | None]
"""Jobs whose turns come after each other: of one kind, project and model."""


@dataclass
class Tx:
    """One transaction: its session, its moment, and what to tell after the commit.

    turns: of each line of the queue the latest turn that was given out here.
    """

    session: AsyncSession
    now: datetime
    turns: dict[Line, float] = field(default_factory=dict)
    newest_event: dict[str, int] = field(default_factory=dict)
    wakes: set[JobKind] = field(default_factory=set)


AfterCommit = Callable[[Tx], Awaitable[None]]


async def _tell_nobody(_tx: Tx) -> None:
    return


class Store:
    """The database. `read()` for looking, `write()` for changing.

    Both raise PartUnavailable when the database cannot be used now; `write()` then may or may not
    have been committed, and TransactionConflict when it certainly was not.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        after_commit: AfterCommit = _tell_nobody,
        *,
        pool_size: int = 16,
        shared_clock: bool = True,
    ) -> None:
        """shared_clock: with PostgreSQL, time is what the server says, for machines differ; a test
        that moves its clock says False."""
        self.url = _driver_words(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._has_shared_clock = shared_clock and not self.is_sqlite
        self._behind = timedelta(0)
        self._after_commit = after_commit
        self.engine = self._make_engine(pool_size)
        # Heartbeats must not queue behind a thousand jobs that all want to write at once.
        self._lane = self.engine if self.is_sqlite else self._make_lane()
        self._readers = self._sessions(**self._reading())
        self._writers = self._sessions(vf_write=True)
        self._durable_writers = self._sessions(vf_write=True, vf_durable=True)
        self._urgent_writers = async_sessionmaker(
            self._lane.execution_options(vf_write=True), expire_on_commit=False, autoflush=False
        )
        self._one_writer = asyncio.Lock()
        # Waiting here is in turn and has no limit, as whoever is before us waits for no answer for
        # ever; a pool gives up after a while.
        self._turns = asyncio.Semaphore(EMBEDDED_POOL_SIZE if self.is_sqlite else pool_size)

    def now(self) -> datetime:
        """The present moment as all processes on this database agree on it, UTC."""
        return self._clock.now() + self._behind

    def _make_engine(self, pool_size: int) -> AsyncEngine:
        if not self.is_sqlite:
            patience = Patience(statement=COMMAND_SECONDS, ping=PING_SECONDS)
            return pooled_engine(
                self.url, POSTGRES_SETTINGS, pool_size=pool_size, patience=patience
            )
        engine = embedded_engine(self.url, busy_timeout=BUSY_TIMEOUT_SECONDS)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    def _make_lane(self) -> AsyncEngine:
        patience = Patience(statement=URGENT_SECONDS, ping=URGENT_PING_SECONDS)
        return pooled_engine(self.url, POSTGRES_SETTINGS, pool_size=1, patience=patience)

    @asynccontextmanager
    async def unhurried(self) -> AsyncIterator[AsyncEngine]:
        """An engine whose statements may take as long as they like: those of a migration, say."""
        if self.is_sqlite:
            yield self.engine
            return
        engine = unhurried_engine(self.url, POSTGRES_SETTINGS)
        try:
            yield engine
        finally:
            await engine.dispose()

    def _reading(self) -> dict[str, Any]:
        """Several queries of one look see one state, as they do in SQLite by themselves."""
        if self.is_sqlite:
            return {}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def _sessions(self, **options: Any) -> async_sessionmaker[AsyncSession]:
        engine = self.engine.execution_options(**options) if options else self.engine
        return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A consistent view; nothing is ever committed."""
        with _explained():
            async with self._turns, self._readers() as session:
                await self._connected(session)
                yield session

    @asynccontextmanager
    async def write(self, *, durable: bool = False, urgent: bool = False) -> AsyncIterator[Tx]:
        """One transaction, committed at the end of the block, rolled back by an exception.

        durable: on disk even through a power cut before the block is left; for the moments around
        a paid call. (PostgreSQL always is.) urgent: on a connection kept free for it.
        """
        sessions = (
            self._urgent_writers if urgent else self._durable_writers if durable else self._writers
        )
        with _explained():
            async with self._turn(urgent), sessions() as session, session.begin():
                await self._connected(session)
                tx = Tx(session=session, now=await self._moment(session))
                yield tx
        await self._after_commit(tx)

    async def end_frozen(self) -> int:
        """End the transactions of processes that fell silent between asking how a statement is to
        be called and calling it; how many there were.

        asyncpg sends no Sync there, so that PostgreSQL takes the session for busy, and none of its
        limits of time counts (MagicStack/asyncpg#1276): a process that is frozen, or cut off, at
        that moment would keep its rows locked for as long as it is.
        """
        if self.is_sqlite:
            return 0
        async with self.write(urgent=True) as tx:
            given = {"application": APPLICATION, "seconds": FROZEN_SECONDS}
            ended: int = (await tx.session.execute(_END_FROZEN, given)).scalar_one()
        return ended

    async def _connected(self, session: AsyncSession) -> None:
        """Have a connection, or say that there is none."""
        try:
            await session.connection()
        except (OSError, TimeoutError, PoolTimeout, InvalidRequestError) as error:
            raise _unavailable(str(error) or type(error).__name__) from error

    async def _moment(self, session: AsyncSession) -> datetime:
        """Now, by the database's clock where workers on several machines share it."""
        if not self._has_shared_clock:
            return self._clock.now()
        now: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        self._behind = now - self._clock.now()
        return now

    @asynccontextmanager
    async def _turn(self, urgent: bool) -> AsyncIterator[None]:
        """SQLite has one writer; waiting here is fairer than its busy handler. What is urgent has a
        connection of its own in PostgreSQL."""
        if urgent and not self.is_sqlite:
            yield
        elif self.is_sqlite:
            async with self._one_writer, self._turns:
                yield
        else:
            async with self._turns:
                yield

    async def close(self) -> None:
        """Return all connections; those that nobody answers on are left to the system."""
        for engine in {self.engine, self._lane}:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await engine.dispose()


P = ParamSpec("P")
R = TypeVar("R")


def retried(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run again what lost against another transaction. `work` must be one transaction and nothing
    besides that could not be done twice."""

    @functools.wraps(work)
    async def again(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, CONFLICT_TRIES):
            try:
                return await work(*args, **kwargs)
            except TransactionConflict:
                wait = random.uniform(0, 0.01 * 2**attempt)  # noqa: S311 - spreads retries
                await asyncio.sleep(wait)
        return await work(*args, **kwargs)

    return again


@contextmanager
def _explained() -> Iterator[None]:
    """The database's own troubles as ours; wrong statements stay what they are."""
    try:
        yield
    except Unanswered as error:
        raise _unavailable(str(error)) from error
    except DBAPIError as error:
        trouble = _trouble(error)
        if trouble is None:
            raise
        raise trouble from error


def _trouble(error: DBAPIError) -> FoundryError | None:
    code = getattr(error.orig, "sqlstate", None) or ""
    if code in _CONFLICTS:
        return TransactionConflict("two transactions were in each other's way")
    sqlite = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if sqlite == sqlite3.SQLITE_FULL:
        return _full()
    if sqlite in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return TransactionConflict("another process kept the database locked")
    if error.connection_invalidated or code.startswith(_GONE) or sqlite == sqlite3.SQLITE_IOERR:
        return _unavailable(str(error.orig).partition("\n")[0])
    return None


def _full() -> PartUnavailable:
    """A paid result that waits to be written down waits for room as for a database that is away."""
    PART_FAILURES.labels("database").inc()
    full = PartUnavailable("database", "the disk of the database is full. Free some space")
    full.code = "disk_full"
    return full


def _unavailable(reason: str) -> PartUnavailable:
    PART_FAILURES.labels("database").inc()
    return PartUnavailable("database", f"the database cannot be used now: {reason}")


def _driver_words(url: URL) -> URL:
    """What people write for other drivers in the words of ours."""
    if url.get_backend_name() != "postgresql" or "sslmode" not in url.query:
        return url
    query = dict(url.query)
    query["ssl"] = query.pop("sslmode")
    return url.set(query=query)


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("vf_write"):
        connection.exec_driver_sql("BEGIN")
        return
    # In WAL mode NORMAL survives kill -9 but not a power cut; FULL survives both.
    level = "FULL" if options.get("vf_durable") else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
