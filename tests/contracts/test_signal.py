"""Both signal buses, in one process and over a real Redis, keep the contract of their port, and
their mailboxes stay small."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis as Client

from video_foundry.adapters.signal.inprocess import InProcessSignal
from video_foundry.adapters.signal.redis import RedisSignal
from video_foundry.adapters.signal.wire import channel_of
from video_foundry.ports.signal import NewEvents, SignalBus
from video_foundry.testing.signal_contract import SignalBusContract, drain, soon, tick
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.redis import Redis


class SmallMailboxes(SignalBusContract):
    """The contract, and what a mailbox with room for three ticks does."""

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


class TestInProcessSignal(SmallMailboxes):
    @pytest.fixture
    def bus(self) -> SignalBus:
        return InProcessSignal(mailbox_ticks=3)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    try:
        with Redis.running(Path(tmp_path_factory.mktemp("redis"))) as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


class TestRedisSignal(SmallMailboxes):
    @pytest.fixture
    async def bus(self, redis: Redis) -> AsyncIterator[SignalBus]:
        bus = RedisSignal(redis.url, mailbox_ticks=3)
        await bus.check()
        yield bus
        await bus.aclose()

    @pytest.fixture
    async def other(self, redis: Redis) -> AsyncIterator[SignalBus]:
        """The same bus in another process, as far as Redis can tell."""
        other = RedisSignal(redis.url)
        await other.check()
        yield other
        await other.aclose()

    async def test_reaches_who_listens_elsewhere(self, bus: SignalBus, other: SignalBus) -> None:
        async with bus.subscribe("p") as signals:
            await other.publish(NewEvents(project_id="p", seq=5))
            assert await soon(signals) == NewEvents(project_id="p", seq=5)
            await other.publish(tick("p", "job", 0.25))
            assert await soon(signals) == tick("p", "job", 0.25)

    async def test_the_newest_survives_a_flood_from_elsewhere(
        self, bus: SignalBus, other: SignalBus
    ) -> None:
        async with bus.subscribe("p") as signals:
            for seq in range(1, 2001):
                await other.publish(NewEvents(project_id="p", seq=seq))
                await other.publish(tick("p", f"job-{seq % 7}", 0.5))
            assert NewEvents(project_id="p", seq=2000) in await drain(signals, seq=2000)

    async def test_what_others_write_into_the_channel_is_skipped(
        self, bus: SignalBus, redis: Redis
    ) -> None:
        strange = [
            "",
            "{",
            "[]",
            "null",
            json.dumps({"v": 2}),
            json.dumps({"v": 1, "kind": "tick"}),
        ]
        async with bus.subscribe("p") as signals, Client.from_url(redis.url) as client:
            for text in strange:
                await client.publish(channel_of("p"), text)
            await asyncio.sleep(0.05)
            await bus.publish(NewEvents(project_id="p", seq=1))
            assert await soon(signals) == NewEvents(project_id="p", seq=1)

    async def test_a_project_nobody_reads_is_not_listened_to(
        self, bus: SignalBus, redis: Redis
    ) -> None:
        async with Client.from_url(redis.url, decode_responses=True) as client:
            async with bus.subscribe("left"):
                assert channel_of("left") in await client.pubsub_channels()
            left = asyncio.get_running_loop().time()
            while channel_of("left") in await client.pubsub_channels():
                assert asyncio.get_running_loop().time() - left < 5
                await asyncio.sleep(0.01)
