"""An installation of an earlier version is brought to the present schema with all that it holds:
nothing is lost, nothing is made again, and what was under way goes on."""

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
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
from tests.sampling import turn

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
    "jobs": ("priority", "stamp", "base_fingerprint", "price_currency"),
    "projects": ("outputs",),
    "render_jobs": ("priority", "composition", "seconds_total", "seconds_left"),
    "artifacts": ("last_used_at",),
    "segments": ("transition", "effects", "sound"),
    "compositions": ("clip_key", "first", "frames", "value"),
}
"""Columns that came after the first schema."""

OLD = ("start_seconds", "frames", "step_fingerprint", "step_job_id", "step_digest")
"""Columns of a render's segments that the first schema had: the one step of each clip."""


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


async def a_film_under_way(
    database: Database, folder: Path, desk: Desk, *, is_generated: bool
) -> tuple[str, str]:
    """A project and its render, nothing of which is composed: either all three segments are there,
    or one is, one waits, and one was left by a worker that died while it was sending."""
    async with world(folder, models_of(desk), Gate(), MovableClock(), database) as ctx:
        shots = {prompt: {"model": "desk-key"} for prompt in ("done", "waiting", "left")}
        project = await make_project(ctx, shots)
        render = (await renders.start_render(ctx, project)).row.id
        await generate_one(ctx)
        await generate_one(ctx, until="succeeded" if is_generated else "submitting")
        if is_generated:
            await generate_one(ctx)
    return project, render


def as_before(stored: Rows) -> Rows:
    """The same as the first version would have written it: each clip that is there has one
    composing job, which its segment of the render names."""
    generations = [job for job in stored["jobs"] if job["kind"] == "generate"]
    clips = [job for job in stored["jobs"] if job["payload"].get("step") == "clip"]
    jobs = {job["segment_id"]: old_job(job) for job in clips}
    rows = [
        {**row, **old_step(jobs.get(row["segment_id"]), row["digest"])}
        for row in stored["render_segments"]
    ]
    return {
        **stored,
        "jobs": sorted([*generations, *jobs.values()], key=repr),
        "render_segments": sorted(rows, key=repr),
        "render_steps": [],
        "render_outputs": [],
        "items": [],
    }


def old_job(clip: dict[str, Any]) -> dict[str, Any]:
    """A composing job as the first version asked for it."""
    payload = {
        "step": "normalise",
        "digest": clip["payload"]["sources"][0],
        "start": "0",
        "frames": 12,
        "profile": {"width": 160, "height": 90, "fps": "24", "loudness_lufs": None},
        "label": clip["payload"]["label"],
    }
    return {**clip, "fingerprint": f"{clip['segment_id']} composed"[:64], "payload": payload}


def old_step(job: dict[str, Any] | None, digest: str | None) -> dict[str, Any]:
    """What a render's segment said of its composing job."""
    if job is None:
        return dict.fromkeys(OLD)
    told = ("0", 12, job["fingerprint"], job["id"], None)
    return dict(zip(OLD, told, strict=True))


def as_after(old: Rows) -> Rows:
    """What is to be found once it has been brought to the present schema: composing jobs of the
    first version are ended, and nothing else is different."""
    ended = {
        "state": "cancelled",
        "error_code": "upgraded",
        "error_message": "composed anew by a newer version",
    }
    jobs = [
        {**job, **ended, "finished_at": job["updated_at"]} if job["kind"] == "compose" else job
        for job in old["jobs"]
    ]
    rows = [
        {name: value for name, value in row.items() if name not in OLD}
        for row in old["render_segments"]
    ]
    return {
        **old,
        "jobs": sorted(jobs, key=repr),
        "render_segments": sorted(rows, key=repr),
    }


@pytest.mark.parametrize(
    ("kind_of_database", "is_generated"),
    turn([("sqlite", False), ("postgresql", False), ("postgresql", True), ("sqlite", True)], 2),
    indirect=["kind_of_database"],
)
async def test_an_old_installation_goes_on_where_it_was(
    database: Database, bare: Database, tmp_path: Path, is_generated: bool
) -> None:
    desk = Desk(dice=Random(0), clips=tmp_path, is_kind=True)
    project, render = await a_film_under_way(database, tmp_path, desk, is_generated=is_generated)
    new = Store(database.store_url, SystemTime())
    old = await first_schema(bare)
    stored = as_before(await on(new, everything))
    await new.close()
    there = 3 if is_generated else 1
    counts = [len(stored[t]) for t in ("jobs", "generations", "artifacts", "takes")]
    assert counts == [3 + there, there, there, there]
    await on(old, lambda c: fill(c, stored))
    await migrate(old.engine)
    assert await on(old, everything) == as_after(stored)
    await old.close()

    clock = MovableClock(ahead=2 * LEASE)
    async with world(tmp_path, models_of(desk), gate := Gate(), clock, bare) as ctx:
        async with workers(ctx, gate):
            assert await wait_until_settled(bare, render) == "completed"
        gate.open()
        assert desk.billed.total() == 3 - there  # not what was there before
        views = await segments.list_segments(ctx, project)
        assert [len(await takes.list_takes(ctx, view.row.id)) for view in views] == [1, 1, 1]
