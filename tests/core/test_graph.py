"""Laws of the composition graph: what did not change is not made again, and what changed is made in
proportion to the seconds it touches."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.composition import Source, Trim
from video_foundry.core.draft import Draft
from video_foundry.core.effects import Look, Move, PictureEffects, Retime, Viewport, from_json
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.graph import (
    Graph,
    Known,
    Step,
    graph_of,
    make_graph,
)
from video_foundry.core.loudness import Measurement
from video_foundry.core.overlays import MOST_AT_ONCE, Overlay
from video_foundry.core.pieces import KEYFRAME_DISTANCE
from video_foundry.core.profile import OutputProfile
from video_foundry.core.sound import SoundItem, SoundShape
from video_foundry.core.titles import text_from_json
from video_foundry.core.transitions import make_transition
from video_foundry.errors import BadInput

PROFILE = OutputProfile()
CELL = Fraction(KEYFRAME_DISTANCE, 24)


def digest(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def clip(index: int, name: str | None = None, **changes: Any) -> FilmClip:
    source = Source(digest=digest(name or f"clip {index}"), seconds=Fraction(5))
    return FilmClip(segment_id=f"s{index}", index=index, source=source, **changes)


def film(count: int = 6, **changes: Any) -> Film:
    return Film(profile=PROFILE, clips=tuple(clip(n) for n in range(count)), **changes)


def text(words: str, start: float, end: float, **more: Any) -> Overlay:
    told = {"text": words, "start": start, "end": end, **more}
    return Overlay(item=text_from_json(told, field="text.0"), where="text.0")


def music(name: str = "music", **changes: Any) -> SoundItem:
    return SoundItem(digest=digest(name), seconds=Fraction(60), **changes)


def with_clip(base: Film, index: int, **changes: Any) -> Film:
    changed = replace(base.clips[index], **changes)
    return replace(base, clips=(*base.clips[:index], changed, *base.clips[index + 1 :]))


def reordered(clips: Iterable[FilmClip]) -> tuple[FilmClip, ...]:
    return tuple(replace(one, index=index) for index, one in enumerate(clips))


def measured(graph: Graph) -> dict[str, Measurement]:
    """What every window was measured to be: the same loud sound."""
    loud = Measurement(energies=(10**11,) * 96, peaks=(500_000,) * 96)
    return {step.fingerprint: loud for step in graph.steps if step.kind == "measure"}


class Studio:
    """Composes films in thought: remembers every step that was done."""

    def __init__(self) -> None:
        self.done: dict[str, Step] = {}
        self.measures: dict[str, Measurement] = {}

    def graph(self, of: Film) -> Graph:
        draft = Draft(of)
        keys = draft.clip_keys
        runs = [s.run for s in self.done.values() if s.run and s.run.key in keys]
        wanted = draft.measures
        measures = {mark: m for mark, m in self.measures.items() if mark in wanted}
        return graph_of(draft, Known(runs=runs, measures=measures))

    def compose(self, of: Film) -> list[Step]:
        """Do all that is to be done; returns it."""
        made: list[Step] = []
        while True:
            graph = self.graph(of)
            new = [s for s in graph.steps if s.is_known and s.fingerprint not in self.done]
            if not new:
                assert graph.master.is_known
                return made
            for step in new:
                assert all(need in self.done or need in _marks(new) for need in step.needs)
                self.done[step.fingerprint] = step
            self.measures |= measured(graph)
            made += new


def _marks(steps: Iterable[Step]) -> set[str]:
    return {step.fingerprint for step in steps}


def encoded(steps: Iterable[Step]) -> Fraction:
    """Seconds of picture."""
    return sum((step.seconds for step in steps), Fraction(0))


def kinds(steps: Iterable[Step]) -> list[str]:
    return sorted(step.kind for step in steps)


@st.composite
def films(draw: st.DrawFn) -> Film:
    clips = [clip(n, draw(st.sampled_from("abcdefgh"))) for n in range(draw(st.integers(1, 6)))]
    for index, one in enumerate(clips):
        if draw(st.booleans()):
            seconds = draw(st.fractions(Fraction(1, 10), Fraction(2), max_denominator=24))
            kind = draw(st.sampled_from(["fade", "wipe-left", "push-up"]))
            clips[index] = replace(one, transition=make_transition(kind, seconds))
        if draw(st.booleans()):
            start = draw(st.fractions(0, Fraction(1, 2), max_denominator=48))
            clips[index] = replace(clips[index], trim=Trim(start=start, end=Fraction(49, 10)))
    texts = [
        text(draw(st.sampled_from(["One", "Two"])), start, start + 1.5)
        for start in draw(st.lists(st.sampled_from([0.0, 0.4, 2.1]), max_size=3))
    ]
    sounds = (music(),) if draw(st.booleans()) else ()
    target = draw(st.sampled_from([None, Decimal(-14)]))
    return Film(
        profile=replace(PROFILE, loudness_lufs=target),
        clips=tuple(clips),
        overlays=tuple(texts),
        sounds=sounds,
    )


@law
@given(films())
def test_an_unchanged_film_makes_nothing(one: Film) -> None:
    studio = Studio()
    assert studio.compose(one)
    assert studio.compose(one) == []


@law
@given(films(), films())
def test_going_back_makes_nothing(one: Film, other: Film) -> None:
    studio = Studio()
    studio.compose(one)
    studio.compose(other)
    assert studio.compose(one) == []


@law
@given(films())
def test_the_cuts_are_the_whole_film(one: Film) -> None:
    studio = Studio()
    studio.compose(one)
    graph = studio.graph(one)
    cuts = graph.master.spec["cuts"]
    assert sum(frames for _, _, frames in cuts) == graph.frames == graph.master.spec["frames"]
    for mark, first, frames in cuts:
        assert first + frames <= studio.done[mark].spec["frames"]


@law
@given(films(), films())
def test_whichever_pieces_exist_the_film_is_the_same(one: Film, other: Film) -> None:
    fresh, used = Studio(), Studio()
    fresh.compose(one)
    used.compose(other)
    used.compose(one)
    assert fresh.graph(one).master.fingerprint == used.graph(one).master.fingerprint


def test_one_other_clip_makes_one_piece_its_sound_and_the_film() -> None:
    studio = Studio()
    studio.compose(film())
    made = studio.compose(with_clip(film(), 2, source=clip(2, "another").source))
    assert kinds(made) == ["clip", "master", "mix", "sound"]
    assert encoded(made) == 5


def test_another_order_encodes_no_picture() -> None:
    studio, base = Studio(), film()
    studio.compose(base)
    made = studio.compose(replace(base, clips=reordered(base.clips[::-1])))
    assert encoded(made) == 0
    assert "clip" not in kinds(made)


def test_the_same_clip_twice_is_one_piece() -> None:
    made = Studio().compose(Film(profile=PROFILE, clips=(clip(0, "a"), clip(1, "a"))))
    assert kinds(made) == ["clip", "master", "mix", "mix", "sound"]


def test_a_new_transition_encodes_what_it_touches() -> None:
    studio, base = Studio(), film()
    studio.compose(base)
    made = studio.compose(with_clip(base, 2, transition=make_transition("fade", "0.5")))
    assert [s.kind for s in made if s.seconds] == ["span"]
    assert encoded(made) <= Fraction(1, 2) + 2 * CELL


def test_another_kind_of_transition_encodes_that_piece_alone() -> None:
    studio = Studio()
    base = with_clip(film(), 2, transition=make_transition("fade", "0.5"))
    studio.compose(base)
    made = studio.compose(with_clip(base, 2, transition=make_transition("wipe-up", "0.5")))
    assert kinds(made) == ["master", "span"]


def test_taking_a_transition_away_encodes_the_cells_it_had() -> None:
    studio = Studio()
    mixed = with_clip(film(), 2, transition=make_transition("fade", "0.5"))
    studio.compose(mixed)
    made = studio.compose(film())
    assert encoded(made) <= 2 * CELL


def test_a_text_encodes_what_it_covers_and_no_sound() -> None:
    studio, base = Studio(), film()
    studio.compose(base)
    made = studio.compose(replace(base, overlays=(text("Soon", 7, 9),)))
    assert kinds(made) == ["master", "span", "title"]
    assert encoded(made) <= 2 + 2 * CELL


def test_a_text_tied_to_a_segment_moves_with_it_for_nothing() -> None:
    studio = Studio()
    tied = replace(film(), overlays=(text("Soon", 1, 3, segment="s3"),))
    studio.compose(tied)
    made = studio.compose(replace(tied, clips=reordered([tied.clips[3], *tied.clips[:3]])))
    assert encoded(made) == 0


def test_other_music_makes_no_picture() -> None:
    studio = Studio()
    studio.compose(replace(film(), sounds=(music(),)))
    made = studio.compose(replace(film(), sounds=(music("other"),)))
    assert set(kinds(made)) == {"master", "mix", "sound"}


def test_one_clip_s_volume_mixes_its_windows_alone() -> None:
    base = film(12)
    studio = Studio()
    studio.compose(base)
    made = studio.compose(with_clip(base, 8, sound=SoundShape(gain_db=Decimal(-6))))
    assert set(kinds(made)) == {"master", "mix"}
    assert kinds(made).count("mix") <= 3 < kinds(Studio().compose(base)).count("mix")


def test_a_loudness_target_measures_first_and_mixes_once_it_knows() -> None:
    target = replace(film(), profile=replace(PROFILE, loudness_lufs=Decimal(-14)))
    graph = make_graph(target, Known())
    assert not graph.master.is_known
    assert not [s for s in graph.steps if s.kind == "mix" and s.is_known]
    made = Studio().compose(target)
    assert kinds(made).count("measure") == kinds(made).count("mix") == 4


def test_another_look_is_another_picture_and_the_same_sound() -> None:
    studio = Studio()
    studio.compose(film())
    look = PictureEffects(look=Look(exposure=Fraction(1, 2)))
    made = studio.compose(with_clip(film(), 1, effects=look))
    assert kinds(made) == ["clip", "master"]


def test_a_move_belongs_to_the_frames_that_are_used() -> None:
    move = from_json({"framing": {"move": {"start": {"scale": 1}, "end": {"scale": 1.2}}}})
    assert move.framing.move == Move(end=Viewport(scale=Fraction(6, 5)))
    studio, base = Studio(), with_clip(film(), 1, effects=move)
    studio.compose(base)
    made = studio.compose(with_clip(base, 1, trim=Trim(start=Fraction(1))))
    assert encoded(made) == 4


@pytest.mark.parametrize(
    ("retime", "seconds"),
    [
        (Retime(speed=Fraction(2)), Fraction(5, 2)),
        (Retime(speed=Fraction(1, 2)), 10),
        (Retime(is_reversed=True), 5),
        (from_json({"retime": {"freeze": {"at": 2, "seconds": 1}}}).retime, 6),
    ],
)
def test_retiming_decides_the_length(retime: Retime, seconds: Fraction) -> None:
    one = Film(profile=PROFILE, clips=(clip(0, effects=PictureEffects(retime=retime)),))
    assert make_graph(one, Known()).frames == seconds * 24


def test_a_trim_is_in_seconds_of_the_source() -> None:
    trim = Trim(start=Fraction(1), end=Fraction(3))
    fast = PictureEffects(retime=Retime(speed=Fraction(2)))
    backwards = PictureEffects(retime=Retime(is_reversed=True))
    forwards, back = (
        make_graph(Film(profile=PROFILE, clips=(clip(0, trim=trim, effects=effects),)), Known())
        for effects in (fast, backwards)
    )
    assert forwards.frames == 24
    assert [s.spec["layers"][0]["first"] for s in forwards.steps if s.kind == "clip"] == [12, 24]
    assert back.frames == 48
    assert [s.spec["layers"][0]["first"] for s in back.steps if s.kind == "clip"] == [48]


def test_what_waits_for_a_clip_is_not_known_yet() -> None:
    pending = Source(digest=digest("request"), seconds=Fraction(5), is_pending=True)
    base = with_clip(film(), 2, source=pending, transition=make_transition("fade", "0.5"))
    graph = make_graph(base, Known())
    unknown = [s for s in graph.steps if not s.is_known]
    assert {s.kind for s in unknown} == {"clip", "span", "sound", "mix", "master"}
    assert sum(1 for s in graph.steps if s.kind == "clip" and s.is_known) == 5


def test_what_cannot_be_is_refused_by_name() -> None:
    late = replace(film(1), overlays=(text("Late", 6, 7),))
    with pytest.raises(BadInput) as refused:
        make_graph(late, Known())
    assert refused.value.problems[0].field == "text.0.start"
    lost = replace(film(1), overlays=(text("Lost", 0, 1, segment="gone"),))
    with pytest.raises(BadInput) as refused:
        make_graph(lost, Known())
    assert refused.value.problems[0].field == "text.0.segment"


def test_what_an_item_needs_is_named_by_its_place() -> None:
    texts = [text("one", 0, 1), replace(text("two", 1, 2), where="text.1")]
    sounds = (music("first"), music("second"))
    graph = make_graph(film(2, overlays=tuple(texts), sounds=sounds), Known())
    named = {step.label for step in graph.steps if step.kind in ("title", "sound")}
    assert named == {"text 1", "text 2", "audio 1", "audio 2", "segment 1", "segment 2"}
    assert graph.master.label == "the film"


def test_so_many_layers_lie_on_one_frame_and_no_more() -> None:
    """The next may begin where one has gone."""
    many = [text(f"text {n}", 1, 2 + n) for n in range(MOST_AT_ONCE)]
    base = film(40)
    assert make_graph(replace(base, overlays=(*many, text("after", 2, 3))), Known()).steps
    with pytest.raises(BadInput, match=f"more than {MOST_AT_ONCE} .* from 1.5 s on") as refused:
        make_graph(replace(base, overlays=(text("over", 1.5, 3), *many)), Known())
    assert refused.value.problems[0].field == "text.0.start"
