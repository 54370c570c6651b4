"""What is kept with a segment says what a fresh look would say, whatever has become known since."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import FREE, answer_to, law, requests, timelines

from video_foundry.core.canonical import canonical_json, fingerprint, fingerprint_of_members
from video_foundry.core.decisions import clip_in_film
from video_foundry.core.film import FilmClip
from video_foundry.core.plan import Memory, film_of, make_plan
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import GenerationRequest, make_request
from video_foundry.core.timebase import FrameRate
from video_foundry.core.timeline import Timeline, TimelineSegment


def anew(timeline: Timeline) -> Timeline:
    """The same timeline of values that nothing was ever worked out of."""
    fresh = (replace(s, request=s.request and replace(s.request)) for s in timeline.segments)
    return replace(timeline, segments=tuple(fresh))


def a_memory(timeline: Timeline, chance: Random) -> Memory:
    """Some of what is asked for is there, under way or has failed."""
    asked = [s.request for s in timeline.segments if s.request is not None]

    def some() -> list[GenerationRequest]:
        return [one for one in asked if chance.random() < 0.5]

    return Memory(
        results={one.fingerprint: answer_to(one) for one in some()},
        under_way=frozenset(one.fingerprint for one in some()),
        failed={one.fingerprint: chance.choice(["refused", "too dear"]) for one in some()},
    )


@law
@given(timelines(min_size=1), requests, st.randoms(use_true_random=False))
def test_a_plan_of_kept_segments_is_a_fresh_plan(
    timeline: Timeline, other: tuple[GenerationRequest, Any], chance: Random
) -> None:
    """The same segments under other circumstances: another memory, film, or neighbours."""
    for _ in range(8):
        memory = a_memory(timeline, chance)
        assert make_plan(timeline, memory) == make_plan(anew(timeline), memory)
        segments = [*timeline.segments]
        match chance.randrange(4):
            case 0:
                rate = FrameRate(num=chance.choice((24, 25, 50)))
                timeline = replace(timeline, profile=replace(timeline.profile, fps=rate))
            case 1:
                chance.shuffle(segments)
            case 2:
                request, entry = other
                edited = replace(segments[0], request=request, entry=entry, own=None)
                segments[0] = edited
            case _:
                segments = [*segments, replace(segments[-1], id=f"copy {len(segments)}")][-6:]
        timeline = replace(timeline, segments=tuple(segments))


def test_what_did_not_change_is_not_worked_out_again() -> None:
    profile = OutputProfile()
    timeline = Timeline(
        project_id="project", profile=profile, segments=tuple(_of(n) for n in range(3))
    )
    memory = Memory(results={})
    before = make_plan(timeline, memory)
    changed = replace(timeline.segments[1], request=_asked("other words"))
    first, _, third = timeline.segments
    after = make_plan(replace(timeline, segments=(first, changed, third)), memory)
    assert after.segments[0] is before.segments[0]
    assert after.segments[1] != before.segments[1]
    assert after.segments[2] is before.segments[2]


def test_a_clip_in_a_film_knows_its_place() -> None:
    segment = _of(0)
    at = [clip_in_film(index, segment, {}) for index in (0, 1, 0)]
    assert [_index(one) for one in at] == [0, 1, 0]
    film = film_of(Timeline(project_id="p", profile=OutputProfile(), segments=(segment,)), {})
    assert film is not None
    assert film.clips[0].index == 0


def _index(clip: FilmClip | None) -> int | None:
    return None if clip is None else clip.index


def _asked(words: str) -> GenerationRequest:
    return make_request(FREE, words, {"model": FREE.id}, {})


def _of(number: int) -> TimelineSegment:
    return TimelineSegment(
        id=f"s{number}", order_index=number, request=_asked(f"shot {number}"), entry=FREE
    )


names = st.text(max_size=5)
plain_values = st.recursive(
    st.none() | st.integers() | names | st.decimals(-99, 99, places=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)


@law
@given(st.dictionaries(names, plain_values, max_size=5))
def test_members_that_are_written_already_make_the_same_fingerprint(value: dict[str, Any]) -> None:
    members = {name: canonical_json(one) for name, one in value.items()}
    assert fingerprint_of_members("plan", 2, members) == fingerprint("plan", 2, value)
