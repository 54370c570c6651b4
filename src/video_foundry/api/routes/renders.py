"""Render jobs, the finished film, and the catalogue."""

from fastapi import APIRouter, Request, Response

from video_foundry.api.deps import Ctx, Id, Limit, Offset
from video_foundry.api.files import blob_response, file_name
from video_foundry.api.problems import documented
from video_foundry.api.schemas.render import Model, Models, RenderDetail, RenderStep
from video_foundry.core.outputs import MAIN
from video_foundry.errors import Conflict, NotFound
from video_foundry.services import projects, renders, storage
from video_foundry.services.context import Context
from video_foundry.services.render_views import OutputView, RenderView

router = APIRouter(prefix="/api", tags=["renders"], responses=documented(400, 404, 422, 503))


@router.get("/render-jobs/{render_id}")
async def get_render(ctx: Ctx, render_id: Id) -> RenderDetail:
    """A render, how it stands, and the plan that it carries out."""
    return RenderDetail.of(await renders.get_render(ctx, str(render_id)))


@router.post("/render-jobs/{render_id}/cancel")
async def cancel_render(ctx: Ctx, render_id: Id) -> RenderDetail:
    """End a render. Work that others wait for goes on; what was paid for is kept."""
    return RenderDetail.of(await renders.cancel_render(ctx, str(render_id)))


@router.get("/render-jobs/{render_id}/steps")
async def list_steps(
    ctx: Ctx, render_id: Id, limit: Limit = 500, offset: Offset = 0
) -> list[RenderStep]:
    """A render's composing steps, as far as they are known, and how each stands."""
    found = await renders.list_steps(ctx, str(render_id), limit=limit, offset=offset)
    return [RenderStep.model_validate(step) for step in found]


@router.head("/render-jobs/{render_id}/video", include_in_schema=False)
@router.get(
    "/render-jobs/{render_id}/video", response_class=Response, responses=documented(409, 416)
)
async def get_video(ctx: Ctx, render_id: Id, request: Request, download: bool = False) -> Response:
    """The finished main film; ranges are supported."""
    return await _file(ctx, request, str(render_id), MAIN, download=download)


@router.head("/render-jobs/{render_id}/outputs/{name}", include_in_schema=False)
@router.get(
    "/render-jobs/{render_id}/outputs/{name}",
    response_class=Response,
    responses=documented(409, 416),
)
async def get_output(
    ctx: Ctx, render_id: Id, name: str, request: Request, download: bool = False
) -> Response:
    """The file of one output, `main` for the main film; ranges are supported."""
    return await _file(ctx, request, str(render_id), name, download=download)


async def _file(
    ctx: Context, request: Request, render_id: str, name: str, *, download: bool
) -> Response:
    view = await renders.get_render(ctx, render_id)
    found = next((one for one in view.outputs if one.output.name == name), None)
    if found is None:
        made = ", ".join(one.output.name for one in view.outputs)
        raise NotFound(
            f"this render makes no output {name[:80]!r}",
            field="name",
            fix=f"it makes {made}; render the project with the others for them",
        )
    if found.artifact is None:
        raise _not_there(view, found)
    await storage.was_used(ctx, found.artifact)
    saved_as = None
    if download:
        project = await projects.get_project(ctx, view.row.project_id)
        suffix = "" if name == MAIN else f" - {name}"
        saved_as = f"{file_name(project.row.name)}{suffix}.{found.output.container}"
    return await blob_response(
        request,
        ctx.blobs,
        found.artifact.digest,
        found.output.content_type,
        download_as=saved_as,
    )


def _not_there(view: RenderView, output: OutputView) -> Conflict:
    if output.was_made:
        return Conflict(
            "this film was removed to make room",
            field="render_job_id",
            fix="render the project again: nothing is generated or paid for",
            code="film_removed",
        )
    return Conflict(
        f"the render is {view.row.status}; there is no film yet",
        field="render_job_id",
        fix="wait until its status is completed",
        code="not_finished",
    )


@router.get("/models", tags=["models"])
async def list_models(ctx: Ctx) -> Models:
    """The catalogue: every model, its parameters and price, and whether it can be used now."""
    entries = ctx.models.catalogue.entries.values()
    listed = [Model.of(e, ctx.models.unavailable(e)) for e in entries]
    return Models(models=sorted(listed, key=_place))


def _place(model: Model) -> tuple[bool, bool, bool, str]:
    """What can be used now comes first, simulated models after the real ones, the gone last."""
    return model.is_retired, not model.is_available, model.is_simulated, model.id
