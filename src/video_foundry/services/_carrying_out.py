"""What each kind of operation does to the rows of a project that the caller has locked. A refusal
leaves rows half changed: the caller takes them back."""

from collections.abc import Mapping, Sequence
from typing import Any

from video_foundry.core.composition import Trim
from video_foundry.core.operations import Place, clashing, placed
from video_foundry.db.bulk import add_rows
from video_foundry.db.facts import profile_from_json, trim_from_json
from video_foundry.db.films import picture_from_json, sound_from_json, transition_from_json
from video_foundry.db.items import item_by_id, items_of, next_position
from video_foundry.db.operations import operation_by_id
from video_foundry.db.segments import (
    order_segments,
    remove_segments,
    segment_by_id,
    segment_ids_among,
)
from video_foundry.db.store import Tx
from video_foundry.db.tables import ItemRow, ProjectRow, SegmentRow, TakeRow
from video_foundry.db.takes import take_by_id, takes_by_segment
from video_foundry.db.timeline import segments_of
from video_foundry.errors import Conflict, NotFound
from video_foundry.jobs.filing import file_known_takes
from video_foundry.jobs.letting_go import give_up
from video_foundry.services import _operations as ops
from video_foundry.services._edit import (
    new_item_row,
    new_segment_row,
    next_index,
    set_requests,
)
from video_foundry.services._items import (
    ItemChange,
    change_item,
    check_item,
    check_room_beside,
    place_items,
)
from video_foundry.services._projects import change_project
from video_foundry.services._segments import (
    SegmentChange,
    apply_change,
    check_room,
    choose,
    copy_takes,
    effective_choice,
)
from video_foundry.services.context import Context

Json = dict[str, Any]
GONE = "gone"
CLASH = "edit_conflict"
_MISSING = object()
"""Stands for a field that has no value of its own."""


async def carry_out(ctx: Context, tx: Tx, project: ProjectRow, change: ops.Change) -> Json:
    """Do it; returns what must be remembered to take it back. Raises Conflict for a field that says
    something else by now, NotFound for what is gone, BadInput for what cannot be."""
    match change:
        case ops.InsertSegments():
            await _insert_segments(ctx, tx, project, change)
        case ops.EditSegment():
            await _edit_segment(ctx, tx, project, change)
        case ops.DeleteSegments():
            return await _delete_segments(tx, project, change)
        case ops.MoveSegments():
            await _move_segments(tx, project, change)
        case ops.ChooseTake():
            return await _choose_take(tx, project, change)
        case _:
            await _carry_out_beside(ctx, tx, project, change)
    return {}


async def _carry_out_beside(
    ctx: Context, tx: Tx, project: ProjectRow, change: ops.ChangeBeside
) -> None:
    match change:
        case ops.InsertItems():
            await _insert_items(ctx, tx, project, change)
        case ops.EditItem():
            await _edit_item(tx, project, change)
        case ops.DeleteItems():
            await _delete_items(tx, project, change)
        case ops.MoveItems():
            await _move_items(tx, project, change)
        case ops.EditProject():
            await _edit_project(ctx, tx, project, change)


# --- segments ---


async def _insert_segments(
    ctx: Context, tx: Tx, project: ProjectRow, change: ops.InsertSegments
) -> None:
    await check_room(ctx, tx, project.id, adding=len(change.segments))
    taken = await segment_ids_among(tx.session, [one.id for one in change.segments])
    for one in change.segments:
        if one.id in taken:
            raise _is_there("segment", one.id)
    there = list(await segments_of(tx.session, project.id))
    first = await next_index(tx.session, project.id)
    rows = [
        new_segment_row(tx, project.id, one.content, segment_id=one.id) for one in change.segments
    ]
    for index, row in enumerate(rows, start=first):
        row.order_index = index
    await set_requests(ctx, tx, project, rows)
    await add_rows(tx.session, rows)
    await _bring_takes(tx, project, change, rows)
    await file_known_takes(tx, rows)
    await _order(tx, [*there, *rows], [row.id for row in rows], change.place)


async def _bring_takes(
    tx: Tx, project: ProjectRow, change: ops.InsertSegments, rows: Sequence[SegmentRow]
) -> None:
    kept = await _kept(tx, project, change.restores)
    for one, row in zip(change.segments, rows, strict=True):
        source = await segment_by_id(tx.session, one.copies) if one.copies else None
        if one.id in kept:
            await _give_back(tx, row, kept[one.id])
        elif source is not None and source.project_id == project.id:
            await copy_takes(tx, source.id, source, row)


async def _kept(tx: Tx, project: ProjectRow, operation_id: str | None) -> Mapping[str, Json]:
    """By segment, what an operation took from it; nothing where that is no longer remembered."""
    if operation_id is None:
        return {}
    before = await operation_by_id(tx.session, project.id, operation_id)
    return before.outcome if before is not None else {}


def _keep(row: SegmentRow, takes: Sequence[TakeRow]) -> Json:
    return {
        "takes": [{"id": t.id, "number": t.number, "fingerprint": t.fingerprint} for t in takes],
        **_choice(row),
    }


def _choice(row: SegmentRow) -> Json:
    return {name: getattr(row, name) for name in ("chosen_take_id", "chosen_for", "pinned")}


async def _give_back(tx: Tx, row: SegmentRow, kept: Json) -> None:
    """A segment's takes, its choice and its pin, as `_keep` found them."""
    takes = [TakeRow(segment_id=row.id, created_at=tx.now, **take) for take in kept["takes"]]
    await add_rows(tx.session, takes)
    _choose_again(row, kept)
    await tx.session.flush()


def _choose_again(row: SegmentRow, kept: Json) -> None:
    for name in ("chosen_take_id", "chosen_for", "pinned"):
        setattr(row, name, kept[name])


async def _order(tx: Tx, rows: Sequence[SegmentRow], moved: Sequence[str], place: Place) -> None:
    by_id = {row.id: row for row in rows}
    await order_segments(tx.session, [by_id[one] for one in placed(list(by_id), moved, place)])


async def _edit_segment(ctx: Context, tx: Tx, project: ProjectRow, change: ops.EditSegment) -> None:
    row = await _segment(tx, project, change.segment_id)
    _refuse_clash(
        clashing(_fields_of(row), _fields_in(change.was), _fields_in(change.change)),
        segment_id=row.id,
    )
    apply_change(row, change.change)
    row.updated_at = tx.now
    await set_requests(ctx, tx, project, [row])
    await tx.session.flush()
    await file_known_takes(tx, [row])


def _fields_of(row: SegmentRow) -> Json:
    """What a segment says, by field, in values that can be compared."""
    picture = picture_from_json(row.effects)
    return {
        "prompt": row.prompt,
        "model_params": row.model_params,
        "media_id": row.media_id,
        "trim": _comparable(trim_from_json(row.trim)),
        "transition": transition_from_json(row.transition),
        "retime": picture.retime,
        "framing": picture.framing,
        "look": picture.look,
        "sound": sound_from_json(row.sound),
    }


def _fields_in(change: SegmentChange) -> Json:
    own: Json = {"prompt": change.prompt, "model_params": change.model_params}
    own |= {"media_id": change.media_id, "trim": _comparable(change.trim)}
    return {name: own[name] for name in own if name in change.given} | dict(change.treatment)


def _comparable(trim: Trim | None) -> tuple[float, float | None] | None:
    """A trim as a reader got it: in floats."""
    if trim is None:
        return None
    return float(trim.start), None if trim.end is None else float(trim.end)


async def _delete_segments(tx: Tx, project: ProjectRow, change: ops.DeleteSegments) -> Json:
    """Those that are gone already stay gone."""
    wanted = set(change.segment_ids)
    there = await segments_of(tx.session, project.id)
    going = [row for row in there if row.id in wanted]
    for row in going:
        if row.id in change.was:
            seen = _fields_in(change.was[row.id])
            now = _fields_of(row)
            _refuse_clash([name for name in seen if seen[name] != now[name]], segment_id=row.id)
    takes = await takes_by_segment(tx.session, [row.id for row in going])
    kept = {row.id: _keep(row, takes.get(row.id, ())) for row in going}
    await remove_segments(tx.session, going)
    await give_up(tx, list(kept))
    await order_segments(tx.session, [row for row in there if row.id not in wanted])
    return kept


async def _move_segments(tx: Tx, project: ProjectRow, change: ops.MoveSegments) -> None:
    """Those that are gone stay gone; the others go to their place."""
    there = await segments_of(tx.session, project.id)
    ids = {row.id for row in there}
    moved = [one for one in change.segment_ids if one in ids]
    if not moved:
        raise _is_gone("segment", change.segment_ids[0])
    await _order(tx, there, moved, change.place)


async def _choose_take(tx: Tx, project: ProjectRow, change: ops.ChooseTake) -> Json:
    row = await _segment(tx, project, change.segment_id)
    now = ops.Choice(take_id=effective_choice(row), pinned=row.pinned)
    if change.was is not None and now not in (change.was, change.choice):
        _refuse_clash(["take"], segment_id=row.id)
    kept = {row.id: _choice(row)}
    before = (await _kept(tx, project, change.restores)).get(row.id)
    if before is not None and await _is_take_of(tx, row, before["chosen_take_id"]):
        _choose_again(row, before)
        row.updated_at = tx.now
        await tx.session.flush()
    else:
        await choose(tx, row, change.choice.take_id, pinned=change.choice.pinned)
    return kept


async def _is_take_of(tx: Tx, row: SegmentRow, take_id: str | None) -> bool:
    if take_id is None:
        return True
    take = await take_by_id(tx.session, take_id)
    return take is not None and take.segment_id == row.id


async def _segment(tx: Tx, project: ProjectRow, segment_id: str) -> SegmentRow:
    row = await segment_by_id(tx.session, segment_id)
    if row is None or row.project_id != project.id:
        raise _is_gone("segment", segment_id)
    return row


# --- items ---


async def _insert_items(ctx: Context, tx: Tx, project: ProjectRow, change: ops.InsertItems) -> None:
    await check_room_beside(ctx, tx, project.id, adding=len(change.items))
    there = list(await items_of(tx.session, project.id))
    first = await next_position(tx.session, project.id)
    rows: list[ItemRow] = []
    for position, one in enumerate(change.items, start=first):
        if await item_by_id(tx.session, one.id) is not None:
            raise _is_there("item", one.id)
        row = new_item_row(tx, project.id, one.content, position, item_id=one.id)
        await check_item(tx, row)
        rows.append(row)
    await add_rows(tx.session, rows)
    await _order_items(tx, [*there, *rows], [row.id for row in rows], change.place)


async def _order_items(tx: Tx, rows: Sequence[ItemRow], moved: Sequence[str], place: Place) -> None:
    by_id = {row.id: row for row in rows}
    ordered = [by_id[one] for one in placed(list(by_id), moved, place)]
    if [row.id for row in ordered] != list(by_id):
        await place_items(tx, ordered)


async def _edit_item(tx: Tx, project: ProjectRow, change: ops.EditItem) -> None:
    row = await _item(tx, project, change.item_id)
    mine = _item_fields(change.change)
    now = {"media_id": row.media_id, "segment_id": row.segment_id, **row.data}
    _refuse_clash(
        clashing({name: now.get(name, _MISSING) for name in mine}, _item_fields(change.was), mine),
        item_id=row.id,
    )
    await change_item(tx, row, change.change)


def _item_fields(change: ItemChange) -> Json:
    return {**change.data, **change.tied, **dict.fromkeys(change.unset, _MISSING)}


async def _delete_items(tx: Tx, project: ProjectRow, change: ops.DeleteItems) -> None:
    """Those that are gone already stay gone."""
    for item_id in change.item_ids:
        row = await item_by_id(tx.session, item_id)
        if row is not None and row.project_id == project.id:
            await tx.session.delete(row)
    await tx.session.flush()


async def _move_items(tx: Tx, project: ProjectRow, change: ops.MoveItems) -> None:
    there = await items_of(tx.session, project.id)
    ids = {row.id for row in there}
    moved = [one for one in change.item_ids if one in ids]
    if not moved:
        raise _is_gone("item", change.item_ids[0])
    await _order_items(tx, there, moved, change.place)


async def _item(tx: Tx, project: ProjectRow, item_id: str) -> ItemRow:
    row = await item_by_id(tx.session, item_id)
    if row is None or row.project_id != project.id:
        raise _is_gone("item", item_id)
    return row


# --- the project ---


async def _edit_project(ctx: Context, tx: Tx, project: ProjectRow, change: ops.EditProject) -> None:
    profile = profile_from_json(project.settings)
    now = {
        "name": project.name,
        "description": project.description,
        "outputs": project.outputs or [],
        **{f"settings.{name}": value for name, value in vars(profile).items()},
    }
    _refuse_clash(clashing(now, change.was, change.mine), project_id=project.id)
    await change_project(ctx, tx, project, change.change)


# --- refusals ---


def _refuse_clash(fields: Sequence[str] | Any, **target: str) -> None:
    names = [_WIRE.get(name, name) for name in fields]
    if names:
        raise Conflict(
            f"somebody else has changed this meanwhile: {', '.join(names)}",
            field=names[0],
            fix="decide between what it says now and what you wrote",
            code=CLASH,
            extra={**target, "fields": names},
        )


_WIRE = {"media_id": "media", "segment_id": "segment"}


def _is_gone(what: str, one: str) -> NotFound:
    return NotFound(
        f"the {what} was deleted meanwhile",
        field=what,
        fix=f"add it again as a new {what}, or let it go",
        code=GONE,
        extra={f"{what}_id": one},
    )


def _is_there(what: str, one: str) -> Conflict:
    return Conflict(
        f"there is a {what} {one} already",
        field="id",
        fix="make a new id",
        code="id_taken",
        extra={f"{what}_id": one},
    )
