"""Render jobs, models, media and events on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field

from video_foundry.api.schemas.base import PRIORITY_WORDS, Amount, In, MaxCost, Out, PriceOut
from video_foundry.api.schemas.output import readable_rate
from video_foundry.api.schemas.segment import (
    Cost,
    asset_url,
    duration_of,
    thumbnail_url,
)
from video_foundry.core.catalogue import Idempotency, Kind, ModelEntry
from video_foundry.core.catalogue import Output as Made
from video_foundry.core.fairness import Priority
from video_foundry.core.outputs import MAIN, MOST_OUTPUTS, OutputKind
from video_foundry.core.plan import Plan
from video_foundry.core.profile import Quality, VideoCodec
from video_foundry.db.tables import EventRow
from video_foundry.services.render_views import OutputView, RenderView, StepState
from video_foundry.services.views import MediaView

RenderStatus = Literal[
    "pending",
    "processing",
    "compositing",
    "completed",
    "failed",
    "cancelled",
    "needs_attention",
]


OutputNames = Annotated[
    list[Annotated[str, Field(max_length=80)]] | None,
    Field(
        default=None,
        max_length=MOST_OUTPUTS + 1,
        description="Names of the outputs to make, `main` for the main film; null for all of them.",
        examples=[["main", "vertical"]],
    ),
]


class PlanRequest(In):
    """What to plan for."""

    outputs: OutputNames


class RenderRequest(In):
    """Which plan to carry out, and what it may cost at most."""

    plan_digest: str | None = Field(default=None, max_length=64, pattern="^[0-9a-f]{64}$")
    max_cost: MaxCost
    priority: Priority = Field(default="normal", description=PRIORITY_WORDS)
    outputs: OutputNames


class RenderOutput(Out):
    """One output of a render. url: of its file, null until it is there, or when it was removed to
    make room (`was_made` then is true). digest: of that file, as a plan names what is there.
    codec, quality: null of an animated picture."""

    name: str
    kind: OutputKind
    width: int
    height: int
    fps: int | str
    codec: VideoCodec | None
    quality: Quality | None
    container: str
    content_type: str
    was_made: bool
    url: str | None
    digest: str | None
    poster_url: str | None
    size: int | None
    frames: int | None
    duration_seconds: float | None

    @classmethod
    def of(cls, view: OutputView, render: RenderView) -> Self:
        """From a use case's answer."""
        output, artifact = view.output, view.artifact
        profile, is_film = output.profile, output.animated is None
        facts = artifact.facts if artifact else {}
        width, height = output.size
        return cls(
            name=output.name,
            kind=output.kind,
            width=width,
            height=height,
            fps=readable_rate(output.rate),
            codec=profile.codec if is_film else None,
            quality=profile.quality if is_film else None,
            container=output.container,
            content_type=output.content_type,
            was_made=view.was_made,
            url=output_url(render.row.id, output.name) if artifact else None,
            digest=artifact.digest if artifact else None,
            poster_url=thumbnail_url(artifact) or thumbnail_url(artifact and render.master),
            size=artifact.size if artifact else None,
            frames=facts.get("frames"),
            duration_seconds=duration_of(artifact),
        )


def output_url(render_id: str, name: str) -> str:
    """Where an output's file is served; the main film's has been there for longer."""
    return f"/api/render-jobs/{render_id}/{'video' if name == MAIN else f'outputs/{name}'}"


class RenderStep(Out):
    """One composing step of a render. segment: its index in the film, null for what concerns all of
    it. seconds: of picture that it encodes. progress: share done, 0 to 1."""

    kind: str
    segment: int | None
    outputs: list[str]
    seconds: float
    state: StepState
    progress: float
    error_code: str | None
    error_message: str | None


class RenderedSegment(Out):
    """A segment that a render generated. number: its place in the film, from 1. why: what was
    changed about it, in words."""

    segment_id: str
    number: int
    why: str


class RenderWorkOut(Out):
    """What a render makes and what it keeps, as its plan says. words: all of it in a sentence.
    generated, kept: segments. pictures: made for clips first. named: the first of those generated.
    encoded: segments whose own picture was encoded; pieces: those where a transition begins or a
    title lies; titles: drawn. encode_seconds: of picture encoded, film_seconds: of the main film;
    null while a model decides how long its clip will be."""

    words: str
    generated: int
    kept: int
    pictures: int
    named: list[RenderedSegment]
    encoded: int
    pieces: int
    titles: int
    is_mixed: bool
    encode_seconds: float | None
    film_seconds: float | None


class RenderNotice(Out):
    """What is odd about the clip that a render shows for a segment, in words. number: its place in
    the film, from 1."""

    segment_id: str
    number: int
    message: str


class RenderJob(Out):
    """A render and how it stands. segments_total: generations it needs. seconds_total: of picture
    to encode, thereof seconds_done; null while a model decides how long its clip will be.
    cost_actual: what it has cost so far, in the currency of its estimate; other_costs: and what was
    billed in other ones. notices: what is odd about its clips."""

    id: str
    project_id: str
    status: RenderStatus
    priority: Priority
    segments_total: int
    segments_completed: int
    segments_reused: int
    progress: float
    seconds_total: float | None
    seconds_done: float | None
    outputs: list[RenderOutput]
    video_url: str | None
    poster_url: str | None
    cost_estimate: PriceOut
    cost_actual: Cost
    other_costs: list[Cost]
    cost_is_known: bool
    work: RenderWorkOut
    notices: list[RenderNotice]
    frames: int | None
    duration_seconds: float | None
    error_code: str | None
    error_message: str | None
    plan_digest: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, view: RenderView) -> Self:
        """From a use case's answer."""
        row, master = view.row, view.master
        code, message = view.trouble
        return cls(
            id=row.id,
            project_id=row.project_id,
            status=cast(RenderStatus, view.status),
            priority=cast(Priority, row.priority),
            segments_total=row.segments_total,
            segments_completed=row.segments_completed,
            segments_reused=row.segments_reused,
            progress=view.progress,
            seconds_total=None if row.seconds_total is None else round(row.seconds_total, 6),
            seconds_done=view.seconds_done,
            outputs=[RenderOutput.of(one, view) for one in view.outputs],
            video_url=output_url(row.id, MAIN) if master else None,
            poster_url=thumbnail_url(master),
            cost_estimate=PriceOut.of(view.price),
            cost_actual=Cost.model_validate(view.cost_actual),
            other_costs=[Cost.model_validate(one) for one in view.other_costs],
            cost_is_known=view.cost_is_known,
            work=RenderWorkOut.model_validate(view.work),
            notices=[RenderNotice.model_validate(one) for one in view.notices],
            frames=master.facts.get("frames") if master else None,
            duration_seconds=duration_of(master),
            error_code=code,
            error_message=message,
            plan_digest=row.plan_digest,
            created_at=row.created_at,
            updated_at=row.updated_at,
            finished_at=row.finished_at,
        )


class RenderDetail(RenderJob):
    """A render with the plan that it carries out."""

    plan: Plan

    @classmethod
    def of(cls, view: RenderView) -> Self:
        """From a use case's answer."""
        return cls(**RenderJob.of(view).model_dump(), plan=view.plan)


class PriceRowOut(Out):
    """A list price."""

    amount: Amount
    unit: str
    currency: str
    when: dict[str, Any]
    as_of: date | None
    source: str | None


class Model(Out):
    """A model of the catalogue. parameters: JSON Schema. typical_seconds: fixed, per second. kinds:
    what a clip can be made from. idempotency: what becomes of a submit of unclear outcome.
    retired_reason: why it cannot be used any more. evidence: how what stands here is known."""

    id: str
    title: str
    summary: str
    provider: str
    aliases: list[str]
    alias_notes: dict[str, str]
    parameters: dict[str, Any]
    prices: list[PriceRowOut]
    is_available: bool
    unavailable_reason: str | None
    is_local: bool
    is_retired: bool
    is_simulated: bool
    typical_seconds: tuple[float, float]
    prompt_characters: int
    makes: Made
    kinds: list[Kind]
    idempotency: Idempotency
    available_from: date | None
    available_until: date | None
    successor: str | None
    retired_reason: str | None
    evidence: str

    @classmethod
    def of(cls, entry: ModelEntry, unavailable: str | None) -> Self:
        """From a catalogue entry."""
        return cls(
            id=entry.id,
            title=entry.title,
            summary=entry.summary,
            provider=entry.provider,
            aliases=list(entry.aliases),
            alias_notes=dict(entry.alias_notes),
            parameters=dict(entry.parameters),
            prices=[PriceRowOut.model_validate(p) for p in entry.prices],
            is_available=unavailable is None,
            unavailable_reason=unavailable,
            is_local=entry.is_local,
            is_retired=entry.retired is not None,
            is_simulated=entry.is_simulated,
            typical_seconds=entry.typical_seconds,
            prompt_characters=entry.prompt_characters,
            makes=entry.makes,
            kinds=list(entry.kinds),
            idempotency=entry.idempotency,
            available_from=entry.available_from,
            available_until=entry.available_until,
            successor=entry.successor,
            retired_reason=entry.retired,
            evidence=entry.evidence,
        )


class Models(Out):
    """The catalogue."""

    models: list[Model]


class Media(Out):
    """An uploaded file."""

    id: str
    kind: Literal["video", "image", "sound", "lut"]
    digest: str
    filename: str
    content_type: str
    size: int
    width: int
    height: int
    duration_seconds: float | None
    has_audio: bool
    url: str | None
    thumbnail_url: str | None
    created_at: datetime

    @classmethod
    def of(cls, view: MediaView) -> Self:
        """From a use case's answer."""
        facts = view.artifact.facts
        return cls(
            id=view.row.id,
            kind=facts["kind"],
            digest=view.artifact.digest,
            filename=view.row.filename,
            content_type=view.artifact.content_type,
            size=view.artifact.size,
            width=facts["width"],
            height=facts["height"],
            duration_seconds=duration_of(view.artifact),
            has_audio=facts["has_audio"],
            url=asset_url(view.artifact),
            thumbnail_url=thumbnail_url(view.artifact),
            created_at=view.row.created_at,
        )


class EventOut(Out):
    """An event as it goes over a WebSocket. seq null: a live tick that is not stored."""

    seq: int | None
    type: str
    at: datetime
    data: dict[str, Any]

    @classmethod
    def of(cls, row: EventRow) -> Self:
        """From a row."""
        return cls(seq=row.seq, type=row.type, at=row.created_at, data=row.data)


class Health(Out):
    """Whether the process is alive."""

    status: Literal["ok"]
    version: str


class Readiness(Out):
    """Whether the server can do its work, part by part ("ok" or what is wrong)."""

    ready: bool
    checks: dict[str, str]
