"""Making the clips that segments still need, without rendering the film: everything is accepted in
one transaction, or nothing is."""

from collections.abc import Sequence
from decimal import Decimal

from video_foundry.core.chains import chain_from
from video_foundry.core.fairness import Priority
from video_foundry.core.plan import ClipsPlan, Memory, plan_clips
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.db.locks import projects_sharing
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import JobRow
from video_foundry.db.timeline import load_memory, load_timeline
from video_foundry.errors import FieldProblem, NotFound
from video_foundry.jobs.held import fetch_all_again
from video_foundry.jobs.locks import holding
from video_foundry.services._edit import locked_project
from video_foundry.services._generation import (
    ask_by_itself,
    asked_by_itself,
    check_price,
    refuse_problems,
)
from video_foundry.services._purchases import Purchase, bought_before, keep_purchase
from video_foundry.services.context import Context


@retried
async def generate_segments(
    ctx: Context,
    project_id: str,
    segment_ids: Sequence[str],
    *,
    max_cost: Decimal | None = None,
    priority: Priority = "normal",
    purchase_id: str | None = None,
) -> list[JobRow]:
    """Ask for what these segments need: the jobs of their clips, in the order of the film. Those
    that have their clip need nothing, and what is under way already is shared.

    purchase_id: made by the client; asked for under the same again, it is answered with the same
    jobs. Raises NotFound for segments that are gone, BadInput naming each that cannot be generated,
    PaymentRefused over max_cost. In all of these cases nothing was started.
    """
    purchase = Purchase(id=purchase_id, body={"generate": sorted(set(segment_ids))})

    async def sharing(session: Session) -> set[str]:
        return await projects_sharing(session, project_id)

    async with holding(ctx.store, sharing, durable=True) as tx:
        project = await locked_project(tx, project_id)
        before = await bought_before(tx, project_id, purchase)
        if before is not None:
            return before
        timeline = await load_timeline(
            tx.session, project, ctx.models, fonts=ctx.fonts, kept=ctx.last_reads
        )
        wanted = _wanted(timeline, segment_ids)
        memory = await load_memory(tx.session, timeline, kept=ctx.last_reads)
        plan = plan_clips(wanted, memory, timeline.profile.fps)
        refuse_problems(plan.problems)
        check_price(plan.price, max_cost)
        jobs = await _ask(tx, timeline, plan, memory, priority)
        await keep_purchase(tx, project_id, purchase, jobs)
        return jobs


def _wanted(timeline: Timeline, segment_ids: Sequence[str]) -> list[TimelineSegment]:
    wanted = set(segment_ids)
    found = [one for one in timeline.segments if one.id in wanted]
    gone = wanted - {one.id for one in found}
    if gone:
        raise NotFound(
            "some of these segments are no longer in the project; nothing was started",
            problems=[
                FieldProblem(field=f"segments.{one}", message="there is no such segment")
                for one in sorted(gone)
            ],
        )
    return found


async def _ask(
    tx: Tx, timeline: Timeline, plan: ClipsPlan, memory: Memory, priority: Priority
) -> list[JobRow]:
    segments = {one.id: one for one in timeline.segments}
    asked = {
        one.segment_id: [
            asked_by_itself(
                chain_from(segments[one.segment_id], memory.results, one.fingerprint),
                project_id=timeline.project_id,
                segment_id=one.segment_id,
                priority=priority,
            )
        ]
        for one in plan.segments
    }
    jobs = await ask_by_itself(tx, asked, memory.results.keys())
    await fetch_all_again(tx, list(jobs.values()))
    clips = dict.fromkeys(one.fingerprint or "" for one in plan.segments)
    return [jobs[mark] for mark in clips]
