"""Queries about takes: the results filed under a segment, with their clips."""

from collections.abc import Collection, Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.given import given
from video_foundry.db.tables import ArtifactRow, GenerationRow, SegmentRow, TakeRow

TakeWithClip = tuple[TakeRow, GenerationRow, ArtifactRow]
"""A take, the paid work it is a result of, and the clip."""


def _with_clips() -> Select[TakeRow, GenerationRow, ArtifactRow]:
    return (
        select(TakeRow, GenerationRow, ArtifactRow)
        .join(GenerationRow, GenerationRow.fingerprint == TakeRow.fingerprint)
        .join(ArtifactRow, ArtifactRow.digest == GenerationRow.digest)
    )


async def take_by_id(session: AsyncSession, take_id: str) -> TakeRow | None:
    """The take of this id, if there is one."""
    return await session.get(TakeRow, take_id)


async def takes_of(session: AsyncSession, segment_id: str) -> Sequence[TakeRow]:
    """A segment's takes, in no order."""
    query = select(TakeRow).where(TakeRow.segment_id == segment_id)
    return (await session.scalars(query)).all()


async def takes_by_segment(
    session: AsyncSession, segment_ids: Collection[str]
) -> dict[str, list[TakeRow]]:
    """segment id -> its takes, in no order, of segments that have any."""
    query = select(TakeRow).where(TakeRow.segment_id.in_(given(session, segment_ids)))
    found: dict[str, list[TakeRow]] = {}
    for take in await session.scalars(query):
        found.setdefault(take.segment_id, []).append(take)
    return found


async def takes_filed(
    session: AsyncSession, segment_ids: Collection[str]
) -> dict[str, dict[str, int]]:
    """segment id -> fingerprint -> number of the take filed there, of segments that have takes."""
    query = select(TakeRow.segment_id, TakeRow.fingerprint, TakeRow.number).where(
        TakeRow.segment_id.in_(given(session, segment_ids))
    )
    found: dict[str, dict[str, int]] = {}
    for segment_id, fingerprint, number in await session.execute(query):
        found.setdefault(segment_id, {})[fingerprint] = number
    return found


async def takes_with_clips(session: AsyncSession, segment_id: str) -> list[TakeWithClip]:
    """A segment's takes, newest first."""
    query = _with_clips().where(TakeRow.segment_id == segment_id).order_by(TakeRow.number.desc())
    return [(take, made, clip) for take, made, clip in await session.execute(query)]


async def clips_of_project(
    session: AsyncSession, project_id: str, *, limit: int, offset: int
) -> list[TakeWithClip]:
    """Takes of all of a project's segments that can be put into the cut, newest first."""
    query = (
        _with_clips()
        .join(SegmentRow, SegmentRow.id == TakeRow.segment_id)
        .where(SegmentRow.project_id == project_id, GenerationRow.makes == "video")
        .order_by(TakeRow.created_at.desc(), TakeRow.id)
        .limit(limit)
        .offset(offset)
    )
    return [(take, made, clip) for take, made, clip in await session.execute(query)]


async def takes_by_id(session: AsyncSession, ids: Collection[str]) -> dict[str, TakeWithClip]:
    """take id -> the take with its clip, of those that exist."""
    if not ids:
        return {}
    query = _with_clips().where(TakeRow.id.in_(given(session, ids)))
    return {take.id: (take, made, clip) for take, made, clip in await session.execute(query)}


async def take_ids_for(
    session: AsyncSession, segment_ids: Collection[str], fingerprints: Collection[str]
) -> dict[tuple[str, str], str]:
    """(segment id, fingerprint) -> the id of the take filed there, of those that exist."""
    if not fingerprints:
        return {}
    query = select(TakeRow.segment_id, TakeRow.fingerprint, TakeRow.id).where(
        TakeRow.segment_id.in_(given(session, segment_ids)),
        TakeRow.fingerprint.in_(given(session, fingerprints)),
    )
    return {(r.segment_id, r.fingerprint): r.id for r in await session.execute(query)}
