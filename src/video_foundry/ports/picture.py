"""The port to whatever makes the picture of a piece of film: clips with their effects, and on top
of them a transition and overlays. Sound has no place here.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from video_foundry.core.animation import Animation
from video_foundry.core.effects import PictureEffects
from video_foundry.core.profile import OutputProfile
from video_foundry.ports.progress import Progress

__all__ = [
    "Animation",
    "OverlayLayer",
    "PictureLayer",
    "PictureStep",
    "Pictures",
    "TransitionStretch",
]


@dataclass(frozen=True, kw_only=True)
class PictureLayer:
    """Frames [first, first + frames) of a virtual clip, shown from frame `at` of the piece on.

    The virtual clip's frames lie on a grid at the profile's rate that begins where the source does
    (backwards: where it ends), whatever part of it is asked for; past its end the last one stays.
    lut: the local file of `effects.look.lut`. label: how errors name the clip; empty: as the step.
    """

    source: Path
    first: int
    frames: int
    at: int = 0
    effects: PictureEffects = field(default_factory=PictureEffects)
    lut: Path | None = None
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class TransitionStretch:
    """The frames that two layers share, and how the second takes the place of the first."""

    kind: str
    easing: str
    frames: int


@dataclass(frozen=True, kw_only=True)
class OverlayLayer:
    """A PNG of the profile's size with straight alpha, over the piece's frames.

    start: the piece's frame at which it begins, negative when it began before the piece. frames:
    its whole length. An animation takes its first or last frames.
    """

    image: Path
    start: int
    frames: int
    opacity: Fraction = Fraction(1)
    animate_in: Animation | None = None
    animate_out: Animation | None = None


@dataclass(frozen=True, kw_only=True)
class PictureStep:
    """What one piece shows for `frames` frames of the profile.

    layers: one, over all of it, or two with a transition, which overlap by just its frames.
    overlays: from the lowest to the topmost. label: how errors name the piece ("segment 3").
    """

    profile: OutputProfile
    frames: int
    layers: tuple[PictureLayer, ...]
    label: str
    transition: TransitionStretch | None = None
    overlays: tuple[OverlayLayer, ...] = ()


class Pictures(Protocol):
    """Makes the picture of pieces."""

    async def picture(
        self, step: PictureStep, target: Path, progress: Progress | None = None
    ) -> None:
        """Write the piece in the profile's codec, as `profile.format.piece` has it, without sound:
        key frames at every multiple of the key frame distance (or everywhere), each the beginning
        of a closed group, the same parameter sets for all pieces of a profile.

        Raises CompositionFailed naming the label, also for a codec or encoder that this machine
        lacks, and MachineFailed where a chip failed and may not do so another time; then, and when
        cancelled, nothing is left behind.
        """
