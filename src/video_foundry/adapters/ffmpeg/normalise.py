"""Brings one clip to the profile in one FFmpeg run, and proves the piece before handing it out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from video_foundry.adapters.ffmpeg import settings
from video_foundry.adapters.ffmpeg.filters import picture_chain, sound_chain
from video_foundry.adapters.ffmpeg.process import Finished
from video_foundry.adapters.ffmpeg.reader import ChildRefused
from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.adapters.ffmpeg.tools import (
    ProgressReader,
    Toolbox,
    complaint,
    ignore_line,
    published,
)
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.errors import CompositionFailed
from video_foundry.ports.compositor import NormaliseStep, Progress

SEEK_MARGIN = Fraction(2)
"""Seconds before the wanted start at which decoding begins, so that no frame near it is missed."""

_SILENCE = ["-f", "lavfi", "-i", f"anullsrc=r={SAMPLE_RATE}:cl=stereo"]


@dataclass(kw_only=True)
class Normaliser:
    """Makes pieces; remembers the parameter sets that each profile's pieces must have."""

    tools: Toolbox
    _expected: dict[OutputProfile, str] = field(default_factory=dict)

    async def make(
        self, step: NormaliseStep, source: Source, target: Path, progress: Progress | None
    ) -> None:
        """Write the piece. Raises CompositionFailed naming the step's label."""
        if not source.kind.is_image and step.start >= source.length:
            raise CompositionFailed(
                f"{step.label}: there is no picture at {float(step.start):g} s; "
                f"the clip is {float(source.length):.3g} s long"
            )
        async with published(target) as partial:
            finished = await self._encode(step, source, partial, progress, seek=True)
            if not finished.ok and seek_options(source, step.start):
                # A start in the middle of a group of frames can trip a strict decoder: go the
                # long way from the beginning before calling the clip bad.
                finished = await self._encode(step, source, partial, progress, seek=False)
            if not finished.ok:
                raise CompositionFailed(f"{step.label}: FFmpeg failed: {complaint(finished)}")
            await self._check(step, partial)

    async def _encode(
        self,
        step: NormaliseStep,
        source: Source,
        target: Path,
        progress: Progress | None,
        *,
        seek: bool,
    ) -> Finished:
        reader = ProgressReader(unit="frame", whole=step.frames, sink=progress)
        seconds = float(step.start + step.profile.fps.seconds_of(step.frames))
        return await self.tools.run_ffmpeg(
            self._arguments(step, source, target, seek=seek),
            timeout=300 + 60 * seconds,
            on_line=reader.take,
        )

    def _arguments(
        self, step: NormaliseStep, source: Source, target: Path, *, seek: bool
    ) -> list[str]:
        tools, profile = self.tools, step.profile
        zero = source.start + step.start
        has_sound = source.audio_index is not None
        picture = picture_chain(
            source,
            profile,
            start=zero,
            frames=step.frames,
            has_zscale=tools.ffmpeg.has_zscale,
        )
        sound = sound_chain(
            start=zero if has_sound else Fraction(0), samples=profile.fps.samples_of(step.frames)
        )
        return [
            *("-y", "-xerror", "-copyts", "-progress", "pipe:1", "-stats_period", "0.25"),
            *tools.input_options(source.kind),
            # A size that changes midway is the scaler's matter; a new graph would count from zero.
            *("-reinit_filter:v", "0"),
            *(seek_options(source, step.start) if seek else []),
            *("-i", f"file:{source.path}", *([] if has_sound else _SILENCE)),
            *("-map", f"0:{source.video_index}"),
            *("-map", f"0:{source.audio_index}" if has_sound else "1:a"),
            # No `-frames:v`: it would also cut the sound, at the last whole block before its end.
            *("-vf", picture, "-af", sound),
            *settings.picture_encoder(profile, threads=tools.threads),
            *settings.piece_container(profile),
            f"file:{target}",
        ]

    async def _check(self, step: NormaliseStep, piece: Path) -> None:
        try:
            found = await self.tools.ask_child(
                {"task": "inspect", "path": str(piece), "demuxer": "mov"}
            )
        except ChildRefused as refusal:
            raise CompositionFailed(f"{step.label}: conversion failed: {refusal}") from refusal
        expected = await self._expected_parameter_sets(step.profile)
        fault = find_fault(found, step, expected)
        if fault:
            raise CompositionFailed(f"{step.label}: {fault}")

    async def _expected_parameter_sets(self, profile: OutputProfile) -> str:
        """Encode one black frame with the same settings: every piece must have its SPS and PPS."""
        if profile not in self._expected:
            with TemporaryDirectory(dir=self.tools.scratch, prefix="sample-") as folder:
                sample = Path(folder) / "black.mov"
                await self._encode_sample(profile, sample)
                found = await self.tools.ask_child(
                    {"task": "inspect", "path": str(sample), "demuxer": "mov"}
                )
            self._expected[profile] = found["parameter_sets"]
        return self._expected[profile]

    async def _encode_sample(self, profile: OutputProfile, target: Path) -> None:
        rate = profile.fps
        black = f"color=black:s={profile.width}x{profile.height}:r={rate.num}/{rate.den}"
        tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
        finished = await self.tools.run_ffmpeg(
            [
                *("-y", "-f", "lavfi", "-i", f"{black},format=yuv420p,setsar=1,{tags}", *_SILENCE),
                *("-map", "0:v", "-map", "1:a", "-frames:v", "1", "-t", "0.1"),
                *settings.picture_encoder(profile, threads=self.tools.threads),
                *settings.piece_container(profile),
                f"file:{target}",
            ],
            timeout=60,
            on_line=ignore_line,
        )
        if not finished.ok:
            raise CompositionFailed(f"FFmpeg cannot encode this profile: {complaint(finished)}")


def seek_options(source: Source, start: Fraction) -> list[str]:
    """What makes FFmpeg begin reading shortly before `start`; nothing where that saves nothing."""
    if source.kind.is_image or start <= SEEK_MARGIN:
        return []
    point = float(source.start + start - SEEK_MARGIN)
    # Not "accurate": that would drop a frame which begins before this point and is still shown.
    return ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{point:.6f}"]


def find_fault(found: Mapping[str, Any], step: NormaliseStep, expected: str) -> str | None:
    """What is wrong with a finished piece, or None. `found`: the child's `inspect`."""
    one = 1 / step.profile.fps.fraction
    samples = step.profile.fps.samples_of(step.frames)
    made = f"the converted clip has {found['frames']} frames in place of {step.frames}"
    checks = [
        (found["frames"] > 0, f"there is no picture at {float(step.start):g} s"),
        (found["frames"] == step.frames, made),
        (
            step.frames == 1 or found["steps"] == [[one.numerator, one.denominator]],
            "the frames of the converted clip are not evenly spaced",
        ),
        (found["first_is_key"], "the converted clip does not begin with a key frame"),
        (
            found["samples"] == samples,
            f"the converted clip has {found['samples']} sound samples in place of {samples}",
        ),
        (
            found["parameter_sets"] == expected,
            "the converted clip's encoder settings differ from those of its project",
        ),
    ]
    return next((fault for passed, fault in checks if not passed), None)
