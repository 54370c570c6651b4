"""Children end with us, stay within their limits and get no secret."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import find_ffmpeg
from video_foundry.adapters.ffmpeg.process import Finished, Limits, run
from video_foundry.adapters.ffmpeg.tools import complaint

ROOMY = Limits(timeout=20, memory=2 * 1024**3)
PYTHON = [sys.executable, "-I", "-S", "-c"]


class Lines(list[str]):
    async def take(self, line: str) -> None:
        self.append(line)


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def _gone(pid: int, seconds: float = 2) -> bool:
    until = time.monotonic() + seconds
    while _is_alive(pid) and time.monotonic() < until:  # noqa: ASYNC110  another's process
        await asyncio.sleep(0.02)
    return not _is_alive(pid)


async def test_output_comes_by_lines_and_input_goes_in() -> None:
    lines = Lines()
    program = "import sys; print(sys.stdin.read().upper()); print('last', end='')"
    finished = await run([*PYTHON, program], limits=ROOMY, on_line=lines.take, stdin=b"hello")
    assert finished == Finished(returncode=0, stderr="")
    assert lines == ["HELLO", "last"]


async def test_no_secret_of_ours_is_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWAY_API_KEY", "canary")
    lines = Lines()
    await run([*PYTHON, "import os; print(dict(os.environ))"], limits=ROOMY, on_line=lines.take)
    assert "canary" not in lines[0]


async def test_endless_complaints_are_read_but_not_kept() -> None:
    program = "import sys\nfor _ in range(50000): sys.stderr.write('broken ' * 8)"
    finished = await run([*PYTHON, program], limits=ROOMY, on_line=Lines().take)
    assert finished.ok
    assert len(finished.stderr) == 64 * 1024


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
async def test_that_there_is_no_room_is_what_ffmpeg_complains_of() -> None:
    """It says so among much else, and not first of all."""
    film = ["-f", "lavfi", "-i", "testsrc2=size=640x360:duration=1", "-c:v", "rawvideo"]
    command = [str(find_ffmpeg().path), "-nostdin", "-y", "-v", "error", *film]
    full = await run([*command, "-f", "nut", "/dev/full"], limits=ROOMY, on_line=Lines().take)
    assert complaint(full) == os.strerror(errno.ENOSPC)


async def test_a_run_past_its_time_is_killed() -> None:
    started = time.monotonic()
    limits = Limits(timeout=0.3, memory=0)
    finished = await run(
        [*PYTHON, "import time; time.sleep(60)"], limits=limits, on_line=Lines().take
    )
    assert finished.timed_out
    assert not finished.ok
    assert time.monotonic() - started < 3


async def test_memory_and_output_have_an_end(tmp_path: Path) -> None:
    limits = Limits(timeout=20, memory=512 * 1024**2, output=1024**2)
    greedy = await run([*PYTHON, "bytearray(1024**3)"], limits=limits, on_line=Lines().take)
    assert "MemoryError" in greedy.stderr
    path = tmp_path / "big"
    program = f"open({str(path)!r}, 'wb').write(bytes(2 * 1024**2))"
    assert not (await run([*PYTHON, program], limits=limits, on_line=Lines().take)).ok
    assert path.stat().st_size <= 1024**2


async def test_cancelling_kills_the_child_and_its_children() -> None:
    pids: asyncio.Queue[int] = asyncio.Queue()

    async def note(line: str) -> None:
        await pids.put(int(line))

    program = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['/bin/sleep', '60'])\n"
        "print(os.getpid(), flush=True); print(child.pid, flush=True); time.sleep(60)"
    )
    work = asyncio.create_task(run([*PYTHON, program], limits=ROOMY, on_line=note))
    first, second = await pids.get(), await pids.get()
    work.cancel()
    async with asyncio.timeout(1):
        with pytest.raises(asyncio.CancelledError):
            await work
    assert await _gone(first)
    assert await _gone(second)


async def test_an_error_in_our_own_callback_ends_the_child_and_comes_through() -> None:
    async def refuse(line: str) -> None:
        raise TimeoutError(line)

    program = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(TimeoutError) as caught:
        await run([*PYTHON, program], limits=ROOMY, on_line=refuse)
    assert await _gone(int(str(caught.value)))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of a death")
async def test_killing_the_server_kills_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = f"import os, time; open({str(note)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    server = f"""
import asyncio, sys
sys.path[:] = {sys.path!r}
from video_foundry.adapters.ffmpeg.process import Limits, run
async def ignore(line): pass
asyncio.run(run([sys.executable, "-I", "-S", "-c", {child!r}],
    limits=Limits(timeout=60, memory=0), on_line=ignore))
"""
    process = subprocess.Popen([sys.executable, "-c", server])  # noqa: ASYNC220  starts at once
    try:
        for _ in range(500):
            await asyncio.sleep(0.02)
            if note.exists() and note.read_text():
                break
        pid = int(note.read_text())
        assert _is_alive(pid)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert await _gone(pid)
