"""Plans: what a render would do, why, and for what price. Looking spends and changes nothing."""

from video_foundry.core.plan import Plan, make_plan
from video_foundry.db.timeline import load_memory, load_timeline
from video_foundry.services._edit import project_of
from video_foundry.services.context import Context


async def plan_project(ctx: Context, project_id: str) -> Plan:
    """The plan for a project as it is now."""
    async with ctx.store.read() as session:
        project = await project_of(session, project_id)
        timeline = await load_timeline(session, project, ctx.models, fonts=ctx.fonts)
        return make_plan(timeline, await load_memory(session, timeline))
