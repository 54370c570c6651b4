"""What use cases answer: rows with everything derived from them (status, thumbnails, counts)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any

from video_foundry.core.accounts import Halt
from video_foundry.core.catalogue import clip_seconds
from video_foundry.core.jobs import OPEN, JobState
from video_foundry.core.lengths import clip_notice, length_notice
from video_foundry.core.request import GenerationRequest, ordinary
from video_foundry.db.facts import seconds_of, trim_from_json
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
from video_foundry.services._halts import standstill, words_of
from video_foundry.services.context import Context


@dataclass(frozen=True, kw_only=True)
class SegmentView:
    """A segment with how it stands. artifact: the clip it shows now, None while it has none.

    take_number: of the take that it shows, from 1, counted with pictures that clips are made from.
    is_changed: what it asks for has no result, but older takes exist. job: of what it asks for now.
    other_jobs: open ones for what it asked before, or for takes made on purpose. halts: model ->
    why nothing is sent for it now. asked_seconds: what its clip was asked for with, None for own
    media and where a model decides. notice: what is odd about the clip, in words.
    """

    row: SegmentRow
    status: str
    artifact: ArtifactRow | None
    take_id: str | None
    take_number: int | None
    take_count: int
    is_changed: bool
    job: JobRow | None
    other_jobs: Sequence[JobRow]
    halts: Mapping[str, Halt]
    asked_seconds: Fraction | None = None
    notice: str | None = None

    def trouble(self, job: JobRow) -> tuple[str | None, str | None]:
        """Code and words of what a job met, or of what it waits for."""
        halt = self.halts.get(job.model or "") if job.state == JobState.QUEUED else None
        return (halt.code, words_of(halt)) if halt else (job.error_code, job.error_message)

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

    @property
    def notice(self) -> str | None:
        """What is odd about the clip, in words: that it is not as long as it was asked for."""
        if not _is_clip(self.artifact):
            return None
        params = GenerationRequest.from_json(self.generation.request).readable_params()
        return length_notice(_asked_seconds(params.get("duration")), seconds_of(self.artifact))


@dataclass(frozen=True, kw_only=True)
class MediaView:
    """An uploaded file."""

    row: MediaRow
    artifact: ArtifactRow


async def view_segments(
    ctx: Context, session: Session, rows: Sequence[SegmentRow]
) -> list[SegmentView]:
    """Views of one segment, or of those of one project, in a fixed number of queries however many
    there are."""
    found = await standing_of(session, rows)
    jobs = [*found.latest.values(), *chain.from_iterable(found.asked.values())]
    is_queued = any(job.state == JobState.QUEUED for job in jobs)
    halts = (await standstill(ctx, session)).models if is_queued else {}
    return [_view(row, found, halts) for row in rows]


def _view(row: SegmentRow, found: Standing, halts: Mapping[str, Halt]) -> SegmentView:
    job = found.latest.get(row.id)
    artifact, mark = _shown(row, found)
    takes = found.takes.get(row.id, {})
    take_id, number = takes.get(mark, _NO_TAKE)
    count = len(takes)
    asked = _asked_seconds(ordinary(found.durations.get(mark)))
    return SegmentView(
        row=row,
        status=_status(artifact, job),
        artifact=artifact,
        take_id=take_id,
        take_number=number,
        take_count=count,
        is_changed=artifact is None and count > 0,
        job=job,
        other_jobs=[
            other
            for other in found.asked.get(row.id, ())
            if other.fingerprint not in (*satisfying(row), *pictures_for(row))
        ],
        halts=halts,
        asked_seconds=asked,
        notice=_notice(row, asked, artifact),
    )


def _asked_seconds(duration: Any) -> Fraction | None:
    """duration: as it was asked for, in ordinary numbers; None where it was not."""
    return clip_seconds({"duration": duration})


def _notice(row: SegmentRow, asked: Fraction | None, artifact: ArtifactRow | None) -> str | None:
    if artifact is None or not _is_clip(artifact):
        return None
    return clip_notice(asked, trim_from_json(row.trim), seconds_of(artifact))


def _is_clip(artifact: ArtifactRow) -> bool:
    return bool(artifact.facts.get("kind") != "image")


def _shown(row: SegmentRow, found: Standing) -> tuple[ArtifactRow | None, str]:
    """The clip, with the fingerprint of the request that it answers, "" for none."""
    if row.media_id is not None:
        return found.media.get(row.id), ""
    takes = found.takes.get(row.id, {})
    holds = row.pinned or row.chosen_for == row.fingerprint
    chosen = found.chosen.get(row.id)
    if chosen is not None and holds:
        of_choice = (mark for mark, take in takes.items() if take[0] == row.chosen_take_id)
        return chosen, next(of_choice, "")
    clips = found.results.get(row.id, {})
    mark = next((mark for mark in satisfying(row) if mark in clips), "")
    return clips.get(mark), mark


_NO_TAKE = (None, None)


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
