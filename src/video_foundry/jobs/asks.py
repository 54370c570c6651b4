"""Who wants a job: segments that it was asked for by itself, renders under way, and jobs that wait
for its result. So that who does not want it any more takes it from nobody else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import Select, and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from video_foundry.core.jobs import OPEN, TERMINAL
from video_foundry.db.bulk import write_columns
from video_foundry.db.given import given
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.store import Tx
from video_foundry.db.tables import (
    JobAskRow,
    JobNeedRow,
    JobRow,
    RenderAskRow,
    RenderRow,
    RenderSegmentRow,
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Who wants a job. segments: ids of those that it was asked for by itself for. renders: ids of
    those under way that wait for it. jobs: ids of open ones that are made from its result."""

    segments: frozenset[str]
    renders: frozenset[str]
    jobs: frozenset[str]

    @property
    def anybody(self) -> bool:
        """Whether somebody does."""
        return bool(self.segments or self.renders or self.jobs)

    def but(self, segment_ids: Collection[str]) -> Self:
        """The same without these segments."""
        return replace(self, segments=self.segments.difference(segment_ids))


async def wanted_by(session: AsyncSession, job: JobRow) -> Wanted:
    """Who wants this job now."""
    return (await wanted_by_whom(session, [job.id]))[job.id]


async def wanted_by_whom(session: AsyncSession, job_ids: Collection[str]) -> dict[str, Wanted]:
    """Who wants each of these jobs now, by its id. A fixed number of queries."""
    ids = given(session, job_ids)
    asked = select(JobAskRow.job_id, JobAskRow.segment_id).where(JobAskRow.job_id.in_(ids))
    other = aliased(JobRow)
    waiting = (
        select(JobRow.id, other.id)
        .join(JobNeedRow, JobNeedRow.fingerprint == JobRow.fingerprint)
        .join(other, other.id == JobNeedRow.job_id)
        .where(JobRow.id.in_(ids), other.state.not_in(sorted(TERMINAL)))
    )
    segments = await _by_job(session, asked)
    jobs = await _by_job(session, waiting)
    renders = [
        await _by_job(session, _renders_waiting(table).where(JobRow.id.in_(ids)))
        for table in (RenderSegmentRow, RenderAskRow)
    ]
    return {
        one: Wanted(
            segments=frozenset(segments.get(one, ())),
            renders=frozenset().union(*(found.get(one, ()) for found in renders)),
            jobs=frozenset(jobs.get(one, ())),
        )
        for one in job_ids
    }


def _renders_waiting(table: type[RenderSegmentRow | RenderAskRow]) -> Select[str, str]:
    return (
        select(JobRow.id, RenderRow.id)
        .join(table, and_(table.fingerprint == JobRow.fingerprint, table.job_id == JobRow.id))
        .join(RenderRow, RenderRow.id == table.render_id)
        .where(RenderRow.status.not_in(RENDER_ENDED))
    )


async def _by_job(session: AsyncSession, query: Select[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for job_id, one in await session.execute(query):
        found.setdefault(job_id, set()).add(one)
    return found


async def note_asks(tx: Tx, asks: Collection[tuple[str, str]]) -> None:
    """Note who has asked for jobs by themselves: ids, of a job and of a segment each."""
    jobs = given(tx.session, {job for job, _ in asks})
    known = select(JobAskRow.job_id, JobAskRow.segment_id).where(JobAskRow.job_id.in_(jobs))
    there = {(row.job_id, row.segment_id) for row in await tx.session.execute(known)}
    new = set(asks) - there
    if new:
        rows = [{"job_id": job, "segment_id": one} for job, one in sorted(new)]
        await tx.session.execute(insert(JobAskRow), rows)


async def pass_asks_on(tx: Tx, before: str, jobs: Sequence[str]) -> None:
    """Whoever asked for a job asks for these now, which do its work."""
    asked = select(JobAskRow.segment_id).where(JobAskRow.job_id == before)
    segments = set(await tx.session.scalars(asked))
    await note_asks(tx, {(job, segment) for job in jobs for segment in segments})


async def let_go(tx: Tx, jobs: Sequence[JobRow], segment_ids: Collection[str]) -> dict[str, Wanted]:
    """These segments do not want these jobs any more: who else does, by the job's id. The jobs know
    only those from now on. The caller holds them, and has read them since."""
    if not jobs:
        return {}
    before = await wanted_by_whom(tx.session, [job.id for job in jobs])
    await tx.session.execute(
        delete(JobAskRow).where(
            JobAskRow.job_id.in_(given(tx.session, before)),
            JobAskRow.segment_id.in_(given(tx.session, segment_ids)),
        )
    )
    others = {job_id: wanted.but(segment_ids) for job_id, wanted in before.items()}
    for job in jobs:
        # What goes on for renders alone ends with them; nothing stands in for what nobody asks for.
        job.is_standalone = bool(others[job.id].segments or others[job.id].jobs)
        job.stand_ins = job.stand_ins if others[job.id].segments else None
        was_asked = job.segment_id in before[job.id].segments.intersection(segment_ids)
        if was_asked and others[job.id].anybody:  # else what comes all the same is still its take
            job.segment_id = min(others[job.id].segments, default=None)
    await write_columns(tx.session, jobs, "is_standalone", "stand_ins", "segment_id")
    return others


async def open_asks_of(session: AsyncSession, segment_ids: Collection[str]) -> set[str]:
    """Ids of the open jobs that any of these segments has asked for by itself."""
    if not segment_ids:
        return set()
    query = (
        select(JobRow.id)
        .join(JobAskRow, JobAskRow.job_id == JobRow.id)
        .where(
            JobRow.kind == "generate",
            JobRow.state.in_(sorted(OPEN)),
            JobAskRow.segment_id.in_(given(session, segment_ids)),
        )
    )
    return set(await session.scalars(query))
