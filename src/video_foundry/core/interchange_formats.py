"""The files in which a film goes to other editing programs: what each can hold, and in sentences
what of a film it leaves behind. Laying out is `interchange`'s matter, writing an adapter's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from video_foundry.core.effects import Framing, Look
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.interchange import CutList, Shot
from video_foundry.core.sound import SoundItem, SoundShape
from video_foundry.core.timebase import FrameRate
from video_foundry.core.titles import ImageItem
from video_foundry.core.wording import one_of
from video_foundry.errors import BadInput

FormatName = Literal["otio", "edl", "xml"]

Carried = Literal["speed", "freeze", "sound", "gain", "images"]
"""What some formats hold, and others do not."""

_TIMECODE = tuple(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")
)
"""Frame rates that time codes exist for."""

MOST_EVENTS = 999
"""Of an EDL: its numbers have three digits."""


@dataclass(frozen=True, kw_only=True)
class Format:
    """One kind of file. programs: that are known to read such files. shortest: frames that a
    transition needs; a shorter one becomes a cut."""

    name: FormatName
    title: str
    extension: str
    content_type: str
    programs: str
    carries: frozenset[Carried]
    shortest: int = 1


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.name: one
        for one in (
            Format(
                name="otio",
                title="OpenTimelineIO",
                extension="otio",
                content_type="application/json",
                programs="DaVinci Resolve, Avid Media Composer and what reads OpenTimelineIO",
                carries=frozenset({"speed", "freeze", "sound", "images"}),
            ),
            Format(
                name="xml",
                title="Final Cut Pro 7 XML",
                extension="xml",
                content_type="application/xml",
                programs="Adobe Premiere Pro, DaVinci Resolve and what reads Final Cut Pro 7 XML",
                carries=frozenset({"speed", "sound", "gain", "images"}),
                shortest=2,  # one frame cannot lie on both sides of a cut
            ),
            Format(
                name="edl",
                title="CMX 3600 EDL",
                extension="edl",
                content_type="text/plain",
                programs="nearly every editing and grading program",
                carries=frozenset({"freeze"}),
            ),
        )
    }
)
"""By name, in the order in which users see them."""


def format_of(name: object, *, field: str = "format") -> Format:
    """The format of this name. Raises BadInput with those that there are."""
    return FORMATS[one_of(name, FORMATS, field=field, what="a format for other editors")]


def refusal(form: Format, rate: FrameRate) -> BadInput | None:
    """Why a film of this rate cannot be written in a format; None where it can."""
    if form.name == "otio" or _is_told(form, rate):
        return None
    return BadInput(
        f"{form.title} knows no film of {rate} frames a second",
        field="format",
        fix="give the project 24, 25, 30 or 29.97 fps, say, or export OpenTimelineIO",
        code="rate_not_carried",
    )


def _is_told(form: Format, rate: FrameRate) -> bool:
    if form.name == "edl":
        return rate.fraction in _TIMECODE
    return is_whole_or_ntsc(rate)


def is_whole_or_ntsc(rate: FrameRate) -> bool:
    """Whether a rate is a whole number, or one slowed down by 1000/1001."""
    return rate.den == 1 or (rate.fraction * 1001 / 1000).denominator == 1


def losses(film: Film, cut: CutList, form: Format) -> tuple[str, ...]:
    """What of a film the format does not hold, a sentence each, naming the segment or item."""
    found: list[str] = []
    for clip, shot in zip(film.clips, cut.shots, strict=True):
        found += (f"{shot.label.capitalize()}: {what}." for what in _of_shot(clip, shot, form))
    for number, item in enumerate(film.sounds, start=1):
        found += (f"Sound {number}: {what}." for what in _of_sound(item, cut.rate, form))
    found += _of_overlays(film, form)
    found += _of_film(film, cut, form)
    return tuple(found)


def _of_shot(clip: FilmClip, shot: Shot, form: Format) -> Iterator[str]:
    if shot.media is None:
        yield "there is no clip yet; a gap with its prompt stands in its place"
    yield from _of_time(shot, form)
    yield from _of_transition(shot, form)
    if clip.effects.framing != Framing():
        yield "its framing (fit, crop, size, place or move) is left out"
    if clip.effects.look != Look():
        yield "its look (exposure, contrast, colour or LUT) is left out"
    if shot.is_heard and "sound" not in form.carries:
        yield "its sound is left out"
    elif shot.is_heard:
        yield from _of_shape(shot.shape, form)


def _of_time(shot: Shot, form: Format) -> Iterator[str]:
    retime = shot.retime
    if retime.speed != 1 and "speed" not in form.carries:
        yield f"its speed of {float(retime.speed):g} is left out; set it by hand"
    if retime.is_reversed and "speed" not in form.carries:
        yield "it is played forwards; reverse it by hand"
    held = [part for part in shot.parts if part.is_held]
    if held and "freeze" not in form.carries:
        yield f"its frame held for {held[0].frames} frames moves on; hold it by hand"
    edges = {part.first for part in shot.parts if part.first}
    if any(e < shot.overlap_in or e > shot.frames - shot.overlap_out for e in edges):
        yield "its held frame begins or ends within a transition, which may show other frames"


def _of_transition(shot: Shot, form: Format) -> Iterator[str]:
    if shot.transition is None:
        return
    kind, easing = shot.transition.kind, shot.transition.easing
    if shot.overlap_out < form.shortest:
        yield f"its transition {kind} of {shot.overlap_out} frame is too short and becomes a cut"
    elif kind != "fade":
        yield f"its transition {kind} becomes a dissolve of the same {shot.overlap_out} frames"
    elif easing != "linear":
        yield f"its dissolve is even, without the easing {easing}"


def _of_sound(item: SoundItem, rate: FrameRate, form: Format) -> Iterator[str]:
    if item.shape.is_muted:
        yield "it is muted, and is left out"
        return
    if "sound" not in form.carries:
        yield "it is left out"
        return
    moments = (item.start, item.start + item.heard, item.end)
    if any(one is not None and (one * rate.fraction).denominator != 1 for one in moments):
        yield "it begins or ends between two frames, and is moved to the nearest"
    yield from _of_shape(item.shape, form)
    if item.ducks is not None:
        yield "it does not step back under voices"


def _of_shape(shape: SoundShape, form: Format) -> Iterator[str]:
    if shape.gain_db and "gain" not in form.carries:
        yield f"its gain of {shape.gain_db:f} dB stands in the metadata alone"
    if shape.gain_db > LOUDEST and "gain" in form.carries:
        yield f"its gain is cut to {LOUDEST} dB, the most that the format knows"
    if shape.fade_in or shape.fade_out:
        yield "its fades are left out"
    if shape.keyframes:
        yield "its volume keyframes are left out"


LOUDEST = 12
"""dB, of a level in Final Cut Pro 7 XML."""


def _of_overlays(film: Film, form: Format) -> Iterator[str]:
    images = [one for one in film.overlays if isinstance(one.item, ImageItem)]
    texts = len(film.overlays) - len(images)
    for number, _ in enumerate(images, start=1):
        if "images" in form.carries:
            yield f"Image {number}: its place, size, opacity and animation are left out."
        else:
            yield f"Image {number}: it is left out."
    if texts:
        yield f"Texts and burnt-in captions ({texts}) become markers without their look."
    if film.subtitles:
        lines = sum(len(track.lines) for track in film.subtitles)
        yield f"Captions beside the picture ({lines}) become markers."


def _of_film(film: Film, cut: CutList, form: Format) -> Iterator[str]:
    if film.profile.loudness_lufs is not None:
        yield f"The film's loudness of {film.profile.loudness_lufs:f} LUFS is left out."
    if form.name == "edl" and len(cut.shots) > MOST_EVENTS:
        yield (f"The film has more than {MOST_EVENTS} shots, and some programs read no longer EDL.")
