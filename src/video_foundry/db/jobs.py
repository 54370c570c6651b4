"""Looking at jobs: one by its id, what is asked for now, and those of a render. Claiming and moving
them is the queue's alone."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import TERMINAL
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import JobRow, RenderRow, RenderSegmentRow


async def job_by_id(session: AsyncSession, job_id: str) -> JobRow | None:
    """The job of this id, if there is one."""
    return await session.get(JobRow, job_id)


async def requests_open(session: AsyncSession, model: str) -> list[dict[str, Any]]:
    """The stored requests of a model's generations that have not ended."""
    query = select(JobRow.payload).where(
        JobRow.kind == "generate",
        JobRow.model == model,
        JobRow.state.not_in(sorted(TERMINAL)),
    )
    return [payload["request"] for payload in await session.scalars(query)]


async def jobs_of_renders(session: AsyncSession, render_ids: Collection[str]) -> dict[str, JobRow]:
    """job id -> job, of every job these renders wait for or waited for. What was changed must be
    flushed before."""
    query = select(JobRow).where(JobRow.id.in_(_ids_in(render_ids)))
    return {job.id: job for job in await session.scalars(query)}


def _ids_in(render_ids: Collection[str]) -> CompoundSelect[tuple[str | None]]:
    in_snapshot = RenderSegmentRow.render_id.in_(render_ids)
    return union_all(
        select(RenderSegmentRow.job_id).where(in_snapshot),
        select(RenderSegmentRow.step_job_id).where(in_snapshot),
        select(RenderRow.master_job_id).where(RenderRow.id.in_(render_ids)),
    )


async def open_jobs_only_for(session: AsyncSession, render_id: str) -> Sequence[JobRow]:
    """A render's open jobs that no other open render waits for and nobody asked for by themselves.
    What was changed must be flushed before."""
    shared = (
        select(RenderRow.id)
        .outerjoin(RenderSegmentRow, RenderSegmentRow.render_id == RenderRow.id)
        .where(
            RenderRow.status.not_in(RENDER_ENDED),
            RenderRow.id != render_id,
            or_(
                RenderSegmentRow.job_id == JobRow.id,
                RenderSegmentRow.step_job_id == JobRow.id,
                RenderRow.master_job_id == JobRow.id,
            ),
        )
        .correlate(JobRow)
        .exists()
    )
    query = (
        select(JobRow)
        .where(
            JobRow.id.in_(_ids_in([render_id])),
            JobRow.state.not_in(sorted(TERMINAL)),
            JobRow.is_standalone.is_(False),
            ~shared,
        )
        .order_by(JobRow.fingerprint)  # see db.locks
    )
    return (await session.scalars(query)).all()
