"""Whether each part of the installation works at this very moment: the one answer behind `/readyz`
of the API and of workers. Nothing is remembered from an earlier look."""

import asyncio
import shutil
from collections.abc import Collection
from dataclasses import dataclass

from video_foundry.db import migrate
from video_foundry.db.stats import check_answers
from video_foundry.errors import FoundryError
from video_foundry.services.context import Context
from video_foundry.telemetry import clean

CHECK_SECONDS = 3.0
"""How long a part may take to answer; less than whoever probes usually waits."""
DISK_FLOOR = 200 * 1024 * 1024
"""Bytes of free disk under which no new work is taken for safe."""
LONGEST_REASON = 300
OK = "ok"
PARTS = ("database", "objects", "disk", "broker", "signal", "rate")


async def readiness(
    ctx: Context, *, seconds: float = CHECK_SECONDS, parts: Collection[str] = PARTS
) -> dict[str, str]:
    """Part -> "ok", or why it does not work, without secrets. Never raises, never waits longer than
    `seconds`: a part that hangs is ill, and the others are told all the same."""
    checks = {
        "database": lambda: _database(ctx),
        "objects": ctx.blobs.check,
        "disk": lambda: _disk(ctx),
        "broker": ctx.wake.check,
        "signal": ctx.signal.check,
        "rate": ctx.rate.check,
    }
    looking = {name: asyncio.create_task(checks[name]()) for name in parts}
    await asyncio.wait(looking.values(), timeout=seconds)
    return {name: _answer(task, seconds) for name, task in looking.items()}


def is_ready(checks: dict[str, str]) -> bool:
    """Whether every part works."""
    return all(answer == OK for answer in checks.values())


def _answer(task: asyncio.Task[None], seconds: float) -> str:
    if not task.done():
        task.cancel()  # not awaited: what hangs may not heed it
        task.add_done_callback(_forget)
        return f"no answer within {seconds:g} seconds"
    error = None if task.cancelled() else task.exception()
    if error is None:
        return "was cancelled" if task.cancelled() else OK
    words = error.message if isinstance(error, FoundryError) else _first_line(error)
    return clean(words)[:LONGEST_REASON]


def _forget(task: asyncio.Task[None]) -> None:
    """Take note of how it ended, so that nobody complains about an error that nobody looked at."""
    if not task.cancelled():
        task.exception()


def _first_line(error: BaseException) -> str:
    line = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {line}" if line else type(error).__name__


@dataclass(frozen=True, kw_only=True)
class Schema:
    """What tables a database has, and which this version works with. Schemas are numbered, so that
    a later one is larger. present: None for a database without tables."""

    present: str | None
    ours: str


async def look_at_schema(ctx: Context) -> Schema:
    """How it stands; nothing is changed. Raises BadInput naming DATABASE_URL where the database
    does not answer, or does not want us."""
    present = await migrate.look_at_schema(ctx.store)
    return Schema(present=present, ours=migrate.newest_revision())


async def _database(ctx: Context) -> None:
    async with ctx.store.read() as session:
        await check_answers(session)


async def _disk(ctx: Context) -> None:
    free = (await asyncio.to_thread(shutil.disk_usage, ctx.scratch)).free
    if free < DISK_FLOOR:
        raise OSError(f"only {free // 1024**2} MiB of disk are free")
