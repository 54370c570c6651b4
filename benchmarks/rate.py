"""The shared rate limit: three processes that send as fast as they are let, counted together."""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from benchmarks.report import Row, load
from benchmarks.servers import needing, running
from video_foundry.adapters.rate.redis import RedisRate
from video_foundry.testing.stack.redis import Redis

PROCESSES = 3
PER_PERIOD = 60
PERIOD_SECONDS = 5.0
"""A "minute" of the limit, shortened: the rule is the same."""
PERIODS = 4
START_SECONDS = 60.0


async def send(url: str, until: float) -> list[float]:
    """Send as often as allowed until a moment; when each was allowed, in seconds since the epoch,
    by the one clock of this machine."""
    rate = RedisRate(url, period=PERIOD_SECONDS)
    sent: list[float] = []
    try:
        while time.time() < until:
            await rate.acquire("account", per_minute=PER_PERIOD)
            sent.append(time.time())
    finally:
        await rate.aclose()
    return [moment for moment in sent if moment < until]


@needing(f"rate limit, {PROCESSES} processes", Redis)
async def rate() -> list[Row]:
    """How many were let through in all, and in the fullest window."""
    async with running(Redis) as redis:
        sent = await _all_send(redis.url)
    begun, seconds = sent[0], PERIODS * PERIOD_SECONDS
    fullest = max(_within(sent, moment) for moment in sent)
    counted = sum(moment - begun < seconds for moment in sent)
    allowed = PER_PERIOD * PERIODS
    return [
        Row(
            what=f"rate limit {PER_PERIOD} in {PERIOD_SECONDS:g} s, {PROCESSES} processes on one "
            f"Redis, {seconds:g} s",
            ours=f"{counted} let through, {fullest} in the fullest window",
            theirs=f"{allowed} allowed, {PER_PERIOD} a window",
            ratio=counted / allowed,
            note=load(),
        )
    ]


def _within(sent: list[float], moment: float) -> int:
    return sum(moment <= other < moment + PERIOD_SECONDS for other in sent)


async def _all_send(url: str) -> list[float]:
    """The moments of all processes, in order; they begin together."""
    async with AsyncExitStack() as stack:
        senders = [await stack.enter_async_context(_sender(url)) for _ in range(PROCESSES)]
        for sender in senders:
            await sender.line()  # it has started
        until = time.time() + (PERIODS + 1) * PERIOD_SECONDS
        for sender in senders:
            await sender.tell(f"{until}")
        found = [json.loads(await sender.line()) for sender in senders]
    return sorted(moment for sent in found for moment in sent)


class _Sender:
    """One process that sends, and tells afterwards when."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> bytes:
        assert self._process.stdout is not None
        async with asyncio.timeout((PERIODS + 1) * PERIOD_SECONDS + START_SECONDS):
            return await self._process.stdout.readline()

    async def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()


@asynccontextmanager
async def _sender(url: str) -> AsyncIterator[_Sender]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.rate"),
        env={**os.environ, "REDIS_URL": url},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    try:
        yield _Sender(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def main() -> None:
    """Be one of the processes: say that we are here, be told until when, send, tell when."""
    print("here", flush=True)
    until = float(sys.stdin.readline())
    print(json.dumps(asyncio.run(send(os.environ["REDIS_URL"], until))), flush=True)


if __name__ == "__main__":
    main()
