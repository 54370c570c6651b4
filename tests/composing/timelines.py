"""Random timelines and random edits of them, and what of a film an edit touches: worked out frame
by frame, without knowing how films are cut into pieces."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from video_foundry.core.animation import ANIMATIONS
from video_foundry.core.composition import Source, Trim
from video_foundry.core.effects import (
    Crop,
    Framing,
    Freeze,
    Look,
    Move,
    PictureEffects,
    Retime,
    Viewport,
)
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.overlays import Overlay
from video_foundry.core.sound import Ducking, SoundItem, SoundShape
from video_foundry.core.titles import image_from_json, text_from_json
from video_foundry.core.transitions import CATALOGUE, make_transition
from video_foundry.testing.full_render import OnTop, Stand, nearest, on_top, stands

F = Fraction

CELL = 24
"""Frames from one key frame to the next."""

PIECE = 240
"""Frames of the longest piece; what lies under an overlay is encoded a piece at a time."""

KINDS = [kind.name for kind in CATALOGUE]

TEXTS = ("Ärger", "你好", "three words here", "مرحبا")


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What timelines are made of. logo: digest of an image with alpha; effects: what can be done to
    a clip's picture, nothing first."""

    clips: Sequence[Source]
    tunes: Sequence[SoundItem]
    voice: SoundItem
    logo: str
    effects: Sequence[PictureEffects]


def effects_of(table: str) -> list[PictureEffects]:
    """One or two of everything that can be done to a picture. table: digest of a LUT."""
    closer = Viewport(scale=F(3, 2), x=F(1, 10))
    return [
        PictureEffects(),
        PictureEffects(retime=Retime(speed=F(5, 4))),
        PictureEffects(retime=Retime(is_reversed=True)),
        PictureEffects(retime=Retime(freeze=Freeze(at=F(3, 4), seconds=F(1, 2)))),
        PictureEffects(retime=Retime(speed=F(2, 3), is_reversed=True)),
        PictureEffects(look=Look(saturation=F(1, 2), exposure=F(1, 4))),
        PictureEffects(look=Look(lut=table)),
        PictureEffects(framing=Framing(x=F(1, 8), background="#2060c0")),
        PictureEffects(framing=Framing(fit="fill", scale=F(5, 4))),
        PictureEffects(framing=Framing(fit="stretch", crop=Crop(left=F(1, 6), top=F(1, 8)))),
        PictureEffects(framing=Framing(fit="fill", move=Move(end=closer))),
        PictureEffects(
            retime=Retime(speed=F(3, 2), freeze=Freeze(at=F(1, 2), seconds=F(1, 3))),
            framing=Framing(scale=F(3, 4)),
            look=Look(contrast=F(6, 5), temperature=F(-1, 3)),
        ),
    ]


# --- edits ----------------------------------------------------------------------------------------

Edit = tuple[str, int, int, int]
"""What is done, and three numbers that say to what and how."""

numbers = st.integers(0, 59)
WORDS = [
    *("clip", "transition", "trim", "effects", "text", "image", "untext", "music", "voice"),
    *("loudness", "swap", "copy", "remove", "undo"),
]

edits = st.tuples(st.sampled_from(WORDS), numbers, numbers, numbers)
beginnings = st.lists(edits, min_size=6, max_size=10)
chains = st.lists(edits, min_size=3, max_size=5)


NOTHING: Edit = ("nothing", 0, 0, 0)


def edited(film: Film, edit: Edit, shelf: Shelf) -> Film:
    """The film after an edit; transitions that lose their room are taken out."""
    what, where, how, more = edit
    if what in {"text", "image"}:
        added = _text(film, where, how, more) if what == "text" else _image(shelf, where, how, more)
        return replace(film, overlays=_numbered([*film.overlays[:2], added]))
    if what == "untext":
        return replace(film, overlays=_numbered(film.overlays[1:]))
    if what in {"music", "voice"}:
        others = [one for one in film.sounds if (one.role == "voice") != (what == "voice")]
        heard = _music(shelf, how, more) if what == "music" else _voice(film, shelf, where, more)
        return replace(film, sounds=(*others, *heard))
    clips = list(film.clips)
    if what in _CHANGES:
        place = where % len(clips)
        clips[place] = _CHANGES[what](clips[place], how, more, shelf)
    else:
        _move(clips, edit)
    numbered = tuple(replace(one, index=n) for n, one in enumerate(clips))
    names = {None, *(one.segment_id for one in numbered)}
    kept = [one for one in film.overlays if one.item.timing.segment in names]
    sounds = tuple(one for one in film.sounds if one.segment in names)
    return _with_room(replace(film, clips=numbered, overlays=_numbered(kept), sounds=sounds))


def _source(clip: FilmClip, how: int, _: int, shelf: Shelf) -> FilmClip:
    return replace(clip, source=shelf.clips[how % len(shelf.clips)], trim=None)


def _transition(clip: FilmClip, how: int, more: int, _: Shelf) -> FilmClip:
    seconds = F(4 + more % 20, 24)
    made = make_transition(KINDS[how % len(KINDS)], seconds) if more % 5 else None
    return replace(clip, transition=made)


def _trim(clip: FilmClip, how: int, more: int, _: Shelf) -> FilmClip:
    length = F(3) if clip.source.is_image else clip.source.seconds
    end = min(F(20 + how + more, 24), length)
    return replace(clip, trim=Trim(start=max(F(0), min(F(how, 24), end - F(12, 24))), end=end))


def _effects(clip: FilmClip, how: int, _: int, shelf: Shelf) -> FilmClip:
    return replace(clip, effects=shelf.effects[how % len(shelf.effects)])


def _loudness(clip: FilmClip, how: int, more: int, _: Shelf) -> FilmClip:
    shape = SoundShape(
        gain_db=Decimal(-(how % 9)),
        is_muted=more % 7 == 0,
        fade_in=F(how % 3, 20),
        fade_out=F(more % 4, 20),
        keyframes=((F(0), Decimal(0)), (F(1, 3), Decimal(-how) / 4)) if how % 2 else (),
    )
    return replace(clip, sound=shape)


_CHANGES = {
    "clip": _source,
    "transition": _transition,
    "trim": _trim,
    "effects": _effects,
    "loudness": _loudness,
}
"""Edits of one segment."""


def _move(clips: list[FilmClip], edit: Edit) -> None:
    """Edits of the order."""
    what, where, how, _ = edit
    place, other = where % len(clips), how % len(clips)
    if what == "swap":
        clips[place], clips[other] = clips[other], clips[place]
    elif what == "copy" and len(clips) < 6:
        name = f"s{max(int(one.segment_id[1:]) for one in clips) + 1}"
        clips.insert(place, replace(clips[place], segment_id=name))
    elif what == "remove" and len(clips) > 3:
        del clips[place]


def _numbered(overlays: Sequence[Overlay]) -> tuple[Overlay, ...]:
    return tuple(replace(one, where=f"text.{n}") for n, one in enumerate(overlays))


def _with_room(film: Film) -> Film:
    clips = list(film.clips)
    for place in range(len(clips)):
        room = stands(replace(film, clips=tuple(replace(c, transition=None) for c in clips)))
        before = _overlap(clips[place - 1], film) if place else 0
        after = _overlap(clips[place], film)
        longest = room[place].frames - before
        if place + 1 < len(clips):
            longest = min(longest, room[place + 1].frames)
        if after > longest:
            clips[place] = replace(clips[place], transition=None)
    return replace(film, clips=tuple(clips))


def _overlap(clip: FilmClip, film: Film) -> int:
    return nearest(clip.transition.seconds * film.rate.fraction) if clip.transition else 0


def _animation(number: int) -> Any:
    kinds = ["none", *ANIMATIONS]
    kind = kinds[number % len(kinds)]
    return "none" if kind == "none" else {"kind": kind, "seconds": "0.3"}


def _text(film: Film, where: int, how: int, more: int) -> Overlay:
    told: dict[str, Any] = {
        "text": TEXTS[how % len(TEXTS)],
        "start": F(where, 30),
        "end": F(where, 30) + F(1 + more, 12),
        "style": {"size": "0.18"},
        "animate_in": _animation(how),
        "animate_out": _animation(more),
    }
    if how % 4 == 0:
        told |= {"segment": film.clips[where % len(film.clips)].segment_id, "start": F(0)}
    if how % 7 == 0:
        told |= {"end": None, "start": F(0)}
    return Overlay(item=text_from_json(told, field="text"), where="text")


def _image(shelf: Shelf, where: int, how: int, more: int) -> Overlay:
    told: dict[str, Any] = {
        "media": shelf.logo,
        "scale": "0.4",
        "opacity": F(2 + how % 9, 10),
        "start": F(where, 40),
        "end": None if more % 3 else F(where, 40) + F(1 + how, 24),
        "animate_in": _animation(more),
    }
    return Overlay(item=image_from_json(told, field="images"), where="images")


def _music(shelf: Shelf, how: int, more: int) -> tuple[SoundItem, ...]:
    if more % 6 == 0:
        return ()
    tune = shelf.tunes[how % len(shelf.tunes)]
    ducks = Ducking(under=("clip", "voice") if how % 2 else ("clip",)) if more % 3 == 0 else None
    shape = SoundShape(gain_db=Decimal(-(more % 12)), fade_in=F(how % 4, 10), fade_out=F(1))
    return (replace(tune, start=F(how, 60), loops=more % 2 == 0, shape=shape, ducks=ducks),)


def _voice(film: Film, shelf: Shelf, where: int, more: int) -> tuple[SoundItem, ...]:
    if more % 4 == 0:
        return ()
    name = film.clips[where % len(film.clips)].segment_id
    return (replace(shelf.voice, segment=name, start=F(more, 120), trim_start=F(where, 30)),)


# --- what an edit touches -------------------------------------------------------------------------

Sight = tuple[Any, ...]
"""All that decides what one frame shows."""


def sights(film: Film) -> list[Sight]:
    """Of every frame of the film."""
    places = stands(film)
    layers = list(zip(film.overlays, on_top(film, places), strict=True))
    return [_sight(places, layers, n) for n in range(places[-1].end)]


Layers = Sequence[tuple[Overlay, OnTop]]


def _sight(places: Sequence[Stand], layers: Layers, frame: int) -> Sight:
    seen = [one for one in places if one.start <= frame < one.end]
    clips = tuple(
        (one.clip.source.digest, _work(one), one.first + frame - one.start) for one in seen
    )
    crossing: Sight = ()
    if len(seen) > 1:
        change = seen[0].clip.transition
        crossing = (change and (change.kind, change.easing), frame - seen[1].start, seen[0].overlap)
    above = tuple(_over(*one, frame) for one in layers if one[1].start <= frame < one[1].end)
    return clips, crossing, above


def _work(stand: Stand) -> Sight:
    """What is done to a clip's picture; a view moves over the whole use."""
    effects = stand.clip.effects
    return repr(effects), (stand.first, stand.frames) if effects.framing.move else ()


def _over(overlay: Overlay, layer: OnTop, frame: int) -> Sight:
    """A text or an image; while nothing of it moves, every frame of it is like every other."""
    look = layer.kind, repr(overlay.item.spec), layer.opacity
    here, left = frame - layer.start, layer.end - frame
    arriving = (layer.comes, here) if layer.comes and here < layer.comes.frames else None
    leaving = (layer.goes, left) if layer.goes and left <= layer.goes.frames else None
    return look, arriving, leaving


@dataclass
class Memory:
    """What was shown before: frames, and what followed upon what."""

    frames: set[Sight] = field(default_factory=set)
    pairs: set[tuple[Sight | None, Sight | None]] = field(default_factory=set)

    def remember(self, film: Film) -> None:
        """Everything in this film."""
        seen = sights(film)
        self.frames.update(seen)
        self.pairs.update(pairwise([None, *seen, None]))

    def most_frames(self, film: Film, longest: int = CELL) -> int:
        """How many frames may be encoded for a film at most: those never shown before, and two
        cells for each boundary that there was not; a piece where overlays lie on it. longest: of
        the groups that may be copied, which are encoded where a boundary divides them."""
        seen = sights(film)
        new = [one not in self.frames for one in seen]
        most = sum(new)
        edges = [False, *new, False]
        for (before, after), was, is_now in zip(
            pairwise([None, *seen, None]), edges, edges[1:], strict=False
        ):
            is_break = (before, after) not in self.pairs and not _follows(before, after)
            if is_break or was != is_now:
                is_covered = any(one and one[2] for one in (before, after))
                most += 2 * max(PIECE if is_covered else CELL, longest)
        return most


def _follows(before: Sight | None, after: Sight | None) -> bool:
    """Whether one frame is just the next of the other."""
    if before is None or after is None:
        return False
    clips = tuple((*clip[:2], clip[2] + 1) for clip in before[0])
    return clips == after[0] and [o[0] for o in before[2]] == [o[0] for o in after[2]]
