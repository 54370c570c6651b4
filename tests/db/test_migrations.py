"""Migrations lead from nothing to exactly the tables of the code, on both databases; back again;
only once, whoever else begins at the same moment; and what was stored outlives them."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from tests.db.databases import Database, SystemTime

from video_foundry.db.migrate import MIGRATIONS, alembic_config, migrate, newest_revision
from video_foundry.db.store import Store
from video_foundry.db.tables import Base

POSTGRES_SCHEMA = """
SELECT format('column %s.%s %s %s default %s', c.relname, a.attname,
              format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END,
              pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT format('options of %s: %s', relname, reloptions) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')
"""
"""Everything that makes up a schema, a line each."""


@pytest.fixture
async def store(bare: Database) -> AsyncIterator[Store]:
    """The product's way to it."""
    made = Store(bare.store_url, SystemTime(), pool_size=2)
    yield made
    await made.close()


async def on(store: Store, work: Callable[[Connection], Any]) -> Any:
    """What `work` answers on a writing connection."""
    async with store.engine.execution_options(vf_write=True).begin() as connection:
        return await connection.run_sync(work)


def differences(connection: Connection) -> list[Any]:
    """What Alembic would change to come from the database to the metadata."""
    opts = {"compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, Base.metadata))


def schema(connection: Connection) -> set[str]:
    """Every table, column, constraint and index, in one spelling."""
    if connection.dialect.name == "postgresql":
        lines = {line for (line,) in connection.execute(text(POSTGRES_SCHEMA))}
        return {line for line in lines if "alembic_version" not in line}
    rows = connection.execute(
        text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name != 'alembic_version'")
    )
    return {spelled(sql) for (sql,) in rows}


def spelled(sql: str) -> str:
    """A statement without the differences of writing, and of order, that mean nothing."""
    words = " ".join(sql.replace('"', "").split())
    words = words.replace("( ", "(").replace(" )", ")").replace(" ,", ",")
    if not words.startswith("CREATE TABLE"):
        return words
    name, _, rest = words.partition("(")
    return f"{name}({', '.join(sorted(rest.removesuffix(')').split(', ')))})"


def upgrade(to: str) -> Callable[[Connection], None]:
    """Go up to a revision."""
    return lambda connection: command.upgrade(alembic_config(connection), to)


def downgrade(to: str) -> Callable[[Connection], None]:
    """Go down to a revision."""
    return lambda connection: command.downgrade(alembic_config(connection), to)


async def test_an_empty_database_gets_exactly_the_tables_of_the_code(store: Store) -> None:
    """To the last type, constraint, default and condition of an index, two of which keep paid work
    single."""
    await migrate(store.engine)
    assert await on(store, differences) == []
    made = await on(store, schema)
    await on(store, downgrade("base"))
    await on(store, Base.metadata.create_all)
    assert made == await on(store, schema)
    (condition,) = [line for line in made if "uq_jobs_open_fingerprint" in line and "WHERE" in line]
    assert all(f"'{state}'" in condition for state in ("cancelled", "failed", "succeeded"))


async def test_a_second_migrate_changes_nothing(store: Store) -> None:
    await migrate(store.engine)
    before = await on(store, schema)
    await migrate(store.engine)
    assert await on(store, schema) == before


async def test_every_step_leads_down_to_where_it_came_from(store: Store) -> None:
    steps = [script.revision for script in _scripts().walk_revisions()][::-1]
    schemas = []
    for revision in steps:
        await on(store, upgrade(revision))
        schemas.append(await on(store, schema))
    for revision, before in list(zip(steps, schemas, strict=True))[-2::-1]:
        await on(store, downgrade(revision))
        assert await on(store, schema) == before
    await on(store, downgrade("base"))
    left = await on(store, lambda c: set(inspect(c).get_table_names()))
    assert left == {"alembic_version"}
    await migrate(store.engine)
    assert await on(store, schema) == schemas[-1]


async def test_the_database_says_the_newest_revision(store: Store) -> None:
    await migrate(store.engine)
    revision = await on(store, lambda c: MigrationContext.configure(c).get_current_revision())
    assert revision == _scripts().get_current_head() == newest_revision()
    assert len(_scripts().get_heads()) == 1


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


async def test_several_that_migrate_at_once_take_turns(bare: Database) -> None:
    stores = [Store(bare.store_url, SystemTime(), pool_size=2) for _ in range(4)]
    try:
        await asyncio.gather(*(migrate(store.engine) for store in stores))
        assert await on(stores[0], differences) == []
    finally:
        for store in stores:
            await store.close()


def test_several_processes_that_migrate_at_once_all_succeed(bare: Database, tmp_path: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": bare.url, "VIDEO_FOUNDRY_DATA_DIR": str(tmp_path)}
    words = [sys.executable, "-m", "video_foundry", "migrate"]
    running = [
        subprocess.Popen(
            words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], told
    assert all(b"has the newest schema" in words for words in told)
