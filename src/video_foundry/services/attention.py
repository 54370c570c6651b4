"""Decisions that only a person can take: about a submission that may have been paid for, and about
a result that was paid for and is not here."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from video_foundry.core.jobs import JobState
from video_foundry.db.doubts import Doubt, doubts
from video_foundry.db.jobs import job_by_id
from video_foundry.db.store import Tx, retried
from video_foundry.db.tables import JobRow
from video_foundry.errors import Conflict, NotFound
from video_foundry.jobs.filing import end_unsuccessfully, tell_segments
from video_foundry.jobs.held import fetch_again, is_held
from video_foundry.jobs.locks import job_write
from video_foundry.jobs.queue import move
from video_foundry.jobs.renders import advance_all
from video_foundry.jobs.spent import with_spent
from video_foundry.services._generation import check_price, price_of_job
from video_foundry.services.context import Context

Resolution = Literal["fetch", "resubmit", "abandon"]


async def list_doubts(ctx: Context, *, limit: int, offset: int = 0) -> Sequence[Doubt]:
    """Generations that wait for a person, of every project and of none, the oldest doubt first."""
    async with ctx.store.read() as session:
        return await doubts(session, limit=limit, offset=offset)


@retried
async def resolve_job(
    ctx: Context,
    job_id: str,
    action: Resolution,
    *,
    epoch: int | None = None,
    max_cost: Decimal | None = None,
) -> JobRow:
    """Carry out a person's decision: ask the provider again for what it has (which costs nothing),
    send it again (it may be paid twice), or give it up.

    epoch: of the job that the person looked at; a decision that is sent twice decides once. Raises
    NotFound; Conflict for a job that waits for no decision, that waits for another one than the
    person saw, or that its provider has given no id to ask by; PaymentRefused where sending it
    again may cost more than max_cost.
    """
    async with job_write(ctx.store, job_id, durable=True) as tx:
        job = await _waiting(tx, job_id)
        _refuse_moved_on(job, epoch)
        if action == "fetch":
            return await fetch_again(tx, _fetchable(job))
        if action == "resubmit":
            check_price(price_of_job(job), max_cost)
            return await _send_again(tx, job)
        why = "given up by a person after a doubtful submit"
        if is_held(job):
            why = "given up by a person; its provider may have billed it"
        return await end_unsuccessfully(tx, job, JobState.FAILED, "abandoned", why)


async def _waiting(tx: Tx, job_id: str) -> JobRow:
    job = await job_by_id(tx.session, job_id)
    if job is None:
        raise NotFound(f"there is no job {job_id}", field="job_id")
    if job.state != JobState.NEEDS_ATTENTION:
        raise Conflict(
            f"this job is {job.state}; it does not wait for a decision",
            field="job_id",
            fix="look at the segment again",
            code="no_decision_needed",
        )
    return job


def _refuse_moved_on(job: JobRow, epoch: int | None) -> None:
    """Every wait for a decision is of another epoch: whoever takes a job up raises it."""
    if epoch is not None and epoch != job.epoch:
        raise Conflict(
            "it went on since you looked, and waits for a decision anew; nothing was decided now",
            field="epoch",
            fix="look at what it says now, and decide again",
            code="moved_on",
            extra={"epoch": job.epoch},
        )


def _fetchable(job: JobRow) -> JobRow:
    if not is_held(job):
        raise Conflict(
            "its provider has named no generation that could be asked for",
            field="action",
            fix='look at the provider\'s own page, then decide: "resubmit" or "abandon"',
            code="nothing_to_fetch",
        )
    return job


async def _send_again(tx: Tx, job: JobRow) -> JobRow:
    again = await move(
        tx,
        job,
        JobState.QUEUED,
        payload=with_spent(job),
        cancel_requested=False,
        submit_key=None,
        provider_job_id=None,
        error_code=None,
        error_message=None,
        run_after=tx.now,
    )
    tx.wakes.add("generate")
    await tell_segments(tx, again)
    await advance_all(tx, again.fingerprint)
    return again
