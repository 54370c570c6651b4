"""Queries about segments and their places in the order. A project's segments as a timeline are
read in `timeline`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from video_foundry.db.bulk import write_columns
from video_foundry.db.given import given
from video_foundry.db.tables import SegmentRow


async def segment_by_id(
    session: AsyncSession, segment_id: str, *, fresh: bool = False
) -> SegmentRow | None:
    """The segment of this id, if there is one. fresh: as it is now, whatever was read before."""
    return await session.get(SegmentRow, segment_id, populate_existing=fresh)


async def segments_by_ids(
    session: AsyncSession, project_id: str, ids: Collection[str]
) -> Sequence[SegmentRow]:
    """Those of a project's segments that have one of these ids, in order."""
    query = (
        select(SegmentRow)
        .where(SegmentRow.project_id == project_id, SegmentRow.id.in_(given(session, ids)))
        .order_by(SegmentRow.order_index)
    )
    return (await session.scalars(query)).all()


async def segment_ids_among(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of these ids that segments have, of any project."""
    query = select(SegmentRow.id).where(SegmentRow.id.in_(given(session, ids)))
    return set(await session.scalars(query))


async def segment_ids_of(session: AsyncSession, project_id: str) -> Sequence[str]:
    """The ids of a project's segments."""
    query = select(SegmentRow.id).where(SegmentRow.project_id == project_id)
    return (await session.scalars(query)).all()


async def count_segments(session: AsyncSession, project_id: str) -> int:
    """How many segments a project has."""
    counted = select(func.count()).where(SegmentRow.project_id == project_id)
    return (await session.execute(counted)).scalar_one()


async def place_of(session: AsyncSession, segment: SegmentRow) -> int:
    """How many segments stand before this one: order indexes may leave gaps."""
    before = select(func.count()).where(
        SegmentRow.project_id == segment.project_id,
        SegmentRow.order_index < segment.order_index,
    )
    return (await session.execute(before)).scalar_one()


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


MOST_RUNS = 3
"""Stretches of a film that are moved by a statement each; an order with more is written row by row.
Every insertion, deletion and move of neighbours has no more, however long the film is."""


@dataclass(kw_only=True)
class _Run:
    """Neighbours that stay neighbours: order indexes [first, last] as they are, and how far they
    move."""

    first: int
    last: int
    by: int


async def order_segments(session: AsyncSession, rows: Sequence[SegmentRow]) -> None:
    """Give the segments of a project the order indexes 0, 1, 2, ... in the order of the list. What
    they stand at now has been flushed."""
    moving = [row for index, row in enumerate(rows) if row.order_index != index]
    runs = _runs(rows)
    if len(runs) <= MOST_RUNS:
        await _move(session, runs, rows[0].project_id if rows else "")
    else:
        await _write_places(session, rows, moving)
    for index, row in enumerate(rows):
        set_committed_value(row, "order_index", index)


def _runs(rows: Sequence[SegmentRow]) -> list[_Run]:
    found: list[_Run] = []
    last: _Run | None = None
    for index, row in enumerate(rows):
        by = index - row.order_index
        if by and last is not None and last.by == by and last.last == row.order_index - 1:
            last.last = row.order_index
        elif by:
            found.append(_Run(first=row.order_index, last=row.order_index, by=by))
        last = found[-1] if by else None
    return found


async def _move(session: AsyncSession, runs: Sequence[_Run], project_id: str) -> None:
    if not runs:
        return
    place, mine = SegmentRow.order_index, SegmentRow.project_id == project_id
    aside = update(SegmentRow).execution_options(synchronize_session=False)
    for run in runs:  # below zero first, out of the way: places are unique
        there = (mine, place.between(run.first, run.last))
        await session.execute(aside.where(*there).values(order_index=-1 - (place + run.by)))
    await session.execute(aside.where(mine, place < 0).values(order_index=-1 - place))


async def _write_places(
    session: AsyncSession, rows: Sequence[SegmentRow], moving: Sequence[SegmentRow]
) -> None:
    places = {row.id: index for index, row in enumerate(rows)}
    for row in moving:
        row.order_index = -1 - places[row.id]
    await write_columns(session, moving, "order_index")
    for row in moving:
        row.order_index = places[row.id]
    await write_columns(session, moving, "order_index")
