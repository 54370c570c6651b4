"""Databases for tests, empty and of the newest schema: files copied from a template, and PostgreSQL
databases made from one. Nothing here knows what a test does with them."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from tests.cluster.database import ask, read_books, run
from tests.recovery.checker import Books

from video_foundry.db.migrate import migrate
from video_foundry.db.store import Store
from video_foundry.testing.stack.postgres import Postgres

FILE = "video-foundry.sqlite3"
"""What the embedded database is called in a data folder."""


class SystemTime:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Database:
    """One database. url: as a setting takes it. folder: where its file lies, None for a server."""

    url: str
    folder: Path | None = None

    @classmethod
    def in_folder(cls, folder: Path) -> "Database":
        """The file in a data folder."""
        return cls(url=f"sqlite+aiosqlite:///{folder / FILE}", folder=folder)

    @property
    def store_url(self) -> str:
        """The address in the words of the product's driver."""
        return self.url.replace("postgresql://", "postgresql+asyncpg://", 1)

    def books(self) -> Books:
        """What stands in it, without changing it. Not to be called in an event loop."""
        return read_books(self.url) if self.folder is None else Books.of(self.folder)

    def ask(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What PostgreSQL answers. Not to be called in an event loop."""
        return ask(self.url, query, *values)

    def ask_all(self, queries: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
        """Name -> what PostgreSQL answers to a query, all at one moment."""
        return asyncio.run(_ask_all(self.url, queries))

    def status_of(self, render_id: str) -> str:
        """How a render stands. Not to be called in an event loop."""
        query = "SELECT status FROM render_jobs WHERE id = "
        if self.folder is None:
            (row,) = self.ask(f"{query}$1", render_id)
            return str(row["status"])
        address = f"file:{self.folder / FILE}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as connection:
            return str(connection.execute(f"{query}?", (render_id,)).fetchone()[0])


async def _migrated(url: str) -> None:
    store = Store(url, SystemTime())
    try:
        await migrate(store.engine)
    finally:
        await store.close()


def sqlite_template(folder: Path) -> Path:
    """A data folder with an empty database."""
    asyncio.run(_migrated(Database.in_folder(folder).store_url))
    return folder


def fresh_copy(template: Path, folder: Path) -> Database:
    """A database of one's own in a new folder."""
    shutil.copytree(template, folder)
    return Database.in_folder(folder)


class PostgresDatabases:
    """Databases on one server, each made from a template within a fraction of a second."""

    TEMPLATE = "empty_of_the_newest_schema"

    def __init__(self, server: Postgres) -> None:
        self.server = server
        url = server.make_database(self.TEMPLATE)
        asyncio.run(_migrated(Database(url=url).store_url))

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[Database]:
        """A database for the length of the block; without tables when not `migrated`."""
        name = f"test_{uuid4().hex[:12]}"
        template = self.TEMPLATE if migrated else "template1"
        run(self.server.url, f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield Database(url=self.server.url_of(name))
        finally:
            run(self.server.url, f"DROP DATABASE {name} WITH (FORCE)")

    def without_sync(self) -> None:
        """Trust the machine not to lose power: much quicker, and safe against every kill."""
        for command in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            asyncio.run(_alone(self.server.url, command))


async def _ask_all(url: str, queries: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    connection = await asyncpg.connect(url, timeout=20)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return {
                name: [dict(row) for row in await connection.fetch(query)]
                for name, query in queries.items()
            }
    finally:
        await connection.close(timeout=5)


async def _alone(url: str, command: str) -> None:
    connection = await asyncpg.connect(url, timeout=20)
    try:
        await connection.execute(command)
    finally:
        await connection.close(timeout=5)
