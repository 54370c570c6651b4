"""Both rate limiters, in memory and in a real Redis, keep the contract of their port."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis as Client

from video_foundry.adapters.rate.memory import MemoryRate
from video_foundry.adapters.rate.redis import KEY, RedisRate
from video_foundry.ports.rate import RateLimiter
from video_foundry.testing.rate_contract import MINUTE, RateLimiterContract
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.redis import Redis


class TestMemoryRate(RateLimiterContract):
    @pytest.fixture
    def rate(self) -> RateLimiter:
        return MemoryRate(period=MINUTE)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    try:
        with Redis.running(Path(tmp_path_factory.mktemp("redis"))) as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


class TestRedisRate(RateLimiterContract):
    @pytest.fixture
    async def client(self, redis: Redis) -> AsyncIterator[Client]:
        async with Client.from_url(redis.url, decode_responses=True) as client:
            await client.flushall()
            yield client

    @pytest.fixture
    async def rate(self, redis: Redis, client: Client) -> AsyncIterator[RateLimiter]:
        rate = RedisRate(redis.url, period=MINUTE)
        yield rate
        await rate.aclose()

    async def test_is_shared(self, rate: RateLimiter, redis: Redis) -> None:
        other = RedisRate(redis.url, period=MINUTE)
        sent = sorted(
            await asyncio.gather(
                *(self._send(each, "a", 5) for _ in range(7) for each in (rate, other))
            )
        )
        await other.aclose()
        # When it was admitted is known to Redis, when we hear of it to the loop: hence the tenth.
        windows = [later - first for first, later in zip(sent, sent[5:], strict=False)]
        assert min(windows) >= MINUTE * 0.9

    async def test_keys_expire(self, rate: RateLimiter, client: Client) -> None:
        await rate.acquire("a", per_minute=5)
        assert await client.keys() == [KEY + "a"]
        assert 0 < await client.pttl(KEY + "a") <= MINUTE * 1000 + 1000

    async def test_only_one_window_is_remembered(self, rate: RateLimiter, client: Client) -> None:
        for _ in range(12):
            await rate.acquire("a", per_minute=4)
        assert await client.zcard(KEY + "a") <= 5

    async def test_scripts_may_be_flushed(self, rate: RateLimiter, client: Client) -> None:
        await rate.acquire("a", per_minute=5)
        await client.script_flush()
        await rate.acquire("a", per_minute=5)
        assert await client.zcard(KEY + "a") == 2
