"""Housekeeping of the worker loop: dropping what killed workers left behind, moving on what stands
still, and keeping what can be made again under its cap. Files of open jobs, and what renders need,
are never touched."""

import asyncio
import shutil
from pathlib import Path

import structlog

from video_foundry.jobs import queue
from video_foundry.ports.wake import JobKind
from video_foundry.services.context import Context
from video_foundry.services.stalled import resume_stalled
from video_foundry.services.storage import Wish, make_room

FOLDERS: dict[JobKind, str] = {"generate": "generations", "compose": "compose"}
"""Where in the scratch folder workers of a kind keep one folder a job, named by its id."""

logger = structlog.get_logger(__name__)


async def tidy(ctx: Context, kind: JobKind) -> None:
    """All of it. Room is made by those who fill it: the workers that compose."""
    await drop_leftovers(ctx, kind)
    if kind == "compose":
        await keep_under_cap(ctx)
        resumed = await resume_stalled(ctx)
        if resumed:
            logger.warning("renders that had stalled go on", renders=resumed)


async def drop_leftovers(ctx: Context, kind: JobKind) -> None:
    """Remove the folders of jobs that have ended, or that the database does not know."""
    folder = ctx.scratch / FOLDERS[kind]
    found = await asyncio.to_thread(_names, folder)
    if not found:
        return
    async with ctx.store.read() as session:
        needed = await queue.still_open(session, found)
    for name in found - needed:
        await asyncio.to_thread(shutil.rmtree, folder / name, ignore_errors=True)


def _names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()} if folder.is_dir() else set()


async def keep_under_cap(ctx: Context) -> None:
    """Drop clips that can be made again, the longest unused first, until the rest fits. Finished
    films are not counted and never go by themselves."""
    if ctx.limits.rebuildable_bytes is None:
        return
    room = await make_room(ctx, Wish(to_bytes=ctx.limits.rebuildable_bytes))
    if room.clips:
        logger.info("room was made", clips=room.clips, bytes=room.bytes)
