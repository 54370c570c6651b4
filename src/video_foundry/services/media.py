"""Own media: file an uploaded file after it has been checked, or a frame of a clip, and read it
back."""

import asyncio
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

from video_foundry.core.film import Edge
from video_foundry.core.looks import LARGEST_CUBE_FILE, parse_cube
from video_foundry.core.previews import THUMBNAIL_WIDTH
from video_foundry.db.media import (
    artifact_by_digest,
    artifacts_by_digest,
    is_thumbnail,
    media_of_file,
    recent_media,
)
from video_foundry.db.store import retried
from video_foundry.db.tables import ArtifactRow, MediaRow
from video_foundry.db.timeline import media_by_id
from video_foundry.errors import MediaError, NotFound, Unchecked
from video_foundry.jobs.filing import NewArtifact, file_artifact
from video_foundry.jobs.previews import ask_at_once
from video_foundry.ports.compositor import MediaFacts
from video_foundry.services._frames import shown_frame, write_frame
from video_foundry.services._objects import filing
from video_foundry.services.context import Context
from video_foundry.services.views import MediaView

CONTENT_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
}
SOUND_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "aiff": "audio/aiff",
    "aac": "audio/aac",
    "mp4": "audio/mp4",
    "webm": "audio/webm",
}


async def store_clip(
    ctx: Context, path: Path, *, is_rebuildable: bool, thumbnail: bool = True
) -> NewArtifact:
    """Check a media file by decoding it whole, store it with a thumbnail. Raises MediaError."""
    facts = await ctx.compositor.verify(path)
    content_type = CONTENT_TYPES[facts.container]
    blob = await ctx.blobs.put_file(path, content_type=content_type)
    small = None
    if thumbnail:
        picture = path.with_name(f"{path.name}.thumb.jpg")
        try:
            await ctx.compositor.thumbnail(
                path, picture, width=THUMBNAIL_WIDTH, at=facts.duration / 3
            )
            small = await ctx.blobs.put_file(picture, content_type="image/jpeg")
        finally:
            picture.unlink(missing_ok=True)
    return NewArtifact(
        blob=blob,
        content_type=content_type,
        facts=facts,
        is_rebuildable=is_rebuildable,
        thumbnail=small,
    )


async def add_media(ctx: Context, path: Path, filename: str) -> MediaView:
    """File an uploaded clip, image, sound or LUT; the same bytes are kept once. Raises MediaError
    for no media, and BadInput for a .cube file that is wrong in itself."""
    kind = Path(filename).suffix.lower()
    if kind == LUT_NAME:
        return await _file_media(ctx, await _store_lut(ctx, path), filename)
    try:
        new = await store_clip(ctx, path, is_rebuildable=False)
    except Unchecked:
        raise
    except MediaError as no_picture:
        try:
            new = await _store_sound(ctx, path)
        except MediaError as no_sound:
            raise (no_sound if kind in SOUND_NAMES else no_picture) from None
    return await _file_media(ctx, new, filename)


async def add_frame(ctx: Context, segment_id: str, edge: Edge) -> MediaView:
    """File the first or last frame that the cut shows of a segment; the same picture is kept once,
    by whatever name. Raises NotFound, MediaError, and Conflict `no_clip` while there is no clip."""
    shown = await shown_frame(ctx, segment_id, edge)
    path = ctx.scratch / "frames" / f"{uuid4()}.png"
    await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
    try:
        await write_frame(ctx, shown, path)
        new = await store_clip(ctx, path, is_rebuildable=False)
        return await _file_media(ctx, new, shown.name, by_name=False)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


SOUND_NAMES = frozenset(
    (".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff")
)
"""Endings of files whose sender surely means a sound; only the words of a refusal depend on it."""

LUT_NAME = ".cube"


async def _store_lut(ctx: Context, path: Path) -> NewArtifact:
    """A table of colours, once it has been read whole. Raises BadInput naming the line."""
    await asyncio.to_thread(_check_lut, path)
    facts = MediaFacts(
        kind="lut",
        container="cube",
        width=0,
        height=0,
        duration=Fraction(0),
        frame_rate=None,
        frames=None,
        has_audio=False,
        video_codec="",
    )
    blob = await ctx.blobs.put_file(path, content_type="text/plain")
    return NewArtifact(blob=blob, content_type="text/plain", facts=facts, is_rebuildable=False)


def _check_lut(path: Path) -> None:
    with path.open(encoding="utf-8", errors="replace") as file:
        parse_cube(file.read(LARGEST_CUBE_FILE + 1), field="file")


async def _store_sound(ctx: Context, path: Path) -> NewArtifact:
    found = await ctx.sounds.examine(path)
    content_type = SOUND_TYPES.get(found.container, "application/octet-stream")
    facts = MediaFacts(
        kind="sound",
        container=found.container,
        width=0,
        height=0,
        duration=found.seconds,
        frame_rate=None,
        frames=None,
        has_audio=True,
        video_codec="",
        audio_codec=found.codec,
    )
    blob = await ctx.blobs.put_file(path, content_type=content_type)
    return NewArtifact(blob=blob, content_type=content_type, facts=facts, is_rebuildable=False)


@retried
async def _file_media(
    ctx: Context, stored: NewArtifact, filename: str, *, by_name: bool = True
) -> MediaView:
    """by_name: whether the same bytes under another name are another upload."""
    digest = stored.blob.digest
    async with filing(ctx, ctx.store.write(), stored.blob, stored.thumbnail) as tx:
        await file_artifact(tx, stored)
        row = await media_of_file(tx.session, digest, filename if by_name else None)
        if row is None:
            row = MediaRow(id=str(uuid4()), digest=digest, filename=filename, created_at=tx.now)
            tx.session.add(row)
            await tx.session.flush()
        artifacts = await artifacts_by_digest(tx.session, {digest})
        if ctx.preview_policy == "eager":
            await ask_at_once(tx, artifacts[digest])
    return MediaView(row=row, artifact=artifacts[digest])


async def list_media(ctx: Context, *, limit: int, offset: int = 0) -> Sequence[MediaView]:
    """Uploaded files, newest first, from the one after the first `offset` on."""
    async with ctx.store.read() as session:
        found = await recent_media(session, limit=limit, offset=offset)
    return [MediaView(row=media, artifact=artifact) for media, artifact in found]


async def get_media(ctx: Context, media_id: str) -> MediaView:
    """One uploaded file. Raises NotFound."""
    async with ctx.store.read() as session:
        found = (await media_by_id(session, {media_id})).get(media_id)
    if found is None:
        raise NotFound(f"there is no media {media_id}", field="media_id")
    return MediaView(row=found[0], artifact=found[1])


async def get_artifact(ctx: Context, digest: str) -> ArtifactRow:
    """A stored artifact. Raises NotFound."""
    async with ctx.store.read() as session:
        row = await artifact_by_digest(session, digest)
    if row is None:
        raise NotFound(f"there is no artifact {digest}", field="digest")
    return row


async def check_thumbnail(ctx: Context, digest: str) -> None:
    """Raise NotFound unless this is the small picture of some artifact."""
    async with ctx.store.read() as session:
        if not await is_thumbnail(session, digest):
            raise NotFound(f"there is no thumbnail {digest}", field="digest")
