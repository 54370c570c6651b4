"""What is done to a clip's picture and sound, and what lies beside the segments, on the wire.

Shapes and words alone: ranges, names and what fits together are the core's to check, and its errors
name the field, the limit and the fix.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from video_foundry.api.schemas.base import In, plain_json
from video_foundry.core.wording import is_number


def _no_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("must be a number, not true or false")
    return value


Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_no_boolean)]
"""Taken for the digits that it is written with."""


def readable(stored: Any) -> Any:
    """A stored value with ordinary numbers in place of exact ones written as text."""
    if isinstance(stored, Mapping):
        return {name: readable(value) for name, value in stored.items()}
    if isinstance(stored, list):
        return [readable(value) for value in stored]
    if isinstance(stored, str) and is_number(stored):
        return float(Fraction(stored))
    return stored


class Effect(In):
    """A part of what is done; what is left out stays neutral."""

    def told(self) -> dict[str, Any]:
        """What was said, for the core."""
        return self.model_dump(exclude_unset=True)


class TransitionBody(Effect):
    """How the next segment takes this one's place. Both are shown for `duration` seconds, so the
    film is that much shorter than its clips."""

    kind: str = Field(max_length=60, description="A name from GET /api/vocabulary.")
    duration: Number | None = Field(default=None, description="Seconds; the kind's own without.")
    easing: str | None = Field(default=None, max_length=60)


class FreezeBody(Effect):
    """The frame at `at` seconds of the clip is held for `seconds` more."""

    at: Number
    seconds: Number


class RetimeBody(Effect):
    """How fast, and which way round, the clip runs."""

    speed: Number = Field(default=1, description="2 is twice as fast; 0.05 to 20.")
    reverse: bool = Field(default=False, strict=True)
    freeze: FreezeBody | None = None


class CropBody(Effect):
    """Parts of the clip's width and height that are cut away at its sides."""

    left: Number = 0
    top: Number = 0
    right: Number = 0
    bottom: Number = 0


class ViewportBody(Effect):
    """What part of the frame is shown: its centre, and how much larger than life."""

    x: Number = 0
    y: Number = 0
    scale: Number = 1


class MoveBody(Effect):
    """The view travels over the picture while the segment is shown (Ken Burns)."""

    start: ViewportBody = Field(default_factory=ViewportBody)
    end: ViewportBody = Field(default_factory=ViewportBody)
    easing: str = Field(default="smooth", max_length=60)


class FramingBody(Effect):
    """How the clip is put into the frame."""

    fit: Literal["fit", "fill", "stretch"] = "fit"
    crop: CropBody | None = None
    scale: Number = 1
    x: Number = 0
    y: Number = 0
    move: MoveBody | None = None
    background: str = Field(default="black", max_length=20, description='"black" or "#rrggbb".')


class LookBody(Effect):
    """Light and colour. exposure: stops; contrast, saturation: 1 is as it is; temperature: -1 cold
    to 1 warm."""

    exposure: Number = 0
    contrast: Number = 1
    saturation: Number = 1
    temperature: Number = 0
    lut: str | None = Field(
        default=None, max_length=4096, description="Digest of an uploaded .cube file."
    )


class KeyframeBody(Effect):
    """The gain at a moment, counted from where the sound begins to be heard."""

    at: Number
    gain_db: Number


class SoundBody(Effect):
    """How loud a sound is. Times in seconds."""

    gain_db: Number = 0
    muted: bool = Field(default=False, strict=True)
    fade_in: Number = 0
    fade_out: Number = 0
    keyframes: list[KeyframeBody] = Field(default_factory=list, max_length=1000)


class DuckBody(Effect):
    """Steps back while somebody speaks."""

    amount_db: Number = 12
    attack: Number = 0.25
    hold: Number = 0.5
    release: Number = 0.75
    under: list[Literal["voice", "clip"]] = Field(default=["voice"], max_length=2)


class ItemTrim(Effect):
    """The part of the sound file that is heard, in seconds."""

    start: Number = 0
    end: Number | None = None


Free = Annotated[dict[str, Any], BeforeValidator(plain_json)]
"""An object whose fields the core knows."""

Words = Annotated[str, Field(max_length=10_000)]


class TextFields(Effect):
    """A text over the film; see docs/titles.md for presets, styles and animations."""

    text: Words
    start: Number = 0
    end: Number | None = Field(default=None, description="Without: to the end.")
    preset: str = Field(default="title", max_length=60)
    style: Free = Field(default_factory=dict)
    placement: Free = Field(default_factory=dict)
    animate_in: Free | None = None
    animate_out: Free | None = None
    language: str | None = Field(default=None, max_length=20)


class ImageFields(Effect):
    """An image over the film, such as a logo."""

    start: Number = 0
    end: Number | None = None
    placement: Free = Field(default_factory=dict)
    scale: Number = 0.18
    opacity: Number = 1
    animate_in: Free | None = None
    animate_out: Free | None = None


class CaptionLook(Effect):
    """How captions are shown: burnt into the picture (with this look), as a track of the film that
    players can show or not, or both."""

    show: Literal["burnt", "track", "both"] = "burnt"
    preset: str = Field(default="caption", max_length=60)
    style: Free = Field(default_factory=dict)
    placement: Free = Field(default_factory=dict)
    language: str | None = Field(default=None, max_length=20)


class CaptionFields(CaptionLook):
    """Captions of the film."""

    captions: str = Field(max_length=2_000_000, description="Text of an SRT or WebVTT file.")


class AudioFields(SoundBody):
    """A sound on the film."""

    role: Literal["music", "voice", "effect"] = "music"
    start: Number = 0
    end: Number | None = None
    trim: ItemTrim | None = None
    loop: bool = Field(default=False, strict=True)
    duck: DuckBody | Literal[True] | None = Field(
        default=None, description="Step back under voices; true for the usual way."
    )
