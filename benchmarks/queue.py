"""The queue: how many jobs a second can be claimed, how long after a commit a waiting worker has
the job, and how many a second it takes when many are committed at once; on SQLite and on
PostgreSQL, without a broker and with one."""

import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from benchmarks.claimer import claiming_loop
from benchmarks.report import Row, load
from benchmarks.servers import asyncpg_address, missing, running
from benchmarks.studio import MODEL, Studio, fill, open_store
from video_foundry.bootstrap import open_signal, open_wake, running_context
from video_foundry.bootstrap import open_store as open_configured_store
from video_foundry.db.store import Store
from video_foundry.jobs import queue as jobs
from video_foundry.jobs.enqueue import NewJob, enqueue
from video_foundry.jobs.waiting import Room
from video_foundry.settings import Settings
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.rabbitmq import RabbitMQ

BACKLOGS = (10_000, 100_000)
BATCHES = (1, 10, 100)
CLAIMERS = (1, 4)
SECONDS = 2.0
"""How long claims are counted, each time."""
ROUNDS = 3
DELAYS = 60
"""Jobs whose way from commit to claim is timed."""
BURST = 2_000
"""Jobs that are committed at once for one worker loop to take."""
REST_SECONDS = (0.1, 1.3)
"""Between two of them: the worker has gone to sleep again."""
WAIT_SECONDS = 30.0
SLOWEST = 10.0
"""Jobs a second below which a burst is given up."""
START_SECONDS = 60.0


async def queue() -> list[Row]:
    """Claims a second, then delays."""
    rows = await _on_sqlite()
    if (reason := missing([Postgres])) is not None:
        return [*rows, Row(what="the queue on PostgreSQL", ours="left out", note=reason)]
    async with running(Postgres) as postgres:
        rows += await _on_postgres(postgres)
    return rows


async def _on_sqlite() -> list[Row]:
    measured = []
    for backlog in BACKLOGS:
        with tempfile.TemporaryDirectory() as folder:
            measured += await claims(f"sqlite+aiosqlite:///{folder}/jobs.sqlite3", backlog)
    rows = _claims_rows("SQLite", measured)
    alone = await _in_one_process()
    return [*rows, *(await _ways("SQLite", {}, {})), _delay_row("SQLite, one process", alone, None)]


async def _on_postgres(postgres: Postgres) -> list[Row]:
    measured = []
    for backlog in BACKLOGS:
        url = await asyncio.to_thread(postgres.make_database, f"backlog_{backlog}")
        measured += await claims(asyncpg_address(url), backlog)
        await asyncio.to_thread(postgres.drop_database, f"backlog_{backlog}")
    plain = {"DATABASE_URL": await asyncio.to_thread(postgres.make_database, "plain")}
    hinted = {"DATABASE_URL": await asyncio.to_thread(postgres.make_database, "hinted")}
    return [*_claims_rows("PostgreSQL", measured), *(await _ways("PostgreSQL", plain, hinted))]


# --- claims a second ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What claimers took in some time. backlog: jobs that waited. batch: of one claim. jobs: each
    as often as it was claimed."""

    backlog: int
    batch: int
    claimers: int
    jobs: list[str]
    claims: int
    seconds: float

    @property
    def rate(self) -> float:
        """Jobs a second."""
        return len(self.jobs) / self.seconds

    @property
    def duplicates(self) -> int:
        """Jobs that were given out twice."""
        return len(self.jobs) - len(set(self.jobs))


async def claims(url: str, backlog: int) -> list[list[Claimed]]:
    """ROUNDS for each size of a claim and number of claimers, in one filled database."""
    store = open_store(url)
    studio = Studio(projects=100, films_each=2, queued=backlog, in_flight=100, ended=2_000)
    try:
        await fill(store, studio)
        return [
            [await _claim_for_a_while(store, backlog, batch, claimers) for _ in range(ROUNDS)]
            for batch in BATCHES
            for claimers in CLAIMERS
        ]
    finally:
        await store.close()


async def _claim_for_a_while(store: Store, backlog: int, batch: int, claimers: int) -> Claimed:
    taken: list[str] = []
    count = 0
    begun = time.perf_counter()

    async def claim_on() -> None:
        nonlocal count
        owner = str(uuid4())
        while time.perf_counter() - begun < SECONDS:
            async with store.write() as tx:
                room = Room(places={MODEL: 1_000_000})
                found = await jobs.claim(tx, "generate", owner, batch, room=room)
                ids = [job.id for job in found]
            taken.extend(ids)
            count += 1

    await asyncio.gather(*(claim_on() for _ in range(claimers)))
    return Claimed(
        backlog=backlog,
        batch=batch,
        claimers=claimers,
        jobs=taken,
        claims=count,
        seconds=time.perf_counter() - begun,
    )


def _claims_rows(database: str, measured: Sequence[Sequence[Claimed]]) -> list[Row]:
    """Many claimers against one, and one with a long queue against one with a short one."""
    best = {
        (runs[0].backlog, runs[0].batch, runs[0].claimers): max(runs, key=lambda run: run.rate)
        for runs in measured
    }
    rows = []
    for runs in measured:
        mine = best[runs[0].backlog, runs[0].batch, runs[0].claimers]
        is_one = mine.claimers == CLAIMERS[0]
        base = best[BACKLOGS[0] if is_one else mine.backlog, mine.batch, CLAIMERS[0]]
        rows.append(_claims_row(database, runs, mine, None if base is mine else base))
    return rows


def _claims_row(database: str, runs: Sequence[Claimed], best: Claimed, base: Claimed | None) -> Row:
    twice = sum(run.duplicates for run in runs)
    return Row(
        what=f"{database}, {best.backlog:,} waiting: claims of {best.batch}, "
        f"{best.claimers} at once",
        ours=f"{best.rate:,.0f} jobs/s",
        theirs=f"{base.rate:,.0f} jobs/s, {base.backlog:,} waiting, {base.claimers} at once"
        if base is not None
        else "",
        ratio=best.rate / base.rate if base is not None else None,
        note=f"{best.claims / best.seconds:.0f} claims/s; {twice} of "
        f"{sum(len(run.jobs) for run in runs):,} given out twice; best of {ROUNDS}, {load()}",
    )


# --- from commit to claim ----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Way:
    """Jobs on their way to a worker loop in another process. delays: seconds, of one after the
    other. rate: of BURST committed at once, jobs a second from the commit to the last claim."""

    delays: list[float]
    rate: float


async def _ways(database: str, plain: Mapping[str, str], hinted: Mapping[str, str]) -> list[Row]:
    """Without a broker, and with one against that. plain, hinted: settings with a database each."""
    by_looking = await _way(plain)
    rows = _way_rows(f"{database}, no broker, two processes", by_looking, None)
    if (reason := missing([RabbitMQ])) is not None:
        return [*rows, Row(what=f"{database} with RabbitMQ", ours="left out", note=reason)]
    async with running(RabbitMQ) as rabbitmq:
        told = await _way({**hinted, "RABBITMQ_URL": rabbitmq.url})
    return [*rows, *_way_rows(f"{database} with RabbitMQ, two processes", told, by_looking)]


async def _way(settings: Mapping[str, str]) -> Way:
    """Committed here, claimed by a worker loop in another process."""
    with tempfile.TemporaryDirectory() as folder:
        named = {"VIDEO_FOUNDRY_DATA_DIR": folder, "VIDEO_FOUNDRY_LOG_LEVEL": "ERROR", **settings}
        async with AsyncExitStack() as stack:
            claimed = await stack.enter_async_context(_claimer(named))
            store = await stack.enter_async_context(_store(named))
            delays = [await _time_one(store, claimed) for _ in range(DELAYS)]
            return Way(delays=delays, rate=await _time_many(store, claimed))


async def _in_one_process() -> list[float]:
    """The delays where both are in this process, as in the embedded set-up."""
    claimed: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with running_context(_settings({"data_dir": folder})) as ctx:
            loop = claiming_loop(ctx, claimed.__setitem__)
            work = asyncio.create_task(loop.run())
            delays = [await _time_one(ctx.store, claimed) for _ in range(DELAYS)]
            loop.stop()
            await work
    return delays


async def _time_one(store: Store, claimed: Mapping[str, float]) -> float:
    """Seconds from the commit of a job until a worker has it. Raises TimeoutError."""
    await asyncio.sleep(random.uniform(*REST_SECONDS))
    (mark,), committed = await _commit(store, 1)
    await _until_claimed([mark], claimed, WAIT_SECONDS)
    return claimed[mark] - committed


async def _time_many(store: Store, claimed: Mapping[str, float]) -> float:
    """Jobs a second from the commit of BURST until a worker has had the last. Raises
    TimeoutError."""
    marks, committed = await _commit(store, BURST)
    await _until_claimed(marks, claimed, WAIT_SECONDS + BURST / SLOWEST)
    return BURST / (max(claimed[mark] for mark in marks) - committed)


async def _commit(store: Store, count: int) -> tuple[list[str], float]:
    """So many jobs in one transaction: their fingerprints, and when it was committed."""
    marks = [uuid4().hex * 2 for _ in range(count)]
    async with store.write() as tx:
        for mark in marks:
            payload: dict[str, Any] = {"request": {}}
            job = NewJob(kind="generate", fingerprint=mark, payload=payload, model="mock-ai")
            await enqueue(tx, job)
    return marks, time.time()


async def _until_claimed(
    marks: Sequence[str], claimed: Mapping[str, float], seconds: float
) -> None:
    async with asyncio.timeout(seconds):
        while not claimed.keys() >= set(marks):  # noqa: ASYNC110 - another process tells
            await asyncio.sleep(0.005)


@asynccontextmanager
async def _store(settings: Mapping[str, str]) -> AsyncIterator[Store]:
    """The database as a process with these settings opens it, hints to workers included."""
    chosen = _settings({_field(name): value for name, value in settings.items()})
    wake, live = open_wake(chosen), open_signal(chosen)
    store = open_configured_store(chosen, wake, live)
    try:
        yield store
    finally:
        await store.close()
        await wake.aclose()
        await live.aclose()


def _settings(values: Mapping[str, Any]) -> Settings:
    """Those alone, whatever this process's own environment says."""
    alone = {"_env_file": None, "database_url": None, "rabbitmq_url": None, "redis_url": None}
    return Settings(**{**alone, **values})


def _field(variable: str) -> str:
    return variable.removeprefix("VIDEO_FOUNDRY_").lower()


@asynccontextmanager
async def _claimer(settings: Mapping[str, str]) -> AsyncIterator[dict[str, float]]:
    """A worker loop in another process; what it has claimed, and when."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.claimer"),
        env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE,
    )
    claimed: dict[str, float] = {}
    assert child.stdout is not None
    out = child.stdout

    async def listen() -> None:
        while line := await out.readline():
            mark, moment = json.loads(line)
            claimed[mark] = moment

    try:
        async with asyncio.timeout(START_SECONDS):
            await out.readline()
        listening = asyncio.create_task(listen())
        yield claimed
        listening.cancel()
    finally:
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGKILL)
        await child.wait()


def _way_rows(where: str, way: Way, base: Way | None) -> list[Row]:
    return [
        _delay_row(where, way.delays, base.delays if base is not None else None),
        Row(
            what=f"{where}: {BURST:,} jobs committed at once, to the last claim",
            ours=f"{way.rate:,.0f} jobs/s",
            theirs=f"{base.rate:,.0f} jobs/s without a broker" if base is not None else "",
            ratio=way.rate / base.rate if base is not None else None,
            note=f"one worker loop, each job ended as it is claimed; {load()}",
        ),
    ]


def _delay_row(where: str, delays: Sequence[float], base: Sequence[float] | None) -> Row:
    milliseconds = _milliseconds(delays)
    p50, p95 = statistics.median(milliseconds), milliseconds[int(len(milliseconds) * 0.95)]
    before = statistics.median(_milliseconds(base)) if base is not None else None
    return Row(
        what=f"{where}: from commit to claim",
        ours=f"p50 {p50:.0f} ms, p95 {p95:.0f} ms",
        theirs=f"p50 {before:.0f} ms without a broker" if before is not None else "",
        ratio=p50 / before if before else None,
        note=f"{len(delays)} jobs, one by one; longest {milliseconds[-1]:.0f} ms; {load()}",
    )


def _milliseconds(delays: Sequence[float]) -> list[float]:
    """In order; two clocks of one machine may disagree by a little."""
    return sorted(max(0.0, delay) * 1000 for delay in delays)
