"""Queries about whether everything that rows speak of is there, and the few changes that mend what
is not. What counts as wrong, and what is done about it, is decided by the services."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, union, update
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import JobState
from video_foundry.db.given import given
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import (
    ArtifactRow,
    CompositionRow,
    GenerationRow,
    JobRow,
    MediaRow,
    RenderOutputRow,
    RenderRow,
    RenderStepRow,
    TakeRow,
)
from video_foundry.errors import PiecesDiffer

PAGE = 500
"""Rows that one query brings."""


async def artifacts_after(session: AsyncSession, digest: str) -> Sequence[ArtifactRow]:
    """The next page of all artifacts, in the order of their digests."""
    query = select(ArtifactRow).where(ArtifactRow.digest > digest)
    return (await session.scalars(query.order_by(ArtifactRow.digest).limit(PAGE))).all()


async def generations_of(
    session: AsyncSession, digests: Collection[str]
) -> dict[str, list[GenerationRow]]:
    """digest -> what was paid for it, of those that were generated."""
    found: dict[str, list[GenerationRow]] = {}
    query = select(GenerationRow).where(GenerationRow.digest.in_(sorted(digests)))
    for row in await session.scalars(query.order_by(GenerationRow.created_at)):
        found.setdefault(row.digest, []).append(row)
    return found


async def uploads_of(session: AsyncSession, digests: Collection[str]) -> dict[str, list[str]]:
    """digest -> the names it was uploaded under, of those that were."""
    found: dict[str, list[str]] = {}
    query = select(MediaRow).where(MediaRow.digest.in_(sorted(digests)))
    for row in await session.scalars(query.order_by(MediaRow.created_at)):
        found.setdefault(row.digest, []).append(row.filename)
    return found


async def digests_without_artifact(session: AsyncSession) -> dict[str, set[str]]:
    """`generations`, `media`, `compositions` -> digests they name that no artifact has. The
    database forbids it; a copy that was put together by hand may have it all the same."""
    found = {}
    for table in (GenerationRow, MediaRow, CompositionRow):
        query = select(table.digest).where(table.digest.not_in(select(ArtifactRow.digest)))
        found[table.__tablename__] = set((await session.execute(query)).scalars())
    return found


async def takes_without_generation(session: AsyncSession) -> Sequence[TakeRow]:
    """Takes of results that the memory does not hold."""
    known = select(GenerationRow.fingerprint)
    return (await session.scalars(select(TakeRow).where(TakeRow.fingerprint.not_in(known)))).all()


async def wrongly_rebuildable(session: AsyncSession) -> set[str]:
    """Paid or uploaded artifacts that are marked as if composing could make them again."""
    query = select(ArtifactRow.digest).where(
        ArtifactRow.is_rebuildable,
        ArtifactRow.digest.in_(select(GenerationRow.digest))
        | ArtifactRow.digest.in_(select(MediaRow.digest)),
    )
    return set((await session.execute(query)).scalars())


async def keep_for_ever(session: AsyncSession, digests: Collection[str]) -> None:
    """Mark artifacts as what cannot be made again."""
    await session.execute(
        update(ArtifactRow)
        .where(ArtifactRow.digest.in_(sorted(digests)))
        .values(is_rebuildable=False)
        .execution_options(synchronize_session=False)
    )


async def newest_filing(session: AsyncSession) -> datetime | None:
    """When the database last learned of a result, be its bytes new or known before; None for
    never."""
    moments = [
        (await session.execute(select(func.max(row.created_at)))).scalar_one_or_none()
        for row in (ArtifactRow, GenerationRow, CompositionRow)
    ]
    return max((moment for moment in moments if moment is not None), default=None)


async def oldest_fetch(session: AsyncSession) -> datetime | None:
    """When the oldest generation was sent whose result is being brought in; None without any."""
    query = select(func.min(JobRow.submit_started_at)).where(JobRow.state == JobState.FETCHING)
    return (await session.execute(query)).scalar_one_or_none()


# --- renders under way whose clips have gone ------------------------------------------------------


async def renders_that_took(session: AsyncSession, digests: Collection[str]) -> Sequence[RenderRow]:
    """Renders under way that count on these artifacts of composing."""
    gone = sorted(digests)
    ids = union(
        *(
            select(table.render_id).where(table.digest.in_(gone))
            for table in (RenderStepRow, RenderOutputRow)
        )
    )
    query = (
        select(RenderRow)
        .where(RenderRow.id.in_(ids.scalar_subquery()), RenderRow.status.not_in(RENDER_ENDED))
        .order_by(RenderRow.id)
    )
    return (await session.scalars(query)).all()


async def unset_steps(
    session: AsyncSession, render_ids: Collection[str], digests: Collection[str]
) -> None:
    """Let these renders wait for these artifacts again."""
    ids, gone = sorted(render_ids), sorted(digests)
    for statement in (
        update(RenderStepRow)
        .where(RenderStepRow.render_id.in_(ids), RenderStepRow.digest.in_(gone))
        .values(digest=None, job_id=None),
        update(RenderOutputRow)
        .where(RenderOutputRow.render_id.in_(ids), RenderOutputRow.digest.in_(gone))
        .values(digest=None),
        update(RenderRow)
        .where(RenderRow.id.in_(ids), RenderRow.master_digest.in_(gone))
        .values(master_digest=None),
    ):
        await session.execute(statement.execution_options(synchronize_session=False))


async def times_remade(
    session: AsyncSession, fingerprints: Collection[str], since: datetime
) -> list[tuple[str, str]]:
    """(step, why in words) for each time that a step was called off so that its inputs could be
    made anew, the latest last."""
    query = (
        select(JobRow.fingerprint, JobRow.error_message)
        .where(
            JobRow.fingerprint.in_(given(session, fingerprints)),
            JobRow.created_at >= since,
            JobRow.error_code == PiecesDiffer.code,
        )
        .order_by(JobRow.created_at)
    )
    return [(mark, words or "") for mark, words in await session.execute(query)]


# --- other bytes for the same paid work -----------------------------------------------------------


async def repoint_generations(session: AsyncSession, old: str, new: str) -> None:
    """What was answered by `old` is answered by `new`."""
    await session.execute(
        update(GenerationRow)
        .where(GenerationRow.digest == old)
        .values(digest=new)
        .execution_options(synchronize_session=False)
    )


async def set_thumbnail(session: AsyncSession, digest: str, thumbnail: str | None) -> None:
    """Which small picture an artifact has."""
    await session.execute(
        update(ArtifactRow)
        .where(ArtifactRow.digest == digest)
        .values(thumbnail_digest=thumbnail)
        .execution_options(synchronize_session=False)
    )


async def drop_compositions(session: AsyncSession, digests: Collection[str]) -> None:
    """Forget the steps that led to these bytes."""
    await session.execute(
        delete(CompositionRow)
        .where(CompositionRow.digest.in_(sorted(digests)))
        .execution_options(synchronize_session=False)
    )


async def drop_unreferenced(session: AsyncSession, digest: str) -> None:
    """Forget an artifact unless something still leads to it."""
    pointers = (GenerationRow.digest, MediaRow.digest, CompositionRow.digest)
    await session.execute(
        delete(ArtifactRow)
        .where(
            ArtifactRow.digest == digest,
            *(ArtifactRow.digest.not_in(select(pointer)) for pointer in pointers),
        )
        .execution_options(synchronize_session=False)
    )
