"""The port of previews by FFmpeg: sheets of small pictures, waveforms and proxies. Everything runs
in children that give way to all other work of the machine, one thread for each codec.
"""

import asyncio
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from video_foundry.adapters.ffmpeg import settings
from video_foundry.adapters.ffmpeg.binary import FFmpegBinary, find_ffmpeg
from video_foundry.adapters.ffmpeg.filters import Stretch, stretch_chain
from video_foundry.adapters.ffmpeg.geometry import lay_out
from video_foundry.adapters.ffmpeg.limits import LIMITS, MediaLimits
from video_foundry.adapters.ffmpeg.pool import ReaderPool
from video_foundry.adapters.ffmpeg.process import Finished, LineSink, run
from video_foundry.adapters.ffmpeg.reader import ChildRefused
from video_foundry.adapters.ffmpeg.seeking import seek_options
from video_foundry.adapters.ffmpeg.sound.chains import decoding_chain
from video_foundry.adapters.ffmpeg.sound.examining import strictness
from video_foundry.adapters.ffmpeg.sound.kinds import FORMATS as SOUND_FORMATS
from video_foundry.adapters.ffmpeg.sound.kinds import kind_of
from video_foundry.adapters.ffmpeg.source import Source, Sources
from video_foundry.adapters.ffmpeg.tools import (
    ProgressReader,
    Toolbox,
    complaint,
    ignore_line,
    part_of,
    published,
)
from video_foundry.core.effects import Framing, Retime
from video_foundry.core.previews import KEYFRAME_DISTANCE, LEVELS, Proxy, Sheet, Waveform
from video_foundry.core.timebase import FrameRate
from video_foundry.errors import CompositionFailed, MediaError
from video_foundry.ports.previews import PreviewSource
from video_foundry.ports.progress import Progress

LATE = Fraction(1, 500)
"""Seconds by which a frame may begin after the moment that it is to be shown for: clocks of files
are coarse."""

LONG = Fraction(20)
"""Seconds of clip on one sheet from which on frames that no other needs are left undecoded."""

OVERVIEW = Fraction(2)
"""Seconds between tiles from which on key frames are good enough, where they stand close."""

JPEG_QUALITY = "5"
PROXY_QUALITY = "26"
"""x264's constant rate factor."""
PROXY_SOUND = "96k"

_CHILD = Path(__file__).with_name("previews_child.py")


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """How the pictures of a sheet are found. skipped: which frames are not decoded, as FFmpeg calls
    them; reach: seconds by which a tile's frame may be later than its moment."""

    skipped: str = "default"
    reach: Fraction = LATE


@dataclass(frozen=True, kw_only=True)
class _Where:
    """How the picture fills which size in pixels, and from which second on it is wanted."""

    framing: Framing
    size: tuple[int, int]
    begin: Fraction = Fraction(0)


@dataclass
class _KeyFrames:
    """Reads FFmpeg's `framecrc` list of packets: those that are no key frame carry flags."""

    base: Fraction = Fraction(1)
    first: Fraction | None = None
    last: Fraction = Fraction(0)
    gap: Fraction = Fraction(0)

    async def take(self, line: str) -> None:
        """`#tb 0: 1/12800` or `0, dts, pts, duration, size, checksum[, F=0x0]`."""
        if line.startswith("#tb 0:"):
            self.base = Fraction(line.partition(":")[2].strip())
        elif line.startswith("0,") and "F=0x0" not in line:
            moment = int(line.split(",")[2]) * self.base
            if self.first is None:
                self.first = moment
            else:
                self.gap = max(self.gap, moment - self.last)
            self.last = moment

    def widest(self, length: Fraction) -> Fraction:
        """Seconds without a key frame, at most, in a clip of this length; its end counts as one."""
        return length if self.first is None else max(self.gap, length - (self.last - self.first))


class FFmpegPreviews:
    """Makes previews with FFmpeg 6 or newer, PyAV and NumPy, all in child processes.

    scratch: a folder for work in progress, made when missing. Raises CompositionFailed at once when
    no usable FFmpeg is there.
    """

    def __init__(
        self,
        *,
        scratch: Path,
        limits: MediaLimits = LIMITS,
        ffmpeg: FFmpegBinary | None = None,
    ) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._tools = Toolbox(
            ffmpeg=ffmpeg or find_ffmpeg(),
            readers=ReaderPool(memory=limits.memory, output=limits.output),
            scratch=scratch,
            threads=1,
            limits=limits,
        )
        self._sources = Sources(self._tools)

    async def aclose(self) -> None:
        """End the children that are kept for reading; nothing can be asked of it afterwards."""
        await asyncio.to_thread(self._tools.readers.close)

    # --- sheets -------------------------------------------------------------------------------

    async def sprite(self, source: PreviewSource, sheet: Sheet, target: Path) -> None:
        """Write one sheet as a JPEG. Raises CompositionFailed."""
        read = await self._read(source)
        reading = await self._reading(read, sheet)
        begin = _begin(sheet)
        # A start in the middle of a group of frames can trip a strict decoder.
        tries = (True, False) if seek_options(read, begin) else (True,)
        async with published(target) as partial:
            for strict in tries:
                arguments = self._sheet(read, sheet, reading, partial, strict=strict)
                finished = await self._ffmpeg(arguments, timeout=_patience(read))
                if finished.ok and partial.exists() and partial.stat().st_size:
                    return
            raise _failed(source, finished)

    def _sheet(
        self, read: Source, sheet: Sheet, reading: _Reading, target: Path, *, strict: bool
    ) -> list[str]:
        step = sheet.step
        rate = FrameRate(num=step.denominator, den=step.numerator)
        stretch = Stretch(
            rate=rate,
            index=sheet.first,
            frames=sheet.count,
            retime=Retime(),
            # The grid takes the nearest frame: half a step later, that is the last one before.
            shift=Fraction(0) if read.kind.is_image else step / 2 - reading.reach,
        )
        tiled = f"tile={sheet.columns}x{sheet.rows}"
        shown = "scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p"  # what JPEG files mean
        where = _Where(framing=Framing(fit="fill"), size=sheet.tile, begin=_begin(sheet))
        return [
            *("-y", "-skip_frame:v", reading.skipped),
            *self._pictures(read, stretch, where, f",{tiled},{shown}", strict=strict),
            *("-an", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", JPEG_QUALITY),
            *("-flags:v", "+bitexact", "-fflags", "+bitexact", "-f", "mjpeg", f"file:{target}"),
        ]

    async def _reading(self, read: Source, sheet: Sheet) -> _Reading:
        """What may be left out: of an overview all but key frames, if these stand close enough."""
        if read.kind.is_image or sheet.step * sheet.count < LONG:
            return _Reading()
        if sheet.step >= OVERVIEW:
            gap = await self._widest_gap(read)
            if gap <= 2 * sheet.step:
                return _Reading(skipped="nokey", reach=min(gap, sheet.step) / 2)
        return _Reading(skipped="noref")

    async def _widest_gap(self, read: Source) -> Fraction:
        """Seconds between the key frames that stand farthest apart, by the packets' marks."""
        keys = _KeyFrames()
        arguments = [
            *("-copyts", *self._tools.input_options(read, strict=False)),
            *("-i", f"file:{read.path}", "-map", f"0:{read.video_index}", "-c", "copy"),
            *("-f", "framecrc", "pipe:1"),
        ]
        finished = await self._ffmpeg(arguments, timeout=_patience(read), on_line=keys.take)
        return keys.widest(read.length) if finished.ok else read.length

    # --- waveforms ----------------------------------------------------------------------------

    async def waveform(
        self, source: PreviewSource, waveform: Waveform, target: Path, *, is_clip: bool
    ) -> None:
        """Write the waveform file. Raises CompositionFailed."""
        decoding = await self._decoding_sound(source, waveform, is_clip=is_clip)
        async with published(target) as partial:
            request = {
                "command": [str(self._tools.ffmpeg.path), *_QUIET, *decoding],
                "samples": waveform.samples,
                "levels": LEVELS,
                "output": str(partial),
            }
            finished = await self._run(
                [sys.executable, "-I", str(_CHILD)],
                timeout=300 + waveform.samples / 48_000,
                stdin=json.dumps(request).encode(),
            )
            if not finished.ok:
                raise _failed(source, finished)

    async def _decoding_sound(
        self, source: PreviewSource, waveform: Waveform, *, is_clip: bool
    ) -> list[str]:
        """What gives raw sound of just so many samples."""
        if is_clip:
            read = await self._read(source)
            zero, stream, first = read.start, str(read.audio_index), ""
        else:
            zero, stream, first = Fraction(0), "a:0", "asetpts=PTS-STARTPTS,"
        try:
            kind = kind_of(source.path)
        except MediaError as error:
            raise CompositionFailed(f"{source.label}: {error}") from error
        chain = decoding_chain(zero=zero, samples=waveform.samples, speed=Fraction(1))
        return [
            *("-copyts", "-protocol_whitelist", "file,pipe", "-format_whitelist", SOUND_FORMATS),
            *(*strictness(kind), "-f", kind.demuxer, "-threads", "1", "-i", f"file:{source.path}"),
            *("-map", f"0:{stream}", "-af", first + chain, "-f", "s16le", "pipe:1"),
        ]

    # --- proxies ------------------------------------------------------------------------------

    async def proxy(
        self, source: PreviewSource, proxy: Proxy, target: Path, progress: Progress | None = None
    ) -> None:
        """Write the small copy and prove it. Raises CompositionFailed."""
        read = await self._read(source)
        encoding = part_of(progress, 0.0, 0.98)  # the rest is checking it, and storing it
        reader = ProgressReader(unit="frame", whole=proxy.frames, sink=encoding)
        async with published(target) as partial:
            arguments = [*("-y", "-progress", "pipe:1", "-stats_period", "0.5")]
            arguments += self._small(read, proxy, partial)
            finished = await self._ffmpeg(
                arguments, timeout=_patience(read) * 4, on_line=reader.take
            )
            if not finished.ok:
                raise _failed(source, finished)
            await self._check(source, proxy, partial)

    def _small(self, read: Source, proxy: Proxy, target: Path) -> list[str]:
        stretch = Stretch(rate=proxy.rate, index=0, frames=proxy.frames, retime=Retime())
        # All of the picture and nothing beside it: places in the copy are places in the clip.
        where = _Where(framing=Framing(fit="stretch"), size=(proxy.width, proxy.height))
        distance = str(KEYFRAME_DISTANCE)
        return [
            *self._pictures(read, stretch, where),
            *self._sound(read, proxy),
            *("-c:v", "libx264", "-preset", "superfast", "-crf", PROXY_QUALITY, "-threads:v", "1"),
            *("-g", distance, "-keyint_min", distance, "-sc_threshold", "0", "-bf", "0"),
            *("-profile:v", "high", "-flags:v", "+cgop+bitexact", "-fps_mode:v", "passthrough"),
            *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
            *("-color_range", "tv", "-video_track_timescale", str(settings.timescale(proxy.rate))),
            *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
            *("-movflags", "+faststart", "-f", "mp4", f"file:{target}"),
        ]

    def _sound(self, read: Source, proxy: Proxy) -> list[str]:
        if read.audio_index is None or not proxy.has_sound:
            return ["-an"]
        samples = proxy.rate.samples_of(proxy.frames)
        chain = decoding_chain(zero=read.start, samples=samples, speed=Fraction(1))
        return [
            *("-map", f"0:{read.audio_index}", "-af", chain),
            *("-c:a", "aac", "-b:a", PROXY_SOUND, "-flags:a", "+bitexact"),
        ]

    async def _check(self, source: PreviewSource, proxy: Proxy, made: Path) -> None:
        request = {"task": "inspect", "path": str(made), "demuxer": "mov"}
        try:
            found = await self._tools.ask_child(request)
        except ChildRefused as refusal:
            raise CompositionFailed(f"{source.label}: {refusal}") from refusal
        fault = _fault(found, proxy)
        if fault:
            raise CompositionFailed(f"{source.label}: {fault}")

    # --- what all share -----------------------------------------------------------------------

    async def _read(self, source: PreviewSource) -> Source:
        try:
            read = await self._sources.recall(source.path)
            read.require(self._tools.ffmpeg)
        except MediaError as error:
            raise CompositionFailed(f"{source.label}: {error}") from error
        return read

    def _pictures(
        self, read: Source, stretch: Stretch, where: _Where, more: str = "", *, strict: bool = True
    ) -> list[str]:
        """Input and filters that give the frames of a stretch. more: filters after those."""
        chain = stretch_chain(
            read,
            stretch,
            lay_out(read, where.framing, where.size),
            background="black",
            tables=(),
        )
        return [
            *(["-xerror"] if strict else []),
            *("-copyts", *self._tools.input_options(read, strict=strict)),
            *("-reinit_filter:v", "0", *seek_options(read, where.begin)),
            *("-i", f"file:{read.path}", "-map", f"0:{read.video_index}", "-vf", chain + more),
        ]

    async def _ffmpeg(
        self, arguments: Sequence[str], *, timeout: float, on_line: LineSink = ignore_line
    ) -> Finished:
        command = [str(self._tools.ffmpeg.path), *_QUIET, *arguments]
        return await self._run(command, timeout=timeout, on_line=on_line)

    async def _run(
        self,
        command: Sequence[str],
        *,
        timeout: float,
        on_line: LineSink = ignore_line,
        stdin: bytes = b"",
    ) -> Finished:
        limits = self._tools.limits.of_run(timeout)
        return await run([*_giving_way(), *command], limits=limits, on_line=on_line, stdin=stdin)


_QUIET = ("-nostdin", "-hide_banner", "-v", "error")


def _giving_way() -> list[str]:
    """What makes a command leave the processor to all others who want it."""
    nice = shutil.which("nice")
    return [nice, "-n", "10"] if nice else []


def _begin(sheet: Sheet) -> Fraction:
    return sheet.first * sheet.step


def _patience(read: Source) -> float:
    """Wall seconds that reading the whole of a source may take, on a busy machine."""
    return 300 + 10 * float(read.length)


def _failed(source: PreviewSource, finished: Finished) -> CompositionFailed:
    return CompositionFailed(f"{source.label}: it could not be made: {complaint(finished)}")


def _fault(found: Mapping[str, Any], proxy: Proxy) -> str | None:
    """What is wrong with a finished proxy, or None. found: the child's `inspect`."""
    if found["frames"] != proxy.frames:
        return f"it has {found['frames']} frames in place of {proxy.frames}"
    if found["keys"] != list(range(0, proxy.frames, KEYFRAME_DISTANCE)):
        return "its key frames are not where they should be"
    return "its frames are not in the order in which they are shown" if found["reorder"] else None
