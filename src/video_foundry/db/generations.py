"""Queries about the memory of paid work: which requests were answered, and by which clip."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.tables import ArtifactRow, GenerationRow


async def clips_by_request(
    session: AsyncSession, fingerprints: Collection[str]
) -> dict[str, ArtifactRow]:
    """fingerprint -> the clip that answered the request.

    The stored requests are left where they are: a listing of a long project does without them.
    """
    if not fingerprints:
        return {}
    query = (
        select(GenerationRow.fingerprint, ArtifactRow)
        .join(ArtifactRow, ArtifactRow.digest == GenerationRow.digest)
        .where(GenerationRow.fingerprint.in_(fingerprints))
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def requests_answered(
    session: AsyncSession, base_fingerprint: str
) -> Sequence[dict[str, Any]]:
    """The stored requests of every variation that was made of a request."""
    query = select(GenerationRow.request).where(GenerationRow.base_fingerprint == base_fingerprint)
    return (await session.scalars(query)).all()
