"""Queries about what is kept: what may be dropped and in which order, what nothing points to any
more, and the locks between clearing bytes away and filing them. The services decide what is done.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    delete,
    false,
    func,
    literal,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.answered import SCHEME, digest_in
from video_foundry.core.jobs import MAYBE_PAID
from video_foundry.core.outputs import MAIN
from video_foundry.db.given import given
from video_foundry.db.locks import has_locks
from video_foundry.db.previews import digests_of_previews
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import (
    ArtifactRow,
    CompositionRow,
    GenerationRow,
    JobRow,
    MediaRow,
    RenderOutputRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
)

TOUCH_EVERY = timedelta(hours=1)
"""How exact `last_used_at` is: a use is written down at most this often."""


@dataclass(frozen=True, kw_only=True)
class Droppable:
    """An artifact that can be made again. size: bytes."""

    digest: str
    size: int


# --- using ----------------------------------------------------------------------------------------


async def take_composed(
    session: AsyncSession, now: datetime, fingerprints: Collection[str]
) -> dict[str, str]:
    """step fingerprint -> digest of its artifact, which stays at least until this transaction has
    ended, and counts as used now. To be called by whoever is going to need the bytes."""
    query = (
        select(CompositionRow.fingerprint, ArtifactRow.digest, ArtifactRow.last_used_at)
        .join(ArtifactRow, ArtifactRow.digest == CompositionRow.digest)
        .where(CompositionRow.fingerprint.in_(given(session, fingerprints)))
        .order_by(ArtifactRow.digest)
        .with_for_update(read=True, of=ArtifactRow)
    )
    found = (await session.execute(query)).all()
    stale = [digest for _, digest, used in found if used is None or used < now - TOUCH_EVERY]
    if stale:
        await touch(session, now, stale)
    return {fingerprint: digest for fingerprint, digest, _ in found}


async def touch(session: AsyncSession, now: datetime, digests: Collection[str]) -> None:
    """Write down that these artifacts were used; those that somebody holds this moment are left,
    so that nobody ever waits for it."""
    free = select(ArtifactRow.digest).where(ArtifactRow.digest.in_(given(session, digests)))
    await session.execute(
        update(ArtifactRow)
        .where(ArtifactRow.digest.in_(free.with_for_update(skip_locked=True).scalar_subquery()))
        .values(last_used_at=now)
        .execution_options(synchronize_session=False)
    )


# --- locks ----------------------------------------------------------------------------------------


async def hold_bytes(session: AsyncSession, digests: Collection[str]) -> None:
    """Let nobody clear these bytes away before this transaction ends. Whoever files bytes holds
    them first and then makes sure that the objects are there."""
    if has_locks(session):
        for digest in sorted(digests):
            await session.execute(select(func.pg_advisory_xact_lock(_key(f"bytes {digest}"))))


async def try_hold_bytes(session: AsyncSession, digests: Collection[str]) -> set[str]:
    """Those of `digests` that nobody is filing; they are held as `hold_bytes` does."""
    if not has_locks(session):
        return set(digests)
    return {digest for digest in sorted(digests) if await _try(session, f"bytes {digest}")}


async def is_alone(session: AsyncSession) -> bool:
    """Whether nobody else is making room; nobody else can before this transaction ends."""
    return not has_locks(session) or await _try(session, "making room")


async def _try(session: AsyncSession, name: str) -> bool:
    taken = select(func.pg_try_advisory_xact_lock(_key(name)))
    return bool((await session.execute(taken)).scalar_one())


def _key(name: str) -> ColumnElement[int]:
    return func.hashtextextended(name, 0)


# --- what may go ----------------------------------------------------------------------------------


def _used_at() -> ColumnElement[datetime]:
    return func.coalesce(ArtifactRow.last_used_at, ArtifactRow.created_at)


def _rebuildable() -> list[ColumnElement[bool]]:
    """What composing can make again. The paid and the uploaded are marked already; that nothing
    may depend on a mark alone is why they are named here."""
    generated = select(GenerationRow.fingerprint).where(GenerationRow.digest == ArtifactRow.digest)
    uploaded = select(MediaRow.id).where(MediaRow.digest == ArtifactRow.digest)
    return [ArtifactRow.is_rebuildable.is_(True), ~generated.exists(), ~uploaded.exists()]


def _films() -> Subquery:
    """Files of outputs that somebody was told are finished, though another of the same render may
    have failed: project_id, name of the output, digest, finished_at. (An older version's render
    names its one film in its own row.)"""
    is_over = RenderRow.status.in_(("completed", "failed"))
    told = (RenderRow.project_id, RenderRow.finished_at)
    return union(
        select(*told, literal(MAIN).label("name"), RenderRow.master_digest.label("digest")).where(
            is_over, RenderRow.master_digest.is_not(None)
        ),
        select(*told, RenderOutputRow.name, RenderOutputRow.digest)
        .join(RenderOutputRow, RenderOutputRow.render_id == RenderRow.id)
        .where(is_over, RenderOutputRow.digest.is_not(None)),
    ).subquery()


def _delivered() -> Select[str]:
    """Films that somebody was told are finished."""
    return select(_films().c.digest)


def _newest_films() -> Select[str]:
    """Of each output of a project the newest film that still lies there."""
    films = _films()
    newest = (
        select(films.c.project_id, films.c.name, func.max(films.c.finished_at).label("finished_at"))
        .where(films.c.digest.in_(select(ArtifactRow.digest)))
        .group_by(films.c.project_id, films.c.name)
        .subquery()
    )
    same = ("project_id", "name", "finished_at")
    on = and_(*(films.c[column] == newest.c[column] for column in same))
    return select(films.c.digest).join(newest, on)


def _not_needed() -> ColumnElement[bool]:
    """No render under way has taken it. (The composing jobs of a render name nothing else.)"""
    under_way = select(RenderRow.id).where(RenderRow.status.not_in(RENDER_ENDED))
    tables = (RenderStepRow, RenderSegmentRow, RenderOutputRow)
    needed = union(
        *(
            select(table.digest).where(table.render_id.in_(under_way), table.digest.is_not(None))
            for table in tables
        )
    )
    return ArtifactRow.digest.not_in(needed.scalar_subquery())


def _measured() -> Select[str]:
    """Measurements of sound: a few bytes, without which nobody knows what film there is already."""
    return select(CompositionRow.digest).where(CompositionRow.kind == "measure")


Conditions = Sequence[ColumnElement[bool]]
"""What an artifact must fulfil to be among those that may go."""


def nothing() -> Conditions:
    """No artifact at all."""
    return [false()]


def clips_that_may_go() -> Conditions:
    """Pieces of films, and films that no completed render shows; nothing that is needed now."""
    return [
        *_rebuildable(),
        ArtifactRow.digest.not_in(_delivered()),
        ArtifactRow.digest.not_in(_measured()),
        _not_needed(),
    ]


def films_that_may_go(unused_since: datetime) -> Conditions:
    """Finished films that nobody has used since, but never the newest of a project."""
    return [
        *_rebuildable(),
        ArtifactRow.digest.in_(_delivered()),
        ArtifactRow.digest.not_in(_newest_films()),
        _used_at() < unused_since,
        _not_needed(),
    ]


async def rebuildable_bytes(session: AsyncSession) -> int:
    """Bytes under the cap: of what is marked as made by composing, but for finished films and what
    is known of their sound."""
    query = select(func.coalesce(func.sum(ArtifactRow.size), 0)).where(
        ArtifactRow.is_rebuildable.is_(True),
        ArtifactRow.digest.not_in(_delivered()),
        ArtifactRow.digest.not_in(_measured()),
    )
    return int((await session.execute(query)).scalar_one())


async def least_recently_used(
    session: AsyncSession, conditions: Conditions, *, limit: int | None = None
) -> list[Droppable]:
    """Artifacts that may go: previews before anything else, then the longest unused first."""
    later = case((ArtifactRow.digest.in_(digests_of_previews()), 0), else_=1)
    query = (
        select(ArtifactRow.digest, ArtifactRow.size)
        .where(*conditions)
        .order_by(later, _used_at(), ArtifactRow.digest)
        .limit(limit)
    )
    return [Droppable(digest=digest, size=size) for digest, size in await session.execute(query)]


async def hold_droppable(
    session: AsyncSession, conditions: Conditions, digests: Collection[str]
) -> list[Droppable]:
    """Those of `digests` that may still go, and held: nobody can come to need them before this
    transaction ends. Those that somebody holds are passed over."""
    free = select(ArtifactRow.digest).where(ArtifactRow.digest.in_(sorted(digests)))
    held = (await session.scalars(free.with_for_update(skip_locked=True))).all()
    # Looked at after the lock: a render may have taken one since they were chosen.
    return await least_recently_used(session, [ArtifactRow.digest.in_(held), *conditions])


async def drop_rebuildable(session: AsyncSession, digests: Collection[str]) -> set[str]:
    """Forget artifacts that can be made again and every step that led to them; returns all the
    bytes that were theirs, thumbnails too. What is paid or uploaded is left whatever is asked."""
    query = select(ArtifactRow.digest, ArtifactRow.thumbnail_digest).where(
        ArtifactRow.digest.in_(sorted(digests)), *_rebuildable()
    )
    found = (await session.execute(query)).all()
    gone = sorted(row.digest for row in found)
    await session.execute(
        delete(CompositionRow)
        .where(CompositionRow.digest.in_(gone))
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        delete(ArtifactRow)
        .where(ArtifactRow.digest.in_(gone))
        .execution_options(synchronize_session=False)
    )
    return {*gone, *(row.thumbnail_digest for row in found if row.thumbnail_digest)}


async def known_bytes(session: AsyncSession, digests: Collection[str]) -> set[str]:
    """Those of `digests` that any row points to: artifacts, thumbnails, and what was generated or
    uploaded even if its artifact's row were lost; answers that are not filed yet, too."""
    wanted = sorted(digests)
    pointers = (
        ArtifactRow.digest,
        ArtifactRow.thumbnail_digest,
        GenerationRow.digest,
        MediaRow.digest,
    )
    query = union(*(select(pointer).where(pointer.in_(wanted)) for pointer in pointers))
    pointed = {digest for digest in (await session.execute(query)).scalars() if digest}
    return pointed | (await _answers(session)).intersection(wanted)


async def _answers(session: AsyncSession) -> set[str]:
    """What providers have answered open jobs with: paid for, in the store, and not filed yet."""
    query = select(JobRow.provider_job_id).where(
        JobRow.kind == "generate",
        JobRow.state.in_(sorted(MAYBE_PAID)),
        JobRow.provider_job_id.startswith(SCHEME),
    )
    found = {digest_in(told) for told in (await session.execute(query)).scalars()}
    return {digest for digest in found if digest}


# --- what lies there ------------------------------------------------------------------------------

KINDS = ("takes", "uploads", "clips", "films", "previews", "other")
"""What an artifact is: a paid clip, own media, a piece that films are joined from, a film, what an
editor shows of them; `other` is kept, being small or for want of knowing better."""


async def usage_by_kind(session: AsyncSession) -> dict[str, tuple[int, int]]:
    """kind -> (how many artifacts, their bytes), for kinds there are."""
    made = select(CompositionRow.digest).where(CompositionRow.kind.in_(("master", "animation")))
    kind = case(
        (ArtifactRow.digest.in_(select(GenerationRow.digest)), "takes"),
        (ArtifactRow.digest.in_(select(MediaRow.digest)), "uploads"),
        (ArtifactRow.is_rebuildable.is_(False), "other"),
        (ArtifactRow.digest.in_(_measured()), "other"),
        (or_(ArtifactRow.digest.in_(_delivered()), ArtifactRow.digest.in_(made)), "films"),
        (ArtifactRow.digest.in_(digests_of_previews()), "previews"),
        else_="clips",
    ).label("kind")
    counted = select(kind, ArtifactRow.size).subquery()
    query = select(counted.c.kind, func.count(), func.sum(counted.c.size)).group_by(counted.c.kind)
    return {name: (count, int(size)) for name, count, size in await session.execute(query)}


async def all_known_bytes(session: AsyncSession) -> tuple[set[str], set[str]]:
    """(digests of artifacts and of answers that will be some, digests of thumbnails beside)."""
    artifacts = set((await session.execute(select(ArtifactRow.digest))).scalars())
    artifacts |= await _answers(session)
    small = select(ArtifactRow.thumbnail_digest).where(ArtifactRow.thumbnail_digest.is_not(None))
    thumbnails = {digest for digest in (await session.execute(small)).scalars() if digest}
    return artifacts, thumbnails - artifacts
