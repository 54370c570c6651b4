"""An installation of an earlier version is brought to the present schema with all that it holds:
nothing is lost, nothing is made again, and what was under way goes on."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, insert, select
from tests.db.databases import Database, SystemTime
from tests.db.desk import Desk, models_of
from tests.db.workmen import generate_one
from tests.recovery.gate import Gate
from tests.recovery.world import (
    MovableClock,
    make_project,
    wait_until_settled,
    workers,
    world,
)

from video_foundry.db.migrate import alembic_config, migrate
from video_foundry.db.store import Store
from video_foundry.db.tables import Base
from video_foundry.jobs.queue import LEASE
from video_foundry.services import renders, segments, takes

Rows = dict[str, list[dict[str, Any]]]


def everything(connection: Connection) -> Rows:
    """Every row of every table, as far as an old schema knows its columns."""
    found = MetaData()
    found.reflect(connection)
    return {
        name: sorted(
            (
                {c.name: row[c.name] for c in table.columns if c.name not in NEW.get(name, ())}
                for row in connection.execute(select(table)).mappings()
            ),
            key=repr,
        )
        for name, table in found.tables.items()
        if name in Base.metadata.tables
    }


NEW = {
    "jobs": ("priority", "stamp", "base_fingerprint"),
    "render_jobs": ("priority",),
    "artifacts": ("last_used_at",),
}
"""Columns that came after the first schema."""


async def on(store: Store, work: Callable[[Connection], Any]) -> Any:
    """What `work` answers on a writing connection."""
    async with store.engine.execution_options(vf_write=True).begin() as connection:
        return await connection.run_sync(work)


async def first_schema(database: Database) -> Store:
    """A database as the first version made it."""
    store = Store(database.store_url, SystemTime())
    await on(store, lambda c: command.upgrade(alembic_config(c), "0001"))
    return store


def fill(connection: Connection, rows: Rows) -> None:
    """Put these rows where they belong."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if rows.get(table.name):
            connection.execute(insert(table), rows[table.name])


async def a_film_under_way(database: Database, folder: Path, desk: Desk) -> tuple[str, str]:
    """A project and its render: one segment is there, one waits, one was left by a worker that
    died while it was sending."""
    async with world(folder, models_of(desk), Gate(), MovableClock(), database) as ctx:
        shots = {prompt: {"model": "desk-key"} for prompt in ("done", "waiting", "left")}
        project = await make_project(ctx, shots)
        render = (await renders.start_render(ctx, project)).row.id
        await generate_one(ctx)
        await generate_one(ctx, until="submitting")
    return project, render


async def test_an_old_installation_goes_on_where_it_was(
    database: Database, bare: Database, tmp_path: Path
) -> None:
    desk = Desk(dice=Random(0), clips=tmp_path, is_kind=True)
    project, render = await a_film_under_way(database, tmp_path, desk)
    new = Store(database.store_url, SystemTime())
    old = await first_schema(bare)
    stored = await on(new, everything)
    assert [len(stored[t]) for t in ("jobs", "generations", "artifacts", "takes")] == [4, 1, 1, 1]
    await on(old, lambda c: fill(c, stored))
    await migrate(old.engine)
    assert await on(old, everything) == stored
    await new.close()
    await old.close()

    clock = MovableClock(ahead=2 * LEASE)
    async with world(tmp_path, models_of(desk), gate := Gate(), clock, bare) as ctx:
        async with workers(ctx, gate):
            assert await wait_until_settled(bare, render) == "completed"
        gate.open()
        assert desk.billed.total() == 2  # not what was there before
        views = await segments.list_segments(ctx, project)
        assert [len(await takes.list_takes(ctx, view.row.id)) for view in views] == [1, 1, 1]
