"""Filmstrips, waveforms and proxies for editors: what there is; asking has the rest made."""

from typing import Annotated

from fastapi import APIRouter, Query

from video_foundry.api.deps import Ctx, Id
from video_foundry.api.problems import documented
from video_foundry.api.routes.media import Digest
from video_foundry.api.schemas.preview import Kinds, Previews, PreviewsAsk, PreviewsList
from video_foundry.core.previews import KINDS
from video_foundry.services import previews
from video_foundry.services.previews import Ask

router = APIRouter(prefix="/api", tags=["previews"], responses=documented(400, 404, 422, 503))


@router.get("/artifacts/{digest}/previews")
async def get_previews(
    ctx: Ctx,
    digest: Digest,
    kinds: Annotated[Kinds | None, Query()] = None,
    project_id: Id | None = None,
) -> Previews:
    """The previews of one artifact, at once; those that are missing are being made from now on."""
    wanted = Ask(
        digests=[digest],
        kinds=kinds or KINDS,
        project_id=str(project_id) if project_id else None,
    )
    return Previews.of(await previews.get_previews(ctx, wanted))


@router.post("/previews", responses=documented(413))
async def list_previews(ctx: Ctx, body: PreviewsAsk) -> PreviewsList:
    """The previews of many artifacts, as for one; none of them is an error for being gone."""
    views = await previews.list_previews(ctx, body.ask())
    known = {view.subject.digest for view in views}
    return PreviewsList(
        previews=[Previews.of(view) for view in views],
        unknown=[digest for digest in dict.fromkeys(body.digests) if digest not in known],
    )
