"""PostgreSQL goes away in the middle of everything, and comes back: nobody has to be restarted,
nothing is paid twice, and what was being done is finished."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import func, literal, select
from structlog.testing import capture_logs
from tests.api.studio import SMALL, Studio, shot
from tests.db.databases import Database, PostgresDatabases, SystemTime
from tests.recovery import checker
from tests.recovery.gate import Gate
from tests.recovery.world import (
    Models,
    MovableClock,
    insist_on_render,
    make_project,
    wait_until_settled,
    workers,
    world,
)
from tests.sampling import turn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from video_foundry.db import store as stores
from video_foundry.db.migrate import MIGRATION_LOCK, prepare
from video_foundry.db.store import Store
from video_foundry.db.tables import ProjectRow
from video_foundry.errors import PartUnavailable
from video_foundry.testing.ledger import KINDS, Entry, RunningLedger
from video_foundry.testing.server import serving
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.proxy import Fault, Proxy

AWAY_SECONDS = 4.0
"""Longer than a lease."""
PATIENCE = 120.0
SHORT_SECONDS = 1.0
"""How long an answer is waited for, instead of forty."""
POOL = 4


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresDatabases]:
    """A server of our own, to be killed."""
    try:
        Postgres.require()
    except NotInstalled as missing:
        pytest.skip(str(missing))
    with Postgres.running(tmp_path_factory.mktemp("mortal") / "server") as server:
        yield PostgresDatabases(server)


@dataclass(frozen=True, kw_only=True)
class Room:
    """A database on that server, and a line to it that can be cut: `far` is its other end."""

    databases: PostgresDatabases
    near: Database
    far: Database
    line: Proxy

    @property
    def server(self) -> Postgres:
        """To be killed."""
        return self.databases.server


@pytest.fixture
def room(mortal: PostgresDatabases) -> Iterator[Room]:
    """A room of one's own."""
    port = mortal.server.port
    with mortal.fresh() as near, Proxy.running(port) as line:
        far = Database(url=near.url.replace(f":{port}/", f":{line.port}/"))
        yield Room(databases=mortal, near=near, far=far, line=line)


def shots(times: int = 1) -> dict[str, dict[str, object]]:
    """Segments of every kind of account, each with a prompt of its own."""
    return {
        f"lost {kind} {n} {uuid4()}": {"model": f"ledger-{kind}"}
        for kind in KINDS
        for n in range(times)
    }


def entries_of(ledger: RunningLedger, prompts: dict[str, dict[str, object]]) -> list[Entry]:
    """What the provider saw of these."""
    return [e for e in ledger.entries() if e.prompt in prompts]


async def until_billed(ledger: RunningLedger, prompts: dict[str, dict[str, object]]) -> None:
    """Wait until the provider has accepted the first of these."""
    async with asyncio.timeout(PATIENCE):
        while not entries_of(ledger, prompts):  # noqa: ASYNC110 - another process tells
            await asyncio.sleep(0.005)


async def test_a_render_outlives_its_database(
    models: Models, quick_ledger: RunningLedger, room: Room, tmp_path: Path
) -> None:
    """The workers live in this process: were one to die, or to forget what it had sent, no lease
    would bring the job back within the test."""
    prompts = shots(times=2)
    with capture_logs() as lines:
        async with world(tmp_path, models, gate := Gate(), MovableClock(), room.near) as ctx:
            project_id = await make_project(ctx, prompts)
            async with workers(ctx, gate):
                render_id = await insist_on_render(ctx, project_id)
                await until_billed(quick_ledger, prompts)
                await asyncio.to_thread(room.server.kill)
                await asyncio.sleep(AWAY_SECONDS)
                told = len(lines)
                await asyncio.to_thread(room.server.start)
                status = await wait_until_settled(room.near, render_id, PATIENCE)
    assert status == "completed"
    entries = entries_of(quick_ledger, prompts)
    assert len(entries) == len(prompts)
    assert checker.paid_twice(entries) == []
    assert checker.lost(entries, await asyncio.to_thread(room.near.books)) == []
    # One line for each loop and each job that has something to say, however long it takes.
    assert told <= 3 * (len(prompts) + 2), lines


@pytest.mark.parametrize("seed", turn([1, 2], 2))
async def test_a_line_that_breaks_all_the_time_only_costs_time(
    seed: int, models: Models, quick_ledger: RunningLedger, room: Room, tmp_path: Path
) -> None:
    """Statements that never arrive, and answers (of commits, too) that never come back."""

    dice = Random(seed)

    def breaks(_number: int, _dice: Random) -> Fault | None:
        chance = dice.random()
        return Fault(way="up" if chance < 0.004 else "down") if chance < 0.012 else None

    prompts = shots()
    async with world(tmp_path, models, gate := Gate(), MovableClock(), room.far) as ctx:
        project_id = await make_project(ctx, prompts)
        await asyncio.to_thread(room.line.plan, breaks)
        async with workers(ctx, gate):
            render_id = await insist_on_render(ctx, project_id)
            status = await wait_until_settled(room.near, render_id, PATIENCE)
            await asyncio.to_thread(room.line.heal)
    assert (status, room.line.bitten > 3) == ("completed", True)
    entries = entries_of(quick_ledger, prompts)
    assert checker.paid_twice(entries) == []
    books = await asyncio.to_thread(room.near.books)
    assert checker.lost(entries, books) == []
    assert checker.two_open_jobs(books) == []


@pytest.mark.parametrize(
    ("fault", "is_there"),
    [(Fault(way="down"), True), (Fault(way="up"), False)],
    ids=["the answer is lost", "it never arrives"],
)
async def test_a_commit_without_an_answer_is_in_doubt(
    fault: Fault, is_there: bool, room: Room
) -> None:
    """The caller is told that it may or may not be there, and never that all went well."""
    told: list[str] = []

    async def tell(_tx: object) -> None:
        told.append("committed")

    store, project = Store(room.far.store_url, SystemTime(), tell), str(uuid4())
    try:
        with pytest.raises(PartUnavailable):
            async with store.write() as tx:
                tx.session.add(_project(project, tx.now))
                await tx.session.flush()
                room.line.next(fault)
        async with store.read() as session:
            found = (await session.scalars(select(ProjectRow.id))).all()
    finally:
        await store.close()
    assert list(found) == ([project] if is_there else [])
    assert told == []


@pytest.fixture
async def far(room: Room, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """Somebody at the other end of the line, who has not as much patience as usual."""
    for name in ("COMMAND_SECONDS", "URGENT_SECONDS"):
        monkeypatch.setattr(stores, name, SHORT_SECONDS)
    for name in ("PING_SECONDS", "URGENT_PING_SECONDS"):
        monkeypatch.setattr(stores, name, SHORT_SECONDS / 2)
    store = Store(room.far.store_url, SystemTime(), pool_size=POOL)
    yield store
    await store.close()


@pytest.mark.parametrize("urgent", [False, True], ids=["at work", "a heartbeat"])
async def test_a_host_that_says_nothing_any_more_is_away(
    far: Store, room: Room, urgent: bool
) -> None:
    """No reset, no end: packets come to nothing from one moment to the next."""
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(PartUnavailable):
            async with far.write(urgent=urgent) as tx:
                await asyncio.to_thread(room.line.blackhole)
                await tx.session.scalar(select(ProjectRow.id))
        async with far.write(urgent=urgent) as tx:
            assert await tx.session.scalar(select(literal(7))) == 7


async def test_connections_that_nobody_answers_are_made_anew_before_they_are_used(
    far: Store, room: Room
) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(POOL):
            await stack.enter_async_context(far.read())
    async with far.write(urgent=True):
        pass
    await asyncio.to_thread(room.line.blackhole)
    began = time.monotonic()
    for _ in range(POOL + 1):
        async with far.read() as session:
            assert await session.scalar(select(literal(7))) == 7
    async with far.write(urgent=True) as tx:
        assert await tx.session.scalar(select(literal(7))) == 7
    assert time.monotonic() - began < AWAY_SECONDS, "one was asked in vain of each kind, not all"


async def test_a_migration_takes_as_long_as_it_takes(far: Store, room: Room) -> None:
    async with far.engine.connect() as before:
        await before.execute(select(func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        waiting = asyncio.create_task(prepare(far))
        done, _ = await asyncio.wait([waiting], timeout=3 * SHORT_SECONDS)
        assert not done, "another process migrates"
    await waiting


def _project(name: str, now: datetime) -> ProjectRow:
    return ProjectRow(
        id=name,
        name="in doubt",
        description="",
        settings={},
        revision=1,
        event_seq=0,
        created_at=now,
        updated_at=now,
    )


def test_the_api_says_that_its_database_is_away_and_goes_on_when_it_is_back(
    room: Room, tmp_path: Path
) -> None:
    with serving(tmp_path / "data", database_url=room.near.url) as running:
        user = Studio(running)
        project = user.project(shot())
        address = f"/api/projects/{project['id']}"
        with user.listen(f"{address}/events") as patient:
            room.server.kill()
            _is_away(user, "GET", address)
            _is_away(user, "GET", "/api/projects/")
            _is_away(user, "POST", "/api/projects/", {"name": "another", "settings": SMALL})
            _is_away(user, "POST", f"{address}/render", {})
            _is_sent_away(user, f"{address}/events")
            assert user.http.get("/healthz").status_code == 200
            ready = user.http.get("/readyz")
            assert ready.status_code == 503
            assert ready.json()["checks"]["database"] != "ok"
            room.server.start()
            _wait_until_ready(user)
            assert user.read(project)["revision"] == project["revision"]
            assert user.make(project)["segments_completed"] == 1
            newest = user.ask("GET", address)["event_seq"]
            _hears_all(user, patient, f"{address}/events", newest)
        user.close()


def _is_sent_away(user: Studio, path: str) -> None:
    """With the registered code for "try again later"."""
    with user.listen(path) as socket, pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


def _hears_all(user: Studio, patient: ClientConnection, path: str, newest: int) -> None:
    """A listener is not sent away unless there was something to look for meanwhile; if it was, it
    resumes where it stopped."""
    heard: list[int] = []
    try:
        _hear(patient, heard, newest)
    except ConnectionClosed:
        with user.listen(f"{path}?after={len(heard)}") as again:
            _hear(again, heard, newest)
    assert heard == list(range(1, newest + 1))


def _hear(socket: ClientConnection, heard: list[int], newest: int) -> None:
    while newest not in heard:
        event = json.loads(socket.recv(timeout=60))
        heard += [event["seq"]] if event["seq"] is not None else []


def _is_away(user: Studio, method: str, path: str, body: object = None) -> None:
    began = time.monotonic()
    answer = user.http.request(method, path, json=body)
    assert answer.status_code == 503, answer.text
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["part"] == "database"
    assert "127.0.0.1" not in answer.text
    assert time.monotonic() - began < 15


def _wait_until_ready(user: Studio) -> None:
    until = time.monotonic() + PATIENCE
    while user.http.get("/readyz").status_code != 200:
        assert time.monotonic() < until
        time.sleep(0.2)
