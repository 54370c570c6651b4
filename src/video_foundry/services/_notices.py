"""What is odd about the clips of a render, in words: it goes on with them, and says so. No use case
lives here, and nothing is changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from video_foundry.core.lengths import clip_notice
from video_foundry.db.facts import trim_from_json
from video_foundry.db.lengths import clip_lengths
from video_foundry.db.store import Session
from video_foundry.db.tables import RenderSegmentRow

Snapshots = Mapping[str, Sequence[RenderSegmentRow]]
"""render id -> its segments in film order."""


@dataclass(frozen=True, kw_only=True)
class ClipNotice:
    """What is odd about the clip of a segment of a film. number: its place, from 1."""

    segment_id: str
    number: int
    message: str


async def clip_notices(session: Session, snapshots: Snapshots) -> dict[str, list[ClipNotice]]:
    """render id -> what is odd about its clips, in film order. One query for all of them."""
    rows = (row for several in snapshots.values() for row in several)
    digests = {row.digest for row in rows if row.digest and (row.asked_seconds or row.trim)}
    lengths = await clip_lengths(session, digests)
    return {
        render_id: [one for row in several if (one := _notice(row, lengths)) is not None]
        for render_id, several in snapshots.items()
    }


def _notice(row: RenderSegmentRow, lengths: Mapping[str, Fraction]) -> ClipNotice | None:
    seconds = lengths.get(row.digest or "")
    if seconds is None:
        return None
    asked = Fraction(row.asked_seconds) if row.asked_seconds else None
    message = clip_notice(asked, trim_from_json(row.trim), seconds)
    if message is None:
        return None
    return ClipNotice(segment_id=row.segment_id, number=row.position + 1, message=message)
