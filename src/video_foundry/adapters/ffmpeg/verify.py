"""Decodes a whole file and holds what came out against what the file says of itself.

FFmpeg alone returns 0 for most damaged files, so silence, counts and lengths are all compared.
"""

import asyncio
import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from video_foundry.adapters.ffmpeg.process import Finished
from video_foundry.adapters.ffmpeg.reader import ChildRefused
from video_foundry.adapters.ffmpeg.source import SLOWEST_READ, Source
from video_foundry.adapters.ffmpeg.structure import find_damage
from video_foundry.adapters.ffmpeg.tools import Toolbox, complaint, require_undisturbed
from video_foundry.core.conforming import Coding, coding_from_json
from video_foundry.errors import MediaError
from video_foundry.ports.compositor import MediaFacts

HARMLESS = re.compile(r"^\s*$|Last message repeated|deprecated pixel format|EXIF|ICC profile")
"""Lines of FFmpeg that say nothing about the picture or the sound."""

INVISIBLE_PACKETS = ("vp8", "mpeg4")
"""Codecs in which a packet may lawfully show no frame of its own."""

FALSE_LENGTH = Fraction(1, 2)
"""Seconds by which a file may hold more than it says before it counts as lying."""


LEAST_PATIENCE, MOST_PATIENCE = 120.0, 6 * 3600.0
"""Wall seconds that decoding a file may take."""

SLOWEST_PIXELS = 15_000_000
"""Pixels a second that any machine decodes: 1080p at 30 in four times as long as it plays."""

PLAIN_PIXELS = ("yuv420p", "yuvj420p")
"""Eight bits, colour at half the size; the second in the full range, which its coding says too."""


@dataclass
class Decoded:
    """What one stream gave: frames and, in seconds on the file's clock, from when to when.

    is_even: each frame came out one `step` (in ticks) after the one before, in their order.
    """

    base: Fraction = Fraction(0)
    count: int = 0
    first: int | None = None
    end: int = 0
    last: int = 0
    step: int | None = None
    is_even: bool = True

    def add(self, pts: int, duration: int) -> None:
        """One decoded frame of picture or sound, in ticks of `base`."""
        if self.count:
            self.is_even &= self.step in (None, pts - self.last)
            self.step = pts - self.last
        self.last = pts
        self.count += 1
        self.first = pts if self.first is None else min(self.first, pts)
        self.end = max(self.end, pts + duration)

    @property
    def length(self) -> Fraction:
        """Seconds from the first frame's start to the last one's end."""
        return (self.end - (self.first or 0)) * self.base

    @property
    def end_time(self) -> Fraction:
        """Seconds on the file's clock."""
        return self.end * self.base


@dataclass
class FrameList:
    """Reads FFmpeg's `framecrc` list: one line a frame, with stream, time and length."""

    streams: dict[int, Decoded] = field(default_factory=dict)

    async def take(self, line: str) -> None:
        """`#tb 0: 1/12800` or `0, dts, pts, duration, size, checksum`."""
        if line.startswith("#tb "):
            index, _, base = line[4:].partition(":")
            self._stream(int(index)).base = Fraction(base.strip())
        elif line and not line.startswith("#"):
            index, _, pts, duration, *_ = line.split(",")
            self._stream(int(index)).add(int(pts), int(duration))

    @property
    def picture(self) -> Decoded:
        """The first stream."""
        return self._stream(0)

    def end_of(self, index: int) -> Fraction:
        """Where a stream ends: 0 for the picture, 1 for the sound."""
        return self._stream(index).end_time

    @property
    def end_time(self) -> Fraction:
        """Where the longest stream ends."""
        return max((stream.end_time for stream in self.streams.values()), default=Fraction(0))

    def _stream(self, index: int) -> Decoded:
        return self.streams.setdefault(index, Decoded())


def patience(source: Source) -> float:
    """Wall seconds that decoding all of a source may take: as its pictures need, with an end."""
    pixels = source.packets * source.width * source.height
    return min(LEAST_PATIENCE + pixels / SLOWEST_PIXELS, MOST_PATIENCE)


async def verify_source(tools: Toolbox, source: Source) -> MediaFacts:
    """Facts with counted frames. Raises MediaError unless every frame and sample decodes clean, and
    for a file that is longer than one that is brought in may be: the films made of them may be."""
    longest = tools.limits.seconds
    if max(source.length, source.claimed or 0) > longest:
        raise MediaError(f"the file is longer than {float(longest) / 3600:g} hours")
    decoded, timeout = FrameList(), patience(source)
    finished = await tools.run_ffmpeg(
        _arguments(tools, source), timeout=timeout, on_line=decoded.take
    )
    require_undisturbed(finished, timeout=timeout)
    damage = await asyncio.to_thread(find_damage, source.path, source.kind)
    problem = (
        _cut_off(source, decoded, damage, finished)
        or _noise(source, decoded, finished)
        or _lost_frames(source, decoded)
        or _false_claim(source, decoded)
    )
    if problem:
        raise MediaError(problem)
    picture = decoded.picture
    facts = source.facts(frames=picture.count, length=picture.length)
    return replace(facts, coding=await _coding(tools, source, picture))


async def _coding(tools: Toolbox, source: Source, picture: Decoded) -> Coding | None:
    """How the picture is coded, with what decoding it has shown."""
    if source.kind.demuxer != "mov" or source.video_codec != "h264":
        return None
    try:
        size = (await asyncio.to_thread(source.path.stat)).st_size
        answer = await tools.ask_child(
            {"task": "coding", "path": str(source.path)}, timeout=60 + size / SLOWEST_READ
        )
    except ChildRefused:  # broken off: then it is not copied, which is no fault of the clip's
        return None
    coding = coding_from_json(answer)
    if coding is None:
        return None
    faults = [*coding.faults, *_seen(source, picture, coding)]
    return replace(coding, faults=tuple(faults))


def _seen(source: Source, picture: Decoded, coding: Coding) -> list[str]:
    """What decoding showed to be otherwise than the boxes say."""
    if coding.rate is None:
        return []
    step = None if picture.step is None else picture.step * picture.base
    wanted = 1 / coding.rate.fraction
    checks = [
        (picture.count != coding.edges[-1], "not all of its frames are shown"),
        (step not in (None, wanted) or not picture.is_even, "its frames are not evenly spaced"),
        (source.pixel_format not in PLAIN_PIXELS, f"its pixels are {source.pixel_format}"),
        (source.rotation != 0, "it is turned for display"),
        (source.aspect != 1, "its pixels are not square"),
        (source.is_interlaced, "it is interlaced"),
        ((source.width, source.height) != (coding.width, coding.height), "its size is another"),
    ]
    return [fault for is_so, fault in checks if is_so and fault not in coding.faults]


def _arguments(tools: Toolbox, source: Source) -> list[str]:
    sound = [] if source.audio_index is None else ["-map", f"0:{source.audio_index}"]
    return [
        *("-xerror", "-noautorotate", "-copyts"),
        *tools.input_options(source),
        *("-i", f"file:{source.path}", "-map", f"0:{source.video_index}", *sound),
        # Nobody looks at the checksums: hand pictures on as they are, do not copy and sum them.
        *("-c:v", "wrapped_avframe", "-fps_mode", "passthrough", "-f", "framecrc", "pipe:1"),
    ]


def _cut_off(
    source: Source, decoded: FrameList, damage: str | None, finished: Finished
) -> str | None:
    """The plain case: the file ends early. After a complaint, being short has another cause."""
    missing = _shortfall(source, decoded)
    if missing is None or (damage is None and _complaints(finished)):
        return damage
    claim, got = missing
    return f"the file is cut off: it says {float(claim):.1f} s but only {got:.1f} s could be read"


def _shortfall(source: Source, decoded: FrameList) -> tuple[Fraction, float] | None:
    """Seconds that were promised and seconds that were there, when these are clearly fewer."""
    if source.kind.is_image:
        return None
    picture = decoded.picture
    slack = max(2 * picture.length / max(1, picture.count), Fraction(1, 20))
    for claim, end in (
        (source.claimed, picture.end_time),
        (source.claimed_file, decoded.end_time),
    ):
        got = max(picture.length, end, Fraction(0))
        if claim is not None and got + slack < claim:
            return claim, float(got)
    return None


def _noise(source: Source, decoded: FrameList, finished: Finished) -> str | None:
    if finished.ok and not _complaints(finished):
        return None
    where = (
        "" if source.kind.is_image else f" at {float(_reached(source, decoded, finished)):.1f} s"
    )
    return f"the file is damaged{where}: {complaint(finished)}"


def _reached(source: Source, decoded: FrameList, finished: Finished) -> Fraction:
    """How far the stream came that was complained about; the others are decoded side by side, and
    may be well ahead of it. Where none is named, as far as any came."""
    for line in _complaints(finished):
        for codec, stream in ((source.video_codec, 0), (source.audio_codec, 1)):
            if codec and line.startswith(f"[{codec} @"):
                return decoded.end_of(stream)
    return decoded.end_time


def _complaints(finished: Finished) -> list[str]:
    return [line for line in finished.stderr.splitlines() if not HARMLESS.search(line)]


def _lost_frames(source: Source, decoded: FrameList) -> str | None:
    count = decoded.picture.count
    if count == 0:
        return "no frame of the file could be decoded"
    if source.kind.is_image or source.video_codec in INVISIBLE_PACKETS:
        return None
    lost = source.packets - count
    return (
        f"the file is damaged: {lost} of its {source.packets} frames are lost" if lost > 0 else None
    )


def _false_claim(source: Source, decoded: FrameList) -> str | None:
    length = decoded.picture.length
    if source.kind.is_image or source.claimed is None or length <= source.claimed + FALSE_LENGTH:
        return None
    return (
        f"the file says it is {float(source.claimed):.1f} s long "
        f"but holds {float(length):.1f} s of picture"
    )
