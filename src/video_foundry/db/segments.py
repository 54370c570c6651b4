"""Queries about segments and their places in the order. A project's segments as a timeline are
read in `timeline`."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.tables import SegmentRow


async def segment_by_id(
    session: AsyncSession, segment_id: str, *, fresh: bool = False
) -> SegmentRow | None:
    """The segment of this id, if there is one. fresh: as it is now, whatever was read before."""
    return await session.get(SegmentRow, segment_id, populate_existing=fresh)


async def count_segments(session: AsyncSession, project_id: str) -> int:
    """How many segments a project has."""
    counted = select(func.count()).where(SegmentRow.project_id == project_id)
    return (await session.execute(counted)).scalar_one()


async def last_order_index(session: AsyncSession, project_id: str) -> int | None:
    """The highest order index in a project, None while it has no segments."""
    newest = select(func.max(SegmentRow.order_index)).where(SegmentRow.project_id == project_id)
    return (await session.execute(newest)).scalar_one_or_none()


async def segment_id_at(session: AsyncSession, project_id: str, order_index: int) -> str | None:
    """The id of the segment that stands at an order index, if one does."""
    query = select(SegmentRow.id).where(
        SegmentRow.project_id == project_id, SegmentRow.order_index == order_index
    )
    return (await session.scalars(query)).one_or_none()


async def remove_segments(session: AsyncSession, segments: Sequence[SegmentRow]) -> None:
    """Delete segments with their takes; the paid results stay in the memory."""
    for segment in segments:
        await session.delete(segment)
    await session.flush()
