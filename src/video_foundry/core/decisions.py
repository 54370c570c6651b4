"""What a plan says of one segment: worked out of the segment and of what is known of its requests,
and of nothing else, so that it is kept until one of these changes. Lays no film out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

from video_foundry.core.asks import Ask, Picture
from video_foundry.core.canonical import canonical_json
from video_foundry.core.catalogue import clip_seconds
from video_foundry.core.chains import (
    answer_of,
    chain_of,
    clip_price,
    pictures_price,
    planned_fallbacks,
    price_of_request,
    seconds_of_request,
)
from video_foundry.core.composition import Source
from video_foundry.core.film import FilmClip, use_of
from video_foundry.core.kept import kept_with
from video_foundry.core.money import NOTHING, total_price
from video_foundry.core.planned_segments import (
    PlannedPicture,
    PlannedSegment,
    identity_of_segment,
)
from video_foundry.core.reasons import why_generate, why_picture, why_ready
from video_foundry.core.timebase import FrameRate
from video_foundry.core.timeline import TimelineSegment


@dataclass(frozen=True, kw_only=True)
class Near:
    """What is known of requests, by fingerprint. results: clips and pictures. under_way: with an
    open job. failed: why the last job failed. paid_for: what somebody pays for already, segments
    before this one in the film among them."""

    results: Mapping[str, Source]
    under_way: Collection[str]
    failed: Mapping[str, str]
    paid_for: Collection[str]

    def to(self, segment: TimelineSegment) -> "Near":
        """What of it concerns a segment: all that this asks for."""
        marks = segment.marks
        return Near(
            results={one: self.results[one] for one in marks if one in self.results},
            under_way=frozenset(one for one in marks if one in self.under_way),
            failed={one: self.failed[one] for one in marks if one in self.failed},
            paid_for=frozenset(one for one in marks if one in self.paid_for),
        )


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What a plan says of a segment. identity: what of it counts for the plan's digest, as JSON in
    its canonical form."""

    planned: PlannedSegment
    identity: str


def decide(segment: TimelineSegment, known: Near, rate: FrameRate) -> Decided:
    """What is done for a segment, and why. rate: of the film."""
    near = known.to(segment)
    return kept_with(segment, "_decided", (near, rate), lambda: _decided(segment, near, rate))


def _decided(segment: TimelineSegment, near: Near, rate: FrameRate) -> Decided:
    clip = clip_of(segment, near.results)
    planned = _generate(segment, near, rate) if clip is None else _ready(segment, clip, near, rate)
    identity = canonical_json(identity_of_segment(segment, planned, near.results))
    return Decided(planned=planned, identity=identity)


def clip_of(segment: TimelineSegment, results: Mapping[str, Source]) -> Source | None:
    """The clip a segment shows, None while it must be generated first."""
    if segment.own is not None:
        return segment.own
    if segment.chosen is not None:
        return segment.chosen.source
    answer = answer_of(segment, results)
    return results[answer.request.fingerprint] if answer else None


def clip_in_film(
    index: int, segment: TimelineSegment, results: Mapping[str, Source]
) -> FilmClip | None:
    """A segment as the film sees it: with its clip, or one that is still to be generated, as long
    as was asked for; None while a model decides that by itself. index: its place in the film."""
    source = clip_of(segment, results) or _pending(segment)
    return None if source is None else _film_clip(index, segment, source)


def _film_clip(index: int, segment: TimelineSegment, source: Source) -> FilmClip:
    return kept_with(
        segment,
        "_film_clip",
        (index, source),
        lambda: FilmClip(
            segment_id=segment.id,
            index=index,
            source=source,
            trim=segment.trim,
            effects=segment.effects,
            sound=segment.sound,
            transition=segment.transition,
        ),
    )


def _pending(segment: TimelineSegment, asked: Ask | None = None) -> Source | None:
    """A clip that is still to be made. asked: what is sent, else what the segment asks for."""
    ask = asked or next(iter(segment.asks), None)
    if ask is None:
        return None
    return kept_with(segment, "_pending", (ask.request.fingerprint,), partial(_to_come, ask))


def _to_come(ask: Ask) -> Source | None:
    seconds = clip_seconds(ask.request.submit_params(ask.entry))
    if seconds is None:
        return None
    return Source(
        digest=ask.request.fingerprint,
        seconds=seconds,
        asked_seconds=seconds,
        is_pending=True,
    )


def _frames(segment: TimelineSegment, source: Source, rate: FrameRate) -> int:
    """How many frames of a film show the segment; where in the film is no matter."""
    return use_of(_film_clip(segment.order_index, segment, source), rate).frames


def _ready(segment: TimelineSegment, clip: Source, near: Near, rate: FrameRate) -> PlannedSegment:
    shows_answer = segment.own is None and segment.chosen is None
    answer = answer_of(segment, near.results) if shows_answer else None
    action, reason = why_ready(segment, answer)
    asked = answer or next(iter(segment.asks), None)
    return PlannedSegment(
        segment_id=segment.id,
        order_index=segment.order_index,
        action=action,
        reason=reason,
        model=asked.entry.id if asked else None,
        price=NOTHING,
        seconds=0.0,
        frames=_frames(segment, clip, rate),
        fingerprint=asked.request.fingerprint if asked else None,
        digest=clip.digest,
        model_note=asked.model_note if asked else None,
    )


def _generate(segment: TimelineSegment, near: Near, rate: FrameRate) -> PlannedSegment:
    if not segment.asks:
        raise ValueError(f"{segment.label} has neither a clip nor a request")
    chain = chain_of(segment, near.results, near.under_way, near.failed)
    asks = chain.asks or segment.asks[:1]
    first, mark = asks[0], asks[0].request.fingerprint
    pictures = tuple(_picture(segment, one, near) for one in first.pictures)
    clip = _pending(segment, first)
    clips = clip_price(asks, near.paid_for)
    return PlannedSegment(
        segment_id=segment.id,
        order_index=segment.order_index,
        action="generate",
        reason=why_generate(segment, chain, near.under_way, near.failed),
        model=first.entry.id,
        price=total_price([clips, pictures_price(asks, near.results, near.paid_for)]),
        seconds=seconds_of_request(first) + max((p.seconds for p in pictures), default=0.0),
        frames=_frames(segment, clip, rate) if clip else None,
        fingerprint=mark,
        digest=None,
        is_under_way=mark in near.under_way,
        model_note=first.model_note,
        pictures=pictures,
        fallbacks=planned_fallbacks(segment, chain, near.results),
    )


def _picture(segment: TimelineSegment, one: Picture, near: Near) -> PlannedPicture:
    mark, there = one.request.fingerprint, near.results.get(one.request.fingerprint)
    is_free = there is not None or mark in near.paid_for
    return PlannedPicture(
        field=one.field,
        action="generate" if there is None else "reuse",
        reason=why_picture(
            segment,
            one,
            is_there=there is not None,
            under_way=near.under_way,
            failed=near.failed,
        ),
        model=one.entry.id,
        prompt=one.request.prompt,
        price=NOTHING if is_free else price_of_request(one),
        seconds=0.0 if there else seconds_of_request(one),
        fingerprint=mark,
        digest=there.digest if there else None,
        is_under_way=mark in near.under_way,
    )
