"""What follows for renders when something they wait for is done: the next composing steps are
enqueued, and a render whose last step is done, or cannot be done, ends. Runs in the transaction of
whatever happened, so a render can never be stuck between two facts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from video_foundry.core.composition import (
    ClipUse,
    master_fingerprint,
    normalise_fingerprint,
    use_of,
)
from video_foundry.core.fairness import Priority
from video_foundry.core.jobs import TERMINAL, JobState
from video_foundry.core.money import Price
from video_foundry.core.profile import OutputProfile
from video_foundry.db.bulk import write_columns
from video_foundry.db.facts import profile_from_json, source_of, trim_from_json
from video_foundry.db.given import given
from video_foundry.db.jobs import jobs_of_renders, whole_jobs
from video_foundry.db.media import artifacts_by_digest
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.storage import take_composed
from video_foundry.db.store import Tx
from video_foundry.db.tables import (
    GenerationRow,
    JobRow,
    RenderRow,
    RenderSegmentRow,
)
from video_foundry.events import log
from video_foundry.events.log import NewEvent
from video_foundry.jobs.enqueue import NewJob, enqueue, enqueue_all


async def open_renders_waiting_for(
    session: AsyncSession, fingerprints: Collection[str]
) -> Sequence[RenderRow]:
    """Renders under way that need any of these requests or composing steps."""
    marks = given(session, fingerprints)
    snapshots = select(RenderSegmentRow.render_id)
    ids = union(
        snapshots.where(RenderSegmentRow.fingerprint.in_(marks)),
        snapshots.where(RenderSegmentRow.step_fingerprint.in_(marks)),
        select(RenderRow.id).where(RenderRow.master_fingerprint.in_(marks)),
    )
    query = (
        select(RenderRow)
        .options(defer(RenderRow.plan))  # it is long, and was carried out when it was accepted
        .where(RenderRow.id.in_(ids.scalar_subquery()), RenderRow.status.not_in(RENDER_ENDED))
        .order_by(RenderRow.id)
    )
    return (await session.scalars(query)).all()


async def advance_all(tx: Tx, *fingerprints: str) -> None:
    """Move on every render that waits for any of `fingerprints`."""
    if fingerprints:
        for render in await open_renders_waiting_for(tx.session, fingerprints):
            await advance(tx, render)


async def advance(tx: Tx, render: RenderRow) -> None:
    """Move one render on as far as the facts allow. Doing it twice changes nothing."""
    if render.status in RENDER_ENDED:
        return
    before = (render.status, render.segments_completed)
    rows = await segments_of(tx.session, render.id)
    profile = profile_from_json(render.profile)
    await _take_clips(tx, rows, profile)
    if not await _take_film(tx, render, rows, profile):
        await _take_steps(tx, render, rows)
        jobs = await jobs_of_renders(tx.session, [render.id])
        if await _ask_again(tx, render, rows, jobs):
            jobs = await jobs_of_renders(tx.session, [render.id])
        await _go_on(tx, render, rows, jobs)
    render.segments_completed = _completed(rows)
    await _tell(tx, render, before)


async def _go_on(
    tx: Tx, render: RenderRow, rows: Sequence[RenderSegmentRow], jobs: Mapping[str, JobRow]
) -> None:
    failure = _failure(rows, jobs, render)
    if failure is not None:
        _end(render, tx.now, "failed", *failure)
        return
    if all(r.step_digest for r in rows):
        await _ask_for_film(tx, render, rows)
    render.status = _status(rows, jobs)


async def _ask_again(
    tx: Tx, render: RenderRow, rows: Sequence[RenderSegmentRow], jobs: Mapping[str, JobRow]
) -> bool:
    """What was cancelled for another render, just before this one began to share it, is asked for
    anew; whether there was any. (What its provider cancelled has failed, and is not.)"""
    off = {job.id for job in jobs.values() if _was_called_off(job)}
    clips = [row for row in rows if row.digest is None and row.job_id in off]
    steps = [
        row
        for row in rows
        if row.digest is not None and row.step_digest is None and row.step_job_id in off
    ]
    film = {render.master_job_id} & off
    wanted = dict.fromkeys([*(r.job_id for r in clips), *(r.step_job_id for r in steps), *film])
    if not wanted:
        return False
    whole = await whole_jobs(tx.session, off)
    asked = [whole[job_id or ""] for job_id in wanted]
    again = await enqueue_all(tx, [_like(job) for job in asked])
    new = {job.id: other.id for job, other in zip(asked, again, strict=True)}
    for row in clips:
        row.job_id = new[row.job_id or ""]
    for row in steps:
        row.step_job_id = new[row.step_job_id or ""]
    render.master_job_id = new.get(render.master_job_id or "", render.master_job_id)
    await write_columns(tx.session, [*clips, *steps], "job_id", "step_job_id")
    await tx.session.flush()
    return True


def _was_called_off(job: JobRow) -> bool:
    return job.state == JobState.CANCELLED and job.cancel_requested


def _like(job: JobRow) -> NewJob:
    """A job for the same work."""
    price = None
    if job.price_low is not None and job.price_high is not None:
        price = Price(
            low=job.price_low,
            high=job.price_high,
            currency=job.cost_currency or "USD",
            is_known=job.price_known,
        )
    return NewJob(
        kind="generate" if job.kind == "generate" else "compose",
        fingerprint=job.fingerprint,
        base_fingerprint=job.base_fingerprint,
        payload=job.payload,
        project_id=job.project_id,
        segment_id=job.segment_id,
        model=job.model,
        price=price,
        priority=_priority(job.priority),
    )


def priority_of(render: RenderRow) -> Priority:
    """How much haste a render has."""
    return _priority(render.priority)


def _priority(stored: str) -> Priority:
    return "low" if stored == "low" else "high" if stored == "high" else "normal"


async def segments_of(session: AsyncSession, render_id: str) -> Sequence[RenderSegmentRow]:
    """A render's snapshot in film order."""
    query = (
        select(RenderSegmentRow)
        .where(RenderSegmentRow.render_id == render_id)
        .order_by(RenderSegmentRow.position)
    )
    return (await session.scalars(query)).all()


def _completed(rows: Sequence[RenderSegmentRow]) -> int:
    wanted = [r for r in rows if r.action == "generate"]
    return len({r.fingerprint for r in wanted if r.digest})


async def _take_clips(tx: Tx, rows: Sequence[RenderSegmentRow], profile: OutputProfile) -> None:
    """Fill in clips that have been generated meanwhile, and which of their frames are used."""
    waiting = [row for row in rows if row.digest is None and row.fingerprint]
    if waiting:
        digests = await _clips_made(tx.session, {row.fingerprint or "" for row in waiting})
        for row in waiting:
            if row.fingerprint in digests:
                row.digest = digests[row.fingerprint]
    await _take_uses(tx, [r for r in rows if r.digest and not r.step_fingerprint], profile)


async def _clips_made(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, str]:
    """request -> digest of the clip that answered it."""
    query = select(GenerationRow.fingerprint, GenerationRow.digest).where(
        GenerationRow.fingerprint.in_(given(session, fingerprints))
    )
    return {row.fingerprint: row.digest for row in await session.execute(query)}


async def _take_uses(tx: Tx, rows: Sequence[RenderSegmentRow], profile: OutputProfile) -> None:
    by_digest = await artifacts_by_digest(tx.session, {r.digest for r in rows if r.digest})
    for row in rows:
        asked = Fraction(row.asked_seconds) if row.asked_seconds else None
        source = source_of(by_digest[row.digest or ""], asked)
        use = use_of(source, trim_from_json(row.trim), profile.fps)
        row.frames = use.frames
        row.step_fingerprint = normalise_fingerprint(use, profile)
        row.start_seconds = str(use.start)
    await write_columns(tx.session, rows, "digest", "frames", "step_fingerprint", "start_seconds")


def use_from_row(row: RenderSegmentRow) -> ClipUse:
    """Which frames of which clip a snapshot's segment shows."""
    if row.digest is None or row.frames is None:
        raise ValueError(f"segment {row.position + 1} of render {row.render_id} has no clip yet")
    return ClipUse(digest=row.digest, start=Fraction(row.start_seconds or "0"), frames=row.frames)


async def _take_steps(tx: Tx, render: RenderRow, rows: Sequence[RenderSegmentRow]) -> None:
    """Fill in normalised clips that exist; enqueue those that do not."""
    ready = [r for r in rows if r.step_fingerprint and not r.step_digest]
    done = await take_composed(tx.session, tx.now, {r.step_fingerprint or "" for r in ready})
    made = [row for row in ready if row.step_fingerprint in done]
    for row in made:
        row.step_digest = done[row.step_fingerprint or ""]
    asked = [row for row in ready if row.step_digest is None and row.step_job_id is None]
    jobs = await enqueue_all(tx, [_normalise_job(render, row) for row in asked])
    for row, job in zip(asked, jobs, strict=True):
        row.step_job_id = job.id
    await write_columns(tx.session, [*made, *asked], "step_digest", "step_job_id")


def _normalise_job(render: RenderRow, row: RenderSegmentRow) -> NewJob:
    use = use_from_row(row)
    payload = {
        "step": "normalise",
        "digest": use.digest,
        "start": str(use.start),
        "frames": use.frames,
        "profile": render.profile,
        "label": f"segment {row.position + 1}",
    }
    return NewJob(
        kind="compose",
        fingerprint=row.step_fingerprint or "",
        payload=payload,
        project_id=render.project_id,
        segment_id=row.segment_id,
        priority=priority_of(render),
    )


async def _take_film(
    tx: Tx, render: RenderRow, rows: Sequence[RenderSegmentRow], profile: OutputProfile
) -> bool:
    """Take the finished film when it exists: then none of its clips is needed, and those that were
    dropped to make room are not made again for nothing."""
    if not rows or not all(r.digest for r in rows):
        return False
    mark = render.master_fingerprint or master_fingerprint([use_from_row(r) for r in rows], profile)
    render.master_fingerprint = mark
    digest = (await take_composed(tx.session, tx.now, {mark})).get(mark)
    if digest is None:
        return False
    render.master_digest = digest
    _end(render, tx.now, "completed")
    return True


async def _ask_for_film(tx: Tx, render: RenderRow, rows: Sequence[RenderSegmentRow]) -> None:
    if render.master_job_id is not None:
        return
    payload = {
        "step": "master",
        "clips": [r.step_digest for r in rows],
        "frames": [r.frames for r in rows],
        "profile": render.profile,
        "label": "the film",
    }
    job = NewJob(
        kind="compose",
        fingerprint=render.master_fingerprint or "",
        payload=payload,
        project_id=render.project_id,
        priority=priority_of(render),
    )
    render.master_job_id = (await enqueue(tx, job)).id


def _failure(
    rows: Sequence[RenderSegmentRow], jobs: Mapping[str, JobRow], render: RenderRow
) -> tuple[str, str] | None:
    """Why the render cannot be finished: (code, reason), once nothing it paid for is open."""
    waiting = [r for r in rows if not r.digest]
    generating = [jobs[r.job_id] for r in waiting if r.job_id and r.job_id in jobs]
    if any(job.state not in TERMINAL for job in generating):
        return None
    for row in rows:
        wanted = row.job_id if not row.digest else None if row.step_digest else row.step_job_id
        job = jobs.get(wanted or "")
        if job is not None and job.state in TERMINAL and job.state != JobState.SUCCEEDED:
            code = job.error_code or "cancelled"
            return code, f"segment {row.position + 1}: {job.error_message or job.state}"
    master = jobs.get(render.master_job_id or "")
    if master is not None and master.state in (JobState.FAILED, JobState.CANCELLED):
        return master.error_code or "cancelled", master.error_message or master.state
    return None


def _status(rows: Sequence[RenderSegmentRow], jobs: Mapping[str, JobRow]) -> str:
    waiting = [r for r in rows if not r.digest]
    generating = [jobs[r.job_id] for r in waiting if r.job_id and r.job_id in jobs]
    if any(job.state == JobState.NEEDS_ATTENTION for job in generating):
        return "needs_attention"
    if waiting:
        return "processing"
    return "compositing"


def _end(
    render: RenderRow, now: datetime, status: str, code: str | None = None, why: str | None = None
) -> None:
    render.status = status
    render.error_code = code
    render.error_message = why
    render.finished_at = now


async def _tell(tx: Tx, render: RenderRow, before: tuple[str, int]) -> None:
    if before == (render.status, render.segments_completed):
        await tx.session.flush()
        return
    render.updated_at = tx.now
    await tx.session.flush()
    what = render.status if render.status in RENDER_ENDED else "updated"
    await log.append(tx, [event_of(render, what)])


def event_of(render: RenderRow, what: str) -> NewEvent:
    """An event about a render that says how it stands."""
    data = {
        "render_id": render.id,
        "status": render.status,
        "segments_total": render.segments_total,
        "segments_completed": render.segments_completed,
        "segments_reused": render.segments_reused,
        "error_code": render.error_code,
        "error_message": render.error_message,
        "video_url": f"/api/render-jobs/{render.id}/video" if render.master_digest else None,
    }
    return NewEvent(project_id=render.project_id, type=f"render.{what}", data=data)


async def cancel(tx: Tx, render: RenderRow) -> None:
    """End a render as cancelled and say so."""
    before = (render.status, render.segments_completed)
    _end(render, tx.now, "cancelled", "cancelled", "cancelled by a person")
    await _tell(tx, render, before)
