"""The laws of the plan: an unchanged timeline plans no work, edits of order cost nothing, planning
is pure, and money is never negative and never silently unknown."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import (
    ENTRIES,
    EUROS,
    FREE,
    NO_WORK,
    PAID,
    UNPRICED,
    answer_to,
    apply,
    digests,
    law,
    remember,
    rendered,
    requests,
    seconds,
    timelines,
    within,
    work_of,
)

from video_foundry.core.catalogue import ModelEntry, PriceRow
from video_foundry.core.composition import Source
from video_foundry.core.money import NOTHING
from video_foundry.core.plan import Memory, make_plan
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import GenerationRequest, make_request
from video_foundry.core.timeline import ChosenTake, Timeline, TimelineSegment

EMPTY = Memory(results={})


def one(entry: ModelEntry, prompt: str = "a road", **params: object) -> TimelineSegment:
    """A segment that asks for something."""
    request = make_request(entry, prompt, {"model": entry.id, **params}, {})
    return TimelineSegment(id="segment", order_index=0, request=request, entry=entry)


def film(*segments: TimelineSegment) -> Timeline:
    """A project of these segments, each with an id and a place of its own."""
    placed = (replace(s, id=f"s{i}", order_index=i) for i, s in enumerate(segments))
    return Timeline(project_id="project", profile=OutputProfile(), segments=tuple(placed))


@law
@given(timelines())
def test_an_unchanged_timeline_plans_no_work(timeline: Timeline) -> None:
    after, memory = rendered(timeline)
    plan = make_plan(after, memory)
    assert work_of(plan) == NO_WORK
    assert plan.price == NOTHING
    assert plan.seconds == 0
    assert {s.reason.code for s in plan.segments} <= {"unchanged", "chosen", "pinned", "uploaded"}


@law
@given(timelines(), st.data())
def test_what_a_plan_did_is_not_planned_again(timeline: Timeline, data: st.DataObject) -> None:
    """Whatever of the film was there before."""
    known = data.draw(st.lists(st.sampled_from(timeline.segments))) if timeline.segments else []
    results = {s.request.fingerprint: answer_to(s.request) for s in known if s.request is not None}
    before = remember(timeline, results)
    memory = apply(timeline, make_plan(timeline, before), before)
    assert work_of(make_plan(timeline, memory)) == NO_WORK


@law
@given(timelines(), st.randoms(use_true_random=False))
def test_reordering_generates_nothing_and_encodes_no_clip(
    timeline: Timeline, chance: Random
) -> None:
    after, memory = rendered(timeline)
    shuffled = list(after.segments)
    chance.shuffle(shuffled)
    moved = replace(
        after, segments=tuple(replace(s, order_index=i) for i, s in enumerate(shuffled))
    )
    work = work_of(make_plan(moved, memory))
    assert (work.generate, work.encode) == (0, 0)
    assert work.join <= 1


@law
@given(timelines(min_size=1), st.data())
def test_duplicating_generates_nothing_and_encodes_no_clip(
    timeline: Timeline, data: st.DataObject
) -> None:
    after, memory = rendered(timeline)
    twin = replace(data.draw(st.sampled_from(after.segments)), id="twin", previous=None)
    plan = make_plan(replace(after, segments=(*after.segments, twin)), memory)
    work = work_of(plan)
    assert (work.generate, work.encode, work.join) == (0, 0, 1)


@law
@given(timelines(min_size=1), st.data())
def test_deleting_generates_nothing_and_encodes_no_clip(
    timeline: Timeline, data: st.DataObject
) -> None:
    after, memory = rendered(timeline)
    gone = data.draw(st.sampled_from(after.segments))
    rest = tuple(s for s in after.segments if s is not gone)
    work = work_of(make_plan(replace(after, segments=rest), memory))
    assert (work.generate, work.encode, work.join) == (0, 0, 1 if rest else 0)


@law
@given(timelines(min_size=1), requests, st.data())
def test_an_edit_and_its_undo_cost_one_generation_at_most(
    timeline: Timeline, other: tuple[GenerationRequest, ModelEntry], data: st.DataObject
) -> None:
    after, memory = rendered(timeline)
    index = data.draw(st.integers(0, len(after.segments) - 1))
    request, entry = other
    segment = after.segments[index]
    trim = within(segment.trim, answer_to(request))
    edited = replace(segment, trim=trim, request=request, entry=entry, own=None, chosen=None)
    changed = replace(
        after, segments=(*after.segments[:index], edited, *after.segments[index + 1 :])
    )
    plan = make_plan(changed, memory)
    assert plan.to_generate <= 1
    later = apply(changed, plan, memory)
    assert work_of(make_plan(changed, later)) == NO_WORK
    assert work_of(make_plan(after, later)) == NO_WORK


@law
@given(timelines())
def test_planning_is_pure(timeline: Timeline) -> None:
    first, second = make_plan(timeline, EMPTY), make_plan(replace(timeline), Memory(results={}))
    assert first == second
    assert first.digest == second.digest


@law
@given(timelines(min_size=1), st.data())
def test_the_digest_names_the_work_and_not_the_words(
    timeline: Timeline, data: st.DataObject
) -> None:
    """What is under way, failed before, or was rendered last changes reasons, never the digest."""
    marks = [s.request.fingerprint for s in timeline.segments if s.request is not None]
    some = data.draw(st.sets(st.sampled_from(marks))) if marks else set()
    told = Memory(results={}, under_way=some, failed=dict.fromkeys(some, "no luck"))
    forgotten = replace(
        timeline, segments=tuple(replace(s, previous=None) for s in timeline.segments)
    )
    assert make_plan(timeline, told).digest == make_plan(timeline, EMPTY).digest
    assert make_plan(forgotten, EMPTY).digest == make_plan(timeline, EMPTY).digest


@law
@given(timelines(min_size=1))
def test_a_plan_that_was_carried_out_has_another_digest_when_it_did_work(
    timeline: Timeline,
) -> None:
    plan = make_plan(timeline, EMPTY)
    again = make_plan(timeline, apply(timeline, plan, EMPTY))
    assert (again.digest == plan.digest) == (plan.to_generate == 0)


@law
@given(timelines(), st.data())
def test_prices_are_never_negative_and_unknown_ones_say_so(
    timeline: Timeline, data: st.DataObject
) -> None:
    marks = [s.request.fingerprint for s in timeline.segments if s.request is not None]
    shared = data.draw(st.sets(st.sampled_from(marks))) if marks else set()
    plan = make_plan(timeline, Memory(results={}, under_way=shared))
    for segment in plan.segments:
        assert 0 <= segment.price.low <= segment.price.high
    assert 0 <= plan.price.low <= plan.price.high
    paid = [p.price for p in plan.segments if p.price.high]
    is_sum = {p.currency for p in paid} <= {plan.price.currency}
    assert plan.price.is_known == (is_sum and all(p.price.is_known for p in plan.segments))
    fitting = [p for p in paid if p.currency == plan.price.currency]
    assert plan.price.low == sum(p.low for p in fitting)
    assert plan.price.high == sum(p.high for p in fitting)


def test_a_sum_over_two_currencies_is_unknown_and_one_in_euros_is_in_euros() -> None:
    euros = make_plan(film(one(EUROS), one(FREE)), EMPTY)
    assert (euros.price.currency, euros.price.low) == ("EUR", Decimal("0.30"))
    assert euros.price.is_known
    mixed = make_plan(film(one(PAID, duration=5), one(EUROS)), EMPTY)
    assert (mixed.price.currency, mixed.price.low) == ("USD", Decimal("0.60"))
    assert not mixed.price.is_known


def test_an_unpriced_model_makes_the_whole_price_unknown() -> None:
    plan = make_plan(film(one(PAID), one(UNPRICED)), EMPTY)
    assert [s.price.is_known for s in plan.segments] == [True, False]
    assert not plan.price.is_known
    assert plan.price.low == Decimal("0.60")


def test_no_catalogue_can_hold_a_negative_or_endless_price() -> None:
    for amount in ("-0.01", "NaN", "Infinity"):
        with pytest.raises(ValueError, match="not negative"):
            PriceRow(amount=Decimal(amount))


@law
@given(timelines(min_size=1))
def test_a_request_that_stands_twice_is_paid_once(timeline: Timeline) -> None:
    twins = tuple(replace(s, id=f"{s.id}-again") for s in timeline.segments)
    once, twice = (
        make_plan(t, EMPTY)
        for t in (timeline, replace(timeline, segments=(*timeline.segments, *twins)))
    )
    assert twice.to_generate == once.to_generate
    assert twice.price == once.price


@law
@given(timelines(min_size=1))
def test_what_is_under_way_is_not_paid_again(timeline: Timeline) -> None:
    marks = {s.request.fingerprint for s in timeline.segments if s.request is not None}
    plan = make_plan(timeline, Memory(results={}, under_way=marks))
    assert plan.price == NOTHING
    for segment in plan.segments:
        if segment.action == "generate":
            assert segment.is_under_way
            assert segment.reason.code == "under_way"


@law
@given(timelines())
def test_numbers_agree_with_segments(timeline: Timeline) -> None:
    plan = make_plan(timeline, EMPTY)
    generated = [s for s in plan.segments if s.action == "generate"]
    assert plan.reused == len(plan.segments) - len(generated)
    assert plan.to_generate == len({s.fingerprint for s in generated})
    assert len(plan.segments) == len(timeline.segments)
    if plan.frames is not None:
        assert plan.frames == sum(s.frames or 0 for s in plan.segments)  # no transitions here
        assert plan.steps[-1].kind == "master"


@law
@given(timelines(min_size=1), digests, seconds)
def test_a_pinned_take_stands_whatever_is_asked_for(
    timeline: Timeline, digest: str, length: Fraction
) -> None:
    take = ChosenTake(
        take_id="take",
        number=2,
        source=Source(digest=digest, seconds=length),
        pinned=True,
    )
    pinned = tuple(replace(s, own=None, chosen=take) for s in timeline.segments)
    plan = make_plan(replace(timeline, segments=pinned), EMPTY)
    assert plan.to_generate == 0
    assert {(s.action, s.digest) for s in plan.segments} == {("pinned", digest)}


def test_reasons_name_the_field_with_old_and_new_value() -> None:
    before, now = one(PAID, duration=4), one(PAID, prompt="a sea", duration=7.5)
    plan = make_plan(film(replace(now, previous=before.request)), EMPTY)
    reason = plan.segments[0].reason
    assert reason.code == "changed"
    assert [(c.field, c.old, c.new) for c in reason.changes] == [
        ("params.duration", 4, 7.5),
        ("prompt", "a road", "a sea"),
    ]


def test_a_plan_that_cannot_be_carried_out_says_why() -> None:
    empty = make_plan(film(), EMPTY)
    assert not empty.ready
    assert [(p.field, p.fix) for p in empty.problems] == [("segments", "add at least one segment")]
    keyless = replace(one(PAID), unavailable="no key for this model: set A_KEY")
    refused = make_plan(film(one(FREE), keyless), EMPTY)
    assert not refused.ready
    assert [p.segment_id for p in refused.problems] == ["s1"]
    assert refused.problems[0].message == "segment 2: no key for this model: set A_KEY"


def test_a_model_without_a_key_is_no_problem_while_its_clips_are_remembered() -> None:
    keyless = replace(one(PAID), unavailable="no key")
    assert keyless.request is not None
    timeline = film(keyless)
    memory = remember(timeline, {keyless.request.fingerprint: answer_to(keyless.request)})
    assert make_plan(timeline, memory).ready


def test_every_entry_of_these_tests_can_be_asked() -> None:
    for entry in ENTRIES:
        assert make_plan(film(one(entry)), EMPTY).to_generate == 1
