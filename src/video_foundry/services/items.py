"""Texts, captions, images and sounds beside a project's segments: add, change, order, remove."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from video_foundry.db.bulk import add_rows
from video_foundry.db.items import item_by_id, items_of, next_position
from video_foundry.db.locks import lock_project
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.tables import ItemRow, ProjectRow
from video_foundry.errors import BadInput, NotFound
from video_foundry.services._edit import (
    ItemContent,
    edited,
    locked_project,
    new_item_row,
    project_of,
    tell,
)
from video_foundry.services._items import (
    ItemChange,
    change_item,
    check_item,
    check_room_beside,
    place_items,
)
from video_foundry.services.context import Context


@retried
async def add_item(
    ctx: Context, project_id: str, content: ItemContent, *, based_on: int | None = None
) -> ItemRow:
    """Put an item on top of the others. Raises BadInput by field for one that cannot be."""
    async with ctx.store.write() as tx:
        project = await locked_project(tx, project_id)
        await edited(tx, project, based_on)
        await check_room_beside(ctx, tx, project_id)
        row = new_item_row(tx, project_id, content, await next_position(tx.session, project_id))
        await check_item(tx, row)
        await add_rows(tx.session, [row])
        await tell(tx, project, "item.created", item_id=row.id)
        return row


async def list_items(ctx: Context, project_id: str) -> Sequence[ItemRow]:
    """A project's items, from the lowest to the topmost."""
    async with ctx.store.read() as session:
        await project_of(session, project_id)
        return await items_of(session, project_id)


async def get_item(ctx: Context, item_id: str) -> ItemRow:
    """One item. Raises NotFound."""
    async with ctx.store.read() as session:
        return await _item_of(session, item_id)


async def _item_of(session: Session, item_id: str, *, fresh: bool = False) -> ItemRow:
    row = await item_by_id(session, item_id, fresh=fresh)
    if row is None:
        raise NotFound(f"there is no item {item_id}", field="item_id")
    return row


async def _locked_item(tx: Tx, item_id: str) -> tuple[ItemRow, ProjectRow]:
    """An item as it is once its project is locked, and the project. Raises NotFound."""
    project_id = (await _item_of(tx.session, item_id)).project_id
    project = await lock_project(tx.session, project_id)
    row = await _item_of(tx.session, item_id, fresh=True)
    if project is None:
        raise NotFound(f"there is no project {project_id}", field="project_id")
    return row, project


@retried
async def update_item(
    ctx: Context,
    item_id: str,
    kind: str,
    data: Mapping[str, Any],
    *,
    tied: Mapping[str, str | None],
    unset: Collection[str] = (),
    based_on: int | None = None,
) -> ItemRow:
    """Change the fields of `data` that are named, and of `tied`: media_id, segment_id; those of
    `unset` are then as if never given."""
    async with ctx.store.write() as tx:
        row, project = await _locked_item(tx, item_id)
        await edited(tx, project, based_on)
        await change_item(tx, row, ItemChange(kind=kind, data=data, tied=tied, unset=unset))
        await tell(tx, project, "item.updated", item_id=row.id)
        return row


@retried
async def delete_item(ctx: Context, item_id: str, *, based_on: int | None = None) -> None:
    """Take an item off the timeline."""
    async with ctx.store.write() as tx:
        row, project = await _locked_item(tx, item_id)
        await edited(tx, project, based_on)
        await tx.session.delete(row)
        await tell(tx, project, "item.deleted", item_id=item_id)


@retried
async def reorder_items(
    ctx: Context, project_id: str, item_ids: Sequence[str], *, based_on: int | None = None
) -> Sequence[ItemRow]:
    """Put the items into the order of `item_ids`, the lowest first; it names each exactly once."""
    async with ctx.store.write() as tx:
        project = await locked_project(tx, project_id)
        await edited(tx, project, based_on)
        rows = {row.id: row for row in await items_of(tx.session, project_id)}
        if sorted(item_ids) != sorted(rows):
            raise BadInput(
                "item_ids must name every item of the project exactly once",
                field="item_ids",
                fix=f"the project has {len(rows)} items; read it again and send all their ids",
            )
        ordered = [rows[i] for i in item_ids]
        await place_items(tx, ordered)
        await tell(tx, project, "item.reordered", item_ids=list(item_ids))
        return ordered
