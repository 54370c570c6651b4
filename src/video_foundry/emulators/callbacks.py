"""Calls to the address that a create call named, once its generation is over. How a provider signs
is its own matter."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from video_foundry.emulators.jobs import Job

LOOK_SECONDS = 0.02
LONGEST_SECONDS = 3600.0
"""After which a generation that does not end is not called back for."""

Sign = Callable[[bytes], Mapping[str, str]]
"""From a body to the headers that vouch for it."""


class Callbacks:
    """Calls that are promised and not yet made. Each is made once: real providers try again."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def promise(self, job: Job, url: str, tell: Callable[[], Any], sign: Sign) -> None:
        """Call `url` at the end of a job with the JSON that `tell` gives then; on the running
        loop."""
        task = asyncio.create_task(_call(job, url, tell, sign))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _call(job: Job, url: str, tell: Callable[[], Any], sign: Sign) -> None:
    latest = time.monotonic() + LONGEST_SECONDS
    while not job.is_over:
        if time.monotonic() > latest:
            return
        await asyncio.sleep(LOOK_SECONDS)
    body = json.dumps(tell()).encode()
    headers = {"Content-Type": "application/json", **sign(body)}
    try:
        async with httpx2.AsyncClient(timeout=30) as client:
            await client.post(url, content=body, headers=headers)
    except (httpx2.HTTPError, httpx2.InvalidURL):
        return  # nobody is there
