"""What every RateLimiter must do, as tests to inherit from. No implementation lives here."""
# ruff: noqa: S101 - a contract speaks in asserts

import asyncio
import time

import pytest

from video_foundry.ports.rate import RateLimiter

MINUTE = 0.8
"""Seconds that a "minute" of the limiter under test must last, so that the tests are quick."""
HAIR = 0.05 * MINUTE
"""Seconds by which a window may seem shorter from here, where an admission is heard of later."""


class RateLimiterContract:
    """Inherit, override `rate`, and every test runs against your implementation."""

    @pytest.fixture
    def rate(self) -> RateLimiter:
        """An unused limiter whose minute lasts MINUTE seconds."""
        raise NotImplementedError

    async def test_is_there(self, rate: RateLimiter) -> None:
        await rate.check()

    async def test_no_window_holds_more_than_the_limit(self, rate: RateLimiter) -> None:
        sent = sorted(await asyncio.gather(*(self._send(rate, "a", 5) for _ in range(13))))
        windows = [later - first for first, later in zip(sent, sent[5:], strict=False)]
        assert min(windows) >= MINUTE - HAIR

    async def test_what_fits_goes_at_once(self, rate: RateLimiter) -> None:
        began = time.monotonic()
        for _ in range(5):
            await rate.acquire("a", per_minute=5)
        assert time.monotonic() - began < MINUTE

    async def test_accounts_are_apart(self, rate: RateLimiter) -> None:
        began = time.monotonic()
        await rate.acquire("a", per_minute=1)
        await rate.acquire("b", per_minute=1)
        assert time.monotonic() - began < MINUTE

    async def test_zero_means_no_limit(self, rate: RateLimiter) -> None:
        began = time.monotonic()
        for _ in range(200):
            await rate.acquire("a", per_minute=0)
        assert time.monotonic() - began < MINUTE

    async def test_who_gives_up_leaves_the_place(self, rate: RateLimiter) -> None:
        await rate.acquire("a", per_minute=1)
        began = time.monotonic()
        waiting = [asyncio.create_task(rate.acquire("a", per_minute=1)) for _ in range(5)]
        await asyncio.sleep(0.01)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await rate.acquire("a", per_minute=1)
        assert time.monotonic() - began < 2 * MINUTE

    async def test_a_lowered_limit_counts_what_was_sent(self, rate: RateLimiter) -> None:
        began = time.monotonic()
        for _ in range(4):
            await rate.acquire("a", per_minute=10)
        await rate.acquire("a", per_minute=2)
        assert time.monotonic() - began >= MINUTE - HAIR

    async def test_a_raised_limit_counts_at_once(self, rate: RateLimiter) -> None:
        began = time.monotonic()
        for limit in (1, 2, 3, 4):
            await rate.acquire("a", per_minute=limit)
        assert time.monotonic() - began < MINUTE

    async def test_the_loop_goes_on_while_one_waits(self, rate: RateLimiter) -> None:
        await rate.acquire("a", per_minute=1)
        waiting = asyncio.create_task(rate.acquire("a", per_minute=1))
        turns = 0
        while not waiting.done():
            await asyncio.sleep(MINUTE / 40)
            turns += 1
        assert turns >= 4  # a blocked loop would have turned once

    async def test_closing_is_quick(self, rate: RateLimiter) -> None:
        await rate.acquire("a", per_minute=5)
        async with asyncio.timeout(5):
            await rate.aclose()
            await rate.aclose()

    async def _send(self, rate: RateLimiter, account: str, per_minute: int) -> float:
        await rate.acquire(account, per_minute=per_minute)
        return time.monotonic()
