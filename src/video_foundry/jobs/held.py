"""Generations whose result is with their provider and not here: they wait for a person, and go on
from where they were, with the same account and the provider's id. Nothing is ever bought here."""

from collections.abc import Sequence
from datetime import timedelta

from video_foundry.core.jobs import JobState
from video_foundry.db.store import Tx
from video_foundry.db.tables import JobRow
from video_foundry.errors import GenerationLost
from video_foundry.jobs.filing import tell_segments
from video_foundry.jobs.queue import move
from video_foundry.jobs.renders import advance_all

FETCH_AGAIN = timedelta(hours=1)
"""How long a provider is asked once more for what it has, before a person hears of it again."""


def is_held(job: JobRow) -> bool:
    """Whether a job waits for a person and its provider can be asked again, which costs nothing."""
    return job.state == JobState.NEEDS_ATTENTION and job.provider_job_id is not None


def may_be_there(job: JobRow) -> bool:
    """Whether it is held, and its provider has not said that it does not have it any more."""
    return is_held(job) and job.error_code != GenerationLost.code


async def fetch_again(tx: Tx, job: JobRow) -> JobRow:
    """Have a held job follow its generation again. It keeps account and provider's id, so nothing
    is sent that could be billed. The caller holds the job."""
    again = await move(
        tx,
        job,
        JobState.SUBMITTED,
        cancel_requested=False,
        deadline=tx.now + FETCH_AGAIN,
        run_after=tx.now,
        error_code=None,
        error_message=None,
    )
    tx.wakes.add("generate")
    await tell_segments(tx, again)
    await advance_all(tx, again.fingerprint)
    return again


async def fetch_all_again(tx: Tx, jobs: Sequence[JobRow]) -> None:
    """The same for those of these jobs whose result may be there; others stay as they are."""
    for job in jobs:
        if may_be_there(job):
            await fetch_again(tx, job)
