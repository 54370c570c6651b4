"""What every step shares: where FFmpeg is, the limits, and how the two kinds of child are called.

Knows nothing of any one step.
"""

import asyncio
import contextlib
import errno
import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from video_foundry.adapters.ffmpeg.binary import FFmpegBinary
from video_foundry.adapters.ffmpeg.limits import MediaLimits
from video_foundry.adapters.ffmpeg.pool import ReaderPool
from video_foundry.adapters.ffmpeg.process import Finished, LineSink, run
from video_foundry.errors import Unchecked
from video_foundry.ports.progress import Progress

if TYPE_CHECKING:  # which is read with what stands here
    from video_foundry.adapters.ffmpeg.source import Source

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,png_pipe,jpeg_pipe,webp_pipe"
"""The only demuxers that may ever be opened: none of them reads another file or an address."""

_PREFIX = re.compile(r"^\[[^]]*\]\s*")
_NO_ROOM = os.strerror(errno.ENOSPC)
_ECHO = re.compile(r"^(Error (while|opening|submitting|marking)|Conversion failed|Task finished)")


@dataclass(frozen=True, kw_only=True)
class Toolbox:
    """One FFmpeg and the limits of every run.

    threads: of each decoder and encoder.
    """

    ffmpeg: FFmpegBinary
    readers: ReaderPool
    scratch: Path
    threads: int
    limits: MediaLimits

    def input_options(
        self, source: "Source", *, strict: bool = True, threads: int | None = None
    ) -> list[str]:
        """What stands before `-i`: the forced demuxer, the allow-lists and the pixel cap; and the
        decoder, where FFmpeg's own would leave out a part of the picture. threads: of it, if not
        as many as usual."""
        checks = ["-err_detect", "crccheck+explode"] if strict else []
        return [
            *("-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS),
            *("-max_pixels", str(self.limits.pixels), "-threads", str(threads or self.threads)),
            *checks,
            *(("-c:v", source.decoder) if source.decoder and self.ffmpeg.has_vpx else ()),
            *("-f", source.kind.demuxer),
        ]

    async def run_ffmpeg(
        self,
        arguments: Sequence[str],
        *,
        timeout: float,
        on_line: LineSink,
        level: str = "error",
    ) -> Finished:
        """Run FFmpeg without a console; standard output goes to `on_line` a line at a time."""
        command = [str(self.ffmpeg.path), "-nostdin", "-hide_banner", "-v", level, *arguments]
        return await run(command, limits=self.limits.of_run(timeout), on_line=on_line)

    async def ask_child(
        self,
        request: dict[str, Any],
        *,
        timeout: float = 60,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """Have a PyAV child do one task; `timeout` seconds count from when it has begun.

        Raises ChildRefused with its reason or its death.
        """
        return await self.readers.ask(
            request | {"formats": FORMATS}, timeout=timeout, progress=progress
        )


def require_undisturbed(finished: Finished, *, timeout: float) -> None:
    """Raises Unchecked for a check that was ended, and so says nothing of its file."""
    if finished.timed_out:
        raise Unchecked(f"checking the file took longer than {timeout:g} s")
    if finished.was_ended:
        raise Unchecked(f"checking the file broke off ({_death(finished)})")


def _death(finished: Finished) -> str:
    if finished.returncode < 0:
        return f"signal {-finished.returncode}"
    lines = finished.stderr.strip().splitlines()
    return lines[-1] if lines else f"status {finished.returncode}"


def complaint(finished: Finished) -> str:
    """FFmpeg's reason in one line: its first complaint, without addresses and echoes; that there is
    no room, wherever it says so."""
    if finished.timed_out:
        return "it took too long"
    lines = [_PREFIX.sub("", line).strip() for line in finished.stderr.splitlines()]
    if any(_NO_ROOM in line for line in lines):
        return _NO_ROOM
    told = [line for line in lines if line and not _ECHO.match(line)] or [x for x in lines if x]
    return told[0][:200] if told else _death(finished)


@dataclass
class ProgressReader:
    """Turns FFmpeg's `-progress` lines into fractions that never go back.

    unit: the key to read, `frame` or `out_time_us`. whole: its value at the end.
    """

    unit: str
    whole: float
    sink: Progress | None
    reached: float = field(default=0.0)

    async def take(self, line: str) -> None:
        """One line of `key=value`."""
        key, _, value = line.partition("=")
        if self.sink is None or key != self.unit or not value.lstrip("-").isdigit():
            return
        done = min(1.0, max(0.0, int(value) / max(self.whole, 1)))
        if done > self.reached:
            self.reached = done
            await self.sink(done)


def part_of(sink: Progress | None, start: float, end: float) -> Progress | None:
    """A progress callback for the stretch from `start` to `end` of a longer work."""
    if sink is None:
        return None

    async def scaled(done: float) -> None:
        await sink(start + (end - start) * done)

    return scaled


@asynccontextmanager
async def published(target: Path) -> AsyncIterator[Path]:
    """A temporary name beside `target`, renamed to it at the end, or gone after any failure."""
    partial = target.with_name(f".{uuid4().hex}.part{target.suffix}")
    try:
        yield partial
        await asyncio.to_thread(partial.replace, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


async def ignore_line(_: str) -> None:
    """For output that nobody needs."""
