"""What an accepted plan leaves behind: the render, its snapshot of the timeline, its jobs and the
event of it, in the caller's transaction. Whether it may be accepted is decided before."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from video_foundry.core.asks import Ask, Picture
from video_foundry.core.catalogue import clip_seconds
from video_foundry.core.chains import chain_from, clip_price
from video_foundry.core.fairness import Priority
from video_foundry.core.money import Price
from video_foundry.core.plan import Memory, Plan
from video_foundry.core.planned_segments import PlannedSegment
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.db.apart import apart
from video_foundry.db.bulk import add_rows
from video_foundry.db.facts import profile_to_json, trim_to_json
from video_foundry.db.films import composition_to_json
from video_foundry.db.outputs import new_output_rows
from video_foundry.db.store import Tx
from video_foundry.db.tables import JobRow, RenderRow, RenderSegmentRow
from video_foundry.events import log
from video_foundry.jobs.chains import link_to_json, note_ask, with_needs
from video_foundry.jobs.enqueue import NewJob, enqueue_all
from video_foundry.jobs.filing import tell_of
from video_foundry.jobs.held import fetch_all_again
from video_foundry.jobs.renders import advance, event_of
from video_foundry.jobs.steps import priority_of
from video_foundry.services._generation import generation
from video_foundry.services.render_views import PLAN_JSON


async def accept(
    tx: Tx, timeline: Timeline, plan: Plan, memory: Memory, priority: Priority
) -> RenderRow:
    """The render of a plan that was made of this timeline and this memory, set going."""
    render = RenderRow(
        id=str(uuid4()),
        project_id=timeline.project_id,
        status="pending",
        plan=await apart(tx.session, PLAN_JSON.dump_python, plan, mode="json"),
        plan_digest=plan.digest,
        profile=profile_to_json(timeline.profile),
        composition=await apart(tx.session, composition_to_json, timeline),
        priority=priority,
        segments_total=plan.to_generate,
        segments_completed=0,
        segments_reused=plan.reused,
        seconds_total=plan.encode_seconds if plan.frames is not None else None,
        seconds_left=plan.encode_seconds if plan.frames is not None else None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(render)
    await tx.session.flush()
    await add_rows(tx.session, new_output_rows(render.id, timeline.wanted))
    pairs = list(zip(timeline.segments, plan.segments, strict=True))
    rows = [_snapshot(render, position, *pair) for position, pair in enumerate(pairs)]
    chains = {
        row: chain_from(segment, memory.results, planned.fingerprint)
        for row, (segment, planned) in zip(rows, pairs, strict=True)
        if planned.action == "generate"
    }
    asked = await _ask(tx, render, chains, memory)
    await tell_of(tx, asked)
    await add_rows(tx.session, rows)
    await log.append(tx, [event_of(render, "created")])
    await fetch_all_again(tx, asked)
    await advance(tx, render)
    return render


async def _ask(
    tx: Tx,
    render: RenderRow,
    chains: Mapping[RenderSegmentRow, Sequence[Ask]],
    memory: Memory,
) -> Sequence[JobRow]:
    """Enqueue the first of each chain with its pictures, and note what may stand in for it."""
    asked = [
        (
            _generation(render, row, asks[0], has_stand_in=len(asks) > 1),
            _pictures(render, row, asks[0], has_stand_in=len(asks) > 1),
        )
        for row, asks in chains.items()
    ]
    wanted = with_needs(asked, memory.results.keys())
    jobs = {job.fingerprint: job for job in await enqueue_all(tx, wanted)}
    for row, asks in chains.items():
        row.job_id = jobs[asks[0].request.fingerprint].id
        row.fallbacks = _links(render, row, asks) or None
    clips = {row.fingerprint for row in chains}
    for mark in jobs.keys() - clips:
        await note_ask(tx, render.id, mark, jobs[mark].id)
    return list(jobs.values())


def _pictures(
    render: RenderRow, row: RenderSegmentRow, ask: Ask, *, has_stand_in: bool = False
) -> list[NewJob]:
    return [_generation(render, row, one, has_stand_in=has_stand_in) for one in ask.pictures]


def _links(render: RenderRow, row: RenderSegmentRow, asks: Sequence[Ask]) -> list[dict[str, Any]]:
    """What stands in for the first of these, in order."""
    if len(asks) == 1:
        return []
    agreed = clip_price(asks, ())
    return [_link(render, row, ask, agreed) for ask in asks[1:]]


def _link(render: RenderRow, row: RenderSegmentRow, ask: Ask, agreed: Price) -> dict[str, Any]:
    asked = clip_seconds(ask.request.readable_params())
    return link_to_json(
        _generation(render, row, ask),
        _pictures(render, row, ask),
        None if asked is None else str(asked),
        agreed=agreed,
    )


def _snapshot(
    render: RenderRow, position: int, segment: TimelineSegment, planned: PlannedSegment
) -> RenderSegmentRow:
    return RenderSegmentRow(
        render_id=render.id,
        position=position,
        segment_id=segment.id,
        action=planned.action,
        fingerprint=planned.fingerprint,
        digest=planned.digest,
        trim=trim_to_json(segment.trim),
        asked_seconds=_asked_seconds(segment, planned),
    )


def _generation(
    render: RenderRow, row: RenderSegmentRow, asked: Ask | Picture, *, has_stand_in: bool = False
) -> NewJob:
    return generation(
        asked.request,
        asked.entry,
        project_id=render.project_id,
        segment_id=row.segment_id,
        priority=priority_of(render.priority),
        has_stand_in=has_stand_in,
    )


def _asked_seconds(segment: TimelineSegment, planned: PlannedSegment) -> str | None:
    if segment.chosen is not None:
        asked = segment.chosen.source.asked_seconds
    else:
        sent = (a for a in segment.asks if a.request.fingerprint == planned.fingerprint)
        ask = next(sent, None)
        asked = clip_seconds(ask.request.readable_params()) if ask else None
    return str(asked) if asked is not None else None
