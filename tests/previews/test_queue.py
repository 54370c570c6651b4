"""Previews in the queue: behind renders, in turns between projects, once for all who ask, and tried
again only when they have rested. On both databases."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import func, select
from tests.db.databases import Database
from tests.db.desk import Desk, models_of
from tests.db.statements import statements
from tests.db.workmen import generate_one
from tests.recovery.gate import Gate
from tests.recovery.world import (
    CopyingCompositor,
    MovableClock,
    make_project,
    wait_until_settled,
    world,
)

from video_foundry.core.previews import Proxy, Sheet, Waveform
from video_foundry.db.tables import JobRow
from video_foundry.errors import CompositionFailed
from video_foundry.ports.compositor import MediaFacts
from video_foundry.ports.previews import PreviewSource
from video_foundry.ports.progress import Progress
from video_foundry.services import media, renders
from video_foundry.services.context import Context
from video_foundry.services.previews import AT_ONCE, Ask, PreviewsView, list_previews
from video_foundry.services.storage import Wish, make_room, usage
from video_foundry.workers.compose import Composer
from video_foundry.workers.loop import WorkerLoop


@dataclass
class Draughtsman:
    """Makes previews by noting what they are of. free: set while it may work. broken: it fails.
    made: labels of what was made, in order."""

    free: asyncio.Event = field(default_factory=asyncio.Event)
    broken: bool = False
    made: list[str] = field(default_factory=list)

    async def sprite(self, source: PreviewSource, sheet: Sheet, target: Path) -> None:
        """A few bytes."""
        await self._make(source, target)

    async def waveform(
        self, source: PreviewSource, waveform: Waveform, target: Path, *, is_clip: bool
    ) -> None:
        """A few bytes."""
        await self._make(source, target)

    async def proxy(
        self, source: PreviewSource, proxy: Proxy, target: Path, progress: Progress | None = None
    ) -> None:
        """A few bytes."""
        await self._make(source, target)

    async def aclose(self) -> None:
        """Nothing to release."""

    async def _make(self, source: PreviewSource, target: Path) -> None:
        await self.free.wait()
        self.made.append(source.label)
        if self.broken:
            raise CompositionFailed(f"{source.label}: the file is damaged")
        await asyncio.to_thread(target.write_text, source.label)


@dataclass(kw_only=True)
class Room:
    """A world with a draughtsman, and what tests do in it."""

    ctx: Context
    hand: Draughtsman
    clock: MovableClock
    folder: Path

    async def upload(self, count: int, name: str = "clip") -> list[str]:
        """Digests of so many new clips."""
        found = []
        for n in range(count):
            path = self.folder / f"{name}-{n}.mp4"
            path.write_text(path.name)
            found.append((await media.add_media(self.ctx, path, path.name)).artifact.digest)
        return found

    async def ask(self, digests: Sequence[str], **more: Any) -> list[PreviewsView]:
        """Ask for them all."""
        return await list_previews(self.ctx, Ask(digests=digests, **more))

    async def until(self, digests: Sequence[str], state: str) -> None:
        """Wait until all previews stand so."""
        async with asyncio.timeout(60):
            while await self.states(digests) != {state}:  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(0.05)

    async def states(self, digests: Sequence[str]) -> set[str]:
        """How they stand, by asking."""
        return {part.state for view in await self.ask(digests) for part in view.parts.values()}

    async def jobs(self) -> int:
        """Composing jobs there ever were."""
        async with self.ctx.store.read() as session:
            counted = select(func.count()).where(JobRow.kind == "compose")
            return (await session.execute(counted)).scalar_one()


@asynccontextmanager
async def standing(database: Database, folder: Path) -> AsyncIterator[Room]:
    desk = Desk(dice=Random(0), clips=folder, is_kind=True)
    clock, hand = MovableClock(), Draughtsman()
    async with world(folder, models_of(desk), Gate(), clock, database) as plain:
        ctx = replace(plain, previews=hand)
        yield Room(ctx=ctx, hand=hand, clock=clock, folder=folder)


@asynccontextmanager
async def composing(ctx: Context) -> AsyncIterator[None]:
    """A worker that composes two things at a time."""
    loop = WorkerLoop(ctx, "compose", Composer(ctx), capacity=2)
    running = asyncio.create_task(loop.run())
    try:
        yield
    finally:
        loop.stop()
        await running


async def test_a_render_is_finished_while_previews_take_their_time(
    database: Database, tmp_path: Path
) -> None:
    async with standing(database, tmp_path) as room:
        await room.ask(await room.upload(6))
        project = await make_project(room.ctx, {"one": {"model": "desk-key"}})
        render = (await renders.start_render(room.ctx, project)).row.id
        await generate_one(room.ctx)
        async with composing(room.ctx):
            assert await wait_until_settled(database, render) == "completed"
            assert room.hand.made == []
            room.hand.free.set()


async def test_who_asks_for_one_does_not_wait_for_who_asked_for_many(
    database: Database, tmp_path: Path
) -> None:
    async with standing(database, tmp_path) as room:
        many, few = await room.upload(6, "many"), await room.upload(1, "few")
        await room.ask(many, kinds=["sprite"], project_id="a" * 36)
        await room.ask(few, kinds=["sprite"], project_id="b" * 36)
        room.hand.free.set()
        async with composing(room.ctx):
            await room.until(many, "ready")
        places = [n for n, label in enumerate(room.hand.made) if few[0][:12] in label]
        assert len(places) == 1
        assert places[0] <= 3, "projects take turns"


async def test_many_who_ask_at_once_share_the_work(database: Database, tmp_path: Path) -> None:
    async with standing(database, tmp_path) as room:
        digests = await room.upload(6)
        await asyncio.gather(*(room.ask(digests[n % 3 :]) for n in range(9)))
        assert await room.jobs() == 3 * len(digests)
        room.hand.free.set()
        async with composing(room.ctx):
            await room.until(digests, "ready")
        assert len(room.hand.made) == await room.jobs() == 3 * len(digests)


async def test_what_failed_rests_longer_each_time(database: Database, tmp_path: Path) -> None:
    async with standing(database, tmp_path) as room:
        digests, room.hand.broken = await room.upload(1), True
        room.hand.free.set()
        async with composing(room.ctx):
            for tries, minutes in ((1, 61), (2, 121)):
                await room.until(digests, "failed")
                assert len(room.hand.made) == 3 * tries
                room.clock.ahead += timedelta(minutes=minutes - 3)
                assert await room.states(digests) == {"failed"}
                room.clock.ahead += timedelta(minutes=3)
                assert await room.states(digests) == {"making"}
            await room.until(digests, "failed")
            room.hand.broken = False
            assert await room.states(digests) == {"failed"}
            await room.ask(digests, again=True)
            await room.until(digests, "ready")


# --- keeping


async def test_previews_go_first_and_come_back_when_asked_for(
    database: Database, tmp_path: Path
) -> None:
    async with standing(database, tmp_path) as room:
        digests = await room.upload(2)
        project = await make_project(room.ctx, {"one": {"model": "desk-key"}})
        render = (await renders.start_render(room.ctx, project)).row.id
        await generate_one(room.ctx)
        room.hand.free.set()
        async with composing(room.ctx):
            assert await wait_until_settled(database, render) == "completed"
            room.clock.ahead += timedelta(hours=2)  # so the pieces are the longest unused
            await room.ask(digests)
            await room.until(digests, "ready")
            there = await lying(room)
            previews, pieces = there["previews"], there["clips"]
            assert previews[0] == 6
            assert pieces[0] > 0
            await make_room(room.ctx, Wish(to_bytes=pieces[1]))
            there = await lying(room)
            assert (there["previews"], there["clips"]) == ((0, 0), pieces)
            assert await room.states(digests) == {"making"}
            await room.until(digests, "ready")
            assert (await lying(room))["previews"] == previews


async def lying(room: Room) -> dict[str, tuple[int, int]]:
    """Kind -> how many there are and their bytes."""
    return {one.kind: (one.count, one.bytes) for one in (await usage(room.ctx)).kinds}


async def test_who_looks_at_previews_keeps_them(database: Database, tmp_path: Path) -> None:
    async with standing(database, tmp_path) as room:
        seen, unseen = await room.upload(1, "seen"), await room.upload(1, "unseen")
        room.hand.free.set()
        async with composing(room.ctx):
            await room.ask([*unseen, *seen])
            await room.until([*seen, *unseen], "ready")
        room.clock.ahead += timedelta(hours=3)
        assert await room.states(seen) == {"ready"}
        whole = (await lying(room))["previews"][1]
        await make_room(room.ctx, Wish(to_bytes=whole // 2 + 10))
        assert await room.states(seen) == {"ready"}
        assert await room.states(unseen) == {"making"}


# --- what an ask costs


async def test_asking_for_many_takes_no_more_statements_than_for_few(
    database: Database, tmp_path: Path
) -> None:
    async with standing(database, tmp_path) as room:
        counted = []
        await room.ask(await room.upload(1))  # the first in an empty queue looks once more
        for count in (2, 40):
            digests = await room.upload(count, f"of {count}")
            with statements(room.ctx.store) as first:
                await room.ask(digests)
            with statements(room.ctx.store) as again:
                await room.ask(digests)
            counted.append((len(first), len(again)))
        assert counted[0] == counted[1]
        assert counted[1][1] <= 6, "looking again writes nothing"


class HourlongCompositor(CopyingCompositor):
    """Takes every file for two hours of video."""

    async def probe(self, source: Path) -> MediaFacts:
        """Two hours of video, whatever it is."""
        return replace(await super().probe(source), duration=Fraction(7200), frames=172_800)


async def test_a_very_large_ask_is_cut_into_transactions(
    database: Database, tmp_path: Path
) -> None:
    async with standing(database, tmp_path) as room:
        room.ctx = replace(room.ctx, compositor=HourlongCompositor())
        digests = await room.upload(14)
        assert await room.states(digests) == {"making"}
        assert await room.jobs() == 14 * (72 + 1 + 2)
        assert AT_ONCE < 14 * 75
