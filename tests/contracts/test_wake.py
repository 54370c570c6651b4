"""The in-process wake keeps the contract of its port."""

import asyncio

import pytest

from video_foundry.adapters.wake.inprocess import InProcessWake
from video_foundry.ports.wake import Wake
from video_foundry.testing.wake_contract import SOON, WakeContract


class TestInProcessWake(WakeContract):
    @pytest.fixture
    def wake(self) -> Wake:
        return InProcessWake()

    async def test_one_hint_wakes_all_who_wait(self, wake: Wake) -> None:
        waiting = [asyncio.create_task(wake.wait("generate", SOON)) for _ in range(3)]
        await asyncio.sleep(0.01)
        await wake.notify("generate")
        assert await asyncio.gather(*waiting) == [True, True, True]
