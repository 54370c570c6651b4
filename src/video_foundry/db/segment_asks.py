"""What segments ask for beside their own request, as stored: pictures that are made for it, and
requests that stand in for it. What that is follows from their words, in `core.asks`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.asks import Ask, needed_first
from video_foundry.db.bulk import add_rows
from video_foundry.db.given import given
from video_foundry.db.tables import SegmentAskRow, SegmentRow


def also_asks_json(asks: Sequence[Ask]) -> list[dict[str, Any]] | None:
    """For `segments.also_asks`: everything but the first request; None where there is nothing."""
    others = [_plain("fallback", one.request) for one in asks[1:]]
    pictures = [_plain("picture", one.request) for one in needed_first(asks).values()]
    return [*others, *pictures] or None


def _plain(role: str, request: Any) -> dict[str, Any]:
    return {
        "role": role,
        "fingerprint": request.fingerprint,
        "base_fingerprint": request.base_fingerprint,
    }


def satisfying(row: SegmentRow) -> list[str]:
    """Fingerprints of the requests that satisfy a segment, the best first."""
    own = [row.fingerprint] if row.fingerprint else []
    return [*own, *_marks(row, "fallback", "fingerprint")]


def pictures_for(row: SegmentRow) -> list[str]:
    """Fingerprints of the pictures that are made for a segment's clip."""
    return list(_marks(row, "picture", "fingerprint"))


def base_marks(row: SegmentRow) -> set[str]:
    """Everything that a segment asks for, without variations."""
    own = {row.fingerprint} if row.fingerprint else set()
    beside = (one["base_fingerprint"] for one in row.also_asks or ())
    return {*own, *beside}


def _marks(row: SegmentRow, role: str, name: str) -> Iterator[str]:
    return (one[name] for one in row.also_asks or () if one["role"] == role)


async def keep_asks(session: AsyncSession, rows: Iterable[SegmentRow]) -> None:
    """Let stored segments be found by everything that they ask for now."""
    found = {row.id: row for row in rows}
    if not found:
        return
    marks = delete(SegmentAskRow).where(SegmentAskRow.segment_id.in_(given(session, found)))
    await session.execute(marks.execution_options(synchronize_session=False))
    new = [
        SegmentAskRow(segment_id=row.id, fingerprint=mark)
        for row in found.values()
        for mark in sorted(base_marks(row) - {row.fingerprint})
        if mark is not None
    ]
    await add_rows(session, new)
