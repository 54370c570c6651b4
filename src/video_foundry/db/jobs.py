"""Looking at jobs: one by its id, what is asked for now, and those of a render. Claiming and moving
them is the queue's alone."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from video_foundry.core.jobs import OPEN, TERMINAL
from video_foundry.db.given import given
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import (
    JobNeedRow,
    JobRow,
    RenderAskRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
)


async def job_by_id(session: AsyncSession, job_id: str, *, fresh: bool = False) -> JobRow | None:
    """The job of this id, if there is one. fresh: as it is now, whatever was read before."""
    return await session.get(JobRow, job_id, populate_existing=fresh)


async def jobs_needed_by(session: AsyncSession, job_id: str) -> list[str]:
    """Ids of the open jobs whose results a job waits for."""
    query = (
        select(JobRow.id)
        .join(JobNeedRow, JobNeedRow.fingerprint == JobRow.fingerprint)
        .where(JobNeedRow.job_id == job_id, JobRow.state.not_in(sorted(TERMINAL)))
        .order_by(JobRow.id)
    )
    return list(await session.scalars(query))


async def requests_open(
    session: AsyncSession, base_fingerprint: str, model: str
) -> list[dict[str, Any]]:
    """The stored requests of generations that have not ended and may be variations of a request:
    those that say so, and those of its model that do not say (an older version enqueued them)."""
    generations = select(JobRow.payload).where(JobRow.kind == "generate")
    is_open = JobRow.state.in_(sorted(OPEN))
    said = generations.where(JobRow.base_fingerprint == base_fingerprint, is_open)
    unsaid = generations.where(JobRow.base_fingerprint.is_(None), is_open, JobRow.model == model)
    found = [*await session.scalars(said), *await session.scalars(unsaid)]
    return [payload["request"] for payload in found]


async def jobs_of_renders(session: AsyncSession, render_ids: Collection[str]) -> dict[str, JobRow]:
    """job id -> job, of every job these renders wait for or waited for: how they stand, and no
    more. What was changed must be flushed before."""
    query = select(JobRow).where(JobRow.id.in_(_ids_in(render_ids))).options(load_only(*_STANDING))
    return {job.id: job for job in await session.scalars(query)}


_STANDING = (
    JobRow.kind,
    JobRow.model,
    JobRow.state,
    JobRow.has_stand_in,
    JobRow.cancel_requested,
    JobRow.error_code,
    JobRow.error_message,
    JobRow.progress,
    JobRow.cost_amount,
    JobRow.cost_currency,
    JobRow.created_at,
)


async def whole_jobs(session: AsyncSession, ids: Collection[str]) -> dict[str, JobRow]:
    """job id -> job, with all there is to it."""
    query = select(JobRow).where(JobRow.id.in_(given(session, ids)))
    found = await session.scalars(query.execution_options(populate_existing=True))
    return {job.id: job for job in found}


def _ids_in(render_ids: Collection[str]) -> CompoundSelect[tuple[str | None]]:
    return union_all(
        select(RenderSegmentRow.job_id).where(RenderSegmentRow.render_id.in_(render_ids)),
        select(RenderStepRow.job_id).where(RenderStepRow.render_id.in_(render_ids)),
        select(RenderAskRow.job_id).where(RenderAskRow.render_id.in_(render_ids)),
    )


async def open_jobs_only_for(session: AsyncSession, render_id: str) -> Sequence[JobRow]:
    """A render's open jobs that no other open render waits for and nobody asked for by themselves.
    What was changed must be flushed before. (Each is looked up by its fingerprint: an index has
    those of what renders wait for, and none has the ids of their jobs.)"""
    others = (RenderRow.status.not_in(RENDER_ENDED), RenderRow.id != render_id)
    looks = [
        select(RenderRow.id)
        .join(table, table.render_id == RenderRow.id)
        .where(*others, table.fingerprint == JobRow.fingerprint, table.job_id == JobRow.id)
        .correlate(JobRow)
        for table in (RenderSegmentRow, RenderStepRow, RenderAskRow)
    ]
    query = (
        select(JobRow)
        .where(
            JobRow.id.in_(_ids_in([render_id])),
            JobRow.state.not_in(sorted(TERMINAL)),
            JobRow.is_standalone.is_(False),
            *(~look.exists() for look in looks),
        )
        .order_by(JobRow.fingerprint)  # see db.locks
    )
    return (await session.scalars(query)).all()
