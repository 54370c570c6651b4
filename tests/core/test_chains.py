"""Pictures and models to fall back on, in the plan: what is there is not made again, what is under
way is not paid twice, and the dearest that may be sent is what counts."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import FREE, PAID, RANGED, UNPRICED, answer_to, law

from video_foundry.core.asks import Ask, make_asks, needed_first
from video_foundry.core.catalogue import Catalogue, ModelEntry, PriceRow
from video_foundry.core.composition import Source
from video_foundry.core.money import NOTHING
from video_foundry.core.plan import Memory, Plan, make_plan
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import requests_named
from video_foundry.core.retarget import Shot
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.errors import BadInput

PICTURE = ModelEntry(
    id="picture",
    provider="there",
    title="A picture",
    makes="image",
    prices=(PriceRow(amount=Decimal("0.03")),),
)
CATALOGUE = Catalogue([FREE, PAID, RANGED, UNPRICED, PICTURE])
MODELS = ("free", "paid", "ranged")
FIRST = {"model": "picture", "prompt": "a lake"}


def segment(number: int, prompt: str, said: Mapping[str, Any], *gone: str) -> TimelineSegment:
    """A segment that says this. gone: models that cannot be used."""
    asks = make_asks(
        CATALOGUE,
        Shot(given=said, prompt=prompt),
        {},
        lambda entry: "it is gone" if entry.id in gone else None,
    )
    return TimelineSegment(
        id=f"s{number}",
        order_index=number,
        request=asks[0].request,
        entry=asks[0].entry,
        unavailable=asks[0].unavailable,
        pictures=asks[0].pictures,
        fallbacks=asks[1:],
    )


def film(*segments: TimelineSegment) -> Timeline:
    """A project of these."""
    return Timeline(project_id="project", profile=OutputProfile(), segments=segments)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Up to four segments with pictures, and models to fall back on."""
    said = st.fixed_dictionaries(
        {"model": st.sampled_from(MODELS)},
        optional={
            "first_frame": st.sampled_from([FIRST, {**FIRST, "prompt": "a hill"}]),
            "fallbacks": st.lists(st.sampled_from(MODELS), max_size=3),
        },
    )
    shots = draw(st.lists(st.tuples(st.sampled_from("ab"), said), min_size=1, max_size=4))
    return film(*(segment(n, prompt, told) for n, (prompt, told) in enumerate(shots)))


def carried_out(plan: Plan, timeline: Timeline, before: Memory) -> Memory:
    """What is known when everything that a plan names has been made."""
    asks = {a.request.fingerprint: a for s in timeline.segments for a in s.asks}
    results = dict(before.results)
    for planned in plan.segments:
        if planned.action == "generate" and planned.fingerprint:
            results[planned.fingerprint] = answer_to(asks[planned.fingerprint].request)
            for one in planned.pictures:
                results[one.fingerprint] = still(one.fingerprint)
    return Memory(results=results)


def still(fingerprint: str) -> Source:
    """A picture that was made."""
    return Source(digest=fingerprint[::-1], seconds=Fraction(0), is_image=True)


@law
@given(timelines())
def test_what_a_plan_did_is_not_planned_again(timeline: Timeline) -> None:
    empty = Memory(results={})
    plan = make_plan(timeline, empty)
    after = make_plan(timeline, carried_out(plan, timeline, empty))
    assert (after.to_generate, after.pictures_to_generate) == (0, 0)
    assert after.price == NOTHING
    assert plan.price.low <= plan.price.high


@law
@given(timelines(), st.integers(0, 3))
def test_any_result_of_a_chain_satisfies_it(timeline: Timeline, which: int) -> None:
    chosen = [s.asks[which % len(s.asks)].request for s in timeline.segments]
    memory = Memory(results={request.fingerprint: answer_to(request) for request in chosen})
    plan = make_plan(timeline, memory)
    assert plan.to_generate == 0
    assert plan.pictures_to_generate == 0, "nothing is made for a clip that is there"


@law
@given(timelines())
def test_what_is_under_way_is_not_paid_again(timeline: Timeline) -> None:
    """A second click, also on what others were refused for."""
    plan = make_plan(timeline, Memory(results={}))
    marks = {p.fingerprint for p in plan.segments if p.fingerprint}
    marks |= {one.fingerprint for p in plan.segments for one in p.pictures}
    again = make_plan(timeline, Memory(results={}, under_way=marks))
    assert again.price.low == 0
    assert again.digest == plan.digest
    assert [p.fingerprint for p in again.segments] == [p.fingerprint for p in plan.segments]


def test_one_that_stands_in_already_comes_first() -> None:
    timeline = film(segment(0, "a", {"model": "paid", "fallbacks": ["ranged"]}))
    first, second = timeline.segments[0].asks
    refused = {first.request.fingerprint: "no"}
    memory = Memory(results={}, under_way={second.request.fingerprint}, failed=refused)
    (planned,) = make_plan(timeline, memory).segments
    assert (planned.model, planned.price) == ("ranged", NOTHING)
    untried = replace(memory, failed={})
    assert make_plan(timeline, untried).segments[0].model == "paid", "others ask for that"


def test_the_dearest_counts_and_the_pictures_on_top() -> None:
    said = {"model": "paid", "first_frame": FIRST, "fallbacks": ["ranged", "free"]}
    plan = make_plan(film(segment(0, "a", said)), Memory(results={}))
    assert (plan.price.low, plan.price.high) == (Decimal("0.03"), Decimal("1.28"))
    unknown = {**said, "fallbacks": [{"model": "unpriced"}]}
    del unknown["first_frame"]
    assert not make_plan(film(segment(0, "a", unknown)), Memory(results={})).price.is_known


def test_a_clip_refers_to_its_picture_before_that_is_there() -> None:
    (ask,) = make_asks(CATALOGUE, Shot(given={"model": "paid", "first_frame": FIRST}), {})
    (picture,) = needed_first([ask]).values()
    assert requests_named(ask.request) == {"first_frame": picture.request.fingerprint}
    assert one_with({**FIRST, "prompt": "another"}).request != ask.request
    assert one_with({**FIRST, "variation": 1}).request != ask.request


def one_with(picture: Mapping[str, Any]) -> Ask:
    """A paid clip that begins with this."""
    return make_asks(CATALOGUE, Shot(given={"model": "paid", "first_frame": picture}), {})[0]


def test_models_that_are_gone_are_passed_over_and_all_gone_is_a_problem() -> None:
    said = {"model": "paid", "fallbacks": ["ranged"]}
    some = make_plan(film(segment(0, "a", said, "paid")), Memory(results={}))
    assert (some.ready, some.segments[0].model) == (True, "ranged")
    assert "stands in for paid: it is gone" in some.segments[0].reason.message
    none = make_plan(film(segment(0, "a", said, "paid", "ranged")), Memory(results={}))
    assert [p.message for p in none.problems] == ["segment 1: it is gone"]
    lacks = {"model": "paid", "first_frame": FIRST}
    unmade = make_plan(film(segment(0, "a", lacks, "picture")), Memory(results={}))
    assert "its first frame needs picture" in unmade.problems[0].message


def test_a_picture_that_is_there_is_no_obstacle_though_its_model_is_gone() -> None:
    said = {"model": "paid", "first_frame": FIRST, "fallbacks": ["ranged"]}
    timeline = film(segment(0, "a", said, "picture"))
    first, second = timeline.segments[0].asks
    picture = next(iter(needed_first([first])))
    made = Memory(results={picture: still(picture)})
    (planned,) = make_plan(timeline, made).segments
    assert (planned.model, planned.pictures[0].action) == ("paid", "reuse")
    refused = {first.request.fingerprint: "no"}
    stands_in = replace(made, failed=refused, under_way={second.request.fingerprint})
    (planned,) = make_plan(timeline, stands_in).segments
    assert planned.reason.message.endswith("ranged stands in for paid: it was refused")


def test_a_model_without_first_frames_takes_no_picture() -> None:
    with pytest.raises(BadInput, match="takes no first_frame"):
        make_asks(CATALOGUE, Shot(given={"model": "unpriced", "first_frame": FIRST}), {})
