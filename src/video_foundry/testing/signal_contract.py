"""What every SignalBus must do, as tests to inherit from. No implementation lives here."""
# ruff: noqa: S101 - a contract speaks in asserts

import asyncio
from collections.abc import AsyncIterator

import pytest

from video_foundry.ports.signal import NewEvents, Signal, SignalBus, Tick

SOON = 5.0
"""Seconds within which a signal must arrive; far more than any implementation needs."""
FLOOD = 5000


class SignalBusContract:
    """Inherit, override `bus`, and every test runs against your implementation."""

    @pytest.fixture
    def bus(self) -> SignalBus:
        """A bus that nobody listens to."""
        raise NotImplementedError

    async def test_is_there(self, bus: SignalBus) -> None:
        await bus.check()

    async def test_brings_both_kinds(self, bus: SignalBus) -> None:
        async with bus.subscribe("p") as signals:
            await bus.publish(tick("p", "job", 0.5))
            await bus.publish(NewEvents(project_id="p", seq=7))
            got = [await soon(signals), await soon(signals)]
        assert tick("p", "job", 0.5) in got
        assert NewEvents(project_id="p", seq=7) in got

    async def test_projects_are_apart(self, bus: SignalBus) -> None:
        async with bus.subscribe("p") as signals:
            await bus.publish(NewEvents(project_id="other", seq=1))
            await bus.publish(NewEvents(project_id="p", seq=2))
            assert await soon(signals) == NewEvents(project_id="p", seq=2)

    async def test_every_subscriber_gets_it(self, bus: SignalBus) -> None:
        async with bus.subscribe("p") as one, bus.subscribe("p") as two:
            await bus.publish(NewEvents(project_id="p", seq=3))
            assert await soon(one) == await soon(two) == NewEvents(project_id="p", seq=3)

    async def test_nothing_from_before_is_replayed(self, bus: SignalBus) -> None:
        await bus.publish(NewEvents(project_id="p", seq=1))
        async with bus.subscribe("p") as signals:
            await bus.publish(NewEvents(project_id="p", seq=2))
            assert await soon(signals) == NewEvents(project_id="p", seq=2)

    async def test_wakes_a_waiting_reader(self, bus: SignalBus) -> None:
        async with bus.subscribe("p") as signals:
            waiting = asyncio.create_task(soon(signals))
            await asyncio.sleep(0.01)
            await bus.publish(NewEvents(project_id="p", seq=1))
            assert await waiting == NewEvents(project_id="p", seq=1)

    async def test_a_slow_reader_holds_nobody_up_and_still_gets_the_newest(
        self, bus: SignalBus
    ) -> None:
        async with bus.subscribe("p") as slow, bus.subscribe("p"):
            async with asyncio.timeout(SOON):
                for seq in range(1, FLOOD + 1):
                    await bus.publish(NewEvents(project_id="p", seq=seq))
                    await bus.publish(tick("p", f"job-{seq}", seq / FLOOD))
            assert NewEvents(project_id="p", seq=FLOOD) in await drain(slow, seq=FLOOD)

    async def test_the_iteration_ends_with_the_context(self, bus: SignalBus) -> None:
        async with bus.subscribe("p") as signals:
            reading = asyncio.create_task(collect(signals))
            await asyncio.sleep(0.01)
        async with asyncio.timeout(SOON):
            assert await reading == []

    async def test_who_comes_back_is_served_again(self, bus: SignalBus) -> None:
        for seq in range(1, 6):
            async with bus.subscribe("p") as signals:
                await bus.publish(NewEvents(project_id="p", seq=seq))
                assert await soon(signals) == NewEvents(project_id="p", seq=seq)

    async def test_closing_is_quick_with_signals_unsent(self, bus: SignalBus) -> None:
        async with bus.subscribe("p"):
            await bus.publish(NewEvents(project_id="p", seq=1))
            async with asyncio.timeout(SOON):
                await bus.aclose()
                await bus.aclose()
                await bus.publish(NewEvents(project_id="p", seq=2))


def tick(project_id: str, job_id: str, progress: float) -> Tick:
    """A tick of a job that makes one segment."""
    return Tick(
        project_id=project_id,
        segment_ids=("segment",),
        job_id=job_id,
        kind="generate",
        progress=progress,
    )


async def soon(signals: AsyncIterator[Signal]) -> Signal:
    """The next signal, or a failure after a while."""
    async with asyncio.timeout(SOON):
        return await anext(signals)


async def drain(signals: AsyncIterator[Signal], *, seq: int) -> list[Signal]:
    """Signals up to and with the NewEvents of this number."""
    got: list[Signal] = []
    async with asyncio.timeout(SOON):
        async for signal in signals:
            got.append(signal)
            if isinstance(signal, NewEvents) and signal.seq >= seq:
                break
    return got


async def collect(signals: AsyncIterator[Signal]) -> list[Signal]:
    """Everything until the iteration ends."""
    return [signal async for signal in signals]
