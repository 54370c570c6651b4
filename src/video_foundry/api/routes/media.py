"""Uploads, stored artifacts and thumbnails."""

import re
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import anyio
from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParam

from video_foundry.api.deps import Ctx, Id, Limit, Offset
from video_foundry.api.files import blob_response
from video_foundry.api.problems import documented
from video_foundry.api.schemas.render import Media
from video_foundry.api.uploads import receive_file
from video_foundry.core.previews import WAVEFORM_TYPE
from video_foundry.errors import BadInput, MediaError, Unchecked
from video_foundry.services import media

router = APIRouter(prefix="/api", tags=["media"], responses=documented(400, 404, 422, 503))

Digest = Annotated[str, PathParam(pattern="^[0-9a-f]{64}$", max_length=64)]
Direct = Annotated[
    bool,
    Query(
        description="By this server itself, wherever the bytes lie: a page's scripts may read them."
    ),
]
UPLOAD_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            }
        },
    }
}


@router.post("/media", status_code=201, openapi_extra=UPLOAD_SCHEMA, responses=documented(413, 415))
async def upload(ctx: Ctx, request: Request) -> Media:
    """Upload your own: MP4, MOV, WebM or a picture for a segment, a picture (PNG, JPEG or still
    WebP) as a logo or a reference image, MP3, M4A, WAV, FLAC, Ogg, AIFF or a video to be heard, a
    .cube file as a look."""
    path = ctx.scratch / "uploads" / str(uuid4())
    await anyio.Path(path.parent).mkdir(parents=True, exist_ok=True)
    try:
        name = await receive_file(request, path, limit=ctx.limits.upload_bytes)
        return Media.of(await media.add_media(ctx, path, _shown_name(name)))
    except Unchecked:
        raise
    except MediaError as error:
        raise BadInput(
            error.message,
            field="file",
            fix="send an MP4, MOV, WebM, PNG, JPEG or still WebP that is whole to its end",
            code="bad_media",
        ) from error
    finally:
        await anyio.Path(path).unlink(missing_ok=True)


def _shown_name(name: str | None) -> str:
    """A file name for showing only; nothing on disk is ever called so."""
    last = Path((name or "").replace("\\", "/")).name
    clean = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", last).strip()[:200]
    return clean or "upload"


@router.get("/media")
async def list_media(ctx: Ctx, limit: Limit = 200, offset: Offset = 0) -> list[Media]:
    """Uploaded files, newest first."""
    return [Media.of(v) for v in await media.list_media(ctx, limit=limit, offset=offset)]


@router.get("/media/{media_id}")
async def get_media(ctx: Ctx, media_id: Id) -> Media:
    """One uploaded file."""
    return Media.of(await media.get_media(ctx, str(media_id)))


@router.head("/artifacts/{digest}", include_in_schema=False)
@router.get("/artifacts/{digest}", response_class=Response, responses=documented(416))
async def get_artifact(
    ctx: Ctx, digest: Digest, request: Request, direct: Direct = False
) -> Response:
    """The bytes of a clip, image or film, or of a preview."""
    artifact = await media.get_artifact(ctx, digest)
    # Scripts read waveforms, and scripts of a page may fetch from this server alone.
    may_link = not direct and artifact.content_type != WAVEFORM_TYPE
    return await blob_response(request, ctx.blobs, digest, artifact.content_type, may_link=may_link)


@router.head("/thumbnails/{digest}", include_in_schema=False)
@router.get("/thumbnails/{digest}", response_class=Response, responses=documented(416))
async def get_thumbnail(ctx: Ctx, digest: Digest, request: Request) -> Response:
    """The small picture of a clip."""
    await media.check_thumbnail(ctx, digest)
    return await blob_response(request, ctx.blobs, digest, "image/jpeg", may_link=False)
