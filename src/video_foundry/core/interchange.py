"""A film as other editing programs know one: shots in whole frames with the part of their media
that each shows, sounds and images on tracks, texts as notes. A value, laid out as the film is.
Which formats there are and what each leaves behind is `interchange_formats`' matter; nothing here
writes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from unicodedata import category

from video_foundry.core.draft import Draft
from video_foundry.core.effects import Retime, source_moment
from video_foundry.core.film import Film, FilmClip, Use, clip_sounds
from video_foundry.core.layout import Layout, Placed
from video_foundry.core.sound import Role, SoundItem, SoundShape
from video_foundry.core.soundtrack import ClipSound, Hush
from video_foundry.core.timebase import FrameRate
from video_foundry.core.titles import ImageItem, TextItem
from video_foundry.core.transitions import Transition

FOLDER = "media"
"""Where the files lie beside a timeline, unless somebody says otherwise."""

ROLES: tuple[Role, ...] = ("music", "voice", "effect")

_LONGEST_NAME = 40
_LONGEST_TITLE = 80


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """What is known of a stored file. name: what people know it by; extension: without the dot.
    rate: frames a second of its picture, None for what has none."""

    name: str
    extension: str
    rate: FrameRate | None = None
    has_sound: bool = False


@dataclass(frozen=True, kw_only=True)
class MediaFile:
    """A file that the timeline names. path: relative to the timeline, with slashes; its last
    part is the same on every disk and in every URL. seconds: its length, 0 for an image."""

    digest: str
    path: str
    seconds: Fraction
    rate: FrameRate | None
    has_picture: bool
    has_sound: bool


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a segment's clip comes from, so that somebody who has the timeline finds it again.
    request: the fingerprint of what was asked for. None: there is no such thing."""

    prompt: str | None = None
    model: str | None = None
    seed: int | None = None
    take: int | None = None
    request: str | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stretch of a shot that is played evenly, or stands still.

    first: its first frame, counted from the shot's. source: seconds of the media at which what it
    shows begins; of a reversed one, where it ends up. is_held: one frame, for all of it.
    """

    first: int
    frames: int
    source: Fraction
    is_held: bool = False


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One segment on the film.

    start: the film's frame at which it begins; overlap_in, overlap_out: frames shared with the shot
    before and after; transition: into the next. media: None while there is no clip. is_heard:
    whether the clip's own sound is part of the film.
    """

    segment_id: str
    index: int
    title: str
    start: int
    frames: int
    overlap_in: int
    overlap_out: int
    transition: Transition | None
    parts: tuple[Part, ...]
    retime: Retime
    media: MediaFile | None
    is_heard: bool
    shape: SoundShape
    origin: Origin

    def between(self, first: int, end: int, rate: FrameRate) -> tuple[Part, ...]:
        """Its parts within its frames [first, end): at least one, if of no length."""
        found = [self._cut(part, first, end, rate) for part in self.parts]
        return tuple(part for part in found if part.frames > 0) or (replace(found[0], frames=0),)

    def _cut(self, part: Part, first: int, end: int, rate: FrameRate) -> Part:
        begins, ends = max(part.first, first), min(part.first + part.frames, end)
        cut_off = (begins - part.first, part.first + part.frames - ends)
        left_out = cut_off[1] if self.retime.is_reversed else cut_off[0]
        moved = Fraction(0) if part.is_held else rate.seconds_of(left_out) * self.retime.speed
        return replace(part, first=begins, frames=ends - begins, source=part.source + moved)

    @property
    def pace(self) -> Fraction:
        """How fast it is played; below 0 backwards."""
        return -self.retime.speed if self.retime.is_reversed else self.retime.speed

    @property
    def label(self) -> str:
        """How sentences name it."""
        return f"segment {self.index + 1}"


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A sound or an image on a track. source: seconds of the media at which it begins. item: its
    place among the film's sounds or images, by which sentences name it."""

    item: int
    start: int
    frames: int
    media: MediaFile
    source: Fraction = Fraction(0)
    gain_db: Decimal = Decimal(0)

    @property
    def end(self) -> int:
        """The film's frame after its last."""
        return self.start + self.frames


@dataclass(frozen=True, kw_only=True)
class Track:
    """What lies one after the other. name: what it is called in the timeline."""

    name: str
    laid: tuple[Laid, ...]


@dataclass(frozen=True, kw_only=True)
class Note:
    """A text or caption: what it says, and when."""

    start: int
    frames: int
    text: str


@dataclass(frozen=True, kw_only=True)
class CutList:
    """The whole film. images: tracks above the shots, from the lowest to the topmost."""

    name: str
    rate: FrameRate
    width: int
    height: int
    frames: int
    shots: tuple[Shot, ...]
    images: tuple[Track, ...]
    sounds: tuple[Track, ...]
    notes: tuple[Note, ...]
    files: tuple[MediaFile, ...]


def cut_list(
    film: Film,
    *,
    name: str,
    stored: Mapping[str, StoredFile],
    origins: Mapping[str, Origin],
    folder: str = FOLDER,
) -> CutList:
    """The film as a cut list. stored: every file of the film by its digest; what is not among them
    is a clip that is still to be made. origins: by segment. folder: where the files will lie, from
    the timeline. Raises BadInput for a film that cannot be laid out."""
    draft = Draft(film)
    files = _Files(stored=stored, folder=folder)
    shots = tuple(_shots(film, draft, origins, files))
    images = tuple(_images(film, draft, files))
    sounds = tuple(track for role in ROLES for track in _sounds_of(film, draft.layout, role, files))
    return CutList(
        name=titled(name) or "Film",
        rate=film.rate,
        width=film.profile.width,
        height=film.profile.height,
        frames=draft.layout.frames,
        shots=shots,
        images=images,
        sounds=sounds,
        notes=tuple(sorted(_notes(film, draft), key=lambda note: note.start)),
        files=tuple(files.named.values()),
    )


class _Files:
    """Gives each file of a film one name, in the order in which they are met."""

    def __init__(self, *, stored: Mapping[str, StoredFile], folder: str) -> None:
        self._stored = stored
        self._folder = folder
        self.named: dict[str, MediaFile] = {}

    def name_of(self, digest: str) -> str | None:
        """What people know a file by; None for one that is not there yet."""
        told = self._stored.get(digest)
        return told.name if told else None

    def of(self, digest: str, seconds: Fraction) -> MediaFile | None:
        """The file of a digest; None for one that is not there yet."""
        told = self._stored.get(digest)
        if told is None:
            return None
        if digest not in self.named:
            name = f"{len(self.named) + 1:03d}-{_plain(told.name)}.{told.extension}"
            self.named[digest] = MediaFile(
                digest=digest,
                path=f"{self._folder}/{name}" if self._folder else name,
                seconds=seconds,
                rate=told.rate,
                has_picture=told.rate is not None or not told.has_sound,
                has_sound=told.has_sound,
            )
        return self.named[digest]


def _plain(name: str) -> str:
    """A name that is the same on every disk and in every URL."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST_NAME].strip("-") or "clip"


def one_line(text: str) -> str:
    """A text on one line, of characters that every format can hold."""
    shown = (" " if category(c) in {"Cc", "Cs", "Cn"} else c for c in text)
    return " ".join("".join(shown).split())


def titled(text: str) -> str:
    """A text as the name of something in a timeline."""
    line = one_line(text)
    return line if len(line) <= _LONGEST_TITLE else f"{line[: _LONGEST_TITLE - 1]}…"


# Shots


def _shots(
    film: Film, draft: Draft, origins: Mapping[str, Origin], files: _Files
) -> Iterator[Shot]:
    heard = clip_sounds(film, draft.uses, draft.layout)
    rows = zip(film.clips, draft.uses, draft.layout.placed, heard, strict=True)
    for clip, use, placed, sound in rows:
        media = files.of(clip.source.digest, clip.source.seconds)
        origin = origins.get(clip.segment_id, Origin())
        title = titled(origin.prompt or files.name_of(clip.source.digest) or clip.label)
        parts = parts_of(clip, use, sound.hush, film.rate)
        yield _shot(clip, placed, sound, title=title, media=media, origin=origin, parts=parts)


def _shot(
    clip: FilmClip,
    placed: Placed,
    sound: ClipSound,
    *,
    title: str,
    media: MediaFile | None,
    origin: Origin,
    parts: tuple[Part, ...],
) -> Shot:
    return Shot(
        segment_id=clip.segment_id,
        index=clip.index,
        title=title,
        start=placed.start,
        frames=placed.frames,
        overlap_in=placed.overlap_in,
        overlap_out=placed.overlap_out,
        transition=placed.transition,
        parts=parts,
        retime=Retime() if clip.source.is_image else clip.effects.retime,
        media=media,
        is_heard=media is not None and sound.has_sound and not clip.sound.is_muted,
        shape=clip.sound,
        origin=origin,
    )


def parts_of(clip: FilmClip, use: Use, hush: Hush | None, rate: FrameRate) -> tuple[Part, ...]:
    """The use of a clip in stretches: before its freeze, the freeze, and after. hush: where the
    picture is frozen, counted from the use."""
    if clip.source.is_image:
        return (Part(first=0, frames=use.frames, source=Fraction(0)),)
    still = hush or Hush(first=use.frames, frames=0)
    stretches = (
        (0, still.first, False),
        (still.first, still.first + still.frames, True),
        (still.first + still.frames, use.frames, False),
    )
    return tuple(
        _part(clip, use, rate, first, end, is_held=is_held)
        for first, end, is_held in stretches
        if first < end
    )


def _part(
    clip: FilmClip, use: Use, rate: FrameRate, first: int, end: int, *, is_held: bool
) -> Part:
    retime = clip.effects.retime
    lowest = end - 1 if retime.is_reversed and not is_held else first
    source = source_moment(use.first + lowest, clip.source.seconds, retime, rate)
    return Part(first=first, frames=end - first, source=source, is_held=is_held)


# What lies beside them


def _images(film: Film, draft: Draft, files: _Files) -> Iterator[Track]:
    laid: list[Laid] = []
    for overlay, layer in zip(film.overlays, draft.layers, strict=True):
        if not isinstance(overlay.item, ImageItem):
            continue
        media = files.of(overlay.item.digest, Fraction(0))
        if media is not None:
            laid.append(Laid(item=len(laid), start=layer.start, frames=layer.frames, media=media))
    return _tracks("Images", laid)


def _sounds_of(film: Film, layout: Layout, role: Role, files: _Files) -> Iterator[Track]:
    starts = {
        clip.segment_id: placed.start
        for clip, placed in zip(film.clips, layout.placed, strict=True)
    }
    laid: list[Laid] = []
    for index, item in enumerate(film.sounds):
        media = files.of(item.digest, item.seconds) if item.role == role else None
        if media is not None and not item.shape.is_muted:
            base = film.rate.seconds_of(starts[item.segment]) if item.segment else Fraction(0)
            rounds = _rounds(item, base, layout.frames, film.rate)
            laid += (_laid(index, item, media, *one) for one in rounds)
    return _tracks({"music": "Music", "voice": "Voice", "effect": "Effects"}[role], laid)


def _rounds(
    item: SoundItem, base: Fraction, length: int, rate: FrameRate
) -> Iterator[tuple[int, int]]:
    """[first, end) of a sound as often as it is heard, each time the frames nearest to it. base:
    seconds of the film that it counts from; length: of the film, in frames."""
    start, film_end = base + item.start, rate.seconds_of(length)
    end = film_end if item.end is None else min(film_end, base + item.end)
    if not item.loops:
        end = min(end, start + item.heard)
    while start < end:
        after = min(end, start + item.heard)
        first, last = rate.frames_in(start), rate.frames_in(after)
        if first < last:
            yield first, last
        start = after


def _laid(index: int, item: SoundItem, media: MediaFile, first: int, end: int) -> Laid:
    return Laid(
        item=index,
        start=first,
        frames=end - first,
        media=media,
        source=item.trim_start,
        gain_db=item.shape.gain_db,
    )


def _tracks(name: str, laid: Sequence[Laid]) -> Iterator[Track]:
    """On as many tracks as it takes, so that none lies over another; what comes later lies above
    what it covers."""
    tracks: list[list[Laid]] = []
    for one in laid:
        covered = [
            place
            for place, track in enumerate(tracks)
            if any(one.start < other.end and other.start < one.end for other in track)
        ]
        place = covered[-1] + 1 if covered else 0
        if place == len(tracks):
            tracks.append([])
        tracks[place].append(one)
    for number, track in enumerate(tracks, start=1):
        ordered = tuple(sorted(track, key=lambda one: one.start))
        yield Track(name=name if len(tracks) == 1 else f"{name} {number}", laid=ordered)


def _notes(film: Film, draft: Draft) -> Iterator[Note]:
    for overlay, layer in zip(film.overlays, draft.layers, strict=True):
        if isinstance(overlay.item, TextItem):
            text = titled(overlay.item.text)
            yield Note(start=layer.start, frames=layer.frames, text=text)
    length = draft.layout.frames
    for track in film.subtitles:
        for line in track.within(film.rate.seconds_of(length)).lines:
            start = min(film.rate.frames_in(Fraction(line.start, 1000)), length - 1)
            end = min(film.rate.frames_in(Fraction(line.end, 1000)), length)
            yield Note(start=start, frames=max(1, end - start), text=titled(line.text))
