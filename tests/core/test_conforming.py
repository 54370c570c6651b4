"""Which frames of a clip are copied into a film as they are stored: decided by the clip's coding
and the film alone, told beforehand, and never a frame that something lies on."""

from dataclasses import fields, replace
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import law

from video_foundry.core.composition import Source, Trim
from video_foundry.core.conforming import (
    BT709,
    LARGEST_REORDER,
    LONGEST_GROUP,
    MOST_LENGTHS,
    UNTOLD,
    Coding,
    coding_from_json,
    coding_to_json,
    leaves_as_is,
    lengths,
    why_encoded,
)
from video_foundry.core.effects import Framing, Look, PictureEffects, from_json
from video_foundry.core.film import Film, FilmClip
from video_foundry.core.graph import Graph, Known, make_graph
from video_foundry.core.outputs import Output, main_output
from video_foundry.core.overlays import Overlay
from video_foundry.core.planned import planned_outputs, to_make
from video_foundry.core.profile import OutputProfile
from video_foundry.core.render_graph import draft_outputs, make_render_graph
from video_foundry.core.timebase import FrameRate
from video_foundry.core.titles import text_from_json
from video_foundry.core.transitions import make_transition

PROFILE = OutputProfile()
PLAIN = Coding(
    codec="h264",
    profile=100,
    level=31,
    pixels="yuv420p",
    width=1280,
    height=720,
    colour=BT709,
    rate=FrameRate(num=24),
    groups=((48, 2), (24, 1)),
    reorder=2,
)
"""Of five seconds, in groups that begin at 0, 48 and 96."""


def clip(index: int, coding: Coding | None = PLAIN, **told: Any) -> FilmClip:
    mark = sha256(f"clip {index}".encode()).hexdigest()
    source = Source(digest=mark, seconds=Fraction(5), coding=coding)
    return FilmClip(segment_id=f"s{index}", index=index, source=source, **told)


def film(*clips: FilmClip, **told: Any) -> Film:
    return Film(profile=PROFILE, clips=clips, **told)


def graph(one: Film, known: Known | None = None) -> Graph:
    return make_graph(one, known or Known())


def copied(one: Film) -> list[tuple[int, int, int, int]]:
    """(film frame, segment, first, end) of what is copied."""
    return [(c.start, c.segment, c.first, c.end) for c in graph(one).copied]


def encoded(one: Graph) -> Fraction:
    """Frames."""
    return sum((step.seconds for step in one.steps), Fraction(0)) * 24


# --- what conforms --------------------------------------------------------------------------------

OTHERS: list[dict[str, Any]] = [
    {"codec": "hevc"},
    {"profile": 110},
    {"level": 41},
    {"pixels": "yuv422p"},
    {"width": 1278},
    {"height": 718},
    {"colour": (6, 6, 6)},
    {"is_full_range": True},
    {"rate": None},
    {"rate": FrameRate(num=25)},
    {"groups": ()},
    {"groups": ((LONGEST_GROUP + 1, 1),)},
    {"groups": ((24, 1), (25, 1)) * (MOST_LENGTHS // 2 + 1)},
    {"reorder": LARGEST_REORDER + 1},
    {"faults": ("its groups of pictures are open",)},
]


def test_every_fact_of_a_coding_counts() -> None:
    assert why_encoded(PLAIN, PROFILE) is None
    told = {name for other in OTHERS for name in other}
    # Where the parameter sets stand is no matter: the film can have them at either place; and a
    # clip that can be left at its groups' ends alone is copied up to these.
    assert told | {"repeats_sets", "ends"} == {field.name for field in fields(Coding)}


@pytest.mark.parametrize("other", OTHERS, ids=lambda other: f"{other}"[:40])
def test_what_does_not_conform_is_encoded_and_says_why(other: dict[str, Any]) -> None:
    coding = replace(PLAIN, **other)
    assert why_encoded(coding, PROFILE)
    made = graph(film(clip(0, coding)))
    assert made.copied == ()
    assert encoded(made) == 120


@pytest.mark.parametrize(
    "other",
    [
        {"profile": 66},
        {"profile": 77},
        {"level": 40},
        {"level": 9},
        {"reorder": 0},
        {"repeats_sets": True},
        {"groups": ((LONGEST_GROUP, 1),)},
        {"colour": UNTOLD},
    ],
    ids=str,
)
def test_what_a_decoder_of_the_film_can_decode_anyway_conforms(other: dict[str, Any]) -> None:
    assert why_encoded(replace(PLAIN, **other), PROFILE) is None


def test_untold_colour_of_a_small_picture_is_another_colour() -> None:
    small = replace(PLAIN, colour=UNTOLD, width=640, height=360)
    assert why_encoded(small, replace(PROFILE, width=640, height=360))


@pytest.mark.parametrize(
    "profile",
    [
        replace(PROFILE, codec="hevc"),
        replace(PROFILE, encoder="nvenc"),
        replace(PROFILE, width=1920, height=1080),
        replace(PROFILE, fps=FrameRate(num=24_000, den=1001)),
    ],
)
def test_a_film_of_another_kind_encodes(profile: OutputProfile) -> None:
    made = graph(replace(film(clip(0)), profile=profile))
    assert made.copied == ()


def test_a_rate_that_is_no_whole_number_conforms_to_itself() -> None:
    rate = FrameRate(num=30_000, den=1001)
    coding, profile = replace(PLAIN, rate=rate), replace(PROFILE, fps=rate)
    assert why_encoded(coding, profile) is None


@pytest.mark.parametrize(
    ("told", "is_left"),
    [
        ({}, True),
        ({"framing": {"fit": "fill"}}, True),
        ({"framing": {"fit": "stretch", "background": "#204060"}}, True),
        ({"framing": {"scale": "1.01"}}, False),
        ({"framing": {"x": "0.01"}}, False),
        ({"framing": {"crop": {"left": "0.1"}}}, False),
        ({"framing": {"move": {"end": {"scale": "1.1"}}}}, False),
        ({"look": {"exposure": "0.1"}}, False),
        ({"retime": {"speed": "1.01"}}, False),
        ({"retime": {"reverse": True}}, False),
        ({"retime": {"freeze": {"at": 1, "seconds": 1}}}, False),
    ],
)
def test_an_effect_on_the_picture_is_encoded(told: dict[str, Any], is_left: bool) -> None:
    effects = from_json(told)
    assert leaves_as_is(effects) is is_left
    assert bool(graph(film(clip(0, effects=effects))).copied) is is_left


def test_a_look_up_table_is_an_effect() -> None:
    effects = PictureEffects(look=Look(lut="ab" * 32), framing=Framing())
    assert copied(film(clip(0, effects=effects))) == []


def test_a_coding_comes_back_from_its_json_and_no_other_version_does() -> None:
    others = replace(PLAIN, rate=None, faults=("so",), ends=((4, 30),), repeats_sets=True)
    for one in (PLAIN, others):
        stored = coding_to_json(one)
        assert coding_from_json(stored) == one
        assert coding_from_json({**stored, "version": 0}) is None
    assert coding_from_json(None) is None


@law
@given(st.lists(st.integers(1, 60), min_size=1, max_size=30))
def test_groups_are_where_they_were_found(each: list[int]) -> None:
    edges = [sum(each[:n]) for n in range(len(each) + 1)]
    assert list(replace(PLAIN, groups=lengths(edges)).edges) == edges


# --- what is copied -------------------------------------------------------------------------------


def test_a_whole_clip_is_copied_and_nothing_encoded() -> None:
    made = graph(film(clip(0), clip(1)))
    assert [step.kind for step in made.steps if step.seconds] == []
    assert copied(film(clip(0), clip(1))) == [(0, 0, 0, 120), (120, 1, 0, 120)]
    assert set(made.master.sources) == {clip(n).source.digest for n in (0, 1)}


@pytest.mark.parametrize(
    ("trim", "expected", "frames"),
    [
        ((48, 120), [(0, 0, 48, 120)], 0),
        ((0, 96), [(0, 0, 0, 96)], 0),
        ((1, 120), [(47, 0, 48, 120)], 47),
        ((0, 119), [(0, 0, 0, 96)], 23),
        ((24, 100), [(24, 0, 48, 96)], 28),
        ((50, 90), [], 40),
        ((47, 49), [], 2),
    ],
)
def test_groups_that_a_trim_cuts_are_encoded_alone(
    trim: tuple[int, int], expected: list[tuple[int, int, int, int]], frames: int
) -> None:
    one = film(clip(0, trim=Trim(start=Fraction(trim[0], 24), end=Fraction(trim[1], 24))))
    assert copied(one) == expected
    assert encoded(graph(one)) == frames


@pytest.mark.parametrize(
    ("trim", "expected", "frames"),
    [
        ((0, 119), [(0, 0, 0, 117)], 2),
        ((0, 117), [(0, 0, 0, 117)], 0),
        ((24, 100), [(24, 0, 48, 97)], 27),
        ((47, 49), [(1, 0, 48, 49)], 1),
        ((50, 90), [], 40),
    ],
)
def test_a_clip_is_left_wherever_all_that_was_decoded_has_been_shown(
    trim: tuple[int, int], expected: list[tuple[int, int, int, int]], frames: int
) -> None:
    """Every four frames here, behind each key frame."""
    coding = replace(PLAIN, ends=((1, 1), (4, 11), (3, 1), (1, 1), (4, 11), (3, 1), (1, 1), (4, 5)))
    coding = replace(coding, ends=(*coding.ends, (3, 1)))
    cut = Trim(start=Fraction(trim[0], 24), end=Fraction(trim[1], 24))
    one = film(clip(0, coding, trim=cut))
    assert copied(one) == expected
    assert encoded(graph(one)) == frames


def test_groups_that_a_transition_touches_are_encoded() -> None:
    fade = make_transition("fade", Fraction(1, 2))
    one = film(clip(0, transition=fade), clip(1))
    assert copied(one) == [(0, 0, 0, 96), (156, 1, 48, 120)]
    assert {s.kind for s in graph(one).steps if s.seconds} == {"span", "clip"}


def test_groups_under_a_text_are_encoded() -> None:
    text = text_from_json({"text": "Soon", "start": 2.5, "end": 3.5}, field="text.0")
    one = film(clip(0), overlays=(Overlay(item=text, where="text.0"),))
    assert copied(one) == [(0, 0, 0, 48), (96, 0, 96, 120)]
    assert encoded(graph(one)) == 48


def test_a_clip_that_is_still_to_be_generated_is_planned_as_encoded() -> None:
    pending = Source(digest="ab" * 32, seconds=Fraction(5), is_pending=True)
    assert encoded(graph(film(replace(clip(0), source=pending)))) == 120


@st.composite
def films(draw: st.DrawFn) -> Film:
    """Clips of several codings, or of none that is known, anyhow put together."""
    uneven = replace(PLAIN, groups=((7, 3), (40, 1), (59, 1)))
    codings = [None, PLAIN, uneven, replace(uneven, ends=((7, 3), (3, 33)), reorder=1)]
    clips = []
    for index in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, 60))
        trim = Trim(start=Fraction(start, 24), end=Fraction(draw(st.integers(start + 30, 120)), 24))
        seconds = Fraction(draw(st.integers(1, 14)), 24)
        clips.append(
            clip(
                index,
                draw(st.sampled_from(codings)),
                trim=draw(st.sampled_from([None, trim])),
                transition=draw(st.sampled_from([None, make_transition("fade", seconds)])),
            )
        )
    begin = draw(st.fractions(0, 1, max_denominator=24))
    told = {"text": "On top", "start": begin, "end": begin + draw(st.sampled_from([1, 2]))}
    text = Overlay(item=text_from_json(told, field="text.0"), where="text.0")
    made = film(*clips)
    fits = graph(made).frames >= (begin + 2) * 24
    return replace(made, overlays=(text,)) if fits and draw(st.booleans()) else made


@law
@given(films())
def test_every_frame_comes_from_one_place(one: Film) -> None:
    made = graph(one)
    steps = {step.fingerprint: step for step in made.steps}
    copies = made.master.spec.get("copies", {})
    place = 0
    for mark, first, frames in made.master.spec["cuts"]:
        if mark in copies:
            [found] = [c for c in made.copied if c.start == place]
            digest, begin = copies[mark]
            assert (found.digest, found.first, found.frames) == (digest, begin, frames)
            coding = one.clips[found.segment].source.coding
            assert coding is not None
            assert found.first in coding.edges
            assert found.end in coding.leaves
        else:
            assert first + frames <= steps[mark].spec["frames"]
        place += frames
    assert place == made.frames


@law
@given(films())
def test_what_was_encoded_before_changes_nothing(one: Film) -> None:
    """Pieces of the same clips, made when nothing was known of their coding, are left alone."""
    blind = [replace(c, source=replace(c.source, coding=None), transition=None) for c in one.clips]
    runs = [step.run for step in graph(film(*blind)).steps if step.run]
    fresh, used = graph(one), graph(one, Known(runs=runs))
    assert fresh.master.fingerprint == used.master.fingerprint
    assert fresh.copied == used.copied


def test_a_copy_s_identity_is_its_clip_and_its_frames_alone() -> None:
    """Not what else is known of the clip, nor what the segment is called, nor where it stands."""
    alone = graph(film(clip(0)))
    other = replace(PLAIN, level=30, groups=((24, 5),), repeats_sets=True)
    again = graph(film(clip(0, other)))
    assert alone.master.fingerprint == again.master.fingerprint
    mark = alone.master.spec["cuts"][0][0]
    later = graph(film(clip(1), replace(clip(0), segment_id="x", index=1)))
    assert mark in {cut[0] for cut in later.master.spec["cuts"]}
    shorter = film(clip(0, trim=Trim(end=Fraction(4))))
    assert mark not in {cut[0] for cut in graph(shorter).master.spec["cuts"]}


def test_a_film_of_encoded_frames_is_another_film() -> None:
    blind = film(clip(0, None))
    assert graph(blind).master.fingerprint != graph(film(clip(0))).master.fingerprint


def test_the_plan_tells_each_output_what_is_copied() -> None:
    """And of what is encoded, only that."""
    other = Output(name="small", profile=replace(PROFILE, width=640, height=360))
    one = film(clip(0), clip(1, None))
    wanted = [main_output(PROFILE), other]
    made = make_render_graph(draft_outputs(one, wanted), Known())
    main, small = planned_outputs(wanted, made, to_make(made, ()), {})
    assert (main.copied_seconds, main.encode_seconds) == (5, 5)
    assert [(c.segment_id, c.start, c.seconds) for c in main.copied] == [("s0", 0, 5)]
    assert (small.copied_seconds, small.encode_seconds, small.copied) == (0, 10, ())
