"""Calling off one generation that somebody asked for by itself. Who else wants it keeps it, and
what its provider makes all the same is kept as a take."""

from dataclasses import dataclass
from typing import Literal

from video_foundry.core.jobs import MAYBE_PAID, TERMINAL, JobState
from video_foundry.db.jobs import job_by_id, jobs_needed_by
from video_foundry.db.locks import projects_concerned
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import JobRow
from video_foundry.errors import BadInput, Conflict, NotFound
from video_foundry.jobs.asks import Wanted, let_go, wanted_by
from video_foundry.jobs.filing import tell_of
from video_foundry.jobs.locks import holding
from video_foundry.jobs.queue import ask_all_to_cancel
from video_foundry.jobs.renders import advance_all
from video_foundry.services.context import Context

Ending = Literal["cancelled", "stopping", "goes_on", "over"]
"""What became of a generation that is not wanted any more: it has ended and nothing was sent; its
worker stops it, or its provider is asked to; others want it; it had ended before."""


@dataclass(frozen=True, kw_only=True)
class Cancelled:
    """A generation as it is after a cancel. may_cost: whether it may be billed all the same, for
    what its row says. renders: those under way that wait for it."""

    job: JobRow
    ending: Ending
    may_cost: bool
    renders: tuple[str, ...] = ()


@retried
async def cancel_job(ctx: Context, job_id: str, *, segment_id: str | None = None) -> Cancelled:
    """Call a generation off for a segment that it was asked for by itself for; doing it twice
    changes nothing. segment_id: needed only where several have asked.

    Raises NotFound; BadInput where it is not clear for which segment; Conflict for one that waits
    for a person's decision.
    """

    async def concerned(session: Session) -> set[str]:
        return await projects_concerned(session, [job_id, *await jobs_needed_by(session, job_id)])

    async with ctx.store.read() as session:
        pictures = await jobs_needed_by(session, job_id)
    async with holding(ctx.store, concerned, jobs=[job_id, *pictures], durable=True) as tx:
        job = await _generation(tx, job_id)
        if job.state in TERMINAL:
            return Cancelled(job=job, ending="over", may_cost=False)
        _refuse_doubtful(job)
        wanted = await wanted_by(tx.session, job)
        asker = _asker(job, wanted, segment_id)
        others = (await let_go(tx, [job], [asker]))[job.id] if asker else wanted
        if others.anybody:
            renders = tuple(sorted(others.renders))
            return Cancelled(job=job, ending="goes_on", may_cost=True, renders=renders)
        return await _call_off(tx, job, asker, pictures)


async def _generation(tx: Tx, job_id: str) -> JobRow:
    job = await job_by_id(tx.session, job_id)
    if job is None or job.kind != "generate":
        raise NotFound(f"there is no generation {job_id}", field="job_id")
    return job


def _refuse_doubtful(job: JobRow) -> None:
    if job.state == JobState.NEEDS_ATTENTION:
        raise Conflict(
            "this generation may have been accepted; whether it is given up is for you to decide",
            field="job_id",
            fix=f'decide with POST /api/jobs/{job.id}/resolve: {{"action": "abandon"}}',
            code="needs_attention",
        )


def _asker(job: JobRow, wanted: Wanted, segment_id: str | None) -> str | None:
    """Which segment does not want it any more; None where none has asked for it by itself."""
    if segment_id is not None:
        return segment_id
    if len(wanted.segments) > 1:
        raise BadInput(
            f"{len(wanted.segments)} segments have asked for this generation",
            field="segment_id",
            fix=f"say for which one it is cancelled: {', '.join(sorted(wanted.segments))}",
        )
    return next(iter(wanted.segments), job.segment_id)


async def _call_off(tx: Tx, job: JobRow, asker: str | None, pictures: list[str]) -> Cancelled:
    """Cancel it, with the pictures that were to be made for it and nobody else wants."""
    ended = await ask_all_to_cancel(tx, [job])
    for picture_id in pictures:
        picture = await job_by_id(tx.session, picture_id)
        if picture is None or picture.state in TERMINAL or not ended:
            continue
        if asker is not None:
            await let_go(tx, [picture], [asker])
        if not (await wanted_by(tx.session, picture)).anybody:
            ended = [*ended, *await ask_all_to_cancel(tx, [picture])]
    await tell_of(tx, ended)
    await advance_all(tx, *(one.fingerprint for one in ended))
    now = await job_by_id(tx.session, job.id, fresh=True) or job
    if now.state == JobState.CANCELLED:
        return Cancelled(job=now, ending="cancelled", may_cost=False)
    return Cancelled(job=now, ending="stopping", may_cost=now.state in MAYBE_PAID)
