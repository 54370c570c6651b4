"""The local object folder keeps the contract of its port, survives full disks and stays inside."""
# ruff: noqa: ASYNC240 - a test may block its own loop for a moment

import asyncio
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from video_foundry.adapters.blobs.local import MARKER, LocalBlobStore
from video_foundry.errors import BadInput, FoundryError, NotFound
from video_foundry.ports.blobs import BlobStore
from video_foundry.testing.blob_contract import CONTENT, BlobStoreContract, read


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.bin"
    path.write_bytes(CONTENT)
    return path


class TestLocalBlobStore(BlobStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> BlobStore:
        return LocalBlobStore(tmp_path / "store")


def files_under(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def object_path(root: Path, digest: str) -> Path:
    return root / "objects" / digest[:2] / digest[2:4] / digest


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """No file of this process may grow past `size` bytes, as on a disk that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_said_and_leaves_nothing(root: Path, source: Path) -> None:
    store = LocalBlobStore(root)
    await store.check()
    before = files_under(root)
    with files_limited_to(len(CONTENT) // 2), pytest.raises(FoundryError) as caught:
        await store.put_file(source)
    assert caught.value.code == "disk_full"
    assert "full" in caught.value.message
    assert files_under(root) == before
    assert (await store.put_file(source)).size == len(CONTENT)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="names open files by /proc")
async def test_an_object_is_durable_before_it_is_visible(
    root: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalBlobStore(root)
    await store.check()
    synced: list[tuple[str, bool]] = []
    really = os.fsync

    def recording(fd: int) -> None:
        is_visible = bool(list(root.glob("objects/*/*/*")))
        synced.append((Path(f"/proc/self/fd/{fd}").readlink().name, is_visible))
        really(fd)

    monkeypatch.setattr(os, "fsync", recording)
    digest = (await store.put_file(source)).digest
    assert (synced[0][0].endswith(".part"), synced[0][1]) == (True, False)
    assert synced[1:] == [("objects", False), (digest[:2], False), (digest[2:4], True)]


async def test_objects_are_read_only_and_alone(root: Path, source: Path) -> None:
    store = LocalBlobStore(root)
    digest = (await store.put_file(source)).digest
    assert object_path(root, digest).stat().st_mode & 0o222 == 0
    async with store.local_path(digest):
        pass
    assert files_under(root) == [
        MARKER,
        f"objects/{digest[:2]}/{digest[2:4]}/{digest}",
    ]


async def test_a_damaged_short_object_is_mended_by_putting_it_again(
    root: Path, source: Path
) -> None:
    store = LocalBlobStore(root)
    digest = (await store.put_file(source)).digest
    object_path(root, digest).unlink()
    object_path(root, digest).write_bytes(b"short")
    await store.put_file(source)
    assert await read(store, digest) == CONTENT


async def test_links_in_the_folder_lead_nowhere(root: Path, source: Path, tmp_path: Path) -> None:
    store = LocalBlobStore(root)
    digest = (await store.put_file(source)).digest
    secret = tmp_path / "secret"
    secret.write_bytes(CONTENT)
    object_path(root, digest).unlink()
    object_path(root, digest).symlink_to(secret)
    assert not await store.exists(digest)
    with pytest.raises(NotFound):
        await read(store, digest)
    with pytest.raises(NotFound):
        async with store.local_path(digest):
            pass
    await store.put_file(source)
    assert not object_path(root, digest).is_symlink()
    assert secret.read_bytes() == CONTENT


async def test_a_linked_folder_is_not_entered(root: Path, source: Path, tmp_path: Path) -> None:
    store = LocalBlobStore(root)
    digest = (await store.put_file(source)).digest
    branch = root / "objects" / digest[:2]
    branch.rename(tmp_path / "elsewhere")
    branch.symlink_to(tmp_path / "elsewhere")
    assert not await store.exists(digest)
    await store.delete(digest)
    assert files_under(tmp_path / "elsewhere") == [f"{digest[2:4]}/{digest}"]


async def test_links_and_strangers_are_not_listed(root: Path, source: Path, tmp_path: Path) -> None:
    store = LocalBlobStore(root)
    digest = (await store.put_file(source)).digest
    folder = object_path(root, digest).parent
    (folder / f"{digest[:4]}{'0' * 60}").symlink_to(source)
    (folder / f"{digest[:4]}{'1' * 60}").mkdir()
    (folder / ("f" * 64)).write_bytes(b"a digest in the folder of another")
    (folder / "notes.txt").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / ("e" * 64)).touch()
    (root / "objects" / "ee").mkdir(exist_ok=True)
    (root / "objects" / "ee" / "ee").symlink_to(tmp_path / "elsewhere")
    assert [blob.digest async for blob in store.list()] == [digest]


async def test_a_folder_of_somebody_else_is_not_listed(root: Path) -> None:
    root.mkdir()
    (root / "holiday.jpg").touch()
    with pytest.raises(FoundryError):
        _ = [blob async for blob in LocalBlobStore(root).list()]


async def test_the_root_itself_may_be_a_link(root: Path, source: Path, tmp_path: Path) -> None:
    (tmp_path / "big-disk").mkdir()
    root.symlink_to(tmp_path / "big-disk")
    store = LocalBlobStore(root)
    assert await read(store, (await store.put_file(source)).digest) == CONTENT


@pytest.mark.parametrize("kind", ["folder", "pipe"])
async def test_only_regular_files_are_stored(root: Path, tmp_path: Path, kind: str) -> None:
    odd = tmp_path / "odd"
    if kind == "folder":
        odd.mkdir()
    else:
        os.mkfifo(odd)
    with pytest.raises(BadInput, match="regular"):
        await LocalBlobStore(root).put_file(odd)


async def test_a_folder_of_somebody_else_is_refused(root: Path, source: Path) -> None:
    root.mkdir()
    (root / "holiday.jpg").touch()
    for store in (LocalBlobStore(root), LocalBlobStore(root, must_exist=True)):
        with pytest.raises(FoundryError) as caught:
            await store.check()
        assert caught.value.code == "store_not_ours"
        with pytest.raises(FoundryError):
            await store.put_file(source)
    assert files_under(root) == ["holiday.jpg"]


async def test_an_unmounted_disk_is_noticed(root: Path, source: Path) -> None:
    first = LocalBlobStore(root)
    await first.put_file(source)
    await LocalBlobStore(root, must_exist=True).check()
    root.rename(root.with_name("unmounted"))
    root.mkdir()
    with pytest.raises(FoundryError, match="mounted"):
        await LocalBlobStore(root, must_exist=True).check()
    assert list(root.iterdir()) == []


async def test_a_folder_of_another_layout_is_refused(root: Path) -> None:
    root.mkdir()
    (root / MARKER).write_bytes(b"layout 99")
    with pytest.raises(FoundryError, match="another version"):
        await LocalBlobStore(root).check()


async def test_sweeps_old_leftovers_only(root: Path, source: Path) -> None:
    store = LocalBlobStore(root)
    digest = (await store.put_file(source)).digest
    (root / "tmp" / "dead.part").write_bytes(b"half")
    assert await store.sweep(older_than=60) == 0
    await asyncio.sleep(0.02)
    assert await store.sweep(older_than=0.01) == 1
    assert list((root / "tmp").iterdir()) == []
    assert await read(store, digest) == CONTENT


def test_a_killed_writer_leaves_only_what_the_sweep_takes(root: Path, tmp_path: Path) -> None:
    big = tmp_path / "big"
    with big.open("wb") as file:
        file.truncate(4 * 1024**3)
    script = (
        "import asyncio, sys, pathlib\n"
        "from video_foundry.adapters.blobs.local import LocalBlobStore\n"
        "asyncio.run(LocalBlobStore(pathlib.Path(sys.argv[1])).put_file(pathlib.Path(sys.argv[2])))"
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(root), str(big)])
    deadline = time.monotonic() + 10
    while not list(root.glob("tmp/*.part")) and time.monotonic() < deadline:
        time.sleep(0.005)
    writer.kill()
    writer.wait()
    assert [p.suffix for p in root.glob("tmp/*")] == [".part"]
    assert list(root.glob("objects/*/*/*")) == []
    time.sleep(0.02)
    assert asyncio.run(LocalBlobStore(root).sweep(older_than=0.01)) == 1


async def test_an_unreadable_folder_is_explained(tmp_path: Path, source: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(FoundryError) as caught:
        await LocalBlobStore(blocked / "store").put_file(source)
    assert caught.value.code == "store_unavailable"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files by /proc")
async def test_a_left_stream_leaves_no_open_file(root: Path, source: Path) -> None:
    store = LocalBlobStore(root)
    digest = (await store.put_file(source)).digest
    for _ in range(20):
        stream = store.open(digest)
        await anext(stream)
        await stream.aclose()  # type: ignore[attr-defined]  # a generator behind the port's type
    assert str(object_path(root, digest)) not in open_files()


def open_files() -> set[str]:
    links = Path("/proc/self/fd").iterdir()
    return {str(link.readlink()) for link in links if os.path.lexists(link)}


async def test_nonsense_ranges_are_the_callers_fault(root: Path, source: Path) -> None:
    store = LocalBlobStore(root)
    digest = (await store.put_file(source)).digest
    for start, end in ((-1, None), (5, 4)):
        with pytest.raises(ValueError, match="no range"):
            await read(store, digest, start=start, end=end)
