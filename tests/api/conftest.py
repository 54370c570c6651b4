"""One server a module, with a user of it. Tests of one module share what it remembers."""

import threading
from collections.abc import Iterator

import pytest
from tests.api import plugins
from tests.api.studio import Studio

from video_foundry.testing.server import RunningServer, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with nothing in it, our own models registered."""
    plugins.register()
    plugins.BarcodeModel.gate.set()
    with serving(tmp_path_factory.mktemp("server") / "data") as running:
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
