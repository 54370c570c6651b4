"""Hints that a generation may be over: noted in its row, and seen there by the worker that has it.
A hint changes nothing but the time of the next question, and may be lost."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import SLOT_HOLDING, JobState
from video_foundry.db.store import Tx
from video_foundry.db.tables import JobRow

REST = timedelta(seconds=2)
"""A generation is hinted at no more often than this: a hint that is sent again and again must not
turn into as many questions to its provider."""
LOOKED_BACK = timedelta(seconds=15)
"""How old a hint may be when a worker sees it; clocks of machines differ by less."""


async def job_by_token(session: AsyncSession, token: str) -> JobRow | None:
    """The generation under way that was sent with this key."""
    query = select(JobRow).where(
        JobRow.kind == "generate",
        JobRow.state.in_(sorted(SLOT_HOLDING)),
        JobRow.submit_key == token,
    )
    return (await session.scalars(query.limit(1))).one_or_none()


async def hint(tx: Tx, job_id: str) -> bool:
    """Note that a generation may be over; whether anything was noted.

    Only for one that a worker follows. Whoever waits aside was told by the provider to wait, and is
    left to it.
    """
    noted = (
        update(JobRow)
        .where(
            JobRow.id == job_id,
            JobRow.state == JobState.SUBMITTED,
            JobRow.lease_owner.is_not(None),
            JobRow.run_after <= tx.now - REST,
        )
        .values(run_after=tx.now)
        .returning(JobRow.id)
        .execution_options(synchronize_session=False)
    )
    return (await tx.session.scalars(noted)).one_or_none() is not None


async def hints_for(session: AsyncSession, owner: str, now: datetime) -> dict[str, datetime]:
    """job id -> when it was last hinted at, of an owner's jobs. (One that was taken up a moment ago
    is among them too.)"""
    query = select(JobRow.id, JobRow.run_after).where(
        JobRow.lease_owner == owner,
        JobRow.state == JobState.SUBMITTED,
        JobRow.run_after > now - LOOKED_BACK,
    )
    return {row.id: row.run_after for row in await session.execute(query)}
