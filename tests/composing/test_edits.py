"""Whatever is done to a timeline, in whatever order: the film that is put together from what there
is already is the film that somebody gets who starts with nothing, and the one that its definition
describes.

VIDEO_FOUNDRY_PROOF, set to a number, has so many chains of edits tried in place of two; no more are
begun after VIDEO_FOUNDRY_PROOF_SECONDS.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.composing.checks import USUAL, Near, check_same, longest_group, origins
from tests.composing.house import NTSC, PROFILE, House, film_of
from tests.composing.timelines import (
    NOTHING,
    Edit,
    Memory,
    Shelf,
    beginnings,
    chains,
    edited,
    effects_of,
)

from video_foundry.core.film import Film
from video_foundry.core.graph import Step
from video_foundry.core.loudness import PEAK_CEILING
from video_foundry.core.profile import OutputProfile
from video_foundry.errors import BadInput
from video_foundry.testing.cutting_room import CuttingRoom
from video_foundry.testing.full_mix import FullMix

CHAINS = int(os.environ.get("VIDEO_FOUNDRY_PROOF", "0"))

UNTIL = time.monotonic() + float(os.environ.get("VIDEO_FOUNDRY_PROOF_SECONDS", "inf"))

TARGET = Decimal(-20)
"""LUFS of those films that have a target."""

PROFILES = [
    replace(one, loudness_lufs=target) for one in (PROFILE, NTSC) for target in (None, TARGET)
]


async def shelf_of(house: House) -> Shelf:
    """Clips of a few lengths, rates and shapes, one longer than a piece and one without sound."""
    clips = [
        await house.clip(1, 50),
        await house.clip(2, 80),
        await house.waves(size=(100, 84)),
        await house.clip(5, 40, rate="30000/1001", sound=None),
        await house.clip(3, 250),
    ]
    return Shelf(
        clips=clips,
        tunes=[await house.tune(3.3), await house.tune(14.0)],
        voice=await house.tune(5.0, 2, pauses=True),
        logo=await house.logo(),
        effects=effects_of(await house.table()),
    )


@settings(
    max_examples=CHAINS or 2,
    deadline=None,  # the machine may be busy
    derandomize=not CHAINS,
    database=None,
    # Each edit is a film, so that finding a shorter chain takes its time.
    phases=(Phase.generate, Phase.shrink) if CHAINS else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(beginning=beginnings, chain=chains, profile=st.sampled_from(PROFILES))
def test_a_film_is_the_same_whatever_was_made_before_it(
    house: House, beginning: list[Edit], chain: list[Edit], profile: OutputProfile
) -> None:
    if time.monotonic() > UNTIL and not house.tally.failures:  # a failure is made smaller
        return
    try_chain(house, shelf_of, beginning, chain, profile)


def try_chain(
    house: House,
    shelf: Callable[[House], Awaitable[Shelf]],
    beginning: Sequence[Edit],
    chain: Sequence[Edit],
    profile: OutputProfile,
    *,
    least: Near = USUAL,
) -> None:
    """`edit_and_compare` in a folder of its own, counted."""

    async def tried(folder: Path) -> None:
        there = await shelf(house)
        await edit_and_compare(house, there, folder, beginning, chain, profile=profile, least=least)

    with tempfile.TemporaryDirectory(dir=house.folder) as folder:
        try:
            asyncio.run(tried(Path(folder)))
            house.tally.chains += 1
        except AssertionError as error:
            house.tally.failures += 1
            error.add_note(f"{beginning=}\n{chain=}\n{profile=}")
            raise


async def edit_and_compare(
    house: House,
    shelf: Shelf,
    folder: Path,
    beginning: Sequence[Edit],
    chain: Sequence[Edit],
    *,
    profile: OutputProfile,
    least: Near,
) -> None:
    """Make a film of the shelf and edit it, edit by edit; every film is what was announced, and the
    last is what its definition says and what a house makes that has nothing."""
    film = film_of(*shelf.clips[:4], profile=profile)
    room, memory, before = await house.empty_room(folder / "edited"), Memory(), [film]
    for edit in beginning:
        film = _allowed(room, film, edited(film, edit, shelf))
    for edit in [NOTHING, *chain]:
        is_undone = edit[0] == "undo" and len(before) > 1
        film = before[-2] if is_undone else _allowed(room, film, edited(film, edit, shelf))
        before.append(film)
        target = folder / "edited.mp4"
        await compose_as_announced(room, memory, film, target, f"after {edit}")
        if CHAINS or len(before) == len(chain) + 2:
            await _check_against_full_render(house, room, film, target, least=least)
    fresh = await house.empty_room(folder / "fresh")
    await fresh.compose(film, folder / "fresh.mp4")
    edits = folder / "edited.mp4", origins(room.graph(film))
    check_same(edits, (folder / "fresh.mp4", origins(fresh.graph(film))), profile, house.tally)


def _allowed(room: CuttingRoom, before: Film, after: Film) -> Film:
    """The film after an edit, or before it when it would be refused."""
    try:
        room.graph(after)
    except BadInput:
        return before
    return after


async def _check_against_full_render(
    house: House, room: CuttingRoom, film: Film, target: Path, *, least: Near
) -> None:
    if film.profile.loudness_lufs is None:
        return await house.proved(film, target, least=least)
    mixed = FullMix(film, await house.material(film)).mixed()
    [gain] = {Decimal(s.spec["gain"]) for s in room.graph(film).steps if s.kind == "mix"}
    if not mixed.any():
        assert gain == 0
        return await house.proved(film, target, least=least)
    peak = 20 * np.log10(np.abs(mixed).max()) + float(gain)
    # What is louder than the ceiling is pressed down, and what gives way to that sounds otherwise.
    if peak > float(PEAK_CEILING) - 0.5:
        assert house.loudness(target)[1] <= float(PEAK_CEILING) + 0.5
        return await house.proved(film, target, gain_db=None, least=least)
    before, _ = house.loudness_of(mixed)
    assert abs(before + float(gain - TARGET)) <= 0.35
    return await house.proved(film, target, gain_db=gain, least=least)


async def compose_as_announced(
    room: CuttingRoom, memory: Memory, film: Film, target: Path, told: str = ""
) -> list[Step]:
    """What is carried out is what the graph said beforehand, and no more than was touched."""
    announced = [step for step in room.graph(film).steps if step.fingerprint not in room.made]
    done = await room.compose(film, target)
    check_announced(announced, done)
    encoded = sum(step.seconds for step in done) * film.rate.fraction
    assert encoded <= memory.most_frames(film, longest_group(film)), told
    memory.remember(film)
    return done


def check_announced(announced: Sequence[Step], done: Sequence[Step]) -> None:
    """Steps that wait for a measurement are announced by their kind and number at most."""
    known = {step.fingerprint for step in announced if step.is_known}
    carried = {step.fingerprint for step in done}
    assert len(carried) == len(done)
    assert known <= carried
    late = [step for step in done if step.fingerprint not in known]
    waiting = [step for step in announced if not step.is_known]
    assert {step.kind for step in late} <= {step.kind for step in waiting}
    assert len(late) <= len(waiting)
