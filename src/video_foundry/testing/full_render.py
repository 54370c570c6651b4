"""Draws a whole film frame by frame from its definition: every source decoded once, every frame by
itself, nothing encoded, kept or joined. Slow and plain on purpose: what composing is held to.

Of the product it uses the values and the pure formulas that define a picture. Not used in
production.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import numpy as np
from PIL import Image

from video_foundry.core.animation import Animation, LayerState, state_at
from video_foundry.core.easing import progress_at
from video_foundry.core.effects import Framing, Look, Retime
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.item_animation import ItemAnimation
from video_foundry.core.titles import ImageItem, TextItem
from video_foundry.core.transitions import moment_at
from video_foundry.core.views import view_at
from video_foundry.testing.full_drawing import changed, framed, looked, overlaid, to_planes, viewed
from video_foundry.testing.full_source import Decoded
from video_foundry.testing.pictures import Picture


def nearest(value: Fraction) -> int:
    """The nearest whole number, halves going up."""
    return floor(value + Fraction(1, 2))


@dataclass(frozen=True, kw_only=True)
class Material:
    """files: clips and media by digest. drawings: of each overlay, in the film's order."""

    files: Mapping[str, Path]
    drawings: Sequence[Path] = ()


@dataclass(frozen=True, kw_only=True)
class Stand:
    """One segment on the film. first: of its retimed clip; start: on the film; both in frames."""

    clip: FilmClip
    first: int
    frames: int
    start: int
    overlap: int
    """With the next one."""

    @property
    def end(self) -> int:
        """The film's frame after its last."""
        return self.start + self.frames


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A frame of the film. alone: digest of the one clip that is seen and the number of its
    source's frame, None where there is more to see. shows: the names of what is at work in it."""

    picture: Picture
    alone: tuple[str, int] | None = None
    shows: tuple[str, ...] = ()


# --- time -----------------------------------------------------------------------------------------


def stands(film: Film) -> list[Stand]:
    """Where each segment stands."""
    found: list[Stand] = []
    start = 0
    for place, clip in enumerate(film.clips):
        first, after = _used(clip, film.rate.fraction)
        is_last = place == len(film.clips) - 1
        change = None if is_last else clip.transition
        overlap = max(1, nearest(change.seconds * film.rate.fraction)) if change else 0
        stand = Stand(clip=clip, first=first, frames=after - first, start=start, overlap=overlap)
        found.append(stand)
        start = stand.end - overlap
    return found


def _used(clip: FilmClip, rate: Fraction) -> tuple[int, int]:
    """[first, after) of the retimed clip's frames."""
    length, retime = clip.source.seconds, clip.effects.retime
    start = clip.trim.start if clip.trim else Fraction(0)
    end = clip.trim.end if clip.trim and clip.trim.end is not None else None
    if clip.source.is_image:
        return 0, max(1, nearest((end - start if end is not None else 4) * rate))
    begins = retimed(min(start, length), retime)
    ends = retimed(length if end is None else min(end, length), retime)
    if retime.is_reversed:
        whole = length / retime.speed + held(retime)
        begins, ends = whole - ends, whole - begins
    first, after = nearest(begins * rate), nearest(ends * rate)
    last = max(1, nearest((length / retime.speed + held(retime)) * rate)) - 1
    shown = max(1, after - first)
    first = min(first, last)
    return first, first + shown


def held(retime: Retime) -> Fraction:
    """Seconds that a frame is held."""
    return retime.freeze.seconds if retime.freeze else Fraction(0)


def retimed(moment: Fraction, retime: Retime) -> Fraction:
    """When a moment of the source is shown, in seconds of the clip played forwards."""
    is_after = retime.freeze is not None and moment > retime.freeze.at
    return moment / retime.speed + (held(retime) if is_after else 0)


def due(source: Decoded, clip: FilmClip, first: int, frames: int, rate: Fraction) -> list[int]:
    """The source's frame that is seen at each of a retimed clip's frames: the last one due."""
    retime, length = clip.effects.retime, clip.source.seconds
    if clip.source.is_image:
        return [0] * frames
    whole = length / retime.speed + held(retime)
    late, places = Fraction(0), range(first, first + frames)
    if retime.is_reversed:
        count = ceil(whole * rate)
        late = count / rate - whole
        places = range(count - 1 - first, count - 1 - first - frames, -1)
    begins = [nearest((retimed(time, retime) + late) * rate) for time in source.times]
    return [max(0, bisect_right(begins, place) - 1) for place in places]


# --- the film -------------------------------------------------------------------------------------


class FullRender:
    """Draws a film."""

    def __init__(self, film: Film, material: Material) -> None:
        self._film, self._files = film, material.files
        self._size = (film.profile.width, film.profile.height)
        self._numbers: dict[int, list[int]] = {}
        self.stands = stands(film)
        self._layers = on_top(film, self.stands)
        self._drawings = [
            np.asarray(Image.open(path).convert("RGBA"), np.float64) for path in material.drawings
        ]

    def frames(self) -> Iterator[Drawn]:
        """Every frame of the film, in order."""
        for place in range(self.stands[-1].end):
            yield self._with_overlays(place, self._bare(place))

    def _bare(self, place: int) -> Drawn:
        seen = [one for one in self.stands if one.start <= place < one.end]
        shows = tuple(name for one in seen for name in self._works(one.clip))
        if len(seen) == 1:
            [stand] = seen
            alone = (stand.clip.source.digest, self._number(stand, place))
            return Drawn(picture=self._picture(stand, place), alone=alone, shows=shows)
        before, after = seen
        change = before.clip.transition
        if change is None:
            raise AssertionError("two clips at once without a transition")
        progress = progress_at(place - after.start, before.overlap)
        moment = moment_at(change.kind, change.easing, progress)
        pictures = self._picture(before, place), self._picture(after, place)
        shows = (f"transition {change.kind}", *shows)
        return Drawn(picture=changed(moment, *pictures), shows=shows)

    def _number(self, stand: Stand, place: int) -> int:
        """The frame of its source that a segment shows at a frame of the film."""
        if id(stand) not in self._numbers:
            source, rate = self._source(stand.clip), self._film.rate.fraction
            self._numbers[id(stand)] = due(source, stand.clip, stand.first, stand.frames, rate)
        return self._numbers[id(stand)][place - stand.start]

    def _source(self, clip: FilmClip) -> Decoded:
        return Decoded.of(self._files[clip.source.digest])

    def _picture(self, stand: Stand, place: int) -> Picture:
        clip, number = stand.clip, self._number(stand, place)
        framing, look, source = clip.effects.framing, clip.effects.look, self._source(clip)
        if (framing, look) == (Framing(), Look()) and source.size == self._size and source.is_plain:
            return source.planes[number]
        colours = source.colours(number)
        if look != Look():
            colours = looked(colours, look, self._files[look.lut] if look.lut else None)
        shown = framed(colours, framing, self._size, aspect=float(source.aspect))
        if framing.move is not None:
            move = replace(framing.move, first=0, frames=stand.frames)
            shown = viewed(shown, view_at(move, place - stand.start))
        return to_planes(shown)

    def _works(self, clip: FilmClip) -> Iterator[str]:
        """The names of what is done to a clip's picture."""
        retime, framing, look = clip.effects.retime, clip.effects.framing, clip.effects.look
        source = self._source(clip)
        told = {
            "another size": source.size != self._size or source.aspect != 1,
            "other pixels": not source.is_plain,
            "speed": retime.speed != 1,
            "backwards": retime.is_reversed,
            "freeze": retime.freeze is not None,
            framing.fit: framing.fit != "fit",
            "crop": framing.crop is not None,
            "scale and place": any((framing.scale != 1, framing.x, framing.y)),
            "moving view": framing.move is not None,
            "LUT": look.lut is not None,
            "look": replace(look, lut=None) != Look(),
            "still image": clip.source.is_image,
        }
        return (name for name, is_there in told.items() if is_there)

    def _with_overlays(self, place: int, drawn: Drawn) -> Drawn:
        for layer, drawing in zip(self._layers, self._drawings, strict=True):
            if layer.start <= place < layer.end:
                picture = overlaid(drawn.picture, drawing, layer.state(place))
                drawn = Drawn(picture=picture, shows=(*drawn.shows, *layer.works(place)))
        return drawn


# --- what lies on top -----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OnTop:
    """An overlay on the film, in frames [start, end) of it, and how it comes and goes."""

    kind: str
    start: int
    end: int
    opacity: Fraction
    comes: Animation | None
    goes: Animation | None

    @classmethod
    def of(cls, film: Film, places: Sequence[Stand], number: int) -> "OnTop":
        item, rate = film.overlays[number].item, film.rate.fraction
        begins, ends = 0, places[-1].end
        for stand in places:
            if stand.clip.segment_id == item.timing.segment:
                begins, ends = stand.start, stand.end
        start = begins + min(nearest(item.timing.start * rate), ends - begins - 1)
        end = ends if item.timing.end is None else begins + nearest(item.timing.end * rate)
        end = min(max(end, start + 1), ends)
        part = _quickening(item, (end - start) / rate)
        return cls(
            kind="image" if isinstance(item, ImageItem) else "text",
            start=start,
            end=end,
            opacity=item.opacity if isinstance(item, ImageItem) else Fraction(1),
            comes=_in_frames(item.animate_in, part * rate),
            goes=_in_frames(item.animate_out, part * rate),
        )

    def state(self, place: int) -> LayerState:
        """How it is drawn at a frame of the film."""
        return state_at(
            place - self.start,
            self.end - self.start,
            opacity=self.opacity,
            animate_in=self.comes,
            animate_out=self.goes,
        )

    def works(self, place: int) -> Iterator[str]:
        """What it is, and how it moves at a frame of the film."""
        yield self.kind
        if self.comes and place < self.start + self.comes.frames:
            yield f"in by {self.comes.kind}"
        if self.goes and place >= self.end - self.goes.frames:
            yield f"out by {self.goes.kind}"


def on_top(film: Film, places: Sequence[Stand]) -> list[OnTop]:
    """Every overlay, from the lowest to the topmost."""
    return [OnTop.of(film, places, number) for number in range(len(film.overlays))]


def _quickening(item: TextItem | ImageItem, seconds: Fraction) -> Fraction:
    """The part of their time that its animations get: together never longer than the item."""
    asked = sum(one.seconds for one in (item.animate_in, item.animate_out) if one)
    return min(Fraction(1), seconds / asked) if asked else Fraction(1)


def _in_frames(animation: ItemAnimation | None, rate: Fraction) -> Animation | None:
    if animation is None:
        return None
    frames = max(1, nearest(animation.seconds * rate))
    return Animation(kind=animation.kind, frames=frames, easing=animation.easing)
