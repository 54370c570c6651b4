"""Small work that a process does again and again beside its real work: an error is logged, counted
and survived, for nobody waits for it who could see it. What is done stands elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from video_foundry.errors import PartUnavailable
from video_foundry.ports.metrics import BACKGROUND_FAILURES

logger = structlog.get_logger(__name__)


async def repeat(step: Callable[[], Awaitable[None]], seconds: float, *, name: str) -> None:
    """Rest for so many seconds, do `step`, and so on until cancelled.

    name: of the work, for log and metrics. A part that is away says so itself and is not counted
    here. Any other error is logged in full when the time before went well.
    """
    is_failing = False
    while True:
        await asyncio.sleep(seconds)
        try:
            await step()
        except PartUnavailable:
            continue
        except Exception:
            BACKGROUND_FAILURES.labels(task=name).inc()
            if not is_failing:
                logger.exception("work in the background failed; trying again", task=name)
            is_failing = True
            continue
        if is_failing:
            logger.info("work in the background goes well again", task=name)
        is_failing = False
