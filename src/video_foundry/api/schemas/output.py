"""The output profile and further outputs of a project on the wire."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field

from video_foundry.api.schemas.base import In, Out, Partial
from video_foundry.core.loudness import HIGHEST_TARGET, LOWEST_TARGET
from video_foundry.core.outputs import LONGEST_NAME, OutputKind
from video_foundry.core.profile import Encoder, OutputProfile, Quality, VideoCodec
from video_foundry.core.timebase import FrameRate
from video_foundry.db.facts import profile_from_json
from video_foundry.errors import BadInput

MAX_SIDE = 4096
MIN_FPS, MAX_FPS = 1, 120
"""LUFS."""
MOST_DIGITS = 6


def _frame_rate(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be a number or a fraction; write 24, 29.97 or 30000/1001")
    try:
        rate = FrameRate.parse(value).fraction
    except BadInput as error:
        raise ValueError(error.message) from error
    if not MIN_FPS <= rate <= MAX_FPS:
        raise ValueError(f"must be from {MIN_FPS} to {MAX_FPS} frames a second; write 24, say")
    if rate.denominator > 1001 or rate.numerator > 120_000:
        raise ValueError("must be a common frame rate; write 24, 25, 29.97 or 30000/1001")
    return value


Side = Annotated[int, Field(strict=True, ge=16, le=MAX_SIDE, multiple_of=2)]
Rate = Annotated[
    int | float | str,
    BeforeValidator(_frame_rate),
    Field(description='Frames a second: 24, 29.97 or "30000/1001".', examples=[24]),
]
Loudness = Annotated[
    Decimal | None,
    Field(
        ge=LOWEST_TARGET,
        le=HIGHEST_TARGET,
        max_digits=MOST_DIGITS,
        description="Integrated loudness of the film (EBU R128); null leaves the sound as it is.",
    ),
]


def _own_loudness(value: Any) -> Any:
    """One message for all that it may be, in place of one for each."""
    if value is None or value == "off":
        return value
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not LOWEST_TARGET <= number <= HIGHEST_TARGET:
        raise ValueError(
            f"must be from {LOWEST_TARGET} to {HIGHEST_TARGET} (LUFS), or off; write -16, say"
        )
    if len(number.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(f"must have at most {MOST_DIGITS} digits; write -16.5, say")
    return number


OwnLoudness = Annotated[
    Decimal | Literal["off"] | None,
    BeforeValidator(_own_loudness),
    Field(description="As of the main film; `off` leaves the sound as it is."),
]
CodecName = Annotated[VideoCodec, Field(description="How the picture is encoded.")]
QualityName = Annotated[
    Quality, Field(description="Smaller and quicker (draft) or better (high) than usual.")
]
EncoderName = Annotated[
    Encoder, Field(description="What encodes the picture: software is the same everywhere.")
]


class Settings(In):
    """The output profile: what the film is brought to."""

    width: Side = 1280
    height: Side = 720
    fps: Rate = 24
    loudness_lufs: Loudness = None
    codec: CodecName = "h264"
    quality: QualityName = "standard"
    encoder: EncoderName = "software"

    def value(self) -> OutputProfile:
        """The exact profile."""
        return OutputProfile(
            width=self.width,
            height=self.height,
            fps=FrameRate.parse(self.fps),
            loudness_lufs=self.loudness_lufs,
            codec=self.codec,
            quality=self.quality,
            encoder=self.encoder,
        )


class SettingsUpdate(Partial, Settings):
    """Parts of the output profile; what is not named stays as it is."""


class SettingsOut(Out):
    """The output profile as it is. fps: a number, or "30000/1001" where no number is exact."""

    width: int
    height: int
    fps: int | str
    loudness_lufs: float | None
    codec: VideoCodec
    quality: Quality
    encoder: Encoder

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """From the stored form."""
        profile = profile_from_json(stored)
        loudness = profile.loudness_lufs
        return cls(
            width=profile.width,
            height=profile.height,
            fps=readable_rate(profile.fps),
            loudness_lufs=float(loudness) if loudness is not None else None,
            codec=profile.codec,
            quality=profile.quality,
            encoder=profile.encoder,
        )


def readable_rate(rate: FrameRate) -> int | str:
    """A number where one is exact."""
    return rate.num if rate.den == 1 else str(rate)


Slug = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_NAME,
        pattern="^[a-z0-9]([a-z0-9_-]*[a-z0-9])?$",
        description="Unique in the project: a-z, 0-9, - and _. `main` is the main film.",
        examples=["vertical"],
    ),
]


class Output(In):
    """One more output beside the main film; what is null is as in the main film.

    A `gif` or `webp` is an animated picture of the main film's beginning, silent: `width` pixels
    wide (480), with `fps` pictures a second (12), of at most `seconds` (6).
    """

    name: Slug
    kind: OutputKind = "film"
    width: Side | None = None
    height: Side | None = None
    fps: Rate | None = None
    loudness_lufs: OwnLoudness = None
    codec: CodecName | None = None
    quality: QualityName | None = None
    encoder: EncoderName | None = None
    seconds: Decimal | None = Field(
        default=None, gt=0, le=600, max_digits=12, description="Of an animated picture."
    )

    def told(self) -> dict[str, Any]:
        """What is said of it, as the core reads it and the rows keep it."""
        said = self.model_dump(exclude_none=True)
        if self.fps is not None:
            said["fps"] = str(FrameRate.parse(self.fps))
        if isinstance(self.loudness_lufs, Decimal):
            said["loudness_lufs"] = f"{self.loudness_lufs:f}"
        if self.seconds is not None:
            said["seconds"] = str(Fraction(self.seconds))
        return said


class OutputOut(Out):
    """One more output beside the main film, as it was said; null: as in the main film. It can be
    sent back as it is."""

    name: str
    kind: OutputKind
    width: int | None
    height: int | None
    fps: int | str | None
    loudness_lufs: float | Literal["off"] | None
    codec: VideoCodec | None
    quality: Quality | None
    encoder: Encoder | None
    seconds: float | None

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """From the stored form."""
        told: dict[str, Any] = {**dict.fromkeys(cls.model_fields), "kind": "film", **stored}
        if told["fps"] is not None:
            told["fps"] = readable_rate(FrameRate.parse(told["fps"]))
        if told["seconds"] is not None:
            told["seconds"] = float(Fraction(told["seconds"]))
        if told["loudness_lufs"] not in (None, "off"):
            told["loudness_lufs"] = float(told["loudness_lufs"])
        return cls(**told)
