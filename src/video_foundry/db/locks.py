"""Who waits for whom in PostgreSQL. A project's row is the lock of everything under it: segments,
takes, renders, events. Locks are taken in one order everywhere: the slots of a model, projects by
their ids, jobs by their fingerprints, the answers to a request; so no two transactions can wait for
each other. In SQLite, where there is one writer at a time, all of this does nothing.
"""

from collections.abc import Callable, Collection

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CompoundSelect,
    Function,
    Integer,
    bindparam,
    func,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.given import given
from video_foundry.db.renders import RENDER_ENDED
from video_foundry.db.tables import (
    JobNeedRow,
    JobRow,
    ProjectRow,
    RenderAskRow,
    RenderRow,
    RenderSegmentRow,
    RenderStepRow,
    SegmentAskRow,
    SegmentRow,
)


def has_locks(session: AsyncSession) -> bool:
    """Whether several transactions can write at once, so that locks mean something."""
    return session.get_bind().dialect.name != "sqlite"


async def lock_project(session: AsyncSession, project_id: str) -> ProjectRow | None:
    """The project as it is once nobody else can change it."""
    query = (
        select(ProjectRow)
        .where(ProjectRow.id == project_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(query)).one_or_none()


async def lock_projects(session: AsyncSession, project_ids: Collection[str]) -> None:
    """Hold these projects; those that are gone are passed over."""
    if project_ids and has_locks(session):
        wanted = ProjectRow.id.in_(given(session, project_ids))
        await session.execute(
            select(ProjectRow.id).where(wanted).order_by(ProjectRow.id).with_for_update()
        )


async def lock_jobs(session: AsyncSession, job_ids: Collection[str]) -> set[str]:
    """Hold these jobs: whoever wants to share or move one waits. Returns what the generations among
    them are asked for by any segment (their base fingerprints)."""
    if not job_ids or not has_locks(session):
        return set()
    wanted = JobRow.id.in_(given(session, job_ids))
    query = select(JobRow.base_fingerprint).where(wanted).order_by(JobRow.fingerprint)
    return {mark for mark in await session.scalars(query.with_for_update()) if mark is not None}


ANSWERS = 0x616E73
"""The first number of the advisory locks that say: the answers to a request are being filed."""
ANSWER_LOCKS = 256
"""How many there are: requests share them, so that a long film does not need thousands."""


async def hold_answers(session: AsyncSession, base_fingerprints: Collection[str]) -> None:
    """Wait for generations of these requests that are being filed now, and let none be filed before
    this transaction ends, be it enqueued only meanwhile: what it reads of the memory is all there
    is."""
    await _lock_answers(session, base_fingerprints, func.pg_advisory_xact_lock_shared)


async def file_answers(session: AsyncSession, base_fingerprints: Collection[str]) -> None:
    """Wait for whoever begins to ask for these requests, and let nobody begin to before this
    transaction ends: the segments that it sees are all there are."""
    await _lock_answers(session, base_fingerprints, func.pg_advisory_xact_lock)


async def _lock_answers(
    session: AsyncSession, base_fingerprints: Collection[str], lock: Callable[..., Function[None]]
) -> None:
    """Take the locks of these requests, in the order of their numbers."""
    if base_fingerprints and has_locks(session):
        numbers = sorted({_answer_lock(mark) for mark in base_fingerprints})
        rows = func.unnest(bindparam("numbers", numbers, ARRAY(Integer))).column_valued("number")
        await session.execute(select(lock(ANSWERS, rows)))


def _answer_lock(base_fingerprint: str) -> int:
    return int(base_fingerprint[:8], 16) % ANSWER_LOCKS


async def lock_slots(session: AsyncSession, model: str) -> None:
    """Be the only one who counts a model's slots, in order to take one."""
    if has_locks(session):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"slots {model}"))))


async def projects_sharing(session: AsyncSession, project_id: str) -> set[str]:
    """This project, and those with a segment that asks for the same as one of its own."""
    query = _asking_like(SegmentRow.project_id == project_id)
    return {project_id, *(await session.scalars(query))}


def _asking_like(which: ColumnElement[bool]) -> CompoundSelect[tuple[str]]:
    """The projects with a segment that asks for any of what these segments ask for, be it their own
    request, one that stands in for it, or a picture."""
    own = union(
        select(SegmentRow.fingerprint).where(which, SegmentRow.fingerprint.is_not(None)),
        select(SegmentAskRow.fingerprint)
        .join(SegmentRow, SegmentRow.id == SegmentAskRow.segment_id)
        .where(which),
    ).scalar_subquery()
    beside = select(SegmentRow.project_id).join(
        SegmentAskRow, SegmentAskRow.segment_id == SegmentRow.id
    )
    return union(
        select(SegmentRow.project_id).where(SegmentRow.fingerprint.in_(own)),
        beside.where(SegmentAskRow.fingerprint.in_(own)),
    )


async def projects_asking_like(session: AsyncSession, segment_id: str) -> set[str]:
    """The projects with a segment that asks for the same as this one, its own among them."""
    its_own = select(SegmentRow.project_id).where(SegmentRow.id == segment_id)
    query = _asking_like(SegmentRow.id == segment_id)
    return {*(await session.scalars(its_own)), *(await session.scalars(query))}


async def projects_concerned(session: AsyncSession, job_ids: Collection[str]) -> set[str]:
    """The projects that hear of these jobs: a segment asks for one's request, or wanted that very
    take, or a render waits for it; and those that hear of jobs which wait for these. One look at an
    index each, however much there is."""
    jobs = select(JobRow).where(JobRow.id.in_(given(session, job_ids))).subquery()
    segments = select(SegmentRow.project_id)
    beside = segments.join(SegmentAskRow, SegmentAskRow.segment_id == SegmentRow.id)
    lacking = select(JobRow.segment_id).join(JobNeedRow, JobNeedRow.job_id == JobRow.id)
    held_up = lacking.join(jobs, JobNeedRow.fingerprint == jobs.c.fingerprint)
    rendered = segments.join(RenderSegmentRow, RenderSegmentRow.segment_id == SegmentRow.id)
    renders = select(RenderRow.project_id).where(RenderRow.status.not_in(RENDER_ENDED))
    waiting = renders.join(RenderSegmentRow, RenderSegmentRow.render_id == RenderRow.id)
    composing = renders.join(RenderStepRow, RenderStepRow.render_id == RenderRow.id)
    asking = renders.join(RenderAskRow, RenderAskRow.render_id == RenderRow.id)
    query = union(
        segments.join(jobs, SegmentRow.fingerprint == jobs.c.base_fingerprint),
        segments.join(jobs, SegmentRow.id == jobs.c.segment_id),
        beside.join(jobs, SegmentAskRow.fingerprint == jobs.c.base_fingerprint),
        segments.where(SegmentRow.id.in_(held_up.scalar_subquery())),
        asking.join(jobs, RenderAskRow.fingerprint == jobs.c.fingerprint),
        rendered.join(jobs, RenderSegmentRow.fingerprint == jobs.c.fingerprint),
        waiting.join(jobs, RenderSegmentRow.fingerprint == jobs.c.fingerprint),
        composing.join(jobs, RenderStepRow.fingerprint == jobs.c.fingerprint),
    )
    return set(await session.scalars(query))
