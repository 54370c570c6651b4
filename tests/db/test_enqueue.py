"""Many jobs that are enqueued together fare as if they came one after the other; and whoever comes
at the same moment shares them. (That none starves is in test_turns.)"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, event, select
from tests.db.databases import Database, SystemTime

from video_foundry.core.fairness import Priority
from video_foundry.core.jobs import JobState
from video_foundry.core.money import Price
from video_foundry.db.store import Store
from video_foundry.db.tables import JobRow
from video_foundry.errors import TransactionConflict
from video_foundry.jobs import queue
from video_foundry.jobs.enqueue import NewJob, enqueue, enqueue_all

PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high")
MODELS = ("quick", "slow")
PATIENCE = 60.0


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    """An empty queue."""
    made = Store(database.store_url, SystemTime(), pool_size=8, shared_clock=False)
    yield made
    await made.close()


@pytest.fixture
async def hall(room: Database) -> AsyncIterator[Store]:
    """The queue in it."""
    made = Store(room.store_url, SystemTime(), pool_size=8, shared_clock=False)
    yield made
    await made.close()


def job(mark: str, **values: Any) -> NewJob:
    """A generation of this fingerprint."""
    known: dict[str, Any] = {"project_id": "a", "model": "quick", "payload": {}, **values}
    return NewJob(kind="generate", fingerprint=mark, **known)


async def rows(store: Store) -> dict[str, JobRow]:
    """Every job by its fingerprint; there is one of each."""
    async with store.read() as session:
        found = (await session.scalars(select(JobRow))).all()
    by_mark = {row.fingerprint: row for row in found}
    assert len(by_mark) == len(found)
    return by_mark


def drawn(dice: Random) -> list[NewJob]:
    """Some jobs of one project, some of them the same work."""
    project, numbers = dice.choice("abc"), [dice.randrange(12) for _ in range(dice.randint(1, 15))]
    return [
        job(
            f"mark {number}",
            project_id=project,
            model=MODELS[number % 2],
            priority=dice.choice(PRIORITIES),
            is_standalone=dice.random() < 0.2,
        )
        for number in numbers
    ]


async def begin(store: Store) -> None:
    """Somebody waits for each model, so that there is a clock; some jobs are under way."""
    async with store.write() as tx:
        await tx.session.execute(delete(JobRow))
    async with store.write() as tx:
        others = [job(f"other {m}", project_id="z", model=m) for m in MODELS]
        known = [job(f"mark {n}", project_id="c", model=MODELS[n % 2]) for n in range(4)]
        await enqueue_all(tx, [*others, *(replace(new, priority="low") for new in known)])
    async with store.write() as tx:
        await queue.claim(tx, "generate", "worker", 2)
        leased = select(JobRow).where(JobRow.lease_owner == "worker")
        await queue.ask_all_to_cancel(tx, (await tx.session.scalars(leased)).all())


async def state_after(store: Store, wanted: Sequence[NewJob], *, together: bool) -> Any:
    """What the rows say when these were enqueued."""
    await begin(store)
    async with store.write() as tx:
        if together:
            answered = await enqueue_all(tx, wanted)
        else:
            answered = [await enqueue(tx, new) for new in wanted]
        assert [row.fingerprint for row in answered] == [new.fingerprint for new in wanted]
    return {
        mark: (row.stamp, row.state, row.is_standalone, row.cancel_requested, row.project_id)
        for mark, row in (await rows(store)).items()
    }


@pytest.mark.parametrize("seed", range(8))
async def test_together_is_as_one_after_the_other(seed: int, store: Store) -> None:
    """The same turns, the same sharing, and who was to be cancelled is wanted again."""
    wanted = drawn(Random(seed))
    expected = await state_after(store, wanted, together=False)
    assert await state_after(store, wanted, together=True) == expected


async def test_what_is_answered_is_what_stands_in_the_rows(store: Store) -> None:
    async with store.write() as tx:
        await enqueue_all(tx, [job("one", priority="low")])
    async with store.write() as tx:
        hasty = job("one", project_id="b", priority="high", is_standalone=True)
        answered = await enqueue_all(tx, [hasty, job("two"), job("two", is_standalone=True)])
        assert tx.wakes == {"generate"}
    stored = await rows(store)
    for row in answered:
        now = stored[row.fingerprint]
        assert (row.id, row.stamp, row.is_standalone) == (now.id, now.stamp, now.is_standalone)
    assert [row.is_standalone for row in answered] == [True, True, True]


async def until_waiting(database: Database, count: int = 1) -> None:
    """Until so many transactions wait for others."""
    query = "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
    query += "AND datname = current_database()"
    async with asyncio.timeout(PATIENCE):
        while True:
            (row,) = await asyncio.to_thread(database.ask, query)
            if row["n"] >= count:
                return
            await asyncio.sleep(0.02)


async def ask(store: Store, *wanted: NewJob) -> list[JobRow]:
    """Enqueue these in a transaction of their own."""
    async with store.write() as tx:
        return await enqueue_all(tx, wanted)


async def test_two_that_enqueue_the_same_at_once_share_it(hall: Store, room: Database) -> None:
    """Each names some that the other does not, in another order."""
    async with hall.write() as tx:
        mine = await enqueue_all(tx, [job(mark) for mark in ("b", "d", "a")])
        other = asyncio.ensure_future(ask(hall, *(job(m, project_id="b") for m in "dcba")))
        await until_waiting(room)
    shared = {row.fingerprint: row.id for row in await other}
    assert {row.fingerprint: row.id for row in mine}.items() <= shared.items()
    assert shared.keys() == (await rows(hall)).keys() == set("abcd")


async def test_many_that_enqueue_at_once_never_wait_for_each_other_in_a_circle(
    hall: Store, room: Database
) -> None:
    dice = Random(1)
    marks = [f"mark {n}" for n in range(30)]
    crowd = [
        ask(hall, *(job(m, project_id=f"p{n}") for m in dice.sample(marks, 20))) for n in range(24)
    ]
    answered = await asyncio.gather(*crowd)
    found = await rows(hall)
    assert all(row.id == found[row.fingerprint].id for some in answered for row in some)
    await asyncio.sleep(1.1)  # the server tells once a second
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert (await asyncio.to_thread(room.ask, query))[0]["deadlocks"] == 0


async def test_what_was_opened_and_ended_meanwhile_is_not_opened_again_unseen(
    hall: Store, room: Database
) -> None:
    """It may have been paid for: whoever asks must look at the memory again."""

    def end(*_: Any) -> None:  # as soon as they have stepped back, in order to look again
        with ThreadPoolExecutor(1) as other:
            query = "UPDATE jobs SET state = 'succeeded' WHERE fingerprint = $1 RETURNING id"
            other.submit(room.ask, query, "wanted").result()

    async with hall.write() as tx:
        await enqueue_all(tx, [job("wanted", project_id="b")])
        asking = asyncio.ensure_future(ask(hall, job("another"), job("wanted")))
        await until_waiting(room)
        event.listen(hall.engine.sync_engine, "rollback_savepoint", end)
    with pytest.raises(TransactionConflict):
        await asking
    found = await rows(hall)
    assert {mark: row.state for mark, row in found.items()} == {"wanted": JobState.SUCCEEDED}


async def test_the_turn_of_an_idle_model_is_found_without_passing_those_who_wait(
    embedded: Database,
) -> None:
    """SQLite would look through all that is queued for other models, if it were not told."""
    store = Store(embedded.store_url, SystemTime(), shared_clock=False)
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, *_: Any) -> None:
        sent.append((sql, parameters))

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    async with store.write() as tx:
        await enqueue_all(tx, [job("one", model="idle"), replace(job("two"), model=None)])
        looks = [(sql, values) for sql, values in sent if "min(jobs.stamp)" in sql]
        connection = await tx.session.connection()
        for sql, values in looks:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            steps = [row.detail for row in plan]
            assert "SEARCH jobs USING INDEX ix_jobs_turn (kind=? AND model=?)" in steps
    await store.close()
    assert len(looks) == 2


@pytest.mark.parametrize(
    ("amount", "said"),
    [("0.40", "0.4"), ("0.4", "0.4"), ("100", "100"), ("0.00", "0"), ("0.00000001", "1E-8")],
)
async def test_an_amount_reads_the_same_whatever_keeps_it(
    amount: str, said: str, store: Store
) -> None:
    price = Price(low=Decimal(0), high=Decimal(amount))
    async with store.write() as tx:
        await enqueue_all(tx, [job("one", price=price)])
    assert str((await rows(store))["one"].price_high) == said
