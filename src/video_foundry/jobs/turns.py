"""Whose turn comes when: the stamps of jobs that join the queue, from a few looks at it. The rule
itself is in core.fairness."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.core.fairness import Priority, next_stamp
from video_foundry.core.jobs import JobState
from video_foundry.db.store import Line, Tx
from video_foundry.db.tables import JobRow
from video_foundry.ports.wake import JobKind


@dataclass(frozen=True, kw_only=True)
class Turns:
    """Turns to be given out. begins: of each line the clock, and its latest turn if it had one.
    taken: the latest turn that was given out in this transaction. The next job of a line comes
    after it, though the row may say another project: who shares a thousand jobs of somebody else
    takes a thousand turns."""

    begins: Mapping[Line, tuple[float, float | None]]
    taken: dict[Line, float]

    def next(self, line: Line, priority: Priority) -> float:
        """The turn that a job of this line would get."""
        latest = self.taken.get(line)
        clock, last = self.begins[line] if latest is None else (latest, latest)
        return next_stamp(clock, last, priority)

    def take(self, line: Line, priority: Priority) -> float:
        """The turn that it gets."""
        self.taken[line] = turn = self.next(line, priority)
        return turn


async def turns_for(tx: Tx, lines: Collection[Line]) -> Turns:
    """What it takes to give out turns in these lines: a few looks for each that is new."""
    taken = dict(tx.turns)
    new = [line for line in lines if line not in taken]
    return Turns(begins={line: await _begin(tx.session, line) for line in new}, taken=taken)


async def _begin(session: AsyncSession, line: Line) -> tuple[float, float | None]:
    """The clock and the latest turn of a line: a few looks at indexes, and nothing is counted.

    Models have clocks of their own: one whose slots are all taken stands still, and must not let
    newcomers to another one pass by those who wait there. What was claimed before and queued again
    tells no time either.
    """
    kind, project_id, model = line
    of_model = JobRow.model.is_(None) if model is None else JobRow.model == model
    waits = JobRow.state == _written(JobState.QUEUED)
    fresh = (JobRow.kind == kind, _narrow(session, of_model), waits, JobRow.epoch == 0)
    own = (JobRow.kind == kind, of_model, JobRow.project_id == project_id)
    found = await session.execute(
        select(
            select(func.min(JobRow.stamp)).where(*fresh).scalar_subquery(),
            select(func.max(JobRow.stamp)).where(*own).scalar_subquery(),
        )
    )
    first, last = found.one()
    return (first if first is not None else await _served(session, kind)), last


async def _served(session: AsyncSession, kind: JobKind) -> float:
    """The latest turn that has come, of any model: where one begins at which nobody waits."""
    looks = [
        select(func.max(JobRow.stamp)).where(JobRow.kind == kind, JobRow.state == _written(state))
        for state in sorted(SERVED)
    ]
    found = (await session.execute(select(*(look.scalar_subquery() for look in looks)))).one()
    return max((stamp for stamp in found if stamp is not None), default=0.0)


SERVED = frozenset(JobState) - {JobState.WAITING, JobState.QUEUED, JobState.CANCELLED}
"""States of jobs whose turn has come; the cancelled seldom saw theirs."""


def _narrow(session: AsyncSession, of_model: ColumnElement[bool]) -> ColumnElement[bool]:
    """Told that few jobs are of one model, SQLite takes the index that has the model in it. The
    other one that begins alike would lead it past all who wait for the rest."""
    if session.get_bind().dialect.name != "sqlite":
        return of_model
    told: ColumnElement[bool] = func.unlikely(of_model)
    return told


def _written(state: JobState) -> ColumnElement[str]:
    """A state not as a parameter: only so do the databases see which index is the right one."""
    return literal_column(f"'{state}'")
