"""What use cases answer: rows with everything derived from them (status, thumbnails, counts)."""

from collections.abc import Sequence
from dataclasses import dataclass

from video_foundry.core.jobs import OPEN, JobState
from video_foundry.db.segment_asks import pictures_for, satisfying
from video_foundry.db.standing import Standing, standing_of
from video_foundry.db.store import Session
from video_foundry.db.tables import (
    ArtifactRow,
    GenerationRow,
    JobRow,
    MediaRow,
    ProjectRow,
    SegmentRow,
    TakeRow,
)


@dataclass(frozen=True, kw_only=True)
class SegmentView:
    """A segment with how it stands. artifact: the clip it shows now, None while it has none.

    is_changed: what it asks for has no result, but older takes exist. job: of what it asks for now.
    other_jobs: open ones for what it asked before, or for takes made on purpose.
    """

    row: SegmentRow
    status: str
    artifact: ArtifactRow | None
    take_id: str | None
    take_count: int
    is_changed: bool
    job: JobRow | None
    other_jobs: Sequence[JobRow]

    @property
    def progress(self) -> float | None:
        """Share done of the generation under way, 0..1."""
        return self.job.progress if self.job and self.status == "generating" else None


@dataclass(frozen=True, kw_only=True)
class ProjectView:
    """A project with its segments in order."""

    row: ProjectRow
    segments: Sequence[SegmentView]


@dataclass(frozen=True, kw_only=True)
class TakeView:
    """One take of a segment."""

    row: TakeRow
    generation: GenerationRow
    artifact: ArtifactRow
    is_current: bool
    is_pinned: bool


@dataclass(frozen=True, kw_only=True)
class MediaView:
    """An uploaded file."""

    row: MediaRow
    artifact: ArtifactRow


async def view_segments(session: Session, rows: Sequence[SegmentRow]) -> list[SegmentView]:
    """Views of one segment, or of those of one project, in a fixed number of queries however many
    there are."""
    found = await standing_of(session, rows)
    return [_view(row, found) for row in rows]


def _view(row: SegmentRow, found: Standing) -> SegmentView:
    job = found.latest.get(row.id)
    artifact, take_id = _shown(row, found)
    count = len(found.takes.get(row.id, ()))
    return SegmentView(
        row=row,
        status=_status(artifact, job),
        artifact=artifact,
        take_id=take_id,
        take_count=count,
        is_changed=artifact is None and count > 0,
        job=job,
        other_jobs=[
            other
            for other in found.asked.get(row.id, ())
            if other.fingerprint not in (*satisfying(row), *pictures_for(row))
        ],
    )


def _shown(row: SegmentRow, found: Standing) -> tuple[ArtifactRow | None, str | None]:
    if row.media_id is not None:
        return found.media.get(row.id), None
    holds = row.pinned or row.chosen_for == row.fingerprint
    chosen = found.chosen.get(row.id)
    if chosen is not None and holds:
        return chosen, row.chosen_take_id
    clips = found.results.get(row.id, {})
    mark = next((mark for mark in satisfying(row) if mark in clips), "")
    return clips.get(mark), found.takes.get(row.id, {}).get(mark)


def _status(artifact: ArtifactRow | None, job: JobRow | None) -> str:
    if artifact is not None:
        return "completed"
    if job is None or job.state == JobState.CANCELLED:
        return "pending"
    if job.state == JobState.NEEDS_ATTENTION:
        return "needs_attention"
    if job.state in OPEN:
        return "generating"
    return "failed" if job.state == JobState.FAILED else "pending"
