"""Takes: list, price and ask for new ones on purpose, choose, pin, try a failed generation again. A
finished take never changes the cut by itself unless the segment had nothing to show."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from decimal import Decimal

from video_foundry.core.fairness import Priority
from video_foundry.core.jobs import JobState
from video_foundry.db.locks import projects_asking_like
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import JobRow, SegmentRow
from video_foundry.db.takes import TakeWithClip, clips_of_project, takes_with_clips
from video_foundry.db.timeline import segments_of
from video_foundry.errors import Conflict
from video_foundry.jobs.held import fetch_all_again, is_held, may_be_there
from video_foundry.jobs.locks import holding
from video_foundry.jobs.queue import latest_jobs
from video_foundry.services._edit import edited, locked_segment, project_of, segment_of, tell
from video_foundry.services._generation import ask_by_itself, asked_by_itself, check_price
from video_foundry.services._purchases import Purchase, bought_before, keep_purchase
from video_foundry.services._segments import choose
from video_foundry.services._takes import (
    Asked,
    PlannedTakes,
    asked_by,
    planned_retry,
    planned_takes,
)
from video_foundry.services.context import Context
from video_foundry.services.views import SegmentView, TakeView, view_segments


@dataclass(frozen=True, kw_only=True)
class TakesStarted:
    """Jobs that were started for new takes, and the segment they are for."""

    segment: SegmentView
    jobs: Sequence[JobRow]


async def list_takes(ctx: Context, segment_id: str) -> list[TakeView]:
    """A segment's takes, newest first."""
    async with ctx.store.read() as session:
        views = await view_segments(ctx, session, [await segment_of(session, segment_id)])
        return _take_views(await takes_with_clips(session, segment_id), views)


async def list_project_takes(
    ctx: Context, project_id: str, *, limit: int, offset: int
) -> list[TakeView]:
    """The clips that were made for any of a project's segments, newest first; no pictures."""
    async with ctx.store.read() as session:
        await project_of(session, project_id)
        found = await clips_of_project(session, project_id, limit=limit, offset=offset)
        segments = await segments_of(session, project_id) if found else []
        return _take_views(found, await view_segments(ctx, session, segments))


def _take_views(found: Sequence[TakeWithClip], segments: Sequence[SegmentView]) -> list[TakeView]:
    """segments: those that the takes are filed under."""
    by_id = {view.row.id: view for view in segments}
    return [
        TakeView(
            row=take,
            generation=made,
            artifact=clip,
            is_current=take.id == by_id[take.segment_id].take_id,
            is_pinned=_is_pinned(by_id[take.segment_id].row, take.id),
        )
        for take, made, clip in found
    ]


def _is_pinned(segment: SegmentRow, take_id: str) -> bool:
    return segment.pinned and take_id == segment.chosen_take_id


@retried
async def new_takes(
    ctx: Context,
    segment_id: str,
    *,
    count: int = 1,
    max_cost: Decimal | None = None,
    priority: Priority = "normal",
    keep_seed: bool = False,
    purchase_id: str | None = None,
) -> TakesStarted:
    """Ask for `count` new takes of what the segment says now; each is generated and paid anew. Each
    has a seed of its own unless `keep_seed` says that they have the segment's.

    purchase_id: made by the client; asked for under the same again, nothing is bought, and the
    answer has the same jobs. Raises Conflict for one that stands for something else."""
    body = {"takes": count, "segment": segment_id, "keep_seed": keep_seed}
    purchase = Purchase(id=purchase_id, body=body)
    async with _asking(ctx, segment_id) as tx:
        asked = await asked_by(ctx, tx.session, segment_id)
        jobs = await bought_before(tx, asked.project.id, purchase)
        if jobs is None:
            planned = await planned_takes(tx.session, asked, count, keep_seed=keep_seed)
            started = await _start(tx, asked, planned, max_cost, priority)
            jobs = [started[chain[0].request.fingerprint] for chain in planned.chains]
            await keep_purchase(tx, asked.project.id, purchase, jobs)
        view = (await view_segments(ctx, tx.session, [asked.segment]))[0]
        return TakesStarted(segment=view, jobs=jobs)


@retried
async def retry_segment(
    ctx: Context, segment_id: str, *, max_cost: Decimal | None = None
) -> SegmentView:
    """Generate what the segment asks for after a failure. Does nothing when it is there already;
    what was paid for and is still with its provider is fetched again, which costs nothing.

    Raises Conflict for what may have been paid for and cannot be asked for."""
    async with _asking(ctx, segment_id) as tx:
        asked = await asked_by(ctx, tx.session, segment_id)
        jobs = await latest_jobs(tx.session, asked.marks)
        for job in jobs.values():
            _refuse_doubtful(job)
        planned = await planned_retry(tx.session, asked, jobs)
        if planned is not None:
            started = await _start(tx, asked, planned, max_cost, "normal")
            await fetch_all_again(tx, list(started.values()))
        return (await view_segments(ctx, tx.session, [asked.segment]))[0]


async def price_takes(
    ctx: Context, segment_id: str, *, count: int = 1, keep_seed: bool = False
) -> PlannedTakes:
    """What `count` new takes would be and cost if they were asked for now. Nothing is started."""
    async with ctx.store.read() as session:
        asked = await asked_by(ctx, session, segment_id)
        return await planned_takes(session, asked, count, keep_seed=keep_seed)


async def _start(
    tx: Tx, asked: Asked, planned: PlannedTakes, max_cost: Decimal | None, priority: Priority
) -> dict[str, JobRow]:
    """Enqueue what was planned, if its price may be paid; fingerprint -> job."""
    check_price(planned.price, max_cost)
    project_id, segment_id = asked.project.id, asked.segment.id
    clips = [
        asked_by_itself(chain, project_id=project_id, segment_id=segment_id, priority=priority)
        for chain in planned.chains
    ]
    return await ask_by_itself(tx, {segment_id: clips}, planned.there)


def _asking(ctx: Context, segment_id: str) -> AbstractAsyncContextManager[Tx]:
    """A transaction that may enqueue what a segment asks for, and tell who asks for the same."""

    async def sharing(session: Session) -> set[str]:
        return await projects_asking_like(session, segment_id)

    return holding(ctx.store, sharing, durable=True)


def _refuse_doubtful(job: JobRow) -> None:
    if job.state == JobState.NEEDS_ATTENTION and not may_be_there(job):
        fetch = '{"action": "fetch"}, ' if is_held(job) else ""
        raise Conflict(
            "this generation may have been accepted and paid already; sending it again could pay "
            "twice",
            field="segment_id",
            fix=f'decide with POST /api/jobs/{job.id}/resolve: {fetch}{{"action": "resubmit"}} or '
            '{"action": "abandon"}',
            code="needs_attention",
            extra={"job_id": job.id},
        )


@retried
async def choose_take(
    ctx: Context,
    segment_id: str,
    *,
    take_id: str | None,
    pinned: bool = False,
    based_on: int | None = None,
) -> SegmentView:
    """Put a take into the cut. Unpinned, the choice holds while the segment asks for the same as
    now; pinned, it holds whatever is edited. None goes back to the ordinary result."""
    async with ctx.store.write() as tx:
        segment, project = await locked_segment(tx, segment_id)
        await choose(tx, segment, take_id, pinned=pinned)
        await edited(tx, project, based_on)
        await tell(tx, project, "segment.updated", segment_id=segment.id)
        return (await view_segments(ctx, tx.session, [segment]))[0]
