"""Jobs that wait for pictures which other jobs make: found, let go on, and told what they lack.
What becomes of their segments and renders is the filing's."""

from collections.abc import Sequence

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import JobState
from video_foundry.core.request import GenerationRequest, requests_named
from video_foundry.db.store import Tx
from video_foundry.db.tables import GenerationRow, JobNeedRow, JobRow, RenderAskRow
from video_foundry.jobs.queue import move


async def waiting_for(session: AsyncSession, fingerprint: str) -> Sequence[JobRow]:
    """Jobs that wait for the result of this request; nobody else moves them before this transaction
    ends."""
    query = (
        select(JobRow)
        .join(JobNeedRow, JobNeedRow.job_id == JobRow.id)
        .where(JobNeedRow.fingerprint == fingerprint, JobRow.state == JobState.WAITING)
        .order_by(JobRow.fingerprint)  # see db.locks
        .with_for_update(of=JobRow)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).all()


async def release(tx: Tx, fingerprint: str) -> list[JobRow]:
    """Queue the jobs that waited for this result and lack nothing else; they are returned as they
    are now."""
    going_on = []
    for job in await waiting_for(tx.session, fingerprint):
        if not await _lacks(tx.session, job):
            going_on.append(await move(tx, job, JobState.QUEUED, run_after=tx.now))
    if going_on:
        tx.wakes.add("generate")
    return going_on


async def _lacks(session: AsyncSession, job: JobRow) -> bool:
    answered = exists().where(GenerationRow.fingerprint == JobNeedRow.fingerprint)
    query = select(JobNeedRow.fingerprint).where(JobNeedRow.job_id == job.id, ~answered).limit(1)
    return (await session.execute(query)).first() is not None


def what_is_lacking(job: JobRow, fingerprint: str) -> str:
    """What the result of this request is for the job, as people say it."""
    named = requests_named(GenerationRequest.from_json(job.payload["request"]))
    field = next((name for name, mark in named.items() if mark == fingerprint), "picture")
    return field.replace("_", " ")


async def asked_again(tx: Tx, before: JobRow, now: JobRow) -> None:
    """Let the renders that waited for a job know the one that does its work now."""
    await tx.session.execute(
        update(RenderAskRow).where(RenderAskRow.job_id == before.id).values(job_id=now.id)
    )
