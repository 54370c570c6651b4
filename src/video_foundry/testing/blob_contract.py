"""What every BlobStore must do, as tests to inherit from. No store of its own lives here."""
# ruff: noqa: S101, ASYNC240 - a contract speaks in asserts, and may block its loop for a moment

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from video_foundry.errors import BadInput, NotFound
from video_foundry.ports.blobs import BlobStore

CONTENT = bytes(range(256)) * 4099
"""About a mebibyte, and no multiple of any likely chunk size."""

LONG_SIZE = 21 * 1024 * 1024 + 4321
"""Bytes of a file that stores which send parts cut into several."""

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

    @pytest.fixture
    def long_source(self, tmp_path: Path) -> Path:
        """A file of several parts, no two alike."""
        path = tmp_path / "long.bin"
        path.write_bytes(Random(7).randbytes(LONG_SIZE))  # noqa: S311 - no secret
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

    async def test_stores_a_long_file(self, store: BlobStore, long_source: Path) -> None:
        content = long_source.read_bytes()
        blob = await store.put_file(long_source, content_type="video/mp4")
        assert (blob.digest, blob.size) == (sha256(content).hexdigest(), LONG_SIZE)
        assert await read(store, blob.digest) == content
        middle = LONG_SIZE // 3
        assert (
            await read(store, blob.digest, start=middle, end=-middle + LONG_SIZE)
            == (content[middle:-middle])
        )
        async with store.local_path(blob.digest) as path:
            assert path.read_bytes() == content

    async def test_a_cancelled_put_leaves_nothing(
        self, store: BlobStore, long_source: Path
    ) -> None:
        digest = sha256(long_source.read_bytes()).hexdigest()
        for delay in (0.0, 0.002, 0.01, 0.03):
            putting = asyncio.create_task(store.put_file(long_source))
            await asyncio.sleep(delay)
            putting.cancel()
            with suppress(asyncio.CancelledError):
                await putting
            if await store.exists(digest):  # it was quicker, or its end could not be stopped
                assert await read(store, digest) == long_source.read_bytes()
                await store.delete(digest)
        await store.put_file(long_source)
        assert await store.size(digest) == LONG_SIZE

    async def test_the_source_may_go_after_the_put(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source)
        source.write_bytes(b"something else")
        source.unlink()
        assert await read(store, blob.digest) == CONTENT
        async with store.local_path(blob.digest) as path:
            assert path.read_bytes() == CONTENT

    async def test_a_lent_file_cannot_be_changed_by_mistake(
        self, store: BlobStore, source: Path
    ) -> None:
        blob = await store.put_file(source)
        async with store.local_path(blob.digest) as path:
            assert path.stat().st_mode & 0o222 == 0

    async def test_many_may_borrow_the_same_at_once(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source)

        async def borrow() -> bytes:
            async with store.local_path(blob.digest) as path:
                await asyncio.sleep(0)
                return path.read_bytes()

        assert set(await asyncio.gather(*(borrow() for _ in range(8)))) == {CONTENT}

    async def test_a_stream_may_be_left(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source)
        async for chunk in store.open(blob.digest):
            assert CONTENT.startswith(chunk)
            break
        assert await read(store, blob.digest) == CONTENT

    async def test_lists_what_there_is(
        self, store: BlobStore, source: Path, tmp_path: Path
    ) -> None:
        assert [blob async for blob in store.list()] == []
        other = tmp_path / "other"
        other.write_bytes(b"other")
        put = [await store.put_file(source), await store.put_file(other)]
        await store.check()
        listed = [blob async for blob in store.list()]
        assert {(b.digest, b.size) for b in listed} == {(b.digest, b.size) for b in put}
        for blob in listed:
            assert abs(datetime.now(UTC) - blob.modified) < timedelta(minutes=1)
        await store.delete(put[0].digest)
        assert [blob.digest async for blob in store.list()] == [put[1].digest]

    async def test_a_link_is_an_address_or_none(self, store: BlobStore, source: Path) -> None:
        blob = await store.put_file(source, content_type="video/mp4")
        for filename in (None, "My film – 1.mp4"):
            link = await store.link(blob.digest, seconds=60, filename=filename)
            assert link is None or link.startswith(("http://", "https://"))
        with pytest.raises(BadInput):
            await store.link("../secret", seconds=60)

    async def test_checks_itself(self, store: BlobStore) -> None:
        await store.check()

    async def test_may_be_closed(self, store: BlobStore, source: Path) -> None:
        await store.put_file(source)
        await store.aclose()
        await store.aclose()


async def read(store: BlobStore, digest: str, *, start: int = 0, end: int | None = None) -> bytes:
    """All bytes of a range, collected."""
    return b"".join([chunk async for chunk in store.open(digest, start=start, end=end)])
