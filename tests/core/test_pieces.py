"""Laws of dividing a film into pieces: every frame once, copied where it may be, and a small change
makes little new."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.strategies import law, rates

from video_foundry.core.conforming import Groups
from video_foundry.core.layout import Layout, Stretch, lay_out
from video_foundry.core.pieces import (
    KEYFRAME_DISTANCE,
    LONGEST_PIECE,
    Bare,
    Copied,
    Covering,
    Divided,
    Run,
    Shown,
    Span,
    Stock,
    cut_from,
    divide,
    missing_runs,
)
from video_foundry.core.timebase import FrameRate
from video_foundry.core.transitions import Transition
from video_foundry.errors import BadInput

often = settings(law, max_examples=100, derandomize=False)
"""Cheap to try, and full of corners."""

RATE = FrameRate(num=24)


def fade(frames: int) -> Transition:
    return Transition(kind="fade", seconds=Fraction(frames, 24), easing="linear")


@st.composite
def films(draw: st.DrawFn) -> tuple[Layout, list[Shown], list[Covering]]:
    """Clips of all lengths, some the same, trimmed anywhere, with transitions that fit."""
    lengths = draw(st.lists(st.integers(1, 600), min_size=1, max_size=8))
    stretches, room = [], lengths[0]
    for index, frames in enumerate(lengths):
        after = lengths[index + 1] if index + 1 < len(lengths) else 0
        overlap = draw(st.integers(0, min(room, after)))
        stretches.append(Stretch(frames=frames, transition=fade(overlap) if overlap else None))
        room = after - overlap
    layout = lay_out(stretches, RATE)
    keys = st.sampled_from(["a", "b", "c"])
    groups = st.none() | st.lists(st.integers(1, 70), min_size=1, max_size=20).map(_groups)
    shown = [
        Shown(key=draw(keys), first=draw(st.integers(0, 300)), groups=draw(groups)) for _ in lengths
    ]
    return layout, shown, draw(st.lists(coverings(layout.frames), max_size=4))


def _groups(lengths: Sequence[int]) -> Groups:
    edges = tuple(accumulate(lengths, initial=0))
    return Groups(digest="stored", begins=edges[:-1], ends=edges)


def coverings(frames: int) -> st.SearchStrategy[Covering]:
    edges = st.tuples(st.integers(0, frames - 1), st.integers(1, frames))
    return edges.map(lambda e: Covering(start=e[0], end=max(e[0] + 1, e[1])))


def cells_of(divided: Sequence[Divided]) -> list[Run]:
    return [one.cell for one in divided if isinstance(one, Bare)]


def frames_of(one: Divided) -> int:
    return one.cell.frames if isinstance(one, Bare) else one.frames


@often
@given(films())
def test_every_frame_of_the_film_comes_once_and_in_order(
    film: tuple[Layout, list[Shown], list[Covering]],
) -> None:
    layout, shown, overlays = film
    reached = 0
    for one in divide(layout, shown, overlays):
        assert one.start == reached
        assert frames_of(one) > 0
        reached += frames_of(one)
    assert reached == layout.frames


@often
@given(films())
def test_every_piece_shows_what_the_layout_says(
    film: tuple[Layout, list[Shown], list[Covering]],
) -> None:
    layout, shown, overlays = film
    for one in divide(layout, shown, overlays):
        for frame in range(one.start, one.start + frames_of(one)):
            wanted = [p for p in layout.placed if p.start <= frame < p.end]
            assert _shown_by(one, frame, shown) == [
                (p.index, shown[p.index].first + frame - p.start) for p in wanted
            ]
            on_top = [i for i, o in enumerate(overlays) if o.start <= frame < o.end]
            assert set(on_top) <= set(one.overlays if isinstance(one, Span) else ())


def _shown_by(one: Divided, frame: int, shown: Sequence[Shown]) -> list[tuple[int, int]]:
    """(segment, frame on its clip's grid) of each clip that a piece shows at a film frame."""
    at = frame - one.start
    if isinstance(one, Bare):
        return [(one.segment, one.cell.first + at)]
    if isinstance(one, Copied):
        return [(one.segment, one.first + at)]
    return [
        (part.segment, shown[part.segment].first + part.first + at - part.at)
        for part in one.parts
        if part.at <= at < part.at + part.frames
    ]


@often
@given(films())
def test_a_span_mixes_two_clips_at_most_and_is_never_long(
    film: tuple[Layout, list[Shown], list[Covering]],
) -> None:
    layout, shown, overlays = film
    for one in divide(layout, shown, overlays):
        if isinstance(one, Bare):
            assert one.cell.frames <= KEYFRAME_DISTANCE
            continue
        if isinstance(one, Copied):
            continue
        assert len(one.parts) <= 2
        overlap = layout.placed[one.parts[0].segment].overlap_out if len(one.parts) == 2 else 0
        assert one.frames <= max(LONGEST_PIECE, overlap + 2 * KEYFRAME_DISTANCE)


@often
@given(films())
def test_whole_groups_are_copied_and_none_is_left_out(
    film: tuple[Layout, list[Shown], list[Covering]],
) -> None:
    _, shown, _ = film
    for one in divide(*film):
        if isinstance(one, Bare):
            groups = shown[one.segment].groups
            edges = groups.ends if groups else ()
            within = [edge for edge in edges if one.cell.first <= edge <= one.cell.end]
            assert len(within) < 2
        if isinstance(one, Copied):
            groups = shown[one.segment].groups
            assert groups is not None
            assert {one.first, one.end} <= set(groups.ends)
            assert one.digest == groups.digest


@often
@given(films())
def test_what_was_made_once_is_only_copied(
    film: tuple[Layout, list[Shown], list[Covering]],
) -> None:
    cells = cells_of(divide(*film))
    made = missing_runs(cells, Stock([]))
    assert all(run.frames <= LONGEST_PIECE for run in made)
    assert missing_runs(cells, Stock(made)) == []
    copied = [
        (cut.run.key, cut.run.first + cut.first + n)
        for cut in cut_from(cells, Stock(made))
        for n in range(cut.frames)
    ]
    assert copied == [(cell.key, cell.first + n) for cell in cells for n in range(cell.frames)]
    for cut in cut_from(cells, Stock(made)):
        assert cut.first % KEYFRAME_DISTANCE == 0
        end = cut.first + cut.frames
        assert end == cut.run.frames or end % KEYFRAME_DISTANCE == 0


@often
@given(
    frames=st.integers(90, 500),
    first=st.integers(0, 100),
    moved=st.integers(-40, 40),
    cut=st.integers(0, 40),
)
def test_moving_a_trim_encodes_less_than_two_cells(
    frames: int, first: int, moved: int, cut: int
) -> None:
    """Of the frames that were shown before: what a longer trim shows anew is new, of course."""
    before = cells_of(divide(*_alone(frames, first)))
    stock = Stock(missing_runs(before, Stock([])))
    start, end = max(0, first + moved), first + frames - cut
    after = cells_of(divide(*_alone(end - start, start)))
    known = range(first, first + frames)
    new = missing_runs(after, stock)
    again = sum(1 for run in new for frame in range(run.first, run.end) if frame in known)
    assert again < 2 * KEYFRAME_DISTANCE


def _alone(frames: int, first: int) -> tuple[Layout, list[Shown], list[Covering]]:
    return lay_out([Stretch(frames=frames)], RATE), [Shown(key="a", first=first)], []


def test_a_transition_takes_no_more_than_the_cells_it_touches() -> None:
    plain = lay_out([Stretch(frames=120)] * 3, RATE)
    mixed = lay_out(
        [Stretch(frames=120, transition=fade(12)), Stretch(frames=120), Stretch(frames=120)], RATE
    )
    shown = [Shown(key=name, first=0) for name in "abc"]
    stock = Stock(missing_runs(cells_of(divide(plain, shown, [])), Stock([])))
    divided = divide(mixed, shown, [])
    assert missing_runs(cells_of(divided), stock) == []
    spans = [one for one in divided if isinstance(one, Span)]
    assert [(s.start, s.frames) for s in spans] == [(96, 36)]
    assert mixed.placed[1].start == 108


def test_a_transition_longer_than_its_clips_is_refused_by_name() -> None:
    with pytest.raises(BadInput) as refused:
        lay_out([Stretch(frames=30, transition=fade(31)), Stretch(frames=100)], RATE)
    assert refused.value.problems[0].field == "segments.0.transition.duration"
    with pytest.raises(BadInput) as refused:
        both = [Stretch(frames=30, transition=fade(16)), Stretch(frames=30, transition=fade(16))]
        lay_out([*both, Stretch(frames=30)], RATE)
    assert refused.value.problems[0].field == "segments.1.transition.duration"


@st.composite
def fitting(draw: st.DrawFn) -> list[tuple[Fraction, Fraction]]:
    """Seconds of clips, each with those of the transition out of it, which its clips have room
    for."""
    steps = draw(st.lists(st.integers(1, 60), min_size=2, max_size=6))
    found, room = [], steps[0]
    for own, after in pairwise([*steps, 0]):
        taken = draw(st.integers(0, min(room, after)))
        found.append((Fraction(own, 20), Fraction(taken, 20)))
        room = after - taken
    return found


@often
@given(fitting(), rates)
def test_what_fits_in_seconds_fits_at_every_frame_rate(
    clips: list[tuple[Fraction, Fraction]], rate: FrameRate
) -> None:
    """However it is rounded; and nothing is given up that has room."""
    stretches = [
        Stretch(
            frames=max(1, rate.frames_in(own)),
            seconds=own,
            transition=Transition(kind="fade", seconds=taken, easing="linear") if taken else None,
        )
        for own, taken in clips
    ]
    placed = lay_out(stretches, rate).placed
    assert all(one.overlap_in + one.overlap_out <= one.frames for one in placed)
    for (one, after), (_, taken) in zip(pairwise(placed), clips, strict=False):
        asked = max(1, rate.frames_in(taken)) if taken else 0
        assert asked - 2 <= one.overlap_out <= asked
        is_full = one.overlap_in + one.overlap_out == one.frames
        assert one.overlap_out == asked or is_full or after.overlap_in == after.frames


def test_a_frame_too_little_for_two_halves_is_given_up_by_the_later() -> None:
    half = Transition(kind="fade", seconds=Fraction(1, 2), easing="linear")
    second = Stretch(frames=25, seconds=Fraction(1), transition=half)
    layout = lay_out([second, second, second], FrameRate(num=25))
    assert [one.overlap_out for one in layout.placed] == [13, 12, 0]


def test_a_film_longer_than_any_is_refused_with_its_longest_segment() -> None:
    hour = 3600 * RATE.num
    longest = [Stretch(frames=11 * hour), Stretch(frames=13 * hour)]
    assert lay_out(longest, RATE).frames == 24 * hour
    words = r"24:00:30 h, and 24:00:00 h .* segment 2 with 13:00:00 h"
    with pytest.raises(BadInput, match=words) as no:
        lay_out([*longest, Stretch(frames=hour // 120)], RATE)
    assert (no.value.problems[0].field, no.value.code) == ("segments", "film_too_long")
    assert no.value.problems[0].fix


def test_a_transition_after_the_last_segment_leads_nowhere() -> None:
    layout = lay_out([Stretch(frames=30, transition=fade(12))], RATE)
    assert layout.frames == 30
    assert layout.placed[0].transition is None


on_the_grid = st.integers(0, 40).map(lambda n: n * KEYFRAME_DISTANCE)
places = on_the_grid | st.integers(0, 900)


@st.composite
def some_runs(draw: st.DrawFn) -> Run:
    """Of one of two clips, on the grid or beside it."""
    first, frames = draw(places), draw(on_the_grid | st.integers(1, 400)) or 1
    return Run(key=draw(st.sampled_from("ab")), first=first, end=first + frames)


@often
@given(st.lists(some_runs(), max_size=30), st.lists(some_runs(), max_size=10))
def test_a_stock_finds_what_looking_at_every_run_finds(runs: list[Run], cells: list[Run]) -> None:
    stock = Stock(runs)
    for cell in [*cells, *runs]:
        holding = [run for run in runs if run.holds(cell)]
        best = max(holding, key=lambda run: (run.end, run.frames), default=None)
        assert stock.holding(cell) == best
        assert sorted(stock.all_holding(cell)) == sorted(holding)
