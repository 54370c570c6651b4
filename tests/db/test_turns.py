"""Whose turn it is, on real rows of both databases: nobody starves, haste counts, a model without a
free slot holds nobody else up, and no number of workers ever uses more slots than there are."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import select
from tests.db.crowd import House, worker
from tests.db.databases import Database, SystemTime
from tests.db.desk import SLOTS, Desk, models_of
from tests.db.statements import statements
from tests.db.threads import Threads
from tests.recovery.gate import Gate
from tests.recovery.waits import short_waits
from tests.recovery.world import MovableClock, make_project, wait_until_settled, world

from video_foundry.core.fairness import WEIGHT, Priority
from video_foundry.core.jobs import JobState
from video_foundry.db.store import Store, Tx
from video_foundry.db.tables import JobRow
from video_foundry.jobs import queue
from video_foundry.jobs.enqueue import NewJob, enqueue_all
from video_foundry.jobs.waiting import Room
from video_foundry.services import renders

T = TypeVar("T")
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high")
MODELS = ("quick", "slow")
PROJECTS = ("a", "b", "c", "d")


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    """An empty queue."""
    made = Store(database.store_url, SystemTime(), pool_size=8, shared_clock=False)
    yield made
    await made.close()


async def write(store: Store, work: Callable[[Tx], Awaitable[T]]) -> T:
    """Do something in one transaction."""
    async with store.write() as tx:
        return await work(tx)


def job(
    project: str, number: int | str, *, model: str = MODELS[0], priority: Priority = "normal"
) -> NewJob:
    """A generation that nobody else has asked for."""
    return NewJob(
        kind="generate",
        fingerprint=f"{project} {model} {number}",
        payload={},
        project_id=project,
        model=model,
        priority=priority,
    )


async def ask(store: Store, *wanted: NewJob) -> list[JobRow]:
    """Enqueue these in one transaction."""

    async def enqueue(tx: Tx) -> list[JobRow]:
        return await enqueue_all(tx, wanted)

    return await write(store, enqueue)


async def take(
    store: Store,
    limit: int = 1,
    *,
    owner: str = "worker",
    halted: Sequence[str] = (),
    **places: int,
) -> Sequence[JobRow]:
    """Claim, where models have so much room, or none of whose accounts has money."""
    room = Room(places=places, halted=halted)
    return await write(store, lambda tx: queue.claim(tx, "generate", owner, limit, room=room))


def projects_of(rows: Sequence[JobRow]) -> list[str]:
    """Whose they are."""
    return [row.project_id or "" for row in rows]


@dataclass(kw_only=True)
class Waiting:
    """A job in the queue. allowed: the length of what may come before it (see core.fairness).
    passed: the lengths of what did, by project; of jobs of its own model alone."""

    project: str
    model: str
    length: float
    allowed: float
    passed: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def owed(self) -> list[str]:
        """Projects of which too much came before."""
        return [p for p, lengths in self.passed.items() if sum(lengths[1:]) > self.allowed]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_comes_before_a_job_is_bounded(seed: int, store: Store) -> None:
    """Whatever arrives, whichever model is full, whatever is queued again for later."""
    dice, number = Random(seed), 0
    waiting: dict[str, Waiting] = {}
    taken: list[JobRow] = []
    for _ in range(100):
        chance = dice.random()
        if chance < 0.55:
            project, model, priority = map(dice.choice, (PROJECTS, MODELS, PRIORITIES))
            count = dice.choice((1, 1, 1, 8))
            number += count
            names = range(number - count, number)
            wanted = [job(project, n, model=model, priority=priority) for n in names]  # type: ignore[arg-type]  # map() forgets which is which
            for row in await ask(store, *wanted):
                _begin_to_wait(waiting, row, priority)  # type: ignore[arg-type]  # see above
        elif chance < 0.9:
            rows = await take(store, dice.randint(1, 3), slow=dice.choice((0, 0, 1)))
            for row in sorted(rows, key=lambda row: row.stamp):
                _passes(waiting, row)
            taken += rows
        elif taken:
            await _queue_again(store, taken.pop(dice.randrange(len(taken))))
    assert [w for w in waiting.values() if w.owed()] == []
    assert len(waiting) < number


def _begin_to_wait(waiting: dict[str, Waiting], row: JobRow, priority: Priority) -> None:
    length = 1.0 / WEIGHT[priority]
    mine = [w for w in waiting.values() if (w.project, w.model) == (row.project_id, row.model)]
    waiting[row.id] = Waiting(
        project=row.project_id or "",
        model=row.model or "",
        length=length,
        allowed=sum(w.length for w in mine) + length,
    )


def _passes(waiting: dict[str, Waiting], row: JobRow) -> None:
    passing = waiting.pop(row.id, None)
    if passing is None:
        return  # it was taken before, and had been queued again
    for other in waiting.values():
        if other.project != passing.project and other.model == passing.model:
            other.passed[passing.project].append(passing.length)


async def _queue_again(store: Store, row: JobRow) -> None:
    """As after a 429."""
    later = store.now() + timedelta(seconds=60)
    await write(store, lambda tx: queue.move(tx, row, JobState.QUEUED, run_after=later))


async def test_one_job_does_not_wait_for_a_hundred(store: Store) -> None:
    await ask(store, *(job("a", n) for n in range(100)))
    await ask(store, job("b", 0))
    assert "b" in projects_of(await take(store, 3))


async def test_a_model_without_a_free_slot_does_not_let_newcomers_pass_by_elsewhere(
    store: Store,
) -> None:
    """What waits for it stands still at its early turn; the others' turns are their own."""
    await ask(store, *(job("a", n, model="slow") for n in range(5)))
    await ask(store, *(job("b", n) for n in range(60)))
    for _ in range(30):
        await take(store, slow=0)
    for newcomer in ("c", "d"):
        await ask(store, *(job(newcomer, n) for n in range(30)))
    counted = Counter(projects_of(await take(store, 9, slow=0)))
    assert [counted[p] for p in "bcd"] == pytest.approx([3, 3, 3], abs=1)


async def test_what_waits_for_money_is_passed_over_and_keeps_its_turn(store: Store) -> None:
    await ask(store, *(job("a", n, model="slow") for n in range(30)))
    await ask(store, *(job("b", n) for n in range(5)))
    asked = await ask(store, replace(job("c", 0, model="slow"), has_stand_in=True))
    halted = ["slow"]
    assert await _may_claim(store, halted)
    taken = await take(store, 10, halted=halted)
    assert sorted(projects_of(taken)) == ["b"] * 5 + ["c"], "another model may stand in for c's"
    assert [row.id for row in taken if row.project_id == "c"] == [asked[0].id]
    assert not await _may_claim(store, halted), "nobody takes the write lock for nothing"
    assert await take(store, 10, halted=halted) == []
    assert projects_of(await take(store, 50)) == ["a"] * 30, "as soon as there is money"


async def test_passing_over_takes_as_many_looks_however_many_wait(store: Store) -> None:
    """Statements are counted, and what each of them reads is bounded by an index and a limit."""
    counted = []
    for count in (3, 60):
        await ask(store, *(job("a", f"{count} {n}", model="slow") for n in range(count)))
        await ask(store, job("b", count))
        with statements(store) as sent:
            assert projects_of(await take(store, 5, halted=["slow"])) == ["b"]
        counted.append(len(sent))
    assert counted[0] == counted[1]


async def test_who_joins_with_a_model_to_fall_back_on_holds_it_up_no_longer(store: Store) -> None:
    wanted = job("a", 1, model="slow")
    await ask(store, wanted)
    assert await take(store, halted=["slow"]) == []
    (shared,) = await ask(store, replace(wanted, project_id="b", has_stand_in=True))
    assert [row.id for row in await take(store, halted=["slow"])] == [shared.id]


async def _may_claim(store: Store, halted: Sequence[str]) -> bool:
    async with store.read() as session:
        return await queue.any_claimable(session, "generate", store.now(), halted=halted)


async def test_one_project_that_waits_for_a_full_model_is_no_later_at_another(
    store: Store,
) -> None:
    await ask(store, *(job("a", n, model="slow") for n in range(50)))
    await ask(store, *(job("b", n) for n in range(50)))
    await ask(store, job("a", "quick one"))
    assert "a" in projects_of(await take(store, 3, slow=0))


async def test_a_model_that_nobody_asked_for_begins_at_the_turn_of_the_others(
    store: Store,
) -> None:
    await ask(store, *(job("a", n) for n in range(60)))
    await take(store, 30)
    await ask(store, *(job("b", n, model="slow") for n in range(30)))
    assert 2 <= projects_of(await take(store, 6)).count("a") <= 4


async def test_what_was_refused_and_waits_for_its_time_does_not_stop_the_clock(
    store: Store,
) -> None:
    (refused,) = await ask(store, job("a", "refused"))
    (refused,) = await take(store)
    await _queue_again(store, refused)
    await ask(store, *(job("b", n) for n in range(60)))
    await take(store, 30)
    await ask(store, *(job("c", n) for n in range(30)))
    counted = Counter(projects_of(await take(store, 8)))
    assert [counted[p] for p in "bc"] == pytest.approx([4, 4], abs=1)


async def test_who_shares_many_jobs_of_another_takes_as_many_turns(store: Store) -> None:
    """Two projects that ask for the same hundred things come before a third no more than twice as
    often as it."""
    await ask(store, *(job("a", n) for n in range(100)))
    shared = [job("a", n) for n in range(100)]
    await ask(store, *(NewJob(**{**vars(new), "project_id": "b"}) for new in shared))
    await ask(store, *(job("c", n) for n in range(10)))
    assert projects_of(await take(store, 12)).count("c") >= 3


async def test_more_haste_comes_first_and_less_still_comes(store: Store) -> None:
    for project, priority in zip(PROJECTS, PRIORITIES, strict=False):
        await ask(store, *(job(project, n, priority=priority) for n in range(40)))
    first = projects_of(await take(store, 2))  # whoever was there when nobody else was, is next
    assert PROJECTS[PRIORITIES.index("high")] in first
    counted = Counter(projects_of(await take(store, 42)))
    assert [counted[p] for p in PROJECTS[:3]] == pytest.approx([2, 8, 32], abs=1)


async def test_a_shared_job_takes_the_turn_of_whoever_is_in_more_of_a_hurry(store: Store) -> None:
    await ask(store, *(job("a", n, priority="low") for n in range(20)))
    wanted = job("a", 19)
    await ask(store, NewJob(**{**vars(wanted), "project_id": "b", "priority": "high"}))
    assert wanted.fingerprint in [row.fingerprint for row in await take(store, 2)]


async def test_workers_that_claim_at_once_share_the_queue_and_no_job(store: Store) -> None:
    await ask(store, *(job(PROJECTS[n % 4], n) for n in range(40)))
    claims = [take(store, 5, owner=f"worker {n}") for n in range(10)]
    rows = [row for rows in await asyncio.gather(*claims) for row in rows]
    assert len({row.id for row in rows}) == len(rows) <= 40
    async with store.read() as session:
        owners = (await session.execute(select(JobRow.lease_owner, JobRow.epoch))).all()
    assert sum(owner is not None for owner, _ in owners) == len(rows)
    assert all(epoch == (owner is not None) for owner, epoch in owners)
    # Those that another transaction was taking at that moment were passed over; not for long.
    rest = [row for _ in range(10) for row in await take(store, 5)]
    assert len(rows) + len(rest) == 40


def test_no_more_slots_are_used_than_a_model_has(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three workers, each with hands enough for everything, and twice as many jobs as slots."""
    for module, name, value in short_waits(
        lease_seconds=10.0, poll_seconds=0.1, backoff_seconds=0.05
    ):
        monkeypatch.setattr(module, name, value)
    desk = Desk(dice=Random(1), clips=tmp_path, is_kind=True, polls=20, together=SLOTS)
    house = House(database=database, data=tmp_path, desk=desk)
    render = asyncio.run(_begin(house, 2 * SLOTS))
    workers = Threads()
    for _ in range(3):
        workers.start(lambda: worker(house, "vf", house.stop, None))
    most = asyncio.run(_watch(database, render))
    house.stop.set()
    workers.join()
    assert desk.most_at_once == SLOTS
    assert most <= SLOTS
    assert desk.billed.total() == 2 * SLOTS


async def _begin(house: House, count: int) -> str:
    async with world(
        house.data, models_of(house.desk), Gate(), MovableClock(), house.database
    ) as ctx:
        shots = {f"shot {n}": {"model": "desk-key"} for n in range(count)}
        project = await make_project(ctx, shots)
        return (await renders.start_render(ctx, project)).row.id


async def _watch(database: Database, render: str) -> int:
    """The most slots that were ever seen in use, until the render is completed."""
    store, most = Store(database.store_url, SystemTime(), pool_size=1), 0
    ended = asyncio.ensure_future(wait_until_settled(database, render, 120.0))
    while not ended.done():
        async with store.read() as session:
            most = max(most, sum((await queue.slots_taken(session, "desk-key")).values()))
        await asyncio.sleep(0.02)
    await store.close()
    assert await ended == "completed"
    return most
