"""Dropping what killed workers left behind: local files of jobs that are over. Files of open jobs,
whoever works on them, are never touched."""

import asyncio
import shutil
from pathlib import Path

from video_foundry.jobs import queue
from video_foundry.ports.wake import JobKind
from video_foundry.services.context import Context

FOLDERS: dict[JobKind, str] = {"generate": "generations", "compose": "compose"}
"""Where in the scratch folder workers of a kind keep one folder a job, named by its id."""


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
