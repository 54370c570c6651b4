"""A fault at every single call of one short render: it raises, or the process ends there. However
it falls, once the fault is gone nothing is lost and nothing was paid twice.

The render's one segment takes every way there is: a picture is made for it first, the model that is
asked for the clip refuses, and another one stands in."""

import asyncio
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.db.databases import Database, PostgresDatabases, fresh_copy
from tests.recovery import checker
from tests.recovery.checker import Books
from tests.recovery.director import Json
from tests.recovery.gate import STORE_CALLS, Fault, Gate
from tests.recovery.world import (
    Models,
    MovableClock,
    insist_on_render,
    make_project,
    picture_model,
    wait_until_settled,
    workers,
    world,
)
from tests.sampling import today

from video_foundry.core.jobs import OPEN
from video_foundry.jobs import queue
from video_foundry.services.context import Context
from video_foundry.testing.ledger import KINDS, RunningLedger
from video_foundry.workers.tidy import FOLDERS, drop_leftovers

AT_ONCE = 2
"""Worlds side by side; they mostly wait."""
TODAY = today()
REFUSED = ",".join(["refused"] * 9)
"""The provider wants nothing of a request, however often it is sent."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One world with one fault."""

    data: Path
    database: Database
    models: Models
    kind: str
    gate: Gate
    prompt: str

    @property
    def picture(self) -> str:
        """The prompt of the segment's first frame."""
        return f"{self.prompt} picture"

    def segment(self) -> dict[str, object]:
        """What the segment says about models."""
        model = f"ledger-{self.kind}"
        return {
            "model": model,
            "script": REFUSED,
            "first_frame": {"model": picture_model(model), "prompt": self.picture},
            "fallbacks": [{"model": model, "script": ""}],
        }

    def __str__(self) -> str:
        return f"{self.kind}, {self.gate.fault} at {self.gate.breaks_at} ({self.gate.broke})"


async def play(case: Case) -> str:
    """Render with the fault; where it ended this life, begin another. Returns how the render stands
    then."""
    clock = MovableClock()
    async with world(case.data, case.models, case.gate, clock, case.database) as ctx:
        project_id = await make_project(ctx, {case.prompt: case.segment()})
        case.gate.armed = True
        status = await live(ctx, case, project_id)
        if status is None:
            clock.ahead += queue.LEASE + timedelta(seconds=1)
            status = await live(ctx, case, project_id)
        assert status is not None, "only the first life can be cut short"
        case.gate.open()
        for kind in FOLDERS:
            await drop_leftovers(ctx, kind)
    return status


async def live(ctx: Context, case: Case, project_id: str) -> str | None:
    """Until the render has settled; None when the fault ended this life before."""

    async def render() -> str:
        render_id = await insist_on_render(ctx, project_id)
        return await wait_until_settled(case.database, render_id)

    async with workers(ctx, case.gate):
        rendering = asyncio.create_task(render())
        stopping = asyncio.create_task(case.gate.stopped.wait())
        await asyncio.wait({rendering, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not case.gate.stopped.is_set():
            return await rendering
        rendering.cancel()
    case.gate.open()
    return None


def what_is_wrong(case: Case, status: str, ledger: RunningLedger) -> list[str]:
    """Everything that the books of this case do not agree on."""
    entries = [e for e in ledger.entries() if e.prompt in (case.prompt, case.picture)]
    books = case.database.books()
    wrong = checker.paid_twice(entries) + checker.lost(entries, books)
    wrong += checker.unsettled(books.renders) + checker.two_open_jobs(books)
    if status not in _expected(case, books):
        wrong.append(f"the render is {status}: {books.renders}")
    if status == "completed":
        wrong += _unfinished(case, books)
    seqs = [e["seq"] for e in books.events]
    if seqs != list(range(1, len(seqs) + 1)):
        wrong.append(f"events have gaps: {seqs}")
    left = [str(p) for p in (case.data / "scratch").rglob("*") if p.is_file()]
    return [f"{case}: {w}" for w in [*wrong, *(f"left over: {name}" for name in left)]]


def _unfinished(case: Case, books: Books) -> list[str]:
    """What a completed render has left out, or open."""
    made = sorted(g["prompt"] for g in books.generations)
    wrong = [] if made == [case.prompt, case.picture] else [f"the memory holds {made}"]
    still = [j for j in books.jobs if j["kind"] == "generate" and j["state"] in OPEN]
    return [*wrong, *(f"still open: {job}" for job in still)]


def _expected(case: Case, books: Books) -> Sequence[str]:
    """A keyed submit always finds its way, and a lost database is waited for; the others may have
    to ask a person. So may a keyed one that is refused when it is sent again: the first may count,
    and then nothing stands in for it."""
    is_waited_for = case.gate.fault == "lose" and case.gate.broke in STORE_CALLS
    is_refusal = bool(books.attention) and all(map(_is_to_be_refused, books.attention))
    if is_waited_for or (case.kind == "key" and not is_refusal):
        return ("completed",)
    return ("completed", "needs_attention")


def _is_to_be_refused(job: Json) -> bool:
    payload = job["payload"]
    told = json.loads(payload) if isinstance(payload, str) else payload
    return bool(told["request"]["params"].get("script") == REFUSED)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Faults at every `step`-th call, on one kind of database, beginning with another each day."""

    kind: str
    fault: Fault
    on: str = "sqlite"
    step: int = 1

    def __str__(self) -> str:
        return f"{self.kind}-{self.fault}-{self.on}"


def sweeps() -> list[Sweep]:
    """All of them when there is time; else one call in some twenty raises for one kind, and every
    few are the last one, or lose the database, for the kinds that can do less about it."""
    if "VIDEO_FOUNDRY_CHAOS_SECONDS" in os.environ:
        faults: tuple[Fault, ...] = ("raise", "stop", "lose")
        databases = ("sqlite", "postgresql")
        return [Sweep(kind=k, fault=f, on=d) for k in KINDS for f in faults for d in databases]
    return [
        Sweep(kind="key", fault="raise", step=23),
        Sweep(kind="none", fault="stop", step=31),
        Sweep(kind="none", fault="lose", step=29),
        Sweep(kind="lookup", fault="stop", on="postgresql", step=47),
    ]


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """Where cases find a database of their own."""

    empty_file: Path
    postgres: PostgresDatabases | None

    @contextmanager
    def room(self, folder: Path) -> Iterator[Database]:
        """An empty database, and a data folder."""
        if self.postgres is None:
            yield fresh_copy(self.empty_file, folder)
            return
        folder.mkdir()
        with self.postgres.fresh() as database:
            yield database


@pytest.fixture(params=sweeps(), ids=str)
def sweep(request: pytest.FixtureRequest) -> Sweep:
    """One after the other."""
    chosen: Sweep = request.param
    return chosen


@pytest.fixture
def rooms(sweep: Sweep, empty_file: Path, request: pytest.FixtureRequest) -> Rooms:
    """Rooms of the kind that the sweep wants."""
    server = request.getfixturevalue("postgres") if sweep.on == "postgresql" else None
    return Rooms(empty_file=empty_file, postgres=server)


def test_a_fault_at_any_call_loses_nothing_and_pays_once(
    sweep: Sweep, rooms: Rooms, models: Models, quick_ledger: RunningLedger, tmp_path: Path
) -> None:
    def one(n: int) -> tuple[Case, list[str]]:
        with rooms.room(tmp_path / str(n)) as database:
            case = Case(
                data=tmp_path / str(n),
                database=database,
                models=models.with_pictures(),
                kind=sweep.kind,
                gate=Gate(breaks_at=n, fault=sweep.fault),
                prompt=f"fault {sweep.fault} {sweep.kind} {n} {uuid4()}",
            )
            status = asyncio.run(play(case))
            return case, what_is_wrong(case, status, quick_ledger)

    unharmed, wrong = one(0)
    assert wrong == []
    first = 1 + TODAY % sweep.step
    with ThreadPoolExecutor(AT_ONCE) as pool:  # an event loop for each, as for each process
        played = list(pool.map(one, range(first, unharmed.gate.count + 1, sweep.step)))
    assert [problem for _, problems in played for problem in problems] == []
    assert sum(case.gate.broke is not None for case, _ in played) > (80 - first) / sweep.step
