"""Brings one clip to the profile in one FFmpeg run, and proves the piece before handing it out."""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from video_foundry.adapters.ffmpeg import settings
from video_foundry.adapters.ffmpeg.filters import picture_chain, sound_chain
from video_foundry.adapters.ffmpeg.inspection import Inspector, Piece
from video_foundry.adapters.ffmpeg.process import Finished
from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.adapters.ffmpeg.tools import (
    ProgressReader,
    Toolbox,
    complaint,
    published,
)
from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.errors import CompositionFailed
from video_foundry.ports.compositor import NormaliseStep
from video_foundry.ports.progress import Progress

SEEK_MARGIN = Fraction(2)
"""Seconds before the wanted start at which decoding begins, so that no frame near it is missed."""

_SILENCE = ["-f", "lavfi", "-i", f"anullsrc=r={SAMPLE_RATE}:cl=stereo"]


@dataclass(kw_only=True)
class Normaliser:
    """Makes pieces of picture and sound, each judged by `inspector`."""

    tools: Toolbox
    inspector: Inspector = field(init=False)

    def __post_init__(self) -> None:
        self.inspector = Inspector(tools=self.tools)

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
            piece = Piece(
                label=step.label,
                profile=step.profile,
                start=step.start,
                frames=step.frames,
                samples=step.profile.fps.samples_of(step.frames),
            )
            await self.inspector.check(piece, partial)

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


def seek_options(source: Source, start: Fraction) -> list[str]:
    """What makes FFmpeg begin reading shortly before `start`; nothing where that saves nothing."""
    if source.kind.is_image or start <= SEEK_MARGIN:
        return []
    point = float(source.start + start - SEEK_MARGIN)
    # Not "accurate": that would drop a frame which begins before this point and is still shown.
    return ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{point:.6f}"]
