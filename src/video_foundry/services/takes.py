"""Takes: list, ask for a new one on purpose, choose, pin, try a failed generation again. A finished
take never changes the cut by itself unless the segment had nothing to show."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from video_foundry.core.catalogue import ModelEntry, price_of
from video_foundry.core.fairness import Priority
from video_foundry.core.jobs import JobState
from video_foundry.core.request import GenerationRequest
from video_foundry.db.facts import profile_from_json
from video_foundry.db.generations import requests_answered
from video_foundry.db.jobs import requests_open
from video_foundry.db.locks import projects_asking_like
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import JobRow, ProjectRow, SegmentRow
from video_foundry.db.takes import take_by_id, takes_with_clips
from video_foundry.db.timeline import media_by_id, media_ids, request_of
from video_foundry.errors import BadInput, Conflict, NotFound
from video_foundry.jobs.enqueue import enqueue, enqueue_all
from video_foundry.jobs.filing import tell_of, tell_segments
from video_foundry.jobs.locks import holding
from video_foundry.jobs.queue import has_result, latest_jobs
from video_foundry.services._edit import edited, locked_segment, project_of, segment_of, tell
from video_foundry.services._generation import (
    check_available,
    check_price,
    generation,
    total,
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
        segment, project, request, entry = await _asked(ctx, tx, segment_id)
        first = await _next_variation(tx.session, request)
        wanted = [replace(request, variation=first + i) for i in range(count)]
        price = total([price_of(entry, r.submit_params(entry)) for r in wanted])
        check_price(price, max_cost)
        asked = partial(
            generation, entry=entry, project_id=project.id, segment_id=segment.id, priority=priority
        )
        jobs = await enqueue_all(tx, [asked(r, is_standalone=True) for r in wanted])
        await tell_of(tx, jobs)
        view = (await view_segments(tx.session, [segment]))[0]
        return TakesStarted(segment=view, jobs=jobs)


@retried
async def retry_segment(
    ctx: Context, segment_id: str, *, max_cost: Decimal | None = None
) -> SegmentView:
    """Generate what the segment asks for after a failure. Does nothing when it is there already."""
    async with _asking(ctx, segment_id) as tx:
        segment, project, request, entry = await _asked(ctx, tx, segment_id)
        await _refuse_doubtful(tx.session, request)
        if not await has_result(tx.session, request.fingerprint):
            check_price(price_of(entry, request.submit_params(entry)), max_cost)
            asked = generation(
                request, entry, project_id=project.id, segment_id=segment.id, is_standalone=True
            )
            await tell_segments(tx, await enqueue(tx, asked))
        return (await view_segments(tx.session, [segment]))[0]


def _asking(ctx: Context, segment_id: str) -> AbstractAsyncContextManager[Tx]:
    """A transaction that may enqueue what a segment asks for, and tell who asks for the same."""

    async def sharing(session: Session) -> set[str]:
        return await projects_asking_like(session, segment_id)

    return holding(ctx.store, sharing, durable=True)


async def _refuse_doubtful(session: Session, request: GenerationRequest) -> None:
    job = (await latest_jobs(session, {request.fingerprint})).get(request.fingerprint)
    if job is not None and job.state == JobState.NEEDS_ATTENTION:
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
) -> tuple[SegmentRow, ProjectRow, GenerationRequest, ModelEntry]:
    segment = await segment_of(tx.session, segment_id)
    project = await project_of(tx.session, segment.project_id)
    if segment.media_id is not None:
        raise BadInput(
            "this segment shows your own media; there is nothing to generate",
            field="segment_id",
            fix="give it a prompt and a model instead of media",
        )
    entry = ctx.models.catalogue.resolve(segment.model_params.get("model")).entry
    check_available(entry, ctx.models.unavailable(entry))
    media = await media_by_id(tx.session, media_ids([segment]))
    request = request_of(segment, entry, profile_from_json(project.settings), media)
    return segment, project, request, entry


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
        if take_id is None and pinned:
            raise BadInput("there is no take to pin", field="take_id", fix="name a take_id")
        if take_id is not None:
            take = await take_by_id(tx.session, take_id)
            if take is None or take.segment_id != segment_id:
                raise NotFound(f"segment {segment_id} has no take {take_id}", field="take_id")
        await edited(tx, project, based_on)
        segment.chosen_take_id = take_id
        segment.chosen_for = segment.fingerprint if take_id else None
        segment.pinned = pinned
        segment.updated_at = tx.now
        await tx.session.flush()
        await tell(tx, project, "segment.updated", segment_id=segment.id)
        return (await view_segments(tx.session, [segment]))[0]
