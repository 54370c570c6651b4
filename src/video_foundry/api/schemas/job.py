"""Single generations on the wire: how they stand, what a person decides about them, and what
further takes would be and cost."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import Field

from video_foundry.api.schemas.base import In, Out, PriceOut
from video_foundry.api.schemas.segment import price_of
from video_foundry.core.asks import Ask
from video_foundry.core.chains import price_of_request
from video_foundry.core.money import Price
from video_foundry.services._takes import PlannedTakes
from video_foundry.services.cancelling import Cancelled, Ending


class ResolveBody(In):
    """A person's decision about a generation that waits for one."""

    action: Literal["fetch", "resubmit", "abandon"] = Field(
        description="`fetch`: ask the provider again for what it has, which costs nothing; only "
        "where it has named the generation. `resubmit`: send it again; it may be paid twice. "
        "`abandon`: give it up."
    )


class JobOut(Out):
    """One unit of work and how it stands."""

    id: str
    kind: str
    state: str
    model: str | None
    segment_id: str | None
    attempt: int
    error_code: str | None
    error_message: str | None
    created_at: datetime
    updated_at: datetime


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
