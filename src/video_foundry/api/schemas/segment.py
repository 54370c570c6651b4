"""Segments and takes on the wire."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Any, Literal, Self, TypeVar, cast
from uuid import UUID

from pydantic import Field, model_validator

from video_foundry.api.schemas.base import (
    MAX_PROMPT,
    PRIORITY_WORDS,
    Amount,
    In,
    MaxCost,
    ModelParams,
    Out,
    Partial,
    PriceOut,
    Prompt,
    PurchaseId,
)
from video_foundry.api.schemas.effects import (
    Effect,
    FramingBody,
    LookBody,
    RetimeBody,
    SoundBody,
    TransitionBody,
    readable,
)
from video_foundry.core.composition import Trim
from video_foundry.core.effects import from_json as effects_from_json
from video_foundry.core.fairness import Priority
from video_foundry.core.request import GenerationRequest
from video_foundry.core.sound_json import shape_from_json
from video_foundry.core.timebase import LONGEST_FILM
from video_foundry.core.transitions import read_transition
from video_foundry.db.facts import seconds_of, trim_from_json
from video_foundry.db.tables import ArtifactRow, JobRow
from video_foundry.jobs.held import is_held
from video_foundry.services._edit import MAX_ORDER_INDEX, SegmentContent
from video_foundry.services._generation import price_of_job
from video_foundry.services._segments import SegmentChange, effective_choice
from video_foundry.services.context import MOST_SEGMENTS
from video_foundry.services.views import SegmentView, TakeView

Moment = Annotated[float, Field(le=float(LONGEST_FILM), allow_inf_nan=False)]

OrderIndex = Annotated[
    int, Field(strict=True, ge=0, le=MAX_ORDER_INDEX, description="Place in the film, from 0.")
]


Text = Annotated[str, Field(max_length=MAX_PROMPT)]


class TrimBody(In):
    """The part of the clip that is used, in seconds from its start."""

    start: Moment = Field(default=0, ge=0)
    end: Annotated[Moment, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end is not None and self.end <= self.start:
            raise ValueError("end must be after start; give a later end")
        return self

    def value(self) -> Trim:
        """The exact trim."""
        end = Fraction(str(self.end)) if self.end is not None else None
        return Trim(start=Fraction(str(self.start)), end=end)

    @classmethod
    def of(cls, trim: Trim | None) -> Self | None:
        """The trim as it goes over the wire."""
        if trim is None:
            return None
        return cls(start=float(trim.start), end=float(trim.end) if trim.end is not None else None)


class Treatment(In):
    """What is done to a segment's clip; null for nothing."""

    transition: TransitionBody | None = Field(
        default=None, description="Into the next segment; null for a cut."
    )
    retime: RetimeBody | None = None
    framing: FramingBody | None = None
    look: LookBody | None = None
    sound: SoundBody | None = None

    def treatment(self, where: str = "") -> Mapping[str, Any]:
        """What was said of it, as values by column: transition, effects (each part by its name),
        sound. Raises BadInput."""
        return treatment_of(self, where)


def treatment_of(body: Treatment, where: str) -> dict[str, Any]:
    """See `Treatment.treatment`. where: what stands before the fields in errors."""
    told = {name: getattr(body, name) for name in TREATMENT if name in body.model_fields_set}
    found: dict[str, Any] = {}
    if "transition" in told:
        one = told["transition"]
        found["transition"] = one and read_transition(one.told(), field=f"{where}transition")
    for part in ("retime", "framing", "look"):
        if part in told:
            one = told[part]
            said = {part: one.told()} if one else {}
            effects = effects_from_json(said, field=where.removesuffix(".") or "segment")
            found[part] = getattr(effects, part)
    if "sound" in told:
        one = told["sound"]
        found["sound"] = shape_from_json(one.told() if one else {}, field=f"{where}sound")
    return found


TREATMENT = ("transition", "retime", "framing", "look", "sound")


class SegmentCreate(Treatment):
    """A new segment: a prompt with a model, or media of your own."""

    order_index: OrderIndex | None = None
    prompt: Prompt | None = None
    model_params: ModelParams = Field(default_factory=dict)
    media: UUID | None = Field(default=None, description="Id of an uploaded file.")
    trim: TrimBody | None = None

    @model_validator(mode="after")
    def _something_to_show(self) -> Self:
        if self.prompt is None and self.media is None:
            raise ValueError("a segment needs a prompt or media of its own; give it one of them")
        return self

    def content(self) -> SegmentContent:
        """What the segment is."""
        return SegmentContent(
            prompt=self.prompt or "",
            model_params=self.model_params,
            media_id=str(self.media) if self.media else None,
            trim=self.trim.value() if self.trim else None,
            treatment=self.treatment(),
        )


class SegmentUpdate(Partial, Treatment):
    """A partial edit: only the fields that are sent change."""

    order_index: OrderIndex = Field(default=0)
    prompt: Prompt = Field(default="-")
    model_params: ModelParams = Field(default_factory=dict)
    media: UUID | None = None
    trim: TrimBody | None = None

    def change(self) -> SegmentChange:
        """The edit."""
        is_moved = "order_index" in self.model_fields_set
        return change_of(self, order_index=self.order_index if is_moved else None)


class SegmentFields(Partial, Treatment):
    """Fields of a segment, any of them."""

    prompt: Text = ""
    model_params: ModelParams = Field(default_factory=dict)
    media: UUID | None = None
    trim: TrimBody | None = None

    def change(self) -> SegmentChange:
        """The fields that are named."""
        return change_of(self)


def change_of(
    body: SegmentUpdate | SegmentFields, *, order_index: int | None = None
) -> SegmentChange:
    """The edit that a body says: the fields that were sent."""
    given = body.model_fields_set
    return SegmentChange(
        given=frozenset("media_id" if name == "media" else name for name in given),
        order_index=order_index,
        prompt=body.prompt if "prompt" in given else None,
        model_params=body.model_params if "model_params" in given else None,
        media_id=str(body.media) if body.media else None,
        trim=body.trim.value() if body.trim else None,
        treatment=body.treatment(),
    )


class Reorder(In):
    """The wanted order: every segment of the project, once."""

    segment_ids: list[UUID] = Field(max_length=MOST_SEGMENTS)


SegmentStatus = Literal["pending", "generating", "completed", "failed", "needs_attention"]


class OpenJob(Out):
    """A generation that has not ended. price: what it may cost, or may have cost. can_fetch: it
    waits for a person, and its provider can be asked again for nothing. epoch: what a decision
    about it names, another one each time that it is taken up. error_*: what it met, or what it
    waits for."""

    id: str
    state: str
    model: str | None
    price: PriceOut
    can_fetch: bool
    epoch: int
    error_code: str | None
    error_message: str | None
    created_at: datetime

    @classmethod
    def of(cls, view: SegmentView, job: JobRow) -> Self:
        """From a row."""
        code, message = view.trouble(job)
        return cls(
            id=job.id,
            state=job.state,
            model=job.model,
            price=price_of(job),
            can_fetch=is_held(job),
            epoch=job.epoch,
            error_code=code,
            error_message=message,
            created_at=job.created_at,
        )


def price_of(job: JobRow) -> PriceOut:
    """What a generation may cost."""
    return PriceOut.of(price_of_job(job))


class Segment(Out):
    """A segment and how it stands. duration_seconds: of the clip it shows now; notice: what is odd
    about that clip, null for nothing. job_price: of what it asks for, while that waits or is under
    way; can_fetch, job_epoch: as of an OpenJob. other_jobs: open ones for what it asked before, or
    for takes made on purpose. take_id, take_number: of the take it shows. take_count: clips to
    choose from. chosen_take_id: the take that somebody put into the cut, while it holds for what is
    asked for now. is_changed: there are takes, but none of what it asks for now; the plan says what
    differs."""

    id: str
    project_id: str
    order_index: int
    prompt: str
    model_params: dict[str, Any]
    media: str | None
    trim: TrimBody | None
    transition: TransitionBody | None
    retime: RetimeBody | None
    framing: FramingBody | None
    look: LookBody | None
    sound: SoundBody | None
    status: SegmentStatus
    progress: float | None
    asset_url: str | None
    thumbnail_url: str | None
    duration_seconds: float | None
    notice: str | None
    take_id: str | None
    take_number: int | None
    chosen_take_id: str | None
    take_count: int
    pinned: bool
    is_changed: bool
    error_code: str | None
    error_message: str | None
    job_id: str | None
    job_price: PriceOut | None
    can_fetch: bool
    job_epoch: int | None
    other_jobs: list[OpenJob]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: SegmentView) -> Self:
        """From a use case's answer."""
        row, job = view.row, view.job
        troubled = view.status in ("failed", "needs_attention") and job is not None
        waiting = view.status == "generating" and job is not None
        code, message = view.trouble(job) if job and (troubled or waiting) else (None, None)
        return cls(
            id=row.id,
            project_id=row.project_id,
            order_index=row.order_index,
            prompt=row.prompt,
            model_params=row.model_params,
            media=row.media_id,
            trim=TrimBody.of(trim_from_json(row.trim)),
            transition=_body(TransitionBody, row.transition),
            retime=_body(RetimeBody, (row.effects or {}).get("retime")),
            framing=_body(FramingBody, (row.effects or {}).get("framing")),
            look=_body(LookBody, (row.effects or {}).get("look")),
            sound=_body(SoundBody, row.sound),
            status=cast(SegmentStatus, view.status),
            progress=view.progress,
            asset_url=asset_url(view.artifact),
            thumbnail_url=thumbnail_url(view.artifact),
            duration_seconds=duration_of(view.artifact),
            notice=view.notice,
            take_id=view.take_id,
            take_number=view.take_number,
            chosen_take_id=effective_choice(row),
            take_count=view.take_count,
            pinned=row.pinned,
            is_changed=view.is_changed,
            error_code=code,
            error_message=message,
            job_id=job.id if job else None,
            job_price=price_of(job) if job and (troubled or waiting) else None,
            can_fetch=job is not None and is_held(job),
            job_epoch=job.epoch if job else None,
            other_jobs=[OpenJob.of(view, other) for other in view.other_jobs],
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


Body = TypeVar("Body", bound=Effect)


def _body(kind: type[Body], stored: dict[str, Any] | None) -> Body | None:
    """A stored treatment as it goes over the wire."""
    return kind.model_validate(readable(stored)) if stored else None


def asset_url(artifact: ArtifactRow | None) -> str | None:
    """Where the bytes of an artifact are served."""
    return f"/api/artifacts/{artifact.digest}" if artifact else None


def thumbnail_url(artifact: ArtifactRow | None) -> str | None:
    """Where the small picture of an artifact is served."""
    if artifact is None or artifact.thumbnail_digest is None:
        return None
    return f"/api/thumbnails/{artifact.thumbnail_digest}"


def duration_of(artifact: ArtifactRow | None) -> float | None:
    """Seconds of a clip; None for no clip and for stills."""
    seconds = seconds_of(artifact) if artifact else None
    return round(float(seconds), 6) if seconds else None


class Cost(Out):
    """An exact amount of money."""

    amount: Amount
    currency: str = "USD"


class NewTakes(In):
    """How many new takes to make, and what they may cost at most."""

    id: PurchaseId
    count: int = Field(default=1, strict=True, ge=1, le=8)
    max_cost: MaxCost
    priority: Priority = Field(default="normal", description=PRIORITY_WORDS)
    keep_seed: bool = Field(
        default=False,
        strict=True,
        description="Give them the segment's seed; else each has one of its own. A model that "
        "keeps to its seed makes the same clip again.",
    )


class StartedTakes(Segment):
    """A segment for which takes are made. started: ids of the jobs that make them, the same however
    often they are asked for under one id."""

    started: list[str] = Field(default_factory=list)


class RetryBody(In):
    """What the retry may cost at most."""

    max_cost: MaxCost


class TakeChoice(In):
    """Which take to show; null goes back to the ordinary result."""

    take_id: UUID | None
    pinned: bool = Field(default=False, strict=True)


class Take(Out):
    """One result of a segment. variation: how far its seed was moved on from that of `params`,
    unless it keeps_seed. makes: `image` for a picture that its clip is made from, which cannot be
    put into the cut. notice: what is odd about its clip, null for nothing."""

    id: str
    segment_id: str
    number: int
    model: str
    prompt: str
    params: dict[str, Any]
    variation: int
    keeps_seed: bool
    makes: Literal["video", "image"]
    created_at: datetime
    asset_url: str | None
    thumbnail_url: str | None
    duration_seconds: float | None
    notice: str | None
    cost: Cost | None
    is_current: bool
    is_pinned: bool

    @classmethod
    def of(cls, view: TakeView) -> Self:
        """From a use case's answer."""
        made = view.generation
        request = GenerationRequest.from_json(made.request)
        cost = None
        if made.cost_amount is not None:
            cost = Cost(amount=made.cost_amount, currency=made.cost_currency or "USD")
        return cls(
            id=view.row.id,
            segment_id=view.row.segment_id,
            number=view.row.number,
            model=request.model,
            prompt=request.prompt,
            params=request.readable_params(),
            variation=request.variation,
            keeps_seed=request.keeps_seed,
            makes="image" if made.makes == "image" else "video",
            created_at=view.row.created_at,
            asset_url=asset_url(view.artifact),
            thumbnail_url=thumbnail_url(view.artifact),
            duration_seconds=duration_of(view.artifact),
            notice=view.notice,
            cost=cost,
            is_current=view.is_current,
            is_pinned=view.is_pinned,
        )
