"""Appending to, and reading from, the event log. Sequences are per project, from 1, without gaps:
the number comes from a locked row, never from a serial that becomes visible out of order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, cast, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.given import given_numbers
from video_foundry.db.store import Tx
from video_foundry.db.tables import EventRow, ProjectRow


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """A fact that the UI can see, of one project. data: JSON."""

    project_id: str
    type: str
    data: dict[str, Any]


async def append(tx: Tx, events: Sequence[NewEvent]) -> None:
    """Add events in their order; those of projects that are gone are passed over. Two statements,
    however many there are."""
    if not events:
        return
    latest = await _raise_sequences(tx, Counter(event.project_id for event in events))
    tx.newest_event |= latest
    rows: list[dict[str, Any]] = []
    for event in reversed(events):
        if event.project_id not in latest:
            continue
        rows.append({**vars(event), "seq": latest[event.project_id], "created_at": tx.now})
        latest[event.project_id] -= 1
    if rows:
        connection = await tx.session.connection()
        await connection.execute(insert(EventRow), rows[::-1])


async def _raise_sequences(tx: Tx, counts: Counter[str]) -> dict[str, int]:
    """project id -> its sequence after so many more events."""
    more = given_numbers(tx.session, counts)
    raised = (
        update(ProjectRow)
        .where(ProjectRow.id == more.c.key)
        .values(event_seq=ProjectRow.event_seq + cast(more.c.value, Integer))
        .returning(ProjectRow.id, ProjectRow.event_seq)
        .execution_options(synchronize_session=False)
    )
    return {row.id: row.event_seq for row in await tx.session.execute(raised)}


async def after(
    session: AsyncSession, project_id: str, seq: int, *, limit: int = 500
) -> Sequence[EventRow]:
    """Events of a project after `seq`, oldest first, at most `limit`."""
    query = (
        select(EventRow)
        .where(EventRow.project_id == project_id, EventRow.seq > seq)
        .order_by(EventRow.seq)
        .limit(limit)
    )
    return (await session.scalars(query)).all()
