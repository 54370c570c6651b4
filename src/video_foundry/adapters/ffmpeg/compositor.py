"""The compositor port by FFmpeg and PyAV: which step is done where, not how it is done."""

import asyncio
from collections.abc import Mapping
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path

from video_foundry.adapters.ffmpeg.animation import Animation, Animator
from video_foundry.adapters.ffmpeg.binary import FFmpegBinary, find_ffmpeg
from video_foundry.adapters.ffmpeg.encoding import Offers
from video_foundry.adapters.ffmpeg.filters import still_chain
from video_foundry.adapters.ffmpeg.limits import LIMITS, MediaLimits
from video_foundry.adapters.ffmpeg.mp4.describing import Unlike
from video_foundry.adapters.ffmpeg.picture import FFmpegPictures
from video_foundry.adapters.ffmpeg.pool import ReaderPool
from video_foundry.adapters.ffmpeg.seeking import key_frame_options, seek_options
from video_foundry.adapters.ffmpeg.source import Source, Sources
from video_foundry.adapters.ffmpeg.still import Still, write_still
from video_foundry.adapters.ffmpeg.tools import Toolbox, complaint, ignore_line, published
from video_foundry.adapters.ffmpeg.verify import verify_source
from video_foundry.core.effects import Retime
from video_foundry.core.profile import Encoder, VideoCodec
from video_foundry.core.timebase import FrameRate
from video_foundry.errors import MediaError, PiecesDiffer, Unchecked
from video_foundry.ports.compositor import AnimationKind, MediaFacts
from video_foundry.ports.film import FilmStep
from video_foundry.ports.picture import PictureStep
from video_foundry.ports.progress import Progress


class FFmpegCompositor:
    """Probes, verifies and composes with FFmpeg 6 or newer and PyAV, all in child processes.

    scratch: a folder for work in progress, made when missing. threads: of each FFmpeg run; the same
    number gives the same bytes. Raises CompositionFailed at once when no usable FFmpeg is there.
    """

    def __init__(
        self,
        *,
        scratch: Path,
        threads: int = 2,
        limits: MediaLimits = LIMITS,
        ffmpeg: FFmpegBinary | None = None,
    ) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._tools = Toolbox(
            ffmpeg=ffmpeg or find_ffmpeg(),
            readers=ReaderPool(memory=limits.memory, output=limits.output),
            scratch=scratch,
            threads=threads,
            limits=limits,
        )
        self._sources = Sources(self._tools)
        self._offers = Offers(tools=self._tools)
        self._animator = Animator(tools=self._tools, offers=self._offers)
        self._pictures = FFmpegPictures(
            tools=self._tools, sources=self._sources, offers=self._offers
        )

    async def probe(self, source: Path) -> MediaFacts:
        """Read what the file is, from its first frame and its packets. Raises MediaError."""
        return (await self._sources.read(source)).facts()

    async def verify(self, source: Path) -> MediaFacts:
        """Decode all of it; raises MediaError unless everything is there and decodes clean."""
        return await verify_source(self._tools, await self._sources.read(source))

    async def picture(
        self, step: PictureStep, target: Path, progress: Progress | None = None
    ) -> None:
        """Write the picture of one piece. Raises CompositionFailed naming its label."""
        await self._pictures.picture(step, target, progress)

    async def film(self, step: FilmStep, target: Path, progress: Progress | None = None) -> None:
        """Join pieces and windows of sound into the finished file. Raises CompositionFailed, and
        PiecesDiffer naming those that must be made anew."""
        # Not before: a worker that only generates never joins anything.
        from video_foundry.adapters.ffmpeg.joining import make_film  # noqa: PLC0415

        try:
            await make_film(step, target, progress)
        except Unlike as unlike:
            stale = await self._pictures.inspector.outdated(unlike.pieces, step.profile)
            told = f"the film could not be joined: {unlike}"
            raise PiecesDiffer(told, pieces=[str(piece) for piece in stale]) from unlike

    async def thumbnail(
        self, source: Path, target: Path, *, width: int, at: Fraction, is_rough: bool = False
    ) -> None:
        """Write a JPEG of the frame shown at `at` seconds; past the end, of the last one. is_rough:
        of the last key frame up to there, the only one that is decoded.

        Raises MediaError.
        """
        read = await self._sources.recall(source)
        last = max(Fraction(0), read.length - Fraction(1, 1000))
        async with published(target) as partial:
            for moment in (min(max(at, Fraction(0)), last), Fraction(0)):
                finished = await self._tools.run_ffmpeg(
                    self._still_arguments(read, partial, width=width, at=moment, is_rough=is_rough),
                    timeout=60,
                    on_line=ignore_line,
                )
                if finished.ok and await asyncio.to_thread(_has_content, partial):
                    return
            kind = Unchecked if finished.was_ended else MediaError
            raise kind(f"no still picture could be made of it: {complaint(finished)}")

    async def still(
        self, source: Path, target: Path, *, frame: int, retime: Retime, rate: FrameRate
    ) -> None:
        """Write a PNG of one frame of a virtual clip, as large as the source. Raises MediaError."""
        wanted = Still(frame=frame, retime=retime, rate=rate)
        await write_still(self._tools, await self._sources.recall(source), wanted, target)

    async def animation(
        self,
        film: Path,
        target: Path,
        *,
        kind: AnimationKind,
        width: int,
        fps: int,
        seconds: Fraction,
        progress: Progress | None = None,
    ) -> None:
        """Write the film's first `seconds` as an endless picture. Raises MediaError, BadInput and
        CompositionFailed, as the port says."""
        wanted = Animation(kind=kind, width=width, fps=fps, seconds=seconds)
        await self._animator.make(wanted, await self._sources.recall(film), target, progress)

    async def encoders(self) -> Mapping[VideoCodec, tuple[Encoder, ...]]:
        """What encodes each codec on this machine, "software" first; none: the codec is missing."""
        return await self._offers.all()

    def describe(self) -> dict[str, str]:
        """Where the tools are and their versions."""
        return {
            "ffmpeg": str(self._tools.ffmpeg.path),
            "ffmpeg_version": self._tools.ffmpeg.version,
            "pyav_version": version("av"),
        }

    async def aclose(self) -> None:
        """End the children that are kept for reading; nothing can be asked of it afterwards.

        Reading still under way is broken off, so end all work first.
        """
        await asyncio.to_thread(self._tools.readers.close)

    def _still_arguments(
        self, source: Source, target: Path, *, width: int, at: Fraction, is_rough: bool
    ) -> list[str]:
        image = source.kind.is_image
        rough = is_rough and not image
        # So small a picture may be a little off: a clip that was paid for is not refused for it.
        shown = source if self._tools.ffmpeg.has_zscale else source.unmapped
        moment = Fraction(0) if image else source.start + at
        chain = still_chain(shown, moment=None if rough else moment, width=width)
        seeking = key_frame_options(source, at) if rough else seek_options(source, at)
        return [
            *("-y", "-copyts"),
            *self._tools.input_options(source, strict=False),
            *([] if image else seeking),
            *("-i", f"file:{source.path}", "-map", f"0:{source.video_index}", "-frames:v", "1"),
            *("-vf", chain, "-c:v", "mjpeg", "-q:v", "4", "-flags:v", "+bitexact"),
            *("-fflags", "+bitexact", "-f", "mjpeg", f"file:{target}"),
        ]


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
