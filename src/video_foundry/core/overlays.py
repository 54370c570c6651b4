"""What lies on top of the film, laid out in frames: each layer one picture, drawn once, and how it
comes and goes. How the picture is drawn is `titles`' matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from typing import Any, Literal

from video_foundry.core.animation import Animation
from video_foundry.core.item_animation import ItemAnimation, fitted
from video_foundry.core.layout import Layout, Placed
from video_foundry.core.profile import OutputProfile
from video_foundry.core.refusals import Refusals
from video_foundry.core.timebase import FrameRate
from video_foundry.core.titles import (
    ImageItem,
    TextItem,
    Timing,
    check_count,
    image_fingerprint,
    image_spec_to_json,
    shown_between,
    title_fingerprint,
    title_spec_to_json,
)
from video_foundry.errors import BadInput

MOST_AT_ONCE = 100
"""Layers of one frame: each is held in memory while the frame is drawn, and named by every piece
that it lies on."""


@dataclass(frozen=True, kw_only=True)
class FilmLayer:
    """One layer on the film. kind, spec, sources, fingerprint: of the step that draws its picture.

    where: the field that messages name, such as "text.3". start: the film's frame at which it
    begins; frames: how long it stays, the animations included.
    """

    kind: Literal["title", "image"]
    fingerprint: str
    spec: dict[str, Any]
    sources: tuple[str, ...]
    where: str
    start: int
    frames: int
    opacity: Fraction = Fraction(1)
    animate_in: Animation | None = None
    animate_out: Animation | None = None

    def on_piece(self, start: int, frames: int) -> dict[str, Any]:
        """As a piece sees it that holds the film's frames [start, start + frames).

        What comes before and after is left out, so that a layer that only stands there is the same
        wherever on the film it began and however long it will stay.
        """
        first, end = self.start - start, self.start - start + self.frames
        comes, goes = self.animate_in, self.animate_out
        if comes is None or first + comes.frames <= 0:
            comes, first = None, max(first, 0)
        if goes is None or end - goes.frames >= frames:
            goes, end = None, min(end, frames)
        return {
            "image": self.fingerprint,
            "start": first,
            "frames": end - first,
            "opacity": str(self.opacity),
            "in": _animation(comes),
            "out": _animation(goes),
        }


def _animation(one: Animation | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"kind": one.kind, "frames": one.frames, "easing": one.easing}


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """A text or an image on the film. where: the field that messages name, such as "text.3".
    is_caption: it came out of a caption file, of which nobody chose each time for this film: where
    it lies past the film's end it is left out, as from a track, while others are refused."""

    item: TextItem | ImageItem
    where: str
    is_caption: bool = False

    def is_past(self, length: Fraction) -> bool:
        """Whether it is left out of a film of so many seconds."""
        return self.is_caption and self.item.timing.start >= length


def layers_on(
    overlays: Sequence[Overlay],
    layout: Layout,
    segments: Sequence[str],
    profile: OutputProfile,
    fonts: str,
) -> tuple[FilmLayer, ...]:
    """Overlays laid out on a film, from the lowest to the topmost.

    segments: ids, in film order, that items may be tied to. fonts: what identifies the installed
    fonts. Raises BadInput for all items that cannot be seen, and for too many.
    """
    check_count(len(overlays), field="text")
    places = dict(zip(segments, layout.placed, strict=True))
    whole, refusals = profile.fps.seconds_of(layout.frames), Refusals()
    seen, layers = [one for one in overlays if not one.is_past(whole)], list[FilmLayer]()
    for one in seen:
        with refusals:
            layers.append(_laid(one, layout, places, profile, fonts))
    refusals.raise_all()
    _check_at_once(seen, layers, profile.fps)
    return tuple(layers)


def _laid(
    one: Overlay,
    layout: Layout,
    places: Mapping[str, Placed],
    profile: OutputProfile,
    fonts: str,
) -> FilmLayer:
    """One overlay on the film, or on the segment that it is tied to."""
    timing = one.item.timing
    if timing.segment is None:
        begin, length = 0, layout.frames
    elif timing.segment in places:
        begin, length = places[timing.segment].start, places[timing.segment].frames
    else:
        raise BadInput(
            "it is tied to a segment that the film does not have",
            field=f"{one.where}.segment",
            fix="tie it to a segment of this project, or to none",
        )
    first, end = _frames(timing, length, profile.fps, one.where)
    return _layer(one, begin + first, end - first, profile, fonts)


def _check_at_once(
    overlays: Sequence[Overlay], layers: Sequence[FilmLayer], rate: FrameRate
) -> None:
    """Raises BadInput, naming the item, where more lie on one another than can be drawn."""
    ends: list[int] = []
    for one, layer in sorted(zip(overlays, layers, strict=True), key=lambda pair: pair[1].start):
        while ends and ends[0] <= layer.start:
            heappop(ends)
        heappush(ends, layer.start + layer.frames)
        if len(ends) > MOST_AT_ONCE:
            moment = float(rate.seconds_of(layer.start))
            raise BadInput(
                f"more than {MOST_AT_ONCE} texts, captions and images are shown at once, "
                f"from {moment:g} s on",
                field=f"{one.where}.start",
                fix=f"let at most {MOST_AT_ONCE} of them be seen at a time",
                code="too_many_at_once",
            )


def _frames(timing: Timing, length: int, rate: FrameRate, where: str) -> tuple[int, int]:
    """[first, end) in frames of the film or segment; at least one."""
    start, end = shown_between(timing, rate.seconds_of(length), field=where)
    first = min(rate.frames_in(start), length - 1)
    return first, min(max(rate.frames_in(end), first + 1), length)


def _layer(one: Overlay, start: int, frames: int, profile: OutputProfile, fonts: str) -> FilmLayer:
    item, rate, size = one.item, profile.fps, (profile.width, profile.height)
    coming, going = fitted(item.animate_in, item.animate_out, rate.seconds_of(frames))
    comes, goes = _in_frames(coming, rate), _in_frames(going, rate)
    if isinstance(item, TextItem):
        return FilmLayer(
            kind="title",
            fingerprint=title_fingerprint(item.spec, *size, [fonts]),
            spec={"title": title_spec_to_json(item.spec)},
            sources=(),
            where=one.where,
            start=start,
            frames=frames,
            animate_in=comes,
            animate_out=goes,
        )
    return FilmLayer(
        kind="image",
        fingerprint=image_fingerprint(item.spec, *size),
        spec={"image": image_spec_to_json(item.spec)},
        sources=(item.digest,),
        where=one.where,
        start=start,
        frames=frames,
        opacity=item.opacity,
        animate_in=comes,
        animate_out=goes,
    )


def _in_frames(animation: ItemAnimation | None, rate: FrameRate) -> Animation | None:
    if animation is None:
        return None
    frames = max(1, rate.frames_in(animation.seconds))
    return Animation(kind=animation.kind, frames=frames, easing=animation.easing)
