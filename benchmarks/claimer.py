"""A worker loop as a process of its own, whose jobs are done the moment they are claimed: it tells
when each was. Used by the queue's benchmark."""

import asyncio
import json
import logging
import time
from collections.abc import Callable

from video_foundry.bootstrap import running_context
from video_foundry.core.jobs import JobState
from video_foundry.jobs import queue
from video_foundry.services.context import Context
from video_foundry.settings import load_settings
from video_foundry.telemetry import configure_logs
from video_foundry.workers.hand import Handle
from video_foundry.workers.loop import WorkerLoop

Told = Callable[[str, float], None]
"""Told a job's fingerprint and when it was claimed, in seconds since the epoch."""


def claiming_loop(ctx: Context, told: Told) -> WorkerLoop:
    """A loop that ends each job as soon as it has it."""

    async def end(hand: Handle) -> None:
        told(hand.job.fingerprint, time.time())
        async with ctx.store.write() as tx:
            await queue.move(tx, hand.job, JobState.SUCCEEDED)

    return WorkerLoop(ctx, "generate", end, capacity=64)


async def _claim() -> None:
    def tell(fingerprint: str, moment: float) -> None:
        print(json.dumps([fingerprint, moment]), flush=True)

    async with running_context(load_settings()) as ctx:
        work = asyncio.create_task(claiming_loop(ctx, tell).run())
        print("ready", flush=True)
        await work


if __name__ == "__main__":
    configure_logs(level=logging.getLevelName(logging.ERROR), as_json=True, environment={})
    asyncio.run(_claim())
