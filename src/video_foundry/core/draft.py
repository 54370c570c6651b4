"""A film laid out once: which frames of each clip it shows, what is heard in each window of sound,
and how its picture is divided. All that follows from the film alone; what exists already, and the
steps that make the rest, are `graph`'s matter."""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from video_foundry.core.canonical import fingerprint
from video_foundry.core.composition import COMPOSER_VERSION, MOST_REMEMBERED
from video_foundry.core.conforming import Groups, leaves_as_is, why_encoded
from video_foundry.core.effects import canonical, placed
from video_foundry.core.film import (
    Film,
    FilmClip,
    Use,
    check_reach,
    clip_sounds,
    layout_of,
    use_of,
)
from video_foundry.core.kept import kept_with
from video_foundry.core.layout import Layout
from video_foundry.core.overlays import FilmLayer
from video_foundry.core.pieces import Covering, Divided, Shown, divide
from video_foundry.core.profile import OutputProfile, picture_json
from video_foundry.core.refusals import Refusals
from video_foundry.core.sound_windows import WindowMix, window_mixes
from video_foundry.core.soundtrack import Soundtrack, contributions
from video_foundry.core.timebase import FrameRate


class Draft:
    """One film, laid out. layers: what lies on top, from the lowest to the topmost. track: all that
    is heard. Whatever else there is, is worked out when it is first asked for, and kept.

    Raises BadInput for all trims and freezes that lie past the end of their clips, or else for all
    transitions that the film has no room for, or else for all overlays and sounds.
    """

    def __init__(self, film: Film) -> None:
        self.film = film
        _check_reach(film)
        self.uses: list[Use] = [_use(clip, film.rate) for clip in film.clips]
        self.layout: Layout = layout_of(film, self.uses)
        self.has_target = film.profile.loudness_lufs is not None
        self.pending = {c.source.digest for c in film.clips if c.source.is_pending}
        refusals = Refusals()
        with refusals:
            self.layers: tuple[FilmLayer, ...] = film.layers_on(self.layout)
        with refusals:
            clips = clip_sounds(film, self.uses, self.layout)
            self.track: Soundtrack = contributions(clips, film.sounds, film.rate)
        refusals.raise_all()

    @cached_property
    def profile(self) -> Mapping[str, Any]:
        """What decides pixels, as every specification says it."""
        return picture_json(self.film.profile)

    @property
    def clip_keys(self) -> set[str]:
        """Keys of every clip: what pieces of clips are to be looked up by."""
        return {shown.key for shown in self.shown}

    @property
    def measures(self) -> set[str]:
        """What measurements are to be looked up by; none without a loudness target."""
        return {mix.measure for mix in self.mixes} if self.has_target else set()

    @cached_property
    def shown(self) -> list[Shown]:
        """Each segment's clip on its grid."""
        clips = zip(self.film.clips, self.uses, strict=True)
        return [self._shown(clip, use) for clip, use in clips]

    def _shown(self, clip: FilmClip, use: Use) -> Shown:
        of = (self.film.profile, use)
        return kept_with(clip, "_shown", of, lambda: self._shown_anew(clip, use))

    def _shown_anew(self, clip: FilmClip, use: Use) -> Shown:
        return Shown(key=self._key(clip, use), first=use.first, groups=self._groups(clip))

    def _key(self, clip: FilmClip, use: Use) -> str:
        effects = canonical(placed(clip.effects, first=use.first, frames=use.frames))
        digest, profile = clip.source.digest, self.film.profile
        return _key_of(digest, effects, profile) if effects else _plain_key(digest, profile)

    def _groups(self, clip: FilmClip) -> Groups | None:
        """What of a clip can stand in the film as it is stored. Asks for nothing but the film and
        the clip: what has been encoded of it before must not matter."""
        coding = clip.source.coding
        if coding is None or not leaves_as_is(clip.effects):
            return None
        if why_encoded(coding, self.film.profile) is not None:
            return None
        return Groups(digest=clip.source.digest, begins=coding.edges[:-1], ends=coding.leaves)

    @cached_property
    def mixes(self) -> list[WindowMix]:
        """What each window of sound is made of."""
        return window_mixes(self.track)

    @cached_property
    def divided(self) -> list[Divided]:
        """The picture, in film order."""
        coverings = [Covering(start=one.start, end=one.start + one.frames) for one in self.layers]
        return divide(self.layout, self.shown, coverings)


def _check_reach(film: Film) -> None:
    refusals = Refusals()
    for clip in film.clips:
        with refusals:
            check_reach(clip, film.rate)
    refusals.raise_all()


def _use(clip: FilmClip, rate: FrameRate) -> Use:
    return kept_with(clip, "_use", (rate,), lambda: use_of(clip, rate))


def _key_of(digest: str, effects: Mapping[str, Any], profile: OutputProfile) -> str:
    value = {"source": digest, "effects": effects, **picture_json(profile)}
    return fingerprint("picture", COMPOSER_VERSION, value)


@lru_cache(maxsize=MOST_REMEMBERED)
def _plain_key(digest: str, profile: OutputProfile) -> str:
    """Of a clip to which nothing is done, as most are."""
    return _key_of(digest, {}, profile)
