"""The timeline as a value: what a project's film is made of, at one moment.

A render works on such a snapshot, so edits made meanwhile cannot reach into it.
"""

from dataclasses import dataclass, field

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
    that the segment gives means, where it is not the model's own.
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
