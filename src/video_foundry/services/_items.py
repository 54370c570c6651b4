"""What may be done to items, whichever way it is asked for: check one, change its fields, order all
of them. The callers lock the project, raise its revision and tell of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from video_foundry.db.bulk import write_columns
from video_foundry.db.items import LISTS, count_items, values_of
from video_foundry.db.segments import segment_by_id
from video_foundry.db.store import Tx
from video_foundry.db.tables import ItemRow
from video_foundry.db.timeline import media_by_id
from video_foundry.errors import BadInput
from video_foundry.services.context import Context


async def check_room_beside(ctx: Context, tx: Tx, project_id: str, *, adding: int = 1) -> None:
    """Refuse more items than a project may hold."""
    if await count_items(tx.session, project_id) + adding > ctx.limits.items:
        raise BadInput(
            f"a project holds at most {ctx.limits.items:,} items",
            field="items",
            fix="leave some out, or split the film into several projects",
            code="too_many_items",
        )


async def check_item(tx: Tx, row: ItemRow) -> None:
    """Raises BadInput by field for an item that cannot be."""
    if row.segment_id is not None:
        segment = await segment_by_id(tx.session, row.segment_id)
        if segment is None or segment.project_id != row.project_id:
            raise BadInput(
                "it is tied to a segment that the project does not have",
                field="segment",
                fix="tie it to a segment of this project, or to none",
            )
    media = await media_by_id(tx.session, {row.media_id} if row.media_id else set())
    try:
        values_of([row], media)
    except BadInput as error:
        raise _by_field(error, f"{LISTS[row.kind]}.0.") from error


def _by_field(error: BadInput, before: str) -> BadInput:
    """The error of one item, its fields without the list that the item would stand in."""
    problems = [
        type(p)(field=p.field.removeprefix(before), message=p.message, fix=p.fix)
        for p in error.problems
    ]
    return BadInput(error.message, problems=problems, code=error.code)


@dataclass(frozen=True, kw_only=True)
class ItemChange:
    """A partial edit. data: the fields that are named. tied: media_id and segment_id, where named.
    unset: fields that are to be as if never given."""

    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)
    tied: Mapping[str, str | None] = field(default_factory=dict)
    unset: Collection[str] = ()


async def change_item(tx: Tx, row: ItemRow, change: ItemChange) -> None:
    """Change what is named. Raises BadInput by field."""
    if row.kind != change.kind:
        raise BadInput(
            f"the item is a {row.kind}, not a {change.kind}",
            field="kind",
            fix=f"send kind {row.kind!r}, or remove the item and add another",
        )
    whole = {**row.data, **change.data}
    row.data = {name: whole[name] for name in whole if name not in change.unset}
    for name, value in change.tied.items():
        setattr(row, name, value)
    row.updated_at = tx.now
    await check_item(tx, row)
    await tx.session.flush()


async def place_items(tx: Tx, ordered: Sequence[ItemRow]) -> None:
    """Give items the positions 0, 1, 2, ... in the order of the list."""
    above = 1 + max((row.position for row in ordered), default=0)
    for offset in (max(above, len(ordered)), 0):  # out of the way first
        for position, row in enumerate(ordered):
            row.position = offset + position
        await write_columns(tx.session, ordered, "position")
