"""What the formats for other editing programs are, and what each leaves out of a film."""

from typing import Self

from pydantic import Field

from video_foundry.api.schemas.base import Out
from video_foundry.core.interchange_formats import FormatName
from video_foundry.services.interchange import Offer, Offered


class InterchangeFormat(Out):
    """One format for this project."""

    name: FormatName
    title: str
    extension: str
    programs: str = Field(description="That are known to read such files.")
    losses: list[str] = Field(
        description="What of the film the format does not hold: a sentence each, naming the "
        "segment, sound or image."
    )
    refused: str | None = Field(description="Why the film cannot be written so; null: it can.")

    @classmethod
    def of(cls, offered: Offered) -> Self:
        """From a value."""
        return cls(
            name=offered.form.name,
            title=offered.form.title,
            extension=offered.form.extension,
            programs=offered.form.programs,
            losses=list(offered.losses),
            refused=offered.refused,
        )


class Interchange(Out):
    """Every format that the project's film can be taken to other editors in."""

    formats: list[InterchangeFormat]
    files: int = Field(description="Clips, sounds and images that the timeline names.")
    size: int = Field(description="Bytes of all of them.")
    missing: list[int] = Field(description="Segments without a clip, counted from 1.")

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """From a value."""
        return cls(
            formats=[InterchangeFormat.of(one) for one in offer.formats],
            files=offer.files,
            size=offer.size,
            missing=list(offer.missing),
        )
