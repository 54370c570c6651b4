"""Queries for numbers to watch: how much work stands in which state, since when, and what it cost.
Amounts are floats here: they are for charts, never for sums of money."""

from datetime import datetime

from sqlalchemy import Float, cast, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import SLOT_HOLDING, JobState
from video_foundry.core.previews import LINE as PREVIEWS
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import JobRow, RenderRow


async def count_jobs(session: AsyncSession) -> list[tuple[str, str, int]]:
    """(kind, state, how many jobs) for every pair that occurs."""
    query = select(JobRow.kind, JobRow.state, func.count()).group_by(JobRow.kind, JobRow.state)
    return [(kind, state, count) for kind, state, count in await session.execute(query)]


async def oldest_queued(session: AsyncSession) -> dict[str, datetime]:
    """kind -> since when its oldest queued job may be claimed; kinds with an empty queue lack."""
    query = (
        select(JobRow.kind, func.min(JobRow.run_after))
        .where(JobRow.kind.in_(("generate", "compose")), JobRow.state == JobState.QUEUED)
        .where(JobRow.model.is_distinct_from(PREVIEWS))  # nothing is late for want of those
        .group_by(JobRow.kind)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def count_open_renders(session: AsyncSession) -> int:
    """How many renders are under way."""
    counted = select(func.count()).where(RenderRow.status.not_in(RENDER_ENDED))
    return (await session.execute(counted)).scalar_one()


async def slots_used(session: AsyncSession) -> list[tuple[str, int]]:
    """(model, how many of its provider's slots are taken), for models that take any."""
    query = (
        select(JobRow.model, func.count())
        .where(JobRow.model.is_not(None), JobRow.state.in_(sorted(SLOT_HOLDING)))
        .group_by(JobRow.model)
    )
    return [(model or "", count) for model, count in await session.execute(query)]


async def attention_cost(session: AsyncSession) -> list[tuple[str, float]]:
    """(currency, at most what the submissions of unclear outcome have cost). What nobody has a
    price for counts as nothing."""
    doubtful = (JobState.UNKNOWN, JobState.NEEDS_ATTENTION)
    query = (
        select(JobRow.price_currency, func.sum(cast(JobRow.price_high, Float)))
        .where(JobRow.kind == "generate", JobRow.state.in_(doubtful))
        .group_by(JobRow.price_currency)
    )
    return [(currency or "USD", cost or 0.0) for currency, cost in await session.execute(query)]


async def spend(session: AsyncSession) -> list[tuple[str, str, float]]:
    """(provider, currency, what all generations have cost, those that failed and were billed among
    them). Reads every job that has cost something."""
    provider = JobRow.payload["request", "provider"].as_string()
    query = (
        select(provider, JobRow.cost_currency, func.sum(cast(JobRow.cost_amount, Float)))
        .where(JobRow.kind == "generate", JobRow.cost_amount.is_not(None))
        .group_by(provider, JobRow.cost_currency)
    )
    return [(who, unit or "USD", cost) for who, unit, cost in await session.execute(query)]


async def check_answers(session: AsyncSession) -> None:
    """Raise when the database does not answer."""
    await session.execute(text("SELECT 1"))
