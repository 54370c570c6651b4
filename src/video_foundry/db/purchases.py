"""Queries about what clients have asked for that may cost money."""

from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.tables import PurchaseRow


async def purchase_by_id(
    session: AsyncSession, project_id: str, purchase_id: str
) -> PurchaseRow | None:
    """What was asked for under this id in a project, if anything was."""
    return await session.get(PurchaseRow, (project_id, purchase_id))
