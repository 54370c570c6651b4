"""What a worker that holds many generations at once takes: memory, CPU, and how long it is until
all of them are at the provider. The worker is a process of its own, on real servers."""

import asyncio
import compileall
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import video_foundry
from benchmarks.programs import Load, load_of, program, stop
from benchmarks.report import Row, load
from benchmarks.servers import asyncpg_address, cluster, needing
from benchmarks.studio import Studio, open_store, write
from video_foundry.core.jobs import JobState
from video_foundry.db import stats
from video_foundry.db.migrate import prepare
from video_foundry.db.store import Store
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import Behaviour, running_ledger
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.rabbitmq import RabbitMQ
from video_foundry.testing.stack.redis import Redis

COUNTS = (100, 1_000, 3_000)
POLL_SECONDS = 5.0
"""How often each generation is asked about, as with a provider of clips that take minutes."""
SETTLE_SECONDS = 3.0
HELD_SECONDS = 20.0
"""How long the worker is watched once all is in flight."""
LONGEST_SECONDS = 900.0
AS_INSTALLED = {"PYTHONDONTWRITEBYTECODE": ""}
"""An installed package is compiled already; compiling as it starts would leave holes in memory."""


@dataclass(frozen=True, kw_only=True)
class Flight:
    """What one worker took. count: generations that it was to hold. seconds: from the commit of
    the jobs until all were at the provider. idle: before there was work; full: once all were in
    flight; held: HELD_SECONDS later. stop_seconds: from SIGTERM to its end."""

    count: int
    seconds: float
    idle: Load
    full: Load
    held: Load
    stop_seconds: float


async def fly(count: int, servers: Mapping[str, str], store: Store) -> Flight:
    """Have one worker hold `count` generations. Raises TimeoutError."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = make_clip(folder / "clip.mp4", ClipSpec(frames=12))
        with running_ledger(folder / "ledger.jsonl", clip, Behaviour(seconds=3_600)) as ledger:
            settings = {
                **servers,
                **AS_INSTALLED,
                "LEDGER_BASE_URL": ledger.url,
                "LEDGER_POLL_SECONDS": f"{POLL_SECONDS:g}",
                "LEDGER_SUBMIT_TIMEOUT": "60",
                "LEDGER_CONCURRENCY": "10000",
            }
            words = ("worker", "--generate", str(count), "--compose", "0", "--port", "0")
            async with program(*words, folder=folder, settings=settings) as worker:
                return await _watch(worker, store, count)


async def _watch(worker: asyncio.subprocess.Process, store: Store, count: int) -> Flight:
    await asyncio.sleep(SETTLE_SECONDS)
    idle = load_of(worker)
    seconds = await _until_all_fly(store, count)
    full = load_of(worker)
    await asyncio.sleep(HELD_SECONDS)
    held = load_of(worker)
    told = time.perf_counter()
    await stop(worker)
    stop_seconds = time.perf_counter() - told
    return Flight(
        count=count, seconds=seconds, idle=idle, full=full, held=held, stop_seconds=stop_seconds
    )


async def _until_all_fly(store: Store, count: int) -> float:
    """Write the jobs and wait until all of them are at the provider; seconds since the commit."""
    await write(store, Studio(projects=10, queued=count, in_flight=0, ended=0, doubtful=0))
    begun = time.perf_counter()
    async with asyncio.timeout(LONGEST_SECONDS):
        while await _at_provider(store) < count:  # noqa: ASYNC110 - told by another process
            await asyncio.sleep(0.25)
    return time.perf_counter() - begun


async def _at_provider(store: Store) -> int:
    async with store.read() as session:
        counts = await stats.count_jobs(session)
    return sum(n for _, state, n in counts if state == JobState.SUBMITTED)


@needing("generations in flight", Postgres, RabbitMQ, Redis, S3Server)
async def in_flight() -> list[Row]:
    """One worker with 100, 1,000 and 3,000 generations in flight, each with an empty database."""
    rows = []
    compileall.compile_dir(Path(video_foundry.__file__).parent, quiet=1)
    for count in COUNTS:
        async with cluster() as servers:
            store = open_store(asyncpg_address(servers["DATABASE_URL"]))
            try:
                await prepare(store)
                rows.append(_row(await fly(count, servers, store)))
            except TimeoutError:
                why = f"not all in flight within {LONGEST_SECONDS:g} s, {load()}"
                rows.append(Row(what=_what(count), ours="not reached", note=why))
            finally:
                await store.close()
    return rows


def _what(count: int) -> str:
    return f"one worker, {count:,} generations in flight"


def _row(flight: Flight) -> Row:
    each = (flight.held.rss - flight.idle.rss) / flight.count * 1024
    cpu = flight.full.cpu - flight.idle.cpu
    held = (flight.held.cpu - flight.full.cpu) / HELD_SECONDS
    return Row(
        what=_what(flight.count),
        ours=f"{flight.held.rss:.1f} MiB RSS, peak {flight.held.peak:.1f} MiB",
        theirs=f"{flight.idle.rss:.1f} MiB with no work",
        ratio=flight.held.rss / flight.idle.rss,
        note=f"{each:.1f} KiB each; all in flight {flight.seconds:.1f} s after the commit, for "
        f"{cpu:.1f} CPU s ({cpu / flight.count * 1000:.1f} ms each); held at {held:.0%} of a core "
        f"with a poll each {POLL_SECONDS:g} s; SIGTERM to its end {flight.stop_seconds:.1f} s; "
        f"{load()}",
    )
