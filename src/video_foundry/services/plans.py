"""Plans: what a render would do, why, and for what price. Looking spends and changes nothing."""

import asyncio
from collections.abc import Sequence

from video_foundry.core.plan import Plan, make_plan
from video_foundry.db.timeline import load_memory, load_timeline
from video_foundry.services._edit import project_of
from video_foundry.services._foreseen import foreseen_in, with_problems
from video_foundry.services.context import Context


async def plan_project(
    ctx: Context, project_id: str, *, outputs: Sequence[str] | None = None
) -> Plan:
    """The plan for a project as it is now. outputs: names of those that are wanted, None for all.
    Raises BadInput for an output that there is not."""
    async with ctx.store.read() as session:
        project = await project_of(session, project_id)
        timeline = await load_timeline(
            session, project, ctx.models, fonts=ctx.fonts, outputs=outputs, kept=ctx.last_reads
        )
        memory = await load_memory(session, timeline, kept=ctx.last_reads)
    made = await asyncio.to_thread(make_plan, timeline, memory)
    foreseen = await foreseen_in(ctx, timeline.overlays, timeline.wanted)
    return with_problems(made, foreseen)
