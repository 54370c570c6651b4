"""Filing what jobs produce: artifacts, paid results, takes; and telling every segment concerned.

A paid result is filed under the request that it answers, whatever happened to the segment since.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import TERMINAL, JobState
from video_foundry.core.money import Money
from video_foundry.core.request import GenerationRequest
from video_foundry.db.bulk import add_rows, write_columns
from video_foundry.db.facts import facts_to_json
from video_foundry.db.given import given
from video_foundry.db.locks import hold_answers
from video_foundry.db.once import insert_once
from video_foundry.db.segment_asks import base_marks, keep_asks
from video_foundry.db.store import Tx
from video_foundry.db.tables import (
    ArtifactRow,
    CompositionRow,
    GenerationRow,
    JobRow,
    RenderSegmentRow,
    SegmentAskRow,
    SegmentRow,
    TakeRow,
)
from video_foundry.db.takes import takes_filed
from video_foundry.events import log
from video_foundry.events.log import NewEvent
from video_foundry.jobs.chains import stand_in
from video_foundry.jobs.enqueue import enqueue
from video_foundry.jobs.pictures import asked_again, release, waiting_for, what_is_lacking
from video_foundry.jobs.queue import move
from video_foundry.jobs.renders import advance_all, generation_done, like, step_done
from video_foundry.jobs.spent import paid
from video_foundry.ports.blobs import StoredBlob
from video_foundry.ports.compositor import MediaFacts


@dataclass(frozen=True, kw_only=True)
class NewArtifact:
    """Stored bytes with what is known about them."""

    blob: StoredBlob
    content_type: str
    facts: MediaFacts
    is_rebuildable: bool
    thumbnail: StoredBlob | None = None


async def file_artifact(tx: Tx, new: NewArtifact) -> None:
    """Know these bytes; bytes that are known already keep their row."""
    row = ArtifactRow(
        digest=new.blob.digest,
        size=new.blob.size,
        content_type=new.content_type,
        facts=facts_to_json(new.facts),
        thumbnail_digest=new.thumbnail.digest if new.thumbnail else None,
        is_rebuildable=new.is_rebuildable,
        last_used_at=tx.now,
        created_at=tx.now,
    )
    if await insert_once(tx.session, row):
        return
    # A paid clip may be byte-equal to something rebuilt: then it is kept as the paid one it is.
    changes: dict[str, Any] = {"last_used_at": tx.now}
    if not new.is_rebuildable:
        changes["is_rebuildable"] = False
    await tx.session.execute(
        update(ArtifactRow)
        .where(ArtifactRow.digest == row.digest)
        .values(**changes)
        .execution_options(synchronize_session=False)
    )


async def finish_generation(tx: Tx, job: JobRow, new: NewArtifact, cost: Money | None) -> JobRow:
    """Record the paid result, file it as a take everywhere it belongs, move the renders on."""
    await file_artifact(tx, new)
    request = GenerationRequest.from_json(job.payload["request"])
    made = GenerationRow(
        fingerprint=job.fingerprint,
        base_fingerprint=request.base_fingerprint,
        request=job.payload["request"],
        digest=new.blob.digest,
        makes=job.payload.get("makes", "video"),
        provider_job_id=job.provider_job_id,
        account=job.account,
        cost_amount=cost.amount if cost else None,
        cost_currency=cost.currency if cost else None,
        created_at=tx.now,
    )
    await insert_once(tx.session, made)
    done = await move(
        tx,
        job,
        JobState.SUCCEEDED,
        result_digest=new.blob.digest,
        progress=1.0,
        error_code=None,
        error_message=None,
        **paid(job, cost),
    )
    await conclude_generation(tx, done)
    return done


async def conclude_generation(tx: Tx, job: JobRow) -> None:
    """What follows when the result of a job's request is known: takes, events, renders, and jobs
    that were waiting for it."""
    segments = await segments_concerned(tx.session, job)
    await file_takes(tx, [(segment, {job.fingerprint}) for segment in segments])
    await tell_segments(tx, job)
    await tell_of(tx, await release(tx, job.fingerprint))
    await generation_done(tx, job.fingerprint)


async def end_unsuccessfully(
    tx: Tx, job: JobRow, state: JobState, code: str, message: str, **values: Any
) -> JobRow:
    """Fail, cancel or park a job with its reason, have the next model stand in where there is one,
    tell its segments, move its renders on."""
    ended = await move(tx, job, state, error_code=code, error_message=message, **values)
    await tell_of(tx, [ended], stood_in_by=await stand_in(tx, ended))
    await advance_all(tx, job.fingerprint)
    if ended.kind == "generate" and ended.state in TERMINAL:
        await _end_what_waits(tx, ended)
    return ended


async def _end_what_waits(tx: Tx, job: JobRow) -> None:
    """Jobs that waited for this one fail with it; where only who asked for it gave it up, it is
    asked for again by those who did not."""
    waiting = await waiting_for(tx.session, job.fingerprint)
    if waiting and job.state == JobState.CANCELLED and job.cancel_requested:
        await asked_again(tx, job, await enqueue(tx, like(job)))
        return
    for other in waiting:
        what = what_is_lacking(other, job.fingerprint)
        why = f"its {what} could not be made: {job.error_message or job.state}"
        await end_unsuccessfully(tx, other, JobState.FAILED, job.error_code or "cancelled", why)


async def finish_composition(
    tx: Tx, job: JobRow, new: NewArtifact, value: dict[str, Any] | None = None
) -> None:
    """Record a composing step's artifact and move the renders on. value: what planning must know
    of it."""
    await file_artifact(tx, new)
    run = job.payload.get("run") or {}
    made = CompositionRow(
        fingerprint=job.fingerprint,
        kind=job.payload["step"],
        digest=new.blob.digest,
        clip_key=run.get("key"),
        first=run.get("first"),
        frames=run.get("frames"),
        value=value,
        created_at=tx.now,
    )
    await insert_once(tx.session, made)
    await move(tx, job, JobState.SUCCEEDED, result_digest=new.blob.digest, progress=1.0)
    await step_done(tx, job.fingerprint)


async def conclude_composition(tx: Tx, job: JobRow) -> None:
    """End a step whose artifact somebody else has made meanwhile, and move the renders on."""
    await move(tx, job, JobState.SUCCEEDED, progress=1.0)
    await step_done(tx, job.fingerprint)


async def segments_concerned(session: AsyncSession, job: JobRow) -> Sequence[SegmentRow]:
    """Segments a generation matters to: those that ask for it now, those whose render asked for
    it, and the one that wanted this very take."""
    request = GenerationRequest.from_json(job.payload["request"])
    ids = union(
        select(SegmentRow.id).where(SegmentRow.fingerprint == request.base_fingerprint),
        select(SegmentAskRow.segment_id).where(
            SegmentAskRow.fingerprint == request.base_fingerprint
        ),
        select(SegmentRow.id).where(SegmentRow.id == job.segment_id),
        select(RenderSegmentRow.segment_id).where(RenderSegmentRow.fingerprint == job.fingerprint),
    )
    query = (
        select(SegmentRow)
        .where(SegmentRow.id.in_(ids.scalar_subquery()), SegmentRow.media_id.is_(None))
        .order_by(SegmentRow.project_id, SegmentRow.order_index)
    )
    return (await session.scalars(query)).all()


async def tell_segments(tx: Tx, job: JobRow) -> None:
    """Tell every segment that asks for this request now how it stands."""
    await tell_of(tx, [job])


async def tell_of(tx: Tx, jobs: Sequence[JobRow], *, stood_in_by: JobRow | None = None) -> None:
    """Tell every segment that asks for the request of one of these jobs now how it stands.
    stood_in_by: the job that was enqueued in place of those, which failed."""
    generations = {job.id: job for job in jobs if job.kind == "generate"}.values()
    asked = [(job, GenerationRequest.from_json(job.payload["request"])) for job in generations]
    # Jobs that an older version has enqueued do not say what they are variations of.
    bases = [job.base_fingerprint or request.base_fingerprint for job, request in asked]
    asking = await _asking(tx.session, set(bases)) if bases else {}
    told = [
        _status(segment_id, project_id, job, request.variation, stood_in_by)
        for (job, request), base in zip(asked, bases, strict=True)
        for segment_id, project_id in asking.get(base, ())
    ]
    await log.append(tx, told)


async def _asking(
    session: AsyncSession, base_fingerprints: Collection[str]
) -> dict[str, list[tuple[str, str]]]:
    """request -> the segments that ask for it now, with their projects, in order."""
    marks = given(session, base_fingerprints)
    own = select(SegmentRow.fingerprint.label("mark"), SegmentRow.id.label("id"))
    beside = select(SegmentAskRow.fingerprint, SegmentAskRow.segment_id)
    asks = union(
        own.where(SegmentRow.fingerprint.in_(marks)),
        beside.where(SegmentAskRow.fingerprint.in_(marks)),
    ).subquery()
    query = (
        select(asks.c.mark, SegmentRow.id, SegmentRow.project_id)
        .join(SegmentRow, SegmentRow.id == asks.c.id)
        .where(SegmentRow.media_id.is_(None))
        .order_by(SegmentRow.project_id, SegmentRow.order_index)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for mark, segment_id, project_id in await session.execute(query):
        found.setdefault(mark, []).append((segment_id, project_id))
    return found


def _status(
    segment_id: str, project_id: str, job: JobRow, variation: int, stood_in_by: JobRow | None
) -> NewEvent:
    data = {
        "segment_id": segment_id,
        "job_id": job.id,
        "job_state": job.state,
        "variation": variation,
        "error_code": job.error_code,
        "error_message": job.error_message,
        "stood_in_by": stood_in_by.model if stood_in_by else None,
    }
    return NewEvent(project_id=project_id, type="segment.status", data=data)


async def file_takes(tx: Tx, results: Sequence[tuple[SegmentRow, Collection[str]]]) -> None:
    """File known results, by fingerprint, as takes of segments, the oldest first; those filed
    already stay as they are.

    A first result is put into the cut by itself only where the segment had none: an ordinary result
    needs no choice, and a take made on purpose is chosen when there is nothing else to show.
    """
    wanted = {mark for _, marks in results for mark in marks}
    made = await _made(tx.session, wanted) if wanted else {}
    if not made:
        return
    places = {mark: place for place, mark in enumerate(made)}
    filed = await takes_filed(tx.session, [segment.id for segment, _ in results])
    answered = await _answered(tx.session, {s.fingerprint for s, _ in results if s.fingerprint})
    takes: list[TakeRow] = []
    told: list[NewEvent] = []
    chosen: list[SegmentRow] = []
    for segment, marks in results:
        mine = filed.get(segment.id, {})
        first = max(mine.values(), default=0) + 1
        new = sorted({mark for mark in marks if mark in made} - mine.keys(), key=places.__getitem__)
        for number, mark in enumerate(new, start=first):
            take = _take(tx, segment, mark, number)
            takes.append(take)
            told.append(_created(segment, take))
            if _is_alone(segment, mark, made[mark], answered):
                segment.chosen_take_id, segment.chosen_for = take.id, segment.fingerprint
                chosen.append(segment)
    await add_rows(tx.session, takes)
    await write_columns(tx.session, chosen, "chosen_take_id", "chosen_for")
    await log.append(tx, told)


async def _made(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, str]:
    """Fingerprint -> base fingerprint of those that were made, the oldest first."""
    query = (
        select(GenerationRow.fingerprint, GenerationRow.base_fingerprint)
        .where(GenerationRow.fingerprint.in_(given(session, fingerprints)))
        .order_by(GenerationRow.created_at, GenerationRow.fingerprint)
    )
    return {row.fingerprint: row.base_fingerprint for row in await session.execute(query)}


async def _answered(session: AsyncSession, fingerprints: Collection[str]) -> set[str]:
    """Those of these requests that the memory holds an ordinary result of."""
    query = select(GenerationRow.fingerprint).where(
        GenerationRow.fingerprint.in_(given(session, fingerprints))
    )
    return set(await session.scalars(query))


def _take(tx: Tx, segment: SegmentRow, fingerprint: str, number: int) -> TakeRow:
    return TakeRow(
        id=str(uuid4()),
        segment_id=segment.id,
        number=number,
        fingerprint=fingerprint,
        created_at=tx.now,
    )


def _created(segment: SegmentRow, take: TakeRow) -> NewEvent:
    data = {"segment_id": segment.id, "take_id": take.id, "number": take.number}
    return NewEvent(project_id=segment.project_id, type="take.created", data=data)


def _is_alone(segment: SegmentRow, mark: str, base: str, answered: Collection[str]) -> bool:
    if mark == base or base != segment.fingerprint:  # an ordinary result, or of another request
        return False
    holds = segment.pinned or segment.chosen_for == segment.fingerprint
    if segment.chosen_take_id is not None and holds:
        return False
    return segment.fingerprint not in answered


async def file_known_takes(tx: Tx, segments: Sequence[SegmentRow]) -> None:
    """File every result the memory holds for what segments ask for now, any variation; and let
    them be found by all of it."""
    await keep_asks(tx.session, segments)
    asking = {mark for segment in segments for mark in base_marks(segment)}
    if not asking:
        return
    await hold_answers(tx.session, asking)
    query = select(GenerationRow.base_fingerprint, GenerationRow.fingerprint).where(
        GenerationRow.base_fingerprint.in_(given(tx.session, asking))
    )
    known: dict[str, set[str]] = {}
    for base, mark in await tx.session.execute(query):
        known.setdefault(base, set()).add(mark)
    marks = [(s, {m for base in base_marks(s) for m in known.get(base, ())}) for s in segments]
    await file_takes(tx, [(segment, mine) for segment, mine in marks if mine])
