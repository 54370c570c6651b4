"""Composing: our normalise-and-join against one FFmpeg run that re-encodes all clips at once."""

import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from benchmarks.report import Row
from video_foundry.adapters.ffmpeg.compositor import FFmpegCompositor
from video_foundry.core.profile import OutputProfile
from video_foundry.ports.compositor import MasterStep, NormaliseStep

CLIPS = 20
SECONDS = 5
PROFILE = OutputProfile()
FRAMES = PROFILE.fps.frames_in(Fraction(SECONDS))


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a piece of work took: CPU seconds of its processes, wall seconds."""

    cpu: float
    wall: float


async def _measure(work: Callable[[], Awaitable[None]]) -> Cost:
    """CPU of child processes (all the work is done by them) and wall time."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    await work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu=cpu, wall=time.perf_counter() - begun)


async def _ffmpeg(*arguments: str) -> None:
    child = await asyncio.create_subprocess_exec(
        get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments
    )
    if await child.wait() != 0:
        raise RuntimeError(f"FFmpeg ended with {child.returncode}")


async def _sources(folder: Path) -> list[Path]:
    """Clips that move all over, with sound, each another one."""
    paths = [folder / f"source-{i}.mp4" for i in range(CLIPS)]
    for number, path in enumerate(paths):
        picture = f"mandelbrot=s=1280x720:r=24:start_scale={2 + number / 7}"
        await _ffmpeg(
            *("-f", "lavfi", "-i", picture),
            *("-f", "lavfi", "-i", f"sine=f={220 + 20 * number}:r=48000"),
            *("-t", str(SECONDS), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "18"),
            *("-pix_fmt", "yuv420p", "-c:a", "aac", str(path)),
        )
    return paths


async def _concat_filter(sources: list[Path], target: Path) -> None:
    inputs = [part for path in sources for part in ("-i", str(path))]
    pads = "".join(f"[{i}:v][{i}:a]" for i in range(len(sources)))
    graph = f"{pads}concat=n={len(sources)}:v=1:a=1[v][a]"
    await _ffmpeg(
        *inputs,
        *("-filter_complex", graph, "-map", "[v]", "-map", "[a]"),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"),
        *("-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", str(target)),
    )


class _Ours:
    """A folder for normalised clips; each piece of work has a compositor of its own.

    It is closed at the end of the work, since only what its children took until then is counted.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def _compositor(self) -> AsyncIterator[FFmpegCompositor]:
        compositor = FFmpegCompositor(scratch=self._folder / "scratch")
        try:
            yield compositor
        finally:
            await compositor.aclose()

    def _clip(self, number: int) -> Path:
        return self._folder / f"clip-{number}.mov"

    async def _normalise(self, with_: FFmpegCompositor, number: int, source: Path) -> None:
        step = NormaliseStep(
            source=source, start=Fraction(0), frames=FRAMES, profile=PROFILE, label=f"{number}"
        )
        self._clip(number).unlink(missing_ok=True)
        await with_.normalise(step, self._clip(number), None)

    async def join(self) -> None:
        async with self._compositor() as compositor:
            await self._join(compositor)

    async def _join(self, with_: FFmpegCompositor) -> None:
        target = self._folder / "ours.mp4"
        target.unlink(missing_ok=True)
        clips = [self._clip(i) for i in range(CLIPS)]
        await with_.master(
            MasterStep(clips=clips, frames=[FRAMES] * CLIPS, profile=PROFILE), target, None
        )

    async def first(self, sources: list[Path]) -> None:
        async with self._compositor() as compositor:
            for number, source in enumerate(sources):
                await self._normalise(compositor, number, source)
            await self._join(compositor)

    async def changed(self, source: Path) -> None:
        async with self._compositor() as compositor:
            await self._normalise(compositor, 7, source)
            await self._join(compositor)


async def compose() -> list[Row]:
    """First compose, one clip changed, and joining alone, against the full re-encode."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = await _sources(folder)
        ours = _Ours(folder)
        full = await _measure(lambda: _concat_filter(sources, folder / "full.mp4"))
        first = await _measure(lambda: ours.first(sources))
        changed = await _measure(lambda: ours.changed(sources[3]))
        join = await _measure(ours.join)
    theirs = f"{full.cpu:.1f} CPU s, {full.wall:.1f} s (FFmpeg concat filter, full re-encode)"
    what = f"{CLIPS} clips of {SECONDS} s 720p"
    return [
        _row(f"first compose, {what}", first, full, theirs),
        _row(f"one clip changed, {what}", changed, full, theirs),
        _row(f"order changed (join only), {what}", join, full, theirs),
    ]


def _row(what: str, cost: Cost, full: Cost, theirs: str) -> Row:
    return Row(
        what=what,
        ours=f"{cost.cpu:.1f} CPU s, {cost.wall:.1f} s",
        theirs=theirs,
        ratio=cost.cpu / full.cpu,
        note="ratio of CPU seconds",
    )
