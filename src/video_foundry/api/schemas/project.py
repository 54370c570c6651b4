"""Projects and project files on the wire."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from video_foundry.api.schemas.base import In, LongText, ModelParams, Name, Out, Prompt
from video_foundry.api.schemas.effects import (
    AudioFields,
    CaptionLook,
    ImageFields,
    TextFields,
)
from video_foundry.api.schemas.segment import Segment, Treatment, TrimBody
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate
from video_foundry.core.titles import MOST_OVERLAYS
from video_foundry.db.facts import profile_from_json
from video_foundry.errors import BadInput
from video_foundry.services.projects import ProjectSummary
from video_foundry.services.views import ProjectView

MAX_SIDE = 4096
MIN_FPS, MAX_FPS = 1, 120


class Settings(In):
    """The output profile: what the film is brought to."""

    width: int = Field(default=1280, strict=True, ge=16, le=MAX_SIDE, multiple_of=2)
    height: int = Field(default=720, strict=True, ge=16, le=MAX_SIDE, multiple_of=2)
    fps: int | float | str = Field(
        default=24, description='Frames a second: 24, 29.97 or "30000/1001".', examples=[24]
    )
    loudness_lufs: Decimal | None = Field(
        default=None,
        ge=-70,
        le=-5,
        max_digits=6,
        description="Integrated loudness of the film (EBU R128); null leaves the sound as it is.",
    )

    @field_validator("fps", mode="before")
    @classmethod
    def _frame_rate(cls, value: Any) -> int | float | str:
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

    def value(self) -> OutputProfile:
        """The exact profile."""
        return OutputProfile(
            width=self.width,
            height=self.height,
            fps=FrameRate.parse(self.fps),
            loudness_lufs=self.loudness_lufs,
        )


class SettingsOut(Out):
    """The output profile as it is. fps: a number, or "30000/1001" where no number is exact."""

    width: int
    height: int
    fps: int | str
    loudness_lufs: float | None

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        """From the stored form."""
        profile = profile_from_json(stored)
        loudness = profile.loudness_lufs
        return cls(
            width=profile.width,
            height=profile.height,
            fps=profile.fps.num if profile.fps.den == 1 else str(profile.fps),
            loudness_lufs=float(loudness) if loudness is not None else None,
        )


class ProjectCreate(In):
    """A new project."""

    name: Name
    description: LongText = ""
    settings: Settings = Field(default_factory=Settings)


class ProjectUpdate(In):
    """A partial edit; settings that are not named stay as they are."""

    name: Name = Field(default="-")
    description: LongText = ""
    settings: Settings = Field(default_factory=Settings)


class Summary(Out):
    """A project in a list."""

    id: str
    name: str
    description: str
    settings: SettingsOut
    segment_count: int
    thumbnail_url: str | None
    revision: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, summary: ProjectSummary) -> Self:
        """From a use case's answer."""
        row, digest = summary.row, summary.thumbnail_digest
        return cls(
            id=row.id,
            name=row.name,
            description=row.description,
            settings=SettingsOut.of(row.settings),
            segment_count=summary.segment_count,
            thumbnail_url=f"/api/thumbnails/{digest}" if digest else None,
            revision=row.revision,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


class Project(Out):
    """A project with its segments in order."""

    id: str
    name: str
    description: str
    settings: SettingsOut
    revision: int
    event_seq: int
    created_at: datetime
    updated_at: datetime
    segments: list[Segment]

    @classmethod
    def of(cls, view: ProjectView) -> Self:
        """From a use case's answer."""
        row = view.row
        return cls(
            id=row.id,
            name=row.name,
            description=row.description,
            settings=SettingsOut.of(row.settings),
            revision=row.revision,
            event_seq=row.event_seq,
            created_at=row.created_at,
            updated_at=row.updated_at,
            segments=[Segment.of(s) for s in view.segments],
        )


class FileSegment(Treatment):
    """A segment of a project file; `media` is a path relative to the file."""

    prompt: Prompt | None = None
    model_params: ModelParams = Field(default_factory=dict)
    media: str | None = Field(default=None, min_length=1, max_length=4096)
    trim: TrimBody | None = None

    @model_validator(mode="after")
    def _something_to_show(self) -> Self:
        if self.prompt is None and self.media is None:
            raise ValueError("a segment needs a prompt or media of its own; give it one of them")
        return self


FilePath = Annotated[str, Field(min_length=1, max_length=4096)]
Tied = Annotated[
    int | None,
    Field(default=None, ge=1, description="Number of the segment it is tied to, from 1."),
]


class FileText(TextFields):
    """A text of a project file."""

    segment: Tied


class FileImage(ImageFields):
    """An image of a project file; `media` is a path relative to the file."""

    media: FilePath
    segment: Tied


class FileCaptions(CaptionLook):
    """Captions of a project file: the path of an SRT or WebVTT file."""

    file: FilePath


class FileAudio(AudioFields):
    """A sound of a project file; `media` is a path relative to the file."""

    media: FilePath
    segment: Tied


class ProjectFile(In):
    """A whole project as YAML or JSON, in the API's words."""

    name: Name
    description: LongText = ""
    settings: Settings = Field(default_factory=Settings)
    segments: list[FileSegment] = Field(min_length=1, max_length=2000)
    images: list[FileImage] = Field(default_factory=list, max_length=MOST_OVERLAYS)
    captions: list[FileCaptions] = Field(default_factory=list, max_length=20)
    text: list[FileText] = Field(default_factory=list, max_length=MOST_OVERLAYS)
    audio: list[FileAudio] = Field(default_factory=list, max_length=1000)
