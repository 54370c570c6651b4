"""Makes small endless pictures, GIF and WebP, of the beginning of a finished film.

Frames flow through: a GIF's palette is found in a pass of its own, so that none are held for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from video_foundry.adapters.ffmpeg.encoding import Offers
from video_foundry.adapters.ffmpeg.filters import animation_chain
from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.adapters.ffmpeg.tools import (
    ProgressReader,
    Toolbox,
    complaint,
    part_of,
    published,
)
from video_foundry.core.outputs import Animated, check_animated
from video_foundry.errors import BadInput, CompositionFailed, MediaError
from video_foundry.ports.compositor import AnimationKind
from video_foundry.ports.progress import Progress

ENCODERS: dict[AnimationKind, str] = {"gif": "gif", "webp": "libwebp_anim"}

PALETTE = "palettegen=max_colors=256:stats_mode=full"
DITHERED = "paletteuse=dither=sierra2_4a:diff_mode=rectangle"
WEBP_OPTIONS = ("-c:v", "libwebp_anim", "-quality", "75", "-compression_level", "4")


@dataclass(frozen=True, kw_only=True)
class Animation:
    """What is asked for; see the port."""

    kind: AnimationKind
    width: int
    fps: int
    seconds: Fraction

    def check(self) -> None:
        """Raises BadInput naming the field that cannot be."""
        if self.kind not in ENCODERS:
            raise BadInput(
                f"{self.kind!r} is no kind of animation", field="kind", fix="use gif or webp"
            )
        check_animated(
            Animated(kind=self.kind, width=self.width, fps=self.fps, seconds=self.seconds)
        )

    def frames(self, source: Source) -> int:
        """How many pictures it has."""
        return max(1, int(min(self.seconds, source.length) * self.fps + Fraction(1, 2)))

    def size(self, source: Source) -> tuple[int, int]:
        """Width and height in pixels, the latter the nearest even one."""
        shown_width, shown_height = source.displayed
        half = Fraction(self.width * shown_height, 2 * shown_width)
        return self.width, max(2, 2 * int(half + Fraction(1, 2)))


@dataclass(frozen=True, kw_only=True)
class Animator:
    """Makes them."""

    tools: Toolbox
    offers: Offers

    async def make(
        self, wanted: Animation, source: Source, target: Path, progress: Progress | None
    ) -> None:
        """Write the picture. Raises MediaError, BadInput and CompositionFailed."""
        wanted.check()
        if source.kind.is_image:
            raise MediaError("an animation is made of a film, and this is a still picture")
        if not await self.offers.lists(ENCODERS[wanted.kind]):
            raise CompositionFailed(
                f"this FFmpeg was built without {wanted.kind}; choose another kind of animation, "
                "or install an FFmpeg that has it"
            )
        async with published(target) as partial:
            if wanted.kind == "gif":
                await self._gif(wanted, source, partial, progress)
            else:
                await self._webp(wanted, source, partial, progress)
        if progress is not None:
            await progress(1.0)

    async def _gif(
        self, wanted: Animation, source: Source, target: Path, progress: Progress | None
    ) -> None:
        chain, run = self._chain(wanted, source), _Run(self.tools, wanted, source)
        with TemporaryDirectory(dir=self.tools.scratch, prefix="palette-") as folder:
            palette = Path(folder) / "palette.png"
            await run.through(
                [],
                f"{chain},split[seen][shown];[shown]{PALETTE}[out]",
                ["-frames:v", "1", "-f", "image2", f"file:{palette}"],
                part_of(progress, 0, 0.4),
            )
            await run.through(
                ["-f", "png_pipe", "-i", f"file:{palette}"],
                f"{chain}[full];[full][1:v]{DITHERED},split[seen][out]",
                ["-c:v", "gif", "-loop", "0", *_plain("gif", target)],
                part_of(progress, 0.4, 0.99),
            )

    async def _webp(
        self, wanted: Animation, source: Source, target: Path, progress: Progress | None
    ) -> None:
        await _Run(self.tools, wanted, source).through(
            [],
            f"{self._chain(wanted, source)},format=bgra,split[seen][out]",
            [*WEBP_OPTIONS, "-loop", "0", *_plain("webp", target)],
            part_of(progress, 0, 0.99),
        )

    def _chain(self, wanted: Animation, source: Source) -> str:
        chain = animation_chain(
            source,
            size=wanted.size(source),
            fps=wanted.fps,
            frames=wanted.frames(source),
        )
        return f"[0:{source.video_index}]{chain}"


@dataclass(frozen=True)
class _Run:
    """Runs of FFmpeg over the frames of an animation."""

    tools: Toolbox
    wanted: Animation
    source: Source

    async def through(
        self, more: Sequence[str], graph: str, written: Sequence[str], progress: Progress | None
    ) -> None:
        """From the film, and `more` inputs, through a graph that ends in `seen` and `out`, of which
        the latter is written.

        The frames in `seen` are counted: what is written of them may be one packet at the end.
        """
        frames, kind = self.wanted.frames(self.source), self.wanted.kind
        reader = ProgressReader(unit="frame", whole=frames, sink=progress)
        counted = _Counter()

        async def take(line: str) -> None:
            counted.take(line)
            await reader.take(line)

        finished = await self.tools.run_ffmpeg(
            [
                *("-y", "-progress", "pipe:1", "-stats_period", "0.25", "-copyts"),
                *self.tools.input_options(self.source),
                *("-i", f"file:{self.source.path}", *more, "-filter_complex", graph),
                *("-map", "[seen]", "-c:v", "wrapped_avframe", "-fps_mode", "passthrough"),
                *("-f", "null", "-", "-map", "[out]", *written),
            ],
            timeout=120 + 20 * float(self.wanted.seconds),
            on_line=take,
        )
        if not finished.ok:
            raise CompositionFailed(f"the {kind} could not be made: {complaint(finished)}")
        if counted.frames != frames:
            raise CompositionFailed(
                f"the {kind} came out with {counted.frames} pictures in place of {frames}"
            )


@dataclass
class _Counter:
    """The last number of frames that FFmpeg told."""

    frames: int = 0

    def take(self, line: str) -> None:
        key, _, value = line.partition("=")
        if key == "frame":
            self.frames = int(value)


def _plain(muxer: str, target: Path) -> tuple[str, ...]:
    bare = ("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact")
    return (*bare, "-fps_mode", "passthrough", "-f", muxer, f"file:{target}")
