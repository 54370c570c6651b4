"""The timeline as a value: what a project's film is made of, at one moment.

A render works on such a snapshot, so edits made meanwhile cannot reach into it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from video_foundry.core.asks import Ask, Picture, needed_first
from video_foundry.core.catalogue import ModelEntry
from video_foundry.core.composition import Source, Trim
from video_foundry.core.effects import PictureEffects
from video_foundry.core.outputs import Output, main_output
from video_foundry.core.overlays import Overlay
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import GenerationRequest
from video_foundry.core.sound import SoundItem, SoundShape
from video_foundry.core.subtitles import Subtitles
from video_foundry.core.transitions import Transition


@dataclass(frozen=True, kw_only=True)
class ChosenTake:
    """A take that somebody chose: its clip, and whether it is pinned against change."""

    take_id: str
    number: int
    source: Source
    pinned: bool


@dataclass(frozen=True, kw_only=True)
class TimelineSegment:
    """One segment, ready to be planned.

    Either `own` (own footage) or `request` with its `entry` is set. transition: into the next
    segment, None for a cut. effects, sound: what is done to the clip's picture and sound. chosen: a
    take that stands in for the request's ordinary result. previous: the request of the last render,
    to tell changes by. unavailable: why its model cannot be used now. model_note: what the name
    that the segment gives means, where it is not the model's own. pictures: what is made for the
    request first; fallbacks: what else would satisfy the segment, the best first (see `asks`).
    previous_pictures: those of `previous`, by their fingerprints.
    """

    id: str
    order_index: int
    trim: Trim | None = None
    transition: Transition | None = None
    effects: PictureEffects = field(default_factory=PictureEffects)
    sound: SoundShape = field(default_factory=SoundShape)
    own: Source | None = None
    request: GenerationRequest | None = None
    entry: ModelEntry | None = None
    unavailable: str | None = None
    model_note: str | None = None
    chosen: ChosenTake | None = None
    previous: GenerationRequest | None = None
    pictures: tuple[Picture, ...] = ()
    fallbacks: tuple[Ask, ...] = ()
    previous_pictures: Mapping[str, GenerationRequest] = field(default_factory=dict)

    @cached_property
    def asks(self) -> tuple[Ask, ...]:
        """Every request that satisfies the segment, in the order in which they are tried; none for
        own footage. The first with a result is what it shows."""
        if self.request is None or self.entry is None:
            return ()
        own = Ask(
            request=self.request,
            entry=self.entry,
            pictures=self.pictures,
            unavailable=self.unavailable,
            model_note=self.model_note,
        )
        return (own, *self.fallbacks)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Fingerprints of everything it asks for, the pictures for it among them; each once."""
        own = (ask.request.fingerprint for ask in self.asks)
        return tuple(dict.fromkeys([*own, *needed_first(self.asks)]))

    @property
    def label(self) -> str:
        """How messages name the segment."""
        return f"segment {self.order_index + 1}"


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """All segments in order, what lies on top and what is heard, and the profile of the film.

    overlays: from the lowest to the topmost. subtitles: tracks of captions beside the picture.
    fonts: what identifies the installed fonts. outputs: what is made of it; none for the main film
    alone.
    """

    project_id: str
    profile: OutputProfile
    segments: tuple[TimelineSegment, ...]
    overlays: tuple[Overlay, ...] = ()
    sounds: tuple[SoundItem, ...] = ()
    subtitles: tuple[Subtitles, ...] = ()
    fonts: str = ""
    outputs: tuple[Output, ...] = ()

    @property
    def wanted(self) -> tuple[Output, ...]:
        """What is made of it: at least one output."""
        return self.outputs or (main_output(self.profile),)
