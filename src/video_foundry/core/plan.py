"""The plan: exactly what a render will generate and compose, why, and for what price. A value.

It is made from a timeline and from what the memory holds; making one spends nothing and changes
nothing. An unchanged timeline plans no work.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from video_foundry.core.canonical import fingerprint
from video_foundry.core.catalogue import clip_seconds, price_of, typical_seconds_of
from video_foundry.core.composition import Source
from video_foundry.core.effects import canonical as canonical_effects
from video_foundry.core.film import Film, FilmClip, use_of
from video_foundry.core.graph import Known
from video_foundry.core.money import NOTHING, Price, total_price
from video_foundry.core.planned import (
    Left,
    PlannedOutput,
    PlannedStep,
    identity_of_outputs,
    identity_of_profile,
    main_frames,
    planned_outputs,
    planned_steps,
    to_make,
)
from video_foundry.core.render_graph import RenderGraph, make_render_graph
from video_foundry.core.request import Change, GenerationRequest, changes
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.core.titles import TextItem, image_to_json, text_to_json
from video_foundry.errors import BadInput

SCHEMA = 2

Action = Literal["reuse", "generate", "pinned", "uploaded"]
ReasonCode = Literal[
    "unchanged",
    "remembered",
    "chosen",
    "pinned",
    "uploaded",
    "new",
    "changed",
    "under_way",
    "failed_before",
]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a segment is treated as it is; `changes` names each field with old and new value."""

    code: ReasonCode
    message: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlanProblem:
    """Something that keeps the plan from being carried out; says what to do about it."""

    segment_id: str | None
    field: str
    message: str
    fix: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlannedSegment:
    """What happens to one segment. frames: None while only the model knows. seconds: estimate.
    model_note: what the name in the segment means, where it is not the model's own."""

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


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The whole plan. `ready` is False while `problems` is not empty. seconds: wall estimate.
    frames: of the main film, None while a model decides a length, or it cannot be laid out.
    encode_seconds: of picture to encode, what several outputs share counted once."""

    digest: str
    ready: bool
    problems: tuple[PlanProblem, ...]
    segments: tuple[PlannedSegment, ...]
    steps: tuple[PlannedStep, ...]
    price: Price
    seconds: float
    to_generate: int
    reused: int
    frames: int | None
    outputs: tuple[PlannedOutput, ...] = ()
    encode_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What is known already. results: request fingerprint -> clip. under_way: fingerprints with an
    open job. failed: fingerprint -> why its last job failed. known: what composing led to before.
    steps: composing fingerprints done. graph: of this timeline, where it has been made already."""

    results: Mapping[str, Source]
    under_way: Collection[str] = ()
    failed: Mapping[str, str] | None = None
    known: Known = field(default_factory=Known)
    steps: Collection[str] = ()
    graph: RenderGraph | None = None


def clip_of(segment: TimelineSegment, results: Mapping[str, Source]) -> Source | None:
    """The clip a segment shows, None while it must be generated first."""
    if segment.own is not None:
        return segment.own
    if segment.chosen is not None:
        return segment.chosen.source
    if segment.request is None:
        return None
    return results.get(segment.request.fingerprint)


def film_of(timeline: Timeline, results: Mapping[str, Source]) -> Film | None:
    """The film, with clips that are still to be generated as long as they were asked for; None
    while a model decides such a length by itself, or there are no segments."""
    clips = [_film_clip(index, one, results) for index, one in enumerate(timeline.segments)]
    known = [clip for clip in clips if clip is not None]
    if not known or len(known) < len(clips):
        return None
    return Film(
        profile=timeline.profile,
        clips=tuple(known),
        overlays=timeline.overlays,
        sounds=timeline.sounds,
        subtitles=timeline.subtitles,
        fonts=timeline.fonts,
    )


def _film_clip(
    index: int, segment: TimelineSegment, results: Mapping[str, Source]
) -> FilmClip | None:
    source = clip_of(segment, results) or _pending(segment)
    return None if source is None else film_clip(index, segment, source)


def film_clip(index: int, segment: TimelineSegment, source: Source) -> FilmClip:
    """A segment as the film sees it, showing this clip."""
    return FilmClip(
        segment_id=segment.id,
        index=index,
        source=source,
        trim=segment.trim,
        effects=segment.effects,
        sound=segment.sound,
        transition=segment.transition,
    )


def _pending(segment: TimelineSegment) -> Source | None:
    if segment.request is None or segment.entry is None:
        return None
    seconds = clip_seconds(segment.request.submit_params(segment.entry))
    if seconds is None:
        return None
    return Source(
        digest=segment.request.fingerprint,
        seconds=seconds,
        asked_seconds=seconds,
        is_pending=True,
    )


def make_plan(timeline: Timeline, memory: Memory) -> Plan:
    """The plan for a timeline. Pure: the same arguments give the same plan, digest and all."""
    planned = _planned_segments(timeline, memory)
    graph, misfits = _graph(timeline, memory)
    left = to_make(graph, memory.steps) if graph else Left()
    steps = planned_steps(graph, left) if graph else ()
    problems = (*_problems(timeline, planned), *misfits)
    generated = [p for p in planned if p.action == "generate"]
    return Plan(
        digest=_digest(timeline, planned),
        ready=not problems,
        problems=problems,
        segments=planned,
        steps=steps,
        price=total_price([p.price for p in generated]),
        seconds=_wall_seconds(planned, left),
        to_generate=len({p.fingerprint for p in generated}),
        reused=len(planned) - len(generated),
        frames=main_frames(graph, timeline.profile) if graph else None,
        outputs=planned_outputs(timeline.wanted, graph, left),
        encode_seconds=left.seconds,
    )


def _graph(
    timeline: Timeline, memory: Memory
) -> tuple[RenderGraph | None, tuple[PlanProblem, ...]]:
    """The film's steps, or why it cannot be laid out."""
    if memory.graph is not None:
        return memory.graph, ()
    film = film_of(timeline, memory.results)
    if film is None:
        return None, ()
    try:
        return make_render_graph(film, timeline.wanted, memory.known), ()
    except BadInput as misfit:
        return None, tuple(_misfit(timeline, p.field, p.message, p.fix) for p in misfit.problems)


def _misfit(timeline: Timeline, where: str, message: str, fix: str | None) -> PlanProblem:
    """What cannot be laid out, as a problem of the segment it names, if it names one."""
    first, _, rest = where.partition(".")
    number, _, inner = rest.partition(".")
    if first == "segments" and number.isdigit() and int(number) < len(timeline.segments):
        segment_id = timeline.segments[int(number)].id
        return PlanProblem(segment_id=segment_id, field=inner, message=message, fix=fix)
    return PlanProblem(segment_id=None, field=where, message=message, fix=fix)


def _planned_segments(timeline: Timeline, memory: Memory) -> tuple[PlannedSegment, ...]:
    planned: list[PlannedSegment] = []
    paid_for: set[str] = set()
    for index, segment in enumerate(timeline.segments):
        clip = clip_of(segment, memory.results)
        if clip is not None:
            planned.append(_ready(index, segment, clip, timeline))
            continue
        generate = _generate(index, segment, timeline, memory, paid_for)
        paid_for.add(generate.fingerprint or "")
        planned.append(generate)
    return tuple(planned)


def _ready(
    index: int, segment: TimelineSegment, clip: Source, timeline: Timeline
) -> PlannedSegment:
    action, reason = _why_ready(segment)
    return PlannedSegment(
        segment_id=segment.id,
        order_index=segment.order_index,
        action=action,
        reason=reason,
        model=segment.entry.id if segment.entry else None,
        price=NOTHING,
        seconds=0.0,
        frames=use_of(film_clip(index, segment, clip), timeline.profile.fps).frames,
        fingerprint=segment.request.fingerprint if segment.request else None,
        digest=clip.digest,
        model_note=segment.model_note,
    )


def _why_ready(segment: TimelineSegment) -> tuple[Action, Reason]:
    if segment.own is not None:
        return "uploaded", Reason(code="uploaded", message="own footage")
    if segment.chosen is not None and segment.chosen.pinned:
        stale = _difference(segment)
        return "pinned", Reason(
            code="pinned", message=f"take {segment.chosen.number} is pinned", changes=stale
        )
    if segment.chosen is not None:
        return "reuse", Reason(code="chosen", message=f"take {segment.chosen.number} was chosen")
    if segment.previous is not None and not _difference(segment):
        return "reuse", Reason(code="unchanged", message="nothing changed")
    return "reuse", Reason(
        code="remembered",
        message="this request was generated before",
        changes=_difference(segment),
    )


def _generate(
    index: int,
    segment: TimelineSegment,
    timeline: Timeline,
    memory: Memory,
    paid_for: set[str],
) -> PlannedSegment:
    request, entry = segment.request, segment.entry
    if request is None or entry is None:
        raise ValueError(f"{segment.label} has neither a clip nor a request")
    mark = request.fingerprint
    shared = mark in memory.under_way or mark in paid_for
    params = request.submit_params(entry)
    clip = _film_clip(index, segment, {})
    return PlannedSegment(
        segment_id=segment.id,
        order_index=segment.order_index,
        action="generate",
        reason=_why_generate(segment, request, memory),
        model=entry.id,
        price=NOTHING if shared else price_of(entry, params),
        seconds=typical_seconds_of(entry, params),
        frames=use_of(clip, timeline.profile.fps).frames if clip else None,
        fingerprint=mark,
        digest=None,
        is_under_way=mark in memory.under_way,
        model_note=segment.model_note,
    )


def _why_generate(segment: TimelineSegment, request: GenerationRequest, memory: Memory) -> Reason:
    mark = request.fingerprint
    if mark in memory.under_way:
        return Reason(code="under_way", message="already being generated; not paid again")
    if memory.failed and mark in memory.failed:
        return Reason(code="failed_before", message=f"failed before: {memory.failed[mark]}")
    difference = _difference(segment)
    if difference:
        names = ", ".join(c.field for c in difference)
        return Reason(code="changed", message=f"changed: {names}", changes=difference)
    return Reason(code="new", message="never generated")


def _difference(segment: TimelineSegment) -> tuple[Change, ...]:
    if segment.previous is None or segment.request is None:
        return ()
    return tuple(changes(segment.previous, segment.request))


def _problems(timeline: Timeline, planned: Sequence[PlannedSegment]) -> tuple[PlanProblem, ...]:
    if not timeline.segments:
        return (
            PlanProblem(
                segment_id=None,
                field="segments",
                message="the project has no segments",
                fix="add at least one segment",
            ),
        )
    return tuple(
        PlanProblem(
            segment_id=s.id,
            field="model_params.model",
            message=f"{s.label}: {s.unavailable}",
            fix=_instead(s),
        )
        for s, p in zip(timeline.segments, planned, strict=True)
        if p.action == "generate" and s.unavailable
    )


def _instead(segment: TimelineSegment) -> str | None:
    """What to do about a model that is retired; a missing key says so itself."""
    entry = segment.entry
    if entry is None or entry.retired is None or entry.successor is None:
        return None
    return f"set model to {entry.successor}, or move such segments with `video-foundry retarget`"


def _wall_seconds(planned: Sequence[PlannedSegment], left: Left) -> float:
    generate = max((p.seconds for p in planned), default=0.0)
    return round(generate + left.wall_seconds, 2)


def _digest(timeline: Timeline, planned: Sequence[PlannedSegment]) -> str:
    """Identity of what will be done and what it may cost. Not hashed: reasons and estimates (words
    about the same work), which pieces happen to exist already, and whether a generation is under
    way: a second click on the same plan is still the same plan."""
    work: list[dict[str, Any]] = [
        {
            "segment": p.segment_id,
            "action": p.action,
            "request": p.fingerprint,
            "clip": p.digest,
            "price": _list_price(s, p),
            "frames": p.frames,
            "trim": s.trim and asdict(s.trim),
            "transition": s.transition and asdict(s.transition),
            "effects": canonical_effects(s.effects),
            "sound": asdict(s.sound),
        }
        for s, p in zip(timeline.segments, planned, strict=True)
    ]
    return fingerprint(
        "plan",
        SCHEMA,
        {
            "project": timeline.project_id,
            "profile": identity_of_profile(timeline.profile),
            "work": work,
            "overlays": [_plain(one.item) for one in timeline.overlays],
            "sounds": [asdict(one) for one in timeline.sounds],
            "fonts": timeline.fonts if timeline.overlays else None,
            **_identity_of_subtitles(timeline),
            **identity_of_outputs(timeline.wanted),
        },
    )


def _identity_of_subtitles(timeline: Timeline) -> dict[str, Any]:
    """Nothing where there are none, so that plans of films without stay what they were."""
    tracks = [one.plain() for one in timeline.subtitles]
    return {"subtitles": tracks} if tracks else {}


def _plain(item: Any) -> dict[str, Any]:
    return text_to_json(item) if isinstance(item, TextItem) else image_to_json(item)


def _list_price(segment: TimelineSegment, planned: PlannedSegment) -> list[Any] | None:
    if planned.action != "generate" or segment.request is None or segment.entry is None:
        return None
    price = price_of(segment.entry, segment.request.submit_params(segment.entry))
    return [price.low, price.high, price.currency, price.is_known]
