"""The job machine on real rows of both databases, played by Hypothesis: several owners, any order
of events, a clock that moves. One open job a request, no write by a stale owner, only legal moves,
turns in order, ids of the provider that are never lost, and an end for all.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, TypeVar

import pytest
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
from tests.db.databases import Database, PostgresDatabases, fresh_copy

from video_foundry.core.fairness import Priority
from video_foundry.core.jobs import MOVES, TERMINAL, JobState
from video_foundry.db.store import Store, Tx
from video_foundry.db.tables import JobRow
from video_foundry.jobs import queue
from video_foundry.jobs.enqueue import NewJob, enqueue
from video_foundry.jobs.queue import LeaseLost
from video_foundry.jobs.waiting import Room

T = TypeVar("T")
OWNERS = ("anna", "ben", "cleo")
REQUESTS = ("a", "b", "c")
PROJECTS = ("film", "clip")
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high")
MODEL = "the model"
DOUBTFUL = (JobState.SUBMITTING, JobState.UNKNOWN, JobState.NEEDS_ATTENTION)
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

    room: ClassVar[Callable[[], AbstractContextManager[Database]]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.rooms = contextlib.ExitStack()
        self.clock = StandingClock()
        self.store: Store | None = None
        self.held: list[Holding] = []
        self.seen: dict[str, JobRow] = {}
        self.sent = 0

    @initialize(owner=st.sampled_from(OWNERS))
    def open(self, owner: str) -> None:
        """A database with every request asked for, and somebody at work."""
        database = self.rooms.enter_context(type(self).room())
        self.store = Store(database.store_url, self.clock, pool_size=1, shared_clock=False)
        for request in REQUESTS:
            self.ask(request, PROJECTS[0], "normal", is_standalone=False)
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

    @rule(
        request=st.sampled_from(REQUESTS),
        project=st.sampled_from(PROJECTS),
        priority=st.sampled_from(PRIORITIES),
        is_standalone=st.booleans(),
        has_stand_in=st.booleans(),
    )
    def ask(
        self,
        request: str,
        project: str,
        priority: Priority,
        is_standalone: bool,
        has_stand_in: bool = False,
    ) -> None:
        """Somebody asks; the open job of the request is shared, and is wanted whatever was said
        before. A new one comes after those of its project, and after whoever's turn it is."""
        rows = self.rows().values()
        before = {r.id: r for r in rows if r.fingerprint == request and is_open(r)}
        new = NewJob(
            kind="generate",
            fingerprint=request,
            payload={},
            project_id=project,
            model=MODEL,
            priority=priority,
            is_standalone=is_standalone,
            has_stand_in=has_stand_in,
        )
        job = self.write(lambda tx: enqueue(tx, new))
        now = self.rows()[job.id]
        if before:
            old = before[job.id]
            assert now.stamp <= old.stamp, "sharing made it wait longer"
            assert now.is_standalone == (old.is_standalone or is_standalone)
            assert now.has_stand_in == (old.has_stand_in or has_stand_in)
            assert not now.cancel_requested
            return
        waiting = [r.stamp for r in rows if r.state == JobState.QUEUED and r.epoch == 0]
        own = [r.stamp for r in rows if r.project_id == project]
        assert now.stamp > max([min(waiting, default=0.0), *own])

    @rule(
        owner=st.sampled_from(OWNERS),
        limit=st.integers(1, 3),
        room=st.none() | st.integers(0, 2) | st.just("halted"),
    )
    def claim(self, owner: str, limit: int, room: int | str | None = None) -> None:
        """An owner takes what is free: what others left behind, then whose turn it is, and no more
        of the queued than the model has room for; of one without money only what another model may
        stand in for."""
        before, now = self.rows(), self.clock.now()
        places = {MODEL: room} if isinstance(room, int) else {}
        rooms = Room(places=places, halted=[MODEL] if room == "halted" else [])
        taken = self.write(
            partial(queue.claim, kind="generate", owner=owner, limit=limit, room=rooms)
        )
        assert {row.id for row in taken} == set(expected(before.values(), now, owner, limit, room))
        for row in taken:
            old = before[row.id]
            assert is_free(old, now, owner), "it was somebody's"
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
        values = self._what_goes_with(state, holding.row)
        try:
            row = self.write(lambda tx: queue.move(tx, holding.row, state, **values))
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

    def _what_goes_with(self, state: JobState, row: JobRow) -> dict[str, Any]:
        """What a worker writes down with a move."""
        if state == JobState.QUEUED:
            again = self.clock.now() + REST
            return {"run_after": again, "submit_key": None, "provider_job_id": None}
        if state == JobState.SUBMITTING and row.submit_key is None:
            self.sent += 1
            return {"submit_key": f"key {self.sent}"}
        if state == JobState.SUBMITTED and row.provider_job_id is None:
            return {"provider_job_id": f"id of {row.submit_key}"}
        return {}

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), is_right=st.booleans())
    def tell(self, data: st.DataObject, is_right: bool) -> None:
        """Somebody who sent it, and had lost it by then, says what the provider answered: believed
        where there is doubt about this very key, and where nobody is at work on it."""
        sent = [row for row in self.rows().values() if row.submit_key is not None]
        if not sent:
            return
        row = data.draw(st.sampled_from(sent))
        key = row.submit_key if is_right else "another key"
        is_nobodys = row.lease_owner is None or is_expired(row, self.clock.now())
        is_wanted = row.state in DOUBTFUL and row.provider_job_id is None
        told = self.write(
            partial(
                queue.adopt,
                job_id=row.id,
                submit_key=key or "",
                provider_job_id=f"id of {key}",
                deadline=self.clock.now() + REST,
            )
        )
        assert (told is not None) == (is_right and is_nobodys and is_wanted)
        if told is not None:
            found = (told.state, told.provider_job_id, told.lease_owner, told.epoch)
            assert found == (JobState.SUBMITTED, f"id of {key}", None, row.epoch + 1)

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
            last = self.seen.get(row.id)
            old = JobState(last.state if last else JobState.QUEUED)
            assert row.state == old or JobState(row.state) in MOVES[old], (old, row.state)
            if last is not None and last.provider_job_id is not None:
                known = (last.provider_job_id, None)[row.state == JobState.QUEUED]
                assert row.provider_job_id == known, "an id of the provider was lost"
            assert row.lease_owner is None or row.state not in AT_REST, "what rests has an owner"
            assert (row.state in TERMINAL) == (row.finished_at is not None)
        self.seen = rows

    def teardown(self) -> None:
        """Whatever happened: with one worker and one person left, every job ends."""
        if self.store is not None:
            self._finish()
            self.runner.run(self.store.close())
        self.runner.close()
        self.rooms.close()

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


def is_expired(row: JobRow, now: datetime) -> bool:
    """Whether a lease has run out."""
    return row.lease_until is not None and row.lease_until < now


def is_free(row: JobRow, now: datetime, owner: str) -> bool:
    """Whether a worker may take this job; it never takes what is its own."""
    is_nobodys = row.lease_owner is None or (is_expired(row, now) and row.lease_owner != owner)
    return row.state not in AT_REST and row.run_after <= now and is_nobodys


def expected(
    rows: Iterable[JobRow], now: datetime, owner: str, limit: int, room: int | str | None
) -> list[str]:
    """The ids that a claim must take."""
    mine = [row for row in rows if is_free(row, now, owner)]
    free = sorted(mine, key=lambda r: (r.stamp, r.created_at))
    left = [row.id for row in free if row.state != JobState.QUEUED]
    queued = [row for row in free if row.state == JobState.QUEUED]
    if room == "halted":
        queued = [row for row in queued if row.has_stand_in]
    ids = [row.id for row in queued]
    return (left + (ids[:room] if isinstance(room, int) else ids))[:limit]


IS_LONG = "VIDEO_FOUNDRY_CHAOS_SECONDS" in os.environ
EXAMPLES = {"sqlite": 35, "postgresql": 150 if IS_LONG else 8}


def test_the_job_machine_keeps_its_promises_in_any_order_of_events(
    kind_of_database: str, empty_file: Path, request: pytest.FixtureRequest
) -> None:
    JobMachine.room = staticmethod(_rooms(kind_of_database, empty_file, request))
    run_state_machine_as_test(
        JobMachine,
        settings=settings(
            max_examples=EXAMPLES[kind_of_database],
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            phases=(Phase.generate,),  # each step is a transaction: shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )


def _rooms(
    kind: str, empty_file: Path, request: pytest.FixtureRequest
) -> Callable[[], AbstractContextManager[Database]]:
    """Databases of one kind, for an example each."""

    @contextmanager
    def file() -> Iterator[Database]:
        with TemporaryDirectory() as folder:
            yield fresh_copy(empty_file, Path(folder) / "data")

    if kind == "sqlite":
        return file
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    return databases.fresh
