"""Joins finished pieces and windows of sound into the film. Nothing is decoded or encoded here, and
no program runs: bytes are copied, and the index is written anew."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from video_foundry.adapters.ffmpeg.coding import why_not_copied
from video_foundry.adapters.ffmpeg.mp4 import film as mp4
from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed
from video_foundry.adapters.ffmpeg.mp4.clips import Clip, read_clip
from video_foundry.adapters.ffmpeg.mp4.describing import Unlike
from video_foundry.adapters.ffmpeg.mp4.index import TrackIndex, read_index
from video_foundry.adapters.ffmpeg.mp4.mixing import mixed
from video_foundry.adapters.ffmpeg.mp4.tracks import PictureTrack, Report, Slice, SoundTrack
from video_foundry.adapters.ffmpeg.mp4.words import TextTrack, timed_text, web_text
from video_foundry.adapters.ffmpeg.tools import published
from video_foundry.adapters.ffmpeg.webm import film as webm
from video_foundry.core.profile import FilmSound, VideoCodec
from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.errors import CompositionFailed
from video_foundry.ports.film import FilmStep
from video_foundry.ports.progress import Progress


@dataclass(frozen=True, kw_only=True)
class Grid:
    """coding: how windows call it. packet: samples of one. lead_in: samples of the first ones that
    are not heard."""

    coding: bytes
    packet: int
    lead_in: int


GRIDS: Mapping[FilmSound, Grid] = {
    "aac": Grid(coding=b"mp4a", packet=1024, lead_in=1024),
    "opus": Grid(coding=b"Opus", packet=960, lead_in=312),
    "pcm_s16le": Grid(coding=b"sowt", packet=1, lead_in=0),
}
"""As the windows of a film's sound are encoded."""

CODINGS: Mapping[VideoCodec, Collection[bytes]] = {
    "h264": (b"avc1",),
    "hevc": (b"hvc1",),
    "av1": (b"av01",),
    "vp9": (b"vp09",),
    "prores": (b"apcs", b"apch"),
}
"""How pieces call what they hold."""

FINEST = 90_000
"""Ticks a second that suffice for the picture track; more would outgrow 32 bits in a long film."""


TOLD_EVERY = 0.25
"""Seconds after which progress is told again, as often as FFmpeg tells it: each telling has its
price."""


class _BrokenOff(Exception):
    """Nobody wants the film any more."""


async def make_film(step: FilmStep, target: Path, progress: Progress | None) -> None:
    """Write the film. Raises CompositionFailed, also for pieces that do not belong together; Unlike
    for those that only were not made alike.

    When the awaiting task is cancelled, writing has ended before this returns.
    """
    loop = asyncio.get_running_loop()
    is_broken_off = threading.Event()
    told, told_at = 0.0, time.monotonic()

    def report(done: float) -> None:
        nonlocal told, told_at
        if is_broken_off.is_set():
            raise _BrokenOff
        if progress is None or done <= told:
            return
        now = time.monotonic()
        if done >= 1.0 or now - told_at >= TOLD_EVERY:
            told, told_at = done, now
            asyncio.run_coroutine_threadsafe(_tell(progress, done), loop)

    async with published(target) as partial:
        work = asyncio.ensure_future(asyncio.to_thread(_write, step, partial, report))
        try:
            await asyncio.shield(work)
        except Unlike:
            raise
        except Malformed as error:
            raise CompositionFailed(f"the film could not be joined: {error}") from error
        except asyncio.CancelledError:
            # A thread cannot be cancelled; it would write the file after it was cleared away.
            is_broken_off.set()
            with contextlib.suppress(_BrokenOff, Malformed, OSError):
                await work
            raise


async def _tell(progress: Progress, done: float) -> None:
    await progress(done)


def _write(step: FilmStep, target: Path, report: Report) -> None:
    indexes, clips = _Indexes(report), _clips(step, report)
    rate = step.profile.fps
    scale = rate.num * max(1, FINEST // rate.num)
    picture = PictureTrack(
        slices=[
            Slice(
                index=clips[cut.piece].index if cut.is_clip else indexes.of(cut.piece),
                first=cut.first,
                count=cut.frames,
            )
            for cut in step.cuts
        ],
        width=step.profile.width,
        height=step.profile.height,
        timescale=scale,
        step=scale // rate.num * rate.den,
    )
    if any(
        cut.index.description.coding not in CODINGS[step.profile.codec] for cut in picture.slices
    ):
        raise Malformed(f"a piece of it is not {step.profile.codec}")
    sound = _sound(step, indexes)
    with TemporaryDirectory(dir=target.parent) as folder:
        if clips:
            picture = mixed(picture, clips, Path(folder) / "sets")
        texts = _texts(step, picture.seconds, Path(folder))
        match step.profile.format.container:
            case "mp4":
                mp4.write_film(target, picture, sound, texts=texts, report=report)
            case "mov":
                mp4.write_film(target, picture, sound, texts=texts, brand="mov", report=report)
            case "webm":
                webm.write_film(target, picture, sound, texts=texts, report=report)
            case other:
                raise Malformed(f"no film is written as {other}")


def _clips(step: FilmStep, report: Report) -> dict[Path, Clip]:
    """The clips that frames are copied from, each held against the film once more."""
    clips: dict[Path, Clip] = {}
    for path in dict.fromkeys(cut.piece for cut in step.cuts if cut.is_clip):
        report(0.0)  # nothing is written yet, but whoever is told may have lost interest
        clips[path] = read_clip(path)
        why = why_not_copied(clips[path], step.profile)
        if why:
            raise Malformed(f"a clip of it cannot be copied: {why}")
    return clips


def _texts(step: FilmStep, seconds: Fraction, folder: Path) -> list[TextTrack]:
    """Its tracks of captions; WebM has no place for one without any."""
    if step.profile.format.container == "webm":
        told = [one for one in step.subtitles if one.lines]
        return [web_text(one, folder / f"{n}") for n, one in enumerate(told)]
    return [timed_text(one, seconds, folder / f"{n}") for n, one in enumerate(step.subtitles)]


def _sound(step: FilmStep, indexes: "_Indexes") -> SoundTrack | None:
    if not step.sound:
        return None
    grid = GRIDS[step.profile.format.sound]
    windows = [indexes.of(path) for path in step.sound]
    if any(window.description.coding != grid.coding for window in windows):
        raise Malformed(f"its sound is not {step.profile.format.sound}")
    samples = step.profile.fps.samples_of(step.frames)
    wanted = -(-(samples + grid.lead_in) // grid.packet)
    found = sum(window.samples for window in windows)
    if found != wanted:
        raise Malformed(f"its sound has {found} packets in place of {wanted}")
    return SoundTrack(
        slices=[Slice(index=window, first=0, count=window.samples) for window in windows],
        packet=grid.packet,
        lead_in=grid.lead_in,
        samples=samples,
        rate=SAMPLE_RATE,
    )


class _Indexes:
    """The index of each file, read once."""

    def __init__(self, report: Report) -> None:
        self._read: dict[Path, TrackIndex] = {}
        self._report = report

    def of(self, path: Path) -> TrackIndex:
        """Raises Malformed naming no path: they are ours, and say nothing to people."""
        if path not in self._read:
            self._report(0.0)
            self._read[path] = read_index(path)
        return self._read[path]
