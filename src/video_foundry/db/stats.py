"""Queries for numbers to watch: how much work stands in which state, and since when."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import JobState
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import JobRow, RenderRow


async def count_jobs(session: AsyncSession) -> list[tuple[str, str, int]]:
    """(kind, state, how many jobs) for every pair that occurs."""
    query = select(JobRow.kind, JobRow.state, func.count()).group_by(JobRow.kind, JobRow.state)
    return [(kind, state, count) for kind, state, count in await session.execute(query)]


async def oldest_queued(session: AsyncSession, kind: str) -> datetime | None:
    """Since when the oldest queued job of a kind may be claimed, None with an empty queue."""
    query = select(func.min(JobRow.run_after)).where(
        JobRow.kind == kind, JobRow.state == JobState.QUEUED
    )
    return (await session.execute(query)).scalar_one_or_none()


async def count_open_renders(session: AsyncSession) -> int:
    """How many renders are under way."""
    counted = select(func.count()).where(RenderRow.status.not_in(RENDER_ENDED))
    return (await session.execute(counted)).scalar_one()


async def check_answers(session: AsyncSession) -> None:
    """Raise when the database does not answer."""
    await session.execute(text("SELECT 1"))
