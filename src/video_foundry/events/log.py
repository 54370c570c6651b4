"""Appending to, and reading from, the event log. Sequences are per project, from 1, without gaps:
the number comes from a locked row, never from a serial that becomes visible out of order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.store import Tx
from video_foundry.db.tables import EventRow, ProjectRow


async def append(tx: Tx, project_id: str, type_: str, data: dict[str, Any]) -> int:
    """Add one event and return its sequence; 0 when the project is gone."""
    raised = (
        update(ProjectRow)
        .where(ProjectRow.id == project_id)
        .values(event_seq=ProjectRow.event_seq + 1)
        .returning(ProjectRow.event_seq)
        .execution_options(synchronize_session=False)
    )
    seq = (await tx.session.execute(raised)).scalar_one_or_none()
    if seq is None:
        return 0
    await tx.session.execute(
        insert(EventRow).values(
            project_id=project_id, seq=seq, type=type_, data=data, created_at=tx.now
        )
    )
    tx.newest_event[project_id] = seq
    return seq


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
