"""Render jobs, the finished film, and the catalogue."""

import re

from fastapi import APIRouter, Request, Response

from video_foundry.api.deps import Ctx, Id
from video_foundry.api.files import blob_response
from video_foundry.api.problems import documented
from video_foundry.api.schemas.render import Model, Models, RenderDetail
from video_foundry.errors import Conflict
from video_foundry.services import projects, renders, storage

router = APIRouter(prefix="/api", tags=["renders"], responses=documented(400, 404, 422, 503))


@router.get("/render-jobs/{render_id}")
async def get_render(ctx: Ctx, render_id: Id) -> RenderDetail:
    """A render, how it stands, and the plan that it carries out."""
    return RenderDetail.of(await renders.get_render(ctx, str(render_id)))


@router.post("/render-jobs/{render_id}/cancel")
async def cancel_render(ctx: Ctx, render_id: Id) -> RenderDetail:
    """End a render. Work that others wait for goes on; what was paid for is kept."""
    return RenderDetail.of(await renders.cancel_render(ctx, str(render_id)))


@router.head("/render-jobs/{render_id}/video", include_in_schema=False)
@router.get(
    "/render-jobs/{render_id}/video", response_class=Response, responses=documented(409, 416)
)
async def get_video(ctx: Ctx, render_id: Id, request: Request, download: bool = False) -> Response:
    """The finished film as MP4; ranges are supported."""
    view = await renders.get_render(ctx, str(render_id))
    if view.master is None and view.row.master_digest is not None:
        raise Conflict(
            "this film was removed to make room",
            field="render_job_id",
            fix="render the project again: nothing is generated or paid for",
            code="film_removed",
        )
    if view.master is None:
        raise Conflict(
            f"the render is {view.row.status}; there is no film yet",
            field="render_job_id",
            fix="wait until its status is completed",
            code="not_finished",
        )
    await storage.was_used(ctx, view.master)
    name = None
    if download:
        project = await projects.get_project(ctx, view.row.project_id)
        name = f"{_file_name(project.row.name)}.mp4"
    return await blob_response(
        request, ctx.blobs, view.master.digest, "video/mp4", download_as=name
    )


def _file_name(title: str) -> str:
    return re.sub(r"[^\w\- ]+", "", title).strip()[:80] or "film"


@router.get("/models", tags=["models"])
async def list_models(ctx: Ctx) -> Models:
    """The catalogue: every model, its parameters and price, and whether it can be used now."""
    entries = ctx.models.catalogue.entries.values()
    listed = [Model.of(e, ctx.models.unavailable(e)) for e in entries]
    return Models(models=sorted(listed, key=_place))


def _place(model: Model) -> tuple[bool, bool, bool, str]:
    """What can be used now comes first, simulated models after the real ones, the gone last."""
    return model.is_retired, not model.is_available, model.is_simulated, model.id
