"""Texts, captions, images and sounds on the wire. What belongs to an item's kind stands in
`effects`."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field

from video_foundry.api.schemas.base import In, Out, Partial
from video_foundry.api.schemas.effects import (
    AudioFields,
    CaptionFields,
    Effect,
    ImageFields,
    TextFields,
)
from video_foundry.db.tables import ItemRow
from video_foundry.services._edit import ItemContent

Segment = Annotated[
    UUID | None,
    Field(default=None, description="Tie it to this segment: its times then count from there."),
]
Media = Annotated[UUID, Field(description="Id of an uploaded file.")]


class _Item(In):
    def content(self) -> ItemContent:
        """What the item is."""
        told = self.model_dump(exclude_unset=True)
        media, segment = told.pop("media", None), told.pop("segment", None)
        kind = told.pop("kind")
        return ItemContent(
            kind=kind,
            data=told,
            media_id=str(media) if media else None,
            segment_id=str(segment) if segment else None,
        )


class TextItem(TextFields, _Item):
    """A text over the film."""

    kind: Literal["text"]
    segment: Segment


class ImageItem(ImageFields, _Item):
    """An image over the film."""

    kind: Literal["image"]
    media: Media
    segment: Segment


class CaptionItem(CaptionFields, _Item):
    """Captions: drawn into the picture, as a track of the film, or both, as `show` says."""

    kind: Literal["caption"]


class AudioItem(AudioFields, _Item):
    """A sound on the film."""

    kind: Literal["audio"]
    media: Media
    segment: Segment


NewItem = Annotated[TextItem | ImageItem | CaptionItem | AudioItem, Field(discriminator="kind")]


class ItemUpdate(Partial):
    """A partial edit: only the fields that are sent change. `kind` says which fields there are;
    `unset` names those that are to be as if they had never been given."""

    kind: Literal["text", "image", "caption", "audio"]
    media: UUID | None = None
    segment: UUID | None = None
    fields: dict[str, Any] = Field(
        default_factory=dict, description="Fields of the item's kind, as when it was added."
    )
    unset: list[Annotated[str, Field(max_length=60)]] = Field(default_factory=list, max_length=40)

    def change(self) -> tuple[dict[str, Any], dict[str, str | None]]:
        """(fields, what it is tied to). Raises ValidationError for fields that cannot be."""
        kind = FIELDS[self.kind]
        named = {name: self.fields[name] for name in self.fields}
        whole = kind.model_validate({**_LEAST.get(self.kind, {}), **named})
        told = whole.model_dump(exclude_unset=True)
        tied: dict[str, str | None] = {}
        if "media" in self.model_fields_set:
            tied["media_id"] = str(self.media) if self.media else None
        if "segment" in self.model_fields_set:
            tied["segment_id"] = str(self.segment) if self.segment else None
        return {name: told[name] for name in named}, tied


FIELDS: dict[str, type[Effect]] = {
    "text": TextFields,
    "image": ImageFields,
    "caption": CaptionFields,
    "audio": AudioFields,
}
_LEAST: dict[str, dict[str, Any]] = {"text": {"text": "-"}, "caption": {"captions": "-"}}


class Item(Out):
    """What lies beside the segments. fields: those of its kind, as they were given."""

    id: str
    project_id: str
    kind: Literal["text", "image", "caption", "audio"]
    media: str | None
    segment: str | None
    fields: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: ItemRow) -> Self:
        """From a row."""
        return cls.model_validate(
            {
                "id": row.id,
                "project_id": row.project_id,
                "kind": row.kind,
                "media": row.media_id,
                "segment": row.segment_id,
                "fields": row.data,
                "created_at": row.created_at,
                "updated_at": row.updated_at,
            }
        )


class ItemOrder(In):
    """The wanted order, from the lowest to the topmost: every item of the project, once."""

    item_ids: list[UUID] = Field(max_length=20_000)
