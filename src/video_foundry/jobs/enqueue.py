"""Enqueuing: jobs join the queue, or are shared where the same work is open already. Claiming and
moving them is the queue's."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.fairness import Priority
from video_foundry.core.jobs import NOBODYS, TERMINAL, JobState
from video_foundry.core.money import Price
from video_foundry.db.bulk import add_rows, add_unless_there, write_columns
from video_foundry.db.given import given
from video_foundry.db.store import Line, Tx
from video_foundry.db.tables import JobNeedRow, JobRow
from video_foundry.errors import TransactionConflict
from video_foundry.jobs.turns import Turns, turns_for
from video_foundry.ports.wake import JobKind


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """What to enqueue. payload: everything the worker needs, as JSON. needs: requests that have no
    result yet, which it waits for; who enqueues it sees to it that they are open. has_stand_in:
    who asks has another model for it. stand_ins: what is asked for where it is refused, of those
    that somebody asks for by itself: see `jobs.chains`."""

    kind: JobKind
    fingerprint: str
    payload: dict[str, Any]
    project_id: str | None = None
    segment_id: str | None = None
    model: str | None = None
    price: Price | None = None
    is_standalone: bool = False
    base_fingerprint: str | None = None
    priority: Priority = "normal"
    needs: tuple[str, ...] = ()
    has_stand_in: bool = False
    stand_ins: tuple[dict[str, Any], ...] = ()

    @property
    def line(self) -> Line:
        """Where its turn comes after that of the one before."""
        return self.kind, self.project_id, self.model


async def enqueue(tx: Tx, new: NewJob) -> JobRow:
    """The open job for this fingerprint: see `enqueue_all`."""
    return (await enqueue_all(tx, [new]))[0]


async def enqueue_all(tx: Tx, wanted: Sequence[NewJob]) -> list[JobRow]:
    """The open job for each fingerprint: an existing one is shared, else a new row is added. Turns
    are given out in the order of `wanted`; the number of statements does not grow with it.

    A shared one that was to be cancelled is wanted again, and goes on if there is time; one that
    somebody asked for with less haste takes the earlier turn. Raises TransactionConflict when one
    that was open has ended meanwhile: what came of it must be looked at first.
    """
    seen: set[str] = set()
    while True:  # an end: whoever was quicker has added what we had not seen yet
        try:
            # Undone as a whole, locks included, when others were quicker: rows that are there are
            # locked before rows are added, each in the order of their fingerprints, so that no two
            # transactions can wait for each other.
            async with tx.session.begin_nested():
                found = await _locked_open_jobs(tx.session, {new.fingerprint for new in wanted})
                if not seen <= found.keys():
                    raise TransactionConflict("the same request was opened and ended meanwhile")
                seen |= found.keys()
                jobs = await _shared_or_added(tx, wanted, found)
        except _OpenedMeanwhile as others:
            seen |= others.fingerprints
            continue
        tx.wakes |= {new.kind for new in wanted}
        return jobs


class _OpenedMeanwhile(Exception):
    """Other transactions have added these jobs between our look and our insert."""

    def __init__(self, fingerprints: Set[str]) -> None:
        super().__init__(fingerprints)
        self.fingerprints = fingerprints


async def _locked_open_jobs(
    session: AsyncSession, fingerprints: Collection[str]
) -> dict[str, JobRow]:
    """Open jobs by fingerprint, which cannot end before this transaction does: what shares one is
    seen by whoever ends it."""
    query = (
        select(JobRow)
        .where(
            JobRow.fingerprint.in_(given(session, fingerprints)),
            JobRow.state.not_in(sorted(TERMINAL)),
        )
        .order_by(JobRow.fingerprint)  # see db.locks
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {job.fingerprint: job for job in await session.scalars(query)}


async def _shared_or_added(
    tx: Tx, wanted: Sequence[NewJob], found: Mapping[str, JobRow]
) -> list[JobRow]:
    asking = [new for new in wanted if _waits(found.get(new.fingerprint))]
    turns = await turns_for(tx, {new.line for new in asking})
    sharing = {mark: _Sharing.of(job) for mark, job in found.items()}
    added: dict[str, NewJob] = {}
    for new in wanted:
        mark = new.fingerprint
        if mark in sharing:
            sharing[mark] = _joined(sharing[mark], new, turns)
        else:
            added[mark] = new
            turn = turns.take(new.line, new.priority)
            sharing[mark] = _Sharing(
                stamp=turn,
                is_standalone=new.is_standalone,
                has_stand_in=new.has_stand_in,
                stand_ins=new.stand_ins,
            )
    jobs = {**found, **await _add(tx, added, sharing)}
    # Not before: who adds a row waits for whoever has changed one like it, though it be only its
    # turn; a row that is merely locked is in nobody's way.
    await _share(tx, found, sharing)
    tx.turns |= turns.taken
    return [jobs[new.fingerprint] for new in wanted]


def _waits(job: JobRow | None) -> bool:
    return job is None or job.state in NOBODYS


@dataclass(frozen=True, kw_only=True)
class _Sharing:
    """What may become of a job when one more asks for it. stamp: None when its turn has come."""

    stamp: float | None
    is_standalone: bool
    has_stand_in: bool
    stand_ins: tuple[dict[str, Any], ...] = ()
    cancel_requested: bool = False

    @classmethod
    def of(cls, job: JobRow) -> Self:
        """As it stands."""
        return cls(
            stamp=job.stamp if job.state in NOBODYS else None,
            is_standalone=job.is_standalone,
            has_stand_in=job.has_stand_in,
            stand_ins=tuple(job.stand_ins or ()),
            cancel_requested=job.cancel_requested,
        )


def _joined(before: _Sharing, new: NewJob, turns: Turns) -> _Sharing:
    stamp = before.stamp
    if stamp is not None and turns.next(new.line, new.priority) < stamp:
        stamp = turns.take(new.line, new.priority)
    return _Sharing(
        stamp=stamp,
        is_standalone=before.is_standalone or new.is_standalone,
        has_stand_in=before.has_stand_in or new.has_stand_in,
        stand_ins=before.stand_ins or new.stand_ins,
    )


async def _share(tx: Tx, found: Mapping[str, JobRow], sharing: Mapping[str, _Sharing]) -> None:
    changed = [job for mark, job in found.items() if sharing[mark] != _Sharing.of(job)]
    for job in changed:
        after = sharing[job.fingerprint]
        job.cancel_requested, job.is_standalone = after.cancel_requested, after.is_standalone
        job.has_stand_in, job.stand_ins = after.has_stand_in, list(after.stand_ins) or None
        job.stamp = job.stamp if after.stamp is None else after.stamp
    names = ("cancel_requested", "is_standalone", "has_stand_in", "stand_ins", "stamp")
    await write_columns(tx.session, changed, *names)


async def _add(
    tx: Tx, added: Mapping[str, NewJob], sharing: Mapping[str, _Sharing]
) -> dict[str, JobRow]:
    in_order = sorted(added)  # see db.locks
    values = [_values(tx, added[mark], sharing[mark]) for mark in in_order]
    rows = {row.fingerprint: row for row in await add_unless_there(tx.session, JobRow, values)}
    if len(rows) < len(added):
        raise _OpenedMeanwhile(added.keys() - rows.keys())
    needs = [(rows[mark].id, need) for mark, new in added.items() for need in new.needs]
    await add_rows(tx.session, [JobNeedRow(job_id=job, fingerprint=need) for job, need in needs])
    return rows


def _values(tx: Tx, new: NewJob, sharing: _Sharing) -> dict[str, Any]:
    price = new.price
    return {
        "id": str(uuid4()),
        "kind": new.kind,
        "fingerprint": new.fingerprint,
        "base_fingerprint": new.base_fingerprint,
        "project_id": new.project_id,
        "segment_id": new.segment_id,
        "priority": new.priority,
        "stamp": sharing.stamp,
        "state": JobState.WAITING if new.needs else JobState.QUEUED,
        "payload": new.payload,
        "model": new.model,
        "run_after": tx.now,
        "is_standalone": sharing.is_standalone,
        "has_stand_in": sharing.has_stand_in,
        "stand_ins": list(sharing.stand_ins) or None,
        "price_low": price.low if price else None,
        "price_high": price.high if price else None,
        "price_known": bool(price and price.is_known),
        "price_currency": price.currency if price else None,
        "created_at": tx.now,
        "updated_at": tx.now,
    }
