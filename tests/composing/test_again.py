"""A step may be done twice, or be broken off at any moment: nobody can tell from what is left."""

import asyncio
import contextlib
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.composing.house import PROFILE, House, film_of, used
from tests.sampling import turn

from video_foundry.core.film import Film
from video_foundry.core.graph import Step
from video_foundry.core.profile import OutputProfile
from video_foundry.core.titles import image_from_json, text_from_json
from video_foundry.core.transitions import make_transition
from video_foundry.jobs.filing import NewArtifact
from video_foundry.ports.progress import Progress
from video_foundry.testing.cutting_room import CuttingRoom
from video_foundry.workers.steps import StepRun, carry_out

F = Fraction

KINDS = {"title", "image", "clip", "span", "sound", "measure", "mix", "master"}
"""Of the steps to a film in MP4."""


async def film_with_everything(house: House, profile: OutputProfile) -> Film:
    """One step of each kind at least."""
    one, two = [await house.clip(n, 120) for n in (1, 2)]
    text = text_from_json({"text": "again", "start": "0.5", "end": "1.5"}, field="text.0")
    logo = image_from_json({"media": await house.logo(), "end": "0.5"}, field="images.0")
    return film_of(
        used(one, transition=make_transition("dissolve", F(1))),
        two,
        overlays=[text, logo],
        sounds=[await house.tune(14.0)],
        profile=profile,
    )


def run_of(
    room: CuttingRoom, step: Step, scratch: Path, progress: Progress
) -> asyncio.Task[tuple[NewArtifact, Any]]:
    """A step under way, as a worker carries it out."""
    run = StepRun(
        tools=room.tools,
        kind=step.kind,
        spec=step.spec,
        label=step.label,
        scratch=scratch,
        progress=progress,
    )
    needed = {mark: room.made[mark] for mark in step.needs}
    return asyncio.create_task(carry_out(run, needed, step.sources))


async def nothing(_: float) -> None:
    """For progress that nobody follows."""


async def test_every_kind_of_step_gives_the_same_bytes_again(house: House, tmp_path: Path) -> None:
    film = await film_with_everything(house, replace(PROFILE, loudness_lufs=Decimal(-20)))
    room = await house.empty_room(tmp_path / "data")
    done = await room.compose(film, tmp_path / "film.mp4")
    assert {step.kind for step in done} == KINDS
    for step in done:
        scratch = tmp_path / step.fingerprint
        scratch.mkdir()
        artifact, _ = await run_of(room, step, scratch, nothing)
        assert artifact.blob.digest == room.made[step.fingerprint], step.kind


AT_ONCE = 2.0
"""Seconds from the cancel's arrival in this process to the end of the step and of all that it
started. A cancelled step is over within one: this is for a machine that is half as quick."""

LARGE = OutputProfile(width=1280, height=720)


@pytest.mark.parametrize(
    ("kind", "moment"),
    turn(
        [
            *[(kind, "at once") for kind in ("clip", "span", "sound", "mix", "master")],
            *[(kind, "under way") for kind in ("clip", "span", "sound", "mix", "master")],
        ],
        2,
    ),
)
async def test_a_step_that_is_broken_off_leaves_nothing(
    house: House, tmp_path: Path, kind: str, moment: str
) -> None:
    """And is over at once; then it can be done as if nothing had been."""
    film, room = await film_with_everything(house, LARGE), house.room
    await room.compose(film, tmp_path / "film.mp4")
    step = max(
        (step for step in room.graph(film).steps if step.kind == kind), key=lambda s: s.seconds
    )
    scratch, blobs = tmp_path / "scratch", _files(house.folder / "blobs")
    scratch.mkdir()
    told = asyncio.Event()

    async def tell(_: float) -> None:
        told.set()

    work = run_of(room, step, scratch, tell)
    if moment == "under way":
        await asyncio.wait_for(told.wait(), 30)
    else:
        await asyncio.sleep(0.01)
    work.cancel()
    begun = time.monotonic()
    with contextlib.suppress(asyncio.CancelledError):  # a short one may have ended just now
        await work
    while holders := _holders(scratch):
        assert time.monotonic() - begun < AT_ONCE, holders
        await asyncio.sleep(0.01)
    took = time.monotonic() - begun
    assert took < AT_ONCE
    house.tally.ended(kind, took)
    assert [path for path in scratch.iterdir() if path.name.startswith(".")] == []
    assert list((house.folder / "scratch").iterdir()) == []
    assert _files(house.folder / "blobs") == blobs  # what a finished one stores is there already
    artifact, _ = await run_of(room, step, scratch, nothing)
    assert artifact.blob.digest == room.made[step.fingerprint]


def _files(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.rglob("*") if path.is_file())


def _holders(folder: Path) -> list[str]:
    """Processes that name the folder, and files in it that this process holds open."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    for link in Path("/proc/self/fd").iterdir():
        try:
            name = str(link.readlink())
        except OSError:
            continue
        if name.startswith(str(folder)):
            found.append(name)
    return found
