"""Whole projects at once: a project file brought in, and the example a new user finds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from video_foundry.core.profile import OutputProfile
from video_foundry.db.bulk import add_rows, write_columns
from video_foundry.db.facts import trim_to_json
from video_foundry.db.items import LISTS, remove_items, values_of
from video_foundry.db.once import insert_once
from video_foundry.db.projects import any_project
from video_foundry.db.segments import order_segments, remove_segments
from video_foundry.db.store import Tx, retried
from video_foundry.db.tables import ProjectRow, SegmentRow
from video_foundry.db.timeline import media_by_id, segments_of
from video_foundry.errors import BadInput, FieldProblem
from video_foundry.jobs.filing import file_known_takes
from video_foundry.services._edit import (
    MAX_ORDER_INDEX,
    ItemContent,
    SegmentContent,
    locked_project,
    new_item_row,
    new_segment_row,
    set_requests,
    settled,
    tell,
    treat,
)
from video_foundry.services._items import check_room_beside
from video_foundry.services.context import Context


@retried
async def import_project(
    ctx: Context,
    project_id: str,
    *,
    name: str,
    description: str,
    profile: OutputProfile,
    segments: Sequence[SegmentContent],
    items: Sequence["FileItem"] = (),
    outputs: Sequence[Mapping[str, Any]] = (),
) -> None:
    """Make the project of this id say what a file says, creating it when it is not there.

    Segments are matched by position, so takes, pins and "what changed" outlive a run. Raises
    BadInput naming `segments.N....` for a segment that cannot be.
    """
    async with ctx.store.write() as tx:
        await insert_once(tx.session, _new_project(tx, project_id))
        project = await locked_project(tx, project_id)
        project.name, project.description = name, description
        for column, value in settled(profile, outputs).items():
            setattr(project, column, value)
        project.revision += 1
        project.updated_at = tx.now
        await tx.session.flush()
        rows = list(await segments_of(tx.session, project_id))
        await remove_segments(tx.session, rows[len(segments) :])
        rows = _matched(tx, project_id, rows[: len(segments)], segments)
        await set_requests(ctx, tx, project, rows, explain=_in_the_file)
        await _write(tx, rows)
        await _set_items(ctx, tx, project_id, rows, items)
        await file_known_takes(tx, rows)
        await tell(tx, project, "project.updated")


@dataclass(frozen=True, kw_only=True)
class FileItem:
    """An item of a file. segment: number of the segment it is tied to, from 1."""

    kind: str
    data: Mapping[str, Any]
    media_id: str | None = None
    segment: int | None = None


async def _set_items(
    ctx: Context,
    tx: Tx,
    project_id: str,
    rows: Sequence[SegmentRow],
    items: Sequence[FileItem],
) -> None:
    """Put these items in place of those that are there. Raises BadInput by `text.N....`."""
    await remove_items(tx.session, project_id)
    await check_room_beside(ctx, tx, project_id, adding=len(items))
    made = [
        new_item_row(
            tx,
            project_id,
            ItemContent(
                kind=item.kind,
                data=item.data,
                media_id=item.media_id,
                segment_id=_tied(item, rows, place),
            ),
            position,
        )
        for position, (item, place) in enumerate(zip(items, _places(items), strict=True))
    ]
    media = await media_by_id(tx.session, {row.media_id for row in made if row.media_id})
    values_of(made, media)
    await add_rows(tx.session, made)


def _places(items: Sequence[FileItem]) -> Iterator[str]:
    """Where each item stands in its file, such as "text.1"."""
    counts: Counter[str] = Counter()
    for item in items:
        yield f"{LISTS[item.kind]}.{counts[item.kind]}"
        counts[item.kind] += 1


def _tied(item: FileItem, rows: Sequence[SegmentRow], place: str) -> str | None:
    if item.segment is None:
        return None
    if item.segment > len(rows):
        raise BadInput(
            f"it is tied to segment {item.segment}, and the film has {len(rows)}",
            field=f"{place}.segment",
            fix=f"give a number from 1 to {len(rows)}",
        )
    return rows[item.segment - 1].id


def _new_project(tx: Tx, project_id: str) -> ProjectRow:
    return ProjectRow(
        id=project_id,
        name="",
        description="",
        settings={},
        revision=0,
        event_seq=0,
        created_at=tx.now,
        updated_at=tx.now,
    )


def _matched(
    tx: Tx, project_id: str, rows: list[SegmentRow], segments: Sequence[SegmentContent]
) -> list[SegmentRow]:
    for row, content in zip(rows, segments, strict=False):
        row.prompt = content.prompt
        row.model_params = content.model_params
        row.media_id = content.media_id
        row.trim = trim_to_json(content.trim)
        row.transition = row.effects = row.sound = None
        treat(row, content.treatment)
        row.updated_at = tx.now
    added = [new_segment_row(tx, project_id, content) for content in segments[len(rows) :]]
    return [*rows, *added]


async def _write(tx: Tx, rows: list[SegmentRow]) -> None:
    known = [row for row in rows if row in tx.session]
    await write_columns(tx.session, known, *CONTENT, "fingerprint", "updated_at")
    added = rows[len(known) :]
    for position, row in enumerate(added, start=len(known)):
        row.order_index = MAX_ORDER_INDEX + position  # out of the way until renumbered
    await add_rows(tx.session, added)
    await order_segments(tx.session, rows)


CONTENT = ("prompt", "model_params", "media_id", "trim", "transition", "effects", "sound")
"""Columns of what a segment is."""


def _in_the_file(position: int, error: BadInput) -> BadInput:
    problems = [
        FieldProblem(field=f"segments.{position}.{p.field}", message=p.message, fix=p.fix)
        for p in error.problems
    ]
    message = f"segment {position + 1}: {error.message}"
    return BadInput(message, problems=problems, code=error.code)


async def has_projects(ctx: Context) -> bool:
    """Whether there is any project."""
    async with ctx.store.read() as session:
        return await any_project(session)
