"""Queries about generations that wait for a person, wherever they were asked for: the segment or
the project may be gone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import JobState
from video_foundry.db.tables import JobRow, ProjectRow, SegmentRow

_WAITING = (JobRow.kind == "generate", JobRow.state == JobState.NEEDS_ATTENTION)


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """A generation that waits for a person. segment_id, project_id: for which it was asked for
    first, None where that is gone."""

    job: JobRow
    segment_id: str | None
    project_id: str | None


async def doubts(session: AsyncSession, *, limit: int, offset: int) -> Sequence[Doubt]:
    """Those that wait the longest come first."""
    query = (
        select(JobRow, SegmentRow.id, func.coalesce(SegmentRow.project_id, ProjectRow.id))
        .outerjoin(SegmentRow, SegmentRow.id == JobRow.segment_id)
        .outerjoin(ProjectRow, ProjectRow.id == JobRow.project_id)
        .where(*_WAITING)
        .order_by(JobRow.updated_at, JobRow.id)
        .limit(limit)
        .offset(offset)
    )
    return [
        Doubt(job=job, segment_id=segment_id, project_id=project_id)
        for job, segment_id, project_id in await session.execute(query)
    ]
