"""Renders: accept a plan, look, cancel. Accepting is one transaction: the render, its snapshot of
the timeline, its jobs and events; nothing is sent to anybody before it is committed."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from video_foundry.core.fairness import Priority
from video_foundry.core.plan import Plan, make_plan
from video_foundry.db.apart import apart
from video_foundry.db.integrity import times_remade
from video_foundry.db.jobs import open_jobs_only_for
from video_foundry.db.locks import lock_jobs, projects_concerned, projects_sharing
from video_foundry.db.outputs import only_film, output_rows_of
from video_foundry.db.renders import RENDER_ENDED, recent_renders, render_by_id, steps_with_jobs
from video_foundry.db.store import Session, retried
from video_foundry.db.tables import RenderRow
from video_foundry.db.timeline import load_memory, load_timeline
from video_foundry.errors import Conflict, NotFound, PiecesDiffer
from video_foundry.jobs.filing import tell_of
from video_foundry.jobs.locks import holding
from video_foundry.jobs.queue import ask_all_to_cancel
from video_foundry.jobs.renders import advance_all, cancel
from video_foundry.services._accepting import accept
from video_foundry.services._edit import locked_project, project_of
from video_foundry.services._foreseen import foresee, with_problems
from video_foundry.services._generation import check_price, refuse_problems
from video_foundry.services.context import Context
from video_foundry.services.render_views import (
    RenderView,
    StepView,
    step_view,
    view_of_render,
    views_of_renders,
)


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
        made = await apart(tx.session, make_plan, timeline, memory)
        plan = with_problems(made, foreseen)
        if plan_digest is not None and plan_digest != plan.digest:
            raise PlanDrifted(plan)
        refuse_problems(plan.problems)
        check_price(plan.price, max_cost)
        render = await accept(tx, timeline, plan, memory, priority)
        return await view_of_render(ctx, tx.session, render)


async def render_of(session: Session, render_id: str, *, fresh: bool = False) -> RenderRow:
    """The render of this id. Raises NotFound. fresh: as it is now, whatever was read before."""
    row = await render_by_id(session, render_id, fresh=fresh)
    if row is None:
        raise NotFound(f"there is no render job {render_id}", field="render_job_id")
    return row


async def get_render(ctx: Context, render_id: str) -> RenderView:
    """One render."""
    async with ctx.store.read() as session:
        return await view_of_render(ctx, session, await render_of(session, render_id))


async def list_renders(ctx: Context, project_id: str, *, limit: int = 50) -> list[RenderView]:
    """A project's renders, newest first."""
    async with ctx.store.read() as session:
        await project_of(session, project_id)
        return await views_of_renders(
            ctx, session, await recent_renders(session, project_id, limit=limit)
        )


async def list_steps(
    ctx: Context, render_id: str, *, limit: int = 500, offset: int = 0
) -> list[StepView]:
    """A render's composing steps as far as they are known, in the order of the work. Those that a
    finished film has made needless are not among them."""
    async with ctx.store.read() as session:
        render = await render_of(session, render_id)
        outputs = (await output_rows_of(session, [render_id]))[render_id] or [only_film(render)]
        found = await steps_with_jobs(session, render_id, limit=limit, offset=offset)
        open_ = [step.fingerprint for step, _ in found if step.digest is None]
        again = dict(await times_remade(session, open_, render.created_at))
        views = [(step, step_view(step, job, outputs)) for step, job in found]
        return [_done_again(view, again.get(step.fingerprint)) for step, view in views]


def _done_again(view: StepView, why: str | None) -> StepView:
    """A step that waits because some of what it needs is made anew says so."""
    if why is None or view.error_code is not None:
        return view
    return replace(view, error_code=PiecesDiffer.code, error_message=why)


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
        return await view_of_render(ctx, tx.session, render)
