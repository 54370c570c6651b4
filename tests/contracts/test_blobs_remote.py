"""A bucket on a real S3 server keeps the contract of the blob store."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.storage.remote.bucket import Opener, opener

from video_foundry.ports.blobs import BlobStore
from video_foundry.testing.blob_contract import BlobStoreContract
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.objects import S3Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    try:
        with S3Server.running(tmp_path_factory.mktemp("s3")) as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture
def opened(server: S3Server, tmp_path: Path) -> Opener:
    return opener(server, uuid.uuid4().hex, tmp_path / "cache")


class TestRemoteBlobStore(BlobStoreContract):
    @pytest.fixture
    def store(self, opened: Opener) -> BlobStore:
        return opened()


class TestRemoteBlobStoreWithoutRoomForCopies(BlobStoreContract):
    @pytest.fixture
    def store(self, opened: Opener) -> BlobStore:
        return opened(cache_max_bytes=0)
