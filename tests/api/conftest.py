"""One server a module, with a user of it. Tests of one module share what it remembers.

The modules that lean most on the database are done on SQLite and, half of them in turn, on
PostgreSQL; all are on the one that VIDEO_FOUNDRY_TEST_DATABASE names (sqlite or postgresql).
"""

import os
import threading
from collections.abc import Iterator

import pytest
from tests.api import plugins
from tests.api.studio import Studio
from tests.db.databases import PostgresDatabases
from tests.sampling import turn

from video_foundry.testing.server import RunningServer, serving

ONLY = os.environ.get("VIDEO_FOUNDRY_TEST_DATABASE")
ON_BOTH = (
    "test_one_generation",
    "test_operations",
    "test_paid_once",
    "test_restart",
    "test_sharing",
    "test_spend",
    "test_takes",
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Which databases a module is done on."""
    if "stored_in" not in metafunc.fixturenames:
        return
    is_both = metafunc.module.__name__.rpartition(".")[2] in turn(ON_BOTH, 2)
    kinds = [ONLY] if ONLY else ["sqlite", "postgresql"] if is_both else ["sqlite"]
    metafunc.parametrize("stored_in", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def stored_in(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings of a server that say which database it uses."""
    if request.param == "sqlite":
        yield {}
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    with databases.fresh() as database:
        yield {"database_url": database.url}


@pytest.fixture
def stored_alone(
    stored_in: dict[str, str], request: pytest.FixtureRequest
) -> Iterator[dict[str, str]]:
    """The same for a server of a test's own, with nothing in its database."""
    if not stored_in:
        yield {}
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres")
    with databases.fresh() as database:
        yield {"database_url": database.url}


@pytest.fixture(scope="module")
def server(
    stored_in: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """A server with nothing in it, our own models registered."""
    plugins.register()
    plugins.BarcodeModel.gate.set()
    plugins.BarcodeModel.submissions.clear()
    with serving(tmp_path_factory.mktemp("server") / "data", **stored_in) as running:
        yield running


@pytest.fixture(scope="module")
def studio(server: RunningServer) -> Iterator[Studio]:
    """A user of the server."""
    user = Studio(server)
    yield user
    user.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Generations of our own models go on until the test sets this."""
    with plugins.closed_gate() as opening:
        yield opening
