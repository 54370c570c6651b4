"""Local copies of remote objects: lent, shared, capped, and never wrong."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from tests.storage.remote.bucket import (
    CONTENT,
    MIB,
    Opener,
    copies_in,
    file_of,
    files_limited_to,
    loans_in,
)

from video_foundry.adapters.blobs.cache import BlobCache
from video_foundry.adapters.blobs.remote import RemoteBlobStore
from video_foundry.errors import FoundryError
from video_foundry.testing.stack.base import free_port
from video_foundry.testing.stack.objects import S3Server


async def test_what_was_put_is_lent_without_the_server(
    opened: Opener, server: S3Server, source: Path, tmp_path: Path
) -> None:
    digest = (await opened().put_file(source)).digest
    nobody = f"http://127.0.0.1:{free_port()}"
    async with opened(endpoint_url=nobody, patience=0.2).local_path(digest) as path:
        assert path.read_bytes() == CONTENT


async def test_one_fetch_serves_all_who_wait(opened: Opener, source: Path, tmp_path: Path) -> None:
    digest = (await opened().put_file(source)).digest
    cache = tmp_path / "another machine"
    store = opened(cache=cache)

    async def borrow() -> int:
        async with store.local_path(digest) as path:
            return path.stat().st_ino

    assert len(set(await asyncio.gather(*(borrow() for _ in range(6))))) == 1
    assert copies_in(cache) == {digest}
    assert loans_in(cache) == 0


async def test_a_fetch_whose_first_caller_leaves_serves_the_others(
    opened: Opener, source: Path, tmp_path: Path
) -> None:
    digest = (await opened().put_file(source)).digest
    store = opened(cache=tmp_path / "another machine")

    async def borrow() -> bytes:
        async with store.local_path(digest) as path:
            return path.read_bytes()

    first, second = asyncio.create_task(borrow()), asyncio.create_task(borrow())
    await asyncio.sleep(0.005)
    first.cancel()
    assert await second == CONTENT
    await asyncio.gather(first, return_exceptions=True)
    assert loans_in(tmp_path / "another machine") == 0


async def use(store: RemoteBlobStore, digest: str) -> None:
    """Borrow it, a moment after whatever was before."""
    await asyncio.sleep(0.01)
    async with store.local_path(digest):
        pass


async def three_copies(store: RemoteBlobStore, folder: Path) -> list[str]:
    """Three objects of 100 bytes, the last one the newest."""
    digests = []
    for n in range(3):
        digests.append((await store.put_file(file_of(folder, bytes([n]) * 100))).digest)
        await asyncio.sleep(0.01)
    return digests


async def test_the_least_recently_used_copy_goes_first(opened: Opener, tmp_path: Path) -> None:
    store = opened(cache_max_bytes=350)
    one, two, three = await three_copies(store, tmp_path)
    await use(store, one)
    four = (await store.put_file(file_of(tmp_path, b"4" * 100))).digest
    assert copies_in(tmp_path / "cache") == {one, three, four}
    async with store.local_path(two) as path:  # fetched again
        assert path.read_bytes() == b"\1" * 100
    assert copies_in(tmp_path / "cache") == {one, two, four}


async def test_a_lent_copy_never_goes(opened: Opener, tmp_path: Path) -> None:
    store = opened(cache_max_bytes=350)
    one, two, three = await three_copies(store, tmp_path)
    async with store.local_path(one) as lent:
        await use(store, two)
        await use(store, three)
        four = (await store.put_file(file_of(tmp_path, b"4" * 200))).digest
        assert copies_in(tmp_path / "cache") == {one, four}, "the oldest is being read"
        too_much = (await store.put_file(file_of(tmp_path, b"5" * 300))).digest
        assert too_much not in copies_in(tmp_path / "cache"), "what is read takes its room"
        assert copies_in(tmp_path / "cache") == {one, four}, "nothing goes where nothing is won"
        assert lent.read_bytes() == b"\0" * 100


async def test_copies_are_shared_by_the_processes_of_a_machine(
    opened: Opener, source: Path, tmp_path: Path
) -> None:
    """One lends it while the other drops it to make room."""
    one, two = opened(cache_max_bytes=2 * MIB), opened(cache_max_bytes=2 * MIB)
    digest = (await one.put_file(source)).digest
    async with two.local_path(digest) as path:
        await one.delete(digest)
        await one.put_file(file_of(tmp_path, b"b" * (2 * MIB)))
        assert path.read_bytes() == CONTENT


async def test_what_does_not_fit_is_lent_all_the_same(
    opened: Opener, source: Path, tmp_path: Path
) -> None:
    store = opened(cache_max_bytes=1000)
    digest = (await store.put_file(source)).digest
    async with store.local_path(digest) as path:
        assert path.read_bytes() == CONTENT
        assert copies_in(tmp_path / "cache") == set()
    assert loans_in(tmp_path / "cache") == 0


def test_what_a_killed_process_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib, time\n"
        "from video_foundry.adapters.blobs.cache import BlobCache\n"
        "path = BlobCache(pathlib.Path(sys.argv[1]), 10).new_path()\n"
        "path.write_bytes(b'half')\n"
        "print(path, flush=True)\n"
        "time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        left = Path(other.stdout.readline().strip())
        mine = BlobCache(tmp_path, 10)
        mine.new_path().write_bytes(b"mine")
        assert left.exists(), "its process lives"
        other.kill()
        other.wait()
        BlobCache(tmp_path, 10).new_path()
        assert not left.exists()
        assert loans_in(tmp_path) == 1
        mine.close()


async def test_closing_leaves_only_whole_copies(
    opened: Opener, source: Path, tmp_path: Path
) -> None:
    store = opened()
    digest = (await store.put_file(source)).digest
    await store.aclose()
    assert copies_in(tmp_path / "cache") == {digest}
    assert list((tmp_path / "cache" / "own").iterdir()) == []


async def test_a_full_disk_costs_the_copy_and_not_the_put(
    opened: Opener, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened()
    await store.check()
    with files_limited_to(len(CONTENT) // 2):
        blob = await store.put_file(source)
        assert loans_in(tmp_path / "cache") == 0
        with pytest.raises(FoundryError) as caught:
            async with store.local_path(blob.digest):
                pass
    assert caught.value.code == "disk_full"
    assert loans_in(tmp_path / "cache") == 0
    async with store.local_path(blob.digest) as path:
        assert path.read_bytes() == CONTENT
