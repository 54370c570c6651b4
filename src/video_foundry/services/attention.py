"""Doubtful submissions: a generation that may have been paid for waits here for a person."""

from typing import Literal

from video_foundry.core.jobs import JobState
from video_foundry.db.jobs import job_by_id
from video_foundry.db.store import retried
from video_foundry.db.tables import JobRow
from video_foundry.errors import Conflict, NotFound
from video_foundry.jobs.filing import end_unsuccessfully, tell_segments
from video_foundry.jobs.locks import job_write
from video_foundry.jobs.queue import move
from video_foundry.jobs.renders import advance_all
from video_foundry.services.context import Context

Resolution = Literal["resubmit", "abandon"]


@retried
async def resolve_job(ctx: Context, job_id: str, action: Resolution) -> JobRow:
    """Carry out a person's decision: send it again (it may be paid twice), or give it up."""
    async with job_write(ctx.store, job_id, durable=True) as tx:
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
        if action == "abandon":
            return await end_unsuccessfully(
                tx,
                job,
                JobState.FAILED,
                "abandoned",
                "given up by a person after a doubtful submit",
            )
        again = await move(
            tx,
            job,
            JobState.QUEUED,
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
