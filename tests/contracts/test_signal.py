"""The in-process signal bus keeps the contract of its port, and its mailboxes stay small."""

import pytest

from video_foundry.adapters.signal.inprocess import InProcessSignal
from video_foundry.ports.signal import NewEvents, SignalBus
from video_foundry.testing.signal_contract import SignalBusContract, drain, soon, tick


class TestInProcessSignal(SignalBusContract):
    @pytest.fixture
    def bus(self) -> SignalBus:
        return InProcessSignal(mailbox_ticks=3)

    async def test_ticks_of_one_job_become_the_newest(self, bus: SignalBus) -> None:
        async with bus.subscribe("p") as signals:
            for percent in range(100):
                await bus.publish(tick("p", "job", percent / 100))
            assert await soon(signals) == tick("p", "job", 0.99)
            await bus.publish(NewEvents(project_id="p", seq=1))
            assert await soon(signals) == NewEvents(project_id="p", seq=1)

    async def test_an_older_number_does_not_hide_a_newer_one(self, bus: SignalBus) -> None:
        async with bus.subscribe("p") as signals:
            await bus.publish(NewEvents(project_id="p", seq=9))
            await bus.publish(NewEvents(project_id="p", seq=4))
            assert await soon(signals) == NewEvents(project_id="p", seq=9)

    async def test_a_full_mailbox_loses_the_stalest_ticks(self, bus: SignalBus) -> None:
        async with bus.subscribe("p") as signals:
            for number in range(5):
                await bus.publish(tick("p", f"job-{number}", 0.1))
            got = [await soon(signals) for _ in range(3)]
            await bus.publish(NewEvents(project_id="p", seq=1))
            got += await drain(signals, seq=1)
        assert got[:3] == [tick("p", f"job-{number}", 0.1) for number in (2, 3, 4)]
        assert got[3:] == [NewEvents(project_id="p", seq=1)]
