"""Renders: accept a plan, look, cancel. Accepting is one transaction: the render, its snapshot of
the timeline, its jobs and events; nothing is sent to anybody before it is committed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from pydantic import TypeAdapter
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.catalogue import clip_seconds
from video_foundry.core.jobs import TERMINAL, JobState
from video_foundry.core.plan import Plan, PlannedSegment, make_plan
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.db.facts import profile_to_json, trim_to_json
from video_foundry.db.store import Tx
from video_foundry.db.tables import ArtifactRow, JobRow, RenderRow, RenderSegmentRow
from video_foundry.db.timeline import load_memory, load_timeline
from video_foundry.errors import BadInput, Conflict, FieldProblem, NotFound
from video_foundry.events import log
from video_foundry.jobs.filing import tell_segments
from video_foundry.jobs.queue import ask_to_cancel
from video_foundry.jobs.renders import (
    RENDER_ENDED,
    advance,
    advance_all,
    cancel,
    event_data,
    segments_of,
)
from video_foundry.services._edit import project_of
from video_foundry.services._generation import check_price, enqueue_generation
from video_foundry.services.context import Context

PLAN_JSON: TypeAdapter[Plan] = TypeAdapter(Plan)
"""Plans as stored with a render, exact both ways."""


@dataclass(frozen=True, kw_only=True)
class RenderView:
    """A render with what follows from its rows. cost_actual: what its own generations cost so far,
    None while a provider has not said."""

    row: RenderRow
    plan: Plan
    master: ArtifactRow | None
    cost_actual: Decimal
    cost_is_known: bool
    progress: float


class PlanDrifted(Conflict):
    """The plan that was shown is not the plan of now; `plan` is the new one."""

    code = "plan_drifted"

    def __init__(self, plan: Plan) -> None:
        super().__init__(
            "the plan has changed since you saw it; nothing was started",
            field="plan_digest",
            fix="look at the new plan and send its digest",
        )
        self.plan = plan


async def start_render(
    ctx: Context,
    project_id: str,
    *,
    plan_digest: str | None = None,
    max_cost: Decimal | None = None,
) -> RenderView:
    """Accept the present plan of a project and set it going.

    Raises PlanDrifted for another digest, PaymentRefused over max_cost, BadInput for what keeps the
    plan from being carried out. In all three cases nothing was started.
    """
    async with ctx.store.write(durable=True) as tx:
        project = await project_of(tx.session, project_id)
        timeline = await load_timeline(tx.session, project, ctx.models)
        plan = make_plan(timeline, await load_memory(tx.session, timeline))
        if plan_digest is not None and plan_digest != plan.digest:
            raise PlanDrifted(plan)
        _refuse_problems(plan)
        check_price(plan.price, max_cost)
        render = await _accept(tx, timeline, plan)
        return await _view(tx.session, render)


def _refuse_problems(plan: Plan) -> None:
    if plan.ready:
        return
    raise BadInput(
        plan.problems[0].message,
        code="plan_not_ready",
        problems=[
            FieldProblem(
                field=p.field if p.segment_id is None else f"segments.{p.segment_id}.{p.field}",
                message=p.message,
                fix=p.fix,
            )
            for p in plan.problems
        ],
    )


async def _accept(tx: Tx, timeline: Timeline, plan: Plan) -> RenderRow:
    render = RenderRow(
        id=str(uuid4()),
        project_id=timeline.project_id,
        status="pending",
        plan=PLAN_JSON.dump_python(plan, mode="json"),
        plan_digest=plan.digest,
        profile=profile_to_json(timeline.profile),
        segments_total=plan.to_generate,
        segments_completed=0,
        segments_reused=plan.reused,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(render)
    await tx.session.flush()
    for position, (segment, planned) in enumerate(
        zip(timeline.segments, plan.segments, strict=True)
    ):
        tx.session.add(await _snapshot(tx, render, position, segment, planned))
    await tx.session.flush()
    await log.append(tx, render.project_id, "render.created", event_data(render))
    await advance(tx, render)
    return render


async def _snapshot(
    tx: Tx, render: RenderRow, position: int, segment: TimelineSegment, planned: PlannedSegment
) -> RenderSegmentRow:
    row = RenderSegmentRow(
        render_id=render.id,
        position=position,
        segment_id=segment.id,
        action=planned.action,
        fingerprint=planned.fingerprint,
        digest=planned.digest,
        trim=trim_to_json(segment.trim),
        asked_seconds=_asked_seconds(segment),
    )
    if planned.action == "generate" and segment.request and segment.entry:
        job = await enqueue_generation(
            tx,
            segment.request,
            segment.entry,
            project_id=render.project_id,
            segment_id=segment.id,
        )
        row.job_id = job.id
        await tell_segments(tx, job)
    return row


def _asked_seconds(segment: TimelineSegment) -> str | None:
    if segment.chosen is not None:
        asked = segment.chosen.source.asked_seconds
    elif segment.request is not None:
        asked = clip_seconds(segment.request.readable_params())
    else:
        asked = None
    return str(asked) if asked is not None else None


async def render_of(session: AsyncSession, render_id: str) -> RenderRow:
    """The render of this id. Raises NotFound."""
    row = await session.get(RenderRow, render_id)
    if row is None:
        raise NotFound(f"there is no render job {render_id}", field="render_job_id")
    return row


async def get_render(ctx: Context, render_id: str) -> RenderView:
    """One render."""
    async with ctx.store.read() as session:
        return await _view(session, await render_of(session, render_id))


async def list_renders(ctx: Context, project_id: str, *, limit: int = 50) -> list[RenderView]:
    """A project's renders, newest first."""
    async with ctx.store.read() as session:
        await project_of(session, project_id)
        query = (
            select(RenderRow)
            .where(RenderRow.project_id == project_id)
            .order_by(RenderRow.created_at.desc(), RenderRow.id)
            .limit(limit)
        )
        rows = (await session.scalars(query)).all()
        return [await _view(session, row) for row in rows]


async def cancel_render(ctx: Context, render_id: str) -> RenderView:
    """End a render now. Jobs nobody else needs are cancelled; a generation that may have been paid
    for is asked to stop where its provider can, and its result is kept if it comes all the same."""
    async with ctx.store.write() as tx:
        render = await render_of(tx.session, render_id)
        if render.status not in RENDER_ENDED:
            await cancel(tx, render)
            for job in await _jobs_only_for(tx.session, render):
                state = await ask_to_cancel(tx, job)
                tx.wakes.add("compose" if job.kind == "compose" else "generate")
                if state == JobState.CANCELLED:
                    await tx.session.refresh(job)
                    await tell_segments(tx, job)
                    await advance_all(tx, job.fingerprint)
        return await _view(tx.session, render)


async def _jobs_only_for(session: AsyncSession, render: RenderRow) -> Sequence[JobRow]:
    """Open jobs that no other open render waits for and nobody asked for by themselves."""
    rows = await segments_of(session, render.id)
    ids = {r.job_id for r in rows} | {r.step_job_id for r in rows} | {render.master_job_id}
    shared = (
        select(RenderRow.id)
        .outerjoin(RenderSegmentRow, RenderSegmentRow.render_id == RenderRow.id)
        .where(
            RenderRow.status.not_in(RENDER_ENDED),
            RenderRow.id != render.id,
            or_(
                RenderSegmentRow.job_id == JobRow.id,
                RenderSegmentRow.step_job_id == JobRow.id,
                RenderRow.master_job_id == JobRow.id,
            ),
        )
        .correlate(JobRow)
        .exists()
    )
    query = select(JobRow).where(
        JobRow.id.in_({i for i in ids if i}),
        JobRow.state.not_in(sorted(TERMINAL)),
        JobRow.is_standalone.is_(False),
        ~shared,
    )
    return (await session.scalars(query)).all()


async def _view(session: AsyncSession, render: RenderRow) -> RenderView:
    rows = await segments_of(session, render.id)
    jobs = await _jobs(session, render, rows)
    own = [j for j in jobs if j.kind == "generate" and j.created_at >= render.created_at]
    done = [j for j in own if j.state == JobState.SUCCEEDED]
    master = await session.get(ArtifactRow, render.master_digest) if render.master_digest else None
    return RenderView(
        row=render,
        plan=PLAN_JSON.validate_python(render.plan),
        master=master,
        cost_actual=sum((j.cost_amount or Decimal(0) for j in own), Decimal(0)),
        cost_is_known=all(j.cost_amount is not None for j in done),
        progress=_progress(render, rows, {j.id: j for j in jobs}),
    )


async def _jobs(
    session: AsyncSession, render: RenderRow, rows: Sequence[RenderSegmentRow]
) -> Sequence[JobRow]:
    ids = {r.job_id for r in rows} | {r.step_job_id for r in rows} | {render.master_job_id}
    query = select(JobRow).where(JobRow.id.in_({i for i in ids if i}))
    return (await session.scalars(query)).all()


def _progress(
    render: RenderRow, rows: Sequence[RenderSegmentRow], jobs: dict[str, JobRow]
) -> float:
    """Share done, 0..1: generating counts for most of it, composing for the rest."""
    if render.status == "completed":
        return 1.0
    if not rows:
        return 0.0
    generated = sum(1.0 if r.digest else _share(jobs.get(r.job_id or "")) for r in rows)
    composed = sum(1.0 if r.step_digest else _share(jobs.get(r.step_job_id or "")) for r in rows)
    master = _share(jobs.get(render.master_job_id or ""))
    return round((0.7 * generated + 0.25 * composed) / len(rows) + 0.05 * master, 4)


def _share(job: JobRow | None) -> float:
    return (job.progress or 0.0) if job else 0.0
