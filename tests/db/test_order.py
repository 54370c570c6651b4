"""An order of segments is written as it was asked for, whichever way they move, and neighbours that
move together take no more statements in a longer film."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from uuid import uuid4

from sqlalchemy import select
from tests.db.statements import statements

from video_foundry.bootstrap import running_context
from video_foundry.core.profile import OutputProfile
from video_foundry.db.segments import order_segments, remove_segments
from video_foundry.db.store import Store
from video_foundry.db.tables import SegmentRow
from video_foundry.db.timeline import segments_of
from video_foundry.services import imports
from video_foundry.services._edit import SegmentContent
from video_foundry.services.context import Context
from video_foundry.settings import Settings


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Context]:
    """A server without workers."""
    settings = Settings(data_dir=folder, example_project=False, embedded_workers=False)
    async with running_context(settings) as ctx:
        yield ctx


async def film(ctx: Context, length: int) -> str:
    """A project of so many segments."""
    project = str(uuid4())
    params = {"model": "mock-ai"}
    contents = [SegmentContent(prompt=f"shot {n}", model_params=params) for n in range(length)]
    await imports.import_project(
        ctx, project, name="film", description="", profile=OutputProfile(), segments=contents
    )
    return project


async def places(store: Store, project: str) -> dict[str, int]:
    """Where the segments stand, by id, as stored."""
    async with store.read() as session:
        query = select(SegmentRow.id, SegmentRow.order_index)
        found = await session.execute(query.where(SegmentRow.project_id == project))
        return {row.id: row.order_index for row in found}


async def put(store: Store, project: str, order: list[int]) -> list[str]:
    """Stand the segments in this order, by their present places; their ids in it. Those that are
    not named go."""
    async with store.write() as tx:
        rows = list(await segments_of(tx.session, project))
        wanted = [rows[place] for place in order]
        await remove_segments(tx.session, [row for row in rows if row not in wanted])
        await order_segments(tx.session, wanted)
        assert [row.order_index for row in wanted] == list(range(len(wanted)))
        return [row.id for row in wanted]


async def test_any_order_is_written(tmp_path: Path) -> None:
    chance = Random(7)
    async with server(tmp_path) as ctx:
        project, beside = await film(ctx, 12), await film(ctx, 3)
        untouched = await places(ctx.store, beside)
        length = 12
        while length > 2:
            order = list(range(length))
            match chance.randrange(4):
                case 0:
                    chance.shuffle(order)
                case 1:  # one goes elsewhere
                    order.insert(chance.randrange(length), order.pop(chance.randrange(length)))
                case 2:  # neighbours go elsewhere
                    order = [*order[2:], *order[:2]]
                case _:  # some go away
                    order = [one for one in order if chance.random() < 0.8] or order[:1]
            length = len(order)
            expected = await put(ctx.store, project, order)
            stored = await places(ctx.store, project)
            assert sorted(stored, key=stored.__getitem__) == expected
            assert sorted(stored.values()) == list(range(length))
        assert await places(ctx.store, beside) == untouched


async def test_neighbours_move_by_as_many_statements_in_a_long_film(tmp_path: Path) -> None:
    counts = []
    async with server(tmp_path) as ctx:
        for length in (6, 24):
            project = await film(ctx, length)
            with statements(ctx.store) as sent:
                await put(ctx.store, project, [*range(2, length), 0, 1])
            counts.append(sum(one.startswith("UPDATE segments") for one in sent))
    assert counts == [3, 3]
