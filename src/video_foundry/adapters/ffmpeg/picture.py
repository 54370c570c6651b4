"""Makes the picture of a piece: a clip alone in one FFmpeg run, everything else frame by frame in a
child between decoders and an encoder. Every piece is proved before it is handed out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from video_foundry.adapters.ffmpeg import settings
from video_foundry.adapters.ffmpeg.encoding import (
    Offers,
    device_options,
    encoder_filters,
    picture_container,
    picture_encoder,
)
from video_foundry.adapters.ffmpeg.filters import Stretch, stretch_chain
from video_foundry.adapters.ffmpeg.geometry import canvas_size, lay_out
from video_foundry.adapters.ffmpeg.inspection import Inspector, Piece
from video_foundry.adapters.ffmpeg.reader import ChildRefused
from video_foundry.adapters.ffmpeg.seeking import seek_options
from video_foundry.adapters.ffmpeg.source import Source, Sources
from video_foundry.adapters.ffmpeg.tables import write_tables
from video_foundry.adapters.ffmpeg.tools import (
    ProgressReader,
    Toolbox,
    complaint,
    part_of,
    published,
)
from video_foundry.core.animation import state_at
from video_foundry.core.easing import progress_at
from video_foundry.core.effects import unfrozen, virtual_frames, virtual_seconds
from video_foundry.core.timebase import FrameRate
from video_foundry.core.transitions import KINDS, moment_at
from video_foundry.core.views import view_at
from video_foundry.errors import BadInput, CompositionFailed, MachineFailed, MediaError
from video_foundry.ports.picture import OverlayLayer, PictureLayer, PictureStep
from video_foundry.ports.progress import Progress

BACKWARDS_MEMORY = 64 * 1024**2
"""Bytes of frames that a layer running backwards may hold at a time."""

FEW_WAITING = ("-thread_queue_size", "2")
"""Raw frames are large; FFmpeg lets eight of them wait at each end where nothing is said."""


@dataclass(frozen=True, kw_only=True)
class _Shot:
    """One layer, ready to be decoded. tables: its look's .cube files."""

    layer: PictureLayer
    source: Source
    tables: Sequence[Path]
    label: str


@dataclass(kw_only=True)
class FFmpegPictures:
    """The port `Pictures` by FFmpeg, numpy and Pillow."""

    tools: Toolbox
    sources: Sources
    offers: Offers
    inspector: Inspector = field(init=False)

    def __post_init__(self) -> None:
        self.inspector = Inspector(tools=self.tools)

    async def picture(
        self, step: PictureStep, target: Path, progress: Progress | None = None
    ) -> None:
        """Write the piece. Raises CompositionFailed naming the label, MachineFailed where a chip
        was to encode it."""
        check(step)
        await self.offers.require(step.profile, step.label)
        with TemporaryDirectory(dir=self.tools.scratch, prefix="picture-") as folder:
            shots = [
                await self._shot(step, layer, Path(folder) / f"{place}")
                for place, layer in enumerate(step.layers)
            ]
            try:
                await self._proved(step, shots, target, progress)
            except CompositionFailed as failure:
                if step.profile.encoder == "software":
                    raise
                raise MachineFailed(failure.message) from failure
        if progress is not None:
            await progress(1.0)

    async def _proved(
        self, step: PictureStep, shots: Sequence[_Shot], target: Path, progress: Progress | None
    ) -> None:
        async with published(target) as partial:
            await self._make(step, shots, partial, part_of(_rising(progress), 0.0, 0.98))
            piece = Piece(label=step.label, profile=step.profile, frames=step.frames)
            await self.inspector.check(piece, partial)

    async def _shot(self, step: PictureStep, layer: PictureLayer, folder: Path) -> _Shot:
        label = layer.label or step.label
        try:
            source = await self.sources.recall(layer.source)
            source.require(self.tools.ffmpeg)
            tables = await write_tables(layer.effects.look, layer.lut, folder)
        except (MediaError, BadInput) as error:
            raise CompositionFailed(f"{label}: {error}") from error
        return _Shot(layer=layer, source=source, tables=tables, label=label)

    async def _make(
        self, step: PictureStep, shots: Sequence[_Shot], target: Path, progress: Progress | None
    ) -> None:
        # A start in the middle of a group of frames can trip a strict decoder: go the long way
        # from the beginning before calling the clip bad.
        *earlier, last = (True, False) if any(_is_sought(step, shot) for shot in shots) else (True,)
        for seeks in earlier:
            try:
                return await self._attempt(step, shots, target, progress, seeks=seeks)
            except CompositionFailed:
                continue
        return await self._attempt(step, shots, target, progress, seeks=last)

    async def _attempt(
        self,
        step: PictureStep,
        shots: Sequence[_Shot],
        target: Path,
        progress: Progress | None,
        *,
        seeks: bool,
    ) -> None:
        if is_plain(step):
            await self._run_plain(step, shots[0], target, progress, seeks=seeks)
        else:
            await self._run_child(step, shots, target, progress, seeks=seeks)

    async def _run_plain(
        self,
        step: PictureStep,
        shot: _Shot,
        target: Path,
        progress: Progress | None,
        *,
        seeks: bool,
    ) -> None:
        [stretch] = stretches(shot.layer, shot.source, step.profile.fps, most=step.frames)
        arguments = [
            *("-y", "-progress", "pipe:1", "-stats_period", "0.25"),
            *device_options(step.profile),
            *self._decoding(step, shot, stretch, encoder_filters(step.profile), seeks=seeks),
            *picture_encoder(step.profile, threads=self.tools.threads),
            *picture_container(step.profile),
            f"file:{target}",
        ]
        reader = ProgressReader(unit="frame", whole=step.frames, sink=progress)
        finished = await self.tools.run_ffmpeg(
            arguments, timeout=_patience(step, [shot]), on_line=reader.take
        )
        if not finished.ok:
            raise CompositionFailed(f"{shot.label}: FFmpeg failed: {complaint(finished)}")

    async def _run_child(
        self,
        step: PictureStep,
        shots: Sequence[_Shot],
        target: Path,
        progress: Progress | None,
        *,
        seeks: bool,
    ) -> None:
        request = {
            "task": "compose",
            "label": step.label,
            "output": str(target),
            "size": [step.profile.width, step.profile.height],
            "frames": step.frames,
            "encoder": self._encoder(step, target),
            "layers": [self._layer(step, shot, seeks=seeks) for shot in shots],
            "moments": moments(step),
            "overlays": [
                {"path": str(overlay.image), "states": overlay_states(overlay, step.frames)}
                for overlay in step.overlays
            ],
        }
        try:
            await self.tools.ask_child(request, timeout=_patience(step, shots), progress=progress)
        except ChildRefused as refusal:
            told = str(refusal)
            is_named = any(told.startswith(f"{shot.label}: ") for shot in shots)
            raise CompositionFailed(told if is_named else f"{step.label}: {told}") from refusal

    def _layer(self, step: PictureStep, shot: _Shot, *, seeks: bool) -> dict[str, Any]:
        """One layer as `frames.streams.Layer` takes it."""
        layer, rate = shot.layer, step.profile.fps
        frame = (step.profile.width, step.profile.height)
        width, height = canvas_size(shot.source, layer.effects.framing, frame)
        most = max(1, BACKWARDS_MEMORY // (width * height * 3 // 2))
        move = layer.effects.framing.move
        runs = [
            (self._raw(step, shot, stretch, seeks=seeks), stretch.frames, is_backwards(shot))
            for stretch in _distinct(shot, rate, most=most)
        ]
        views = (
            [view_at(move, layer.first + place) for place in range(layer.frames)] if move else []
        )
        return {
            "label": shot.label,
            "at": layer.at,
            "size": [width, height],
            "runs": runs,
            "views": views,
            "at_seconds": float(rate.seconds_of(layer.first)),
        }

    def _raw(self, step: PictureStep, shot: _Shot, stretch: Stretch, *, seeks: bool) -> list[str]:
        """The command that writes a stretch as raw frames to its standard output."""
        return [
            *(str(self.tools.ffmpeg.path), "-nostdin", "-hide_banner", "-v", "error"),
            # Several are read at once, each faster than all of it is encoded; with every thread go
            # frames that are held.
            *self._decoding(step, shot, stretch, (), seeks=seeks, threads=1),
            *("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p"),
            *(*FEW_WAITING, "pipe:1"),
        ]

    def _decoding(
        self,
        step: PictureStep,
        shot: _Shot,
        stretch: Stretch,
        handed_over: Sequence[str],
        *,
        seeks: bool,
        threads: int | None = None,
    ) -> list[str]:
        """Input and filters that give the frames of a stretch, with `handed_over` behind them."""
        source, framing = shot.source, shot.layer.effects.framing
        frame = (step.profile.width, step.profile.height)
        chain = stretch_chain(
            source,
            stretch,
            lay_out(source, framing, canvas_size(source, framing, frame)),
            background=framing.background,
            tables=shot.tables,
        )
        return [
            *("-xerror", "-copyts", *self.tools.input_options(source, threads=threads)),
            # A size that changes midway is the scaler's matter; a new graph would count from zero.
            *("-reinit_filter:v", "0"),
            *(seek_options(source, begin_of(stretch)) if seeks else []),
            *("-i", f"file:{source.path}", "-map", f"0:{source.video_index}"),
            *("-vf", ",".join([chain, *handed_over])),
        ]

    def _encoder(self, step: PictureStep, target: Path) -> list[str]:
        """The command that makes the piece of raw frames from its standard input."""
        profile = step.profile
        chain = ["setsar=1", settings.TAGS, *encoder_filters(profile)]
        return [
            *(str(self.tools.ffmpeg.path), "-hide_banner", "-v", "error", "-y"),
            *device_options(profile),
            *("-f", "rawvideo", "-pixel_format", "yuv420p"),
            *("-video_size", f"{profile.width}x{profile.height}"),
            *("-framerate", f"{profile.fps.num}/{profile.fps.den}"),
            *(*FEW_WAITING, "-i", "pipe:0"),
            *("-vf", ",".join(chain)),
            *picture_encoder(profile, threads=self.tools.threads),
            *picture_container(profile),
            f"file:{target}",
        ]


def _rising(progress: Progress | None) -> Progress | None:
    """Progress that does not fall back when something is tried again."""
    if progress is None:
        return None
    reached = 0.0

    async def tell(done: float) -> None:
        nonlocal reached
        reached = max(reached, done)
        await progress(reached)

    return tell


def check(step: PictureStep) -> None:
    """Raises CompositionFailed unless the layers cover the piece as the port says."""
    profile = step.profile
    layers = [(layer.at, layer.at + layer.frames) for layer in step.layers]
    shared = step.transition.frames if step.transition else 0
    whole = layers == [(0, step.frames)] and step.transition is None
    joined = (
        len(layers) == 2
        and shared >= 1
        and layers[0] == (0, layers[1][0] + shared)
        and layers[1][1] == step.frames >= layers[0][1]
    )
    if step.frames < 1 or not (whole or joined) or min(x.first for x in step.layers) < 0:
        raise CompositionFailed(f"{step.label}: the clips do not cover the {step.frames} frames")
    if step.transition and step.transition.kind not in KINDS:
        raise CompositionFailed(f"{step.label}: {step.transition.kind!r} is no known transition")
    if min(profile.width, profile.height) < 16 or profile.width % 2 or profile.height % 2:
        raise CompositionFailed(
            f"{step.label}: the film's size of {profile.width} x {profile.height} must be even "
            "and at least 16 x 16"
        )


def is_plain(step: PictureStep) -> bool:
    """Whether one FFmpeg run does it all."""
    if len(step.layers) > 1 or step.overlays:
        return False
    effects = step.layers[0].effects
    return effects.framing.move is None and not effects.retime.is_reversed


def is_backwards(shot: _Shot) -> bool:
    """Whether the layer's frames come last first; a still looks the same either way."""
    return shot.layer.effects.retime.is_reversed and not shot.source.kind.is_image


def stretches(layer: PictureLayer, source: Source, rate: FrameRate, *, most: int) -> list[Stretch]:
    """What to decode for a layer, in the order in which it is shown, `most` frames at a time where
    it runs backwards. Frames that are missing at the end repeat the last one.
    """
    retime = layer.effects.retime
    if source.kind.is_image:
        return [Stretch(rate=rate, index=0, frames=layer.frames, retime=type(retime)())]
    if not retime.is_reversed:
        # Past the end the decoder would give nothing: begin at the last frame there is.
        index = min(layer.first, virtual_frames(source.length, retime, rate) - 1)
        return [Stretch(rate=rate, index=index, frames=layer.frames, retime=retime)]
    length = virtual_seconds(source.length, retime)
    whole = max(1, ceil(length * rate.fraction))
    shift = rate.seconds_of(whole) - length
    end = max(1, whole - layer.first)
    begin = max(0, min(end - 1, whole - layer.first - layer.frames))
    return [
        Stretch(rate=rate, index=index, frames=upper - index, retime=retime, shift=shift)
        for upper in range(end, begin, -most)
        for index in [max(begin, upper - most)]
    ]


def _distinct(shot: _Shot, rate: FrameRate, *, most: int) -> list[Stretch]:
    """What must be decoded frame by frame: of a still one frame, which the child repeats."""
    parts = stretches(shot.layer, shot.source, rate, most=most)
    return [replace(part, frames=1) for part in parts] if shot.source.kind.is_image else parts


def begin_of(stretch: Stretch) -> Fraction:
    """Seconds into the source at which the first frame of a stretch stands."""
    place = stretch.rate.seconds_of(stretch.index) - stretch.shift
    return max(Fraction(0), unfrozen(place, stretch.retime) * stretch.retime.speed)


def _is_sought(step: PictureStep, shot: _Shot) -> bool:
    parts = stretches(shot.layer, shot.source, step.profile.fps, most=step.frames)
    return any(seek_options(shot.source, begin_of(part)) for part in parts)


def moments(step: PictureStep) -> list[dict[str, Any]]:
    """What is drawn at each frame of the transition."""
    change = step.transition
    if change is None:
        return []
    return [
        asdict(moment_at(change.kind, change.easing, progress_at(frame, change.frames)))
        for frame in range(change.frames)
    ]


def overlay_states(overlay: OverlayLayer, frames: int) -> list[tuple[int, int, dict[str, Any]]]:
    """How an overlay is drawn: (first frame of the piece, frame after the last, state)."""

    def states() -> Iterator[tuple[int, dict[str, Any]]]:
        for place in range(max(0, overlay.start), min(frames, overlay.start + overlay.frames)):
            yield (
                place,
                asdict(
                    state_at(
                        place - overlay.start,
                        overlay.frames,
                        opacity=overlay.opacity,
                        animate_in=overlay.animate_in,
                        animate_out=overlay.animate_out,
                    )
                ),
            )

    told = []
    for state, group in groupby(states(), key=lambda entry: entry[1]):
        places = [place for place, _ in group]
        told.append((places[0], places[-1] + 1, state))
    return told


def _patience(step: PictureStep, shots: Sequence[_Shot]) -> float:
    """Wall seconds that making a piece may take: generous, yet with an end."""
    sources = sum(float(shot.source.length) for shot in shots)
    return 300 + 60 * (float(step.profile.fps.seconds_of(step.frames)) + sources)
