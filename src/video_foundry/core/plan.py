"""The plan: exactly what a render will generate and compose, why, and for what price. A value.

It is made from a timeline and from what the memory holds; making one spends nothing and changes
nothing. An unchanged timeline plans no work.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from video_foundry.core.canonical import fingerprint
from video_foundry.core.catalogue import clip_seconds, price_of, typical_seconds_of
from video_foundry.core.composition import (
    ClipUse,
    Source,
    expected_frames,
    master_fingerprint,
    normalise_fingerprint,
    use_of,
)
from video_foundry.core.money import NOTHING, Price, total_price
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import Change, GenerationRequest, changes
from video_foundry.core.timeline import Timeline, TimelineSegment

SCHEMA = 1
ENCODE_SECONDS_PER_SECOND = 0.5
"""Rough wall seconds to encode a second of film on a laptop; used for the time estimate only."""

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
    """What happens to one segment. frames: None while only the model knows. seconds: estimate."""

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


@dataclass(frozen=True, kw_only=True)
class PlannedStep:
    """One composing step. fingerprint: None until its inputs exist. seconds: of film to encode."""

    kind: Literal["normalise", "master"]
    action: Literal["reuse", "make"]
    segment_id: str | None
    fingerprint: str | None
    frames: int | None
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The whole plan. `ready` is False while `problems` is not empty. seconds: wall estimate."""

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


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What is known already. results: request fingerprint -> clip. under_way: fingerprints with an
    open job. failed: fingerprint -> why its last job failed. steps: composing fingerprints done."""

    results: Mapping[str, Source]
    under_way: Collection[str] = ()
    failed: Mapping[str, str] | None = None
    steps: Collection[str] = ()


def clip_of(segment: TimelineSegment, results: Mapping[str, Source]) -> Source | None:
    """The clip a segment shows, None while it must be generated first."""
    if segment.own is not None:
        return segment.own
    if segment.chosen is not None:
        return segment.chosen.source
    if segment.request is None:
        return None
    return results.get(segment.request.fingerprint)


def uses_of(timeline: Timeline, results: Mapping[str, Source]) -> list[ClipUse | None]:
    """For each segment, in order, which frames of which clip; None while there is no clip."""
    clips = [(s, clip_of(s, results)) for s in timeline.segments]
    return [use_of(c, s.trim, timeline.profile.fps) if c else None for s, c in clips]


def step_fingerprints(uses: Sequence[ClipUse | None], profile: OutputProfile) -> list[str]:
    """Fingerprints of every composing step whose inputs are known: look these up for `Memory`."""
    known = [u for u in uses if u is not None]
    found = [normalise_fingerprint(use, profile) for use in known]
    if known and len(known) == len(uses):
        found.append(master_fingerprint(known, profile))
    return found


def make_plan(timeline: Timeline, memory: Memory) -> Plan:
    """The plan for a timeline. Pure: the same arguments give the same plan, digest and all."""
    planned = _planned_segments(timeline, memory)
    steps = _planned_steps(timeline, planned, memory)
    problems = _problems(timeline, planned)
    generated = [p for p in planned if p.action == "generate"]
    frames = [p.frames for p in planned]
    return Plan(
        digest=_digest(timeline, planned, steps),
        ready=not problems,
        problems=problems,
        segments=planned,
        steps=steps,
        price=total_price([p.price for p in generated]),
        seconds=_wall_seconds(planned, steps),
        to_generate=len({p.fingerprint for p in generated}),
        reused=len(planned) - len(generated),
        frames=sum(f for f in frames if f) if all(frames) else None,
    )


def _planned_segments(timeline: Timeline, memory: Memory) -> tuple[PlannedSegment, ...]:
    planned: list[PlannedSegment] = []
    paid_for: set[str] = set()
    for segment in timeline.segments:
        clip = clip_of(segment, memory.results)
        if clip is not None:
            planned.append(_ready(segment, clip, timeline))
            continue
        generate = _generate(segment, timeline, memory, paid_for)
        paid_for.add(generate.fingerprint or "")
        planned.append(generate)
    return tuple(planned)


def _ready(segment: TimelineSegment, clip: Source, timeline: Timeline) -> PlannedSegment:
    action, reason = _why_ready(segment)
    return PlannedSegment(
        segment_id=segment.id,
        order_index=segment.order_index,
        action=action,
        reason=reason,
        model=segment.entry.id if segment.entry else None,
        price=NOTHING,
        seconds=0.0,
        frames=use_of(clip, segment.trim, timeline.profile.fps).frames,
        fingerprint=segment.request.fingerprint if segment.request else None,
        digest=clip.digest,
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
    segment: TimelineSegment, timeline: Timeline, memory: Memory, paid_for: set[str]
) -> PlannedSegment:
    request, entry = segment.request, segment.entry
    if request is None or entry is None:
        raise ValueError(f"{segment.label} has neither a clip nor a request")
    mark = request.fingerprint
    shared = mark in memory.under_way or mark in paid_for
    params = request.submit_params(entry)
    return PlannedSegment(
        segment_id=segment.id,
        order_index=segment.order_index,
        action="generate",
        reason=_why_generate(segment, request, memory),
        model=entry.id,
        price=NOTHING if shared else price_of(entry, params),
        seconds=typical_seconds_of(entry, params),
        frames=expected_frames(clip_seconds(params), segment.trim, timeline.profile.fps),
        fingerprint=mark,
        digest=None,
        is_under_way=mark in memory.under_way,
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


def _planned_steps(
    timeline: Timeline, planned: Sequence[PlannedSegment], memory: Memory
) -> tuple[PlannedStep, ...]:
    rate = timeline.profile.fps
    uses = uses_of(timeline, memory.results)
    steps = []
    for segment, use in zip(planned, uses, strict=True):
        mark = normalise_fingerprint(use, timeline.profile) if use else None
        done = mark is not None and mark in memory.steps
        length = float(rate.seconds_of(segment.frames)) if segment.frames else 0.0
        steps.append(
            PlannedStep(
                kind="normalise",
                action="reuse" if done else "make",
                segment_id=segment.segment_id,
                fingerprint=mark,
                frames=segment.frames,
                seconds=0.0 if done else length,
            )
        )
    if planned:
        steps.append(_master_step(timeline, planned, uses, memory))
    return tuple(steps)


def _master_step(
    timeline: Timeline,
    planned: Sequence[PlannedSegment],
    uses: Sequence[ClipUse | None],
    memory: Memory,
) -> PlannedStep:
    known = [u for u in uses if u is not None]
    mark = master_fingerprint(known, timeline.profile) if len(known) == len(uses) else None
    frames = [p.frames for p in planned]
    return PlannedStep(
        kind="master",
        action="reuse" if mark is not None and mark in memory.steps else "make",
        segment_id=None,
        fingerprint=mark,
        frames=sum(f for f in frames if f) if all(frames) else None,
        seconds=0.0,
    )


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
            segment_id=s.id, field="model_params.model", message=f"{s.label}: {s.unavailable}"
        )
        for s, p in zip(timeline.segments, planned, strict=True)
        if p.action == "generate" and s.unavailable
    )


def _wall_seconds(planned: Sequence[PlannedSegment], steps: Sequence[PlannedStep]) -> float:
    generate = max((p.seconds for p in planned), default=0.0)
    encode = sum(s.seconds for s in steps) * ENCODE_SECONDS_PER_SECOND
    return round(generate + encode, 1)


def _digest(
    timeline: Timeline, planned: Sequence[PlannedSegment], steps: Sequence[PlannedStep]
) -> str:
    """Identity of what will be done and what it may cost. Not hashed: reasons and estimates (words
    about the same work), and whether a generation is already under way: a second click on the same
    plan is still the same plan."""
    work: list[dict[str, Any]] = [
        {
            "segment": p.segment_id,
            "action": p.action,
            "request": p.fingerprint,
            "clip": p.digest,
            "price": _list_price(s, p),
            "frames": p.frames,
        }
        for s, p in zip(timeline.segments, planned, strict=True)
    ]
    profile = timeline.profile
    return fingerprint(
        "plan",
        SCHEMA,
        {
            "project": timeline.project_id,
            "profile": [profile.width, profile.height, profile.fps.fraction, profile.loudness_lufs],
            "work": work,
            "steps": [[s.kind, s.segment_id, s.fingerprint] for s in steps],
        },
    )


def _list_price(segment: TimelineSegment, planned: PlannedSegment) -> list[Any] | None:
    if planned.action != "generate" or segment.request is None or segment.entry is None:
        return None
    price = price_of(segment.entry, segment.request.submit_params(segment.entry))
    return [price.low, price.high, price.currency, price.is_known]


def film_seconds(plan: Plan, profile: OutputProfile) -> Fraction | None:
    """Length of the film, None while a model decides the length of a clip."""
    return profile.fps.seconds_of(plan.frames) if plan.frames is not None else None
