"""The queue: how many jobs a second can be claimed, and how long after a commit a waiting worker
has the job; on SQLite and on PostgreSQL, without a broker and with one."""

import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
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
REST_SECONDS = (0.1, 1.3)
"""Between two of them: the worker has gone to sleep again."""
WAIT_SECONDS = 30.0
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
    rows = []
    for backlog in BACKLOGS:
        with tempfile.TemporaryDirectory() as folder:
            rows += await claims(f"sqlite+aiosqlite:///{folder}/jobs.sqlite3", "SQLite", backlog)
    rows.append(await _delay_in_one_process())
    rows.append(await _delay("SQLite", {}))
    return [*rows, await _with_broker("SQLite", {})]


async def _on_postgres(postgres: Postgres) -> list[Row]:
    rows = []
    for backlog in BACKLOGS:
        url = await asyncio.to_thread(postgres.make_database, f"backlog_{backlog}")
        rows += await claims(asyncpg_address(url), "PostgreSQL", backlog)
        await asyncio.to_thread(postgres.drop_database, f"backlog_{backlog}")
    plain = {"DATABASE_URL": await asyncio.to_thread(postgres.make_database, "plain")}
    rows.append(await _delay("PostgreSQL", plain))
    hinted = {"DATABASE_URL": await asyncio.to_thread(postgres.make_database, "hinted")}
    return [*rows, await _with_broker("PostgreSQL", hinted)]


# --- claims a second ---------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """What claimers took in some time. jobs: each as often as it was claimed."""

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


async def claims(url: str, database: str, backlog: int) -> list[Row]:
    """Rows for each size of a claim and number of claimers, in one filled database."""
    store = open_store(url)
    rows = []
    try:
        await fill(
            store, Studio(projects=100, films_each=2, queued=backlog, in_flight=100, ended=2_000)
        )
        for batch in BATCHES:
            for claimers in CLAIMERS:
                runs = [await _claim_for_a_while(store, batch, claimers) for _ in range(ROUNDS)]
                rows.append(_claims_row(database, backlog, batch, claimers, runs))
    finally:
        await store.close()
    return rows


async def _claim_for_a_while(store: Store, batch: int, claimers: int) -> Claimed:
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
    return Claimed(jobs=taken, claims=count, seconds=time.perf_counter() - begun)


def _claims_row(database: str, backlog: int, batch: int, claimers: int, runs: list[Claimed]) -> Row:
    best = max(runs, key=lambda run: run.rate)
    twice = sum(run.duplicates for run in runs)
    return Row(
        what=f"{database}, {backlog:,} waiting: claims of {batch}, {claimers} at once",
        ours=f"{best.rate:,.0f} jobs/s",
        note=f"{best.claims / best.seconds:.0f} claims/s; {twice} of "
        f"{sum(len(run.jobs) for run in runs):,} given out twice; best of {ROUNDS}, {load()}",
    )


# --- from commit to claim ----------------------------------------------------------------------


async def _with_broker(database: str, settings: Mapping[str, str]) -> Row:
    if (reason := missing([RabbitMQ])) is not None:
        what = f"{database} with RabbitMQ: from commit to claim"
        return Row(what=what, ours="left out", note=reason)
    async with running(RabbitMQ) as rabbitmq:
        return await _delay(database, {**settings, "RABBITMQ_URL": rabbitmq.url})


async def _delay(database: str, settings: Mapping[str, str]) -> Row:
    """Committed here, claimed by a worker loop in another process."""
    with tempfile.TemporaryDirectory() as folder:
        named = {"VIDEO_FOUNDRY_DATA_DIR": folder, "VIDEO_FOUNDRY_LOG_LEVEL": "ERROR", **settings}
        async with AsyncExitStack() as stack:
            claimed = await stack.enter_async_context(_claimer(named))
            store = await stack.enter_async_context(_store(named))
            delays = [await _time_one(store, claimed) for _ in range(DELAYS)]
    hinted = " with RabbitMQ" if "RABBITMQ_URL" in settings else ", no broker"
    return _delay_row(f"{database}{hinted}, two processes", delays)


async def _delay_in_one_process() -> Row:
    """Both in this process, as in the embedded set-up."""
    claimed: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with running_context(_settings({"data_dir": folder})) as ctx:
            loop = claiming_loop(ctx, claimed.__setitem__)
            work = asyncio.create_task(loop.run())
            delays = [await _time_one(ctx.store, claimed) for _ in range(DELAYS)]
            loop.stop()
            await work
    return _delay_row("SQLite, one process", delays)


async def _time_one(store: Store, claimed: Mapping[str, float]) -> float:
    """Seconds from the commit of a job until a worker has it. Raises TimeoutError."""
    await asyncio.sleep(random.uniform(*REST_SECONDS))
    mark = uuid4().hex * 2
    new = NewJob(kind="generate", fingerprint=mark, payload={"request": {}}, model="mock-ai")
    async with store.write() as tx:
        await enqueue(tx, new)
    committed = time.time()
    async with asyncio.timeout(WAIT_SECONDS):
        while mark not in claimed:  # noqa: ASYNC110 - another process tells, through a pipe
            await asyncio.sleep(0.005)
    return claimed[mark] - committed


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


def _delay_row(where: str, delays: list[float]) -> Row:
    milliseconds = sorted(max(0.0, d) * 1000 for d in delays)
    p95 = milliseconds[int(len(milliseconds) * 0.95)]
    return Row(
        what=f"{where}: from commit to claim",
        ours=f"p50 {statistics.median(milliseconds):.0f} ms, p95 {p95:.0f} ms",
        note=f"{len(delays)} jobs, one by one; longest {milliseconds[-1]:.0f} ms; {load()}",
    )
