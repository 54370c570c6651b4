"""Queries about renders and their snapshots. How a render moves on is decided in jobs."""

from collections.abc import Collection, Sequence

from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer, load_only, undefer

from video_foundry.db.tables import (
    JobRow,
    RenderAskRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
)

RENDER_ENDED = ("completed", "failed", "cancelled")
"""Statuses that a render never leaves."""


async def render_by_id(
    session: AsyncSession, render_id: str, *, fresh: bool = False
) -> RenderRow | None:
    """The render of this id, if there is one. fresh: as it is now, whatever was read before."""
    return await session.get(RenderRow, render_id, populate_existing=fresh)


async def recent_renders(
    session: AsyncSession, project_id: str, *, limit: int
) -> Sequence[RenderRow]:
    """A project's renders, newest first, without what grows with the film: see `whole_renders`."""
    query = (
        select(RenderRow)
        .options(*(defer(column) for column in _LONG))
        .where(RenderRow.project_id == project_id)
        .order_by(RenderRow.created_at.desc(), RenderRow.id)
        .limit(limit)
    )
    return (await session.scalars(query)).all()


_LONG = (RenderRow.plan, RenderRow.composition)


async def whole_renders(session: AsyncSession, renders: Collection[RenderRow]) -> None:
    """Read what was left out of the rows of these renders, where it was."""
    short = [row.id for row in renders if "plan" in inspect(row).unloaded]
    if not short:
        return
    query = (
        select(RenderRow)
        .where(RenderRow.id.in_(short))
        .options(*(undefer(column) for column in _LONG))
    )
    await session.execute(query.execution_options(populate_existing=True))


async def open_render_ids(session: AsyncSession, project_id: str) -> Sequence[str]:
    """The ids of a project's renders that are under way."""
    query = select(RenderRow.id).where(
        RenderRow.project_id == project_id, RenderRow.status.not_in(RENDER_ENDED)
    )
    return (await session.scalars(query)).all()


async def snapshots_of(
    session: AsyncSession, render_ids: Collection[str]
) -> dict[str, list[RenderSegmentRow]]:
    """render id -> its snapshot in film order; renders without segments have an empty one."""
    found: dict[str, list[RenderSegmentRow]] = {render_id: [] for render_id in render_ids}
    query = (
        select(RenderSegmentRow)
        .where(RenderSegmentRow.render_id.in_(render_ids))
        .order_by(RenderSegmentRow.render_id, RenderSegmentRow.position)
    )
    for row in await session.scalars(query):
        found[row.render_id].append(row)
    return found


async def steps_of(session: AsyncSession, render_id: str) -> Sequence[RenderStepRow]:
    """A render's composing steps, as far as they are known."""
    query = select(RenderStepRow).where(RenderStepRow.render_id == render_id)
    return (await session.scalars(query)).all()


async def steps_with_jobs(
    session: AsyncSession, render_id: str, *, limit: int, offset: int
) -> list[tuple[RenderStepRow, JobRow | None]]:
    """A render's composing steps in the order of their stages and of the film, each with the job
    that does it."""
    columns = (JobRow.state, JobRow.progress, JobRow.error_code, JobRow.error_message)
    query = (
        select(RenderStepRow, JobRow)
        .outerjoin(JobRow, JobRow.id == RenderStepRow.job_id)
        .options(load_only(*columns))
        .where(RenderStepRow.render_id == render_id)
        .order_by(
            RenderStepRow.stage,
            RenderStepRow.segment.is_(None),
            RenderStepRow.segment,
            RenderStepRow.fingerprint,
        )
        .limit(limit)
        .offset(offset)
    )
    return [(step, job) for step, job in await session.execute(query)]


async def steps_of_renders(
    session: AsyncSession, render_ids: Collection[str]
) -> dict[str, list[RenderStepRow]]:
    """render id -> its composing steps."""
    found: dict[str, list[RenderStepRow]] = {render_id: [] for render_id in render_ids}
    query = select(RenderStepRow).where(RenderStepRow.render_id.in_(render_ids))
    for row in await session.scalars(query):
        found[row.render_id].append(row)
    return found


async def asked_beside(session: AsyncSession, render_ids: Collection[str]) -> dict[str, set[str]]:
    """render id -> the jobs that it has asked for beside those of its clips now."""
    query = select(RenderAskRow.render_id, RenderAskRow.job_id).where(
        RenderAskRow.render_id.in_(render_ids)
    )
    found: dict[str, set[str]] = {render_id: set() for render_id in render_ids}
    for render_id, job_id in await session.execute(query):
        if job_id is not None:
            found[render_id].add(job_id)
    return found
