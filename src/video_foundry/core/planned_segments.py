"""What a plan says of each segment and of the pictures for it, and what of that is hashed into the
plan's digest. How it comes about is decided in `plan`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from video_foundry.core.asks import Ask, Picture, needed_first
from video_foundry.core.chains import PlannedFallback, chain_from, price_of_request
from video_foundry.core.composition import Source
from video_foundry.core.effects import canonical as canonical_effects
from video_foundry.core.money import Price
from video_foundry.core.reasons import Action, Reason
from video_foundry.core.timeline import TimelineSegment


@dataclass(frozen=True, kw_only=True)
class PlannedPicture:
    """A picture that a clip begins or ends with, and that a model makes. field: the parameter that
    it is for. digest: of the picture, where it is there. price: nothing where it is, or where
    somebody pays for it already."""

    field: str
    action: Literal["reuse", "generate"]
    reason: Reason
    model: str
    prompt: str
    price: Price
    seconds: float
    fingerprint: str
    digest: str | None = None
    is_under_way: bool = False


@dataclass(frozen=True, kw_only=True)
class PlannedSegment:
    """What happens to one segment. frames: None while only the model knows. seconds: estimate.
    model, fingerprint: of the request that is answered or sent first. price: of all of it, up to
    the dearest of those that may be sent, with the pictures. model_note: what the name in the
    segment means, where it is not the model's own. pictures: what is made for the clip first.
    fallbacks: what is sent where that is refused, in order; nothing where a clip is there."""

    segment_id: str
    order_index: int
    action: Action
    reason: Reason
    model: str | None
    price: Price
    seconds: float
    frames: int | None
    fingerprint: str | None
    digest: str | None
    is_under_way: bool = False
    model_note: str | None = None
    pictures: tuple[PlannedPicture, ...] = ()
    fallbacks: tuple[PlannedFallback, ...] = ()


def identity_of_segment(
    segment: TimelineSegment, planned: PlannedSegment, results: Mapping[str, Source]
) -> dict[str, Any]:
    """For a plan's digest: what is done for a segment, and with its clip."""
    return {
        "segment": planned.segment_id,
        "action": planned.action,
        "request": planned.fingerprint,
        "clip": planned.digest,
        "price": _list_price(segment, planned),
        "frames": planned.frames,
        "trim": segment.trim and asdict(segment.trim),
        "transition": segment.transition and asdict(segment.transition),
        "effects": canonical_effects(segment.effects),
        "sound": asdict(segment.sound),
        **_identity_of_the_rest(segment, planned, results),
    }


def _list_price(segment: TimelineSegment, planned: PlannedSegment) -> list[Any] | None:
    if planned.action != "generate":
        return None
    sent = (a for a in segment.asks if a.request.fingerprint == planned.fingerprint)
    return _plain_price(price_of_request(next(sent)))


def _plain_price(price: Price) -> list[Any]:
    return [price.low, price.high, price.currency, price.is_known]


def _identity_of_the_rest(
    segment: TimelineSegment, planned: PlannedSegment, results: Mapping[str, Source]
) -> dict[str, Any]:
    """Requests that may be sent instead, and pictures that are to be made, with their list prices;
    nothing where there are none. What is under way counts like what is not."""
    if planned.action != "generate":
        return {}
    asks = chain_from(segment, results, planned.fingerprint)
    pictures = [p for mark, p in needed_first(asks).items() if mark not in results]
    asked: list[Ask | Picture] = [*asks[1:], *pictures]
    listed = [[one.request.fingerprint, _plain_price(price_of_request(one))] for one in asked]
    return {"besides": listed} if listed else {}
