"""What of a segment's requests a render would carry out: which is sent first, which stand in for
it, what pictures they need, and what that may cost. Pure; why it is so stands in the plan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from video_foundry.core.asks import Ask, Picture, needed_first
from video_foundry.core.catalogue import price_of, typical_seconds_of
from video_foundry.core.composition import Source
from video_foundry.core.money import NOTHING, Price, price_within, total_price
from video_foundry.core.request import GenerationRequest
from video_foundry.core.retarget import Moved
from video_foundry.core.timeline import TimelineSegment


@dataclass(frozen=True, kw_only=True)
class PlannedFallback:
    """A request that is sent only when those before it are refused. unavailable: why it would be
    passed over. lost, changed: what of the segment's parameters its model cannot take, or takes
    otherwise."""

    model: str
    fingerprint: str
    price: Price
    seconds: float
    unavailable: str | None = None
    lost: tuple[Moved, ...] = ()
    changed: tuple[Moved, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chain:
    """What is tried, in order; nothing where no model can be used. skipped: those before the first
    that are passed over. obstacle: what keeps the first of these from being sent, None where it was
    refused."""

    asks: tuple[Ask, ...]
    skipped: tuple[Ask, ...] = ()
    obstacle: str | None = None


def answer_of(segment: TimelineSegment, results: Mapping[str, Source]) -> Ask | None:
    """The best of a segment's requests that has a result."""
    return next((a for a in segment.asks if a.request.fingerprint in results), None)


def obstacle(ask: Ask, there: Collection[str]) -> str | None:
    """Why a request cannot be sent now: its model, or that of a picture it still needs. there:
    requests that have a result."""
    if ask.unavailable is not None:
        return ask.unavailable
    for one in missing_pictures(ask, there):
        if one.unavailable is not None:
            return f"its {words(one.field)} needs {one.entry.id}: {one.unavailable}"
    return None


def missing_pictures(ask: Ask, there: Collection[str]) -> tuple[Picture, ...]:
    """The pictures that must be made before a request can be sent, each once."""
    needed = needed_first([ask])
    return tuple(one for mark, one in needed.items() if mark not in there)


def chain_of(
    segment: TimelineSegment,
    results: Mapping[str, Source],
    under_way: Collection[str] = (),
    refused: Collection[str] = (),
) -> Chain:
    """What is tried for a segment without a clip. Where one is under way because those before it
    were refused, it comes first: nothing is sent beside it."""
    open_ = [a for a in segment.asks if obstacle(a, results) is None]
    marks = [a.request.fingerprint for a in open_]
    started = next((n for n, mark in enumerate(marks) if mark not in refused), 0)
    if not open_ or marks[started] not in under_way:
        started = 0
    asks = tuple(open_[started:])
    before = segment.asks[: segment.asks.index(asks[0])] if asks else ()
    why = obstacle(before[0], results) if before else None
    return Chain(asks=asks, skipped=before, obstacle=why)


def chain_from(
    segment: TimelineSegment, results: Mapping[str, Source], first: str | None
) -> tuple[Ask, ...]:
    """What is tried, from the request of this fingerprint on."""
    asks = chain_of(segment, results).asks
    return next((asks[n:] for n, a in enumerate(asks) if a.request.fingerprint == first), ())


def price_of_request(ask: Ask | Picture) -> Price:
    """The list price of one result."""
    return price_of(ask.entry, ask.request.submit_params(ask.entry))


def seconds_of_request(ask: Ask | Picture) -> float:
    """How long it usually takes."""
    return typical_seconds_of(ask.entry, ask.request.submit_params(ask.entry))


def clip_price(asks: Sequence[Ask], paid_for: Collection[str]) -> Price:
    """What the clip may cost: from the cheapest to the dearest of those that may be sent. paid_for:
    requests that somebody pays for already; where that is the first of them, it is likely free."""
    prices = [NOTHING if a.request.fingerprint in paid_for else price_of_request(a) for a in asks]
    return price_within(prices)


def pictures_price(
    asks: Sequence[Ask], results: Collection[str], paid_for: Collection[str]
) -> Price:
    """What the pictures of all these may cost: those of the first are surely made, those that only
    others need perhaps."""
    first = {one.request.fingerprint for one in missing_pictures(asks[0], results)}
    prices = []
    for mark, one in needed_first(asks).items():
        if mark in results or mark in paid_for:
            continue
        price = price_of_request(one)
        prices.append(price if mark in first else price_within([NOTHING, price]))
    return total_price(prices)


def planned_fallbacks(
    segment: TimelineSegment, chain: Chain, results: Mapping[str, Source]
) -> tuple[PlannedFallback, ...]:
    """Every request after the one that is sent first, with why it would be passed over."""
    first = segment.asks.index(chain.asks[0]) if chain.asks else 0
    return tuple(
        PlannedFallback(
            model=one.entry.id,
            fingerprint=one.request.fingerprint,
            price=price_of_request(one),
            seconds=seconds_of_request(one),
            unavailable=obstacle(one, results),
            lost=one.lost,
            changed=one.changed,
        )
        for one in segment.asks[first + 1 :]
    )


def words(field: str) -> str:
    """A parameter's name as people say it."""
    return field.replace("_", " ")


def is_same(previous: GenerationRequest | None, segment: TimelineSegment) -> bool:
    """Whether the last render used one of the requests that the segment asks for now."""
    if previous is None:
        return False
    mark = replace(previous, variation=0).fingerprint
    return any(mark == ask.request.fingerprint for ask in segment.asks)
