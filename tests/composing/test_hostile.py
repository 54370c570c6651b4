"""Clips that only seem to conform: encoded as any other clip is, for a reason that can be read, and
the film is what its definition says."""

import re
from pathlib import Path

import pytest
from tests.composing.hostile import HOSTILE, make_hostile
from tests.composing.house import PROFILE, House, film_of
from tests.sampling import turn

from video_foundry.core.composition import Source
from video_foundry.core.conforming import why_encoded
from video_foundry.errors import CompositionFailed
from video_foundry.ports.film import FilmCut, FilmStep
from video_foundry.testing.cutting_room import encoded_seconds

WAY = ("-g", "24", "-sc_threshold", "0", "-flags", "+cgop")


PROVED = turn(list(HOSTILE), 3)
"""Which of them become a film in this turn."""


@pytest.mark.parametrize("what", HOSTILE)
async def test_it_is_encoded_and_says_why(house: House, tmp_path: Path, what: str) -> None:
    path = make_hostile(tmp_path, what)
    facts = await house.tools.compositor.verify(path)
    word = HOSTILE[what][1]
    why = facts.coding and why_encoded(facts.coding, PROFILE)
    assert word in why if why else not word, why
    digest = await house.room.add(path)
    house.files[digest] = path
    source = Source(
        digest=digest, seconds=facts.duration, has_sound=facts.has_audio, coding=facts.coding
    )
    friend = await house.encoded(19, WAY)
    film = film_of(friend, source, friend)
    assert [one.segment for one in house.room.graph(film).copied] == [0, 2]
    if what not in PROVED:
        return
    done = await house.room.compose(film, tmp_path / "film.mp4")
    assert encoded_seconds(done) >= 1
    if what != "interlaced":  # what becomes of two fields in one frame is not a film's to define
        await house.proved(film, tmp_path / "film.mp4")


@pytest.mark.parametrize(
    "what",
    [
        *("an edit list that skips frames", "upside down", "another size", "another rate"),
        *("full range", "a high level", "sets that change", "in fragments", "ten bits"),
    ],
)
async def test_the_writer_refuses_to_copy_it_too(house: House, tmp_path: Path, what: str) -> None:
    """Should anything ever plan to: a film is refused rather than spoilt."""
    path = make_hostile(tmp_path, what)
    cuts = [FilmCut(piece=path, first=0, frames=24, is_clip=True)]
    step = FilmStep(cuts=cuts, sound=[], profile=PROFILE)
    with pytest.raises(CompositionFailed, match="could not be joined"):
        await house.tools.compositor.film(step, tmp_path / "film.mp4", None)
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize("first", [0, 7, 24, 48])
async def test_a_clip_is_entered_and_left_only_where_it_can_be(
    house: House, tmp_path: Path, first: int
) -> None:
    friend = await house.encoded(19, WAY)
    assert friend.coding is not None
    for end in range(first + 1, 63, 4):
        fits = first in friend.coding.edges and end in friend.coding.leaves
        assert await _is_copied(house, tmp_path, (first, end - first)) is fits, (first, end)


async def _is_copied(house: House, tmp_path: Path, cut: tuple[int, int]) -> bool:
    friend = await house.encoded(19, WAY)
    cuts = [FilmCut(piece=house.files[friend.digest], first=cut[0], frames=cut[1], is_clip=True)]
    step = FilmStep(cuts=cuts, sound=[], profile=PROFILE)
    try:
        await house.tools.compositor.film(step, tmp_path / "film.mp4", None)
    except CompositionFailed as refusal:
        assert re.search("cannot be cut|frames, and|not closed", str(refusal))
        return False
    return True
