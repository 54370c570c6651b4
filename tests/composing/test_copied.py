"""Clips that others have encoded and that conform to the film: copied into it as they are, next to
pieces of our own, and nobody can tell by anything but that their frames are untouched."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.composing.checks import Origin, check_same, copies, origins
from tests.composing.house import NTSC, PROFILE, SIZE, House, film_of, used
from tests.sampling import turn

from video_foundry.core.composition import Source, Trim
from video_foundry.core.conforming import Coding, why_encoded
from video_foundry.core.film import Film
from video_foundry.core.graph import Graph
from video_foundry.core.titles import text_from_json
from video_foundry.core.transitions import make_transition
from video_foundry.testing.cutting_room import encoded_seconds
from video_foundry.testing.sameness import decoded_frames, packets

F = Fraction

CLOSED = ("-flags", "+cgop")

WAYS: dict[str, Sequence[str]] = {
    "slow, groups of 36": ("-preset", "slow", "-g", "36", *CLOSED),
    "one group": ("-preset", "medium", "-g", "250", *CLOSED),
    "Constrained Baseline": ("-preset", "ultrafast", "-profile:v", "baseline", "-g", "40"),
    "Main, without B-frames": ("-profile:v", "main", "-bf", "0", "-g", "12"),
    "one B-frame": ("-bf", "1", "-x264-params", "b-pyramid=none", "-g", "30", *CLOSED),
    "sets before each key frame": ("-g", "24", "-x264-params", "repeat-headers=1", *CLOSED),
    "sets nowhere else": (
        *("-g", "20", "-x264-params", "repeat-headers=1", "-flags", "+cgop-global_header"),
        *("-tag:v", "avc3"),
    ),
    "four slices": ("-x264-params", "slices=4", "-g", "25", *CLOSED),
    "many references": ("-preset", "veryslow", "-g", "48", *CLOSED),
}
"""Encoders of other people's."""


def check_copies(house: House, film: Film, graph: Graph, target: Path) -> int:
    """Every frame that is said to be copied is bit by bit its clip's; how many there are."""
    frames = decoded_frames(target, SIZE)
    for one in graph.copied:
        stored = decoded_frames(house.files[one.digest], SIZE)[one.first : one.end]
        shown = frames[one.start : one.start + one.frames]
        assert np.array_equal(shown, stored), f"{film.clips[one.segment].label}"
    count = len(copies(graph))
    house.tally.untouched += count
    return count


def coding_of(source: Source) -> Coding:
    """What is known of it."""
    assert source.coding is not None
    return source.coding


async def composed(house: House, film: Film, target: Path) -> tuple[Graph, float]:
    """The film's graph, and seconds of picture that were encoded; all of it proved."""
    done = await house.room.compose(film, target)
    await house.proved(film, target)
    await house.compared(film, target)
    return house.room.graph(film), encoded_seconds(done)


@pytest.mark.parametrize("way", turn(list(WAYS), 3))
async def test_each_encoder_s_clip_between_two_of_our_own(
    house: House, tmp_path: Path, way: str
) -> None:
    one, two = await house.clip(1), await house.clip(2)
    clip = await house.encoded(3, WAYS[way])
    assert why_encoded(coding_of(clip), PROFILE) is None
    film = film_of(one, clip, two)
    graph, _ = await composed(house, film, tmp_path / "film.mp4")
    assert check_copies(house, film, graph, tmp_path / "film.mp4") == 60


async def test_all_of_them_one_after_the_other(house: House, tmp_path: Path) -> None:
    """Sets follow on other sets, with our own between some; none is encoded."""
    clips = [await house.encoded(10 + n, way) for n, way in enumerate(WAYS.values())]
    own = await house.clip(1)
    film = film_of(*clips[:4], own, *clips[4:], own, clips[0])
    graph, encoded = await composed(house, film, tmp_path / "film.mp4")
    assert check_copies(house, film, graph, tmp_path / "film.mp4") == 60 * 10
    assert encoded <= 60 / 24


async def test_clips_of_one_encoder_alone_have_their_sets_in_the_index(
    house: House, tmp_path: Path
) -> None:
    """And their packets are in the film as they were in the files."""
    clips = [await house.encoded(n, WAYS["one group"], 48) for n in (4, 5)]
    film = film_of(*clips)
    graph, encoded = await composed(house, film, tmp_path / "film.mp4")
    assert encoded == 0
    assert [step.kind for step in graph.steps if step.seconds] == []
    assert b"avc1" in (tmp_path / "film.mp4").read_bytes()
    assert b"avc3" not in (tmp_path / "film.mp4").read_bytes()
    stored = [mark for c in clips for _, mark in packets(house.files[c.digest], "v")]
    assert [mark for _, mark in packets(tmp_path / "film.mp4", "v")] == stored


async def test_a_rate_that_is_no_whole_number(house: House, tmp_path: Path) -> None:
    clip = await house.encoded(6, WAYS["slow, groups of 36"], rate="30000/1001")
    film = film_of(await house.clip(1), clip, profile=NTSC)
    graph, _ = await composed(house, film, tmp_path / "film.mp4")
    assert check_copies(house, film, graph, tmp_path / "film.mp4") == 60


async def test_what_is_cut_or_lain_upon_is_encoded_and_the_rest_copied(
    house: House, tmp_path: Path
) -> None:
    """Trims off every grid, transitions on both sides, and a text."""
    clips = [
        await house.encoded(7, ("-g", "20", "-sc_threshold", "0", *CLOSED), 120),
        await house.encoded(8, ("-g", "30", "-sc_threshold", "0", *CLOSED), 120),
        await house.encoded(9, ("-g", "15", "-sc_threshold", "0", "-bf", "0"), 120),
    ]
    fade = make_transition("fade", F(1, 3))
    film = film_of(
        used(clips[0], trim=Trim(start=F(5, 24), end=F(115, 24)), transition=fade),
        used(clips[1], transition=fade),
        used(clips[2], trim=Trim(start=F(1))),
        overlays=[text_from_json({"text": "on", "start": "10.2", "end": "10.9"}, field="text.0")],
    )
    graph, encoded = await composed(house, film, tmp_path / "film.mp4")
    found = [(one.segment, one.first, one.end) for one in graph.copied]
    # The third clip's first groups lie under the transition and the text.
    assert [(segment, first) for segment, first, _ in found] == [(0, 20), (1, 30), (2, 75)]
    assert all(end in coding_of(clips[segment]).leaves for segment, _, end in found)
    count = check_copies(house, film, graph, tmp_path / "film.mp4")
    assert count >= 70 + 60 + 45
    assert encoded * 24 <= graph.frames - count + 2 * 8


async def test_ends_are_cut_off_within_groups(house: House, tmp_path: Path) -> None:
    """No more is encoded than the frames that others are needed for, and what is next decodes."""
    clips = [await house.encoded(10 + n, way) for n, way in enumerate(WAYS.values())]
    ends = [35, 37, 59, 34, 38, 57, 33, 41, 43]
    film = film_of(
        *(used(one, trim=Trim(end=F(end, 24))) for one, end in zip(clips, ends, strict=True)),
        await house.clip(1),
    )
    graph, _ = await composed(house, film, tmp_path / "film.mp4")
    wanted = [
        (n, 0, max(place for place in coding_of(one).leaves if place <= end))
        for n, (one, end) in enumerate(zip(clips, ends, strict=True))
    ]
    assert [(one.segment, one.first, one.end) for one in graph.copied] == wanted
    count = check_copies(house, film, graph, tmp_path / "film.mp4")
    assert sum(ends) - count <= 4 * len(ends)


async def test_the_film_does_not_know_what_there_was_before_it(
    house: House, tmp_path: Path
) -> None:
    """Clips that were encoded once, when a text lay on them, are copied when it has gone."""
    one = await house.encoded(11, WAYS["slow, groups of 36"])
    two = await house.encoded(12, WAYS["sets before each key frame"])
    text = text_from_json({"text": "on top", "start": "0", "end": "3"}, field="text.0")
    edited = await house.empty_room(tmp_path / "edited")
    await edited.compose(film_of(one, two, overlays=[text]), tmp_path / "before.mp4")
    blind = Source(digest=one.digest, seconds=one.seconds)
    await edited.compose(film_of(blind), tmp_path / "blind.mp4")
    film = film_of(one, two)
    made: list[tuple[Path, list[Origin]]] = []
    for room in (edited, await house.empty_room(tmp_path / "fresh")):
        target = tmp_path / f"{len(made)}.mp4"
        done = await room.compose(film, target)
        assert encoded_seconds(done) == 0
        assert await room.compose(film, target) == []
        made.append((target, origins(room.graph(film))))
    assert made[0][0].read_bytes() == made[1][0].read_bytes()
    check_same(made[0], made[1], film.profile, house.tally)


async def test_one_changed_clip_encodes_nothing(house: House, tmp_path: Path) -> None:
    clips = [await house.encoded(10 + n, WAYS["one group"]) for n in range(4)]
    await house.room.compose(film_of(*clips[:3]), tmp_path / "film.mp4")
    film = film_of(clips[0], clips[3], clips[2])
    done = await house.room.compose(film, tmp_path / "film.mp4")
    assert {step.kind for step in done} <= {"sound", "mix", "master"}
    await house.proved(film, tmp_path / "film.mp4")
