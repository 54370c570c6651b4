"""Joins normalised pieces into the film: sound gathered, levelled and encoded once, picture copied.

Nothing here encodes picture.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, pairwise
from pathlib import Path

from video_foundry.adapters.ffmpeg import settings
from video_foundry.adapters.ffmpeg.reader import ChildRefused
from video_foundry.adapters.ffmpeg.tools import (
    ProgressReader,
    Toolbox,
    complaint,
    ignore_line,
    part_of,
    published,
)
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import SAMPLE_RATE, FrameRate
from video_foundry.errors import CompositionFailed
from video_foundry.ports.compositor import MasterStep, Progress

PEAK_CEILING = Decimal("-1.0")
"""dBTP that the finished sound stays under, with room for what AAC adds."""

SILENCE_LUFS = Decimal(-70)
"""The gate of EBU R128: at or below, there is nothing to measure or to raise."""

LARGEST_GAIN = Decimal(30)
"""dB; beyond, one would only raise noise."""

_RAW = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "2"]
_LOUDNESS = re.compile(r"^\s*I:\s+(-?[\d.]+|-inf) LUFS", re.MULTILINE)
_PEAK = re.compile(r"^\s*Peak:\s+(-?[\d.]+|-inf) dBFS", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """integrated: LUFS. peak: true peak in dBTP. None: silence."""

    integrated: Decimal | None
    peak: Decimal | None


async def make_master(
    tools: Toolbox, step: MasterStep, target: Path, progress: Progress | None
) -> None:
    """Write the film. Raises CompositionFailed, also for pieces that do not belong together."""
    if not step.clips or len(step.clips) != len(step.frames):
        raise CompositionFailed("a film needs at least one clip, and a frame count for each")
    with tempfile.TemporaryDirectory(dir=tools.scratch, prefix="master-") as folder:
        sound = Path(folder) / "sound.m4a"
        try:
            await _make_sound(tools, step, Path(folder) / "sound.pcm", sound, progress)
            async with published(target) as partial:
                await _join(tools, step, sound, partial, part_of(progress, 0.7, 1.0))
        except ChildRefused as refusal:
            raise CompositionFailed(f"the film could not be joined: {refusal}") from refusal


async def _make_sound(
    tools: Toolbox, step: MasterStep, raw: Path, encoded: Path, progress: Progress | None
) -> None:
    await _gather(tools, step, raw, part_of(progress, 0.0, 0.1))
    gain = await _wanted_gain(tools, step.profile, raw)
    finished = await tools.run_ffmpeg(
        _sound_arguments(raw, encoded, gain),
        timeout=_patience(step),
        on_line=_sound_progress(step, part_of(progress, 0.2, 0.7)).take,
    )
    if not finished.ok:
        raise CompositionFailed(f"the film's sound could not be encoded: {complaint(finished)}")


async def _gather(tools: Toolbox, step: MasterStep, raw: Path, progress: Progress | None) -> None:
    request = {
        "task": "gather_sound",
        "clips": [str(clip) for clip in step.clips],
        "samples": sample_shares(step.profile.fps, step.frames),
        "demuxer": "mov",
        "output": str(raw),
    }
    await tools.ask_child(request, timeout=_patience(step), progress=progress)


def sample_shares(rate: FrameRate, frames: Sequence[int]) -> list[int]:
    """Samples of each piece such that every cut, and the end, fall where the picture's do."""
    edges = [rate.samples_of(total) for total in accumulate(frames, initial=0)]
    return [end - start for start, end in pairwise(edges)]


async def _wanted_gain(tools: Toolbox, profile: OutputProfile, raw: Path) -> Decimal:
    if profile.loudness_lufs is None:
        return Decimal(0)
    return gain_for(await measure(tools, raw), profile.loudness_lufs)


async def measure(tools: Toolbox, raw: Path) -> Loudness:
    """Loudness of a raw 16-bit stereo file by EBU R128."""
    finished = await tools.run_ffmpeg(
        [*_RAW, "-i", f"file:{raw}", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"],
        timeout=3600,
        on_line=ignore_line,
        level="info",
    )
    loudness, peak = _LOUDNESS.search(finished.stderr), _PEAK.search(finished.stderr)
    if not finished.ok or loudness is None or peak is None:
        raise CompositionFailed("the loudness of the film's sound could not be measured")
    return Loudness(integrated=_decibels(loudness[1]), peak=_decibels(peak[1]))


def _decibels(text: str) -> Decimal | None:
    return None if text == "-inf" else Decimal(text)


def gain_for(found: Loudness, wanted: Decimal) -> Decimal:
    """The one gain in dB that reaches `wanted` LUFS, or as near as the peak ceiling allows."""
    if found.integrated is None or found.peak is None or found.integrated <= SILENCE_LUFS:
        return Decimal(0)
    return min(wanted - found.integrated, PEAK_CEILING - found.peak, LARGEST_GAIN)


def _sound_arguments(raw: Path, target: Path, gain: Decimal) -> list[str]:
    level = f"aformat=sample_fmts=fltp,volume={gain:f}dB:precision=float"
    return [
        *("-y", "-progress", "pipe:1", "-stats_period", "0.25", *_RAW, "-i", f"file:{raw}"),
        *(["-af", level] if gain else []),
        *("-c:a", "aac", "-b:a", settings.SOUND_BITRATE, "-flags:a", "+bitexact"),
        *("-fflags", "+bitexact", "-map_metadata", "-1", "-f", "mp4", f"file:{target}"),
    ]


def _sound_progress(step: MasterStep, progress: Progress | None) -> ProgressReader:
    seconds = step.profile.fps.seconds_of(sum(step.frames))
    return ProgressReader(unit="out_time_us", whole=float(seconds) * 1e6, sink=progress)


async def _join(
    tools: Toolbox, step: MasterStep, sound: Path, target: Path, progress: Progress | None
) -> None:
    rate = step.profile.fps
    request = {
        "task": "join",
        "clips": [str(clip) for clip in step.clips],
        "frames": list(step.frames),
        "sound": str(sound),
        "timescale": settings.timescale(rate),
        "film_timescale": settings.film_timescale(rate),
        "step": settings.step(rate),
        "demuxer": "mov",
        "output": str(target),
    }
    await tools.ask_child(request, timeout=_patience(step), progress=progress)


def _patience(step: MasterStep) -> float:
    """Wall seconds that joining may take: generous for a slow disk, yet with an end."""
    return 300 + 2 * float(step.profile.fps.seconds_of(sum(step.frames))) + len(step.clips)
