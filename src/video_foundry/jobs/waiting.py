"""Which queued jobs may be claimed now: in the order of their turns, past all that wait for a place
or for money, however many these are. Nothing is claimed or moved here."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.jobs import JobState
from video_foundry.db.tables import JobRow
from video_foundry.ports.wake import JobKind

LOOKAHEAD = 4
"""How many times more queued jobs are looked at than wanted, where some models have little room."""
QUEUED: ColumnElement[str] = literal_column(f"'{JobState.QUEUED}'")
"""Not as a parameter: only so do the databases see which index is the right one."""
HAS_STAND_IN: ColumnElement[bool] = literal_column("jobs.has_stand_in")
"""The same, as the condition of its index says it."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """What there is room for. places: model -> how many of its queued jobs may be claimed; models
    that are not named have room for all. halted: models of which nothing can be sent for want of
    money; only those of their jobs are claimed that another model may stand in for."""

    places: Mapping[str, int] = field(default_factory=dict)
    halted: Collection[str] = ()

    @property
    def is_narrow(self) -> bool:
        """Whether there are models whose jobs are to be passed over."""
        return bool(self.halted) or any(places <= 0 for places in self.places.values())

    def of(self, model: str | None, limit: int) -> int:
        """How many queued jobs of a model may be claimed, of `limit` at most."""
        return max(0, min(limit, self.places.get(model or "", limit)))


ALL = Room()


async def next_queued(
    session: AsyncSession, kind: JobKind, now: datetime, limit: int, room: Room
) -> list[str]:
    """Ids of the next `limit` queued jobs that there is room for; nobody else gets them before this
    transaction ends."""
    if not room.is_narrow:
        return await _first_of_all(session, kind, now, limit, room)
    found: list[tuple[float, datetime, str]] = []
    for model in await _models_waiting(session, kind):
        query = _of_model(kind, model, now, room, limit)
        if query is not None:
            locked = query.with_for_update(skip_locked=True)
            rows = await session.execute(locked)
            found += [(stamp, since, job_id) for stamp, since, job_id in rows]
    return [job_id for *_, job_id in sorted(found)[:limit]]


async def any_queued(session: AsyncSession, kind: JobKind, now: datetime, room: Room) -> bool:
    """Whether there may be any, without keeping it."""
    if not room.is_narrow:  # what has ended is never looked at, however much of it there is
        due = (JobRow.kind == kind, JobRow.run_after <= now, JobRow.state == QUEUED)
        return (await session.execute(select(JobRow.id).where(*due).limit(1))).first() is not None
    for model in await _models_waiting(session, kind):
        query = _of_model(kind, model, now, room, 1)
        if query is not None and (await session.execute(query)).first() is not None:
            return True
    return False


async def _first_of_all(
    session: AsyncSession, kind: JobKind, now: datetime, limit: int, room: Room
) -> list[str]:
    left = dict(room.places)
    queued = select(JobRow.id, JobRow.model).where(
        JobRow.kind == kind, JobRow.run_after <= now, JobRow.state == JobState.QUEUED
    )
    looked_at = (
        queued.order_by(JobRow.stamp, JobRow.created_at)
        .limit(limit * LOOKAHEAD if left else limit)
        .with_for_update(skip_locked=True)
    )
    chosen: list[str] = []
    for job_id, model in (await session.execute(looked_at)).all():
        if left.get(model or "", 1) <= 0:
            continue
        if model in left:
            left[model] -= 1
        chosen.append(job_id)
        if len(chosen) == limit:
            break
    return chosen


async def _models_waiting(session: AsyncSession, kind: JobKind) -> list[str | None]:
    """The models of queued jobs, and None for those without one: a step from each to the next in an
    index, however many jobs each has."""
    waits = (JobRow.kind == kind, JobRow.state == QUEUED)
    first = select(func.min(JobRow.model).label("model")).where(*waits)
    models = first.cte("models_waiting", recursive=True)
    after = select(func.min(JobRow.model)).where(*waits, JobRow.model > models.c.model)
    models = models.union_all(
        select(after.correlate(models).scalar_subquery()).where(models.c.model.is_not(None))
    )
    found = await session.scalars(select(models.c.model).where(models.c.model.is_not(None)))
    return [None, *found]


Turn = Select[float, datetime, str]


def _of_model(
    kind: JobKind, model: str | None, now: datetime, room: Room, limit: int
) -> Turn | None:
    """The next queued jobs of one model, as far as there is room."""
    is_halted = model in room.halted
    most = limit if is_halted else room.of(model, limit)
    if most == 0:
        return None
    query = select(JobRow.stamp, JobRow.created_at, JobRow.id).where(
        JobRow.kind == kind,
        JobRow.state == QUEUED,
        JobRow.model.is_(None) if model is None else JobRow.model == model,
        JobRow.run_after <= now,
    )
    if is_halted:
        query = query.where(HAS_STAND_IN)
    return query.order_by(JobRow.stamp, JobRow.created_at).limit(most)


def left_alone(now: datetime) -> ColumnElement[bool]:
    """That nobody works on a job, or that whoever did has let the lease run out."""
    return or_(JobRow.lease_owner.is_(None), JobRow.lease_until < now)
