"""Enqueue, claim, renew, release and move jobs. Every write of a worker is fenced: it names owner,
epoch and expected state, and touching no row means the lease is lost."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import CLAIMABLE, OPEN, SLOT_HOLDING, TERMINAL, JobState, may_move
from video_foundry.core.money import Price
from video_foundry.db.store import Tx
from video_foundry.db.tables import GenerationRow, JobRow
from video_foundry.ports.wake import JobKind

LEASE = timedelta(seconds=10)
HEARTBEAT_SECONDS = 3.0


class LeaseLost(Exception):
    """Somebody else has this job now, or it has moved on: stop and write nothing."""


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """What to enqueue. payload: everything the worker needs, as JSON."""

    kind: JobKind
    fingerprint: str
    payload: dict[str, Any]
    project_id: str | None = None
    segment_id: str | None = None
    model: str | None = None
    price: Price | None = None
    is_standalone: bool = False


async def enqueue(tx: Tx, new: NewJob) -> JobRow:
    """The open job for this fingerprint: an existing one is shared, else a new row is added.

    A shared one that was to be cancelled is wanted again, and goes on if there is time.
    """
    existing = await open_job(tx.session, new.fingerprint)
    if existing is None:
        existing = await _insert(tx, new)
    elif existing.cancel_requested:
        existing.cancel_requested = False
        await tx.session.flush()
    if new.is_standalone and not existing.is_standalone:
        existing.is_standalone = True
        await tx.session.flush()
    tx.wakes.add(new.kind)
    return existing


async def _insert(tx: Tx, new: NewJob) -> JobRow:
    price = new.price
    row = JobRow(
        id=str(uuid4()),
        kind=new.kind,
        fingerprint=new.fingerprint,
        project_id=new.project_id,
        segment_id=new.segment_id,
        state=JobState.QUEUED,
        payload=new.payload,
        model=new.model,
        run_after=tx.now,
        is_standalone=new.is_standalone,
        price_low=price.low if price else None,
        price_high=price.high if price else None,
        price_known=bool(price and price.is_known),
        cost_currency=price.currency if price else None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    try:
        async with tx.session.begin_nested():
            tx.session.add(row)
    except IntegrityError:
        # Another transaction opened the same request between our look and our insert.
        other = await open_job(tx.session, new.fingerprint)
        if other is None:
            raise
        return other
    return row


async def open_job(session: AsyncSession, fingerprint: str) -> JobRow | None:
    """The one open job of a fingerprint, if any."""
    query = select(JobRow).where(
        JobRow.fingerprint == fingerprint, JobRow.state.not_in(sorted(TERMINAL))
    )
    return (await session.scalars(query)).one_or_none()


async def latest_jobs(session: AsyncSession, fingerprints: Collection[str]) -> dict[str, JobRow]:
    """fingerprint -> its open job, else the newest ended one."""
    if not fingerprints:
        return {}
    found: dict[str, JobRow] = {}
    query = (
        select(JobRow).where(JobRow.fingerprint.in_(set(fingerprints))).order_by(JobRow.created_at)
    )
    for row in await session.scalars(query):
        before = found.get(row.fingerprint)
        if before is None or before.state in TERMINAL:
            found[row.fingerprint] = row
    return found


async def has_result(session: AsyncSession, fingerprint: str) -> bool:
    """Whether the memory of paid work holds the answer to a request."""
    return await session.get(GenerationRow, fingerprint) is not None


async def any_claimable(session: AsyncSession, kind: JobKind, now: datetime) -> bool:
    """Whether there may be something to claim: a look that takes no write lock."""
    query = (
        select(JobRow.id)
        .where(
            JobRow.kind == kind,
            JobRow.state.in_(sorted(CLAIMABLE)),
            JobRow.run_after <= now,
            or_(JobRow.lease_owner.is_(None), JobRow.lease_until < now),
        )
        .limit(1)
    )
    return (await session.execute(query)).first() is not None


async def still_open(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of `ids` that are jobs which have not ended."""
    query = select(JobRow.id).where(JobRow.id.in_(set(ids)), JobRow.state.in_(sorted(OPEN)))
    return set((await session.scalars(query)).all())


async def in_flight(session: AsyncSession) -> dict[str, int]:
    """model -> generations that hold one of its slots. A slot belongs to the job, not to a worker:
    the provider goes on with it when the worker is dead."""
    query = (
        select(JobRow.model, func.count())
        .where(JobRow.kind == "generate", JobRow.state.in_(sorted(SLOT_HOLDING)))
        .group_by(JobRow.model)
    )
    return {model or "": count for model, count in await session.execute(query)}


async def claim(
    tx: Tx,
    kind: JobKind,
    owner: str,
    limit: int,
    *,
    full_models: Collection[str] = (),
    in_hand: Collection[str] = (),
) -> Sequence[JobRow]:
    """Lease up to `limit` jobs that are free or whose owner let the lease run out.

    full_models: models without a free slot; their queued jobs are left alone. in_hand: jobs that
    this owner is working on, which it never takes from itself.
    """
    free = (
        select(JobRow.id)
        .where(
            JobRow.kind == kind,
            JobRow.state.in_(sorted(CLAIMABLE)),
            JobRow.run_after <= tx.now,
            or_(JobRow.lease_owner.is_(None), JobRow.lease_until < tx.now),
            JobRow.id.not_in(sorted(in_hand)),
            or_(
                JobRow.state != JobState.QUEUED,
                JobRow.model.is_(None),
                JobRow.model.not_in(sorted(full_models)),
            ),
        )
        .order_by(JobRow.run_after, JobRow.created_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = (
        update(JobRow)
        .where(JobRow.id.in_(free))
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
    """Renew the leases of `ids`; returns those that `owner` really still holds."""
    held = (
        update(JobRow)
        .where(JobRow.id.in_(set(ids)), JobRow.lease_owner == owner)
        .values(lease_until=tx.now + LEASE)
        .returning(JobRow.id)
        .execution_options(synchronize_session=False)
    )
    return set((await tx.session.scalars(held)).all())


async def release(
    tx: Tx, owner: str, ids: Collection[str], *, after_crash_seconds: float | None = None
) -> None:
    """Give jobs back unfinished: claimed ones to the queue, the rest as they stand.

    after_crash_seconds: their handler broke; they count one more death and rest that long.
    """
    crashed = after_crash_seconds is not None
    rest: dict[str, Any] = (
        {"deaths": JobRow.deaths + 1, "run_after": later(tx.now, after_crash_seconds or 0)}
        if crashed
        else {}
    )
    await tx.session.execute(
        update(JobRow)
        .where(JobRow.id.in_(set(ids)), JobRow.lease_owner == owner, JobRow.state.in_(sorted(OPEN)))
        .values(
            state=case((JobRow.state == JobState.CLAIMED, JobState.QUEUED), else_=JobRow.state),
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
    return row


async def ask_to_cancel(tx: Tx, job: JobRow) -> JobState:
    """Cancel a job nobody works on; ask the worker of any other. Returns where it stands now."""
    nobody = (
        update(JobRow)
        .where(JobRow.id == job.id, JobRow.state == JobState.QUEUED, JobRow.lease_owner.is_(None))
        .values(
            state=JobState.CANCELLED,
            finished_at=tx.now,
            updated_at=tx.now,
            error_code="cancelled",
            error_message="cancelled before it was sent",
        )
        .returning(JobRow.id)
        .execution_options(synchronize_session=False)
    )
    if (await tx.session.scalars(nobody)).one_or_none() is not None:
        return JobState.CANCELLED
    await tx.session.execute(
        update(JobRow)
        .where(JobRow.id == job.id, JobRow.state.in_(sorted(OPEN)))
        .values(cancel_requested=True, updated_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    return JobState(job.state)


async def keep_progress(tx: Tx, owner: str, progress: Mapping[str, float]) -> None:
    """Store how far jobs are, 0..1; for whoever looks without listening."""
    for job_id, share in progress.items():
        await tx.session.execute(
            update(JobRow)
            .where(JobRow.id == job_id, JobRow.lease_owner == owner)
            .values(progress=share)
            .execution_options(synchronize_session=False)
        )


async def cancel_requested(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of `ids` that somebody asked to cancel."""
    query = select(JobRow.id).where(JobRow.id.in_(set(ids)), JobRow.cancel_requested)
    return set((await session.scalars(query)).all())


def later(now: datetime, seconds: float) -> datetime:
    """`seconds` from now."""
    return now + timedelta(seconds=seconds)
