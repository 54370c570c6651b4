"""Claim, renew, release, move and cancel jobs. Every write of a worker is fenced: it names owner,
epoch and expected state, and touching no row means the lease is lost."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, case, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.foreign import LONGEST_CODE, LONGEST_REASON, fit_text
from video_foundry.core.jobs import (
    CLAIMABLE,
    NOBODYS,
    OPEN,
    SLOT_HOLDING,
    TERMINAL,
    JobState,
    may_move,
)
from video_foundry.db.given import given, given_numbers
from video_foundry.db.locks import lock_jobs
from video_foundry.db.store import Tx
from video_foundry.db.tables import GenerationRow, JobRow
from video_foundry.jobs.waiting import ALL, Room, any_queued, left_alone, next_queued
from video_foundry.ports.accounts import DEFAULT
from video_foundry.ports.metrics import JOB_SECONDS, LEASES_EXPIRED
from video_foundry.ports.wake import JobKind
from video_foundry.telemetry import clean

_TOLD = {"error_code": LONGEST_CODE, "error_message": LONGEST_REASON}
"""What is in the words of whoever wrote an adapter, and the most characters of it."""

LEASE = timedelta(seconds=8)
"""So that work of a dead worker comes back within 15 s, even if whoever takes it up is frozen then,
keeps its row locked until the database ends that (`db.store`, 5 s), and a hint is lost."""
HEARTBEAT_SECONDS = 2.5


class LeaseLost(Exception):
    """Somebody else has this job now, or it has moved on: stop and write nothing."""


async def latest_jobs(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, JobRow]:
    """fingerprint -> its open job, else the newest ended one."""
    if not fingerprints:
        return {}
    found: dict[str, JobRow] = {}
    query = (
        select(JobRow)
        .where(JobRow.fingerprint.in_(given(session, fingerprints)))
        .order_by(JobRow.created_at)
    )
    for row in await session.scalars(query):
        before = found.get(row.fingerprint)
        if before is None or before.state in TERMINAL:
            found[row.fingerprint] = row
    return found


async def succeeded(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of `ids` that are jobs which have ended well."""
    if not ids:
        return set()
    query = select(JobRow.id).where(JobRow.id.in_(set(ids)), JobRow.state == JobState.SUCCEEDED)
    return set((await session.scalars(query)).all())


async def has_result(session: AsyncSession, fingerprint: str) -> bool:
    """Whether the memory of paid work holds the answer to a request."""
    return await session.get(GenerationRow, fingerprint) is not None


async def any_claimable(
    session: AsyncSession, kind: JobKind, now: datetime, *, halted: Collection[str] = ()
) -> bool:
    """Whether there may be something to claim: a look that takes no write lock. halted: see
    `jobs.waiting.Room`."""
    left = (
        select(JobRow.id)
        .where(
            JobRow.kind == kind,
            JobRow.state.in_(sorted(LEFT_BEHIND)),
            JobRow.run_after <= now,
            left_alone(now),
        )
        .limit(1)
    )
    if (await session.execute(left)).first() is not None:
        return True
    return await any_queued(session, kind, now, Room(halted=halted))


async def still_open(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of `ids` that are jobs which have not ended."""
    query = select(JobRow.id).where(JobRow.id.in_(set(ids)), JobRow.state.in_(sorted(OPEN)))
    return set((await session.scalars(query)).all())


UNDECIDED = ""
"""Stands for the account of a job that is claimed, and has none yet."""


async def in_flight(session: AsyncSession) -> dict[str, dict[str, int]]:
    """model -> account -> generations that hold one of its slots there, or will ask for one in a
    moment (those under `UNDECIDED`). A slot belongs to the job, not to a worker: the provider goes
    on with it when the worker is dead. (So the rows are counted; a counter would have to be put
    right after every death.)"""
    return await _slots(session, SLOT_HOLDING | {JobState.CLAIMED})


async def slots_taken(session: AsyncSession, model: str) -> dict[str, int]:
    """account -> generations of this model that hold one of its slots there."""
    return (await _slots(session, SLOT_HOLDING, JobRow.model == model)).get(model, {})


async def _slots(
    session: AsyncSession, states: Collection[JobState], *which: ColumnElement[bool]
) -> dict[str, dict[str, int]]:
    is_claimed = JobRow.state == JobState.CLAIMED
    account = case((is_claimed, UNDECIDED), else_=func.coalesce(JobRow.account, DEFAULT))
    query = select(JobRow.model, account.label("at"), func.count()).where(
        JobRow.kind == "generate", JobRow.state.in_(sorted(states)), *which
    )
    taken: dict[str, dict[str, int]] = {}
    for model, at, count in await session.execute(query.group_by(JobRow.model, "at")):
        taken.setdefault(model or "", {})[at] = count
    return taken


async def claim(
    tx: Tx,
    kind: JobKind,
    owner: str,
    limit: int,
    *,
    room: Room = ALL,
) -> Sequence[JobRow]:
    """Lease up to `limit` jobs that are free or whose owner let the lease run out: first those that
    a worker left behind, then queued ones that there is room for, in the order of their stamps.

    An owner never takes a job from itself: after a long sleep its own leases have run out too, and
    renewing them is enough.
    """
    expired = and_(JobRow.lease_until < tx.now, JobRow.lease_owner != owner)
    free = or_(JobRow.lease_owner.is_(None), expired)
    mine = (JobRow.kind == kind, JobRow.run_after <= tx.now)
    left = select(JobRow.id, JobRow.lease_owner).where(
        *mine, JobRow.state.in_(sorted(LEFT_BEHIND)), free
    )
    found = await tx.session.execute(
        left.order_by(JobRow.stamp).limit(limit).with_for_update(skip_locked=True)
    )
    ids: list[str] = []
    for job_id, former_owner in found.all():
        ids.append(job_id)
        LEASES_EXPIRED.labels(kind).inc(former_owner is not None)
    if len(ids) < limit:
        ids += await next_queued(tx.session, kind, tx.now, limit - len(ids), room)
    return await _lease(tx, owner, ids) if ids else []


LEFT_BEHIND = CLAIMABLE - {JobState.QUEUED}
"""States in which a job may be claimed because its worker is gone."""


async def _lease(tx: Tx, owner: str, ids: Sequence[str]) -> Sequence[JobRow]:
    taken = (
        update(JobRow)
        .where(JobRow.id.in_(given(tx.session, ids)))
        .values(
            state=case((JobRow.state == JobState.QUEUED, JobState.CLAIMED), else_=JobRow.state),
            deaths=case((JobRow.lease_owner.is_(None), JobRow.deaths), else_=JobRow.deaths + 1),
            lease_owner=owner,
            lease_until=tx.now + LEASE,
            epoch=JobRow.epoch + 1,
            updated_at=tx.now,
        )
        .returning(JobRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return (await tx.session.scalars(taken)).all()


async def renew(tx: Tx, owner: str, ids: Collection[str]) -> set[str]:
    """Renew the leases of `ids`; returns those that `owner` really still holds.

    A job that another transaction is changing this moment is left for the next time.
    """
    ours = select(JobRow.id).where(
        JobRow.id.in_(given(tx.session, ids)), JobRow.lease_owner == owner
    )
    free = ours.with_for_update(skip_locked=True)
    await tx.session.execute(
        update(JobRow)
        .where(JobRow.id.in_(free.scalar_subquery()))
        .values(lease_until=tx.now + LEASE)
        .execution_options(synchronize_session=False)
    )
    return set((await tx.session.scalars(ours)).all())


async def release(
    tx: Tx, owner: str, ids: Collection[str], *, rest_seconds: float = 0.0, crashed: bool = False
) -> None:
    """Give jobs back unfinished: claimed ones to the queue, the rest as they stand.

    rest_seconds: how long nobody shall take them. crashed: their handler broke, which counts as one
    more death.
    """
    rest: dict[str, Any] = {"run_after": later(tx.now, rest_seconds)} if rest_seconds else {}
    await lock_jobs(tx.session, ids)
    wanted = JobRow.id.in_(given(tx.session, ids))
    await tx.session.execute(
        update(JobRow)
        .where(wanted, JobRow.lease_owner == owner, JobRow.state.in_(sorted(OPEN)))
        .values(
            state=case((JobRow.state == JobState.CLAIMED, JobState.QUEUED), else_=JobRow.state),
            deaths=JobRow.deaths + int(crashed),
            lease_owner=None,
            lease_until=None,
            updated_at=tx.now,
            **rest,
        )
        .execution_options(synchronize_session=False)
    )


async def move(tx: Tx, job: JobRow, state: JobState, **values: Any) -> JobRow:
    """Move a leased job on, fenced by owner, epoch and the state we think it is in.

    A job that ends or waits loses its owner. Raises LeaseLost when the row is no longer ours, and
    ValueError for a move that the machine does not know.
    """
    if not may_move(JobState(job.state), state) and job.state != state:
        raise ValueError(f"a job cannot move from {job.state} to {state}")
    if state in TERMINAL or state in (JobState.QUEUED, JobState.NEEDS_ATTENTION):
        values |= {"lease_owner": None, "lease_until": None}
    if state in TERMINAL:
        values["finished_at"] = tx.now
    for told, longest in _TOLD.items():
        if values.get(told):
            values[told] = fit_text(clean(str(values[told])), longest)
    moved = (
        update(JobRow)
        .where(
            JobRow.id == job.id,
            JobRow.lease_owner == job.lease_owner,
            JobRow.epoch == job.epoch,
            JobRow.state == job.state,
        )
        .values(state=state, updated_at=tx.now, **values)
        .returning(JobRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    row = (await tx.session.scalars(moved)).one_or_none()
    if row is None:
        raise LeaseLost(job.id)
    if state in TERMINAL:
        JOB_SECONDS.labels(row.kind, state).observe((tx.now - row.created_at).total_seconds())
    return row


async def ask_to_cancel(tx: Tx, job: JobRow) -> JobState:
    """Cancel a job nobody works on; ask the worker of any other. Returns where it stands now."""
    cancelled = await ask_all_to_cancel(tx, [job])
    return JobState.CANCELLED if cancelled else JobState(job.state)


async def ask_all_to_cancel(tx: Tx, jobs: Sequence[JobRow]) -> Sequence[JobRow]:
    """Cancel those jobs nobody works on; ask the workers of the others. Returns the cancelled ones,
    in the order of `jobs`, as they are now."""
    tx.wakes |= {"compose" if job.kind == "compose" else "generate" for job in jobs}
    ids = given(tx.session, [job.id for job in jobs])
    waiting = (JobRow.state.in_(sorted(NOBODYS)), JobRow.lease_owner.is_(None))
    nobody = (
        update(JobRow)
        .where(JobRow.id.in_(ids), *waiting)
        .values(
            state=JobState.CANCELLED,
            cancel_requested=True,  # so whoever shares it since knows that he may ask anew
            finished_at=tx.now,
            updated_at=tx.now,
            error_code="cancelled",
            error_message="cancelled before it was sent",
        )
        .returning(JobRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    cancelled = {job.id: job for job in await tx.session.scalars(nobody)}
    await tx.session.execute(
        update(JobRow)
        .where(JobRow.id.in_(ids), JobRow.state.in_(sorted(OPEN)))
        .values(cancel_requested=True, updated_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    return [cancelled[job.id] for job in jobs if job.id in cancelled]


async def owned(session: AsyncSession, owner: str) -> set[str]:
    """The jobs whose row names this owner."""
    query = select(JobRow.id).where(JobRow.lease_owner == owner)
    return set((await session.scalars(query)).all())


async def keep_progress(tx: Tx, owner: str, progress: Mapping[str, float]) -> None:
    """Store how far jobs are, 0..1; for whoever looks without listening. One statement, and no
    waiting: a job that is being changed this moment keeps what it says."""
    if not progress:
        return
    free = select(JobRow.id).where(
        JobRow.id.in_(given(tx.session, progress)), JobRow.lease_owner == owner
    )
    shares = given_numbers(tx.session, progress)
    await tx.session.execute(
        update(JobRow)
        .where(
            JobRow.id.in_(free.with_for_update(skip_locked=True).scalar_subquery()),
            JobRow.id == shares.c.key,
        )
        .values(progress=cast(shares.c.value, Float))
        .execution_options(synchronize_session=False)
    )


async def cancel_requested(session: AsyncSession, owner: str) -> set[str]:
    """Those of an owner's jobs that somebody asked to cancel."""
    query = select(JobRow.id).where(JobRow.lease_owner == owner, JobRow.cancel_requested)
    return set((await session.scalars(query)).all())


async def is_called_off(session: AsyncSession, job_id: str) -> bool:
    """Whether a job is to be cancelled, as its row says now: who has asked for it since a cancel
    has taken that back."""
    query = select(JobRow.cancel_requested).where(JobRow.id == job_id)
    return bool(await session.scalar(query))


async def adopt(
    tx: Tx, job_id: str, submit_key: str, provider_job_id: str, *, deadline: datetime
) -> JobRow | None:
    """Tell a job what became of its submit, though who sent it has lost the lease meanwhile.
    deadline: from when on its generation is overdue.

    What was learnt is worth money, so it is taken while nobody works on the job and the doubt is
    about this very key; the job then goes on as submitted. None where it is not needed any more.
    """
    doubtful = (JobState.UNKNOWN, JobState.NEEDS_ATTENTION, JobState.SUBMITTING)
    told = (
        update(JobRow)
        .where(
            JobRow.id == job_id,
            JobRow.submit_key == submit_key,
            JobRow.provider_job_id.is_(None),
            JobRow.state.in_(doubtful),
            or_(JobRow.lease_owner.is_(None), JobRow.lease_until < tx.now),
        )
        .values(
            state=JobState.SUBMITTED,
            provider_job_id=provider_job_id,
            deadline=deadline,
            epoch=JobRow.epoch + 1,
            lease_owner=None,
            lease_until=None,
            run_after=tx.now,
            error_code=None,
            error_message=None,
            updated_at=tx.now,
        )
        .returning(JobRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    tx.wakes.add("generate")
    return (await tx.session.scalars(told)).one_or_none()


def later(now: datetime, seconds: float) -> datetime:
    """`seconds` from now."""
    return now + timedelta(seconds=seconds)
