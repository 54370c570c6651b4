"""What follows for renders when something they wait for is done: the next composing steps are
enqueued, and a render whose last step is done, or cannot be done, ends. Runs in the transaction of
whatever happened, so a render can never be stuck between two facts."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from video_foundry.core.fairness import Priority
from video_foundry.core.graph import STAGES, Graph, Step, make_graph
from video_foundry.core.jobs import TERMINAL, JobState
from video_foundry.core.money import Price
from video_foundry.db.bulk import add_unless_there, write_columns
from video_foundry.db.films import film_of_render, known_for
from video_foundry.db.given import given
from video_foundry.db.jobs import jobs_of_renders, whole_jobs
from video_foundry.db.media import artifacts_by_digest
from video_foundry.db.renders import RENDER_ENDED, steps_of
from video_foundry.db.storage import take_composed
from video_foundry.db.store import Tx
from video_foundry.db.tables import (
    GenerationRow,
    JobRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
)
from video_foundry.errors import BadInput
from video_foundry.events import log
from video_foundry.events.log import NewEvent
from video_foundry.jobs.enqueue import NewJob, enqueue_all


async def open_renders_waiting_for(
    session: AsyncSession, fingerprints: Collection[str]
) -> Sequence[RenderRow]:
    """Renders under way that need any of these requests or composing steps."""
    marks = given(session, fingerprints)
    ids = union(
        select(RenderSegmentRow.render_id).where(RenderSegmentRow.fingerprint.in_(marks)),
        select(RenderStepRow.render_id).where(RenderStepRow.fingerprint.in_(marks)),
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


async def step_done(tx: Tx, fingerprint: str) -> None:
    """Move on every render that waits for a composing step which has led to an artifact. What
    comes next is worked out only when nothing else of the same stage is under way: that is dear in
    a long film, and would change nothing."""
    digest = (await take_composed(tx.session, tx.now, {fingerprint})).get(fingerprint)
    for render in await open_renders_waiting_for(tx.session, {fingerprint}):
        row = await tx.session.get(RenderStepRow, (render.id, fingerprint))
        if row is not None and digest is not None:
            row.digest = digest
            await tx.session.flush()
            if row.stage < LAST_STAGE and await _is_busy(tx.session, row):
                continue
        await advance(tx, render)


LAST_STAGE = max(STAGES.values())


async def _is_busy(session: AsyncSession, row: RenderStepRow) -> bool:
    """Whether another step of the same stage is under way (a job that failed is not)."""
    query = (
        select(RenderStepRow.fingerprint)
        .join(JobRow, JobRow.id == RenderStepRow.job_id)
        .where(
            RenderStepRow.render_id == row.render_id,
            RenderStepRow.stage == row.stage,
            RenderStepRow.digest.is_(None),
            JobRow.state.not_in(sorted(TERMINAL)),
        )
        .limit(1)
    )
    return (await session.execute(query)).first() is not None


async def stalled_renders(session: AsyncSession) -> Sequence[RenderRow]:
    """Renders under way with no job under way: somebody forgot to move them on."""
    open_ = JobRow.state.not_in(sorted(TERMINAL))
    looks = [
        select(table.render_id)
        .join(JobRow, JobRow.id == table.job_id)
        .where(table.render_id == RenderRow.id, open_)
        .correlate(RenderRow)
        for table in (RenderSegmentRow, RenderStepRow)
    ]
    query = (
        select(RenderRow)
        .options(defer(RenderRow.plan))
        .where(RenderRow.status.not_in(RENDER_ENDED), *(~look.exists() for look in looks))
        .order_by(RenderRow.id)
    )
    return (await session.scalars(query)).all()


async def advance(tx: Tx, render: RenderRow) -> None:
    """Move one render on as far as the facts allow. Doing it twice changes nothing."""
    if render.status in RENDER_ENDED:
        return
    before = (render.status, render.segments_completed)
    rows = await segments_of(tx.session, render.id)
    await _take_clips(tx, rows)
    try:
        graph = await _graph(tx.session, render, rows)
    except BadInput as misfit:  # a clip came out shorter than was asked for, say
        _end(render, tx.now, "failed", misfit.code, misfit.message)
    else:
        if not await _take_film(tx, render, graph):
            await _go_on(tx, render, rows, graph)
    render.segments_completed = _completed(rows)
    await _tell(tx, render, before)


async def _graph(
    session: AsyncSession, render: RenderRow, rows: Sequence[RenderSegmentRow]
) -> Graph | None:
    """The render's steps; None while the film cannot be laid out yet."""
    artifacts = await artifacts_by_digest(session, {r.digest for r in rows if r.digest})
    film = film_of_render(render, rows, artifacts)
    return None if film is None else make_graph(film, await known_for(session, film))


async def _take_film(tx: Tx, render: RenderRow, graph: Graph | None) -> bool:
    """Take the finished film when it exists: then none of its pieces is needed, and those that were
    dropped to make room are not made again for nothing."""
    if graph is None or not graph.master.is_known:
        return False
    mark = graph.master.fingerprint
    digest = (await take_composed(tx.session, tx.now, {mark})).get(mark)
    if digest is None:
        return False
    render.master_digest = digest
    _end(render, tx.now, "completed")
    return True


async def _go_on(
    tx: Tx, render: RenderRow, rows: Sequence[RenderSegmentRow], graph: Graph | None
) -> None:
    jobs = await jobs_of_renders(tx.session, [render.id])
    off = {job.id for job in jobs.values() if _was_called_off(job)}
    again = await _ask_again(tx, rows, off)
    steps = await _take_steps(tx, render, graph, off)
    if again or any(row.job_id not in jobs for row in steps if row.job_id):
        jobs = await jobs_of_renders(tx.session, [render.id])
    failure = _failure(rows, steps, jobs)
    if failure is not None:
        _end(render, tx.now, "failed", *failure)
        return
    render.status = _status(rows, jobs)


async def _take_steps(
    tx: Tx, render: RenderRow, graph: Graph | None, off: Collection[str]
) -> Sequence[RenderStepRow]:
    """Know every step that is known by now, take what exists, ask for what can be made. Returns the
    steps that are still of use.

    off: jobs that were called off, which count for nothing: what they were to do is asked for anew
    as soon as it can be done.
    """
    found = {row.fingerprint: row for row in await steps_of(tx.session, render.id)}
    if graph is None:
        return list(found.values())
    known = [step for step in graph.steps if step.is_known]
    found |= await _add_steps(tx, render, [s for s in known if s.fingerprint not in found])
    rows = [found[step.fingerprint] for step in known]
    open_ = {row.fingerprint for row in rows if row.digest is None}
    done = await take_composed(tx.session, tx.now, open_)
    made = [row for row in rows if row.fingerprint in done]
    for row in made:
        row.digest = done[row.fingerprint]
    idle = [row for row in rows if row.digest is None and row.job_id in off]
    for row in idle:
        row.job_id = None
    there = {mark for mark, row in found.items() if row.digest}
    ready = [
        (step, row)
        for step, row in zip(known, rows, strict=True)
        if row.digest is None and row.job_id is None and there.issuperset(step.needs)
    ]
    jobs = await enqueue_all(tx, [_job(render, graph, step) for step, _ in ready])
    for (_, row), job in zip(ready, jobs, strict=True):
        row.job_id = job.id
    changed = {row.fingerprint: row for row in (*made, *idle, *(row for _, row in ready))}
    await write_columns(tx.session, list(changed.values()), "digest", "job_id")
    return rows


async def _add_steps(tx: Tx, render: RenderRow, steps: Sequence[Step]) -> dict[str, RenderStepRow]:
    values = [
        {
            "render_id": render.id,
            "fingerprint": step.fingerprint,
            "kind": step.kind,
            "stage": step.stage,
            "seconds": float(step.seconds),
            "segment": step.segment,
            "job_id": None,
            "digest": None,
        }
        for step in steps
    ]
    added = await add_unless_there(tx.session, RenderStepRow, values)
    return {row.fingerprint: row for row in added}


def _job(render: RenderRow, graph: Graph, step: Step) -> NewJob:
    """The job of a composing step. Its payload holds all that is needed, whatever becomes of the
    render; the artifacts it reads are named by the steps that made them."""
    payload = {
        "step": step.kind,
        "spec": step.spec,
        "needs": list(step.needs),
        "sources": list(step.sources),
        "label": "the film" if step.segment is None else f"segment {step.segment + 1}",
        "run": None
        if step.run is None
        else {"key": step.run.key, "first": step.run.first, "frames": step.run.frames},
    }
    return NewJob(
        kind="compose",
        fingerprint=step.fingerprint,
        payload=payload,
        project_id=render.project_id,
        segment_id=None if step.segment is None else graph.segment_ids[step.segment],
        priority=priority_of(render),
    )


async def _ask_again(tx: Tx, rows: Sequence[RenderSegmentRow], off: Collection[str]) -> bool:
    """A generation that was cancelled for another render, just before this one began to share it,
    is asked for anew; whether there was any. (What its provider cancelled has failed, and is
    not.)"""
    waiting = [row for row in rows if row.digest is None and row.job_id in off]
    wanted = dict.fromkeys(row.job_id for row in waiting)
    if not wanted:
        return False
    whole = await whole_jobs(tx.session, off)
    asked = [whole[job_id or ""] for job_id in wanted]
    again = await enqueue_all(tx, [_like(job) for job in asked])
    new = {job.id: other.id for job, other in zip(asked, again, strict=True)}
    for row in waiting:
        row.job_id = new[row.job_id or ""]
    await write_columns(tx.session, waiting, "job_id")
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


async def _take_clips(tx: Tx, rows: Sequence[RenderSegmentRow]) -> None:
    """Fill in clips that have been generated meanwhile."""
    waiting = [row for row in rows if row.digest is None and row.fingerprint]
    if not waiting:
        return
    digests = await _clips_made(tx.session, {row.fingerprint or "" for row in waiting})
    made = [row for row in waiting if row.fingerprint in digests]
    for row in made:
        row.digest = digests[row.fingerprint or ""]
    await write_columns(tx.session, made, "digest")


async def _clips_made(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, str]:
    """request -> digest of the clip that answered it."""
    query = select(GenerationRow.fingerprint, GenerationRow.digest).where(
        GenerationRow.fingerprint.in_(given(session, fingerprints))
    )
    return {row.fingerprint: row.digest for row in await session.execute(query)}


def _failure(
    rows: Sequence[RenderSegmentRow],
    steps: Sequence[RenderStepRow],
    jobs: Mapping[str, JobRow],
) -> tuple[str, str] | None:
    """Why the render cannot be finished: (code, reason), once nothing it paid for is open."""
    waiting = [r for r in rows if not r.digest]
    generating = [jobs[r.job_id] for r in waiting if r.job_id and r.job_id in jobs]
    if any(job.state not in TERMINAL for job in generating):
        return None
    missing: list[tuple[int | None, str | None]] = [(r.position, r.job_id) for r in waiting]
    missing += [(s.segment, s.job_id) for s in steps if not s.digest]
    lost = [(segment, jobs.get(job_id or "")) for segment, job_id in missing]
    for segment, job in lost:
        if job is not None and job.state in TERMINAL and job.state != JobState.SUCCEEDED:
            where = "" if segment is None else f"segment {segment + 1}: "
            return job.error_code or "cancelled", f"{where}{_bare(job)}"
    return None


def _bare(job: JobRow) -> str:
    """What became of a job, without the name of the segment where it was asked for first: here that
    may be another one."""
    return re.sub(r"^segment \d+: ", "", job.error_message or job.state)


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
