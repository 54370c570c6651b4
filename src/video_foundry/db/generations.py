"""Queries about the memory of paid work: which requests were answered, and by which clip."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.given import given
from video_foundry.db.tables import GenerationRow


async def requests_answered(
    session: AsyncSession, base_fingerprint: str
) -> Sequence[dict[str, Any]]:
    """The stored requests of every variation that was made of a request."""
    query = select(GenerationRow.request).where(GenerationRow.base_fingerprint == base_fingerprint)
    return (await session.scalars(query)).all()


async def generation_by_id(session: AsyncSession, fingerprint: str) -> GenerationRow | None:
    """What is remembered of a request, if it was answered."""
    return await session.get(GenerationRow, fingerprint)


async def digests_of(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, str]:
    """request -> digest of what answered it."""
    query = select(GenerationRow.fingerprint, GenerationRow.digest).where(
        GenerationRow.fingerprint.in_(given(session, fingerprints))
    )
    return {row.fingerprint: row.digest for row in await session.execute(query)}
