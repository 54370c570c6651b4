"""How many items a project holds is how many there are: neither the gaps that deleted ones leave in
the order nor anything else counts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import update

from video_foundry.bootstrap import running_context
from video_foundry.core.operations import Place
from video_foundry.core.profile import OutputProfile
from video_foundry.db.tables import ItemRow
from video_foundry.errors import BadInput
from video_foundry.services import _operations as ops
from video_foundry.services import imports, items, operations
from video_foundry.services._edit import ItemContent, SegmentContent
from video_foundry.services.context import Context
from video_foundry.settings import Settings

MOST = 4
"""Items of a project here."""

FAR_UP = 30_000
"""A place in the order that somebody reaches who adds and deletes for long enough."""


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[tuple[Context, str]]:
    """A server without workers, and an empty film on it."""
    settings = Settings(data_dir=folder, example_project=False, embedded_workers=False)
    async with running_context(settings) as ctx:
        small = replace(ctx, limits=replace(ctx.limits, items=MOST))
        yield small, await film(small, 0)


async def film(ctx: Context, texts: int) -> str:
    """A project of one segment and so many texts, as a file brings them in."""
    project = str(uuid4())
    await imports.import_project(
        ctx,
        project,
        name="film",
        description="",
        profile=OutputProfile(),
        segments=[SegmentContent(prompt="a shot", model_params={"model": "mock-ai"})],
        items=[imports.FileItem(kind="text", data={"text": str(n)}) for n in range(texts)],
    )
    return project


def text(words: str) -> ItemContent:
    return ItemContent(kind="text", data={"text": words})


async def words_of(ctx: Context, project: str) -> list[str]:
    """What the texts say, from the lowest to the topmost."""
    return [row.data["text"] for row in await items.list_items(ctx, project)]


def inserted(*words: str) -> operations.Operation:
    """An edit that puts texts below all others."""
    new = [ops.NewItem(id=str(uuid4()), content=text(one)) for one in words]
    change = ops.InsertItems(items=new, place=Place(after=None))
    return operations.Operation(id=str(uuid4()), step=str(uuid4()), body={}, change=change)


async def test_there_are_as_many_as_there_may_be_and_no_more(tmp_path: Path) -> None:
    async with server(tmp_path) as (ctx, project):
        for n in range(MOST - 1):
            await items.add_item(ctx, project, text(str(n)))
        refused, applied = inserted("a", "b"), inserted("a")
        done = await operations.apply_operations(ctx, project, str(uuid4()), [refused, applied])
        assert [one.error and one.error.code for one in done.outcomes] == ["too_many_items", None]
        assert await words_of(ctx, project) == ["a", "0", "1", "2"]
        with pytest.raises(BadInput, match="at most 4 items") as refusal:
            await items.add_item(ctx, project, text("one more"))
        assert [one.field for one in refusal.value.problems] == ["items"]
        assert await words_of(ctx, await film(ctx, MOST)) == ["0", "1", "2", "3"]
        with pytest.raises(BadInput, match="at most 4 items"):
            await film(ctx, MOST + 1)


async def test_gaps_in_the_order_count_for_nothing(tmp_path: Path) -> None:
    """A few items that stand far up leave room for more, and can be put into another order."""
    async with server(tmp_path) as (ctx, project):
        rows = [await items.add_item(ctx, project, text(words)) for words in ("low", "high")]
        async with ctx.store.write() as tx:
            far_up = update(ItemRow).where(ItemRow.id == rows[1].id).values(position=FAR_UP)
            await tx.session.execute(far_up)
        top = await items.add_item(ctx, project, text("top"))
        assert await words_of(ctx, project) == ["low", "high", "top"]
        ids = [top.id, rows[1].id, rows[0].id]
        ordered = await items.reorder_items(ctx, project, ids)
        assert [row.position for row in ordered] == [0, 1, 2]
        assert await words_of(ctx, project) == ["top", "high", "low"]
