"""A cut list as a timeline of OpenTimelineIO, which is its own format, too. What other formats say
otherwise, their builders override; they know nothing of where things lie on the film."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import quote

import opentimelineio as otio

from video_foundry.core.interchange import CutList, Laid, MediaFile, Part, Shot, Track
from video_foundry.core.timebase import FrameRate

SPACE = "video_foundry"
"""Under which our own words stand in metadata."""

Json = dict[str, Any]


def write_otio(cut: CutList) -> str:
    """The film as an .otio file."""
    return str(otio.adapters.write_to_string(Builder(cut).timeline(), "otio_json"))


class Builder:
    """Builds the timeline of one film.

    A transition lies on both sides of the cut, which stands in its middle. What a clip shows counts
    in the film's frames, what its file holds in the file's own.
    """

    shortest = 1
    """Frames of the shortest transition that is written as one."""

    def __init__(self, cut: CutList) -> None:
        self.cut = cut
        self.rate = cut.rate

    def timeline(self) -> Any:
        """All of it."""
        made = otio.schema.Timeline(
            name=self.cut.name,
            global_start_time=self.time(0),
            metadata={SPACE: {"width": self.cut.width, "height": self.cut.height}},
        )
        made.tracks.extend(self.tracks())
        self.add_notes(made)
        return made

    def tracks(self) -> Iterator[Any]:
        """Pictures from the lowest to the topmost, then sounds."""
        yield self.shots("Shots", otio.schema.TrackKind.Video)
        for images in self.cut.images:
            yield self.laid(images, otio.schema.TrackKind.Video)
        if any(shot.is_heard for shot in self.cut.shots):
            yield self.shots("Clip sound", otio.schema.TrackKind.Audio)
        for sounds in self.cut.sounds:
            yield self.laid(sounds, otio.schema.TrackKind.Audio)

    def add_notes(self, timeline: Any) -> None:
        """Texts and captions as markers of the whole film."""
        timeline.tracks.markers.extend(
            otio.schema.Marker(name=note.text, marked_range=self.span(note.start, note.frames))
            for note in self.cut.notes
        )

    # Shots

    def before_cut(self, overlap: int) -> int:
        """How many frames of a transition lie before the cut."""
        return overlap // 2

    def shots(self, name: str, kind: str) -> Any:
        """The shots with their transitions: their pictures, or their own sound."""
        track = otio.schema.Track(name=name, kind=kind)
        for shot in self.cut.shots:
            track.extend(self._shown(shot, kind))
            following = self.cut.shots[shot.index + 1 : shot.index + 2]
            if shot.overlap_out >= self.shortest and self._meets(shot, following, kind):
                track.append(self.transition(shot, kind))
        return track

    def _meets(self, shot: Shot, following: Sequence[Shot], kind: str) -> bool:
        is_picture = kind == otio.schema.TrackKind.Video
        return is_picture or shot.is_heard or any(one.is_heard for one in following)

    def _shown(self, shot: Shot, kind: str) -> Iterator[Any]:
        """A shot between the cuts before and after it."""
        first = self.before_cut(shot.overlap_in)
        end = shot.frames - shot.overlap_out + self.before_cut(shot.overlap_out)
        is_sound = kind == otio.schema.TrackKind.Audio
        for part in shot.between(first, end, self.rate):
            if is_sound and (part.is_held or not shot.is_heard):
                yield otio.schema.Gap(source_range=self.span(0, part.frames))
            else:
                yield self.clip(shot, part, kind)

    def clip(self, shot: Shot, part: Part, kind: str) -> Any:
        """One stretch of a shot."""
        return otio.schema.Clip(
            name=self.name_of(shot),
            media_reference=self.reference(shot.media, shot.title, shot.frames),
            source_range=self.span(self.start_of(shot, part), part.frames),
            effects=self.effects_of(shot, part, kind),
            metadata=self.metadata_of(shot, part, kind),
        )

    def name_of(self, shot: Shot) -> str:
        """What a shot is called."""
        return shot.title

    def start_of(self, shot: Shot, part: Part) -> Fraction | int:
        """Where in the media a part begins, in frames of the film."""
        return part.source * self.rate.fraction

    def effects_of(self, shot: Shot, part: Part, kind: str) -> list[Any]:
        """How a part is played."""
        if part.is_held:
            return [otio.schema.FreezeFrame()]
        if shot.pace == 1:
            return []
        return [otio.schema.LinearTimeWarp(time_scalar=float(shot.pace))]

    def metadata_of(self, shot: Shot, part: Part, kind: str) -> Json:
        """What leads from a clip back to where it came from."""
        return {SPACE: self.origin_of(shot, part, kind)}

    def origin_of(self, shot: Shot, part: Part, kind: str) -> Json:
        """Of a shot's part. The last two make it differ from every other clip of the film."""
        told: Json = {"segment": shot.segment_id, "index": shot.index}
        origin = shot.origin
        names = ("prompt", "model", "seed", "take", "request")
        told |= {name: getattr(origin, name) for name in names if getattr(origin, name) is not None}
        if shot.media is not None:
            told["digest"] = shot.media.digest
        if shot.is_heard and shot.shape.gain_db:
            told["gain_db"] = f"{shot.shape.gain_db:f}"
        return {**told, "frame": part.first, "track": kind}

    def transition(self, shot: Shot, kind: str) -> Any:
        """What leads out of a shot."""
        before = self.before_cut(shot.overlap_out)
        told = shot.transition
        return otio.schema.Transition(
            name=told.kind if told else "",
            transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
            in_offset=self.time(before),
            out_offset=self.time(shot.overlap_out - before),
            metadata={SPACE: {"kind": told.kind, "easing": told.easing} if told else {}},
        )

    # What lies beside them

    def laid(self, track: Track, kind: str) -> Any:
        """A track of sounds or images, with gaps between them."""
        made = otio.schema.Track(name=track.name, kind=kind)
        ends = [0, *(one.end for one in track.laid)]
        for before, one in zip(ends, track.laid, strict=False):
            if one.start > before:
                made.append(otio.schema.Gap(source_range=self.span(0, one.start - before)))
            made.append(self.laid_clip(one, kind))
        return made

    def laid_clip(self, one: Laid, kind: str) -> Any:
        """A sound or an image."""
        return otio.schema.Clip(
            name=one.media.path.rpartition("/")[2],
            media_reference=self.reference(one.media, "", one.frames),
            source_range=self.span(one.source * self.rate.fraction, one.frames),
            metadata=self.laid_metadata(one, kind),
        )

    def laid_metadata(self, one: Laid, kind: str) -> Json:
        """Of a sound or an image."""
        told = {"item": one.item, "digest": one.media.digest, "frame": one.start, "track": kind}
        return {SPACE: {**told, "gain_db": f"{one.gain_db:f}"} if one.gain_db else told}

    # Media and time

    def reference(self, media: MediaFile | None, title: str, frames: int) -> Any:
        """The file of a clip, or that there is none yet. frames: that are shown, of an image, which
        has no length of its own."""
        if media is None:
            return otio.schema.MissingReference(name=title)
        rate = self.rate_of(media)
        length = rate.frames_in(media.seconds) if media.seconds else frames
        return otio.schema.ExternalReference(
            target_url=quote(media.path),
            available_range=_span(rate, 0, length),
            metadata=self.file_metadata(media),
        )

    def rate_of(self, media: MediaFile) -> FrameRate:
        """In which a file's length is told: its own, or the film's where it has none."""
        return media.rate or self.rate

    def file_metadata(self, media: MediaFile) -> Json:
        """Of a file."""
        return {SPACE: {"digest": media.digest}}

    def time(self, frames: Fraction | int) -> Any:
        """Frames of the film."""
        return _time(self.rate, frames)

    def span(self, start: Fraction | int, frames: int) -> Any:
        """Frames [start, start + frames)."""
        return _span(self.rate, start, frames)


def _time(rate: FrameRate, frames: Fraction | int) -> Any:
    return otio.opentime.RationalTime(float(frames), float(rate.fraction))


def _span(rate: FrameRate, start: Fraction | int, frames: int) -> Any:
    return otio.opentime.TimeRange(_time(rate, start), _time(rate, frames))
