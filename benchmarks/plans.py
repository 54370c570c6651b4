"""How PostgreSQL carries out the queries of the queue and of the pages, in a studio with a hundred
thousand jobs waiting: which of them read a table from end to end, and how long each takes."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import event

from benchmarks.report import Row
from benchmarks.servers import asyncpg_address, needing, running
from benchmarks.studio import MODEL, Studio, fill, id_of, mark, open_store, request_of
from video_foundry.db import stats
from video_foundry.db.jobs import job_by_id, jobs_of_renders
from video_foundry.db.locks import hold_answers, projects_concerned, projects_sharing
from video_foundry.db.projects import recent_projects
from video_foundry.db.standing import standing_of
from video_foundry.db.store import Store, Tx
from video_foundry.db.timeline import segments_of
from video_foundry.jobs import queue
from video_foundry.jobs.enqueue import NewJob
from video_foundry.jobs.enqueue import enqueue as enqueue_one
from video_foundry.jobs.filing import segments_concerned
from video_foundry.jobs.renders import open_renders_waiting_for
from video_foundry.jobs.waiting import Room
from video_foundry.ports.wake import JobKind
from video_foundry.testing.stack.postgres import Postgres

STUDIO = Studio()
LIMIT_MS = 5.0
TIMES = 5
SMALL = 1_000
"""Rows that may be read from end to end: a table of that size is quicker to read than its index."""
HARMLESS = ("SELECT clock_timestamp", "SAVEPOINT", "RELEASE")

Look = Callable[[Tx], Awaitable[object]]
R = TypeVar("R")


@dataclass(kw_only=True)
class Statement:
    """One statement as it was sent."""

    sql: str
    parameters: Any


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one look costs the server. milliseconds: of all its statements, the quickest of some
    runs. scanned: tables of which it reads more than SMALL rows from end to end. buffers: pages
    touched."""

    name: str
    milliseconds: float
    scanned: Sequence[str]
    buffers: int
    statements: Sequence[Statement]


class _Undone(Exception):
    """Nothing of a look is kept."""


def _claim(kind: JobKind, room: Room) -> Look:
    return lambda tx: queue.claim(tx, kind, "me", 100, room=room)


def looks() -> dict[str, Look]:
    """What is looked at, by name."""
    queued = STUDIO.in_flight + STUDIO.doubtful + 1
    p, s = queued % STUDIO.projects, queued // STUDIO.projects
    project, asked = id_of("project", p), request_of(p, s, variation=1).fingerprint
    job = id_of("job", "generate", asked)

    async def enqueue_first(tx: Tx) -> object:
        new = NewJob(kind="compose", fingerprint=mark("never"), payload={}, project_id=project)
        return await enqueue_one(tx, new)

    async def renew(tx: Tx) -> object:
        places = [divmod(n, STUDIO.projects) for n in range(20, 1020)]
        ids = [
            id_of("job", "generate", request_of(p, s, variation=1).fingerprint) for s, p in places
        ]
        return await queue.renew(tx, id_of("worker", 0), ids)

    async def enqueue(tx: Tx) -> object:
        new = NewJob(
            kind="generate",
            fingerprint=mark("never"),
            payload={},
            project_id=project,
            model=MODEL,
        )
        return await enqueue_one(tx, new)

    async def concerned(tx: Tx) -> object:
        found = await job_by_id(tx.session, job)
        assert found is not None
        return await segments_concerned(tx.session, found)

    async def page(tx: Tx) -> object:
        return await standing_of(tx.session, await segments_of(tx.session, project))

    return {
        "claim 100 of 100,000": _claim("generate", Room()),
        "claim 100, a model half full": _claim("generate", Room(places={MODEL: 50, "other": 0})),
        "claim, 100,000 jobs of a full model in front": _claim("generate", Room(places={MODEL: 0})),
        "claim, 100,000 jobs of a halted model in front": _claim("generate", Room(halted=[MODEL])),
        "claim with an empty queue": _claim("compose", Room()),
        "any_claimable": lambda tx: queue.any_claimable(tx.session, "generate", tx.now),
        "any_claimable, empty": lambda tx: queue.any_claimable(tx.session, "compose", tx.now),
        "in_flight, all models": lambda tx: queue.in_flight(tx.session),
        "in_flight, one model": lambda tx: queue.slots_taken(tx.session, MODEL),
        "enqueue (with its stamp)": enqueue,
        "enqueue into an empty queue": enqueue_first,
        "renew 1,000 leases": renew,
        "cancel_requested": lambda tx: queue.cancel_requested(tx.session, id_of("worker", 0)),
        "projects_concerned": lambda tx: projects_concerned(tx.session, [job]),
        "projects_sharing": lambda tx: projects_sharing(tx.session, project),
        "hold_answers": lambda tx: hold_answers(tx.session, [request_of(p, s).fingerprint]),
        "segments_concerned": concerned,
        "open_renders_waiting_for": lambda tx: open_renders_waiting_for(tx.session, [asked]),
        "latest_jobs of 100": lambda tx: queue.latest_jobs(
            tx.session, [request_of(n, 0).fingerprint for n in range(100)]
        ),
        "jobs_of_renders": lambda tx: jobs_of_renders(tx.session, [id_of("render", "new", p)]),
        "metrics: count_jobs": lambda tx: stats.count_jobs(tx.session),
        "metrics: oldest_queued": lambda tx: stats.oldest_queued(tx.session),
        "metrics: count_open_renders": lambda tx: stats.count_open_renders(tx.session),
        "metrics: slots_used": lambda tx: stats.slots_used(tx.session),
        "metrics: attention_cost": lambda tx: stats.attention_cost(tx.session),
        "metrics: spend": lambda tx: stats.spend(tx.session),
        "project list, 100": lambda tx: recent_projects(tx.session, limit=100, offset=0),
        f"a project of {STUDIO.segments_each} segments": page,
    }


async def find(store: Store, name: str, look: Look) -> Finding:
    """Carry out a look, then have the server explain each of its statements."""
    seen: list[Statement] = []
    with _watching(store, seen):
        await _undone(store, look)
    sent = [s for s in seen if not s.sql.startswith(HARMLESS)]
    plans = [await _explain(store, s) for s in sent]
    return Finding(
        name=name,
        milliseconds=sum(plan["Execution Time"] for plan in plans),
        scanned=sorted({table for plan in plans for table in _scanned(plan["Plan"])}),
        buffers=sum(plan["Plan"].get("Shared Hit Blocks", 0) for plan in plans),
        statements=sent,
    )


async def _undone(store: Store, work: Callable[[Tx], Awaitable[R]]) -> R:
    """What `work` answers in a transaction that is rolled back."""
    answers: list[R] = []
    with suppress(_Undone):
        async with store.write() as tx:
            answers.append(await work(tx))
            raise _Undone
    return answers[0]


@contextmanager
def _watching(store: Store, seen: list[Statement]) -> Iterator[None]:
    engine = store.engine.sync_engine

    def note(_c: Any, _cursor: Any, sql: str, parameters: Any, _x: Any, _many: bool) -> None:
        seen.append(Statement(sql=sql, parameters=parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def _explain(store: Store, statement: Statement) -> dict[str, Any]:
    """The quickest of some runs, as the server tells it."""
    asked = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.sql}"

    async def ask(tx: Tx) -> dict[str, Any]:
        connection = await tx.session.connection()
        answer = await connection.exec_driver_sql(asked, statement.parameters)
        plan: dict[str, Any] = answer.scalar_one()[0]
        return plan

    runs = [await _undone(store, ask) for _ in range(TIMES)]
    return min(runs, key=lambda plan: float(plan["Execution Time"]))


def _scanned(plan: dict[str, Any]) -> Iterator[str]:
    read = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    if plan["Node Type"] == "Seq Scan" and read > SMALL:
        yield str(plan["Relation Name"])
    for inner in plan.get("Plans", ()):
        yield from _scanned(inner)


@needing("plans of PostgreSQL", Postgres)
async def plans() -> list[Row]:
    """Every look at a full studio: its time at the server, and what it reads from end to end."""
    async with running(Postgres) as postgres:
        url = await asyncio.to_thread(postgres.make_database, "studio")
        store = open_store(asyncpg_address(url))
        try:
            await fill(store, STUDIO)
            return [_row(await find(store, name, look)) for name, look in looks().items()]
        finally:
            await store.close()


def _row(finding: Finding) -> Row:
    scanned = ", ".join(finding.scanned)
    return Row(
        what=finding.name,
        ours=f"{finding.milliseconds:.2f} ms at the server",
        theirs=f"{LIMIT_MS:g} ms wanted",
        ratio=finding.milliseconds / LIMIT_MS,
        note=f"{finding.buffers} pages in {len(finding.statements)} statements; "
        + (f"reads {scanned} from end to end" if scanned else "by indexes"),
    )
