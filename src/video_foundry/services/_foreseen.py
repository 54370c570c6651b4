"""What would end a render after its clips were paid for, found out before it is accepted: problems
that a plan cannot know of by itself. Takes a moment at times, so it is asked before any lock."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from video_foundry.core.outputs import Output, chosen
from video_foundry.core.overlays import Overlay
from video_foundry.core.plan import Plan, PlanProblem
from video_foundry.db.items import items_of, values_of
from video_foundry.db.outputs import outputs_of_project
from video_foundry.services._edit import project_of
from video_foundry.services._encoders import not_encoded_here
from video_foundry.services._texts import texts_without_room
from video_foundry.services.context import Context


async def foresee(
    ctx: Context, project_id: str, outputs: Sequence[str] | None
) -> tuple[PlanProblem, ...]:
    """The problems of a project as it is now. outputs: names of those that are wanted, None for
    all. Raises NotFound, and BadInput for an output that there is not, or an item that cannot be.
    """
    async with ctx.store.read() as session:
        project = await project_of(session, project_id)
        wanted = chosen(outputs_of_project(project), outputs)
        rows = await items_of(session, project_id)
        texts = values_of([row for row in rows if row.kind in ("text", "caption")], {})
    return await foreseen_in(ctx, texts.overlays, wanted)


async def foreseen_in(
    ctx: Context, overlays: Sequence[Overlay], outputs: Sequence[Output]
) -> tuple[PlanProblem, ...]:
    """The same of what has been read already."""
    return (
        *await not_encoded_here(ctx, outputs),
        *await texts_without_room(ctx, overlays, outputs),
    )


def with_problems(plan: Plan, problems: Collection[PlanProblem]) -> Plan:
    """The plan, which cannot be carried out if there are any."""
    if not problems:
        return plan
    return replace(plan, ready=False, problems=(*plan.problems, *problems))
