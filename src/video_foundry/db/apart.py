"""Long computing within a transaction: in a thread, so that others are served meanwhile, and with a
sign of life to the database, which ends transactions that say nothing (store.FROZEN_SECONDS)."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.db.store import FROZEN_SECONDS

ALIVE_SECONDS = FROZEN_SECONDS / 5
"""Between two signs of life; the thread may hold the interpreter for a while."""
SIGN_OF_LIFE = "SELECT 1"

P = ParamSpec("P")
T = TypeVar("T")


async def apart(
    session: AsyncSession, compute: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """What `compute` returns or raises. It must fetch nothing: the session is not its own."""
    work = asyncio.create_task(asyncio.to_thread(compute, *args, **kwargs))
    try:
        while not (await asyncio.wait({work}, timeout=ALIVE_SECONDS))[0]:
            await (await session.connection()).execute(text(SIGN_OF_LIFE))
    finally:  # whoever gives up waits all the same: the thread reads what the session holds
        await asyncio.wait({work})
    return work.result()
