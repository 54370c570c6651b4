"""Values that the tests of the core draw: requests, timelines, what a memory may hold."""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from itertools import product
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from video_foundry.core.catalogue import ModelEntry, PriceRow, clip_seconds
from video_foundry.core.composition import Source, Trim
from video_foundry.core.graph import Known
from video_foundry.core.loudness import Measurement
from video_foundry.core.plan import Memory, Plan, film_of, make_plan
from video_foundry.core.profile import OutputProfile
from video_foundry.core.render_graph import RenderGraph, draft_outputs, make_render_graph
from video_foundry.core.request import GenerationRequest, make_request
from video_foundry.core.timebase import FrameRate
from video_foundry.core.timeline import ChosenTake, Timeline, TimelineSegment

law = settings(
    max_examples=15,
    deadline=None,  # the machine may be busy; slowness breaks no law
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
"""How every property of the core is tried: few examples, different ones, the same each time."""

_PARAMETERS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "duration": {"type": "number", "minimum": 0.5, "maximum": 60, "default": 5},
        "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16", "1:1"], "default": "16:9"},
        "seed": {"type": "integer", "minimum": 0, "maximum": 4_294_967_295},
        "first_frame": {"type": "string", "format": "media"},
    },
}

FREE = ModelEntry(id="free", provider="here", title="Free", parameters=_PARAMETERS, is_local=True)
PAID = ModelEntry(
    id="paid",
    provider="there",
    title="Paid by the second",
    parameters=_PARAMETERS,
    prices=(PriceRow(amount=Decimal("0.12"), unit="second"),),
)
RANGED = ModelEntry(
    id="ranged",
    provider="there",
    title="Paid by the piece, in one of two ways",
    parameters=_PARAMETERS,
    prices=(PriceRow(amount=Decimal("0.50")), PriceRow(amount=Decimal("1.25"))),
)
EUROS = ModelEntry(
    id="euros",
    provider="elsewhere",
    title="Paid in another currency",
    parameters=_PARAMETERS,
    prices=(PriceRow(amount=Decimal("0.30"), currency="EUR"),),
)
UNPRICED = ModelEntry(id="unpriced", provider="plugin", title="No price is known")
ENTRIES = (FREE, PAID, RANGED, EUROS, UNPRICED)

RATES = (
    *(FrameRate(num=n) for n in (1, 5, 10, 12, 15, 24, 25, 30, 48, 50, 60, 90, 100, 120)),
    *(FrameRate(num=n * 1000, den=1001) for n in (24, 30, 48, 60, 120)),
    FrameRate(num=25, den=2),
)

digests = st.integers(0, 99).map(lambda n: sha256(bytes([n])).hexdigest())
rates = st.sampled_from(RATES)
seconds = st.fractions(min_value=Fraction(1, 2), max_value=60, max_denominator=1000)


@st.composite
def trims(draw: st.DrawFn) -> Trim:
    """A trim as the schemas let it through: its end, if any, after its start."""
    start = draw(st.fractions(min_value=0, max_value=30, max_denominator=1000))
    length = draw(st.none() | st.fractions(Fraction(1, 100), 30, max_denominator=1000))
    return Trim(start=start, end=None if length is None else start + length)


profiles = st.builds(
    OutputProfile,
    width=st.integers(8, 960).map(lambda n: 2 * n),
    height=st.integers(8, 960).map(lambda n: 2 * n),
    fps=rates,
    loudness_lufs=st.none() | st.decimals(-40, -5, places=1),
)


def _asked() -> list[tuple[GenerationRequest, ModelEntry]]:
    """Made once: validating parameters is the slow part."""
    varied: tuple[dict[str, Any], ...] = (
        {},
        {"duration": 2.5},
        {"duration": 7.25, "seed": 3},
        {"first_frame": "picture"},
    )
    pictures = {"picture": "ab" * 32}
    return [
        (make_request(entry, prompt, {"model": entry.id, **params}, pictures), entry)
        for entry, prompt, params in product(ENTRIES, ("a road", "日の出"), varied)
    ]


requests = st.sampled_from(_asked())
"""Requests, each with its model."""


own_sources = st.builds(Source, digest=digests, seconds=seconds) | st.builds(
    Source, digest=digests, seconds=st.just(Fraction(0)), is_image=st.just(True)
)


def within(trim: Trim | None, clip: Source) -> Trim | None:
    """The same trim, begun where the clip still goes on."""
    return trim and replace(trim, start=min(trim.start, clip.seconds / 2))


@st.composite
def segments(draw: st.DrawFn, position: int = 0) -> TimelineSegment:
    """Own footage, or something to generate, perhaps with a chosen take and a history."""
    trim = draw(st.none() | trims())
    name = f"segment-{position}"
    if draw(st.integers(0, 3)) == 0:
        own = draw(own_sources)
        trim = trim if own.is_image else within(trim, own)
        return TimelineSegment(id=name, order_index=position, trim=trim, own=own)
    request, entry = draw(requests)
    trim = within(trim, answer_to(request))
    chosen = None
    if draw(st.integers(0, 4)) == 0:
        chosen = ChosenTake(
            take_id=f"take-{position}",
            number=draw(st.integers(1, 9)),
            source=Source(digest=draw(digests), seconds=draw(seconds)),
            pinned=draw(st.booleans()),
        )
        trim = within(trim, chosen.source)
    previous = draw(st.none() | requests.map(lambda pair: pair[0]) | st.just(request))
    return TimelineSegment(
        id=name,
        order_index=position,
        trim=trim,
        request=request,
        entry=entry,
        chosen=chosen,
        previous=previous,
    )


@st.composite
def timelines(draw: st.DrawFn, min_size: int = 0) -> Timeline:
    """A project of a few segments."""
    count = draw(st.integers(min_size, 5))
    return Timeline(
        project_id="project",
        profile=draw(profiles),
        segments=tuple(draw(segments(i)) for i in range(count)),
    )


def answer_to(request: GenerationRequest) -> Source:
    """The clip that a well-behaved model would answer with: the same request, the same bytes."""
    asked = clip_seconds(request.readable_params())
    return Source(
        digest=digest_of(request.fingerprint), seconds=asked or Fraction(3), asked_seconds=asked
    )


def digest_of(fingerprint: str) -> str:
    """Of what a request or a composing step leads to in these tests."""
    return sha256(fingerprint.encode()).hexdigest()


LOUD = Measurement(energies=(10**11,) * 96, peaks=(500_000,) * 96)
"""What every window of sound is measured to be in these tests."""


def remember(
    timeline: Timeline, results: dict[str, Source], before: Memory | None = None
) -> Memory:
    """A memory in which every composing step over `results` that can be done has been done."""
    old = before or Memory(results={})
    runs, measures = set(old.known.runs), dict(old.known.measures)
    steps = dict(old.steps)
    while True:
        known = Known(runs=frozenset(runs), measures=measures)
        graph = _graph(timeline, results, known)
        done = [s for s in graph.steps if s.is_known] if graph else []
        if all(s.fingerprint in steps for s in done):
            return Memory(results=results, known=known, steps=steps)
        steps |= {s.fingerprint: digest_of(s.fingerprint) for s in done}
        runs |= {s.run for s in done if s.run}
        measures |= {s.fingerprint: LOUD for s in done if s.kind == "measure"}


def _graph(timeline: Timeline, results: dict[str, Source], known: Known) -> RenderGraph | None:
    film = film_of(timeline, results)
    return make_render_graph(draft_outputs(film, timeline.wanted), known) if film else None


def apply(timeline: Timeline, plan: Plan, memory: Memory) -> Memory:
    """The memory after everything in `plan` has been carried out."""
    wanted = {p.fingerprint for p in plan.segments if p.action == "generate"}
    made = {
        s.request.fingerprint: answer_to(s.request)
        for s in timeline.segments
        if s.request is not None and s.request.fingerprint in wanted
    }
    return remember(timeline, {**memory.results, **made}, memory)


def rendered(timeline: Timeline) -> tuple[Timeline, Memory]:
    """The timeline and the memory after a first render of it."""
    empty = Memory(results={})
    memory = apply(timeline, make_plan(timeline, empty), empty)
    seen = tuple(replace(s, previous=s.request) for s in timeline.segments)
    return replace(timeline, segments=seen), memory


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a plan would do, in numbers. encode: clips and spans; join: the film; mix: all that is
    about its sound."""

    generate: int
    encode: int = 0
    join: int = 0
    mix: int = 0


def work_of(plan: Plan) -> Work:
    """How much there is to do."""
    kinds = [s.kind for s in plan.steps if s.action == "make"]
    picture = ("clip", "span", "title", "image")
    return Work(
        generate=plan.to_generate,
        encode=sum(kind in picture for kind in kinds),
        join=kinds.count("master"),
        mix=sum(kind in ("sound", "measure", "mix") for kind in kinds),
    )


NO_WORK = Work(generate=0)
