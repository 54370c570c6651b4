"""The in-memory rate limiter keeps the contract of its port."""

import time

import pytest

from video_foundry.adapters.rate.memory import MemoryRate
from video_foundry.ports.rate import RateLimiter
from video_foundry.testing.rate_contract import MINUTE, RateLimiterContract


class TestMemoryRate(RateLimiterContract):
    @pytest.fixture
    def rate(self) -> RateLimiter:
        return MemoryRate(period=MINUTE)

    async def test_a_lowered_limit_counts_what_was_sent(self, rate: RateLimiter) -> None:
        began = time.monotonic()
        for _ in range(4):
            await rate.acquire("a", per_minute=10)
        await rate.acquire("a", per_minute=2)
        assert time.monotonic() - began >= MINUTE * 0.9
