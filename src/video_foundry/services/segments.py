"""Segments: add, read, change, delete, reorder, duplicate. No edit here ever starts a generation,
and none ever deletes a take's result."""

from collections.abc import Collection, Sequence

from video_foundry.db.bulk import add_rows
from video_foundry.db.segments import order_segments, remove_segments, segment_id_at
from video_foundry.db.store import Session, Tx, retried
from video_foundry.db.timeline import segments_of
from video_foundry.errors import BadInput, Conflict
from video_foundry.jobs.filing import file_known_takes
from video_foundry.jobs.letting_go import deleting, give_up
from video_foundry.services._edit import (
    MAX_ORDER_INDEX,
    SegmentContent,
    edited,
    locked_project,
    locked_segment,
    new_segment_row,
    next_index,
    project_of,
    segment_of,
    set_requests,
    tell,
)
from video_foundry.services._segments import (
    SegmentChange,
    apply_change,
    check_room,
    copy_segment,
)
from video_foundry.services.context import Context
from video_foundry.services.views import ProjectView, SegmentView, view_segments


@retried
async def add_segment(
    ctx: Context,
    project_id: str,
    content: SegmentContent,
    *,
    order_index: int | None = None,
    based_on: int | None = None,
) -> SegmentView:
    """Add a segment, at the end unless a free order index is given."""
    async with ctx.store.write() as tx:
        project = await locked_project(tx, project_id)
        await edited(tx, project, based_on)
        await check_room(ctx, tx, project_id)
        await _check_index(tx, project_id, order_index)
        row = new_segment_row(tx, project_id, content)
        row.order_index = (
            await next_index(tx.session, project_id) if order_index is None else order_index
        )
        await set_requests(ctx, tx, project, [row])
        await add_rows(tx.session, [row])
        await file_known_takes(tx, [row])
        await tell(tx, project, "segment.created", segment_id=row.id)
        return (await view_segments(ctx, tx.session, [row]))[0]


async def _check_index(
    tx: Tx, project_id: str, order_index: int | None, *, moving: str | None = None
) -> None:
    if order_index is None:
        return
    if not 0 <= order_index <= MAX_ORDER_INDEX:
        raise BadInput(
            f"order_index must be from 0 to {MAX_ORDER_INDEX}, got {order_index}",
            field="order_index",
            fix="leave it out to add the segment at the end",
        )
    taken = await segment_id_at(tx.session, project_id, order_index)
    if taken is not None and taken != moving:
        raise Conflict(
            f"order_index {order_index} is taken by segment {taken}",
            field="order_index",
            fix="leave it out to add at the end, or reorder afterwards (POST .../segments/reorder)",
            code="order_index_taken",
        )


async def list_segments(ctx: Context, project_id: str) -> list[SegmentView]:
    """A project's segments in order."""
    async with ctx.store.read() as session:
        await project_of(session, project_id)
        return await view_segments(ctx, session, await segments_of(session, project_id))


async def get_segment(ctx: Context, segment_id: str) -> SegmentView:
    """One segment."""
    async with ctx.store.read() as session:
        return (await view_segments(ctx, session, [await segment_of(session, segment_id)]))[0]


@retried
async def update_segment(
    ctx: Context, segment_id: str, change: SegmentChange, *, based_on: int | None = None
) -> SegmentView:
    """Change what is given. A generation under way goes on, and its result is kept."""
    async with ctx.store.write() as tx:
        row, project = await locked_segment(tx, segment_id)
        await edited(tx, project, based_on)
        if "order_index" in change.given:
            await _check_index(tx, project.id, change.order_index, moving=row.id)
        apply_change(row, change)
        row.updated_at = tx.now
        await set_requests(ctx, tx, project, [row])
        await tx.session.flush()
        await file_known_takes(tx, [row])
        await tell(tx, project, "segment.updated", segment_id=row.id)
        return (await view_segments(ctx, tx.session, [row]))[0]


@retried
async def delete_segment(ctx: Context, segment_id: str, *, based_on: int | None = None) -> None:
    """Take a segment out of the timeline; its results stay remembered. What it has asked for and
    was not sent yet is called off, unless somebody else wants it."""
    async with ctx.store.read() as session:
        project_id = (await segment_of(session, segment_id)).project_id

    async def itself(_: Session) -> Collection[str]:
        return [segment_id]

    async with deleting(ctx.store, project_id, itself) as tx:
        row, project = await locked_segment(tx, segment_id)
        await edited(tx, project, based_on)
        await remove_segments(tx.session, [row])
        await give_up(tx, [segment_id])
        await tell(tx, project, "segment.deleted", segment_id=segment_id)


@retried
async def reorder_segments(
    ctx: Context, project_id: str, segment_ids: Sequence[str], *, based_on: int | None = None
) -> ProjectView:
    """Put the segments into the order of `segment_ids`, which must name each exactly once."""
    async with ctx.store.write() as tx:
        project = await locked_project(tx, project_id)
        await edited(tx, project, based_on)
        rows = {row.id: row for row in await segments_of(tx.session, project_id)}
        if sorted(segment_ids) != sorted(rows):
            raise BadInput(
                "segment_ids must name every segment of the project exactly once",
                field="segment_ids",
                fix=f"the project has {len(rows)} segments; read it again and send all their ids",
            )
        await order_segments(tx.session, [rows[i] for i in segment_ids])
        await tell(tx, project, "segment.reordered", segment_ids=list(segment_ids))
        await tx.session.refresh(project)
        views = await view_segments(ctx, tx.session, await segments_of(tx.session, project_id))
    return ProjectView(row=project, segments=views)


@retried
async def duplicate_segment(
    ctx: Context, segment_id: str, *, based_on: int | None = None
) -> SegmentView:
    """A copy right after the segment, with the same takes and the same choice: free."""
    async with ctx.store.write() as tx:
        row, project = await locked_segment(tx, segment_id)
        await edited(tx, project, based_on)
        await check_room(ctx, tx, project.id)
        rows = list(await segments_of(tx.session, project.id))
        copy = await copy_segment(tx, row, await next_index(tx.session, project.id))
        rows.insert(next(i for i, r in enumerate(rows) if r.id == row.id) + 1, copy)
        await order_segments(tx.session, rows)
        await tell(tx, project, "segment.created", segment_id=copy.id)
        return (await view_segments(ctx, tx.session, [copy]))[0]
