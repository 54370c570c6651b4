"""Single generations on the wire: how they stand, what a person decides about them, and what
further takes would be and cost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from video_foundry.api.schemas.base import (
    PRIORITY_WORDS,
    In,
    MaxCost,
    Out,
    PriceOut,
    PurchaseId,
)
from video_foundry.api.schemas.segment import price_of
from video_foundry.core.asks import Ask
from video_foundry.core.chains import price_of_request
from video_foundry.core.fairness import Priority
from video_foundry.core.money import Price
from video_foundry.core.request import GenerationRequest
from video_foundry.db.doubts import Doubt
from video_foundry.jobs.held import is_held
from video_foundry.services._takes import PlannedTakes
from video_foundry.services.cancelling import Cancelled, Ending
from video_foundry.services.context import MOST_SEGMENTS


class ResolveBody(In):
    """A person's decision about a generation that waits for one."""

    action: Literal["fetch", "resubmit", "abandon"] = Field(
        description="`fetch`: ask the provider again for what it has, which costs nothing; only "
        "where it has named the generation. `resubmit`: send it again; it may be paid twice. "
        "`abandon`: give it up."
    )
    epoch: int | None = Field(
        default=None,
        ge=0,
        description="The `epoch` of the job that was looked at. One that was taken up since is "
        "left as it is, and the answer says so: what is sent twice decides once. Null decides "
        "about the job as it is now.",
    )
    max_cost: MaxCost


class JobOut(Out):
    """One unit of work and how it stands."""

    id: str
    kind: str
    state: str
    model: str | None
    segment_id: str | None
    attempt: int
    epoch: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    updated_at: datetime


class DoubtfulJob(Out):
    """A generation that waits for a person's decision. price: what it may cost, or may have cost.
    can_fetch: its provider can be asked for it again for nothing. epoch: what a decision about it
    names. since: when it came to wait. segment_id, project_id: for which it was asked for first,
    null where that was deleted."""

    id: str
    state: str
    model: str | None
    prompt: str
    price: PriceOut
    can_fetch: bool
    epoch: int
    error_code: str | None
    error_message: str | None
    segment_id: str | None
    project_id: str | None
    since: datetime
    created_at: datetime

    @classmethod
    def of(cls, doubt: Doubt) -> Self:
        """From a use case's answer."""
        job = doubt.job
        return cls(
            id=job.id,
            state=job.state,
            model=job.model,
            prompt=GenerationRequest.from_json(job.payload["request"]).prompt,
            price=price_of(job),
            can_fetch=is_held(job),
            epoch=job.epoch,
            error_code=job.error_code,
            error_message=job.error_message,
            segment_id=doubt.segment_id,
            project_id=doubt.project_id,
            since=job.updated_at,
            created_at=job.created_at,
        )


class GenerateBody(In):
    """For which segments to make the clips that they need, and what all of it may cost at most."""

    id: PurchaseId
    segment_ids: list[UUID] = Field(min_length=1, max_length=MOST_SEGMENTS)
    max_cost: MaxCost
    priority: Priority = Field(default="normal", description=PRIORITY_WORDS)


class Generated(Out):
    """What makes the clips that segments need, in the order of the film; what is there already is
    not among it."""

    jobs: list[JobOut]


class CancelBody(In):
    """For which segment it is not wanted any more."""

    segment_id: UUID | None = Field(
        default=None, description="Needed only where several segments have asked for it."
    )


class CancelledJob(Out):
    """A generation after a cancel.

    ending: `cancelled`: nothing was sent, or its provider has stopped it. `stopping`: whoever works
    on it stops, and its provider is asked to; what comes all the same is kept as a take. `goes_on`:
    others want it, such as `render_ids`. `over`: it had ended before. may_cost: what it may be
    billed with all the same, null for nothing.
    """

    job: JobOut
    ending: Ending
    message: str
    may_cost: PriceOut | None
    render_ids: list[str]

    @classmethod
    def of(cls, done: Cancelled) -> Self:
        """From a use case's answer."""
        return cls(
            job=JobOut.model_validate(done.job),
            ending=done.ending,
            message=_words(done),
            may_cost=price_of(done.job) if done.may_cost else None,
            render_ids=list(done.renders),
        )


def _words(done: Cancelled) -> str:
    match done.ending:
        case "cancelled":
            return "cancelled before it was sent: it costs nothing"
        case "stopping" if done.may_cost:
            return (
                "its provider is asked to stop; where it cannot, the take is finished, billed and "
                "kept"
            )
        case "stopping":
            return "it is stopped before it is sent: it costs nothing"
        case "goes_on" if done.renders:
            return "a render waits for it; cancel the render to stop it"
        case "goes_on":
            return "it goes on, because another segment has asked for the same"
        case "over":
            return f"it was over before: {done.job.state}"


class PlannedStandIn(Out):
    """A request that is sent only where those before it are refused."""

    model: str
    price: PriceOut


class PlannedTake(Out):
    """One take that would be made. seed: that it would be sent with, null where its model draws its
    own. price: of its clip, stand-ins included."""

    model: str
    variation: int
    seed: int | None
    price: PriceOut
    fallbacks: list[PlannedStandIn]


class TakesPrice(Out):
    """What new takes would be and cost. price: of all together, with pictures that are made for
    them first; its `high` is what `max_cost` is compared with. seconds: how long it usually takes
    until all of them are there."""

    price: PriceOut
    pictures: PriceOut
    seconds: float
    takes: list[PlannedTake]

    @classmethod
    def of(cls, planned: PlannedTakes) -> Self:
        """From a use case's answer."""
        pairs = zip(planned.chains, planned.clip_prices, strict=True)
        return cls(
            price=PriceOut.of(planned.price),
            pictures=PriceOut.of(planned.pictures_price),
            seconds=planned.seconds,
            takes=[_take(chain[0], chain[1:], price) for chain, price in pairs],
        )


def _take(first: Ask, others: Sequence[Ask], price: Price) -> PlannedTake:
    seed = first.request.submit_params(first.entry).get("seed")
    return PlannedTake(
        model=first.entry.id,
        variation=first.request.variation,
        seed=seed if isinstance(seed, int) else None,
        price=PriceOut.of(price),
        fallbacks=[
            PlannedStandIn(model=one.entry.id, price=PriceOut.of(price_of_request(one)))
            for one in others
        ],
    )
