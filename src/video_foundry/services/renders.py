"""Renders: accept a plan, look, cancel. Accepting is one transaction: the render, its snapshot of
the timeline, its jobs and events; nothing is sent to anybody before it is committed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from uuid import uuid4

from pydantic import TypeAdapter

from video_foundry.core.accounts import Halt
from video_foundry.core.asks import Ask, Picture
from video_foundry.core.catalogue import clip_seconds
from video_foundry.core.chains import chain_from, clip_price
from video_foundry.core.fairness import Priority
from video_foundry.core.jobs import JobState
from video_foundry.core.money import Price
from video_foundry.core.outputs import MAIN, Output
from video_foundry.core.plan import Memory, Plan, make_plan
from video_foundry.core.planned_segments import PlannedSegment
from video_foundry.core.render_work import RenderWork, Told, work_of
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.db.bulk import add_rows
from video_foundry.db.facts import profile_to_json, trim_to_json
from video_foundry.db.films import composition_to_json
from video_foundry.db.jobs import jobs_of_renders, open_jobs_only_for
from video_foundry.db.locks import lock_jobs, projects_concerned, projects_sharing
from video_foundry.db.media import artifacts_by_digest
from video_foundry.db.outputs import new_output_rows, only_film, output_of, output_rows_of
from video_foundry.db.renders import (
    RENDER_ENDED,
    asked_beside,
    recent_renders,
    render_by_id,
    snapshots_of,
    steps_of_renders,
    steps_with_jobs,
)
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import (
    ArtifactRow,
    JobRow,
    RenderOutputRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
)
from video_foundry.db.timeline import load_memory, load_timeline
from video_foundry.errors import BadInput, Conflict, FieldProblem, NotFound
from video_foundry.events import log
from video_foundry.jobs.chains import link_to_json, note_ask, with_needs
from video_foundry.jobs.enqueue import NewJob, enqueue_all
from video_foundry.jobs.failures import Why, why_in_doubt
from video_foundry.jobs.filing import tell_of
from video_foundry.jobs.held import fetch_all_again
from video_foundry.jobs.locks import holding
from video_foundry.jobs.queue import ask_all_to_cancel
from video_foundry.jobs.renders import (
    advance,
    advance_all,
    cancel,
    event_of,
    seconds_done,
)
from video_foundry.jobs.steps import priority_of
from video_foundry.services._edit import locked_project, project_of
from video_foundry.services._foreseen import foresee, with_problems
from video_foundry.services._generation import check_price, generation
from video_foundry.services._halts import standstill, words_of
from video_foundry.services._notices import ClipNotice, clip_notices
from video_foundry.services.context import Context

PLAN_JSON: TypeAdapter[Plan] = TypeAdapter(Plan)
"""Plans as stored with a render, exact both ways."""


@dataclass(frozen=True, kw_only=True)
class RenderView:
    """A render with what follows from its rows. work: what its plan made, in words. outputs: what
    it makes, in order; master: the main film. cost_actual: what its own generations cost so far,
    None while a provider has not said. seconds_done: of the row's seconds_total, with what is under
    way. halt: why what it waits for is not sent. doubt: what it waits for a person with. notices:
    what is odd about its clips."""

    row: RenderRow
    plan: Plan
    work: RenderWork
    outputs: Sequence["OutputView"]
    master: ArtifactRow | None
    cost_actual: Decimal
    cost_is_known: bool
    progress: float
    seconds_done: float | None
    halt: Halt | None = None
    doubt: Why | None = None
    notices: Sequence[ClipNotice] = ()

    @property
    def status(self) -> str:
        """How it stands: what waits for money waits for a person."""
        return "needs_attention" if self.halt else self.row.status

    @property
    def trouble(self) -> tuple[str | None, str | None]:
        """Code and words of why it failed, or of what it waits for."""
        if self.halt is not None:
            return self.halt.code, words_of(self.halt)
        if self.doubt is not None:
            return self.doubt
        return self.row.error_code, self.row.error_message


@dataclass(frozen=True, kw_only=True)
class OutputView:
    """One output of a render. artifact: its file, None while there is none; was_made: also when it
    has been removed since."""

    output: Output
    artifact: ArtifactRow | None
    was_made: bool


StepState = Literal["waiting", "queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, kw_only=True)
class StepView:
    """One composing step of a render. segment: its index; seconds: of picture that it encodes;
    outputs: names of those that need it; progress: share done, 0..1."""

    kind: str
    segment: int | None
    outputs: tuple[str, ...]
    seconds: float
    state: StepState
    progress: float
    error_code: str | None
    error_message: str | None


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


@retried
async def start_render(
    ctx: Context,
    project_id: str,
    *,
    plan_digest: str | None = None,
    max_cost: Decimal | None = None,
    priority: Priority = "normal",
    outputs: Sequence[str] | None = None,
) -> RenderView:
    """Accept the present plan of a project and set it going. outputs: names of those that are
    wanted, None for all.

    Raises PlanDrifted for another digest, PaymentRefused over max_cost, BadInput for what keeps the
    plan from being carried out. In all three cases nothing was started.
    """

    async def sharing(session: Session) -> set[str]:
        return await projects_sharing(session, project_id)

    foreseen = await foresee(ctx, project_id, outputs)
    async with holding(ctx.store, sharing, durable=True) as tx:
        project = await locked_project(tx, project_id)
        timeline = await load_timeline(
            tx.session,
            project,
            ctx.models,
            fonts=ctx.fonts,
            outputs=outputs,
            kept=ctx.last_reads,
        )
        memory = await load_memory(tx.session, timeline, kept=ctx.last_reads)
        plan = with_problems(make_plan(timeline, memory), foreseen)
        if plan_digest is not None and plan_digest != plan.digest:
            raise PlanDrifted(plan)
        _refuse_problems(plan)
        check_price(plan.price, max_cost)
        render = await _accept(tx, timeline, plan, memory, priority)
        return await _view(ctx, tx.session, render)


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


async def _accept(
    tx: Tx, timeline: Timeline, plan: Plan, memory: Memory, priority: Priority
) -> RenderRow:
    render = RenderRow(
        id=str(uuid4()),
        project_id=timeline.project_id,
        status="pending",
        plan=PLAN_JSON.dump_python(plan, mode="json"),
        plan_digest=plan.digest,
        profile=profile_to_json(timeline.profile),
        composition=composition_to_json(timeline),
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


async def render_of(session: Session, render_id: str, *, fresh: bool = False) -> RenderRow:
    """The render of this id. Raises NotFound. fresh: as it is now, whatever was read before."""
    row = await render_by_id(session, render_id, fresh=fresh)
    if row is None:
        raise NotFound(f"there is no render job {render_id}", field="render_job_id")
    return row


async def get_render(ctx: Context, render_id: str) -> RenderView:
    """One render."""
    async with ctx.store.read() as session:
        return await _view(ctx, session, await render_of(session, render_id))


async def list_renders(ctx: Context, project_id: str, *, limit: int = 50) -> list[RenderView]:
    """A project's renders, newest first."""
    async with ctx.store.read() as session:
        await project_of(session, project_id)
        return await _views(ctx, session, await recent_renders(session, project_id, limit=limit))


async def list_steps(
    ctx: Context, render_id: str, *, limit: int = 500, offset: int = 0
) -> list[StepView]:
    """A render's composing steps as far as they are known, in the order of the work. Those that a
    finished film has made needless are not among them."""
    async with ctx.store.read() as session:
        render = await render_of(session, render_id)
        outputs = (await output_rows_of(session, [render_id]))[render_id] or [only_film(render)]
        found = await steps_with_jobs(session, render_id, limit=limit, offset=offset)
        return [_step_view(step, job, outputs) for step, job in found]


def _step_view(
    step: RenderStepRow, job: JobRow | None, outputs: Sequence[RenderOutputRow]
) -> StepView:
    state = _state(step, job)
    has_failed = job is not None and state in ("failed", "cancelled")
    return StepView(
        kind=step.kind,
        segment=step.segment,
        outputs=tuple(one.name for n, one in enumerate(outputs) if step.outputs >> n & 1),
        seconds=round(step.seconds, 6),
        state=state,
        progress=1.0 if state == "done" else round(_share(job), 4),
        error_code=job.error_code if job and has_failed else None,
        error_message=job.error_message if job and has_failed else None,
    )


def _state(step: RenderStepRow, job: JobRow | None) -> StepState:
    if step.digest is not None:
        return "done"
    if job is None:
        return "waiting"
    ended: dict[str, StepState] = {
        JobState.SUCCEEDED: "done",
        JobState.FAILED: "failed",
        JobState.CANCELLED: "cancelled",
        JobState.QUEUED: "queued",
    }
    return ended.get(job.state, "running")


@retried
async def cancel_render(ctx: Context, render_id: str) -> RenderView:
    """End a render now. Jobs nobody else needs are cancelled; a generation that may have been paid
    for is asked to stop where its provider can, and its result is kept if it comes all the same."""

    async def concerned(session: Session) -> set[str]:
        render = await render_of(session, render_id)
        jobs = await open_jobs_only_for(session, render_id)
        return {render.project_id} | await projects_concerned(session, [j.id for j in jobs])

    async with holding(ctx.store, concerned) as tx:
        render = await render_of(tx.session, render_id, fresh=True)
        if render.status not in RENDER_ENDED:
            await cancel(tx, render)
            jobs = await open_jobs_only_for(tx.session, render.id)
            await lock_jobs(tx.session, [job.id for job in jobs])
            jobs = await open_jobs_only_for(tx.session, render.id)  # nobody can join now
            cancelled = await ask_all_to_cancel(tx, jobs)
            await tell_of(tx, cancelled)
            await advance_all(tx, *(job.fingerprint for job in cancelled))
        return await _view(ctx, tx.session, render)


async def _view(ctx: Context, session: Session, render: RenderRow) -> RenderView:
    return (await _views(ctx, session, [render]))[0]


async def _views(ctx: Context, session: Session, renders: Sequence[RenderRow]) -> list[RenderView]:
    """Views of renders, in a fixed number of queries however many there are."""
    ids = [r.id for r in renders]
    snapshots = await snapshots_of(session, ids)
    steps = await steps_of_renders(session, ids)
    beside = await asked_beside(session, ids)
    jobs = await jobs_of_renders(session, ids)
    waiting = {job.model for job in jobs.values() if _waits_for_place(job)}
    halts = (await standstill(ctx, session)).models if waiting else {}
    stored = await output_rows_of(session, ids)
    outputs = {r.id: stored[r.id] or [only_film(r)] for r in renders}
    digests = {o.digest for rows in outputs.values() for o in rows if o.digest}
    files = await artifacts_by_digest(session, digests)
    notices = await clip_notices(session, snapshots)
    return [
        _view_of(
            render,
            snapshots[render.id],
            steps[render.id],
            jobs,
            beside=beside[render.id],
            outputs=[_output_view(row, files) for row in outputs[render.id]],
            halts=halts,
            notices=notices[render.id],
        )
        for render in renders
    ]


def _waits_for_place(job: JobRow) -> bool:
    return job.kind == "generate" and job.state == JobState.QUEUED and not job.has_stand_in


def _output_view(row: RenderOutputRow, files: Mapping[str, ArtifactRow]) -> OutputView:
    return OutputView(
        output=output_of(row),
        artifact=files.get(row.digest or ""),
        was_made=row.digest is not None,
    )


def _view_of(
    render: RenderRow,
    rows: Sequence[RenderSegmentRow],
    steps: Sequence[RenderStepRow],
    jobs: Mapping[str, JobRow],
    *,
    beside: Collection[str],
    outputs: Sequence[OutputView],
    halts: Mapping[str, Halt],
    notices: Sequence[ClipNotice],
) -> RenderView:
    asked = [jobs[i] for i in {*(r.job_id for r in rows), *beside} if i and i in jobs]
    own = [j for j in asked if j.created_at >= render.created_at]
    done = [j for j in own if j.state == JobState.SUCCEEDED]
    plan = PLAN_JSON.validate_python(render.plan)
    held = [j.model or "" for j in asked if _waits_for_place(j) and j.model in halts]
    return RenderView(
        row=render,
        plan=plan,
        work=work_of(plan, _told(render, plan)),
        outputs=outputs,
        master=next((o.artifact for o in outputs if o.output.name == MAIN), None),
        cost_actual=sum((j.cost_amount or Decimal(0) for j in own), Decimal(0)),
        cost_is_known=all(j.cost_amount is not None for j in done),
        progress=_progress(render, rows, steps, jobs),
        seconds_done=_seconds_done(render, steps, jobs),
        halt=halts[min(held)] if held and render.status not in RENDER_ENDED else None,
        doubt=_doubt(render, rows, asked),
        notices=notices,
    )


def _doubt(
    render: RenderRow, rows: Sequence[RenderSegmentRow], asked: Sequence[JobRow]
) -> Why | None:
    if render.status != "needs_attention":
        return None
    waiting = [row for row in rows if row.digest is None]
    return why_in_doubt(waiting, {job.id: job for job in asked})


def _told(render: RenderRow, plan: Plan) -> Told:
    """What the plan does not say of its film. Until a length is known, only a plan tells it."""
    said = render.composition or {}
    main = next((one for one in plan.outputs if one.name == MAIN), None)
    return Told(
        has_transitions=any(clip.get("transition") for clip in said.get("clips", ())),
        has_overlays=bool(said.get("overlays")),
        encode_seconds=render.seconds_total,
        film_seconds=main.seconds if main else None,
    )


def _seconds_done(
    render: RenderRow, steps: Sequence[RenderStepRow], jobs: Mapping[str, JobRow]
) -> float | None:
    """With the part that is done of steps under way."""
    done = seconds_done(render)
    if done is None or render.seconds_total is None:
        return None
    under_way = sum(s.seconds * _share(jobs.get(s.job_id or "")) for s in steps if not s.digest)
    return round(min(render.seconds_total, done + under_way), 6)


STEP_SECONDS = 0.5
"""What a step counts for, in seconds of encoding, beyond those that it encodes."""


def _progress(
    render: RenderRow,
    rows: Sequence[RenderSegmentRow],
    steps: Sequence[RenderStepRow],
    jobs: Mapping[str, JobRow],
) -> float:
    """Share done, 0..1: generating counts for most of it, composing for the rest, by its seconds.

    What composing is still unknown of counts like what is known, clip for clip.
    """
    if render.status == "completed":
        return 1.0
    if not rows:
        return 0.0
    generated = sum(1.0 if r.digest else _share(jobs.get(r.job_id or "")) for r in rows)
    there = sum(1 for r in rows if r.digest) / len(rows)
    whole = sum(s.seconds + STEP_SECONDS for s in steps)
    done = sum(
        (s.seconds + STEP_SECONDS) * (1.0 if s.digest else _share(jobs.get(s.job_id or "")))
        for s in steps
    )
    composed = there * done / whole if whole else 0.0
    return round(0.7 * generated / len(rows) + 0.3 * composed, 4)


def _share(job: JobRow | None) -> float:
    return (job.progress or 0.0) if job else 0.0
