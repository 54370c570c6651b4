"""The child that draws: whatever becomes of it, that harms nothing, and the next title is drawn."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.adapters.titles.conftest import names_in, step

from video_foundry.adapters.titles.artist import Artist, ArtistFailed
from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.errors import CompositionFailed

GIB = 1024**3


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def draw(titler: SkiaTitler, folder: Path) -> None:
    await titler.title(step("Hello"), folder / "title.png")


async def test_a_child_is_kept_and_ends_with_its_titler(tmp_path: Path) -> None:
    titler = SkiaTitler()
    await draw(titler, tmp_path)
    (first,) = titler._artist.pids
    await draw(titler, tmp_path)
    assert titler._artist.pids == [first]
    await titler.aclose()
    assert not is_running(first)


async def test_a_child_that_was_killed_is_replaced_unnoticed(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    await draw(titler, tmp_path)
    for pid in titler._artist.pids:
        os.kill(pid, signal.SIGKILL)
    await draw(titler, tmp_path)


async def test_a_frame_that_needs_too_much_memory_ends_the_child_alone(tmp_path: Path) -> None:
    small = SkiaTitler(memory=GIB // 2)
    with pytest.raises(CompositionFailed, match="text 1: "):
        await small.title(step("Huge", width=7000, height=7000), tmp_path / "title.png")
    assert names_in(tmp_path) == []
    await draw(small, tmp_path)
    await small.aclose()


async def test_a_frame_beyond_every_measure_is_refused(titler: SkiaTitler, tmp_path: Path) -> None:
    with pytest.raises(CompositionFailed, match="more than 50,000,000 pixels"):
        await titler.title(step("Huge", width=20_000, height=20_000), tmp_path / "title.png")


async def test_a_file_larger_than_allowed_is_not_written(tmp_path: Path) -> None:
    small = SkiaTitler(output=1000)
    with pytest.raises(CompositionFailed, match="text 1: OSError"):
        await draw(small, tmp_path)
    assert names_in(tmp_path) == []
    await small.aclose()


async def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    hasty = SkiaTitler(timeout=0.001)
    with pytest.raises(CompositionFailed, match="took longer than"):
        await draw(hasty, tmp_path)
    assert names_in(tmp_path) == []
    assert hasty._artist.pids == []
    await hasty.aclose()


async def test_cancelling_ends_the_child_and_leaves_nothing(tmp_path: Path) -> None:
    titler = SkiaTitler()
    big = step("Cancelled", width=7000, height=7000)
    task = asyncio.create_task(titler.title(big, tmp_path / "title.png"))
    waiting = asyncio.create_task(titler.title(step("Never begun"), tmp_path / "other.png"))
    await asyncio.sleep(0.05)
    for one in (waiting, task):
        one.cancel()
        with pytest.raises(asyncio.CancelledError):
            await one
    assert names_in(tmp_path) == []
    await draw(titler, tmp_path)
    await titler.aclose()


async def test_titles_asked_for_at_once_are_all_drawn(titler: SkiaTitler, tmp_path: Path) -> None:
    targets = [tmp_path / f"{number}.png" for number in range(8)]
    await asyncio.gather(*(titler.title(step(target.stem), target) for target in targets))
    assert len({target.read_bytes() for target in targets}) == 8


async def test_an_answer_that_makes_no_sense_is_a_failure() -> None:
    artist = Artist(memory=GIB, output=1000)
    with pytest.raises(ArtistFailed, match="KeyError"):
        await artist.ask({"task": "title"}, timeout=30)
    artist.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system has what Skia wants")
async def test_no_graphics_library_of_the_machine_is_loaded(
    titler: SkiaTitler, tmp_path: Path
) -> None:
    await draw(titler, tmp_path)
    (pid,) = titler._artist.pids
    files = Path(f"/proc/{pid}/maps").read_text().split()  # noqa: ASYNC240  not a real file
    loaded = {Path(name).name.partition(".")[0] for name in files if ".so" in name}
    assert "skia" in loaded
    assert loaded.isdisjoint({"libGL", "libEGL", "libGLdispatch", "libX11"})


def test_titles_are_drawn_where_less_memory_may_be_had_than_they_are_allowed(
    tmp_path: Path,
) -> None:
    """Under `ulimit -v`, say: a limit that is lower already cannot be raised, and stays."""
    script = f"""
import asyncio, resource
from pathlib import Path
from tests.adapters.titles.conftest import step
from video_foundry.adapters.titles.titler import SkiaTitler
async def main():
    titler = SkiaTitler(memory={4 * GIB})
    await titler.title(step("Hello"), Path({str(tmp_path / "title.png")!r}))
    await titler.aclose()
resource.setrlimit(resource.RLIMIT_AS, ({3 * GIB}, {3 * GIB}))
resource.setrlimit(resource.RLIMIT_FSIZE, ({GIB // 4}, {GIB // 4}))
asyncio.run(main())
"""
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "title.png").stat().st_size


def test_a_child_dies_with_a_server_that_is_killed(tmp_path: Path) -> None:
    script = f"""
import asyncio, os, signal
from pathlib import Path
from tests.adapters.titles.conftest import step
from video_foundry.adapters.titles.titler import SkiaTitler
async def main():
    titler = SkiaTitler()
    await titler.title(step("Hello"), Path({str(tmp_path / "title.png")!r}))
    print(titler._artist.pids[0], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""
    root = Path(__file__).resolve().parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    pid = int(ended.stdout)
    deadline = time.monotonic() + 10
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid)
