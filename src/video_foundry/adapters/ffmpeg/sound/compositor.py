"""The sound port by FFmpeg, PyAV and NumPy: which step is done where, not how it is done."""

import asyncio
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from video_foundry.adapters.ffmpeg.binary import FFmpegBinary, find_ffmpeg
from video_foundry.adapters.ffmpeg.limits import LIMITS, MediaLimits
from video_foundry.adapters.ffmpeg.process import Finished, LineSink, run
from video_foundry.adapters.ffmpeg.reader import ChildEnded, ChildRefused
from video_foundry.adapters.ffmpeg.sound.chains import decoding_chain
from video_foundry.adapters.ffmpeg.sound.children import SoundPool
from video_foundry.adapters.ffmpeg.sound.examining import (
    Examined,
    examining,
    fault_of,
    strictness,
)
from video_foundry.adapters.ffmpeg.sound.kinds import FORMATS, SoundKind, is_cut_off, kind_of
from video_foundry.adapters.ffmpeg.tools import (
    ProgressReader,
    complaint,
    part_of,
    published,
    require_undisturbed,
)
from video_foundry.adapters.ffmpeg.verify import FrameList
from video_foundry.core.loudness import Measurement
from video_foundry.core.soundtrack import DecodedSound
from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.errors import CompositionFailed, MediaError, Unchecked
from video_foundry.ports.progress import Progress
from video_foundry.ports.sound import MeasureStep, MixStep, SoundFacts, SoundStep

SEEK_MARGIN = Fraction(2)
"""Seconds before the wanted start at which decoding begins, so that decoders have settled."""

CUT_SHORT = "the file is cut off before its end"

SLOWEST_SOUND = 10
"""Times as fast as it is heard: so any machine decodes a sound, however busy it is."""

STEP_SECONDS = 300
"""Wall seconds that one window may take."""


class FFmpegSound:
    """Decodes with FFmpeg; measures, mixes and encodes in children of its own.

    scratch: a folder for work in progress, made when missing. limits: also of a picture that tells
    where its sound begins. Raises CompositionFailed at once when no usable FFmpeg is there.
    """

    def __init__(
        self,
        *,
        scratch: Path,
        limits: MediaLimits = LIMITS,
        ffmpeg: FFmpegBinary | None = None,
    ) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._ffmpeg = ffmpeg or find_ffmpeg()
        self._scratch = scratch
        self._limits = limits
        self._children = SoundPool(memory=limits.memory, output=limits.output)

    async def examine(self, source: Path) -> SoundFacts:
        """Decode all of a sound file. Raises MediaError, saying what is wrong with it."""
        timeout = 120 + float(self._limits.seconds) / SLOWEST_SOUND
        kind = await asyncio.to_thread(kind_of, source)
        try:
            told = await self._ask("facts", _of(source, kind))
        except ChildEnded as ended:
            raise Unchecked(str(ended)) from ended
        except ChildRefused as refusal:
            raise MediaError(str(refusal)) from refusal
        decoded = FrameList()
        finished = await self._run(
            examining(source, kind, told["index"], longest=self._limits.seconds),
            timeout=timeout,
            on_line=decoded.take,
        )
        require_undisturbed(finished, timeout=timeout)
        cut = await asyncio.to_thread(is_cut_off, source, kind)
        found = Examined(kind=kind, told=told, decoded=decoded.picture, finished=finished)
        problem = CUT_SHORT if cut else fault_of(found, longest=self._limits.seconds)
        if problem:
            raise MediaError(problem)
        return found.facts()

    async def decode(self, step: SoundStep, target: Path, progress: Progress | None = None) -> None:
        """Write the decoded WAV. Raises CompositionFailed naming `step.label`."""
        _check(step)
        try:
            kind = await asyncio.to_thread(kind_of, step.source)
            origin = await self._ask("origin", _of(step.source, kind))
            async with published(target) as partial:
                if step.sound.is_reversed:
                    await self._decode_backwards(step, kind, origin, partial, progress)
                else:
                    await self._decode(step, kind, origin, partial, progress)
        except (ChildRefused, MediaError) as error:
            raise CompositionFailed(f"{step.label}: {error}") from error

    async def measure(self, step: MeasureStep) -> Measurement:
        """What the window sounds like before any gain. Raises CompositionFailed."""
        try:
            told = await self._ask("measure", _mix(step))
        except ChildRefused as refusal:
            raise CompositionFailed(
                f"{step.label}: its loudness could not be measured: {refusal}"
            ) from refusal
        return Measurement.of(told)

    async def mix(self, step: MixStep, target: Path, progress: Progress | None = None) -> None:
        """Write the window's own packets as one file. Raises CompositionFailed."""
        async with published(target) as partial:
            request = _mix(step) | {
                "gain": int(step.gain * 100),
                "ceiling": int(step.ceiling * 100),
                "codec": step.codec,
                "output": str(partial),
            }
            try:
                await self._ask("mix", request, progress=progress)
            except ChildRefused as refusal:
                raise CompositionFailed(
                    f"{step.label}: it could not be mixed: {refusal}"
                ) from refusal

    def describe(self) -> dict[str, str]:
        """Where the tools are and their versions."""
        return {
            "ffmpeg": str(self._ffmpeg.path),
            "ffmpeg_version": self._ffmpeg.version,
            "pyav_version": version("av"),
            "numpy_version": version("numpy"),
        }

    async def aclose(self) -> None:
        """End the children that are kept; nothing can be asked of it afterwards."""
        await asyncio.to_thread(self._children.close)

    async def _ask(
        self,
        task: str,
        request: Mapping[str, Any],
        *,
        timeout: float = STEP_SECONDS,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        limits = {"formats": FORMATS, "max_pixels": self._limits.pixels}
        whole = {**request, **limits, "task": task}
        return await self._children.ask(whole, timeout=timeout, progress=progress)

    async def _decode_backwards(
        self,
        step: SoundStep,
        kind: SoundKind,
        origin: Mapping[str, Any],
        target: Path,
        progress: Progress | None,
    ) -> None:
        with TemporaryDirectory(dir=self._scratch, prefix="sound-") as folder:
            forwards = Path(folder) / "forwards.wav"
            await self._decode(step, kind, origin, forwards, part_of(progress, 0, 0.9))
            await self._ask("reverse", {"path": str(forwards), "output": str(target)})

    async def _decode(
        self,
        step: SoundStep,
        kind: SoundKind,
        origin: Mapping[str, Any],
        target: Path,
        progress: Progress | None,
    ) -> None:
        start = source_start(step.sound)
        seconds = step.sound.samples / SAMPLE_RATE
        reader = ProgressReader(unit="out_time_us", whole=seconds * 1e6, sink=progress)
        finished = await self._run(
            _decoding(step, kind, origin, start, target),
            timeout=300 + 10 * float(start + Fraction(seconds) * step.sound.speed),
            on_line=reader.take,
        )
        if not finished.ok:
            raise MediaError(f"its sound could not be decoded: {complaint(finished)}")
        found = (await self._ask("count", {"path": str(target)}))["samples"]
        if found != step.sound.samples:
            raise MediaError(
                f"its sound came out with {found} samples in place of {step.sound.samples}"
            )
        if progress is not None:
            await progress(1.0)

    async def _run(
        self, arguments: Sequence[str], *, timeout: float, on_line: LineSink
    ) -> Finished:
        command = [str(self._ffmpeg.path), "-nostdin", "-hide_banner", "-v", "error", *arguments]
        return await run(command, limits=self._limits.of_run(timeout), on_line=on_line)


def source_start(sound: DecodedSound) -> Fraction:
    """Seconds of the source at which decoding begins; of a reversed sound, where it is to end."""
    first = sound.start
    if sound.is_reversed:
        if sound.seconds is None:
            raise CompositionFailed("a reversed sound needs the length of its source")
        return sound.seconds - Fraction(first + sound.samples, SAMPLE_RATE) * sound.speed
    return Fraction(first, SAMPLE_RATE) * sound.speed


def _decoding(
    step: SoundStep, kind: SoundKind, origin: Mapping[str, Any], start: Fraction, target: Path
) -> list[str]:
    zero = Fraction(*origin["zero"]) + start
    sound = step.sound
    chain = decoding_chain(zero=zero, samples=sound.samples, speed=sound.speed)
    seek = []
    if start > SEEK_MARGIN:
        point = float(zero - SEEK_MARGIN)
        seek = ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{point:.6f}"]
    return [
        *("-y", "-copyts", "-progress", "pipe:1", "-stats_period", "0.25"),
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", FORMATS),
        *strictness(kind),
        *("-f", kind.demuxer, "-threads", "1", *seek, "-i", f"file:{step.source}"),
        *("-map", f"0:{origin['index']}", "-af", chain, "-c:a", "pcm_s16le"),
        *("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"),
        *("-f", "wav", f"file:{target}"),
    ]


def _of(source: Path, kind: SoundKind) -> dict[str, Any]:
    return {"path": str(source), "demuxer": kind.demuxer}


def _mix(step: MeasureStep | MixStep) -> dict[str, Any]:
    missing = [sound for sound in step.mix.sounds if sound not in step.sounds]
    if missing:
        raise CompositionFailed(f"{step.label}: {len(missing)} of its sounds are not there")
    sounds = {sound: str(step.sounds[sound]) for sound in step.mix.sounds}
    return {"mix": step.mix.plain, "sounds": sounds}


def _check(step: SoundStep) -> None:
    sound = step.sound
    if sound.samples < 1 or sound.start < 0 or sound.speed <= 0:
        raise CompositionFailed(f"{step.label}: a sound needs at least one sample, from 0 s on")
