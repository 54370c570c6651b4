"""The engine of an embedded database: one file, one thread for each connection. What is done with a
transaction of it lives in `store`."""

import asyncio
import sqlite3
import time
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

POOL_SIZE = 8
ROWS_AT_ONCE = 64

WAL_PAUSE_SECONDS = 0.02
"""After which a file that somebody else is changing over is asked again."""

SETTINGS = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-1024",  # KiB a connection; the system caches the file too
)


def embedded_engine(url: URL, *, busy_timeout: float) -> AsyncEngine:
    """busy_timeout: seconds that a writer waits for another process."""
    return create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"timeout": busy_timeout, "async_creator_fn": _connection},
    )


class _StoppedOnce(aiosqlite.Connection):
    """A connection whose thread is asked to end once, however often that is wanted.

    Where a task is called off twice, SQLAlchemy closes its connection twice, in order and at once.
    The thread has ended by the time it is asked again, aiosqlite 0.22 waits for ever for what it
    answers, and an event loop that waits for all its tasks at the end never comes to one.
    """

    _is_stopped = False
    _stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        """Ends the thread after what it was asked before. Returns what is done by then; None where
        there is no event loop to wait in."""
        if not self._is_stopped:
            self._is_stopped = True
            self._stopped = super().stop()
        return self._stopped


def _connection(database: str, **settings: Any) -> aiosqlite.Connection:
    connect = partial(_opened, database, **settings)
    connection = _StoppedOnce(connect, iter_chunk_size=ROWS_AT_ONCE)
    # As the dialect does with its own: a thread that hangs keeps no process from ending.
    connection._thread.daemon = True
    return connection


def _opened(database: str, *, timeout: float, **settings: Any) -> sqlite3.Connection:
    """Runs in the connection's own thread, so that it may wait."""
    # Transactions are begun by the store, not by the driver.
    settings |= {"timeout": timeout, "isolation_level": None}
    connection: sqlite3.Connection = sqlite3.connect(database, **settings)
    try:
        _change_to_wal(connection, until=time.monotonic() + timeout)
        for setting in SETTINGS:
            connection.execute(setting).close()
    except BaseException:
        connection.close()
        raise
    return connection


def _change_to_wal(connection: sqlite3.Connection, *, until: float) -> None:
    # Where several change a new file over at once, SQLite tells all but one that it is locked, at
    # once and whatever the busy timeout.
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() >= until:
                raise
        time.sleep(WAL_PAUSE_SECONDS)
