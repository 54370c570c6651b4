"""Projects: create, list, read, change, delete. Deleting a project never deletes what was paid for:
results stay in the memory under their fingerprints."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from video_foundry.core.profile import OutputProfile
from video_foundry.db.projects import recent_projects, remove_project
from video_foundry.db.renders import open_render_ids
from video_foundry.db.segments import segment_ids_of
from video_foundry.db.store import Session, retried
from video_foundry.db.tables import ProjectRow
from video_foundry.db.timeline import segments_of
from video_foundry.errors import Conflict
from video_foundry.jobs.letting_go import deleting, give_up
from video_foundry.services._edit import (
    edited,
    locked_project,
    project_of,
    settled,
    tell,
)
from video_foundry.services._projects import ProjectChange, change_project
from video_foundry.services.context import Context
from video_foundry.services.views import ProjectView, view_segments


@dataclass(frozen=True, kw_only=True)
class ProjectSummary:
    """A project for a list. thumbnail_digest: of its first generated clip, if any."""

    row: ProjectRow
    segment_count: int
    thumbnail_digest: str | None


@retried
async def create_project(
    ctx: Context,
    *,
    name: str,
    description: str = "",
    profile: OutputProfile | None = None,
    outputs: Sequence[Mapping[str, Any]] = (),
    project_id: str | None = None,
) -> ProjectView:
    """A new, empty project. outputs: see `core.outputs.read_outputs`. Raises BadInput by field."""
    async with ctx.store.write() as tx:
        row = ProjectRow(
            id=project_id or str(uuid4()),
            name=name,
            description=description,
            **settled(profile or OutputProfile(), outputs),
            revision=1,
            event_seq=0,
            created_at=tx.now,
            updated_at=tx.now,
        )
        tx.session.add(row)
        await tx.session.flush()
        await tell(tx, row, "project.created", name=name)
        await tx.session.refresh(row)
    return ProjectView(row=row, segments=[])


async def list_projects(ctx: Context, *, limit: int, offset: int) -> list[ProjectSummary]:
    """Projects, the last edited first."""
    async with ctx.store.read() as session:
        found = await recent_projects(session, limit=limit, offset=offset)
    return [
        ProjectSummary(row=row, segment_count=count, thumbnail_digest=digest)
        for row, count, digest in found
    ]


async def get_project(ctx: Context, project_id: str) -> ProjectView:
    """A project with its segments."""
    async with ctx.store.read() as session:
        row = await project_of(session, project_id)
        segments = await view_segments(ctx, session, await segments_of(session, project_id))
    return ProjectView(row=row, segments=segments)


@retried
async def update_project(
    ctx: Context,
    project_id: str,
    *,
    name: str | None = None,
    description: str | None = None,
    reshape: Callable[[OutputProfile], OutputProfile] | None = None,
    outputs: Sequence[Mapping[str, Any]] | None = None,
    based_on: int | None = None,
) -> ProjectView:
    """Change what is given. `reshape` makes the new profile from the present one; requests that
    follow the project's shape change with it. outputs: all there are to be beside the main film."""
    async with ctx.store.write() as tx:
        row = await locked_project(tx, project_id)
        await edited(tx, row, based_on)
        change = ProjectChange(name=name, description=description, reshape=reshape, outputs=outputs)
        await change_project(ctx, tx, row, change)
        await tell(tx, row, "project.updated")
        await tx.session.flush()
        await tx.session.refresh(row)
        segments = await view_segments(ctx, tx.session, await segments_of(tx.session, project_id))
    return ProjectView(row=row, segments=segments)


@retried
async def delete_project(ctx: Context, project_id: str, *, based_on: int | None = None) -> None:
    """Delete a project with its segments, renders and events; paid results stay remembered. What
    its segments have asked for and was not sent yet is called off, unless somebody else wants it.
    """

    async def all_of_it(session: Session) -> Collection[str]:
        return await segment_ids_of(session, project_id)

    async with deleting(ctx.store, project_id, all_of_it) as tx:
        row = await locked_project(tx, project_id)
        await edited(tx, row, based_on)
        await _refuse_while_rendering(tx.session, project_id)
        # Its events go with it: whoever listens is woken, finds nothing, and knows.
        tx.newest_event[project_id] = row.event_seq + 1
        going = await segment_ids_of(tx.session, project_id)
        await remove_project(tx.session, project_id)
        await give_up(tx, going)


async def _refuse_while_rendering(session: Session, project_id: str) -> None:
    running = await open_render_ids(session, project_id)
    if running:
        raise Conflict(
            "the project is being rendered",
            field="project_id",
            fix="cancel the render first, or wait until it is over",
            code="render_under_way",
            extra={"render_ids": list(running)},
        )
