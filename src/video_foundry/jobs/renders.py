"""What follows for renders when something they wait for is done: the next composing steps are
enqueued, and a render whose last output is there, or cannot be made, ends. Runs in the transaction
of whatever happened, so a render can never be stuck between two facts."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from video_foundry.core.graph import STAGES
from video_foundry.core.jobs import TERMINAL, JobState
from video_foundry.core.money import Price
from video_foundry.core.outputs import MAIN
from video_foundry.core.render_graph import Drafts, RenderGraph, draft_outputs, make_render_graph
from video_foundry.db.apart import apart
from video_foundry.db.bulk import write_columns
from video_foundry.db.films import film_of_render, known_for
from video_foundry.db.given import given
from video_foundry.db.jobs import jobs_of_renders, whole_jobs
from video_foundry.db.media import artifacts_by_digest
from video_foundry.db.outputs import only_film, output_of, output_rows_of
from video_foundry.db.renders import RENDER_ENDED, steps_of
from video_foundry.db.storage import take_composed
from video_foundry.db.store import Tx
from video_foundry.db.tables import (
    GenerationRow,
    JobRow,
    RenderAskRow,
    RenderOutputRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
)
from video_foundry.errors import BadInput
from video_foundry.events import log
from video_foundry.events.log import NewEvent
from video_foundry.jobs.chains import fall_back
from video_foundry.jobs.enqueue import NewJob, enqueue_all
from video_foundry.jobs.failures import why_lost, why_no_clip
from video_foundry.jobs.pace import Pace
from video_foundry.jobs.spent import without_spent
from video_foundry.jobs.steps import priority_of, seconds_left, take_steps

PACE = Pace()
"""Of this process, for all renders."""


async def open_renders_waiting_for(
    session: AsyncSession, fingerprints: Collection[str]
) -> Sequence[RenderRow]:
    """Renders under way that need any of these requests or composing steps, or have asked for
    them."""
    marks = given(session, fingerprints)
    ids = union(
        select(RenderSegmentRow.render_id).where(RenderSegmentRow.fingerprint.in_(marks)),
        select(RenderStepRow.render_id).where(RenderStepRow.fingerprint.in_(marks)),
        select(RenderAskRow.render_id).where(RenderAskRow.fingerprint.in_(marks)),
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


async def generation_done(tx: Tx, fingerprint: str) -> None:
    """Move on every render that waits for a request which has led to a clip. What comes next is
    worked out for the whole film, and that takes the longer the longer the film is: while further
    clips are on their way, which will ask for it again, it is done only every now and then."""
    for render in await open_renders_waiting_for(tx.session, {fingerprint}):
        if PACE.is_too_soon(render.id) and await _awaits_more(tx.session, render.id, fingerprint):
            await _note_clip(tx, render, fingerprint)
            continue
        with PACE.working_on(render.id):
            await advance(tx, render)


async def _note_clip(tx: Tx, render: RenderRow, fingerprint: str) -> None:
    query = select(RenderSegmentRow).where(
        RenderSegmentRow.render_id == render.id, RenderSegmentRow.fingerprint == fingerprint
    )
    rows = [row for row in await tx.session.scalars(query) if row.digest is None]
    await _take_clips(tx, rows)
    if _completed(rows):
        render.segments_completed += 1
        await _tell(tx, render, is_news=True)


async def _awaits_more(session: AsyncSession, render_id: str, fingerprint: str) -> bool:
    """Whether another generation of a render is under way, and not with a person: whatever becomes
    of it, the render is moved on then."""
    still = sorted(TERMINAL | {JobState.NEEDS_ATTENTION})
    query = (
        select(RenderSegmentRow.position)
        .join(JobRow, JobRow.id == RenderSegmentRow.job_id)
        .where(
            RenderSegmentRow.render_id == render_id,
            RenderSegmentRow.fingerprint != fingerprint,
            RenderSegmentRow.digest.is_(None),
            JobRow.state.not_in(still),
        )
        .limit(1)
    )
    return (await session.execute(query)).first() is not None


async def step_done(tx: Tx, fingerprint: str) -> None:
    """Move on every render that waits for a composing step which has led to an artifact. What
    comes next is worked out only when nothing else of the same stage is under way: that is dear in
    a long film, and would change nothing."""
    digest = (await take_composed(tx.session, tx.now, {fingerprint})).get(fingerprint)
    for render in await open_renders_waiting_for(tx.session, {fingerprint}):
        row = await tx.session.get(RenderStepRow, (render.id, fingerprint))
        if row is not None and digest is not None:
            _note_done(render, row, digest)
            await tx.session.flush()
            if row.stage < STAGES["master"] and await _is_busy(tx.session, row):
                await _tell_now_and_then(tx, render)
                continue
        await advance(tx, render)


def _note_done(render: RenderRow, row: RenderStepRow, digest: str) -> None:
    if row.digest is None and render.seconds_left is not None:
        render.seconds_left = max(0.0, render.seconds_left - row.seconds)
    row.digest = digest


async def _is_busy(session: AsyncSession, row: RenderStepRow) -> bool:
    """Whether another step of the same stage and of an output of this one is under way (a job that
    failed is not)."""
    query = (
        select(RenderStepRow.fingerprint)
        .join(JobRow, JobRow.id == RenderStepRow.job_id)
        .where(
            RenderStepRow.render_id == row.render_id,
            RenderStepRow.stage == row.stage,
            RenderStepRow.outputs.bitwise_and(row.outputs) != 0,
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
    rows = await segments_of(tx.session, render.id)
    outputs = await _outputs_of(tx.session, render)
    before, left = _standing(render, outputs), render.seconds_left
    await _take_clips(tx, rows)
    if await fall_back(tx, render, rows):
        await _take_clips(tx, rows)
    try:
        graph = await _graph(tx.session, render, rows, outputs)
    except BadInput as misfit:  # a clip came out shorter than was asked for, say
        _end(render, tx.now, "failed", misfit.code, misfit.message)
    else:
        await _take_outputs(tx, render, graph, outputs)
        if all(one.digest for one in outputs):
            render.seconds_left = 0.0
            _end(render, tx.now, "completed")
        else:
            await _go_on(tx, render, rows, graph, outputs)
    render.segments_completed = _completed(rows)
    if before != _standing(render, outputs):
        await _tell(tx, render, is_news=True)
    elif left != render.seconds_left:
        await _tell_now_and_then(tx, render)
    else:
        await _tell(tx, render, is_news=False)


def _standing(render: RenderRow, outputs: Sequence[RenderOutputRow]) -> tuple[str, int, int]:
    there = sum(1 for one in outputs if one.digest)
    return render.status, render.segments_completed, there


async def _outputs_of(session: AsyncSession, render: RenderRow) -> Sequence[RenderOutputRow]:
    """What a render makes, in order; an older version has written down nothing."""
    rows = (await output_rows_of(session, [render.id]))[render.id]
    if rows:
        return rows
    only = only_film(render)
    session.add(only)
    await session.flush()
    return [only]


async def _graph(
    session: AsyncSession,
    render: RenderRow,
    rows: Sequence[RenderSegmentRow],
    outputs: Sequence[RenderOutputRow],
) -> RenderGraph | None:
    """The render's steps; None while the film cannot be laid out yet."""
    artifacts = await artifacts_by_digest(session, {r.digest for r in rows if r.digest})
    wanted = [output_of(one) for one in outputs]

    def drafted() -> Drafts | None:
        film = film_of_render(render, rows, artifacts)
        return None if film is None else draft_outputs(film, wanted)

    drafts = await apart(session, drafted)
    if drafts is None:
        return None
    return await apart(session, make_render_graph, drafts, await known_for(session, drafts))


async def _take_outputs(
    tx: Tx, render: RenderRow, graph: RenderGraph | None, outputs: Sequence[RenderOutputRow]
) -> None:
    """Take the outputs that exist: then none of their pieces is needed, and those that were dropped
    to make room are not made again for nothing."""
    if graph is None:
        return
    pairs = zip(outputs, graph.branches, strict=True)
    open_ = [(row, one.last) for row, one in pairs if row.digest is None and one.last.is_known]
    if not open_:
        return
    done = await take_composed(tx.session, tx.now, {step.fingerprint for _, step in open_})
    for row, step in open_:
        row.digest = done.get(step.fingerprint)
        if row.name == MAIN:
            render.master_digest = row.digest
    await tx.session.flush()


async def _go_on(
    tx: Tx,
    render: RenderRow,
    rows: Sequence[RenderSegmentRow],
    graph: RenderGraph | None,
    outputs: Sequence[RenderOutputRow],
) -> None:
    jobs = await jobs_of_renders(tx.session, [render.id])
    off = {job.id for job in jobs.values() if _was_called_off(job)}
    again = await _ask_again(tx, rows, off)
    steps = await steps_of(tx.session, render.id)
    if graph is not None:
        steps = await take_steps(tx, render, graph, steps, outputs, jobs=jobs, off=off)
        _count_seconds(render, graph, steps, outputs)
    if again or any(row.job_id not in jobs for row in steps if row.job_id):
        jobs = await jobs_of_renders(tx.session, [render.id])
    labels = graph.labels if graph is not None else {}
    failure = why_no_clip(rows, jobs) or why_lost(rows, steps, outputs, jobs, labels)
    if failure is not None:
        _end(render, tx.now, "failed", *failure)
        return
    render.status = _status(rows, jobs)


def _count_seconds(
    render: RenderRow,
    graph: RenderGraph,
    steps: Sequence[RenderStepRow],
    outputs: Sequence[RenderOutputRow],
) -> None:
    """What is still to encode; more in all than was planned where a clip came out longer."""
    render.seconds_left = seconds_left(graph, steps, outputs)
    render.seconds_total = max(render.seconds_total or 0.0, render.seconds_left)


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
    again = await enqueue_all(tx, [like(job) for job in asked])
    new = {job.id: other.id for job, other in zip(asked, again, strict=True)}
    for row in waiting:
        row.job_id = new[row.job_id or ""]
    await write_columns(tx.session, waiting, "job_id")
    return True


def _was_called_off(job: JobRow) -> bool:
    return job.state == JobState.CANCELLED and job.cancel_requested


def like(job: JobRow) -> NewJob:
    """A job for the same work."""
    price = None
    if job.price_low is not None and job.price_high is not None:
        price = Price(
            low=job.price_low,
            high=job.price_high,
            currency=job.price_currency or "USD",
            is_known=job.price_known,
        )
    return NewJob(
        kind="generate" if job.kind == "generate" else "compose",
        fingerprint=job.fingerprint,
        base_fingerprint=job.base_fingerprint,
        payload=without_spent(job.payload),
        project_id=job.project_id,
        segment_id=job.segment_id,
        model=job.model,
        price=price,
        priority=priority_of(job.priority),
        has_stand_in=job.has_stand_in,
    )


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


def _status(rows: Sequence[RenderSegmentRow], jobs: Mapping[str, JobRow]) -> str:
    waiting = [r for r in rows if not r.digest]
    # Whatever of a render is open was asked for by it: a clip, or a picture that a clip waits for.
    if waiting and any(job.state == JobState.NEEDS_ATTENTION for job in jobs.values()):
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


TELL_SECONDS = 1.0
"""How often a render tells how far it is, at most."""
TELL_SHARE = 0.02
"""The longer it takes the seldomer it tells, so that events stay few: this share of its time."""


async def _tell_now_and_then(tx: Tx, render: RenderRow) -> None:
    """Tell how many seconds are done, when it was not told just before."""
    age = tx.now - render.created_at
    pause = max(timedelta(seconds=TELL_SECONDS), age * TELL_SHARE)
    await _tell(tx, render, is_news=tx.now - render.updated_at >= pause)


async def _tell(tx: Tx, render: RenderRow, *, is_news: bool) -> None:
    if not is_news:
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
        "seconds_total": render.seconds_total,
        "seconds_done": seconds_done(render),
    }
    return NewEvent(project_id=render.project_id, type=f"render.{what}", data=data)


def seconds_done(render: RenderRow) -> float | None:
    """Seconds of picture that the steps done stand for; None while nobody knows the film's length.
    What was found done counts as done."""
    if render.seconds_total is None or render.seconds_left is None:
        return None
    return round(max(0.0, render.seconds_total - render.seconds_left), 6)


async def cancel(tx: Tx, render: RenderRow) -> None:
    """End a render as cancelled and say so."""
    _end(render, tx.now, "cancelled", "cancelled", "cancelled by a person")
    await _tell(tx, render, is_news=True)
