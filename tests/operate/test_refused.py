"""A part that will not have us, or has not what we ask for: `serve` and `worker` end with 2, the
variable and the fix, without a traceback and without a password; the doctor says the same."""

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import asyncpg
import pytest
from tests.cluster.database import ask, run
from tests.db.databases import PostgresDatabases
from tests.nursery import Nursery
from tests.operate.conftest import KEPT, until

from video_foundry.testing.stack.base import NotInstalled, free_port
from video_foundry.testing.stack.postgres import Postgres
from video_foundry.testing.stack.rabbitmq import RabbitMQ
from video_foundry.testing.stack.redis import Redis

RIGHT, GUESS = "right-canary", "wrong-canary"
SERVE = ("serve", "--no-workers", "--port")
WORKER = ("worker", "--generate", "1", "--compose", "0", "--port")


@pytest.fixture(scope="module")
def guest_url(postgres: PostgresDatabases) -> str:
    """A database with the password of a user who is asked for one."""
    return _with_password(postgres.server)


@pytest.fixture(scope="module")
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A broker with the password."""
    try:
        with RabbitMQ.running(tmp_path_factory.mktemp("broker")) as broker:
            yield broker.url
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis with the password."""
    try:
        with Redis.running(tmp_path_factory.mktemp("redis")) as redis:
            yield redis.url
    except NotInstalled as missing:
        pytest.skip(str(missing))


def _with_password(postgres: Postgres) -> str:
    """The address of a user who is asked for a password; the server's own are trusted."""
    run(postgres.url, f"CREATE ROLE guest LOGIN PASSWORD '{RIGHT}'")
    rules = Path(ask(postgres.url, "SHOW hba_file")[0]["hba_file"])
    rules.write_text(f"host all guest all scram-sha-256\n{rules.read_text()}")
    run(postgres.url, "SELECT pg_reload_conf()")
    address = postgres.url.replace("//vf@", f"//guest:{RIGHT}@")
    until("the new rule", lambda: not asyncio.run(_opens(address.replace(RIGHT, GUESS))))
    return address


async def _opens(address: str) -> bool:
    try:
        await (await asyncpg.connect(address)).close()
    except asyncpg.InvalidPasswordError:
        return False
    return True


@dataclass(frozen=True)
class Machine:
    """Somewhere to run commands. folder: new."""

    folder: Path
    nursery: Nursery

    def run(self, *words: str, **settings: str) -> CompletedProcess[str]:
        """A command with these settings, at its end."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        data = {"VIDEO_FOUNDRY_DATA_DIR": str(self.folder / "data")}
        return self.nursery.run(words, cwd=self.folder, env={**kept, **data, **settings})


@pytest.fixture
def machine(tmp_path: Path, nursery: Nursery) -> Machine:
    """One with nothing on it."""
    return Machine(tmp_path, nursery)


@dataclass(frozen=True)
class Wrong:
    """A value that is refused. address: the fixture that it is made of. reason: words of it."""

    variable: str
    address: str
    spoil: Callable[[str], str]
    reason: str


def _spoilt(pattern: str, with_what: str) -> Callable[[str], str]:
    return lambda url: re.sub(pattern, with_what, url)


WRONG = {
    "database-password": Wrong(
        "DATABASE_URL", "guest_url", _spoilt(RIGHT, GUESS), "password is wrong"
    ),
    "database": Wrong("DATABASE_URL", "guest_url", _spoilt("$", "-or-none"), "no such database"),
    "broker-password": Wrong("RABBITMQ_URL", "broker_url", _spoilt("vf:", f"vf:{GUESS}"), "broker"),
    "broker-vhost": Wrong("RABBITMQ_URL", "broker_url", _spoilt("$", "nowhere"), "nowhere"),
    "redis-password": Wrong("REDIS_URL", "redis_url", _spoilt("//:", f"//:{GUESS}"), "signal"),
    "redis-no-password": Wrong("REDIS_URL", "redis_url", _spoilt("//.*@", "//"), "signal"),
    "redis-database": Wrong("REDIS_URL", "redis_url", _spoilt("/0$", "/99"), "DB index"),
}


@pytest.fixture
def refused(kind: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """The setting that is wrong."""
    wrong = WRONG[kind]
    return {wrong.variable: wrong.spoil(request.getfixturevalue(wrong.address))}


@pytest.mark.parametrize("words", [SERVE, WORKER], ids=["serve", "worker"])
@pytest.mark.parametrize("kind", WRONG)
def test_it_ends_with_the_variable_and_the_fix(
    machine: Machine, refused: dict[str, str], words: tuple[str, ...], kind: str
) -> None:
    variable, reason = WRONG[kind].variable, WRONG[kind].reason
    done = machine.run(*words, str(free_port()), **refused)
    assert done.returncode == 2, done.stderr
    assert f"\n  {variable}" in done.stderr, "the field has a line of its own"
    assert "(" in done.stderr.partition(f"\n  {variable}")[2], "and the fix stands behind it"
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    for secret in (RIGHT, GUESS):
        assert secret not in done.stderr + done.stdout


@pytest.mark.parametrize("kind", ["database-password", "broker-vhost", "redis-database"])
def test_the_doctor_says_so_too(machine: Machine, refused: dict[str, str], kind: str) -> None:
    variable = WRONG[kind].variable
    done = machine.run("doctor", **refused)
    assert done.returncode == 1, done.stdout
    (line, *_) = [line for line in done.stdout.splitlines() if line.startswith("!!")]
    assert variable in line
    for secret in (RIGHT, GUESS):
        assert secret not in done.stderr + done.stdout
