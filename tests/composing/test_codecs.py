"""What holds for films in H.264 holds for those of every other codec that can be asked for, and for
films into which clips are copied as they are: random chains of edits, each film held against its
definition and against the same film made from nothing.

VIDEO_FOUNDRY_PROOF, set to a number, has a sixth of so many chains tried of each, with clips as
long as those of H.264; the suite tries one of each, of one edit, with short clips.
"""

import os
import random
import time
from dataclasses import replace

import pytest
from tests.composing.house import NTSC, PROFILE, House
from tests.composing.test_copied import CLOSED, WAYS
from tests.composing.test_edits import shelf_of, try_chain
from tests.composing.timelines import WORDS, Edit, Shelf
from tests.sampling import turn

from video_foundry.core.profile import FORMATS, VideoCodec

PROOF = int(os.environ.get("VIDEO_FOUNDRY_PROOF", "0"))

CHAINS = PROOF // 6 or 1

LENGTH = 4 if PROOF else 1
"""Edits that are composed, one after the other."""

UNTIL = time.monotonic() + float(os.environ.get("VIDEO_FOUNDRY_PROOF_SECONDS", "inf"))

OTHERS: list[VideoCodec] = [codec for codec in FORMATS if codec != "h264"]


def chance_of(request: pytest.FixtureRequest, *told: object) -> random.Random:
    """The same for the same seed of a run."""
    seed = request.config.getoption("--hypothesis-seed")
    return random.Random(f"{seed} {told}")


def edits_by(chance: random.Random, count: int) -> list[Edit]:
    """So many edits of any kind."""
    return [
        (chance.choice(WORDS), chance.randrange(60), chance.randrange(60), chance.randrange(60))
        for _ in range(count)
    ]


async def short(house: House) -> Shelf:
    """Clips of other rates and shapes, of two cells of the grid at most: longer ones are divided
    as those of H.264 are, before any codec is thought of."""
    clips = [
        await house.clip(1, 30),
        await house.clip(2, 40),
        await house.waves(30, size=(100, 84)),
        await house.clip(5, 36, rate="30000/1001", sound=None),
    ]
    return replace(await shelf_of(house), clips=clips)


@pytest.mark.parametrize("number", range(CHAINS))
@pytest.mark.parametrize("codec", OTHERS if PROOF else turn(OTHERS, 2))
def test_a_film_of_each_codec_is_the_same_whatever_was_made_before_it(
    house: House, request: pytest.FixtureRequest, codec: VideoCodec, number: int
) -> None:
    if time.monotonic() > UNTIL:
        return
    chance = chance_of(request, codec, number)
    profile = replace(chance.choice([PROFILE, NTSC]), codec=codec)
    beginning, chain = edits_by(chance, 8), edits_by(chance, LENGTH)
    try_chain(house, shelf_of if PROOF else short, beginning, chain, profile)


async def conforming(house: House) -> Shelf:
    """Clips of other people's encoders, most of which a film can take as they are."""
    ways = [WAYS[name] for name in ("slow, groups of 36", "one group", "many references")]
    lengths = (120, 90, 80, 100, 130) if PROOF else (60, 50, 44, 40, 60)
    clips = [
        await house.encoded(21, ways[0], lengths[0]),
        await house.encoded(22, ways[1], lengths[1]),
        await house.encoded(23, WAYS["sets before each key frame"], lengths[2]),
        await house.encoded(24, ("-g", "20", "-bf", "1", *CLOSED), lengths[3]),
        await house.clip(1, 50),
        await house.encoded(25, ways[2], lengths[4]),
    ]
    return replace(await shelf_of(house), clips=clips)


@pytest.mark.parametrize("number", range(CHAINS))
def test_a_film_with_clips_as_they_are_is_the_same_too(
    house: House, request: pytest.FixtureRequest, number: int
) -> None:
    if time.monotonic() < UNTIL:
        chance = chance_of(request, "copied", number)
        try_chain(house, conforming, edits_by(chance, 8), edits_by(chance, LENGTH), PROFILE)
