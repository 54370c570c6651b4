"""The plan: exactly what a render will generate and compose, why, and for what price. A value.

It is made from a timeline and from what the memory holds; making one spends nothing and changes
nothing. An unchanged timeline plans no work.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from video_foundry.core.canonical import canonical_json, fingerprint_of_members
from video_foundry.core.chains import chain_of, obstacle
from video_foundry.core.composition import Source
from video_foundry.core.decisions import Decided, Near, clip_in_film, decide
from video_foundry.core.film import Film
from video_foundry.core.graph import Known
from video_foundry.core.money import Price, total_price
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
from video_foundry.core.planned_segments import PlannedSegment
from video_foundry.core.render_graph import RenderGraph, draft_outputs, make_render_graph
from video_foundry.core.timebase import FrameRate
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.core.titles import TextItem, image_to_json, text_to_json
from video_foundry.errors import BadInput

SCHEMA = 2


@dataclass(frozen=True, kw_only=True)
class PlanProblem:
    """Something that keeps the plan from being carried out; says what to do about it."""

    segment_id: str | None
    field: str
    message: str
    fix: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The whole plan. `ready` is False while `problems` is not empty. seconds: wall estimate.
    to_generate: clips; pictures_to_generate: pictures that are made for them first.
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
    pictures_to_generate: int = 0


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What is known already. results: request fingerprint -> clip. under_way: fingerprints with an
    open job. failed: fingerprint -> why its last job failed. known: what composing led to before.
    steps: composing fingerprint done -> digest of what it led to. graph: of this timeline, where it
    has been made already."""

    results: Mapping[str, Source]
    under_way: Collection[str] = ()
    failed: Mapping[str, str] | None = None
    known: Known = field(default_factory=Known)
    steps: Mapping[str, str] = field(default_factory=dict)
    graph: RenderGraph | None = None


def film_of(timeline: Timeline, results: Mapping[str, Source]) -> Film | None:
    """The film, with clips that are still to be generated as long as they were asked for; None
    while a model decides such a length by itself, or there are no segments."""
    clips = [clip_in_film(index, one, results) for index, one in enumerate(timeline.segments)]
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


@dataclass(frozen=True, kw_only=True)
class ClipsPlan:
    """What making the clips of segments comes to, without a film of them. segments: those that have
    none."""

    problems: tuple[PlanProblem, ...]
    segments: tuple[PlannedSegment, ...]
    price: Price


def plan_clips(segments: Sequence[TimelineSegment], memory: Memory, rate: FrameRate) -> ClipsPlan:
    """What these segments still need, in the order of the film: the same as a plan says of them
    where they are all of it. rate: of the film."""
    planned = tuple(one.planned for one in _decisions(segments, memory, rate))
    generated = tuple(one for one in planned if one.action == "generate")
    return ClipsPlan(
        problems=_unsendable(segments, planned, memory.results),
        segments=generated,
        price=total_price([one.price for one in generated]),
    )


def make_plan(timeline: Timeline, memory: Memory) -> Plan:
    """The plan for a timeline. Pure: the same arguments give the same plan, digest and all."""
    decided = _decisions(timeline.segments, memory, timeline.profile.fps)
    planned = tuple(one.planned for one in decided)
    graph, misfits = _graph(timeline, memory)
    left = to_make(graph, memory.steps) if graph else Left()
    steps = planned_steps(graph, left) if graph else ()
    problems = (*_problems(timeline, planned, memory.results), *misfits)
    generated = [p for p in planned if p.action == "generate"]
    return Plan(
        digest=_digest(timeline, decided),
        ready=not problems,
        problems=problems,
        segments=planned,
        steps=steps,
        price=total_price([p.price for p in generated]),
        seconds=_wall_seconds(planned, left),
        to_generate=len({p.fingerprint for p in generated}),
        reused=len(planned) - len(generated),
        frames=main_frames(graph, timeline.profile) if graph else None,
        outputs=planned_outputs(timeline.wanted, graph, left, memory.steps),
        encode_seconds=left.seconds,
        pictures_to_generate=len(_pictures_to_make(generated)),
    )


def _pictures_to_make(planned: Sequence[PlannedSegment]) -> set[str]:
    return {one.fingerprint for p in planned for one in p.pictures if one.action == "generate"}


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
        return make_render_graph(draft_outputs(film, timeline.wanted), memory.known), ()
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


def _decisions(
    segments: Sequence[TimelineSegment], memory: Memory, rate: FrameRate
) -> list[Decided]:
    """What is done for each segment. What is sent for one is paid for when those after it ask."""
    decided: list[Decided] = []
    paid_for = set(memory.under_way)
    known = Near(
        results=memory.results,
        under_way=memory.under_way,
        failed=memory.failed or {},
        paid_for=paid_for,
    )
    for segment in segments:
        one = decide(segment, known, rate)
        if one.planned.action == "generate":
            paid_for.add(one.planned.fingerprint or "")
            paid_for |= {picture.fingerprint for picture in one.planned.pictures}
        decided.append(one)
    return decided


def _problems(
    timeline: Timeline, planned: Sequence[PlannedSegment], results: Mapping[str, Source]
) -> tuple[PlanProblem, ...]:
    if not timeline.segments:
        return (
            PlanProblem(
                segment_id=None,
                field="segments",
                message="the project has no segments",
                fix="add at least one segment",
            ),
        )
    return _unsendable(timeline.segments, planned, results)


def _unsendable(
    segments: Sequence[TimelineSegment],
    planned: Sequence[PlannedSegment],
    results: Mapping[str, Source],
) -> tuple[PlanProblem, ...]:
    return tuple(
        PlanProblem(
            segment_id=s.id,
            field="model_params.model",
            message=f"{s.label}: {why}",
            fix=_instead(s),
        )
        for s, why in _stuck(segments, planned, results)
    )


def _stuck(
    segments: Sequence[TimelineSegment],
    planned: Sequence[PlannedSegment],
    results: Mapping[str, Source],
) -> Iterator[tuple[TimelineSegment, str]]:
    """Segments to be generated by models none of which can be used, with what keeps the first."""
    for segment, plan in zip(segments, planned, strict=True):
        if plan.action == "generate" and not chain_of(segment, results).asks:
            yield segment, obstacle(segment.asks[0], results) or "its model cannot be used"


def _instead(segment: TimelineSegment) -> str | None:
    """What to do about a model that is retired; a missing key says so itself."""
    entry = segment.entry
    if entry is None or entry.retired is None or entry.successor is None:
        return None
    return f"set model to {entry.successor}, or move such segments with `video-foundry retarget`"


def _wall_seconds(planned: Sequence[PlannedSegment], left: Left) -> float:
    generate = max((p.seconds for p in planned), default=0.0)
    return round(generate + left.wall_seconds, 2)


def _digest(timeline: Timeline, decided: Sequence[Decided]) -> str:
    """Identity of what will be done and what it may cost. Not hashed: reasons and estimates (words
    about the same work), which pieces happen to exist already, and whether a generation is under
    way: a second click on the same plan is still the same plan."""
    beside = {
        "project": timeline.project_id,
        "profile": identity_of_profile(timeline.profile),
        "overlays": [_plain(one.item) for one in timeline.overlays],
        "sounds": [asdict(one) for one in timeline.sounds],
        "fonts": timeline.fonts if timeline.overlays else None,
        **_identity_of_subtitles(timeline),
        **identity_of_outputs(timeline.wanted),
    }
    written = {name: canonical_json(value) for name, value in beside.items()}
    work = ",".join(one.identity for one in decided)
    return fingerprint_of_members("plan", SCHEMA, {**written, "work": f"[{work}]"})


def _identity_of_subtitles(timeline: Timeline) -> dict[str, Any]:
    """Nothing where there are none, so that plans of films without stay what they were."""
    tracks = [one.plain() for one in timeline.subtitles]
    return {"subtitles": tracks} if tracks else {}


def _plain(item: Any) -> dict[str, Any]:
    return text_to_json(item) if isinstance(item, TextItem) else image_to_json(item)
