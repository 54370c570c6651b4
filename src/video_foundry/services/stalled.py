"""Moving on renders that stand still. A worker does this by itself, so it is free of all that
accepting and showing a render takes."""

from video_foundry.db.store import Session, retried
from video_foundry.jobs.locks import Find, holding
from video_foundry.jobs.renders import advance, stalled_renders
from video_foundry.services.context import Context


async def resume_stalled(ctx: Context) -> int:
    """Move on renders under way that nothing is under way for, such as after an upgrade that knows
    other composing steps; how many there were."""

    async def concerned(session: Session) -> set[str]:
        return {render.project_id for render in await stalled_renders(session)}

    async with ctx.store.read() as session:
        if not await concerned(session):
            return 0
    return await _resume(ctx, concerned)


@retried
async def _resume(ctx: Context, concerned: Find) -> int:
    async with holding(ctx.store, concerned) as tx:
        stalled = await stalled_renders(tx.session)
        for render in stalled:
            await advance(tx, render)
        return len(stalled)
