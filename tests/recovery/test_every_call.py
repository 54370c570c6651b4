"""A fault at any call of one short render: it raises, or the process ends there. However it falls,
once the fault is gone nothing is lost and nothing was paid twice.

The render's one segment takes every way there is: a picture is made for it first, the model that is
asked for the clip refuses, and another one stands in. A run of the tests has the fault at some of
the calls; `make sweep` at each of them, in every world there is."""

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
from tests.recovery import checker, sweep
from tests.recovery.checker import Books
from tests.recovery.director import Json
from tests.recovery.gate import STORE_CALLS, Gate, GatedBucket
from tests.recovery.sweep import Sweep, Swept
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
from tests.sampling import whose_turn

from video_foundry.core.jobs import OPEN
from video_foundry.jobs import queue
from video_foundry.services.context import Context
from video_foundry.testing.ledger import RunningLedger
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import REGION, S3Server
from video_foundry.workers.tidy import FOLDERS, drop_leftovers

AT_ONCE = int(os.environ.get("VIDEO_FOUNDRY_SWEEP_AT_ONCE", "2"))
"""Worlds side by side; they mostly wait."""
TURN = whose_turn()
PAGE = os.environ.get("VIDEO_FOUNDRY_SWEEP")
"""Where what was found goes; with it every sweep is made, at every call."""
LEAST = 80
"""Calls that a render makes, however quick it is."""
PER_MINUTE = 100_000
"""A rate that is asked for, and keeps nobody waiting."""
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
    bucket: GatedBucket | None

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
    made = world(case.data, case.models, case.gate, clock, case.database, bucket=case.bucket)
    async with made as ctx:
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


def sweeps() -> list[Sweep]:
    """All of them when there is time; else one call in some twenty raises for one kind, and every
    few are the last one, or lose the database, for the kinds that can do less about it."""
    if PAGE:
        return sweep.every_one()
    return [
        Sweep(kind="key", fault="raise", step=23),
        Sweep(kind="none", fault="stop", step=31),
        Sweep(kind="none", fault="lose", step=29),
        Sweep(kind="lookup", fault="stop", on="cluster", step=47),
    ]


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """Where cases find a folder, a database and a place for objects of their own."""

    folder: Path
    empty_file: Path
    postgres: PostgresDatabases | None
    objects: S3Server | None

    @contextmanager
    def room(self, number: int) -> Iterator[tuple[Path, Database]]:
        """A data folder, and an empty database."""
        folder = self.folder / str(number)
        if self.postgres is None:
            yield folder, fresh_copy(self.empty_file, folder)
            return
        folder.mkdir()
        with self.postgres.fresh() as database:
            yield folder, database

    def bucket(self, folder: Path) -> GatedBucket | None:
        """A folder of the one bucket; None where objects lie beside the database."""
        if self.objects is None:
            return None
        return GatedBucket(
            f"s3://{self.objects.bucket}/{uuid4()}",
            cache=folder / "cache",
            cache_max_bytes=2**30,
            endpoint_url=self.objects.url,
            region=REGION,
            access_key=self.objects.access_key,
            secret_key=self.objects.secret_key,
        )


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """Where a cluster keeps its objects."""
    try:
        with S3Server.running(tmp_path_factory.mktemp("s3") / "s3") as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def found() -> list[Swept]:
    """What the sweeps of this run have found."""
    return []


@pytest.fixture(params=sweeps(), ids=str)
def chosen(request: pytest.FixtureRequest) -> Sweep:
    """One after the other."""
    one: Sweep = request.param
    return one


@pytest.fixture
def rooms(chosen: Sweep, empty_file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Rooms:
    """Rooms of the kind that the sweep wants."""
    servers = [
        request.getfixturevalue(name) if chosen.on == "cluster" else None
        for name in ("postgres", "objects")
    ]
    return Rooms(folder=tmp_path, empty_file=empty_file, postgres=servers[0], objects=servers[1])


def test_a_fault_at_any_call_loses_nothing_and_pays_once(
    chosen: Sweep,
    rooms: Rooms,
    models: Models,
    quick_ledger: RunningLedger,
    found: list[Swept],
) -> None:
    def one(n: int) -> tuple[Case, list[str]]:
        with rooms.room(n) as (data, database):
            case = Case(
                data=data,
                database=database,
                models=models.with_pictures().with_changes(requests_per_minute=PER_MINUTE),
                kind=chosen.kind,
                gate=Gate(breaks_at=n, fault=chosen.fault),
                prompt=f"fault {chosen.fault} {chosen.kind} {n} {uuid4()}",
                bucket=rooms.bucket(data),
            )
            status = asyncio.run(play(case))
            return case, what_is_wrong(case, status, quick_ledger)

    unharmed, wrong = one(0)
    assert wrong == []
    first = 1 + TURN % chosen.step
    with ThreadPoolExecutor(AT_ONCE) as pool:  # an event loop for each, as for each process
        played = list(pool.map(one, range(first, unharmed.gate.count + 1, chosen.step)))
    swept = Swept(
        sweep=chosen,
        calls=unharmed.gate.count,
        broke=[case.gate.broke for case, _ in played],
        problems=[problem for _, problems in played for problem in problems],
    )
    found.append(swept)
    if PAGE:
        Path(PAGE).write_text(sweep.page(found), "utf-8")
    assert swept.problems == []
    assert swept.met > (LEAST - first) / chosen.step
