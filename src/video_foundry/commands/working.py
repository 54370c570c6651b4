"""The work of a worker, from its first connection to its end in good order by SIGTERM or Ctrl+C."""

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import structlog

from video_foundry.bootstrap import running_context, working
from video_foundry.telemetry import configure_logs, configure_traces, end_traces
from video_foundry.workers.side_port import side_port

if TYPE_CHECKING:  # they come from a process before this one
    from video_foundry.settings import Settings

ENDINGS = (signal.SIGTERM, signal.SIGINT)

logger = structlog.get_logger(__name__)


async def work(settings: "Settings") -> int:
    """Work until told to stop; then finish what must not be cut off, give the rest back, return 0.

    Raises BadInput for settings that cannot be.
    """
    configure_logs(
        level=settings.log_level,
        as_json=settings.log_format == "json",
        environment=os.environ,
    )
    configure_traces(os.environ, service="video-foundry-worker")
    try:
        return await _until_told_to_stop(settings)
    finally:
        await asyncio.to_thread(end_traces)


async def _until_told_to_stop(settings: "Settings") -> int:
    work = asyncio.create_task(_work(settings))
    is_ending = False

    def stop() -> None:
        nonlocal is_ending
        if is_ending:
            # Cutting a submit off could leave a paid clip in doubt; draining has its own limit.
            logger.info("already stopping: submits under way are being finished")
            return
        is_ending = True
        work.cancel()

    loop = asyncio.get_running_loop()
    for ending in ENDINGS:
        loop.add_signal_handler(ending, stop)
    try:
        await work
    except asyncio.CancelledError:
        if not is_ending:
            raise
        logger.info("worker stopped in good order")
    return 0


async def _work(settings: "Settings") -> None:
    async with (
        running_context(settings) as ctx,
        side_port(ctx, host=settings.host, port=settings.worker_port) as side,
        working(ctx, settings),
    ):
        logger.info(
            "worker ready",
            generate=settings.generate_concurrency,
            compose=settings.compose_concurrency,
            host=settings.host,
            port=side.port,
        )
        print(
            f"Video Foundry worker ready: {settings.generate_concurrency} generations and "
            f"{settings.compose_concurrency} composing steps at once, health and metrics on "
            f"http://{settings.host}:{side.port}",
            flush=True,
        )
        try:
            await asyncio.Event().wait()
        finally:
            side.drain()
            logger.info("worker stopping: no new work is taken")
