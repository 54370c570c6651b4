"""What every Wake must do, as tests to inherit from. No implementation lives here."""
# ruff: noqa: S101 - a contract speaks in asserts

import asyncio
import time

import pytest

from video_foundry.ports.wake import JobKind, Wake

SOON = 5.0
"""Seconds within which a hint must arrive; far more than any implementation needs."""
SHORT = 0.05


class WakeContract:
    """Inherit, override `wake`, and every test runs against your implementation."""

    QUIET = SHORT
    """Seconds without a hint after which there is none: longer for hints that travel."""
    SURPLUS = 0
    """How many more times than notified one may be woken: hints that travel may come again."""

    @pytest.fixture
    def wake(self) -> Wake:
        """A wake with no hint waiting."""
        raise NotImplementedError

    async def test_is_there(self, wake: Wake) -> None:
        await wake.check()

    async def test_times_out_without_a_hint(self, wake: Wake) -> None:
        began = time.monotonic()
        assert await wake.wait("generate", SHORT) is False
        assert time.monotonic() - began >= SHORT * 0.9

    async def test_wakes_who_waits(self, wake: Wake) -> None:
        waiting = asyncio.create_task(wake.wait("generate", SOON))
        await asyncio.sleep(0.01)
        await wake.notify("generate")
        assert await waiting is True

    async def test_keeps_a_hint_for_who_comes_later(self, wake: Wake) -> None:
        await wake.notify("compose")
        assert await wake.wait("compose", SOON) is True

    async def test_hints_are_used_up(self, wake: Wake) -> None:
        await wake.notify("compose")
        assert await wake.wait("compose", SOON) is True
        assert await self.woken(wake, "compose") <= self.SURPLUS

    async def test_kinds_are_apart(self, wake: Wake) -> None:
        await wake.notify("generate")
        assert await wake.wait("compose", self.QUIET) is False
        assert await wake.wait("generate", SOON) is True

    async def test_a_wait_that_gave_up_takes_no_hint_along(self, wake: Wake) -> None:
        gone = asyncio.create_task(wake.wait("generate", SOON))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        await wake.notify("generate")
        assert await wake.wait("generate", SOON) is True

    async def test_notifying_never_waits(self, wake: Wake) -> None:
        async with asyncio.timeout(SOON):
            for _ in range(1000):
                await wake.notify("generate")
        assert await wake.wait("generate", SOON) is True

    async def test_one_hint_wakes_all_who_wait_here(self, wake: Wake) -> None:
        waiting = [asyncio.create_task(wake.wait("generate", SOON)) for _ in range(3)]
        await asyncio.sleep(0.01)
        await wake.notify("generate")
        assert await asyncio.gather(*waiting) == [True, True, True]

    async def test_closing_is_quick_and_ends_nobody_elses_wait(self, wake: Wake) -> None:
        waiting = asyncio.create_task(wake.wait("generate", SHORT))
        await wake.notify("compose")
        async with asyncio.timeout(SOON):
            await wake.aclose()
            await wake.aclose()
            await wake.notify("generate")
            assert await waiting in (True, False)

    async def woken(self, wake: Wake, kind: JobKind) -> int:
        """How many more times a wait succeeds before it stays quiet."""
        times = 0
        async with asyncio.timeout(SOON):
            while await wake.wait(kind, self.QUIET):
                times += 1
        return times
