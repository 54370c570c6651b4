"""Readers are kept and shared, yet nobody suffers from another's file, haste or death."""

import asyncio
import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor, pool, reader
from video_foundry.adapters.ffmpeg.pool import ReaderPool
from video_foundry.adapters.ffmpeg.reader import ChildRefused
from video_foundry.adapters.ffmpeg.tools import FORMATS
from video_foundry.errors import MediaError
from video_foundry.testing.clips import ClipSpec, make_clip, truncated

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="children are looked up in /proc")

Request = dict[str, str | int]


def _children(of: int) -> set[int]:
    """Living PyAV children of a process."""
    found = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == of and state != "Z" and b"pyav_child.py" in command:
            found.add(int(folder.name))
    return found


@pytest.fixture
def ours() -> Callable[[], set[int]]:
    """Tells the readers that were started since the test began and still live."""
    before = _children(os.getpid())
    return lambda: _children(os.getpid()) - before


@pytest.fixture
def readers() -> Iterator[ReaderPool]:
    made = ReaderPool(memory=6 * 1024**3, output=1024**3)
    yield made
    made.close()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Silent clips of one frame whose widths are 32, 34, ..."""
    folder = tmp_path_factory.mktemp("clips")
    specs = [ClipSpec(frames=1, size=(32 + 2 * n, 32), sound=None) for n in range(4)]
    return [make_clip(folder / f"{n}.mp4", spec) for n, spec in enumerate(specs)]


def _probe(path: Path) -> Request:
    which = {"path": str(path), "demuxer": "mov", "formats": FORMATS}
    return {"task": "probe", "max_pixels": 10_000, **which}


@pytest.fixture
def endless(tmp_path: Path) -> Request:
    """A request that nobody can fulfil: it waits for a pipe into which nothing is written."""
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    return _probe(pipe)


@pytest.fixture
def is_being_read(endless: Request) -> Iterator[Callable[[], bool]]:
    """Tells whether a child has begun to open the pipe: only then can we open it for writing."""
    opened: list[int] = []

    def look() -> bool:
        with contextlib.suppress(OSError):
            opened.append(os.open(str(endless["path"]), os.O_WRONLY | os.O_NONBLOCK))
        return bool(opened)

    yield look
    for descriptor in opened:
        os.close(descriptor)


async def _until(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        await asyncio.sleep(0.01)


async def test_many_requests_share_few_children_and_each_gets_its_own_answer(
    readers: ReaderPool, ours: Callable[[], set[int]], clips: list[Path]
) -> None:
    asked = clips * 5
    found = await asyncio.gather(*(readers.ask(_probe(path), timeout=20) for path in asked))
    assert [answer["width"] for answer in found] == [32, 34, 36, 38] * 5
    assert 1 <= len(ours()) <= pool.KEPT


def test_children_outlive_event_loops(
    readers: ReaderPool, ours: Callable[[], set[int]], clips: list[Path]
) -> None:
    asyncio.run(readers.ask(_probe(clips[0]), timeout=20))
    first = ours()
    asyncio.run(readers.ask(_probe(clips[1]), timeout=20))
    assert len(first) == 1
    assert ours() == first


async def test_a_request_past_its_time_is_ended_and_the_next_is_served(
    readers: ReaderPool, ours: Callable[[], set[int]], clips: list[Path], endless: Request
) -> None:
    with pytest.raises(ChildRefused, match="took longer than"):
        await readers.ask(endless, timeout=0.3)
    assert not ours()
    assert (await readers.ask(_probe(clips[1]), timeout=20))["width"] == 34


async def test_a_cancelled_request_leaves_no_answer_for_the_next(
    readers: ReaderPool,
    ours: Callable[[], set[int]],
    clips: list[Path],
    endless: Request,
    is_being_read: Callable[[], bool],
) -> None:
    await readers.ask(_probe(clips[0]), timeout=20)
    [kept] = ours()
    work = asyncio.create_task(readers.ask(endless, timeout=60))
    assert ours() == {kept}
    await _until(is_being_read)
    work.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await work
    assert not ours()
    assert (await readers.ask(_probe(clips[2]), timeout=20))["width"] == 36


async def test_a_cancelled_request_that_still_waits_its_turn_returns_at_once(
    readers: ReaderPool, ours: Callable[[], set[int]], endless: Request
) -> None:
    busy = [asyncio.create_task(readers.ask(endless, timeout=60)) for _ in range(pool.KEPT)]
    await _until(lambda: len(ours()) == pool.KEPT)
    waiting = asyncio.create_task(readers.ask(endless, timeout=60))
    await asyncio.sleep(0)
    waiting.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert len(ours()) == pool.KEPT
    for work in busy:
        work.cancel()
    await asyncio.wait(busy)
    assert not ours()


async def test_work_that_writes_keeps_nobody_from_reading(
    readers: ReaderPool, ours: Callable[[], set[int]], clips: list[Path], endless: Request
) -> None:
    """And each other neither: as many steps as a worker has places for are under way at once."""
    joins = [
        asyncio.create_task(readers.ask(endless | {"output": "somewhere"}, timeout=60))
        for _ in range(pool.KEPT + 2)
    ]
    await _until(lambda: len(ours()) == pool.KEPT + 2)
    assert (await readers.ask(_probe(clips[3]), timeout=20))["width"] == 38
    for work in joins:
        work.cancel()
    await asyncio.wait(joins)


async def test_the_death_of_a_child_is_the_matter_of_its_own_file_alone(
    readers: ReaderPool, ours: Callable[[], set[int]], clips: list[Path], endless: Request
) -> None:
    doomed = asyncio.create_task(readers.ask(endless, timeout=60))
    await _until(lambda: len(ours()) == 1)
    [victim] = ours()
    assert (await readers.ask(_probe(clips[1]), timeout=20))["width"] == 34
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(ChildRefused, match="signal 9"):
        await doomed
    assert (await readers.ask(_probe(clips[2]), timeout=20))["width"] == 36


async def test_a_child_that_dies_after_other_files_is_not_held_against_this_one(
    readers: ReaderPool,
    ours: Callable[[], set[int]],
    clips: list[Path],
    endless: Request,
    is_being_read: Callable[[], bool],
) -> None:
    await readers.ask(_probe(clips[0]), timeout=20)
    [used] = ours()
    work = asyncio.create_task(readers.ask(endless, timeout=60))
    await _until(is_being_read)
    os.kill(used, signal.SIGKILL)
    await _until(lambda: bool(ours() - {used}))
    [fresh] = ours()
    os.kill(fresh, signal.SIGKILL)  # this time it had nothing else to suffer from
    with pytest.raises(ChildRefused, match="signal 9"):
        await work


async def test_a_child_that_ended_while_nobody_asked_is_replaced(
    readers: ReaderPool, ours: Callable[[], set[int]], clips: list[Path]
) -> None:
    await readers.ask(_probe(clips[0]), timeout=20)
    [idle] = ours()
    os.kill(idle, signal.SIGKILL)
    assert (await readers.ask(_probe(clips[1]), timeout=20))["width"] == 34


async def test_who_has_read_a_broken_file_reads_no_other(
    readers: ReaderPool, ours: Callable[[], set[int]], clips: list[Path], tmp_path: Path
) -> None:
    broken = truncated(clips[0], tmp_path / "broken.mp4", 0.3)
    with pytest.raises(ChildRefused, match="damaged"):
        await readers.ask(_probe(broken), timeout=20)
    assert not ours()


async def test_a_child_does_not_grow_old_or_fat(
    readers: ReaderPool,
    ours: Callable[[], set[int]],
    clips: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, limit in (("MOST_SERVED", 2), ("MOST_RESIDENT", 1_000_000)):
        with monkeypatch.context() as patch:
            await readers.ask(_probe(clips[0]), timeout=20)
            assert len(ours()) == 1
            patch.setattr(pool, name, limit)
            await readers.ask(_probe(clips[1]), timeout=20)
            assert not ours()


@pytest.mark.parametrize(
    "program",
    [
        'print(\'{"number": 7, "ok": {}}\', flush=True)',
        'print(\'{"number": 1, "ok": 5}\', flush=True)',
        "print('[1]', flush=True)",
        "print('nonsense', flush=True)",
        "print('{}', flush=True)",
        "while True: print('x' * 100_000, end='')",
        "import sys; sys.exit('a reason')",
        "import os; os.close(1); import time; time.sleep(60)",
    ],
)
async def test_a_child_that_has_gone_mad_is_not_believed(
    readers: ReaderPool,
    clips: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
) -> None:
    child = tmp_path / "pyav_child.py"
    child.write_text(program)
    monkeypatch.setattr(reader, "_CHILD", child)
    with pytest.raises(ChildRefused, match="reading the file"):
        await readers.ask(_probe(clips[0]), timeout=10)


async def test_an_error_in_our_own_callback_ends_the_child_and_comes_through(
    readers: ReaderPool,
    ours: Callable[[], set[int]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = tmp_path / "pyav_child.py"
    child.write_text(
        'import time; print(\'{"number": 1, "progress": 0.5}\', flush=True); time.sleep(60)'
    )
    monkeypatch.setattr(reader, "_CHILD", child)

    async def refuse(done: float) -> None:
        raise TimeoutError(f"at {done}")

    with pytest.raises(TimeoutError, match=r"at 0\.5"):
        await readers.ask({}, timeout=20, progress=refuse)
    assert not ours()


async def test_closing_ends_every_child_and_blames_no_file(
    readers: ReaderPool, ours: Callable[[], set[int]], endless: Request
) -> None:
    work = [asyncio.create_task(readers.ask(endless, timeout=60)) for _ in range(pool.KEPT + 1)]
    await _until(lambda: len(ours()) == pool.KEPT)
    await asyncio.to_thread(readers.close)
    assert not ours()
    for result in await asyncio.gather(*work, return_exceptions=True):
        assert isinstance(result, RuntimeError)
    with pytest.raises(RuntimeError):
        await readers.ask(endless, timeout=1)


# Through the compositor


async def test_a_closed_compositor_has_no_children(
    tmp_path: Path, ours: Callable[[], set[int]], clips: list[Path]
) -> None:
    compositor = FFmpegCompositor(scratch=tmp_path)
    await compositor.probe(clips[0])
    assert ours()
    await compositor.aclose()
    await compositor.aclose()
    assert not ours()


async def test_a_forgotten_compositor_leaves_no_child_behind(
    tmp_path: Path, ours: Callable[[], set[int]], clips: list[Path]
) -> None:
    compositor = FFmpegCompositor(scratch=tmp_path)
    await compositor.probe(clips[0])
    del compositor
    gc.collect()
    assert not ours()


async def test_bad_clips_beside_good_ones_harm_none_of_them(
    compositor: FFmpegCompositor, clips: list[Path], tmp_path: Path
) -> None:
    broken = truncated(clips[0], tmp_path / "broken.mp4", 0.3)
    asked = [broken if n % 2 else clips[n % 4] for n in range(8)]
    found = await asyncio.gather(*map(compositor.probe, asked), return_exceptions=True)
    for path, answer in zip(asked, found, strict=True):
        if path == broken:
            assert isinstance(answer, MediaError)
        else:
            assert not isinstance(answer, BaseException)
            assert answer.width == 32 + 2 * clips.index(path)


async def test_killing_the_server_kills_its_readers(tmp_path: Path, clips: list[Path]) -> None:
    server = f"""
import asyncio, pathlib, sys
sys.path[:] = {sys.path!r}
from video_foundry.adapters.ffmpeg import FFmpegCompositor
async def main():
    compositor = FFmpegCompositor(scratch=pathlib.Path({str(tmp_path)!r}))
    await compositor.probe(pathlib.Path({str(clips[0])!r}))
    print("ready", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", server], stdout=subprocess.PIPE) as process:  # noqa: ASYNC220  starts at once
        assert process.stdout is not None
        await asyncio.to_thread(process.stdout.readline)
        orphans = _children(process.pid)
        process.kill()
    assert orphans
    await _until(lambda: not any(_is_reader(pid) for pid in orphans), 3)


def _is_reader(pid: int) -> bool:
    try:
        return b"pyav_child.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
