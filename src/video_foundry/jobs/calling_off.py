"""Ending generations that were called off. Who wants one again by the time that is done is not
taken along: it goes on, and where its provider has stopped it by then, another one is begun."""

from dataclasses import replace
from typing import Any

from video_foundry.core.jobs import JobState
from video_foundry.db.store import Tx
from video_foundry.db.tables import JobRow
from video_foundry.jobs.asks import pass_asks_on, wanted_by
from video_foundry.jobs.enqueue import enqueue
from video_foundry.jobs.filing import end_unsuccessfully, tell_segments
from video_foundry.jobs.queue import is_called_off
from video_foundry.jobs.renders import like


async def call_off(tx: Tx, job: JobRow) -> JobRow | None:
    """End a job of which nothing was sent, if it still is to be cancelled; as it is then, None
    where it goes on. The caller holds the job, so nobody comes to want it before it has ended."""
    if not await is_called_off(tx.session, job.id):
        return None
    why = "cancelled before it was sent"
    return await end_unsuccessfully(tx, job, JobState.CANCELLED, "cancelled", why)


async def end_stopped(tx: Tx, job: JobRow, **values: Any) -> JobRow:
    """End a job that its provider has stopped because we asked for that. Renders that have begun to
    share it meanwhile ask anew by themselves; for segments it is done here."""
    values["cancel_requested"] = True  # so whoever shares it since knows that he may ask anew
    ended = await end_unsuccessfully(
        tx, job, JobState.CANCELLED, "cancelled", "cancelled", **values
    )
    if (await wanted_by(tx.session, ended)).segments:
        stand_ins = tuple(ended.stand_ins or ())
        again = await enqueue(tx, replace(like(ended), is_standalone=True, stand_ins=stand_ins))
        await pass_asks_on(tx, ended.id, [again.id])
        await tell_segments(tx, again)
    return ended
