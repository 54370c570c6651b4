"""Outputs as values, and the laws of several of them in one graph: a step that outputs share stands
there once, what one more output costs is what it alone needs, and nothing else."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import (
    LOUD,
    NO_WORK,
    apply,
    law,
    profiles,
    remember,
    rendered,
    timelines,
    work_of,
)
from tests.core.test_graph import film, music, text

from video_foundry.core.composition import Source
from video_foundry.core.film import Film
from video_foundry.core.graph import Known, make_graph
from video_foundry.core.outputs import (
    MAIN,
    Animated,
    Output,
    animated_height,
    chosen,
    main_output,
    read_outputs,
)
from video_foundry.core.plan import Memory, make_plan
from video_foundry.core.profile import FORMATS, OutputProfile
from video_foundry.core.render_graph import RenderGraph, draft_outputs, film_for, make_render_graph
from video_foundry.core.timebase import FrameRate
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.errors import BadInput

HD = OutputProfile()
GIF = Output(name="teaser", profile=HD, animated=Animated(kind="gif", seconds=Fraction(2)))


def output(name: str, **changes: Any) -> Output:
    return Output(name=name, profile=replace(HD, **changes))


def graph_of(of: Film, *outputs: Output, known: Known | None = None) -> RenderGraph:
    return make_render_graph(draft_outputs(of, outputs), known or Known())


def shared(graph: RenderGraph) -> dict[str, int]:
    """kind -> how many steps more than one output needs."""
    found: dict[str, int] = {}
    for step in graph.steps:
        if graph.users[step.fingerprint].bit_count() > 1:
            found[step.kind] = found.get(step.kind, 0) + 1
    return found


FULL = film(3, overlays=(text("Soon", 1, 2),), sounds=(music(),))


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        ({"width": 720, "height": 1280}, {"sound", "mix"}),
        ({"quality": "high"}, {"title", "sound", "mix"}),
        ({"codec": "hevc"}, {"title", "sound", "mix"}),
        ({"codec": "vp9"}, {"title", "sound"}),
        ({"loudness_lufs": Decimal(-14)}, {"title", "sound", "clip", "span"}),
        ({"fps": FrameRate(num=30)}, {"title", "sound", "mix"}),
        ({}, {"title", "sound", "clip", "span", "mix", "master"}),
    ],
    ids=["size", "quality", "codec", "container", "loudness", "rate", "nothing"],
)
def test_outputs_share_what_is_the_same(other: dict[str, Any], kinds: set[str]) -> None:
    graph = graph_of(FULL, main_output(HD), output("other", **other))
    assert set(shared(graph)) == kinds
    alone = make_graph(film_for(FULL, output("o", **other).profile), Known()).steps
    assert {s.fingerprint for s in graph.steps} == {
        s.fingerprint for s in (*make_graph(FULL, Known()).steps, *alone)
    }
    stages = [step.stage for step in graph.steps]
    assert stages == sorted(stages)


def test_one_gain_for_two_targets_is_one_mix() -> None:
    """Two outputs whose sound happens to need the same gain share its windows, but for the ceiling
    that their targets allow them."""
    soft, softer = Decimal("-20"), Decimal("-20.2")
    outputs = [output("a", loudness_lufs=soft), output("b", loudness_lufs=softer)]
    first = graph_of(film(2), *outputs)
    marks = [s.fingerprint for s in first.steps if s.kind == "measure"]
    assert shared(first)["measure"] == len(marks), "what is measured is the same"
    measured = Known(measures=dict.fromkeys(marks, LOUD))
    later = graph_of(film(2), *outputs, known=measured)
    assert shared(later)["mix"] == sum(1 for s in later.steps if s.kind == "mix")
    assert [len(b.marks) for b in later.branches] == [len(later.steps)] * 2


def test_an_animated_picture_is_made_from_the_finished_film() -> None:
    graph = graph_of(film(2), main_output(HD), GIF, replace(GIF, name="again"))
    assert [s.kind for s in graph.steps][-2:] == ["master", "animation"]
    step = graph.steps[-1]
    assert step.needs == (graph.branches[0].last.fingerprint,)
    assert graph.users[step.fingerprint] == 0b110, "two of the same are one"
    assert (graph.branches[1].frames, graph.branches[1].seconds) == (24, Fraction(2))
    longer = replace(GIF, animated=Animated(kind="gif", seconds=Fraction(60), fps=10))
    assert graph_of(film(2), main_output(HD), longer).branches[1].frames == 100
    changed = graph_of(film(3), main_output(HD), GIF)
    assert changed.branches[1].last.fingerprint != graph.branches[1].last.fingerprint
    assert [animated_height(w, 1080, 1920) for w in (480, 321)] == [854, 570]


def others(main: OutputProfile) -> st.SearchStrategy[tuple[Output, ...]]:
    """A few more outputs, some of which are alike."""
    changed = profiles.map(lambda other: replace(main, width=other.width, height=other.height))
    coded = st.sampled_from([replace(main, codec=codec) for codec in FORMATS])
    some = st.lists(st.one_of(st.just(main), changed, coded, profiles), max_size=3)
    return some.map(
        lambda all_: tuple(Output(name=f"o{n}", profile=one) for n, one in enumerate(all_))
    )


@law
@given(timelines(), st.data())
def test_rendered_outputs_plan_no_work(timeline: Timeline, data: st.DataObject) -> None:
    more = data.draw(others(timeline.profile))
    gif = Output(name="gif", profile=timeline.profile, animated=Animated(kind="gif"))
    full = replace(timeline, outputs=(main_output(timeline.profile), *more, gif))
    after, memory = rendered(full)
    plan = make_plan(after, memory)
    assert work_of(plan) == NO_WORK
    assert plan.encode_seconds == 0
    assert all(one.is_unchanged or one.frames is None for one in plan.outputs)


@law
@given(timelines(min_size=1), st.data())
def test_what_is_planned_for_all_is_what_each_needs_counted_once(
    timeline: Timeline, data: st.DataObject
) -> None:
    more = data.draw(others(timeline.profile))
    full = replace(timeline, outputs=(main_output(timeline.profile), *more))
    memory = apply(timeline, make_plan(timeline, Memory(results={})), Memory(results={}))
    plan = make_plan(full, memory)
    alone = [make_plan(replace(full, outputs=(one,)), memory) for one in full.outputs]
    for one, planned in zip(alone, plan.outputs, strict=True):
        assert one.encode_seconds == planned.encode_seconds
        assert one.outputs[0].to_make == planned.to_make
    assert plan.encode_seconds <= sum(one.encode_seconds for one in alone) + 1e-6
    making = {s.fingerprint for s in plan.steps if s.action == "make" and s.fingerprint}
    apart = [s for one in alone for s in one.steps if s.action == "make" and s.fingerprint]
    assert making == {s.fingerprint for s in apart}
    assert plan.outputs[0].is_unchanged, "the main film was rendered"


def test_a_film_that_is_there_needs_no_pieces_for_another() -> None:
    """Its pieces were dropped to make room; the other output makes only its own."""
    timeline = _plain_timeline()
    full = replace(timeline, outputs=(main_output(HD), output("tall", width=720, height=1280)))
    memory = remember(timeline, {})
    master = next(s.fingerprint for s in make_plan(timeline, memory).steps if s.kind == "master")
    bare = replace(memory, steps={master or "": "film"}, known=Known())
    plan = make_plan(full, bare)
    main, tall = plan.outputs
    assert (main.is_unchanged, main.digest, main.to_make) == (True, "film", 0)
    assert (tall.is_unchanged, tall.digest) == (False, None)
    made = [s for s in plan.steps if s.action == "make"]
    assert {s.outputs for s in made} == {("tall",)}
    assert plan.encode_seconds == tall.encode_seconds > 0


def _plain_timeline() -> Timeline:
    own = Source(digest="ab" * 32, seconds=Fraction(3))
    segment = TimelineSegment(id="s", order_index=0, own=own)
    return Timeline(project_id="p", profile=HD, segments=(segment,))


def test_a_digest_names_the_outputs_and_is_the_same_for_the_main_film_alone() -> None:
    timeline, memory = _plain_timeline(), Memory(results={})
    digests = [
        make_plan(replace(timeline, outputs=outputs), memory).digest
        for outputs in (
            (),
            (main_output(HD),),
            (main_output(HD), output("tall", width=720)),
            (main_output(HD), output("tall", width=722)),
            (main_output(HD), output("high", width=720)),
            (output("tall", width=720),),
            (main_output(HD), GIF),
            (main_output(HD), replace(GIF, animated=Animated(kind="webp", seconds=Fraction(2)))),
        )
    ]
    assert digests[0] == digests[1]
    assert len(set(digests)) == len(digests) - 1
    draft = replace(timeline, profile=replace(HD, quality="draft"))
    assert make_plan(draft, memory).digest not in digests


def test_an_animated_picture_brings_the_main_film_along() -> None:
    all_ = read_outputs([{"name": "tall", "width": 90}, {"name": "g", "kind": "gif"}], HD)
    assert [one.name for one in chosen(all_, None)] == [MAIN, "tall", "g"]
    assert [one.name for one in chosen(all_, ["g"])] == [MAIN, "g"]
    assert [one.name for one in chosen(all_, ["tall", "tall"])] == ["tall"]
    with pytest.raises(BadInput) as refused:
        chosen(all_, ["tall", "tal"])
    assert refused.value.problems[0].field == "outputs.1"


def test_what_is_not_said_is_as_in_the_main_film() -> None:
    main = replace(HD, loudness_lufs=Decimal(-16), quality="high", codec="hevc")
    told: list[dict[str, Any]] = [
        {"name": "same"},
        {"name": "raw", "loudness_lufs": "off"},
        {"name": "small", "width": 640, "fps": "30000/1001", "codec": "av1"},
    ]
    _, same, raw, small = read_outputs(told, main)
    assert same.profile == main
    assert raw.profile == replace(main, loudness_lufs=None)
    rate = FrameRate(num=30000, den=1001)
    assert small.profile == replace(main, width=640, fps=rate, codec="av1")
    assert (small.container, small.content_type, small.size) == ("mp4", "video/mp4", (640, 720))


def test_a_larger_or_better_film_takes_longer() -> None:
    timeline, memory = _plain_timeline(), Memory(results={})

    def seconds(**changes: Any) -> float:
        profile = replace(HD, **changes)
        return make_plan(replace(timeline, profile=profile), memory).seconds

    plain = seconds()
    assert plain == 1.5, "three seconds at half a second each"
    assert seconds(quality="draft") < plain < seconds(codec="hevc") < seconds(codec="prores")
    assert seconds(fps=FrameRate(num=48)) == seconds(height=1440) == 2 * plain
    both = replace(timeline, outputs=(main_output(HD), output("tall", width=720, height=1280)))
    assert make_plan(both, memory).seconds == 2 * plain
