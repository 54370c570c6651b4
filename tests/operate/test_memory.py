"""What a worker takes with PostgreSQL, RabbitMQ, Redis and S3 all at work: which modules it goes
without, and how much memory a thousand generations in flight come to."""

import asyncio
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert
from tests.cluster.database import ask
from tests.db.databases import SystemTime
from tests.operate.conftest import Process, Start, until

from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import GenerationRequest
from video_foundry.db.facts import profile_to_json
from video_foundry.db.store import Store
from video_foundry.db.tables import JobRow, ProjectRow
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import running_ledger
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.rabbitmq import RabbitMQ
from video_foundry.testing.stack.redis import Redis

LEFT_OUT = {
    "typer": "the command line has been read when the worker begins",
    "pydantic": "so have the settings, and nothing else in a worker is checked by it",
    "fastapi": "a worker serves no API",
    "uvicorn": "and its side port answers three addresses without a web server",
    "jsonschema": "parameters are checked where they are given",
    "alembic": "the database has the newest schema already",
    "rich": "structlog and httpx2 would colour what only a log reads",
    "opentelemetry": "redis would measure, though no collector is named",
    "cryptography.hazmat": "no key is stored here, and nothing is signed",
    "numpy": "pictures are made by processes of their own",
    "PIL": "as are drawings",
    "av": "and sound",
}
"""Packages that were found in a worker, or are near to it, each with why it is of no use there.
Together they are 30 MiB."""
AT_WORK = {"sqlalchemy", "asyncpg", "aio_pika", "redis", "obstore"}

FLEET = 1_000
MOST_MEBIBYTES = 100
MEASURES = 3
"""A machine that is short of time lets many polls pile up, and that leaves holes in a heap."""
POLL_SECONDS = 6.0
"""The pace of most providers; a quicker one piles up more where the machine is short of time."""

WITNESS = """
import atexit, os, pathlib, sys

def tell():
    loaded = [name for name, module in sys.modules.items() if module is not None]
    pathlib.Path(os.environ["WITNESS"]).write_text(" ".join(loaded))

atexit.register(tell)
"""
"""A plug-in that writes down, at the end, what was imported."""

PATIENT = """
from dataclasses import replace

from video_foundry import GenerationStatus, StatusReport, VideoModelFactory
from video_foundry.errors import GenerationLost
from video_foundry.testing.ledger_models import LedgerKey, entry_of


class Patient(LedgerKey):
    async def get_status(self, job_id):
        try:
            return await super().get_status(job_id)
        except GenerationLost:
            return StatusReport(status=GenerationStatus.RUNNING)


VideoModelFactory.register("patient", Patient, entry=replace(entry_of(Patient), id="patient"))
"""
"""A plug-in that asks the provider about generations it does not know, and goes on asking."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Settings that name a real server for everything that can be one, and a migrated database."""
    kinds = (Postgres, RabbitMQ, Redis, S3Server)
    try:
        for kind in kinds:
            kind.require()
    except NotInstalled as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("parts")
    with ExitStack() as stack:
        postgres = stack.enter_context(Postgres.running(folder / "postgres"))
        rabbitmq = stack.enter_context(RabbitMQ.running(folder / "rabbitmq"))
        redis = stack.enter_context(Redis.running(folder / "redis"))
        objects = stack.enter_context(S3Server.running(folder / "objects"))
        yield {
            "DATABASE_URL": postgres.make_database("memory"),
            "RABBITMQ_URL": rabbitmq.url,
            "REDIS_URL": redis.url,
            **objects.settings(),
        }


@pytest.fixture
def migrated(parts: dict[str, str], start: Start) -> dict[str, str]:
    """The same, and the database has the newest schema."""
    assert start("migrate", folder="migrate", **parts).process.wait(60) == 0
    return parts


def test_a_worker_goes_without_what_is_of_no_use_to_it(
    start: Start, migrated: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "witness.py").write_text(WITNESS)
    told = tmp_path / "told.txt"
    plug_in = {
        "PYTHONPATH": str(tmp_path),
        "VIDEO_FOUNDRY_PLUGINS": "witness",
        "WITNESS": str(told),
    }
    worker = start("worker", "--port", "0", **migrated, **plug_in)
    assert worker.get("/readyz").json()["ready"]
    assert worker.get("/metrics").status_code == 200
    assert worker.stop() == 0
    modules = told.read_text().split()
    loaded = {name.partition(".")[0] for name in modules} | set(modules)
    assert loaded >= AT_WORK, "or this test proves nothing"
    assert {name: why for name, why in LEFT_OUT.items() if name in loaded} == {}


def test_a_thousand_generations_in_flight_fit_into_100_mebibytes(
    start: Start, migrated: dict[str, str], tmp_path: Path
) -> None:
    """They are taken over from a worker that died, which spares the test a thousand submissions;
    benchmarks/in_flight.py measures those too."""
    (tmp_path / "patient.py").write_text(PATIENT)
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=12))
    database = migrated["DATABASE_URL"]
    asyncio.run(_put_in_flight(database))
    with running_ledger(tmp_path / "ledger.jsonl", clip) as ledger:
        provider = {
            "PYTHONPATH": str(tmp_path),
            "VIDEO_FOUNDRY_PLUGINS": "patient",
            "LEDGER_BASE_URL": ledger.url,
            "LEDGER_POLL_SECONDS": str(POLL_SECONDS),
            "LEDGER_CONCURRENCY": str(FLEET),
        }
        words = ("worker", "--generate", str(FLEET), "--compose", "0", "--port", "0")
        found: list[float] = []
        while len(found) < MEASURES and not (found and found[-1] < MOST_MEBIBYTES):
            worker = start(*words, folder=f"work{len(found)}", **migrated, **provider)
            until("all taken over", lambda: _held(database) == FLEET, 120)
            time.sleep(2 * POLL_SECONDS)  # all are polled, and rest
            found.append(_resident(worker))
            assert worker.stop() == 0
    assert min(found) < MOST_MEBIBYTES, found


async def _put_in_flight(database: str) -> None:
    """Generations that a provider is at, leased by a worker that is no more."""
    store = Store(database.replace("postgresql:", "postgresql+asyncpg:", 1), SystemTime())
    try:
        async with store.write() as tx:
            await tx.session.execute(insert(ProjectRow), [_project()])
            await tx.session.execute(insert(JobRow), [_job(number) for number in range(FLEET)])
    finally:
        await store.close()


PROJECT = str(uuid4())
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def _project() -> dict[str, object]:
    return {
        "id": PROJECT,
        "name": "A long film",
        "settings": profile_to_json(OutputProfile(width=160, height=90)),
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }


def _job(number: int) -> dict[str, object]:
    prompt = f"Shot {number}: a wide view over the harbour at dusk, slow push in, soft light"
    request = GenerationRequest(
        provider="ledger", model="patient", prompt=prompt, params={"duration": 1}
    )
    return {
        "id": str(uuid4()),
        "kind": "generate",
        "fingerprint": request.fingerprint,
        "base_fingerprint": request.base_fingerprint,
        "project_id": PROJECT,
        "state": "submitted",
        "payload": {"request": request.to_json()},
        "model": "patient",
        "stamp": 1.0,
        "run_after": LONG_AGO,
        "lease_owner": str(uuid4()),
        "lease_until": LONG_AGO,
        "epoch": 1,
        "attempt": 1,
        "submit_key": str(uuid4()),
        "provider_job_id": f"generation-{uuid4()}",
        "deadline": datetime.now(UTC) + timedelta(hours=1),
        "price_known": False,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }


def _held(database: str) -> int:
    query = "SELECT count(*) AS n FROM jobs WHERE state = 'submitted' AND lease_until > now()"
    return int(ask(database, query)[0]["n"])


def _resident(worker: Process) -> float:
    """As the worker tells it, and `ps` too."""
    found = re.search(r"^process_resident_memory_bytes (\S+)$", worker.get("/metrics").text, re.M)
    assert found is not None
    return float(found[1]) / 1024**2
