"""Queries about projects. What may be done with a project is decided by the services."""

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.tables import ArtifactRow, GenerationRow, ProjectRow, SegmentRow


async def project_by_id(session: AsyncSession, project_id: str) -> ProjectRow | None:
    """The project of this id, if there is one."""
    return await session.get(ProjectRow, project_id)


async def any_project(session: AsyncSession) -> bool:
    """Whether there is any project."""
    return (await session.execute(select(ProjectRow.id).limit(1))).first() is not None


async def recent_projects(
    session: AsyncSession, *, limit: int, offset: int
) -> list[tuple[ProjectRow, int, str | None]]:
    """Projects, the last edited first, each with how many segments it has and the digest of its
    thumbnail: that of its first generated clip, if any. One query."""
    counts = (
        select(func.count())
        .where(SegmentRow.project_id == ProjectRow.id)
        .correlate(ProjectRow)
        .scalar_subquery()
    )
    thumbnail = (
        select(ArtifactRow.thumbnail_digest)
        .join(GenerationRow, GenerationRow.digest == ArtifactRow.digest)
        .join(SegmentRow, SegmentRow.fingerprint == GenerationRow.fingerprint)
        .where(SegmentRow.project_id == ProjectRow.id)
        .order_by(SegmentRow.order_index)
        .limit(1)
        .correlate(ProjectRow)
        .scalar_subquery()
    )
    query = (
        select(ProjectRow, counts, thumbnail)
        .order_by(ProjectRow.updated_at.desc(), ProjectRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [(row, count, digest) for row, count, digest in await session.execute(query)]


async def remove_project(session: AsyncSession, project_id: str) -> None:
    """Delete a project; its segments, takes, renders and events go with it."""
    await session.execute(delete(ProjectRow).where(ProjectRow.id == project_id))
