"""A film as a value: clips in order, what is done to each, what leads from one to the next, what
lies on top and what is heard. Nothing here knows of steps or pieces."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from typing import Literal

from video_foundry.core.composition import (
    STILL_SECONDS,
    Source,
    Trim,
    settled_length,
)
from video_foundry.core.effects import (
    PictureEffects,
    Retime,
    unfrozen,
    virtual_frames,
    virtual_seconds,
)
from video_foundry.core.layout import Layout, Placed, Stretch, lay_out
from video_foundry.core.overlays import FilmLayer, Overlay, layers_on
from video_foundry.core.profile import OutputProfile
from video_foundry.core.refusals import Refusals
from video_foundry.core.sound import SoundItem, SoundShape
from video_foundry.core.soundtrack import ClipSound, Hush
from video_foundry.core.subtitles import Subtitles
from video_foundry.core.timebase import FrameRate
from video_foundry.core.transitions import Transition
from video_foundry.core.wording import decimal
from video_foundry.errors import BadInput


@dataclass(frozen=True, kw_only=True)
class FilmClip:
    """One segment's clip and what is done to it.

    index: the segment's place in the project, by which messages name it. source: with the digest
    of a request in place of a clip's while it is still to be generated (`is_pending`).
    """

    segment_id: str
    index: int
    source: Source
    trim: Trim | None = None
    effects: PictureEffects = field(default_factory=PictureEffects)
    sound: SoundShape = field(default_factory=SoundShape)
    transition: Transition | None = None

    @property
    def label(self) -> str:
        """How messages name it."""
        return f"segment {self.index + 1}"


Edge = Literal["first", "last"]
"""Where a use begins and where it ends."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """Which frames of a clip's virtual grid a segment shows. seconds: how long that is before it is
    rounded to them."""

    first: int
    frames: int
    seconds: Fraction = field(default=Fraction(0), compare=False)

    @property
    def end(self) -> int:
        """The frame after its last."""
        return self.first + self.frames

    def at(self, edge: Edge) -> int:
        """Its first or its last frame."""
        return self.first if edge == "first" else self.end - 1


def use_of(clip: FilmClip, rate: FrameRate) -> Use:
    """The use of a clip: its trim, in seconds of the source, as whole frames of the virtual clip.

    A generated clip that came a little longer than asked for is cut to what was asked for; one that
    is up to a frame short is held on its last frame.
    """
    trim = clip.trim or Trim()
    if clip.source.is_image:
        wanted = trim.end - trim.start if trim.end is not None else STILL_SECONDS
        return Use(first=0, frames=max(1, rate.frames_in(wanted)), seconds=wanted)
    length = settled_length(clip.source, rate)
    start = min(trim.start, length)
    end = length if trim.end is None else min(trim.end, length)
    retime = clip.effects.retime
    begins, ends = _virtual(start, retime), _virtual(end, retime)
    if retime.is_reversed:
        whole = virtual_seconds(clip.source.seconds, retime)
        begins, ends = whole - ends, whole - begins
    first, after = _frame(begins, rate), _frame(ends, rate)
    last = virtual_frames(clip.source.seconds, retime, rate) - 1
    return Use(first=min(max(first, 0), last), frames=max(1, after - first), seconds=ends - begins)


def check_reach(clip: FilmClip, rate: FrameRate) -> None:
    """Raises BadInput for a trim that begins where the clip has ended, and for a freeze past its
    end: a take may be shorter than what was asked for, by which both were checked when they were
    written. A trim that only ends past it shows what there is."""
    trim, freeze = clip.trim, clip.effects.retime.freeze
    if clip.source.is_image or (trim is None and freeze is None):
        return
    length = settled_length(clip.source, rate)
    refusals = Refusals()
    with refusals:
        if trim is not None and trim.start >= length:
            raise _past_the_end(
                clip,
                length,
                f"its trim begins at {decimal(trim.start)} s",
                field="trim",
                fix=f"begin the trim before {decimal(length)} s, or show a longer take",
            )
    with refusals:
        if freeze is not None and freeze.at > length:
            raise _past_the_end(
                clip,
                length,
                f"the frame to hold is at {decimal(freeze.at)} s",
                field="retime.freeze.at",
                fix=f"choose a moment from 0 to {decimal(length)} s, or show a longer take",
            )
    refusals.raise_all()


def _past_the_end(clip: FilmClip, length: Fraction, what: str, *, field: str, fix: str) -> BadInput:
    asked = clip.source.asked_seconds
    is_short = asked is not None and length < asked
    wanted = f" ({decimal(asked or length)} s were asked for)" if is_short else ""
    return BadInput(
        f"{clip.label}: {what}, and its clip is {decimal(length)} s long{wanted}",
        field=f"segments.{clip.index}.{field}",
        fix=fix,
        code="past_the_clip",
    )


def _frame(seconds: Fraction, rate: FrameRate) -> int:
    return floor(seconds * rate.fraction + Fraction(1, 2))


def _virtual(moment: Fraction, retime: Retime) -> Fraction:
    """Where a moment of the source stands in the virtual clip, forwards; its freeze comes after."""
    played = moment if retime.speed == 1 else moment / retime.speed
    held = retime.freeze is not None and moment > retime.freeze.at
    return played + retime.freeze.seconds if held and retime.freeze else played


@dataclass(frozen=True, kw_only=True)
class Film:
    """Everything that the film is made of.

    overlays: from the lowest to the topmost. subtitles: tracks of captions beside the picture.
    fonts: what identifies the fonts that titles are set in, so that others make other pictures.
    """

    profile: OutputProfile
    clips: tuple[FilmClip, ...]
    overlays: tuple[Overlay, ...] = ()
    sounds: tuple[SoundItem, ...] = ()
    subtitles: tuple[Subtitles, ...] = ()
    fonts: str = ""

    @property
    def rate(self) -> FrameRate:
        """Of the film."""
        return self.profile.fps

    def layers_on(self, layout: Layout) -> tuple[FilmLayer, ...]:
        """Its overlays in frames. Raises BadInput."""
        segments = [clip.segment_id for clip in self.clips]
        return layers_on(self.overlays, layout, segments, self.profile, self.fonts)


def uses_of(film: Film) -> list[Use]:
    """The use of each clip, in order."""
    return [use_of(clip, film.rate) for clip in film.clips]


def layout_of(film: Film, uses: Sequence[Use]) -> Layout:
    """Where everything stands. Raises BadInput for a transition without room."""
    stretches = [
        Stretch(frames=use.frames, seconds=use.seconds, transition=clip.transition)
        for clip, use in zip(film.clips, uses, strict=True)
    ]
    return lay_out(stretches, film.rate)


def clip_sounds(film: Film, uses: Sequence[Use], layout: Layout) -> list[ClipSound]:
    """Each clip as the soundtrack sees it."""
    return [
        _clip_sound(clip, use, placed, film.rate)
        for clip, use, placed in zip(film.clips, uses, layout.placed, strict=True)
    ]


def _clip_sound(clip: FilmClip, use: Use, placed: Placed, rate: FrameRate) -> ClipSound:
    source, retime = clip.source, clip.effects.retime
    return ClipSound(
        segment=clip.segment_id,
        where=f"segments.{clip.index}.sound",
        first=placed.start,
        frames=placed.frames,
        overlap_in=placed.overlap_in,
        overlap_out=placed.overlap_out,
        digest=source.digest,
        seconds=source.seconds,
        has_sound=source.has_sound and not source.is_image,
        start=_sound_start(use, source.seconds, retime, rate),
        speed=retime.speed,
        is_reversed=retime.is_reversed,
        hush=_hush(use, source.seconds, retime, rate),
        shape=clip.sound,
    )


def _sound_start(use: Use, length: Fraction, retime: Retime, rate: FrameRate) -> Fraction:
    """Seconds of the retimed clip, without frozen time, at which its use begins."""
    place = rate.seconds_of(use.first)
    if not retime.is_reversed:
        return unfrozen(place, retime)
    return length / retime.speed - unfrozen(virtual_seconds(length, retime) - place, retime)


def _hush(use: Use, length: Fraction, retime: Retime, rate: FrameRate) -> Hush | None:
    """Where the picture of a use is frozen."""
    if retime.freeze is None:
        return None
    begins = retime.freeze.at / retime.speed
    if retime.is_reversed:
        begins = virtual_seconds(length, retime) - begins - retime.freeze.seconds
    first = max(rate.frames_in(begins), use.first)
    end = min(rate.frames_in(begins + retime.freeze.seconds), use.end)
    return Hush(first=first - use.first, frames=end - first) if first < end else None
