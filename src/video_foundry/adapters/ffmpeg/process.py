"""Runs one child process to its end, under limits, and takes it down with the awaiting task.

Never blocks the event loop, never uses a shell, and hands no secret of ours to a child.
"""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

KEPT_OUTPUT = 64 * 1024
"""Bytes kept of each stream; a hostile file can make FFmpeg write complaints without end."""

_LAUNCHER = Path(__file__).with_name("launch.py")
_FIXED = {"LC_ALL": "C", "SVT_LOG": "1"}
"""English, and of SVT-AV1, which writes to standard error past FFmpeg, nothing but errors."""

_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")

LineSink = Callable[[str], Awaitable[None]]
"""Takes one line of standard output, without its line end."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """timeout: wall seconds. memory: bytes of address space. output: bytes of any one file."""

    timeout: float
    memory: int
    output: int = 0


@dataclass(frozen=True, kw_only=True)
class Finished:
    """How a child ended. returncode is negative for a signal; timed_out: we killed it for time."""

    returncode: int
    stderr: str
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether it ended by itself with status 0."""
        return self.returncode == 0 and not self.timed_out

    @property
    def was_ended(self) -> bool:
        """Whether somebody ended it, and not its input."""
        return self.timed_out or is_from_outside(self.returncode)


def is_from_outside(returncode: int | None) -> bool:
    """Whether a child was ended by whoever watches over the machine's memory, or by a person: a
    file can make FFmpeg crash, but not send it these."""
    return returncode in (-signal.SIGKILL, -signal.SIGTERM)


async def run(
    command: Sequence[str], *, limits: Limits, on_line: LineSink, stdin: bytes = b""
) -> Finished:
    """Run `command`, feeding `stdin` and handing each line of its output to `on_line`.

    When the awaiting task is cancelled, or `on_line` raises, the whole process group is killed and
    gone before this returns.
    """
    process = await asyncio.create_subprocess_exec(
        *guarded(command, memory=limits.memory, output=limits.output),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )
    errors = bytearray()
    helpers = [
        asyncio.create_task(_feed(process, stdin)),
        asyncio.create_task(_drain(process, errors)),
    ]
    timed_out = False
    try:
        async with asyncio.timeout(limits.timeout) as deadline:
            await _read_lines(process, on_line)
            await process.wait()
    except TimeoutError:
        if not deadline.expired():  # it came out of `on_line`
            raise
        timed_out = True
    finally:
        await _end(process, helpers)
    return Finished(
        returncode=process.returncode or 0,
        stderr=errors.decode(errors="replace"),
        timed_out=timed_out,
    )


def guarded(command: Sequence[str], *, memory: int, output: int) -> list[str]:
    """`command` behind the launcher that ends it with us and sets its limits, both in bytes."""
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER)]
    return [*launcher, str(os.getpid()), str(memory), str(output), *command]


def environment() -> dict[str, str]:
    """What a child gets of our environment: where things lie, and nothing that could be secret."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | _FIXED


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    assert process.stdin is not None  # noqa: S101  asked for a pipe above
    with contextlib.suppress(ConnectionError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _drain(process: asyncio.subprocess.Process, kept: bytearray) -> None:
    """Read all of standard error, keeping its first part: the first complaint is the cause."""
    assert process.stderr is not None  # noqa: S101  asked for a pipe above
    while block := await process.stderr.read(8192):
        kept += block[: max(0, KEPT_OUTPUT - len(kept))]


async def _read_lines(process: asyncio.subprocess.Process, on_line: LineSink) -> None:
    assert process.stdout is not None  # noqa: S101  asked for a pipe above
    rest = b""
    while block := await process.stdout.read(KEPT_OUTPUT):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            await on_line(line.decode(errors="replace").strip())
    if rest:
        await on_line(rest.decode(errors="replace").strip())


async def _end(process: asyncio.subprocess.Process, helpers: Sequence[asyncio.Task[None]]) -> None:
    """Kill what is left of the group, then wait until the process and its pipes are gone."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    await asyncio.wait(helpers, timeout=5)
    for helper in helpers:
        helper.cancel()
    await asyncio.gather(*helpers, return_exceptions=True)
