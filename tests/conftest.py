"""What every suite shares: no key and no setting of the machine reaches a test; and databases to
play in, PostgreSQL's where it is installed."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.db.databases import Database, PostgresDatabases, fresh_copy, sqlite_template
from tests.nursery import Nursery
from tests.sampling import ALL, TURN, is_all, whose_turn

from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.postgres import Postgres


def pytest_configure() -> None:
    """Settle whose turn it is before any test is collected, for all processes of this run."""
    whose_turn()


def pytest_report_header() -> str:
    """How to do the same again."""
    some = f"pairs: {TURN}={whose_turn()} ({ALL}=1 for all)"
    return "all pairs of all axes" if is_all() else some


@pytest.fixture(scope="session", autouse=True)
def interrupts_are_heard() -> None:
    """What a shell starts in the background ignores SIGINT, and so would all that a test starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_this_machine() -> Iterator[None]:
    """A developer's own keys and folders must neither be spent nor change what tests see."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("VIDEO_FOUNDRY_") or name.endswith("_API_KEY"):
                patch.delenv(name)
        patch.delenv("DATABASE_URL", raising=False)
        yield


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresDatabases]:
    """A real server for the whole session, started when the first test asks for it. Where there is
    none, tests that need it are left out, with the reason."""
    try:
        Postgres.require()
    except NotInstalled as missing:
        pytest.skip(str(missing))
    with Postgres.running(tmp_path_factory.mktemp("postgres") / "server") as server:
        databases = PostgresDatabases(server)
        databases.without_sync()
        yield databases


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty database, to be copied."""
    return sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def nursery(no_settings_of_this_machine: None) -> Iterator[Nursery]:
    """Starts our command without its modules being read anew each time."""
    nursery = Nursery(Path(__file__).resolve().parents[1])
    yield nursery
    nursery.close()


KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def kind_of_database(request: pytest.FixtureRequest) -> str:
    """Each kind; whatever databases a test asks for are of the same one."""
    kind: str = request.param
    return kind


@pytest.fixture
def database(
    kind_of_database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """An empty database of each kind."""
    if kind_of_database == "sqlite":
        yield fresh_copy(request.getfixturevalue("empty_file"), tmp_path / "data")
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    with databases.fresh() as made:
        yield made


@pytest.fixture
def bare(
    kind_of_database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """A database of each kind without any table."""
    if kind_of_database == "sqlite":
        yield Database.in_folder(tmp_path / "bare")
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    with databases.fresh(migrated=False) as made:
        yield made


@pytest.fixture
def embedded(empty_file: Path, tmp_path: Path) -> Database:
    """An empty database in a file."""
    return fresh_copy(empty_file, tmp_path / "database")
