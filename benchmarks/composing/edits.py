"""The films that are composed: the first one, and what each edit makes of it. Pure values; whether
an edit is cheap is for the measurement to say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from benchmarks.composing.case import OVERLAP, Case
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.overlays import Overlay
from video_foundry.core.sound import SoundItem, SoundShape
from video_foundry.core.titles import text_from_json
from video_foundry.core.transitions import make_transition


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What films are made of, all of it stored. clips: of the film, in order. spare: one more.
    music: two pieces."""

    case: Case
    clips: Sequence[FilmClip]
    spare: FilmClip
    music: tuple[SoundItem, SoundItem]

    @property
    def place(self) -> int:
        """Of the clip that edits are about: somewhere in the first half, with neighbours."""
        return len(self.clips) // 3


@dataclass(frozen=True, kw_only=True)
class Edit:
    """what: as a row says it. before: the film that is there when it is made. after: what it makes
    of that."""

    what: str
    before: Callable[[Shelf], Film]
    after: Callable[[Shelf], Film]


def plain(shelf: Shelf) -> Film:
    """The clips in order, as the peers join them."""
    return _film(shelf, shelf.clips)


def _film(shelf: Shelf, clips: Sequence[FilmClip]) -> Film:
    """Clips in an order of their own; every place keeps its transition."""
    fade = make_transition("fade", OVERLAP, "linear") if shelf.case.crossfades else None
    last = len(clips) - 1
    placed = (
        replace(clip, index=index, transition=None if index == last else fade)
        for index, clip in enumerate(clips)
    )
    return Film(profile=shelf.case.profile, clips=tuple(placed))


def _one_clip(shelf: Shelf) -> Film:
    clips = list(shelf.clips)
    clips[shelf.place] = replace(shelf.spare, segment_id=clips[shelf.place].segment_id)
    return _film(shelf, clips)


def _text(words: str) -> Callable[[Shelf], Film]:
    def film(shelf: Shelf) -> Film:
        half = Fraction(shelf.case.seconds, 2)
        told = {
            "text": words,
            "segment": shelf.clips[shelf.place].segment_id,
            "start": half / 2,
            "end": half / 2 + half,
        }
        text = text_from_json(told, field="text.0")
        return replace(plain(shelf), overlays=(Overlay(item=text, where="text.0"),))

    return film


def _transition(shelf: Shelf) -> Film:
    film = plain(shelf)
    clips = list(film.clips)
    wipe = make_transition("wipe-left", OVERLAP, "linear")
    clips[shelf.place] = replace(clips[shelf.place], transition=wipe)
    return replace(film, clips=tuple(clips))


def _music(number: int) -> Callable[[Shelf], Film]:
    def film(shelf: Shelf) -> Film:
        shape = SoundShape(gain_db=Decimal(-12))
        return replace(plain(shelf), sounds=(replace(shelf.music[number], shape=shape),))

    return film


def _moved(shelf: Shelf) -> Film:
    """A clip two places further on."""
    clips = list(shelf.clips)
    clips.insert(shelf.place + 2, clips.pop(shelf.place))
    return _film(shelf, clips)


def _turned(shelf: Shelf) -> Film:
    return _film(shelf, shelf.clips[::-1])


EDITS: Mapping[str, Edit] = {
    "clip": Edit(what="one clip changed", before=plain, after=_one_clip),
    "text": Edit(
        what="a text changed that lies on half of one clip",
        before=_text("Coming soon"),
        after=_text("Coming in autumn"),
    ),
    "transition": Edit(what="one transition changed", before=plain, after=_transition),
    "music": Edit(what="music changed under all of it", before=_music(0), after=_music(1)),
    "move": Edit(what="one clip moved two places on", before=plain, after=_moved),
    "turn": Edit(what="the whole order turned round", before=plain, after=_turned),
}
"""In the order in which they are made; each starts from a film that is all there."""
