"""The job machine on real rows, played by Hypothesis: several owners, any order of events, a clock
that moves. One open job a request, no write by a stale owner, only legal moves, and an end for all.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from tests.recovery.world import make_template

from video_foundry.core.jobs import MOVES, TERMINAL, JobState
from video_foundry.db.store import Store, Tx
from video_foundry.db.tables import JobRow
from video_foundry.jobs import queue
from video_foundry.jobs.queue import LeaseLost, NewJob

T = TypeVar("T")
OWNERS = ("anna", "ben", "cleo")
REQUESTS = ("a", "b")
START = datetime(2030, 1, 1, tzinfo=UTC)
AT_REST = (*TERMINAL, JobState.NEEDS_ATTENTION)
REST = timedelta(seconds=30)
"""How long a job waits that was given back to the queue."""


@dataclass(kw_only=True)
class StandingClock:
    """A clock that moves only when it is told to."""

    time: datetime = START

    def now(self) -> datetime:
        """The present moment of this play."""
        return self.time


@dataclass(frozen=True, kw_only=True)
class Holding:
    """What an owner believes to hold: the row as it was when it was last seen."""

    owner: str
    row: JobRow


class JobMachine(RuleBasedStateMachine):
    """What may happen to jobs, in any order."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.clock = StandingClock()
        self.store: Store | None = None
        self.held: list[Holding] = []
        self.seen: dict[str, str] = {}

    @initialize(owner=st.sampled_from(OWNERS))
    def open(self, owner: str) -> None:
        """A database with every request asked for, and somebody at work."""
        path = Path(self.folder.name) / "jobs.sqlite3"
        shutil.copy(self.template / "video-foundry.sqlite3", path)
        self.store = Store(f"sqlite+aiosqlite:///{path}", self.clock)
        for request in REQUESTS:
            self.ask(request)
        self.claim(owner, 2)

    def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do something in one transaction."""

        async def go() -> T:
            assert self.store is not None
            async with self.store.write() as tx:
                return await work(tx)

        return self.runner.run(go())

    def rows(self) -> dict[str, JobRow]:
        """All jobs as they stand."""

        async def look(tx: Tx) -> dict[str, JobRow]:
            return {row.id: row for row in await tx.session.scalars(select(JobRow))}

        return self.write(look)

    # --- what may happen -------------------------------------------------------------------------

    @rule(request=st.sampled_from(REQUESTS))
    def ask(self, request: str) -> None:
        """Somebody asks; the open job of the request is shared."""
        before = {r.id for r in self.rows().values() if r.fingerprint == request and is_open(r)}
        new = NewJob(kind="generate", fingerprint=request, payload={})
        job = self.write(lambda tx: queue.enqueue(tx, new))
        assert not before or before == {job.id}

    @rule(owner=st.sampled_from(OWNERS), limit=st.integers(1, 3))
    def claim(self, owner: str, limit: int) -> None:
        """An owner takes what is free."""
        before, now = self.rows(), self.clock.now()
        taken = self.write(lambda tx: queue.claim(tx, "generate", owner, limit))
        assert len(taken) <= limit
        for row in taken:
            old = before[row.id]
            assert is_free(old, now), "it was somebody's"
            assert row.epoch == old.epoch + 1
            self.held.append(Holding(owner=owner, row=row))

    @rule(owner=st.sampled_from(OWNERS))
    def take_over(self, owner: str) -> None:
        """Everybody was frozen for longer than a lease, and this owner wakes up first."""
        self.clock.time += queue.LEASE + timedelta(seconds=1)
        self.claim(owner, 3)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """An owner that believes to hold a job moves it on: only if it really does."""
        holding = data.draw(st.sampled_from(self.held))
        legal = sorted(MOVES[JobState(holding.row.state)] | {JobState(holding.row.state)})
        onward = [state for state in legal if state not in TERMINAL]  # ends come soon enough
        state = data.draw(st.sampled_from([*legal, *onward, *onward]))
        is_current = self._is_current(holding)
        rest = {"run_after": self.clock.now() + REST} if state == JobState.QUEUED else {}
        try:
            row = self.write(lambda tx: queue.move(tx, holding.row, state, **rest))
        except LeaseLost:
            assert not is_current, "a rightful owner was refused"
            self.held.remove(holding)
            return
        assert is_current, "a stale owner wrote"
        if data.draw(st.booleans()):  # else a second task of the same owner goes on as before
            self.held.remove(holding)
        if row.lease_owner is not None:
            self.held.append(Holding(owner=holding.owner, row=row))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def move_where_no_move_leads(self, data: st.DataObject) -> None:
        """A move that the machine does not know is refused, whoever asks."""
        holding = data.draw(st.sampled_from(self.held))
        here = JobState(holding.row.state)
        illegal = sorted(set(JobState) - MOVES[here] - {here})
        state = data.draw(st.sampled_from(illegal))
        with contextlib.suppress(ValueError):
            self.write(lambda tx: queue.move(tx, holding.row, state))
            raise AssertionError(f"{here} moved to {state}")

    @rule(owner=st.sampled_from(OWNERS))
    def renew(self, owner: str) -> None:
        """A heartbeat learns which jobs are really held."""
        mine = [h for h in self.held if h.owner == owner]
        rows = self.rows()
        held = self.write(lambda tx: queue.renew(tx, owner, [h.row.id for h in mine]))
        assert held == {h.row.id for h in mine if rows[h.row.id].lease_owner == owner}
        self.held = [h for h in self.held if h.owner != owner or h.row.id in held]

    @rule(owner=st.sampled_from(OWNERS), crashed=st.booleans())
    def release(self, owner: str, crashed: bool) -> None:
        """An owner ends in an orderly way, or its handler breaks: it gives back what it has."""
        mine = {h.row.id for h in self.held if h.owner == owner}
        others = {i: r for i, r in self.rows().items() if r.lease_owner not in (None, owner)}
        rest = 5.0 if crashed else 0.0
        self.write(
            partial(queue.release, owner=owner, ids=mine, rest_seconds=rest, crashed=crashed)
        )
        after = self.rows()
        assert all(after[i].lease_owner != owner for i in mine)
        assert all(after[i].lease_owner == r.lease_owner for i, r in others.items())
        self.held = [h for h in self.held if h.owner != owner]

    @rule(request=st.sampled_from(REQUESTS))
    def cancel(self, request: str) -> None:
        """Somebody wants a request no more."""
        for row in self.rows().values():
            if row.fingerprint == request and is_open(row):
                stands = self.write(partial(queue.ask_to_cancel, job=row))
                after = self.rows()[row.id]
                is_nobodys = row.state == JobState.QUEUED and row.lease_owner is None
                assert (stands == JobState.CANCELLED) == is_nobodys
                assert after.cancel_requested or after.state == JobState.CANCELLED

    @rule(seconds=st.integers(1, 40))
    def wait(self, seconds: int) -> None:
        """Time passes; leases run out."""
        self.clock.time += timedelta(seconds=seconds)

    # --- what always holds -----------------------------------------------------------------------

    @invariant()
    def the_rows_are_sound(self) -> None:
        """Looked at after every step, and a step is one move or one claim."""
        if self.store is None:
            return
        rows = self.rows()
        still_open = [r.fingerprint for r in rows.values() if is_open(r)]
        assert len(still_open) == len(set(still_open)), "a request has two open jobs"
        assert set(self.seen) <= set(rows), "a job has vanished"
        for row in rows.values():
            old = JobState(self.seen.get(row.id, JobState.QUEUED))
            assert row.state == old or JobState(row.state) in MOVES[old], (old, row.state)
            assert row.lease_owner is None or row.state not in AT_REST, "what rests has an owner"
            assert (row.state in TERMINAL) == (row.finished_at is not None)
        self.seen = {row.id: row.state for row in rows.values()}

    def teardown(self) -> None:
        """Whatever happened: with one worker and one person left, every job ends."""
        if self.store is not None:
            self._finish()
            self.runner.run(self.store.close())
        self.runner.close()
        self.folder.cleanup()

    def _finish(self) -> None:
        for _ in range(len(JobState)):
            self.clock.time += queue.LEASE + REST
            for row in self.write(lambda tx: queue.claim(tx, "generate", "last", 100)):
                self.write(partial(queue.move, job=row, state=JobState.FAILED))
            for row in self.rows().values():
                if row.state == JobState.NEEDS_ATTENTION:
                    self.write(partial(queue.move, job=row, state=JobState.FAILED))
        assert all(row.state in TERMINAL for row in self.rows().values())

    def _is_current(self, holding: Holding) -> bool:
        row = self.rows()[holding.row.id]
        return (row.lease_owner, row.epoch, row.state) == (
            holding.owner,
            holding.row.epoch,
            holding.row.state,
        )


def is_open(row: JobRow) -> bool:
    """Whether a job has not ended."""
    return row.state not in TERMINAL


def is_free(row: JobRow, now: datetime) -> bool:
    """Whether a worker may take this job."""
    nobodys = row.lease_owner is None or (row.lease_until is not None and row.lease_until < now)
    return row.state not in AT_REST and row.run_after <= now and nobodys


def test_the_job_machine_keeps_its_promises_in_any_order_of_events(tmp_path: Path) -> None:
    JobMachine.template = asyncio.run(make_template(tmp_path))
    run_state_machine_as_test(
        JobMachine,
        settings=settings(
            max_examples=35,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),  # each step is a transaction: shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
