"""A container on a server that speaks Azure's protocol keeps the contract of the blob store.

The suite does not start one: Azurite, Microsoft's own, is 365 MB of Node packages. Start it by hand
(docs/deploy.md says how), make a container, and name it: VIDEO_FOUNDRY_TEST_AZURE=http://127.0.0.1:
10000/devstoreaccount1/films, with AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY.
"""

import os
import uuid
from pathlib import Path

import httpx2
import pytest
from tests.storage.remote.bucket import CONTENT, MIB, file_of

from video_foundry.adapters.blobs.remote import RemoteBlobStore
from video_foundry.ports.blobs import BlobStore
from video_foundry.testing.blob_contract import BlobStoreContract

NAMED = os.environ.get("VIDEO_FOUNDRY_TEST_AZURE", "")
if not NAMED:
    pytest.skip("VIDEO_FOUNDRY_TEST_AZURE names no container", allow_module_level=True)


def opened(cache: Path, *, cache_max_bytes: int = 100 * MIB) -> RemoteBlobStore:
    """A store in a folder of the container that no other test uses."""
    endpoint, _, container = NAMED.rpartition("/")
    return RemoteBlobStore(
        url=f"az://{container}/{uuid.uuid4().hex}",
        cache=cache,
        cache_max_bytes=cache_max_bytes,
        endpoint_url=endpoint,
        public_endpoint_url=endpoint,
        patience=5.0,
    )


class TestAzure(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> BlobStore:
        return opened(tmp_path / "cache")


class TestAzureWithoutRoomForCopies(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> BlobStore:
        return opened(tmp_path / "cache", cache_max_bytes=0)


async def test_a_browser_is_sent_to_the_store_for_the_part_that_it_wants(tmp_path: Path) -> None:
    store = opened(tmp_path / "cache")
    digest = (await store.put_file(file_of(tmp_path, CONTENT))).digest
    link = await store.link(digest, seconds=60)
    assert link is not None
    async with httpx2.AsyncClient() as client:
        part = await client.get(link, headers={"Range": "bytes=256-511"})
    assert (part.status_code, part.content) == (206, CONTENT[256:512])
