"""Who wants a job: segments that it was asked for by itself, renders under way, and jobs that wait
for its result. So that who does not want it any more takes it from nobody else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Self

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import TERMINAL
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

    def but(self, segment_id: str) -> Self:
        """The same without a segment."""
        return replace(self, segments=self.segments - {segment_id})


async def wanted_by(session: AsyncSession, job: JobRow) -> Wanted:
    """Who wants this job now."""
    asked = select(JobAskRow.segment_id).where(JobAskRow.job_id == job.id)
    renders: set[str] = set()
    for table in (RenderSegmentRow, RenderAskRow):
        query = (
            select(RenderRow.id)
            .join(table, table.render_id == RenderRow.id)
            .where(
                table.fingerprint == job.fingerprint,
                table.job_id == job.id,
                RenderRow.status.not_in(RENDER_ENDED),
            )
        )
        renders |= set(await session.scalars(query))
    waiting = (
        select(JobRow.id)
        .join(JobNeedRow, JobNeedRow.job_id == JobRow.id)
        .where(JobNeedRow.fingerprint == job.fingerprint, JobRow.state.not_in(sorted(TERMINAL)))
    )
    return Wanted(
        segments=frozenset(await session.scalars(asked)),
        renders=frozenset(renders),
        jobs=frozenset(await session.scalars(waiting)),
    )


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


async def forget_ask(tx: Tx, job_id: str, segment_id: str) -> None:
    """A segment does not want this job any more."""
    await tx.session.execute(
        delete(JobAskRow).where(JobAskRow.job_id == job_id, JobAskRow.segment_id == segment_id)
    )
