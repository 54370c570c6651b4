"""What every BlobStore must do, as tests to inherit from. No store of its own lives here."""
# ruff: noqa: S101, ASYNC240 - a contract speaks in asserts, and may block its loop for a moment

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from video_foundry.errors import BadInput, NotFound
from video_foundry.ports.blobs import BlobStore

CONTENT = bytes(range(256)) * 4099
"""About a mebibyte, and no multiple of any likely chunk size."""

NO_DIGESTS = [
    "",
    "abc",
    "A" * 64,
    "g" * 64,
    "0" * 63,
    "0" * 65,
    "0" * 64 + "\n",
    "../" * 21 + "x",
    "/" + "0" * 63,
    "0" * 63 + "\0",
]


class BlobStoreContract:
    """Inherit, override `store`, and every test runs against your store."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> BlobStore:
        """An empty store."""
        raise NotImplementedError

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        """A file to store."""
        path = tmp_path / "source.bin"
        path.write_bytes(CONTENT)
        return path

    async def test_gives_back_what_was_put(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source)
        assert blob.digest == sha256(CONTENT).hexdigest()
        assert blob.size == len(CONTENT)
        assert await store.exists(blob.digest)
        assert await store.size(blob.digest) == len(CONTENT)
        assert await read(store, blob.digest) == CONTENT
        assert source.read_bytes() == CONTENT

    async def test_same_bytes_are_one_object(self, store: BlobStore, source: Path) -> None:
        first = await store.put_file(source)
        assert await store.put_file(source) == first
        assert await read(store, first.digest) == CONTENT

    async def test_many_may_put_the_same_at_once(self, store: BlobStore, source: Path) -> None:
        blobs = await asyncio.gather(*(store.put_file(source) for _ in range(8)))
        assert len(set(blobs)) == 1
        assert await read(store, blobs[0].digest) == CONTENT

    async def test_stores_an_empty_file(self, store: BlobStore, tmp_path: Path) -> None:
        empty = tmp_path / "empty"
        empty.touch()
        blob = await store.put_file(empty)
        assert (blob.size, await store.exists(blob.digest)) == (0, True)
        assert await read(store, blob.digest) == b""

    @pytest.mark.parametrize(
        ("start", "end"),
        [(0, 1), (5, 5), (7, 300_000), (262_143, 262_145), (len(CONTENT) - 3, None), (0, 10**9)],
    )
    async def test_reads_ranges(
        self, store: BlobStore, source: Path, start: int, end: int | None
    ) -> None:
        blob = await store.put_file(source)
        assert await read(store, blob.digest, start=start, end=end) == CONTENT[start:end]

    async def test_a_range_past_the_end_is_empty(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source)
        assert await read(store, blob.digest, start=len(CONTENT) + 1) == b""

    async def test_lends_a_local_file(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source)
        async with store.local_path(blob.digest) as path:
            assert path.read_bytes() == CONTENT

    async def test_a_lent_file_outlives_its_object(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source)
        async with store.local_path(blob.digest) as path:
            await store.delete(blob.digest)
            assert path.read_bytes() == CONTENT
        assert not await store.exists(blob.digest)

    async def test_deletes_and_forgives_a_second_time(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source)
        await store.delete(blob.digest)
        await store.delete(blob.digest)
        assert not await store.exists(blob.digest)

    async def test_says_what_is_not_there(self, store: BlobStore) -> None:
        missing = "0" * 64
        assert not await store.exists(missing)
        with pytest.raises(NotFound):
            await store.size(missing)
        with pytest.raises(NotFound):
            await read(store, missing)
        with pytest.raises(NotFound):
            async with store.local_path(missing):
                pass

    @pytest.mark.parametrize("digest", NO_DIGESTS)
    async def test_refuses_what_is_no_digest(self, store: BlobStore, digest: str) -> None:
        with pytest.raises(BadInput):
            await store.exists(digest)
        with pytest.raises(BadInput):
            await read(store, digest)
        with pytest.raises(BadInput):
            await store.delete(digest)

    async def test_a_missing_source_is_named(self, store: BlobStore, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match="nowhere"):
            await store.put_file(tmp_path / "nowhere.mp4")

    async def test_checks_itself(self, store: BlobStore) -> None:
        await store.check()


async def read(store: BlobStore, digest: str, *, start: int = 0, end: int | None = None) -> bytes:
    """All bytes of a range, collected."""
    return b"".join([chunk async for chunk in store.open(digest, start=start, end=end)])
