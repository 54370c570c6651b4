"""Composing: our pieces, joined, against one FFmpeg run that re-encodes all clips at once."""

import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from benchmarks.report import Row
from video_foundry.adapters.ffmpeg.compositor import FFmpegCompositor
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.profile import OutputProfile
from video_foundry.testing.cutting_room import CuttingRoom, local_tools
from video_foundry.testing.short_films import Part, cut_together

CLIPS = 20
SECONDS = 5
PROFILE = OutputProfile()
FRAMES = PROFILE.fps.frames_in(Fraction(SECONDS))


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a piece of work took: CPU seconds of ours and of all our processes, wall seconds."""

    cpu: float
    wall: float


async def _measure(work: Callable[[], Awaitable[None]]) -> Cost:
    """CPU of this process, which joins, and of its children, which do all else; and wall time."""
    before, begun = _cpu_seconds(), time.perf_counter()
    await work()
    return Cost(cpu=_cpu_seconds() - before, wall=time.perf_counter() - begun)


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


async def _ffmpeg(*arguments: str) -> None:
    child = await asyncio.create_subprocess_exec(
        get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments
    )
    if await child.wait() != 0:
        raise RuntimeError(f"FFmpeg ended with {child.returncode}")


async def _sources(folder: Path) -> list[Path]:
    """Clips that move all over, with sound, each another one; one more than the film has."""
    paths = [folder / f"source-{i}.mp4" for i in range(CLIPS + 1)]
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
    """A folder in which films are made, which remembers every piece; each piece of work has a
    compositor of its own.

    It is closed at the end of the work, since only what its children took until then is counted.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: CuttingRoom | None = None

    @asynccontextmanager
    async def _room(self) -> AsyncIterator[CuttingRoom]:
        scratch = self._folder / "scratch"
        compositor, sounds = FFmpegCompositor(scratch=scratch), FFmpegSound(scratch=scratch)
        titler = SkiaTitler()
        tools = local_tools(self._folder, compositor=compositor, sounds=sounds, titler=titler)
        room = self._known or CuttingRoom(folder=self._folder, tools=tools)
        room.tools, self._known = tools, room
        try:
            yield room
        finally:
            for part in (compositor, sounds, titler):
                await part.aclose()

    async def store(self, sources: Sequence[Path]) -> list[FilmClip]:
        """The sources as clips, checked and stored as they are before any film is asked for."""
        async with self._room() as room:
            parts = [Part(path=source, frames=FRAMES) for source in sources]
            return list((await cut_together(room, parts, PROFILE)).clips)

    async def make(self, clips: Sequence[FilmClip]) -> None:
        """The film of these clips, from whatever there is by now."""
        placed = tuple(replace(clip, index=index) for index, clip in enumerate(clips))
        async with self._room() as room:
            await room.compose(Film(profile=PROFILE, clips=placed), self._folder / "ours.mp4")


async def compose() -> list[Row]:
    """First compose, one clip changed, and another order, against the full re-encode."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = await _sources(folder)
        ours = _Ours(folder)
        *clips, other = await ours.store(sources)
        full = await _measure(lambda: _concat_filter(sources[:-1], folder / "full.mp4"))
        first = await _measure(lambda: ours.make(clips))
        changed = await _measure(lambda: ours.make([*clips[:7], other, *clips[8:]]))
        turned = await _measure(lambda: ours.make(clips[::-1]))
    theirs = f"{full.cpu:.1f} CPU s, {full.wall:.1f} s (FFmpeg concat filter, full re-encode)"
    what = f"{CLIPS} clips of {SECONDS} s 720p"
    return [
        _row(f"first compose, {what}", first, full, theirs),
        _row(f"one clip changed, {what}", changed, full, theirs),
        _row(f"order turned round (all sound mixed anew), {what}", turned, full, theirs),
    ]


def _row(what: str, cost: Cost, full: Cost, theirs: str) -> Row:
    return Row(
        what=what,
        ours=f"{cost.cpu:.1f} CPU s, {cost.wall:.1f} s",
        theirs=theirs,
        ratio=cost.cpu / full.cpu,
        note="ratio of CPU seconds",
    )
