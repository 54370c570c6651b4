"""How long stored clips are, for many at once: nothing but that is read of them. What a length is
worth is judged in `core.lengths`."""

from collections.abc import Collection
from fractions import Fraction

from sqlalchemy import select

from video_foundry.db.given import given
from video_foundry.db.store import Session
from video_foundry.db.tables import ArtifactRow


async def clip_lengths(session: Session, digests: Collection[str]) -> dict[str, Fraction]:
    """digest -> seconds, of those of these that are clips."""
    if not digests:
        return {}
    query = select(ArtifactRow.digest, ArtifactRow.facts["duration"]).where(
        ArtifactRow.digest.in_(given(session, digests)),
        ArtifactRow.facts["kind"].as_string() == "video",
    )
    return {digest: Fraction(told) for digest, told in await session.execute(query)}
