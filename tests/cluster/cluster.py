"""A whole cluster on loopback: PostgreSQL, RabbitMQ, Redis and an S3 server for real, API replicas
and workers as processes, a paid provider that keeps a ledger. Started and taken down in one go."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import audit, database
from tests.cluster.members import Member, make_member
from tests.nursery import Nursery
from tests.recovery.server import ROOT, Starter, free_port

from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.ledger import Behaviour, RunningLedger, running_ledger
from video_foundry.testing.stack.base import Component
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.rabbitmq import RabbitMQ
from video_foundry.testing.stack.redis import Redis

COMPONENTS = (Postgres, RabbitMQ, Redis, S3Server)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a cluster consists of. generate, compose: what each worker does at once. settings: for
    every process of ours. watched: whether triggers note who writes what about jobs."""

    apis: int = 2
    workers: int = 3
    generate: int = 8
    compose: int = 1
    submit_seconds: float = 1.5
    poll_seconds: float = 0.5
    slots: int = 200
    watched: bool = True


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running cluster. database: its address for a look from outside."""

    folder: Path
    shape: Shape
    postgres: Postgres
    rabbitmq: RabbitMQ
    redis: Redis
    objects: S3Server
    ledger: RunningLedger
    members: Mapping[str, Member]
    nursery: Nursery
    database: str
    settings: Mapping[str, str]

    @property
    def components(self) -> dict[str, Component]:
        """By the name that reports use."""
        return {
            "postgresql": self.postgres,
            "rabbitmq": self.rabbitmq,
            "redis": self.redis,
            "objects": self.objects,
        }

    @property
    def apis(self) -> list[Member]:
        """The API replicas."""
        return [m for m in self.members.values() if m.role == "api"]

    @property
    def workers(self) -> list[Member]:
        """The workers."""
        return [m for m in self.members.values() if m.role == "worker"]

    def start(self, timeout: float = 120.0) -> None:
        """Start every process of ours at once. Raises RuntimeError when one does not come up."""
        for member in self.members.values():
            member.start()
        for member in self.members.values():
            if not member.wait_until_up(timeout):
                raise RuntimeError(f"{member.name} did not start: {member.server.told()}")

    def command(self, *words: str, timeout: float = 300.0) -> subprocess.CompletedProcess[str]:
        """`video-foundry` with the cluster's settings, as if from another host."""
        return _command(self.folder, self.settings, *words, timeout=timeout)


@contextlib.contextmanager
def running_cluster(folder: Path, shape: Shape, behaviour: Behaviour) -> Iterator[Cluster]:
    """Components, provider and an empty, migrated database; members are made but not started.

    Raises NotInstalled naming the package of a component that is not here.
    """
    for kind in COMPONENTS:
        kind.require()
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        postgres, rabbitmq = Postgres(folder / "postgres"), RabbitMQ(folder / "rabbitmq")
        redis, objects = Redis(folder / "redis"), S3Server(folder / "objects")
        components: list[Component] = [postgres, rabbitmq, redis, objects]
        for component in components:
            stack.callback(component.close)
        with ThreadPoolExecutor(len(components)) as pool:
            list(pool.map(lambda c: c.start(), components))
        clip = make_clip(folder / "clip.mp4", ClipSpec(frames=12))
        ledger = stack.enter_context(running_ledger(folder / "ledger.jsonl", clip, behaviour))
        settings = {
            "RABBITMQ_URL": rabbitmq.url,
            "REDIS_URL": redis.url,
            **objects.settings(),
            "LEDGER_BASE_URL": ledger.url,
            "LEDGER_SUBMIT_TIMEOUT": str(shape.submit_seconds),
            "LEDGER_POLL_SECONDS": str(shape.poll_seconds),
            "LEDGER_CONCURRENCY": str(shape.slots),
            "VIDEO_FOUNDRY_LOG_FORMAT": "json",
            "VIDEO_FOUNDRY_DATABASE_POOL": "8",
        }
        owner = postgres.make_database(database.NAME)
        nursery = Nursery(ROOT)
        stack.callback(nursery.close)
        members = _members(folder, shape, postgres, settings, nursery)
        _prepare_database(folder, owner, settings, members, watched=shape.watched)
        for member in members.values():
            stack.enter_context(member.server.until_the_end())
        yield Cluster(
            folder=folder,
            shape=shape,
            postgres=postgres,
            rabbitmq=rabbitmq,
            redis=redis,
            objects=objects,
            ledger=ledger,
            members=members,
            nursery=nursery,
            database=owner,
            settings={**settings, "DATABASE_URL": owner},
        )


def _members(
    folder: Path, shape: Shape, postgres: Postgres, settings: Mapping[str, str], again: Starter
) -> dict[str, Member]:
    names = [f"api_{n + 1}" for n in range(shape.apis)]
    names += [f"worker_{n + 1}" for n in range(shape.workers)]
    port = free_port()  # providers call the first replica: a call finds nobody while it is down
    settings = {**settings, "VIDEO_FOUNDRY_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    return {
        name: make_member(
            name,
            "api" if name.startswith("api") else "worker",
            folder,
            {**settings, "DATABASE_URL": database.address(postgres, name)},
            generate=shape.generate,
            compose=shape.compose,
            again=again,
            port=port if name == names[0] else None,
        )
        for name in names
    }


def _prepare_database(
    folder: Path,
    owner: str,
    settings: Mapping[str, str],
    members: Mapping[str, Member],
    *,
    watched: bool,
) -> None:
    done = _command(folder, {**settings, "DATABASE_URL": owner}, "migrate")
    if done.returncode:
        raise RuntimeError(f"the database could not be prepared: {done.stdout}{done.stderr}")
    database.make_roles(owner, list(members))
    if watched:
        database.run(owner, audit.SCHEMA)


def _command(
    folder: Path, settings: Mapping[str, str], *words: str, timeout: float = 300.0
) -> subprocess.CompletedProcess[str]:
    home = folder / "elsewhere"
    home.mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, "-m", "video_foundry", *words],
        cwd=home,
        env={
            **os.environ,
            **settings,
            "VIDEO_FOUNDRY_DATA_DIR": str(home),
            "VIDEO_FOUNDRY_PLUGINS": "video_foundry.testing.ledger_models",
        },
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
