"""Whole films on a cluster: many segments with one, two and four workers on PostgreSQL, RabbitMQ,
Redis and S3, against the embedded set-up and against one worker in the same run.

The clips are made by the stand-in provider in no time, are one second of 160x90, and are twenty
different files whatever the film's length: what is measured is the queue, not FFmpeg.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from benchmarks.programs import load_of, program
from benchmarks.report import Row, load
from benchmarks.server import free_port, until_ready
from benchmarks.servers import asyncpg_address, missing
from benchmarks.servers import cluster as servers
from benchmarks.studio import Studio, id_of, open_store, write
from video_foundry.db.migrate import prepare
from video_foundry.db.renders import RENDER_ENDED, render_by_id
from video_foundry.db.store import Store
from video_foundry.db.tables import ProjectRow, SegmentRow
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import Behaviour, RunningLedger, running_ledger
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.rabbitmq import RabbitMQ
from video_foundry.testing.stack.redis import Redis

SIZES = (20, 100, 1_000)
WORKERS = (1, 2, 4)
GENERATE, COMPOSE = 64, 1
"""What each worker does at once."""
LONGEST_SECONDS = 900.0
FILES = 20


@dataclass(frozen=True, kw_only=True)
class Film:
    """One render. accept: seconds of the request that starts it. seconds: from its answer to the
    finished film, None when LONGEST_SECONDS were not enough. cpu: seconds of our processes."""

    accept: float
    seconds: float | None
    cpu: float


async def cluster() -> list[Row]:
    """Every size with every number of workers."""
    rows = []
    for size in SIZES:
        embedded = await _embedded(size)
        rows.append(_row(f"{size:,} segments, embedded (SQLite, one process)", size, embedded, {}))
        bases = {"embedded": embedded}
        for count in WORKERS:
            reason = missing([Postgres, RabbitMQ, Redis, S3Server])
            what = f"{size:,} segments, {_workers(count)} on the cluster"
            if reason is not None:
                rows.append(Row(what=what, ours="left out", note=reason))
                continue
            film = await _clustered(size, count)
            rows.append(_row(what, size, film, bases))
            bases.setdefault(_workers(WORKERS[0]), film)
    return rows


def _workers(count: int) -> str:
    return f"{count} worker{'s' if count > 1 else ''}"


def _row(what: str, size: int, film: Film, bases: Mapping[str, Film]) -> Row:
    """bases: what it is compared with, by name; the ratio is that to the last."""
    note = f"accepted in {film.accept:.2f} s; {film.cpu:.1f} CPU s of ours; {load()}"
    if film.seconds is None:
        return Row(what=what, ours=f"not finished after {LONGEST_SECONDS:g} s", note=note)
    compared = {name: base.seconds for name, base in bases.items() if base.seconds is not None}
    return Row(
        what=what,
        ours=f"{film.seconds:.1f} s, {size / film.seconds:.1f} segments/s",
        theirs=", ".join(f"{seconds:.1f} s {name}" for name, seconds in compared.items()),
        ratio=film.seconds / list(compared.values())[-1] if compared else None,
        note=note,
    )


async def _embedded(size: int) -> Film:
    """Everything in one process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _provider(folder) as ledger:
            store = open_store(f"sqlite+aiosqlite:///{folder}/api/data/video-foundry.sqlite3")
            try:
                await _write_film(store, size)
                async with _serving(folder, _settings({}, ledger), "serve") as (api, client):
                    return await _render(client, store, [api])
            finally:
                await store.close()


async def _clustered(size: int, count: int) -> Film:
    """An API process and so many workers, on servers of their own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with servers() as addresses, AsyncExitStack() as stack:
            ledger = stack.enter_context(_provider(folder))
            settings = _settings(addresses, ledger)
            store = open_store(asyncpg_address(addresses["DATABASE_URL"]))
            stack.push_async_callback(store.close)
            await _write_film(store, size)
            words = ("worker", "--generate", str(GENERATE), "--compose", str(COMPOSE))
            processes = [
                await stack.enter_async_context(
                    program(*words, "--port", "0", folder=folder / f"{n}", settings=settings)
                )
                for n in range(count)
            ]
            serve = ("serve", "--no-workers")
            api, client = await stack.enter_async_context(_serving(folder, settings, *serve))
            return await _render(client, store, [api, *processes])


def _provider(folder: Path) -> AbstractContextManager[RunningLedger]:
    clip = make_clip(folder / "clip.mp4", ClipSpec(frames=24))
    return running_ledger(folder / "ledger.jsonl", clip, Behaviour(seconds=0.05, clips=FILES))


def _settings(addresses: Mapping[str, str], ledger: RunningLedger) -> dict[str, str]:
    return {
        **addresses,
        "LEDGER_BASE_URL": ledger.url,
        "VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS": "127.0.0.1",
        "LEDGER_POLL_SECONDS": "0.5",
        "LEDGER_SUBMIT_TIMEOUT": "60",
        "LEDGER_CONCURRENCY": "1000",
        "VIDEO_FOUNDRY_GENERATE_CONCURRENCY": str(GENERATE),
        "VIDEO_FOUNDRY_COMPOSE_CONCURRENCY": str(COMPOSE),
    }


async def _write_film(store: Store, size: int) -> None:
    """A project with so many segments, none of which was ever made."""
    await prepare(store)
    studio = Studio(projects=1, queued=size - 1, in_flight=0, ended=0, doubtful=0)
    await write(store, studio, only=(ProjectRow, SegmentRow))


@asynccontextmanager
async def _serving(
    folder: Path, settings: Mapping[str, str], *words: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx2.AsyncClient]]:
    """The API as a process, and a client that talks to it."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with (
        program(*words, "--port", str(port), folder=folder / "api", settings=settings) as api,
        httpx2.AsyncClient(base_url=address, timeout=LONGEST_SECONDS) as client,
    ):
        await until_ready(client, "/healthz")
        yield api, client


async def _render(
    client: httpx2.AsyncClient, store: Store, processes: Sequence[asyncio.subprocess.Process]
) -> Film:
    """Render the one project. Raises RuntimeError when the film fails."""
    before = sum(load_of(p).cpu for p in processes)
    asked = time.perf_counter()
    answer = await client.post(f"/api/projects/{id_of('project', 0)}/render")
    answer.raise_for_status()
    accepted = time.perf_counter()
    finished = await _until_finished(store, answer.json()["id"])
    return Film(
        accept=accepted - asked,
        seconds=time.perf_counter() - accepted if finished else None,
        cpu=sum(load_of(p).cpu for p in processes) - before,
    )


async def _until_finished(store: Store, render_id: str) -> bool:
    """Look at the row itself: asking the API would be work for what is measured."""
    until = time.perf_counter() + LONGEST_SECONDS
    while time.perf_counter() < until:
        async with store.read() as session:
            render = await render_by_id(session, render_id)
        assert render is not None
        if render.status == "completed":
            return True
        if render.status in RENDER_ENDED:
            raise RuntimeError(f"the film ended as {render.status}: {render.error_message}")
        await asyncio.sleep(0.2)
    return False
