"""Everybody at once on PostgreSQL: people at several API replicas, workers that die, leases that
are stolen. Afterwards nothing is lost, nothing is stuck, and every number goes up by one."""

import asyncio
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from tests.cluster import audit
from tests.cluster.database import make_roles, run
from tests.db import soundness
from tests.db.crowd import House, furnish, replica, thief, worker
from tests.db.databases import Database, PostgresDatabases
from tests.db.desk import Desk
from tests.db.threads import Threads
from tests.recovery.waits import short_waits

IS_LONG = "VIDEO_FOUNDRY_CHAOS_SECONDS" in os.environ
SECONDS = float(os.environ.get("VIDEO_FOUNDRY_CHAOS_SECONDS", "12"))
SEEDS = range(1, 4 if IS_LONG else 2)
PATIENCE = 90.0
REPLICAS, PEOPLE, WORKERS = 2, 3, 2
FILMS = 3


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases of seconds, polls of a fraction of one."""
    for module, name, value in short_waits(
        lease_seconds=4.0, poll_seconds=0.1, backoff_seconds=0.05
    ):
        monkeypatch.setattr(module, name, value)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crowd_loses_nothing(seed: int, postgres: PostgresDatabases, tmp_path: Path) -> None:
    with postgres.fresh() as database:
        house, roles = _house(database, tmp_path, seed)
        moments = _live(house, roles, seed)
        _settle(house, roles[-1])
        assert house.diary.failures == []
        assert moments == []
        assert _wrong(house) == []
        sys.stdout.write(f"{_report(house)}\n")
        assert deadlocks(database) <= 1


def _house(database: Database, data: Path, seed: int) -> tuple[House, list[str]]:
    mark = uuid4().hex[:6]
    roles = [f"{kind}{n}_{mark}" for kind in ("api", "worker") for n in range(3)]
    make_roles(database.url, roles)
    run(database.url, audit.SCHEMA)
    (data / "clips").mkdir()
    house = House(
        database=database, data=data, desk=Desk(dice=Random(f"{seed} desk"), clips=data / "clips")
    )
    asyncio.run(furnish(house, FILMS))
    return house, roles


def _live(house: House, roles: list[str], seed: int) -> list[str]:
    """Everybody acts; returns what looked wrong at some moment."""
    people, workers = Threads(), Threads()
    for role in roles[:REPLICAS]:
        people.start(lambda role=role: replica(house, role, PEOPLE, str(seed)))  # type: ignore[misc]
    for role in roles[3 : 3 + WORKERS]:
        dice = Random(f"{seed} {role}")
        workers.start(lambda role=role, dice=dice: worker(house, role, house.stop, dice))  # type: ignore[misc]
    people.start(lambda: thief(house, Random(f"{seed} thief")))
    until, wrong = time.monotonic() + SECONDS, list[str]()
    while time.monotonic() < until and not wrong:
        wrong = soundness.what_is_wrong(house.database, soundness.ALWAYS)
        time.sleep(0.5)
    house.stop.set()
    people.join()
    workers.join()
    return wrong


def _settle(house: House, role: str) -> None:
    """With one worker that lives, and a person who gives every doubt up, everything ends."""
    stop, last = threading.Event(), Threads()
    last.start(lambda: worker(house, role, stop, None))
    until, before = time.monotonic() + PATIENCE, list[str]()
    while still := soundness.what_is_wrong(house.database, soundness.AT_REST):
        asyncio.run(_give_up_doubts(house))
        if still != before:
            until, before = time.monotonic() + PATIENCE, still
        if time.monotonic() > until:
            break  # it moves no more; the checks will say so
        time.sleep(0.5)
    stop.set()
    last.join()


async def _give_up_doubts(house: House) -> None:
    from tests.recovery.gate import Gate
    from tests.recovery.world import MovableClock, world

    from video_foundry.errors import BadInput
    from video_foundry.services import attention

    query = "SELECT id FROM jobs WHERE state = 'needs_attention'"
    waiting = await asyncio.to_thread(house.database.ask, query)
    async with world(
        house.data, house.models, Gate(), MovableClock(), house.database, shared_clock=True
    ) as ctx:
        for row in waiting:
            try:
                await attention.resolve_job(ctx, row["id"], "abandon")
            except BadInput:
                continue


def _wrong(house: House) -> list[str]:
    """Everything that the rows, the diary and the provider do not agree on."""
    database, diary = house.database, house.diary
    born = Counter(dict.fromkeys(house.projects, 1))
    writes = [w for w in audit.read_writes(database.url) if w.actor != "vf"]
    return [
        *soundness.what_is_wrong(database, {**soundness.ALWAYS, **soundness.AT_REST}),
        *soundness.gaps(database),
        *soundness.told_revisions(database),
        *soundness.lost_edits(database, diary.edits, diary.added, born=born),
        *soundness.overwritten(database, "segments", "prompt", diary.prompts),
        *soundness.overwritten(database, "projects", "name", diary.names),
        *soundness.paid_more(house.desk.billed, diary.consents),
        *(f"revision told twice: {r}" for r, n in Counter(diary.revisions).items() if n > 1),
        *audit.stale_writes(writes),
        *audit.loose_results(audit.read_results(database.url), writes),
    ]


def deadlocks(database: Database) -> int:
    """How many PostgreSQL had to break in this database."""
    time.sleep(1.1)  # counters are published by each backend within a second
    query = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    (row,) = database.ask(query)
    return int(row["deadlocks"])


def _report(house: House) -> dict[str, Any]:
    jobs = house.database.ask("SELECT kind, state, count(*) AS n FROM jobs GROUP BY 1, 2")
    statuses = house.database.ask("SELECT status, count(*) AS n FROM render_jobs GROUP BY 1")
    return {
        "done": dict(house.diary.done),
        "refused": dict(house.diary.refused),
        "jobs": {f"{row['kind']} {row['state']}": row["n"] for row in jobs},
        "renders": {row["status"]: row["n"] for row in statuses},
        "billed": house.desk.billed.total(),
        "deadlocks": deadlocks(house.database),
    }
