"""How many statements an action takes does not depend on how long the film is: a project is locked
while they run, and each of them costs a trip to the database. Counted on both databases."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from tests.db.databases import Database
from tests.db.desk import Desk, models_of
from tests.db.statements import statements
from tests.recovery.gate import Gate
from tests.recovery.world import PROFILE, MovableClock, world

from video_foundry.core.jobs import JobState
from video_foundry.core.profile import OutputProfile
from video_foundry.db.renders import render_by_id
from video_foundry.db.tables import ArtifactRow, GenerationRow, JobRow
from video_foundry.jobs import queue
from video_foundry.jobs.filing import end_unsuccessfully
from video_foundry.jobs.locks import job_write
from video_foundry.jobs.renders import advance
from video_foundry.services import imports, plans, projects, renders, segments
from video_foundry.services._edit import SegmentContent
from video_foundry.services.context import Context

FEW, MANY = 6, 30
"""Segments of the two films that are compared."""


@dataclass(kw_only=True)
class Film:
    """A project of so many segments, and what was counted while things were done to it."""

    ctx: Context
    length: int
    counted: dict[str, int] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid4()))

    async def count(self, name: str, work: Awaitable[Any]) -> Any:
        """What `work` answers; its statements are counted under a name."""
        with statements(self.ctx.store) as sent:
            done = await work
        self.counted[name] = len(sent)
        return done

    async def bring_in(self, words: Callable[[int], str]) -> None:
        """Make it say what a file says: the words of each segment."""
        await imports.import_project(
            self.ctx,
            self.id,
            name="film",
            description="",
            profile=PROFILE,
            segments=[_content(words(n)) for n in range(self.length)],
        )

    async def reshape(self, change: Callable[[OutputProfile], OutputProfile]) -> None:
        """Another size."""
        await projects.update_project(self.ctx, self.id, reshape=change)

    async def reverse(self) -> None:
        """The last comes first."""
        ids = [view.row.id for view in await segments.list_segments(self.ctx, self.id)]
        await self.count("reorder", segments.reorder_segments(self.ctx, self.id, ids[::-1]))


def _content(prompt: str) -> SegmentContent:
    return SegmentContent(prompt=prompt, model_params={"model": "desk-key"})


Story = Callable[[Film], Awaitable[None]]


async def edited(film: Film) -> None:
    """Segments that come, change in different ways, go, and stand in another order."""
    await film.count("bring in", film.bring_in(lambda n: f"shot {n}"))
    await film.count("bring in changes", film.bring_in(lambda n: f"shot {n}{'!' * (n % 3)}"))
    await film.reverse()
    film.length //= 2
    await film.count("bring in fewer", film.bring_in(lambda n: f"shot {n}"))
    film.length *= 2
    await film.count("bring in more", film.bring_in(lambda n: f"shot {n}"))
    upright = film.reshape(lambda old: replace(old, width=90, height=160))
    await film.count("reshape", upright)
    await film.count("plan", plans.plan_project(film.ctx, film.id))
    await film.count("look", projects.get_project(film.ctx, film.id))
    await film.count("delete", projects.delete_project(film.ctx, film.id))


async def rendered_and_called_off(film: Film) -> None:
    """By itself, and by another that asks for the same."""
    twin = Film(ctx=film.ctx, length=film.length)
    for one in (film, twin):
        await one.bring_in(lambda n: f"{film.id} shot {n}")
    first = await film.count("render", renders.start_render(film.ctx, film.id))
    shared = await film.count("share", renders.start_render(film.ctx, twin.id))
    await film.count("look at the render", renders.get_render(film.ctx, first.row.id))
    await film.count("call the sharing off", renders.cancel_render(film.ctx, shared.row.id))
    await film.count("call off", renders.cancel_render(film.ctx, first.row.id))
    assert await _states(film.ctx, first.row.created_at) == {JobState.CANCELLED: film.length}


async def called_off_under_another(film: Film) -> None:
    """What was cancelled as a render began to share it is asked for anew."""
    await film.bring_in(lambda n: f"{film.id} shot {n}")
    render = (await renders.start_render(film.ctx, film.id)).row
    async with film.ctx.store.write() as tx:
        off = {"state": JobState.CANCELLED, "cancel_requested": True}
        await tx.session.execute(update(JobRow).where(JobRow.project_id == film.id).values(**off))

    async def go_on() -> None:
        async with film.ctx.store.write() as tx:
            found = await render_by_id(tx.session, render.id)
            assert found is not None
            await advance(tx, found)

    await film.count("ask again", go_on())
    expected = {JobState.CANCELLED: film.length, JobState.QUEUED: film.length}
    assert await _states(film.ctx, render.created_at) == expected


async def ended(film: Film) -> None:
    """One that cannot be made ends the render."""
    await film.bring_in(lambda n: f"{film.id} shot {n}")
    render = (await renders.start_render(film.ctx, film.id)).row
    jobs = await _claim(film)

    async def fail(job: JobRow) -> None:
        async with job_write(film.ctx.store, job.id) as tx:
            await end_unsuccessfully(tx, job, JobState.FAILED, "refused", "not that")

    for job in jobs[:-1]:
        await fail(job)
    await film.count("end", fail(jobs[-1]))
    assert (await renders.get_render(film.ctx, render.id)).row.status == "failed"


async def remembered(film: Film) -> None:
    """Everything that is asked for was made before: takes are filed, and clips are composed."""
    await film.bring_in(lambda n: f"{film.id} shot {n}")
    await _make_all(film)
    twin = Film(ctx=film.ctx, length=film.length)
    await film.count("bring in", twin.bring_in(lambda n: f"{film.id} shot {n}"))
    upright = twin.reshape(lambda old: replace(old, width=90, height=160))
    await film.count("reshape", upright)
    across = twin.reshape(lambda old: replace(old, width=160, height=90))
    await film.count("reshape back", across)
    await film.count("plan", plans.plan_project(film.ctx, twin.id))
    render = await film.count("render", renders.start_render(film.ctx, twin.id))
    # The picture and the sound of each.
    assert await _states(film.ctx, render.row.created_at) == {JobState.QUEUED: 2 * film.length}
    await film.count("call off", renders.cancel_render(film.ctx, render.row.id))
    views = await segments.list_segments(film.ctx, twin.id)
    assert [view.take_count for view in views] == [1] * film.length
    await film.count("duplicate", segments.duplicate_segment(film.ctx, views[0].row.id))


async def repeated(film: Film) -> None:
    """All segments ask for the same: one job, whose end concerns them all."""
    await film.bring_in(lambda n: f"{film.id} shot")
    await film.count("render", renders.start_render(film.ctx, film.id))
    (job,) = await _claim(film)

    async def fail() -> None:
        async with job_write(film.ctx.store, job.id) as tx:
            await end_unsuccessfully(tx, job, JobState.FAILED, "refused", "not that")

    await film.count("end", fail())
    views = await segments.list_segments(film.ctx, film.id)
    assert {view.status for view in views} == {"failed"}


async def _claim(film: Film) -> Sequence[JobRow]:
    async with film.ctx.store.write() as tx:
        return await queue.claim(tx, "generate", "worker", film.length)


async def _states(ctx: Context, since: Any) -> dict[str, int]:
    """How many jobs stand how, of those that were enqueued since."""
    found: dict[str, int] = {}
    async with ctx.store.read() as session:
        query = select(JobRow.state).where(JobRow.created_at >= since)
        for state in await session.scalars(query):
            found[state] = found.get(state, 0) + 1
    return found


async def _make_all(film: Film) -> None:
    """Generate what a film asks for, as far as the rows go."""
    render = (await renders.start_render(film.ctx, film.id)).row
    async with film.ctx.store.write() as tx:
        jobs = (await tx.session.scalars(select(JobRow).where(JobRow.project_id == film.id))).all()
        tx.session.add_all(_clip(job, tx.now) for job in jobs)
        await tx.session.flush()
        tx.session.add_all(_made(job, tx.now) for job in jobs)
    await renders.cancel_render(film.ctx, render.id)


def _clip(job: JobRow, now: Any) -> ArtifactRow:
    facts = {
        "kind": "video",
        "duration": "1",
        "frame_rate": "24",
        "frames": 24,
        "has_audio": True,
    }
    return ArtifactRow(
        digest=job.fingerprint,
        size=1,
        content_type="video/mp4",
        facts=facts,
        is_rebuildable=False,
        created_at=now,
    )


def _made(job: JobRow, now: Any) -> GenerationRow:
    return GenerationRow(
        fingerprint=job.fingerprint,
        base_fingerprint=job.base_fingerprint,
        request=job.payload["request"],
        digest=job.fingerprint,
        created_at=now,
    )


@asynccontextmanager
async def _ctx(database: Database, folder: Path) -> AsyncIterator[Context]:
    models = models_of(Desk(dice=Random(0), clips=folder))
    async with world(folder, models, Gate(), MovableClock(), database) as ctx:
        yield ctx


@pytest.mark.parametrize(
    "story",
    [edited, rendered_and_called_off, called_off_under_another, ended, remembered, repeated],
)
async def test_a_longer_film_takes_no_more_statements(
    story: Story, database: Database, tmp_path: Path
) -> None:
    async with _ctx(database, tmp_path) as ctx:
        first, few, many = (Film(ctx=ctx, length=length) for length in (1, FEW, MANY))
        for film in (first, few, many):  # at the first, nothing was ever asked for
            await story(film)
    assert many.counted == few.counted
