"""Projects and project files on the wire."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from video_foundry.api.schemas.base import (
    In,
    LongText,
    ModelParams,
    Name,
    Out,
    Partial,
    Prompt,
)
from video_foundry.api.schemas.effects import (
    AudioFields,
    CaptionLook,
    ImageFields,
    TextFields,
)
from video_foundry.api.schemas.output import (
    Output,
    OutputOut,
    Settings,
    SettingsOut,
    SettingsUpdate,
)
from video_foundry.api.schemas.segment import Segment, Treatment, TrimBody
from video_foundry.core.outputs import MOST_OUTPUTS
from video_foundry.core.titles import MOST_OVERLAYS
from video_foundry.services.context import MOST_SEGMENTS
from video_foundry.services.projects import ProjectSummary
from video_foundry.services.views import ProjectView

Outputs = Annotated[
    list[Output],
    Field(
        max_length=MOST_OUTPUTS,
        default_factory=list,
        description="What else is made, beside the main film that `settings` describe.",
    ),
]


class ProjectCreate(In):
    """A new project."""

    name: Name
    description: LongText = ""
    settings: Settings = Field(default_factory=Settings)
    outputs: Outputs


class ProjectUpdate(Partial):
    """A partial edit; settings that are not named stay as they are. outputs: all of them."""

    name: Name = Field(default="-")
    description: LongText = ""
    settings: SettingsUpdate = Field(default_factory=SettingsUpdate)
    outputs: Outputs


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
    outputs: list[OutputOut]
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
            outputs=[OutputOut.of(one) for one in row.outputs or ()],
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
    encoding: str | None = Field(
        default=None, max_length=40, description="Of a file that is neither UTF-8 nor UTF-16."
    )


class FileAudio(AudioFields):
    """A sound of a project file; `media` is a path relative to the file."""

    media: FilePath
    segment: Tied


class ProjectFile(In):
    """A whole project as YAML or JSON, in the API's words."""

    name: Name
    description: LongText = ""
    settings: Settings = Field(default_factory=Settings)
    outputs: Outputs
    segments: list[FileSegment] = Field(min_length=1, max_length=MOST_SEGMENTS)
    images: list[FileImage] = Field(default_factory=list, max_length=MOST_OVERLAYS)
    captions: list[FileCaptions] = Field(default_factory=list, max_length=20)
    text: list[FileText] = Field(default_factory=list, max_length=MOST_OVERLAYS)
    audio: list[FileAudio] = Field(default_factory=list, max_length=1000)
