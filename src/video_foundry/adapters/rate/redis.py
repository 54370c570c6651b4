"""Rate limits shared by all workers: pyrate-limiter's sliding window in Redis, by the server's
clock. No request is sent here, and none is remembered longer than its window."""

import asyncio
import time
from collections.abc import Awaitable
from typing import cast

from pyrate_limiter import Decision, Rate, RateItem, RedisBucket
from pyrate_limiter.buckets.redis_bucket import LuaScript
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

from video_foundry.ports.outage import Outage, passwords_in
from video_foundry.ports.upkeep import uncut

MINUTE = 60.0
CONNECTIONS = 16
"""One for each account that is waited for; more accounts than these take turns."""
ANSWER_SECONDS = 3.0
"""How long the server may take to connect or to answer."""
KEY = "video-foundry.rate."

# The library counts and admits in one step, but by the caller's clock, and it leaves the key for
# ever. Clocks differ between machines, and even on one a later caller can overtake an earlier one
# and be left out of its count. So the library's script runs inside this one, which puts the
# server's time in the place of the caller's, drops what has left the window, and lets the key
# expire.
_SCRIPT = f"""
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local theirs = tonumber(ARGV[1])
local window = theirs - tonumber(ARGV[5])
ARGV[1] = string.format('%.0f', now)
ARGV[5] = string.format('%.0f', now - window)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[5])
local answer = (function()
{LuaScript.PUT_ITEM}
end)()
redis.call('PEXPIRE', KEYS[1], window + 1000)
if answer[2] >= 0 then
    answer[2] = answer[2] - now + theirs -- the caller subtracts its own clock again
end
return answer
"""


class RedisRate:
    """At most `per_minute` requests to an account in any window of one minute, among all processes
    on one Redis. Whoever asks first in a process goes first there; processes take turns by chance.

    url: redis://:password@host:6379/0. period: seconds that a "minute" lasts; only tests shorten
    it.
    A Redis that loses its memory forgets what was sent, and one window may then hold twice the
    limit: the provider's own refusal comes after that.
    """

    def __init__(self, url: str, *, period: float = MINUTE) -> None:
        self._client = _client_for(url)
        self._period = round(period * 1000)
        self._script: str | None = None
        self._turns: dict[str, asyncio.Lock] = {}
        self._outage = Outage(
            "rate",
            meanwhile="requests to providers wait, since nobody knows how many others sent",
            secrets=passwords_in(url),
        )

    async def acquire(self, account: str, *, per_minute: int) -> None:
        """Wait until one request to `account` may be sent; 0 or less means there is no limit.

        While Redis is away this waits too.
        """
        if per_minute <= 0:
            return
        # One of this process asks at a time; those behind it would only be told to wait as well.
        async with self._turns.setdefault(account, asyncio.Lock()):
            seconds = await self._seconds_to_wait(account, per_minute)
            while seconds is not None:
                await asyncio.sleep(seconds)
                seconds = await self._seconds_to_wait(account, per_minute)

    async def check(self) -> None:
        """Raise PartUnavailable when the server does not answer."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._client.ping()
        except (RedisError, OSError) as error:
            raise self._outage.unavailable(error) from None

    async def aclose(self) -> None:
        """Release connections."""
        await self._client.aclose()

    async def _seconds_to_wait(self, account: str, per_minute: int) -> float | None:
        """None when the request was admitted, else when to ask again."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                decision = await uncut(self._ask(account, per_minute))
        except (RedisError, OSError) as error:
            self._outage.failed(error)
            return self._outage.pause()
        self._outage.works()
        return None if decision.allowed else (decision.retry_after_ms or 1) / 1000

    async def _ask(self, account: str, per_minute: int) -> Decision:
        if self._script is None:
            self._script = await self._client.script_load(_SCRIPT)
        rates = [Rate(per_minute, self._period)]
        bucket = RedisBucket(rates, self._client, KEY + account, self._script)
        decision = bucket.put_decision(RateItem(account, time.time_ns() // 1_000_000))
        try:
            return await cast("Awaitable[Decision]", decision)
        except NoScriptError:
            self._script = None  # a new server, or its scripts were flushed
            return await self._ask(account, per_minute)


def _client_for(url: str) -> Redis:
    """A client that waits for a free connection rather than fail, and leaves trying again to us."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        decode_responses=True,
        client_name="video-foundry-rate",
    )
    return Redis.from_pool(pool)
