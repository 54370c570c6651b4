"""Whole projects at once: a project file brought in, and the example a new user finds."""

from collections.abc import Sequence

from video_foundry.core.profile import OutputProfile
from video_foundry.db.bulk import add_rows, write_columns
from video_foundry.db.facts import profile_to_json, trim_to_json
from video_foundry.db.once import insert_once
from video_foundry.db.projects import any_project
from video_foundry.db.segments import remove_segments
from video_foundry.db.store import Tx, retried
from video_foundry.db.tables import ProjectRow, SegmentRow
from video_foundry.db.timeline import segments_of
from video_foundry.errors import BadInput, FieldProblem
from video_foundry.jobs.filing import file_known_takes
from video_foundry.services._edit import (
    MAX_ORDER_INDEX,
    SegmentContent,
    locked_project,
    new_segment_row,
    renumber,
    set_requests,
    tell,
)
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
) -> None:
    """Make the project of this id say what a file says, creating it when it is not there.

    Segments are matched by position, so takes, pins and "what changed" outlive a run. Raises
    BadInput naming `segments.N....` for a segment that cannot be.
    """
    async with ctx.store.write() as tx:
        await insert_once(tx.session, _new_project(tx, project_id))
        project = await locked_project(tx, project_id)
        project.name, project.description = name, description
        project.settings = profile_to_json(profile)
        project.revision += 1
        project.updated_at = tx.now
        await tx.session.flush()
        rows = list(await segments_of(tx.session, project_id))
        await remove_segments(tx.session, rows[len(segments) :])
        rows = _matched(tx, project_id, rows[: len(segments)], segments)
        await set_requests(ctx, tx, project, rows, explain=_in_the_file)
        await _write(tx, rows)
        await file_known_takes(tx, rows)
        await tell(tx, project, "project.updated")


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
    await renumber(tx, rows)


CONTENT = ("prompt", "model_params", "media_id", "trim")
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
