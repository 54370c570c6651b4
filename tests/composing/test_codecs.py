"""What holds for films in H.264 holds for those of every other codec that can be asked for, and for
films into which clips are copied as they are: random chains of edits, each film held against its
definition and against the same film made from nothing.

VIDEO_FOUNDRY_PROOF, set to a number, has so many chains tried of each; the suite tries one.
"""

import os
import random
import time
from dataclasses import replace

import pytest
from tests.composing.checks import Near
from tests.composing.house import NTSC, PROFILE, House
from tests.composing.test_copied import CLOSED, WAYS
from tests.composing.test_edits import shelf_of, try_chain
from tests.composing.timelines import WORDS, Edit, Shelf

from video_foundry.core.profile import FORMATS, VideoCodec

CHAINS = int(os.environ.get("VIDEO_FOUNDRY_PROOF", "0")) // 6 or 1

LENGTH = 2 if CHAINS == 1 else 4
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


@pytest.mark.parametrize("number", range(CHAINS))
@pytest.mark.parametrize("codec", OTHERS)
def test_a_film_of_each_codec_is_the_same_whatever_was_made_before_it(
    house: House, request: pytest.FixtureRequest, codec: VideoCodec, number: int
) -> None:
    if time.monotonic() > UNTIL:
        return
    chance = chance_of(request, codec, number)
    profile = replace(chance.choice([PROFILE, NTSC]), codec=codec)
    beginning, chain = edits_by(chance, 8), edits_by(chance, LENGTH)
    try_chain(house, shelf_of, beginning, chain, profile)


NOISY = Near(like=0.96, decibels=36.0)
"""What a frame has of a clip with the faint noise of somebody else's encoder: a further encode
smooths it, and likeness in even places is mostly likeness of noise."""


async def conforming(house: House) -> Shelf:
    """Clips of other people's encoders, most of which a film can take as they are."""
    ways = [WAYS[name] for name in ("slow, groups of 36", "one group", "many references")]
    clips = [
        await house.encoded(21, ways[0], 120),
        await house.encoded(22, ways[1], 90),
        await house.encoded(23, WAYS["sets before each key frame"], 80),
        await house.encoded(24, ("-g", "20", "-bf", "1", *CLOSED), 100),
        await house.clip(1, 50),
        await house.encoded(25, ways[2], 130),
    ]
    return replace(await shelf_of(house), clips=clips)


@pytest.mark.parametrize("number", range(CHAINS))
def test_a_film_with_clips_as_they_are_is_the_same_too(
    house: House, request: pytest.FixtureRequest, number: int
) -> None:
    if time.monotonic() < UNTIL:
        chance = chance_of(request, "copied", number)
        try_chain(
            house, conforming, edits_by(chance, 8), edits_by(chance, LENGTH), PROFILE, least=NOISY
        )
