"""Takes: list, ask for a new one on purpose, choose, pin, try a failed generation again. A finished
take never changes the cut by itself unless the segment had nothing to show."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from video_foundry.core.asks import Ask, needed_first
from video_foundry.core.chains import obstacle
from video_foundry.core.fairness import Priority
from video_foundry.core.jobs import TERMINAL, JobState
from video_foundry.core.request import GenerationRequest
from video_foundry.db.facts import profile_from_json
from video_foundry.db.generations import requests_answered
from video_foundry.db.jobs import requests_open
from video_foundry.db.locks import projects_asking_like
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import JobRow, ProjectRow, SegmentRow
from video_foundry.db.takes import takes_with_clips
from video_foundry.db.timeline import asks_of, media_by_id, media_ids
from video_foundry.errors import BadInput, Conflict
from video_foundry.jobs.chains import results_there
from video_foundry.jobs.enqueue import enqueue_all
from video_foundry.jobs.filing import tell_of
from video_foundry.jobs.locks import holding
from video_foundry.jobs.queue import latest_jobs
from video_foundry.services._edit import edited, locked_segment, project_of, segment_of, tell
from video_foundry.services._generation import (
    check_available,
    check_price,
    generation,
    price_of_jobs,
    with_pictures,
)
from video_foundry.services._segments import choose
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
        segment = await segment_of(session, segment_id)
        shown = (await view_segments(session, [segment]))[0].take_id
        return [
            TakeView(
                row=take,
                generation=generation,
                artifact=artifact,
                is_current=take.id == shown,
                is_pinned=segment.pinned and take.id == segment.chosen_take_id,
            )
            for take, generation, artifact in await takes_with_clips(session, segment_id)
        ]


@retried
async def new_takes(
    ctx: Context,
    segment_id: str,
    *,
    count: int = 1,
    max_cost: Decimal | None = None,
    priority: Priority = "normal",
) -> TakesStarted:
    """Ask for `count` new takes of what the segment says now; each is generated and paid anew."""
    async with _asking(ctx, segment_id) as tx:
        segment, project, asks = await _asked(ctx, tx, segment_id)
        ask = await _usable(tx.session, asks[:1])
        first = await _next_variation(tx.session, ask.request)
        wanted = [replace(ask.request, variation=first + i) for i in range(count)]
        like = _by_itself(project, segment, priority)
        clips = [generation(request, ask.entry, **like) for request in wanted]
        asked = await with_pictures(tx.session, [(one, ask.pictures) for one in clips], like)
        check_price(price_of_jobs(asked), max_cost)
        jobs = {job.fingerprint: job for job in await enqueue_all(tx, asked)}
        await tell_of(tx, list(jobs.values()))
        view = (await view_segments(tx.session, [segment]))[0]
        return TakesStarted(segment=view, jobs=[jobs[request.fingerprint] for request in wanted])


@retried
async def retry_segment(
    ctx: Context, segment_id: str, *, max_cost: Decimal | None = None
) -> SegmentView:
    """Generate what the segment asks for after a failure. Does nothing when it is there already."""
    async with _asking(ctx, segment_id) as tx:
        segment, project, asks = await _asked(ctx, tx, segment_id)
        jobs = await latest_jobs(tx.session, _all_of(asks))
        for job in jobs.values():
            _refuse_doubtful(job)
        if not await results_there(tx.session, {ask.request.fingerprint for ask in asks}):
            ask = _under_way(asks, jobs) or await _usable(tx.session, asks)
            like = _by_itself(project, segment, "normal")
            clip = generation(ask.request, ask.entry, **like)
            asked = await with_pictures(tx.session, [(clip, ask.pictures)], like)
            check_price(price_of_jobs(asked), max_cost)
            await tell_of(tx, await enqueue_all(tx, asked))
        return (await view_segments(tx.session, [segment]))[0]


def _by_itself(project: ProjectRow, segment: SegmentRow, priority: Priority) -> dict[str, Any]:
    """What is said of a generation that somebody asks for by itself."""
    return {
        "project_id": project.id,
        "segment_id": segment.id,
        "priority": priority,
        "is_standalone": True,
    }


def _all_of(asks: Sequence[Ask]) -> list[str]:
    """Every request that may be open for a segment: clips, and pictures for them."""
    return [*(ask.request.fingerprint for ask in asks), *needed_first(asks)]


def _asking(ctx: Context, segment_id: str) -> AbstractAsyncContextManager[Tx]:
    """A transaction that may enqueue what a segment asks for, and tell who asks for the same."""

    async def sharing(session: Session) -> set[str]:
        return await projects_asking_like(session, segment_id)

    return holding(ctx.store, sharing, durable=True)


def _under_way(asks: Sequence[Ask], jobs: Mapping[str, JobRow]) -> Ask | None:
    """The request of a segment that is open: nothing is sent beside it."""
    open_ = {mark for mark, job in jobs.items() if job.state not in TERMINAL}
    return next((ask for ask in asks if ask.request.fingerprint in open_), None)


def _refuse_doubtful(job: JobRow) -> None:
    if job.state == JobState.NEEDS_ATTENTION:
        raise Conflict(
            "this generation may have been accepted and paid already; sending it again could pay "
            "twice",
            field="segment_id",
            fix=f'decide with POST /api/jobs/{job.id}/resolve: {{"action": "resubmit"}} or '
            '{"action": "abandon"}',
            code="needs_attention",
            extra={"job_id": job.id},
        )


async def _asked(
    ctx: Context, tx: Tx, segment_id: str
) -> tuple[SegmentRow, ProjectRow, tuple[Ask, ...]]:
    segment = await segment_of(tx.session, segment_id)
    project = await project_of(tx.session, segment.project_id)
    if segment.media_id is not None:
        raise BadInput(
            "this segment shows your own media; there is nothing to generate",
            field="segment_id",
            fix="give it a prompt and a model instead of media",
        )
    media = await media_by_id(tx.session, media_ids([segment]))
    asks = asks_of(segment, ctx.models, profile_from_json(project.settings), media)
    return segment, project, asks


async def _usable(session: Session, asks: Sequence[Ask]) -> Ask:
    """The first that can be sent now: its model can be used, and each of its pictures is there or
    can be made. Raises BadInput where there is none."""
    there = await results_there(session, needed_first(asks))
    found = next((ask for ask in asks if obstacle(ask, there) is None), None)
    if found is None:
        check_available(asks[0].entry, obstacle(asks[0], there))
    return found or asks[0]


async def _next_variation(session: Session, request: GenerationRequest) -> int:
    """One more than any variation of this request that was made or is open anywhere: a take asked
    for on purpose must be a new one."""
    base = request.base_fingerprint
    made = await requests_answered(session, base)
    used = [GenerationRequest.from_json(r).variation for r in made]
    asked = [
        GenerationRequest.from_json(r) for r in await requests_open(session, base, request.model)
    ]
    used += [r.variation for r in asked if r.base_fingerprint == base]
    return max(used, default=0) + 1


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
        return (await view_segments(tx.session, [segment]))[0]
