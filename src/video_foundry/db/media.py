"""Queries about uploaded files, stored artifacts and their thumbnails. The bytes themselves are
in the blob store."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.given import given
from video_foundry.db.tables import ArtifactRow, CompositionRow, MediaRow


async def media_of_file(
    session: AsyncSession, digest: str, filename: str | None
) -> MediaRow | None:
    """The first upload of these bytes under this name, or under any where it is None, if there was
    one."""
    query = select(MediaRow).where(MediaRow.digest == digest)
    if filename is not None:
        query = query.where(MediaRow.filename == filename)
    query = query.order_by(MediaRow.created_at, MediaRow.id).limit(1)
    return (await session.scalars(query)).first()


async def recent_media(
    session: AsyncSession, *, limit: int, offset: int = 0
) -> list[tuple[MediaRow, ArtifactRow]]:
    """Uploaded files with their artifacts, newest first, without the first `offset`."""
    query = (
        select(MediaRow, ArtifactRow)
        .join(ArtifactRow, ArtifactRow.digest == MediaRow.digest)
        .order_by(MediaRow.created_at.desc(), MediaRow.id)
        .limit(limit)
        .offset(offset)
    )
    return [(media, artifact) for media, artifact in await session.execute(query)]


async def artifact_by_digest(session: AsyncSession, digest: str) -> ArtifactRow | None:
    """The artifact of this digest, if there is one."""
    return await session.get(ArtifactRow, digest)


async def artifacts_by_digest(
    session: AsyncSession, digests: Collection[str]
) -> dict[str, ArtifactRow]:
    """digest -> its artifact, of those that exist."""
    if not digests:
        return {}
    query = select(ArtifactRow).where(ArtifactRow.digest.in_(given(session, digests)))
    return {artifact.digest: artifact for artifact in await session.scalars(query)}


async def filenames_of(session: AsyncSession, digests: Collection[str]) -> dict[str, str]:
    """digest -> the name of the upload, of those that were uploaded; the newest name counts."""
    if not digests:
        return {}
    query = (
        select(MediaRow.digest, MediaRow.filename)
        .where(MediaRow.digest.in_(given(session, digests)))
        .order_by(MediaRow.created_at, MediaRow.id)
    )
    return {row.digest: row.filename for row in await session.execute(query)}


async def is_thumbnail(session: AsyncSession, digest: str) -> bool:
    """Whether these bytes are the small picture of some artifact."""
    query = select(ArtifactRow.digest).where(ArtifactRow.thumbnail_digest == digest).limit(1)
    return (await session.execute(query)).first() is not None


async def composition_of(session: AsyncSession, fingerprint: str) -> str | None:
    """The digest of the artifact that a composing step led to, if it was done."""
    found = await session.get(CompositionRow, fingerprint)
    return found.digest if found else None
