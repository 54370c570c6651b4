"""Queries about the memory of paid work: which requests were answered, and by which clip."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.tables import GenerationRow


async def requests_answered(
    session: AsyncSession, base_fingerprint: str
) -> Sequence[dict[str, Any]]:
    """The stored requests of every variation that was made of a request."""
    query = select(GenerationRow.request).where(GenerationRow.base_fingerprint == base_fingerprint)
    return (await session.scalars(query)).all()
