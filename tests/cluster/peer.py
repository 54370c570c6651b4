"""Another process that uses one of the cluster's carriers, told what to do by its first argument
and by lines on standard input; it answers with lines of JSON. Run by `peers.py`, never imported."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

from video_foundry.adapters.rate.redis import RedisRate
from video_foundry.adapters.signal.redis import RedisSignal
from video_foundry.adapters.wake.rabbitmq import RabbitWake
from video_foundry.ports.signal import NewEvents
from video_foundry.ports.wake import JobKind

GENERATE: JobKind = "generate"


def say(**facts: object) -> None:
    """One line; moments are of the clock that all processes of a machine share."""
    sys.stdout.write(json.dumps(facts | {"at": time.monotonic()}) + "\n")
    sys.stdout.flush()


async def line() -> str:
    """The next line of standard input; empty at its end."""
    return await asyncio.to_thread(sys.stdin.readline)


async def wait(url: str) -> None:
    """Tell of every hint."""
    wake = RabbitWake(url)
    await wake.check()
    await wake.wait(GENERATE, 0.2)  # from here on we consume
    say(ready=True)
    while True:
        if await wake.wait(GENERATE, 1.0):
            say(woken=True)


async def notify(url: str) -> None:
    """One notification a line."""
    wake = RabbitWake(url)
    await wake.check()
    say(ready=True)
    while await line():
        say(notified=True)
        await wake.notify(GENERATE)
    await wake.aclose()


async def publish(url: str, project_id: str) -> None:
    """One NewEvents a line, numbered by it."""
    bus = RedisSignal(url)
    await bus.check()
    say(ready=True)
    while number := await line():
        say(published=int(number))
        await bus.publish(NewEvents(project_id=project_id, seq=int(number)))
    await bus.aclose()


async def acquire(url: str, period: str, per_minute: str, times: str) -> None:
    """So many requests at once; tells when each was admitted."""
    rate = RedisRate(url, period=float(period))
    await rate.check()
    say(ready=True)
    await line()

    async def one() -> None:
        await rate.acquire("account", per_minute=int(per_minute))
        say(admitted=os.getpid())

    await asyncio.gather(*(one() for _ in range(int(times))))
    await rate.aclose()


if __name__ == "__main__":
    works: dict[str, Callable[..., Coroutine[Any, Any, None]]] = {
        "wait": wait,
        "notify": notify,
        "publish": publish,
        "acquire": acquire,
    }
    asyncio.run(works[sys.argv[1]](*sys.argv[2:]))
