"""Filing what jobs produce: artifacts, paid results, takes; and telling every segment concerned.

A paid result is filed under the request that it answers, whatever happened to the segment since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import JobState
from video_foundry.core.money import Money
from video_foundry.core.request import GenerationRequest
from video_foundry.db.facts import facts_to_json
from video_foundry.db.locks import hold_answers
from video_foundry.db.once import insert_once
from video_foundry.db.store import Tx
from video_foundry.db.tables import (
    ArtifactRow,
    CompositionRow,
    GenerationRow,
    JobRow,
    RenderSegmentRow,
    SegmentRow,
    TakeRow,
)
from video_foundry.events import log
from video_foundry.jobs.queue import move
from video_foundry.jobs.renders import advance_all
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
        provider_job_id=job.provider_job_id,
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
        cost_amount=cost.amount if cost else None,
        error_code=None,
        error_message=None,
    )
    await conclude_generation(tx, done)
    return done


async def conclude_generation(tx: Tx, job: JobRow) -> None:
    """What follows when the result of a job's request is known: takes, events, renders."""
    for segment in await segments_concerned(tx.session, job):
        await file_takes(tx, segment, {job.fingerprint})
    await tell_segments(tx, job)
    await advance_all(tx, job.fingerprint)


async def end_unsuccessfully(
    tx: Tx, job: JobRow, state: JobState, code: str, message: str, **values: Any
) -> JobRow:
    """Fail, cancel or park a job with its reason, tell its segments, move its renders on."""
    ended = await move(tx, job, state, error_code=code, error_message=message, **values)
    await tell_segments(tx, ended)
    await advance_all(tx, job.fingerprint)
    return ended


async def finish_composition(tx: Tx, job: JobRow, new: NewArtifact) -> None:
    """Record a composing step's artifact and move the renders on."""
    await file_artifact(tx, new)
    made = CompositionRow(
        fingerprint=job.fingerprint,
        kind=job.payload["step"],
        digest=new.blob.digest,
        created_at=tx.now,
    )
    await insert_once(tx.session, made)
    await move(tx, job, JobState.SUCCEEDED, result_digest=new.blob.digest, progress=1.0)
    await advance_all(tx, job.fingerprint)


async def conclude_composition(tx: Tx, job: JobRow) -> None:
    """End a step whose artifact somebody else has made meanwhile, and move the renders on."""
    await move(tx, job, JobState.SUCCEEDED, progress=1.0)
    await advance_all(tx, job.fingerprint)


async def segments_concerned(session: AsyncSession, job: JobRow) -> Sequence[SegmentRow]:
    """Segments a generation matters to: those that ask for it now, those whose render asked for
    it, and the one that wanted this very take."""
    request = GenerationRequest.from_json(job.payload["request"])
    ids = union(
        select(SegmentRow.id).where(SegmentRow.fingerprint == request.base_fingerprint),
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
    if job.kind != "generate":
        return
    request = GenerationRequest.from_json(job.payload["request"])
    for segment in await segments_concerned(tx.session, job):
        if segment.fingerprint != request.base_fingerprint:
            continue
        await log.append(
            tx,
            segment.project_id,
            "segment.status",
            {
                "segment_id": segment.id,
                "job_id": job.id,
                "job_state": job.state,
                "variation": request.variation,
                "error_code": job.error_code,
                "error_message": job.error_message,
            },
        )


async def file_takes(tx: Tx, segment: SegmentRow, fingerprints: set[str]) -> None:
    """File known results as takes of a segment, oldest first; those filed already stay as they are.

    A first result is put into the cut by itself only where the segment had none: an ordinary result
    needs no choice, and a take made on purpose is chosen when there is nothing else to show.
    """
    filed = set(
        await tx.session.scalars(
            select(TakeRow.fingerprint).where(TakeRow.segment_id == segment.id)
        )
    )
    made = await tx.session.scalars(
        select(GenerationRow)
        .where(GenerationRow.fingerprint.in_(fingerprints - filed))
        .order_by(GenerationRow.created_at, GenerationRow.fingerprint)
    )
    for generation in made.all():
        take = await _file_take(tx, segment, generation)
        await _choose_if_alone(tx, segment, generation, take)


async def _file_take(tx: Tx, segment: SegmentRow, generation: GenerationRow) -> TakeRow:
    newest = select(func.max(TakeRow.number)).where(TakeRow.segment_id == segment.id)
    number = ((await tx.session.execute(newest)).scalar_one_or_none() or 0) + 1
    take = TakeRow(
        id=str(uuid4()),
        segment_id=segment.id,
        number=number,
        fingerprint=generation.fingerprint,
        created_at=tx.now,
    )
    tx.session.add(take)
    await tx.session.flush()
    await log.append(
        tx,
        segment.project_id,
        "take.created",
        {"segment_id": segment.id, "take_id": take.id, "number": number},
    )
    return take


async def _choose_if_alone(
    tx: Tx, segment: SegmentRow, generation: GenerationRow, take: TakeRow
) -> None:
    is_variation = generation.fingerprint != generation.base_fingerprint
    if not is_variation or generation.base_fingerprint != segment.fingerprint:
        return
    if segment.chosen_take_id is not None and (
        segment.pinned or segment.chosen_for == segment.fingerprint
    ):
        return
    if await tx.session.get(GenerationRow, segment.fingerprint) is None:
        segment.chosen_take_id = take.id
        segment.chosen_for = segment.fingerprint
        await tx.session.flush()


async def file_known_takes(tx: Tx, segment: SegmentRow) -> None:
    """File every result the memory holds for what a segment asks for now, any variation."""
    if segment.fingerprint is None:
        return
    await hold_answers(tx.session, segment.fingerprint)
    known = await tx.session.scalars(
        select(GenerationRow.fingerprint).where(
            GenerationRow.base_fingerprint == segment.fingerprint
        )
    )
    await file_takes(tx, segment, set(known))
