"""Live signals and shared rates over a real Redis that is killed and frozen: local readers are
served without it, others catch up when it is back, and a rate holds over several processes."""

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog
from redis.asyncio import Redis as Client
from tests.cluster.peers import PATIENCE, Entries, connections_to, eventually, peer, until_there

from video_foundry.adapters.rate.redis import KEY, RedisRate
from video_foundry.adapters.signal.redis import LOOK, RedisSignal
from video_foundry.errors import PartUnavailable
from video_foundry.ports import outage
from video_foundry.ports.metrics import PART_FAILURES
from video_foundry.ports.signal import NewEvents
from video_foundry.testing.signal_contract import soon, tick
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.redis import Redis

AT_ONCE = 1.0
"""Seconds that no call on a commit's path may take, on a busy machine too."""
LOOK_AGAIN = NewEvents(project_id="p", seq=LOOK)


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    try:
        with Redis.running(Path(tmp_path_factory.mktemp("redis"))) as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Entries]:
    """Our own log; the library's is in caplog, down to its debug lines."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(outage, "logger", structlog.get_logger())
    with structlog.testing.capture_logs() as captured:
        yield captured


@pytest.fixture
async def bus(redis: Redis, entries: Entries) -> AsyncIterator[RedisSignal]:
    bus = RedisSignal(redis.url)
    await until_there(bus.check)
    yield bus
    await bus.aclose()


@pytest.fixture
async def rate(redis: Redis, entries: Entries) -> AsyncIterator[RedisRate]:
    rate = RedisRate(redis.url, period=0.5)
    yield rate
    await rate.aclose()


def levels(entries: Entries) -> list[str]:
    return [entry["log_level"] for entry in entries]


async def test_an_event_reaches_another_replica(redis: Redis, bus: RedisSignal) -> None:
    async with peer("publish", redis.url, "p") as replica, bus.subscribe("p") as signals:
        for number in (4, 5):
            await replica.told(str(number))
            assert await soon(signals) == NewEvents(project_id="p", seq=number)


async def test_killed_and_back(
    redis: Redis, bus: RedisSignal, entries: Entries, caplog: pytest.LogCaptureFixture
) -> None:
    failed = PART_FAILURES.labels(part="signal")
    failed_before = failed._value.get()
    other = RedisSignal(redis.url)
    async with bus.subscribe("p") as signals, other.subscribe("p") as elsewhere:
        redis.kill()
        began = time.monotonic()
        for seq in range(1, 101):
            await bus.publish(NewEvents(project_id="p", seq=seq))
            await bus.publish(tick("p", f"job-{seq}", 0.5))
        assert await soon(signals) == NewEvents(project_id="p", seq=100)
        assert time.monotonic() - began < AT_ONCE
        await eventually(lambda: failed._value.get() >= failed_before + 4)
        with pytest.raises(PartUnavailable, match="the signal cannot be reached") as raised:
            await bus.check()
        began = time.monotonic()
        async with bus.subscribe("late") as late:
            assert time.monotonic() - began < AT_ONCE
            redis.start()
            await until_there(bus.check)
            await until_there(other.check)
            async with asyncio.timeout(PATIENCE):
                assert await anext(late) == NewEvents(project_id="late", seq=LOOK)
                # The gap is told, and so is the news that waited for the server, in any order.
                news = NewEvents(project_id="p", seq=100)
                assert await anext(elsewhere) in (LOOK_AGAIN, news)
            await other.publish(NewEvents(project_id="late", seq=3))
            assert await soon(late) == NewEvents(project_id="late", seq=3)
        assert connections_to(redis.port) <= 8
    await other.aclose()
    assert (
        sorted(levels(entries)) == ["info"] * 2 + ["warning"] * 2
    )  # two buses lost it and are back
    assert not [record for record in caplog.records if record.name.startswith(("redis", "asyncio"))]
    told = f"{entries}{caplog.text}{raised.value}"
    assert redis.password not in told
    assert "111" in told


async def test_news_of_an_outage_are_told_after_it(redis: Redis, bus: RedisSignal) -> None:
    redis.kill()
    await bus.publish(NewEvents(project_id="p", seq=7))
    redis.start()
    await until_there(bus.check)
    other = RedisSignal(redis.url)
    async with other.subscribe("p") as signals:
        await bus.publish(NewEvents(project_id="p", seq=8))
        assert await soon(signals) == NewEvents(project_id="p", seq=8)
    await other.aclose()


async def test_frozen_and_thawed(redis: Redis, bus: RedisSignal, entries: Entries) -> None:
    async with bus.subscribe("p") as signals:
        redis.signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            await bus.publish(NewEvents(project_id="p", seq=1))
            assert await soon(signals) == NewEvents(project_id="p", seq=1)
            assert time.monotonic() - began < AT_ONCE
            with pytest.raises(PartUnavailable):
                await bus.check()
        finally:
            redis.signal(signal.SIGCONT)
        await until_there(bus.check)
        async with asyncio.timeout(PATIENCE):
            assert await anext(signals) == LOOK_AGAIN
    assert levels(entries) == ["warning", "info"]


async def test_the_password_is_never_told(
    redis: Redis, entries: Entries, caplog: pytest.LogCaptureFixture
) -> None:
    url = redis.url.replace(redis.password, "s3cret-but-wrong%40")
    bus, rate = RedisSignal(url), RedisRate(url)
    told = ""
    for part in (bus, rate):
        with pytest.raises(PartUnavailable) as raised:
            await part.check()
        told += f"{raised.value!r}{raised.value.__context__!r}"
    await bus.publish(NewEvents(project_id="p", seq=1))
    waiting = asyncio.create_task(rate.acquire("a", per_minute=1))
    await eventually(lambda: len(entries) == 2)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await bus.aclose()
    await rate.aclose()
    told += f"{entries}{caplog.text}"
    assert "invalid username-password" in told
    assert "s3cret" not in told


async def test_nothing_is_left_over(redis: Redis, entries: Entries) -> None:
    before = asyncio.all_tasks()
    for _ in range(3):
        bus, rate = RedisSignal(redis.url), RedisRate(redis.url)
        async with bus.subscribe("p"), bus.subscribe("q"):
            await bus.publish(NewEvents(project_id="p", seq=1))
            await rate.acquire("a", per_minute=100)
        await bus.aclose()
        await rate.aclose()
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == before
    assert connections_to(redis.port) == 0


async def test_closing_is_quick_when_nobody_answers(redis: Redis, bus: RedisSignal) -> None:
    redis.signal(signal.SIGSTOP)
    try:
        await bus.publish(NewEvents(project_id="p", seq=1))
        began = time.monotonic()
        await bus.aclose()
        assert time.monotonic() - began < 5
    finally:
        redis.signal(signal.SIGCONT)


async def test_a_rate_waits_for_a_killed_server(
    redis: Redis, rate: RedisRate, entries: Entries
) -> None:
    await rate.acquire("a", per_minute=100)
    redis.kill()
    waiting = [asyncio.create_task(rate.acquire("a", per_minute=100)) for _ in range(5)]
    with pytest.raises(PartUnavailable, match="the rate cannot be reached"):
        await rate.check()
    await eventually(lambda: len(entries) > 0)
    assert not any(task.done() for task in waiting)
    redis.start()
    async with asyncio.timeout(PATIENCE):
        await asyncio.gather(*waiting)
    await rate.check()
    assert levels(entries) == ["warning", "info"]


async def test_a_cancelled_wait_ends_at_once(rate: RedisRate) -> None:
    for _ in range(100):
        waiting = asyncio.create_task(rate.acquire("a", per_minute=1_000_000))
        await asyncio.sleep(0)
        waiting.cancel()
        done, _ = await asyncio.wait([waiting], timeout=5)
        assert done
    await rate.acquire("a", per_minute=1_000_000)


PROCESSES, EACH, LIMIT, PERIOD = 3, 40, 40, 2.0
LOST = 0.25
"""The share of a window that may go by unused, for the machine is busy with other tests too."""


async def test_a_rate_holds_over_several_processes(redis: Redis) -> None:
    words = ("acquire", redis.url, str(PERIOD), str(LIMIT), str(EACH))
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(peer(*words)) for _ in range(PROCESSES)]
        watching = asyncio.create_task(admitted(redis, PROCESSES * EACH))
        for each in peers:
            await each.told()
        for each in peers:
            for _ in range(EACH):
                assert "admitted" in await each.says()
        moments = await watching
    # By the server's clock no window holds more than the limit, and little time is given away.
    assert all(later - first > PERIOD for first, later in pairs(moments, LIMIT))
    fastest = (PROCESSES * EACH / LIMIT - 1) * PERIOD
    assert fastest <= moments[-1] - moments[0] < fastest * (1 + LOST)


async def admitted(redis: Redis, many: int) -> list[float]:
    """When each of so many requests was admitted, in seconds of the server's clock. They are seen
    while they are in the window."""
    seen: dict[str, float] = {}
    async with Client.from_url(redis.url, decode_responses=True) as client:
        async with asyncio.timeout(PATIENCE):
            while len(seen) < many:
                rows: Any = await client.zrange(KEY + "account", 0, -1, withscores=True)
                seen.update(rows)
                await asyncio.sleep(PERIOD / 40)
    return sorted(moment / 1000 for moment in seen.values())


def pairs(moments: list[float], apart: int) -> list[tuple[float, float]]:
    """Each moment with the one so many later."""
    return list(zip(moments, moments[apart:], strict=False))
