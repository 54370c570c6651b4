"""One real S3 server for the suite, and stores on folders of its bucket that no other test uses."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.storage.remote.bucket import CONTENT, Opener, opener

from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import S3Server
from video_foundry.testing.stack.proxy import Proxy


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """The server, without anything in between."""
    try:
        with S3Server.running(tmp_path_factory.mktemp("s3")) as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture
def proxy(server: S3Server) -> Iterator[Proxy]:
    """The way to the server that fails on command."""
    with Proxy.running(server.port, seed=11) as running:
        yield running


@pytest.fixture
def opened(server: S3Server, tmp_path: Path) -> Opener:
    """Opens stores on one folder of the bucket."""
    return opener(server, uuid.uuid4().hex, tmp_path / "cache")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A small file to store."""
    path = tmp_path / "source.bin"
    path.write_bytes(CONTENT)
    return path
