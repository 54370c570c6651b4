"""Numbers to watch: jobs by state, how long the oldest has waited, doubtful submissions."""

from prometheus_client import Gauge

from video_foundry.core.jobs import JobState
from video_foundry.db.stats import check_answers, count_jobs, count_open_renders, oldest_queued
from video_foundry.db.store import Session
from video_foundry.services.context import Context

JOBS = Gauge("video_foundry_jobs", "Jobs by kind and state", ["kind", "state"])
OLDEST = Gauge("video_foundry_oldest_queued_seconds", "Age of the oldest claimable job", ["kind"])
UNKNOWN = Gauge("video_foundry_submissions_unknown", "Submissions of unclear outcome")
RENDERS = Gauge("video_foundry_renders_open", "Renders under way")


async def refresh_metrics(ctx: Context) -> None:
    """Bring the gauges up to date from the rows."""
    async with ctx.store.read() as session:
        counts = await count_jobs(session)
        JOBS.clear()
        doubtful = 0
        for kind, state, count in counts:
            JOBS.labels(kind, state).set(count)
            if state in (JobState.UNKNOWN, JobState.NEEDS_ATTENTION):
                doubtful += count
        UNKNOWN.set(doubtful)
        for kind in ("generate", "compose"):
            OLDEST.labels(kind).set(await _oldest(ctx, session, kind))
        RENDERS.set(await count_open_renders(session))


async def _oldest(ctx: Context, session: Session, kind: str) -> float:
    moment = await oldest_queued(session, kind)
    return max(0.0, (ctx.clock.now() - moment).total_seconds()) if moment else 0.0


async def check_database(ctx: Context) -> None:
    """Raise when the database does not answer."""
    async with ctx.store.read() as session:
        await check_answers(session)
