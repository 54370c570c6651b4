"""Composing that cannot be done ends the render with the reason, and nothing else is lost."""

import asyncio
import errno
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest
from tests.db.databases import Database
from tests.db.desk import Desk, models_of
from tests.db.workmen import generate_one
from tests.recovery.gate import Gate
from tests.recovery.world import (
    CopyingCompositor,
    Models,
    MovableClock,
    WritingTitler,
    make_project,
    wait_until_settled,
    workers,
    world,
)
from tests.sampling import turn

from video_foundry.errors import (
    BadInput,
    CompositionFailed,
    FoundryError,
    MachineFailed,
    PiecesDiffer,
)
from video_foundry.ports.film import FilmStep
from video_foundry.ports.picture import PictureStep
from video_foundry.ports.progress import Progress
from video_foundry.ports.titles import DrawnTitle, TitleStep
from video_foundry.services import _texts, items, plans, renders
from video_foundry.services._edit import ItemContent
from video_foundry.services.context import Context


@dataclass
class FussyCompositor(CopyingCompositor):
    """Will not make a picture of these clips. made: the clips that it made one of. killed: clips
    over which its helper is killed from outside, once for each time they are named; busy: clips for
    which its chip has no room, likewise. no_room: what it says of a full disk, one after another.
    """

    refused: set[bytes] = field(default_factory=set)
    made: list[bytes] = field(default_factory=list)
    killed: list[bytes] = field(default_factory=list)
    busy: list[bytes] = field(default_factory=list)
    no_room: list[Exception] = field(default_factory=list)

    async def picture(
        self, step: PictureStep, target: Path, progress: Progress | None = None
    ) -> None:
        """Refuse or copy."""
        content = step.layers[0].source.read_bytes()
        if content in self.refused:
            raise CompositionFailed(f"{step.label}: the file is damaged at 0.2 s")
        if content in self.killed:
            self.killed.remove(content)
            raise CompositionFailed(f"{step.label}: reading the file broke off (signal 9)")
        if content in self.busy:
            self.busy.remove(content)
            raise MachineFailed(f"{step.label}: FFmpeg failed: OpenEncodeSessionEx failed")
        if self.no_room:
            raise self.no_room.pop()  # its half-made file has gone, and the disk has room again
        self.made.append(content)
        await super().picture(step, target, progress)


@dataclass
class RebuiltCompositor(CopyingCompositor):
    """Its pieces join with those of the same build of it only. made: the clips that it made one of.
    go_on: what is set when it may go on making them, if it `pauses` where some do not join.
    is_unsure: it calls the first piece of every film another build's."""

    build: bytes = b"old"
    made: list[bytes] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    pauses: bool = False
    is_unsure: bool = False
    _is_paused: bool = False

    async def picture(
        self, step: PictureStep, target: Path, progress: Progress | None = None
    ) -> None:
        """Copy, with the build."""
        await super().picture(step, target, progress)
        with target.open("ab") as file:
            file.write(self.build)
        self.made.append(step.layers[0].source.read_bytes())
        if self._is_paused:
            await self.go_on.wait()

    async def film(self, step: FilmStep, target: Path, progress: Progress | None) -> None:
        """Join what belongs together."""
        pieces = [cut.piece for cut in step.cuts]
        other = [one for one in pieces if not one.read_bytes().endswith(self.build)]
        if self.is_unsure:
            other = pieces[:1]
        if other and other != pieces:
            self._is_paused = self.pauses
            raise PiecesDiffer("the film could not be joined", pieces=[str(one) for one in other])
        await super().film(step, target, progress)


@dataclass
class FussyTitler(WritingTitler):
    """Will not draw these texts, and is not done setting some of them until they are `clear`. set:
    what it set."""

    refused: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    clear: asyncio.Event = field(default_factory=asyncio.Event)
    set: list[str] = field(default_factory=list)

    async def title(self, step: TitleStep, target: Path) -> DrawnTitle:
        """Refuse or write down."""
        if step.spec.text in self.refused:
            raise CompositionFailed(f"{step.label}: drawing broke off")
        return await super().title(step, target)

    async def measure(self, step: TitleStep) -> DrawnTitle:
        """Everything fits, some of it after a while."""
        if step.spec.text in self.slow:
            await self.clear.wait()
        self.set.append(step.spec.text)
        return await super().measure(step)


async def put_texts(ctx: Context, project: str, *texts: str) -> None:
    """Lay these over the film, one upon the other."""
    for text in texts:
        await items.add_item(ctx, project, ItemContent(kind="text", data={"text": text}))


async def generate_all(ctx: Context, count: int) -> dict[str, bytes]:
    """Prompt -> the clip that was made of it."""
    jobs = [await generate_one(ctx) for _ in range(count)]
    return {job.payload["request"]["prompt"]: f"clip of {job.id}".encode() for job in jobs}


@pytest.fixture
def models(tmp_path: Path) -> Models:
    """One model; its clips are made by hand."""
    return models_of(Desk(dice=Random(0), clips=tmp_path, is_kind=True))


def shots(*prompts: str) -> dict[str, dict[str, object]]:
    """Segments that ask for these."""
    return {prompt: {"model": "desk-key"} for prompt in prompts}


async def test_a_clip_that_cannot_be_composed_is_named_and_the_others_are_kept(
    database: Database, models: Models, tmp_path: Path
) -> None:
    fussy = FussyCompositor()
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, compositor=fussy)
        project = await make_project(ctx, shots("one", "two", "three"))
        first = (await renders.start_render(ctx, project)).row.id
        clips = await generate_all(ctx, 3)
        fussy.refused.add(clips["two"])
        async with workers(ctx, gate):
            assert await wait_until_settled(database, first) == "failed"
            failed = (await renders.get_render(ctx, first)).row
            assert failed.error_code == "composition_failed"
            assert failed.error_message == "segment 2: the file is damaged at 0.2 s"
            assert failed.finished_at is not None
            fussy.refused.clear()
            second = (await renders.start_render(ctx, project)).row.id
            assert await wait_until_settled(database, second) == "completed"
    assert sorted(fussy.made) == sorted(clips.values()), "each was made once"


@pytest.mark.parametrize(
    ("kind_of_database", "kills", "ends"),
    turn(
        [
            *[(kind, 2, "completed") for kind in ("sqlite", "postgresql")],
            *[(kind, 3, "failed") for kind in ("postgresql", "sqlite")],
        ],
        2,
    ),
    indirect=["kind_of_database"],
)
async def test_a_helper_that_is_killed_is_tried_again_but_not_for_ever(
    database: Database, models: Models, tmp_path: Path, kills: int, ends: str
) -> None:
    fussy = FussyCompositor()
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, compositor=fussy)
        project = await make_project(ctx, shots("one"))
        render = (await renders.start_render(ctx, project)).row.id
        fussy.killed = list((await generate_all(ctx, 1)).values()) * kills
        async with workers(ctx, gate):
            assert await wait_until_settled(database, render) == ends
            told = (await renders.get_render(ctx, render)).row.error_message
            assert ("signal 9" in (told or "")) is (ends == "failed")


@pytest.mark.parametrize("kind_of_database", turn(["sqlite", "postgresql"], 2), indirect=True)
async def test_a_chip_that_encodes_for_others_is_waited_for(
    database: Database, models: Models, tmp_path: Path
) -> None:
    fussy = FussyCompositor()
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, compositor=fussy)
        project = await make_project(ctx, shots("one"))
        render = (await renders.start_render(ctx, project)).row.id
        fussy.busy = list((await generate_all(ctx, 1)).values()) * 2
        async with workers(ctx, gate):
            assert await wait_until_settled(database, render) == "completed"
            assert not fussy.busy


@pytest.mark.parametrize("kind_of_database", turn(["sqlite", "postgresql"], 2), indirect=True)
async def test_a_full_disk_is_known_by_what_failed_though_it_has_room_again(
    database: Database, models: Models, tmp_path: Path
) -> None:
    fussy = FussyCompositor(
        no_room=[
            FoundryError("could not store piece.mp4: its disk is full", code="disk_full"),
            OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
            CompositionFailed("segment 1: FFmpeg failed: No space left on device"),
        ]
    )
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, compositor=fussy)
        project = await make_project(ctx, shots("one"))
        render = (await renders.start_render(ctx, project)).row.id
        await generate_all(ctx, 1)
        async with workers(ctx, gate):
            assert await wait_until_settled(database, render) == "completed"
    assert not fussy.no_room


@pytest.mark.parametrize("kind_of_database", turn(["sqlite", "postgresql"], 2), indirect=True)
async def test_pieces_of_another_build_of_the_encoder_are_made_anew(
    database: Database, models: Models, tmp_path: Path
) -> None:
    """After an upgrade, say: what was made before is no good beside what is made now. Only that is
    made anew, the render tells of it, and nothing is generated."""
    rebuilt = RebuiltCompositor(pauses=True)
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, compositor=rebuilt)
        project = await make_project(ctx, shots("one", "two"))
        first = (await renders.start_render(ctx, project)).row.id
        clips = await generate_all(ctx, 2)
        async with workers(ctx, gate):
            assert await wait_until_settled(database, first) == "completed"
    rebuilt.build = b"new"
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, compositor=rebuilt)
        project = await make_project(ctx, shots("one", "three"))
        second = (await renders.start_render(ctx, project)).row.id
        clips |= await generate_all(ctx, 1)
        async with workers(ctx, gate):
            told = await _master_told(ctx, second)
            rebuilt.go_on.set()
            assert await wait_until_settled(database, second) == "completed"
    assert told == ("pieces_differ", REMADE)
    wanted = [clips[prompt] for prompt in ("one", "two", "three", "one")]
    assert sorted(rebuilt.made) == sorted(wanted)


REMADE = "another build of the encoder made 1 of its pieces; that is done anew"


async def _master_told(ctx: Context, render: str) -> tuple[str | None, str | None]:
    """What the step that joins the film says as soon as it says anything."""
    async with asyncio.timeout(60):
        while True:
            steps = await renders.list_steps(ctx, render)
            told = [one for one in steps if one.kind == "master" and one.error_code]
            if told:
                return told[0].error_code, told[0].error_message
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("kind_of_database", turn(["postgresql", "sqlite"], 2), indirect=True)
async def test_pieces_are_not_made_anew_for_ever(
    database: Database, models: Models, tmp_path: Path
) -> None:
    """As where workers have different encoders."""
    rebuilt = RebuiltCompositor(is_unsure=True)
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, compositor=rebuilt)
        project = await make_project(ctx, shots("one", "two"))
        render = (await renders.start_render(ctx, project)).row.id
        clips = await generate_all(ctx, 2)
        async with workers(ctx, gate):
            assert await wait_until_settled(database, render) == "failed"
            row = (await renders.get_render(ctx, render)).row
            assert row.error_code == "pieces_differ"
            assert "the same FFmpeg" in (row.error_message or "")
            rebuilt.is_unsure = False
            again = (await renders.start_render(ctx, project)).row.id
            assert await wait_until_settled(database, again) == "completed"
    assert sorted(rebuilt.made) == sorted([*clips.values(), clips["one"], clips["one"]])


async def test_a_clip_of_two_films_is_named_by_where_it_stands_in_each(
    database: Database, models: Models, tmp_path: Path
) -> None:
    """The step is done once, and is named after the film that asked for it first."""
    fussy = FussyCompositor()
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, compositor=fussy)
        films = [shots("bad", "good"), shots("good", "bad")]
        projects = [await make_project(ctx, film) for film in films]
        started = [(await renders.start_render(ctx, project)).row.id for project in projects]
        clips = await generate_all(ctx, 2)
        fussy.refused.add(clips["bad"])
        async with workers(ctx, gate):
            for place, render in enumerate(started, start=1):
                assert await wait_until_settled(database, render) == "failed"
                told = (await renders.get_render(ctx, render)).row.error_message
                assert told == f"segment {place}: the file is damaged at 0.2 s"


async def test_a_text_of_two_films_is_named_by_its_place_in_each(
    database: Database, models: Models, tmp_path: Path
) -> None:
    titler = FussyTitler(refused={"bad"})
    async with world(tmp_path, models, gate := Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, titler=titler)
        started = []
        for texts in (("good", "bad"), ("bad", "good")):
            project = await make_project(ctx, shots("one"))
            await put_texts(ctx, project, *texts)
            started.append((await renders.start_render(ctx, project)).row.id)
        await generate_all(ctx, 1)
        async with workers(ctx, gate):
            for render, place in zip(started, (2, 1), strict=True):
                assert await wait_until_settled(database, render) == "failed"
                told = (await renders.get_render(ctx, render)).row.error_message
                assert told == f"text {place}: drawing broke off"


LONG = "so long that only setting it shows whether it fits " * 4 + "or not"


async def test_texts_that_cannot_be_set_in_time_are_told_and_set_the_next_time(
    database: Database, models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{n}: {LONG}" for n in range(60)]
    titler = FussyTitler(slow=set(texts[55:]))
    async with world(tmp_path, models, Gate(), MovableClock(), database) as plain:
        ctx = replace(plain, titler=titler)
        project = await make_project(ctx, shots("one"))
        await put_texts(ctx, project, *texts)
        with monkeypatch.context() as hurried:
            hurried.setattr(_texts, "MEASURING_SECONDS", 0.2)
            plan = await plans.plan_project(ctx, project)
            with pytest.raises(BadInput, match="from text 56 on"):
                await renders.start_render(ctx, project)
        assert not plan.ready
        (problem,) = plan.problems
        assert problem.field == "text.55.text"
        assert "whether 5 texts, from text 56 on, have room" in problem.message
        titler.clear.set()
        assert (await plans.plan_project(ctx, project)).ready
        assert sorted(titler.set) == sorted(texts), "each was set once"
