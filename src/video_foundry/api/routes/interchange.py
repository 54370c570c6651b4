"""A project's film for other editing programs: which formats there are, and the file."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from video_foundry.api.deps import Ctx, Id
from video_foundry.api.files import attachment, file_name
from video_foundry.api.problems import documented
from video_foundry.api.schemas.interchange import Interchange
from video_foundry.api.zipping import Stored, zipped
from video_foundry.core.interchange_formats import FORMATS
from video_foundry.services.interchange import Exported, export_timeline, offered_formats

router = APIRouter(
    prefix="/api/projects", tags=["interchange"], responses=documented(400, 404, 409, 422, 503)
)

Format = Annotated[str, Query(max_length=20, description=f"One of {', '.join(FORMATS)}.")]
WithMedia = Annotated[
    bool,
    Query(description="A zip with the clips, sounds and images; else the timeline file alone."),
]


@router.get("/{project_id}/interchange")
async def list_formats(ctx: Ctx, project_id: Id) -> Interchange:
    """The formats for other editing programs, and what each leaves out of the film as it is now."""
    return Interchange.of(await offered_formats(ctx, str(project_id)))


@router.get("/{project_id}/interchange/file", response_class=Response)
async def get_timeline_file(
    ctx: Ctx, project_id: Id, format: Format, media: WithMedia = True
) -> Response:
    """The film as a timeline for another editing program."""
    made = await export_timeline(ctx, str(project_id), format)
    name = file_name(made.title)
    timeline = f"{name}.{made.form.extension}"
    if not media:
        headers = {"Content-Disposition": attachment(timeline)}
        return Response(made.content, media_type=made.form.content_type, headers=headers)
    for file in made.files:
        await ctx.blobs.size(file.digest)  # what is gone is found out before anything is answered
    texts = [(f"{name}/{timeline}", made.content), (f"{name}/left out.txt", _left_out(made))]
    files = [Stored(path=f"{name}/{file.path}", digest=file.digest) for file in made.files]
    return StreamingResponse(
        zipped(texts, files, ctx.blobs),
        media_type="application/zip",
        headers={"Content-Disposition": attachment(f"{name} - {made.form.extension}.zip")},
    )


def _left_out(made: Exported) -> bytes:
    """What the file says of itself: nothing is dropped in silence."""
    said = made.losses or ("Nothing of the film is left out.",)
    return ("\n".join((f"{made.form.title}: {made.title}", "", *said)) + "\n").encode()
