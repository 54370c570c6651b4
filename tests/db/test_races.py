"""Single races on PostgreSQL, each stopped by hand at its worst moment: one transaction has written
and not yet committed, and another comes. A whole crowd is in test_concurrency."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import asyncpg
import pytest
from sqlalchemy import select
from tests.db.databases import Database
from tests.db.desk import Desk, models_of
from tests.db.workmen import generate_one
from tests.recovery.gate import Gate
from tests.recovery.world import PROFILE, Models, MovableClock, world

from video_foundry.core.jobs import JobState
from video_foundry.db.tables import JobRow
from video_foundry.jobs import queue
from video_foundry.jobs.locks import job_write
from video_foundry.services import projects, renders, segments, takes
from video_foundry.services._edit import SegmentContent
from video_foundry.services._segments import SegmentChange
from video_foundry.services.context import Context

T = TypeVar("T")
PATIENCE = 60.0


@pytest.fixture
def desk_models(tmp_path: Path) -> Models:
    """Models that nobody asks anything."""
    return models_of(Desk(dice=Random(0), clips=tmp_path))


class Door(Gate):
    """Holds whoever wants to commit until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def go_through(self, name: str) -> None:
        """Stop where it is armed, at the commit."""
        if self.armed and name == "commit":
            self.reached.set()
            await self.opened.wait()


@asynccontextmanager
async def replica(
    room: Database, models: Models, folder: Path, door: Door | None = None
) -> AsyncIterator[Context]:
    """An API process."""
    gate = door or Gate()
    async with world(folder, models, gate, MovableClock(), room, shared_clock=True) as ctx:
        yield ctx


def content(prompt: str, **params: Any) -> SegmentContent:
    """A segment's content."""
    return SegmentContent(prompt=prompt, model_params={"model": "desk-key", **params})


def prompt(words: str) -> SegmentChange:
    """An edit."""
    return SegmentChange(given=frozenset({"prompt"}), prompt=words)


async def film(ctx: Context, *prompts: str) -> tuple[str, list[str]]:
    """A project with segments; their ids."""
    made = (await projects.create_project(ctx, name="film", profile=PROFILE)).row.id
    added = [await segments.add_segment(ctx, made, content(prompt)) for prompt in prompts]
    return made, [view.row.id for view in added]


async def until_stopped(room: Database, task: asyncio.Future[Any], waiting: int = 1) -> None:
    """Until a task is done, or so many transactions in the database wait for others."""
    query = (
        "SELECT count(*) AS n FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    async with asyncio.timeout(PATIENCE):
        while not task.done():
            (row,) = await asyncio.to_thread(room.ask, query)
            if row["n"] >= waiting:
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def in_the_way(room: Database, query: str, *values: str) -> AsyncIterator[None]:
    """Rows that are locked for the length of the block."""
    connection = await asyncpg.connect(room.url)
    try:
        async with connection.transaction():
            await connection.execute(f"{query} FOR UPDATE", *values)
            yield
    finally:
        await connection.close()


async def meanwhile(room: Database, door: Door, first: Awaitable[T], second: Awaitable[Any]) -> T:
    """Begin `first`, hold it before its commit, do `second` as far as it goes, let both end."""
    door.armed = True
    held = asyncio.ensure_future(first)
    await door.reached.wait()
    other = asyncio.ensure_future(second)
    await until_stopped(room, other)
    door.opened.set()
    done = await held
    await other
    return done


async def deadlocks(room: Database) -> int:
    """How many PostgreSQL had to break."""
    await asyncio.sleep(1.1)  # its backends tell once a second
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    (row,) = await asyncio.to_thread(room.ask, query)
    return int(row["deadlocks"])


async def test_what_is_made_while_a_segment_begins_to_ask_for_it_is_filed_there(
    room: Database, desk_models: Models, tmp_path: Path
) -> None:
    """There was not even a job when the edit looked; all of its life is in the edit's shadow."""
    door = Door()
    async with (
        replica(room, desk_models, tmp_path, door) as one,
        replica(room, desk_models, tmp_path) as two,
    ):
        _, (edited,) = await film(one, "before")
        other, _ = await film(two, "wanted")

        async def make() -> None:
            await renders.start_render(two, other)
            await generate_one(two)

        await meanwhile(room, door, segments.update_segment(one, edited, prompt("wanted")), make())
        assert len(await takes.list_takes(two, edited)) == 1


async def test_a_generation_that_is_shared_while_it_is_called_off_is_made_all_the_same(
    room: Database, desk_models: Models, tmp_path: Path
) -> None:
    """The one that calls it off has looked who else needs it; then somebody does."""
    door = Door()
    async with (
        replica(room, desk_models, tmp_path, door) as one,
        replica(room, desk_models, tmp_path) as two,
    ):
        first, (segment,) = await film(two, "wanted")
        render = (await renders.start_render(two, first)).row.id
        await segments.update_segment(two, segment, prompt("no more"))
        other, (newcomer,) = await film(one, "something else")
        async with in_the_way(room, "SELECT 1 FROM render_jobs WHERE id = $1", render):
            cancelling = asyncio.ensure_future(renders.cancel_render(two, render))
            await until_stopped(room, cancelling)  # it has found out who is concerned
            await segments.update_segment(one, newcomer, prompt("wanted"))
            door.armed = True
            starting = asyncio.ensure_future(renders.start_render(one, other))
            await door.reached.wait()
        await until_stopped(room, cancelling)  # it has seen nobody else who needs the job
        door.opened.set()
        shared = (await starting).row.id
        await cancelling
        now = await renders.get_render(two, shared)
        assert (now.row.status, now.row.error_message) == ("processing", None)
        await generate_one(two)
        assert (await renders.get_render(two, shared)).row.segments_completed == 1
        assert await deadlocks(room) == 0


async def test_a_film_that_is_reshaped_and_one_that_is_rendered_wait_for_each_other_in_turn(
    room: Database, desk_models: Models, tmp_path: Path
) -> None:
    """Both come to the same open generations, in different orders."""
    async with (
        replica(room, desk_models, tmp_path) as one,
        replica(room, desk_models, tmp_path) as two,
    ):
        prompts = await _in_falling_order(two, "a", "b", "c", "d")
        upright, _ = await film(one, *prompts)
        across, _ = await film(two, *prompts)
        await renders.start_render(two, across)
        await projects.update_project(
            one, upright, reshape=lambda old: replace(old, width=90, height=160)
        )
        async with in_the_way(room, "SELECT id FROM jobs ORDER BY fingerprint DESC LIMIT 1"):
            reshaping = asyncio.ensure_future(
                projects.update_project(
                    one, upright, reshape=lambda old: replace(old, width=160, height=90)
                )
            )
            await until_stopped(room, reshaping)
            rendering = asyncio.ensure_future(renders.start_render(two, across))
            await until_stopped(room, rendering, 1 if reshaping.done() else 2)
        await asyncio.gather(reshaping, rendering)
        assert await deadlocks(room) == 0


async def _in_falling_order(ctx: Context, *prompts: str) -> list[str]:
    """These prompts, by the fingerprints of their requests."""
    made, _ = await film(ctx, *prompts)
    views = await segments.list_segments(ctx, made)
    await projects.delete_project(ctx, made)
    marks = {view.row.prompt: view.row.fingerprint or "" for view in views}
    return sorted(prompts, key=lambda prompt: marks[prompt], reverse=True)


async def test_an_id_that_a_dead_worker_left_is_not_told_twice(
    room: Database, desk_models: Models, tmp_path: Path
) -> None:
    """Two workers hand over what they sent under one key: the first is believed."""
    async with replica(room, desk_models, tmp_path) as ctx:
        project, _ = await film(ctx, "sent")
        await renders.start_render(ctx, project)
        async with ctx.store.write() as tx:
            (job,) = await queue.claim(tx, "generate", "worker", 1)
            job = await queue.move(tx, job, JobState.SUBMITTING, submit_key="key")
            await queue.release(tx, "worker", [job.id])

        async def tell(name: str) -> JobRow | None:
            async with job_write(ctx.store, job.id) as tx:
                return await queue.adopt(tx, job.id, "key", name, deadline=tx.now)

        told = await asyncio.gather(tell("first"), tell("second"))
        (known,) = [row for row in told if row is not None]
        async with ctx.store.read() as session:
            row = (await session.scalars(select(JobRow).where(JobRow.id == job.id))).one()
        assert (row.state, row.provider_job_id) == (JobState.SUBMITTED, known.provider_job_id)
