"""What renders, takes and retries ask for, and whether it may be: no use case lives here."""

from decimal import Decimal

from video_foundry.core.catalogue import ModelEntry, price_of
from video_foundry.core.fairness import Priority
from video_foundry.core.money import Price
from video_foundry.core.request import GenerationRequest
from video_foundry.errors import BadInput, PaymentRefused
from video_foundry.jobs.enqueue import NewJob


def generation(
    request: GenerationRequest,
    entry: ModelEntry,
    *,
    project_id: str,
    segment_id: str,
    is_standalone: bool = False,
    priority: Priority = "normal",
    has_stand_in: bool = False,
) -> NewJob:
    """The job of this request, for a clip or a picture. The canonical request travels in the row.
    has_stand_in: another model is asked where it is refused."""
    fingerprint = request.fingerprint
    return NewJob(
        kind="generate",
        fingerprint=fingerprint,
        base_fingerprint=request.base_fingerprint if request.variation else fingerprint,
        payload={"request": request.to_json(), **_unless_video(entry)},
        project_id=project_id,
        segment_id=segment_id,
        model=entry.id,
        price=price_of(entry, request.submit_params(entry)),
        is_standalone=is_standalone,
        priority=priority,
        has_stand_in=has_stand_in,
    )


def _unless_video(entry: ModelEntry) -> dict[str, str]:
    return {} if entry.makes == "video" else {"makes": entry.makes}


def check_price(price: Price, max_cost: Decimal | None) -> None:
    """Raise PaymentRefused when `price` may exceed `max_cost`, or is not known."""
    if max_cost is None:
        return
    if not price.is_known:
        raise PaymentRefused(
            "the price of this is not known, so it cannot be kept under max_cost",
            field="max_cost",
            fix="leave max_cost out to accept an unknown price, or choose a model with a price",
        )
    if price.high > max_cost:
        raise PaymentRefused(
            f"this may cost up to {price.high:f} {price.currency}, over your limit of "
            f"{max_cost:f} {price.currency}; nothing was started",
            field="max_cost",
            fix=f"raise max_cost to {price.high:f}, or change the segments that cost most",
        )


def check_available(entry: ModelEntry, unavailable: str | None) -> None:
    """Raise BadInput when the model cannot be used now."""
    if unavailable is not None:
        raise BadInput(
            f"{entry.id}: {unavailable}",
            field="model_params.model",
            code="model_unavailable",
        )
