"""Renders and their composing steps as they stand: rows of the database turned into words, shares
and sums. Only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from pydantic import TypeAdapter

from video_foundry.core.accounts import Halt
from video_foundry.core.jobs import JobState
from video_foundry.core.money import Money, sums
from video_foundry.core.outputs import MAIN, Output
from video_foundry.core.plan import Plan
from video_foundry.core.render_work import Told, work_of
from video_foundry.db.apart import apart
from video_foundry.db.jobs import jobs_of_renders
from video_foundry.db.media import artifacts_by_digest
from video_foundry.db.outputs import only_film, output_of, output_rows_of
from video_foundry.db.renders import (
    RENDER_ENDED,
    asked_beside,
    snapshots_of,
    steps_of_renders,
    whole_renders,
)
from video_foundry.db.store import Session
from video_foundry.db.tables import (
    ArtifactRow,
    JobRow,
    RenderOutputRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
)
from video_foundry.jobs.failures import Why, why_in_doubt
from video_foundry.jobs.renders import seconds_done
from video_foundry.services._ended import RenderFacts
from video_foundry.services._halts import standstill, words_of
from video_foundry.services._notices import ClipNotice, clip_notices
from video_foundry.services.context import Context

PLAN_JSON: TypeAdapter[Plan] = TypeAdapter(Plan)
"""Plans as stored with a render, exact both ways."""


@dataclass(frozen=True, kw_only=True)
class RenderView(RenderFacts):
    """A render with what follows from its rows. outputs: what it makes, in order. halt: why what it
    waits for is not sent. doubt: what it waits for a person with."""

    row: RenderRow
    outputs: Sequence["OutputView"]
    halt: Halt | None = None
    doubt: Why | None = None

    @property
    def plan(self) -> Plan:
        """What it carries out. Not of a render in a list, whose row is without it."""
        return PLAN_JSON.validate_python(self.row.plan)

    @property
    def master(self) -> ArtifactRow | None:
        """The main film, once it is there."""
        return next((one.artifact for one in self.outputs if one.output.name == MAIN), None)

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


async def view_of_render(ctx: Context, session: Session, render: RenderRow) -> RenderView:
    """One render as it stands."""
    return (await views_of_renders(ctx, session, [render]))[0]


async def views_of_renders(
    ctx: Context, session: Session, renders: Sequence[RenderRow]
) -> list[RenderView]:
    """Views of renders, in a fixed number of queries however many there are. Of those that were
    told since they ended only their outputs are looked at."""
    stored = await output_rows_of(session, [r.id for r in renders])
    rows = {r.id: stored[r.id] or [only_film(r)] for r in renders}
    digests = {o.digest for several in rows.values() for o in several if o.digest}
    files = await artifacts_by_digest(session, digests)
    outputs = {id_: [_output_view(row, files) for row in several] for id_, several in rows.items()}
    kept = {r.id: vars(facts) for r in renders if (facts := ctx.ended.of(r)) is not None}
    told = await _tell(ctx, session, [r for r in renders if r.id not in kept])
    return [
        replace(told[r.id], outputs=outputs[r.id])
        if r.id in told
        else RenderView(row=r, outputs=outputs[r.id], **kept[r.id])
        for r in renders
    ]


async def _tell(
    ctx: Context, session: Session, renders: Sequence[RenderRow]
) -> dict[str, RenderView]:
    """render id -> its view, without its outputs."""
    ids = [r.id for r in renders]
    await whole_renders(session, renders)
    snapshots = await snapshots_of(session, ids)
    steps = await steps_of_renders(session, ids)
    beside = await asked_beside(session, ids)
    jobs = await jobs_of_renders(session, ids)
    waiting = {job.model for job in jobs.values() if _waits_for_place(job)}
    halts = (await standstill(ctx, session)).models if waiting else {}
    notices = await clip_notices(session, snapshots)

    named = {id_: {*(row.job_id for row in snapshots[id_]), *beside[id_]} for id_ in ids}
    asked = {id_: [jobs[one] for one in named[id_] if one and one in jobs] for id_ in ids}

    def facts_of(render: RenderRow) -> RenderFacts:
        progress = _progress(render, snapshots[render.id], steps[render.id], jobs)
        seconds = _seconds_done(render, steps[render.id], jobs)
        return _facts(render, asked[render.id], progress, seconds, notices[render.id])

    views = {}
    for render, facts in await apart(session, lambda: [(one, facts_of(one)) for one in renders]):
        mine = asked[render.id]
        ctx.ended.keep(render, facts, mine)
        held = [j.model or "" for j in mine if _waits_for_place(j) and j.model in halts]
        views[render.id] = RenderView(
            row=render,
            outputs=(),
            halt=halts[min(held)] if held and render.status not in RENDER_ENDED else None,
            doubt=_doubt(render, snapshots[render.id], mine),
            **vars(facts),
        )
    return views


def _waits_for_place(job: JobRow) -> bool:
    return job.kind == "generate" and job.state == JobState.QUEUED and not job.has_stand_in


def _output_view(row: RenderOutputRow, files: Mapping[str, ArtifactRow]) -> OutputView:
    return OutputView(
        output=output_of(row),
        artifact=files.get(row.digest or ""),
        was_made=row.digest is not None,
    )


def _facts(
    render: RenderRow,
    asked: Sequence[JobRow],
    progress: float,
    seconds_done: float | None,
    notices: Sequence[ClipNotice],
) -> RenderFacts:
    own = [j for j in asked if j.created_at >= render.created_at]
    done = [j for j in own if j.state == JobState.SUCCEEDED]
    plan = PLAN_JSON.validate_python(render.plan)
    costs, currency = sums(_cost(j) for j in own), plan.price.currency
    nothing = Money(amount=Decimal(0), currency=currency)
    return RenderFacts(
        price=plan.price,
        work=work_of(plan, _told(render, plan)),
        cost_actual=next((one for one in costs if one.currency == currency), nothing),
        other_costs=[one for one in costs if one.currency != currency],
        cost_is_known=all(j.cost_amount is not None for j in done),
        progress=progress,
        seconds_done=seconds_done,
        notices=notices,
    )


def _cost(job: JobRow) -> Money:
    return Money(amount=job.cost_amount or Decimal(0), currency=job.cost_currency or "USD")


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


def step_view(
    step: RenderStepRow, job: JobRow | None, outputs: Sequence[RenderOutputRow]
) -> StepView:
    """A step with its job, if it has one. outputs: of its render, in order."""
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
