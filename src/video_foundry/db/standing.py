"""What it takes to say how segments stand: their clips, takes and jobs. A fixed number of queries,
however many segments there are, and none that grows with them: ids are joined, not listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from video_foundry.core.jobs import OPEN, TERMINAL, JobState
from video_foundry.db.given import given
from video_foundry.db.segment_asks import pictures_for, satisfying
from video_foundry.db.tables import (
    ArtifactRow,
    GenerationRow,
    JobRow,
    MediaRow,
    SegmentAskRow,
    SegmentRow,
    TakeRow,
)

FEW = 100
"""Segments that are looked up one by one; of more, all of their project are."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Each by segment id. media: its own footage. results: fingerprint -> clip, of what it asks
    for. chosen: the clip of its chosen take. takes: fingerprint -> id and number of the take, of
    clips. durations: fingerprint -> the `duration` that a take was asked for with, as it is stored.
    latest: the open job of what it asks for, else the newest ended one; where that waits for
    a picture and this for a person, this. asked: open generations that were asked for by it, oldest
    first.
    """

    media: Mapping[str, ArtifactRow]
    results: Mapping[str, Mapping[str, ArtifactRow]]
    chosen: Mapping[str, ArtifactRow]
    takes: Mapping[str, Mapping[str, tuple[str, int]]]
    durations: Mapping[str, Any]
    latest: Mapping[str, JobRow]
    asked: Mapping[str, Sequence[JobRow]]


async def standing_of(session: AsyncSession, rows: Sequence[SegmentRow]) -> Standing:
    """How segments stand. rows: some of one project, or all. What was changed is flushed first. The
    jobs come with what is shown of them, and no more."""
    await session.flush()
    which = _which(session, rows)
    jobs = await _jobs(session, which) if rows else []
    latest = _latest(jobs)
    takes, durations = await _takes(session, which) if rows else ({}, {})
    return Standing(
        media=await _clips(session, _of_media(which), any(r.media_id for r in rows)),
        results=await _results(session, which, any(r.fingerprint for r in rows)),
        chosen=await _clips(session, _of_choices(which), any(r.chosen_take_id for r in rows)),
        takes=takes,
        durations=durations,
        latest={r.id: job for r in rows if (job := _of_row(r, latest)) is not None},
        asked=_asked(jobs),
    )


def _which(session: AsyncSession, rows: Sequence[SegmentRow]) -> ColumnElement[bool]:
    """Few of them by their ids: who edits one segment does not read the whole film."""
    if len(rows) == 1:
        return SegmentRow.id == rows[0].id
    if 0 < len(rows) <= FEW:
        return SegmentRow.id.in_(given(session, (row.id for row in rows)))
    return SegmentRow.project_id == (rows[0].project_id if rows else None)


Clips = Select[str, ArtifactRow]


def _of_media(which: ColumnElement[bool]) -> Clips:
    return (
        select(SegmentRow.id, ArtifactRow)
        .join(MediaRow, MediaRow.id == SegmentRow.media_id)
        .join(ArtifactRow, ArtifactRow.digest == MediaRow.digest)
        .where(which)
    )


async def _results(
    session: AsyncSession, which: ColumnElement[bool], wanted: bool
) -> dict[str, dict[str, ArtifactRow]]:
    """segment id -> fingerprint -> what answered it. (Pictures are among it; nobody asks for them
    here.)"""
    if not wanted:
        return {}
    made = select(SegmentRow.id, GenerationRow.fingerprint, ArtifactRow)
    own = made.join(GenerationRow, GenerationRow.fingerprint == SegmentRow.fingerprint)
    beside = made.join(SegmentAskRow, SegmentAskRow.segment_id == SegmentRow.id).join(
        GenerationRow, GenerationRow.fingerprint == SegmentAskRow.fingerprint
    )
    found: dict[str, dict[str, ArtifactRow]] = {}
    for query in (own, beside):
        clips = query.join(ArtifactRow, ArtifactRow.digest == GenerationRow.digest).where(which)
        for segment_id, mark, clip in await session.execute(clips):
            found.setdefault(segment_id, {})[mark] = clip
    return found


def _of_choices(which: ColumnElement[bool]) -> Clips:
    return (
        select(SegmentRow.id, ArtifactRow)
        .join(TakeRow, TakeRow.id == SegmentRow.chosen_take_id)
        .join(GenerationRow, GenerationRow.fingerprint == TakeRow.fingerprint)
        .join(ArtifactRow, ArtifactRow.digest == GenerationRow.digest)
        .where(which)
    )


async def _clips(session: AsyncSession, query: Clips, wanted: bool) -> dict[str, ArtifactRow]:
    """segment id -> clip; nothing is asked where no segment can have one."""
    if not wanted:
        return {}
    return {row[0]: row[1] for row in await session.execute(query)}


async def _takes(
    session: AsyncSession, which: ColumnElement[bool]
) -> tuple[dict[str, dict[str, tuple[str, int]]], dict[str, Any]]:
    duration = GenerationRow.request[("params", "duration")]
    query = (
        select(TakeRow.segment_id, TakeRow.fingerprint, TakeRow.id, TakeRow.number, duration)
        .join(SegmentRow, SegmentRow.id == TakeRow.segment_id)
        .join(GenerationRow, GenerationRow.fingerprint == TakeRow.fingerprint)
        .where(which, GenerationRow.makes == "video")
    )
    found: dict[str, dict[str, tuple[str, int]]] = {}
    asked: dict[str, Any] = {}
    for segment_id, fingerprint, take_id, number, seconds in await session.execute(query):
        found.setdefault(segment_id, {})[fingerprint] = (take_id, number)
        asked[fingerprint] = seconds
    return found, asked


async def _jobs(session: AsyncSession, which: ColumnElement[bool]) -> Sequence[JobRow]:
    """Jobs of what the segments ask for, and open ones that were asked for by them, oldest first.
    Two looks at an index each: one condition with `or` would read the table."""
    ids = union(
        select(JobRow.id)
        .join(SegmentRow, SegmentRow.fingerprint == JobRow.fingerprint)
        .where(which),
        select(JobRow.id)
        .join(SegmentAskRow, SegmentAskRow.fingerprint == JobRow.fingerprint)
        .join(SegmentRow, SegmentRow.id == SegmentAskRow.segment_id)
        .where(which),
        select(JobRow.id)
        .join(SegmentRow, SegmentRow.id == JobRow.segment_id)
        .where(which, JobRow.kind == "generate", JobRow.state.in_(sorted(OPEN))),
    )
    query = (
        select(JobRow)
        .options(load_only(*_SHOWN))
        .where(JobRow.id.in_(ids.scalar_subquery()))
        .order_by(JobRow.created_at, JobRow.id)
    )
    return (await session.scalars(query)).all()


_SHOWN = (
    JobRow.kind,
    JobRow.fingerprint,
    JobRow.segment_id,
    JobRow.state,
    JobRow.model,
    JobRow.price_low,
    JobRow.price_high,
    JobRow.price_known,
    JobRow.price_currency,
    JobRow.provider_job_id,
    JobRow.epoch,
    JobRow.error_code,
    JobRow.error_message,
    JobRow.progress,
    JobRow.created_at,
)


def _of_row(row: SegmentRow, latest: Mapping[str, JobRow]) -> JobRow | None:
    """The job that says how a segment stands."""
    mine = [latest[mark] for mark in satisfying(row) if mark in latest]
    pictures = [latest[mark] for mark in pictures_for(row) if mark in latest]
    open_ = next((job for job in mine if job.state not in TERMINAL), None)
    if open_ is None:
        return max(mine, key=lambda job: (job.created_at, job.id), default=None)
    doubtful = (job for job in pictures if job.state == JobState.NEEDS_ATTENTION)
    return next(doubtful, open_) if open_.state == JobState.WAITING else open_


def _latest(jobs: Sequence[JobRow]) -> dict[str, JobRow]:
    """fingerprint -> its open job, else the newest ended one."""
    found: dict[str, JobRow] = {}
    for job in jobs:
        before = found.get(job.fingerprint)
        if before is None or before.state in TERMINAL:
            found[job.fingerprint] = job
    return found


def _asked(jobs: Sequence[JobRow]) -> dict[str, list[JobRow]]:
    found: dict[str, list[JobRow]] = {}
    for job in jobs:
        if job.kind == "generate" and job.segment_id and job.state in OPEN:
            found.setdefault(job.segment_id, []).append(job)
    return found
