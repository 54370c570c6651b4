"""What can be named on a timeline and of outputs, on the wire. Shapes alone: the route fills them
in."""

from typing import Literal

from video_foundry.api.schemas.base import Out
from video_foundry.core.profile import Encoder, Quality, VideoCodec


class TransitionEntry(Out):
    """A kind of transition. duration: seconds, where a segment says nothing."""

    name: str
    label: str
    family: str
    description: str
    duration: float
    easing: str


class FamilyEntry(Out):
    """A bundled family that a text can be set in. weights: those that it has; others are drawn in
    the nearest. italic: whether it has italic letters. scripts: those that it writes itself; the
    letters of others come from the fonts beside it."""

    name: str
    kind: Literal["sans", "serif", "display", "handwriting", "mono"]
    weights: list[int]
    italic: bool
    scripts: list[Literal["latin", "greek", "cyrillic"]]


class AnimationEntry(Out):
    """How a text comes or goes."""

    kind: str
    seconds: float
    easing: str


class PlaceEntry(Out):
    """Where a text stands: one of nine places, and how far from there, in fractions of the frame's
    width and height."""

    anchor: str
    x: float
    y: float


class PresetEntry(Out):
    """A look of a text. style: every field of it, as a text's `style` may change them. placement:
    where it stands. animate_in, animate_out: null for none."""

    name: str
    label: str
    use: str
    sample: str
    style: dict[str, bool | float | str | None]
    placement: PlaceEntry
    animate_in: AnimationEntry | None
    animate_out: AnimationEntry | None


class SizeEntry(Out):
    """A usual size of a film. use: where it is usual."""

    name: str
    label: str
    width: int
    height: int
    ratio: str
    use: str


class CodecEntry(Out):
    """A way to encode a film, and what can encode it where a machine has that. container: extension
    of the file."""

    name: VideoCodec
    label: str
    container: str
    content_type: str
    encoders: list[Encoder]


class AnimatedLimits(Out):
    """The most that an animated picture may have. fps: pictures a second; pictures: in all."""

    width: int
    fps: int
    seconds: float
    pictures: int


class Vocabulary(Out):
    """What can be named on a timeline and of outputs. outputs: how many a project may have beside
    its main film. previews: of how many clips they can be asked for in one request."""

    transitions: list[TransitionEntry]
    easings: list[str]
    families: list[FamilyEntry]
    alignments: list[str]
    presets: list[PresetEntry]
    animations: dict[str, str]
    sizes: list[SizeEntry]
    codecs: list[CodecEntry]
    qualities: list[Quality]
    animated: AnimatedLimits
    outputs: int
    previews: int
