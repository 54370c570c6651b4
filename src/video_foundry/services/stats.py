"""Numbers to watch: jobs by state, how long the oldest has waited, doubtful submissions."""

from prometheus_client import Gauge
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import JobState
from video_foundry.db.tables import JobRow, RenderRow
from video_foundry.jobs.renders import RENDER_ENDED
from video_foundry.services.context import Context

JOBS = Gauge("video_foundry_jobs", "Jobs by kind and state", ["kind", "state"])
OLDEST = Gauge("video_foundry_oldest_queued_seconds", "Age of the oldest claimable job", ["kind"])
UNKNOWN = Gauge("video_foundry_submissions_unknown", "Submissions of unclear outcome")
RENDERS = Gauge("video_foundry_renders_open", "Renders under way")


async def refresh_metrics(ctx: Context) -> None:
    """Bring the gauges up to date from the rows."""
    async with ctx.store.read() as session:
        counts = await session.execute(
            select(JobRow.kind, JobRow.state, func.count()).group_by(JobRow.kind, JobRow.state)
        )
        JOBS.clear()
        doubtful = 0
        for kind, state, count in counts:
            JOBS.labels(kind, state).set(count)
            if state in (JobState.UNKNOWN, JobState.NEEDS_ATTENTION):
                doubtful += count
        UNKNOWN.set(doubtful)
        for kind in ("generate", "compose"):
            OLDEST.labels(kind).set(await _oldest(ctx, session, kind))
        counted = select(func.count()).where(RenderRow.status.not_in(RENDER_ENDED))
        RENDERS.set((await session.execute(counted)).scalar_one())


async def _oldest(ctx: Context, session: AsyncSession, kind: str) -> float:
    query = select(func.min(JobRow.run_after)).where(
        JobRow.kind == kind, JobRow.state == JobState.QUEUED
    )
    moment = (await session.execute(query)).scalar_one_or_none()
    return max(0.0, (ctx.clock.now() - moment).total_seconds()) if moment else 0.0


async def check_database(ctx: Context) -> None:
    """Raise when the database does not answer."""
    async with ctx.store.read() as session:
        await session.execute(text("SELECT 1"))
