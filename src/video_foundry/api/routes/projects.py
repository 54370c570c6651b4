"""Projects, their segments' order, plans and renders."""

import asyncio
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Response

from video_foundry.api.deps import BasedOn, Ctx, Id, Limit, Offset
from video_foundry.api.problems import documented
from video_foundry.api.schemas.job import GenerateBody, Generated, JobOut
from video_foundry.api.schemas.project import Project, ProjectCreate, ProjectUpdate, Summary
from video_foundry.api.schemas.render import PlanRequest, RenderDetail, RenderJob, RenderRequest
from video_foundry.api.schemas.retarget import Retarget, RetargetBody
from video_foundry.api.schemas.segment import Reorder, Segment, SegmentCreate, Take
from video_foundry.core.plan import Plan
from video_foundry.core.profile import OutputProfile
from video_foundry.services import (
    generating,
    plans,
    projects,
    render_views,
    renders,
    segments,
    takes,
)
from video_foundry.services import retarget as retargeting
from video_foundry.services.context import Context
from video_foundry.services.views import ProjectView

router = APIRouter(
    prefix="/api/projects", tags=["projects"], responses=documented(400, 404, 413, 422, 503)
)


@router.post("", status_code=201)
async def create_project(ctx: Ctx, body: ProjectCreate, response: Response) -> Project:
    """Create an empty project."""
    view = await projects.create_project(
        ctx,
        name=body.name,
        description=body.description,
        profile=body.settings.value(),
        outputs=[one.told() for one in body.outputs],
    )
    response.headers["Location"] = f"/api/projects/{view.row.id}"
    return _tagged(Project.of(view), response)


@router.get("")
async def list_projects(ctx: Ctx, limit: Limit = 100, offset: Offset = 0) -> list[Summary]:
    """Projects, the last edited first."""
    found = await projects.list_projects(ctx, limit=limit, offset=offset)
    return [Summary.of(s) for s in found]


@router.get("/{project_id}", response_model=Project)
async def get_project(ctx: Ctx, project_id: Id) -> Response:
    """A project with its segments in order."""
    view = await projects.get_project(ctx, str(project_id))
    return await asyncio.to_thread(_written, view)


def _written(view: ProjectView) -> Response:
    """The answer, in full: of a long film it takes a good part of a second, in which others are
    served as well."""
    project = Project.of(view)
    return _json(project.model_dump_json().encode(), ETag=f'"{project.revision}"')


def _json(content: bytes, **headers: str) -> Response:
    return Response(content, media_type="application/json", headers=headers)


async def _update(
    ctx: Context, project_id: Id, body: ProjectUpdate, revision: int | None, response: Response
) -> Project:
    given = body.model_fields_set
    view = await projects.update_project(
        ctx,
        str(project_id),
        name=body.name if "name" in given else None,
        description=body.description if "description" in given else None,
        reshape=partial(_merged, body=body) if "settings" in given else None,
        outputs=[one.told() for one in body.outputs] if "outputs" in given else None,
        based_on=revision,
    )
    return _tagged(Project.of(view), response)


def _merged(stored: OutputProfile, body: ProjectUpdate) -> OutputProfile:
    """The present profile with the named settings changed."""
    wanted = body.settings.value()
    named = {name: getattr(wanted, name) for name in body.settings.model_fields_set}
    return replace(stored, **named)


@router.put("/{project_id}", responses=documented(409))
async def put_project(
    ctx: Ctx, project_id: Id, body: ProjectUpdate, revision: BasedOn, response: Response
) -> Project:
    """Change the fields that are sent."""
    return await _update(ctx, project_id, body, revision, response)


@router.patch("/{project_id}", responses=documented(409))
async def patch_project(
    ctx: Ctx, project_id: Id, body: ProjectUpdate, revision: BasedOn, response: Response
) -> Project:
    """Change the fields that are sent."""
    return await _update(ctx, project_id, body, revision, response)


@router.delete("/{project_id}", status_code=204, responses=documented(409))
async def delete_project(ctx: Ctx, project_id: Id, revision: BasedOn) -> None:
    """Delete a project. What was generated stays in the memory: making it again is free."""
    await projects.delete_project(ctx, str(project_id), based_on=revision)


@router.post("/{project_id}/segments", status_code=201, responses=documented(409))
async def add_segment(
    ctx: Ctx, project_id: Id, body: SegmentCreate, revision: BasedOn, response: Response
) -> Segment:
    """Add a segment, at the end unless a free order_index is given."""
    view = await segments.add_segment(
        ctx, str(project_id), body.content(), order_index=body.order_index, based_on=revision
    )
    response.headers["Location"] = f"/api/segments/{view.row.id}"
    return Segment.of(view)


@router.get("/{project_id}/segments")
async def list_segments(ctx: Ctx, project_id: Id) -> list[Segment]:
    """A project's segments in order."""
    return [Segment.of(v) for v in await segments.list_segments(ctx, str(project_id))]


@router.get("/{project_id}/takes")
async def list_project_takes(
    ctx: Ctx, project_id: Id, limit: Limit = 200, offset: Offset = 0
) -> list[Take]:
    """The clips that were made for any of a project's segments, newest first; those that clips are
    only made from, pictures, are not among them."""
    found = await takes.list_project_takes(ctx, str(project_id), limit=limit, offset=offset)
    return [Take.of(view) for view in found]


@router.post("/{project_id}/segments/reorder", responses=documented(409))
async def reorder(
    ctx: Ctx, project_id: Id, body: Reorder, revision: BasedOn, response: Response
) -> Project:
    """Put the segments into another order; name each exactly once."""
    ids = [str(i) for i in body.segment_ids]
    view = await segments.reorder_segments(ctx, str(project_id), ids, based_on=revision)
    return _tagged(Project.of(view), response)


@router.post("/{project_id}/retarget", responses=documented(409))
async def retarget(
    ctx: Ctx, project_id: Id, body: RetargetBody, revision: BasedOn, response: Response
) -> Retarget:
    """Move segments to another model as one edit, or with `dry_run` tell what would become of each:
    what fits, moves or is lost, and what a generation costs. Generates nothing."""
    view = await retargeting.retarget_project(
        ctx,
        str(project_id),
        to=body.to,
        segment_ids=None if body.segments is None else [str(one) for one in body.segments],
        is_dry_run=body.dry_run,
        is_partial=body.partial,
        based_on=revision,
    )
    response.headers["ETag"] = f'"{view.revision}"'
    return Retarget.of(view)


@router.post("/{project_id}/plan", response_model=Plan)
async def make_plan(ctx: Ctx, project_id: Id, body: PlanRequest | None = None) -> Response:
    """What a render would generate and compose, why, and for what price. Spends nothing."""
    outputs = body.outputs if body else None
    plan = await plans.plan_project(ctx, str(project_id), outputs=outputs)
    return _json(await asyncio.to_thread(render_views.PLAN_JSON.dump_json, plan))


@router.post("/{project_id}/render", status_code=201, responses=documented(402, 409))
async def start_render(
    ctx: Ctx, project_id: Id, response: Response, body: RenderRequest | None = None
) -> RenderDetail:
    """Carry out the present plan. 409 with the new plan when `plan_digest` names another one; 402
    over `max_cost`; in both cases nothing was started."""
    body = body or RenderRequest(max_cost=None, outputs=None)
    view = await renders.start_render(
        ctx,
        str(project_id),
        plan_digest=body.plan_digest,
        max_cost=body.max_cost,
        priority=body.priority,
        outputs=body.outputs,
    )
    response.headers["Location"] = f"/api/render-jobs/{view.row.id}"
    return RenderDetail.of(view)


@router.post("/{project_id}/generate", status_code=202, responses=documented(402, 409))
async def generate(ctx: Ctx, project_id: Id, body: GenerateBody) -> Generated:
    """Make the clips that segments need, without rendering the film: for all of them or, where one
    cannot be generated or all may cost more than `max_cost`, for none."""
    jobs = await generating.generate_segments(
        ctx,
        str(project_id),
        [str(one) for one in body.segment_ids],
        max_cost=body.max_cost,
        priority=body.priority,
        purchase_id=str(body.id) if body.id else None,
    )
    return Generated(jobs=[JobOut.model_validate(job) for job in jobs])


@router.get("/{project_id}/render-jobs")
async def list_renders(ctx: Ctx, project_id: Id, limit: Limit = 50) -> list[RenderJob]:
    """A project's renders, newest first."""
    found = await renders.list_renders(ctx, str(project_id), limit=limit)
    return [RenderJob.of(v) for v in found]


def _tagged(project: Project, response: Response) -> Project:
    response.headers["ETag"] = f'"{project.revision}"'
    return project
