"""Migrations lead from nothing to exactly the tables of the code, back again, and only once."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.schema import CreateIndex, CreateTable

from video_foundry.db.migrate import MIGRATIONS, alembic_config, migrate, newest_revision
from video_foundry.db.store import Store
from video_foundry.db.tables import Base


class StoppedClock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = Store(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'memory.sqlite3'}", StoppedClock())
    yield made
    await made.close()


async def on(store: Store, work: Callable[[Connection], Any]) -> Any:
    """What `work` answers on a writing connection."""
    async with store.engine.execution_options(vf_write=True).begin() as connection:
        return await connection.run_sync(work)


def differences(connection: Connection) -> list[Any]:
    """What Alembic would change to come from the database to the metadata."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def schema(connection: Connection) -> set[str]:
    """Every statement that made a table or an index, in one spelling."""
    rows = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'")
    )
    return {spelled(sql) for (sql,) in rows}


def spelled(sql: str) -> str:
    """Without the differences of writing that mean nothing."""
    words = " ".join(sql.replace('"', "").split())
    return words.replace("( ", "(").replace(" )", ")").replace(" ,", ",")


async def test_an_empty_file_gets_exactly_the_tables_of_the_code(store: Store) -> None:
    await migrate(store.engine)
    assert await on(store, differences) == []
    tables = await on(store, lambda c: set(inspect(c).get_table_names()))
    assert tables - {"alembic_version"} == set(Base.metadata.tables)


async def test_indexes_with_a_condition_are_those_of_the_code(store: Store) -> None:
    """Alembic's comparison does not look at conditions, and one of them keeps paid work single."""
    await migrate(store.engine)
    made = await on(store, schema)
    dialect = store.engine.dialect
    expected = {
        spelled(str(CreateIndex(index).compile(dialect=dialect)))
        for table in Base.metadata.tables.values()
        for index in table.indexes
    }
    assert expected <= made
    (condition,) = [sql for sql in made if "uq_jobs_open_fingerprint" in sql]
    assert "WHERE state NOT IN ('cancelled', 'failed', 'succeeded')" in condition


async def test_the_tables_have_the_constraints_of_the_code(store: Store) -> None:
    await migrate(store.engine)
    made = {sql.split("(")[0]: sorted_parts(sql) for sql in await on(store, schema)}
    for table in Base.metadata.tables.values():
        sql = spelled(str(CreateTable(table).compile(dialect=store.engine.dialect)))
        assert made[sql.split("(")[0]] == sorted_parts(sql)


def sorted_parts(sql: str) -> list[str]:
    """The columns and constraints of a table; their order means nothing."""
    return sorted(sql.partition("(")[2].removesuffix(")").split(", "))


async def test_a_second_migrate_changes_nothing(store: Store) -> None:
    await migrate(store.engine)
    version = "PRAGMA schema_version"
    before = await on(store, lambda c: c.execute(text(version)).scalar_one())
    await migrate(store.engine)
    assert await on(store, lambda c: c.execute(text(version)).scalar_one()) == before


async def test_down_to_nothing_and_up_again(store: Store) -> None:
    await migrate(store.engine)
    before = await on(store, schema)
    await on(store, lambda c: command.downgrade(alembic_config(c), "base"))
    left = await on(store, lambda c: set(inspect(c).get_table_names()))
    assert left == {"alembic_version"}
    await migrate(store.engine)
    assert await on(store, schema) == before
    assert await on(store, differences) == []


async def test_the_database_says_the_newest_revision(store: Store) -> None:
    await migrate(store.engine)
    scripts = ScriptDirectory(str(MIGRATIONS))
    revision = await on(store, lambda c: MigrationContext.configure(c).get_current_revision())
    assert revision == scripts.get_current_head() == newest_revision()
    assert len(scripts.get_heads()) == 1


async def test_what_was_stored_outlives_a_start(store: Store) -> None:
    await migrate(store.engine)
    insert = text(
        "INSERT INTO artifacts (digest, size, content_type, facts, is_rebuildable, created_at) "
        "VALUES ('aa', 1, 'video/mp4', '{}', 0, '2026-01-01')"
    )
    await on(store, lambda c: c.execute(insert))
    await migrate(store.engine)
    count = text("SELECT count(*) FROM artifacts")
    assert await on(store, lambda c: c.execute(count).scalar_one()) == 1
