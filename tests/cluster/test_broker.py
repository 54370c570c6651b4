"""Hints over a real RabbitMQ that is killed, frozen and deprived of its queues: they cross
processes, cost nothing while it is away, and come back by themselves."""

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aio_pika
import pytest
import structlog
from tests.cluster.peers import PATIENCE, Entries, connections_to, eventually, peer, until_there

from video_foundry.adapters.wake.link import KINDS, QUEUE_ARGUMENTS, queue_name
from video_foundry.adapters.wake.rabbitmq import LINGER_SECONDS, RabbitWake
from video_foundry.errors import PartUnavailable
from video_foundry.ports import outage
from video_foundry.ports.metrics import PART_FAILURES, WAKE_FAILURES
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.rabbitmq import RabbitMQ

QUIET = 0.5
SETTLED = 6.0
"""Seconds after which this broker has a new queue on disk, whole."""
AT_ONCE = 1.0
"""Seconds that no call on a commit's path may take, on a busy machine too."""


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    try:
        with RabbitMQ.running(Path(tmp_path_factory.mktemp("broker"))) as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Iterator[Entries]:
    """Our own log; the libraries' is in caplog, down to its debug lines."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(outage, "logger", structlog.get_logger())
    with structlog.testing.capture_logs() as captured:
        yield captured


@pytest.fixture
async def wake(broker: RabbitMQ, entries: Entries) -> AsyncIterator[RabbitWake]:
    """Connected, with no hint left over from another test."""
    wake = RabbitWake(broker.url)
    await until_there(wake.check)
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        for kind in KINDS:
            await (await channel.get_queue(queue_name(kind))).purge()
    yield wake
    await wake.aclose()


async def delete_queues(broker: RabbitMQ) -> None:
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        for kind in KINDS:
            await channel.queue_delete(queue_name(kind))


async def keep_a_message(broker: RabbitMQ) -> None:
    """One persistent message in a queue of the kind that carries hints."""
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("kept", durable=True, arguments=QUEUE_ARGUMENTS)
        message = aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, routing_key="kept")


async def kept_message(broker: RabbitMQ) -> bytes:
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("kept")
        message = await queue.get(timeout=PATIENCE)
        await message.ack()
        return message.body


async def count(wake: RabbitWake, seconds: float) -> int:
    """How often a worker is woken in so many seconds."""
    until, times = time.monotonic() + seconds, 0
    while (left := until - time.monotonic()) > 0:
        times += await wake.wait("generate", left)
    return times


async def test_a_hint_wakes_another_process(broker: RabbitMQ, wake: RabbitWake) -> None:
    async with peer("wait", broker.url) as other:
        await wake.notify("generate")
        assert (await other.says())["woken"]


async def test_one_burst_wakes_every_process_that_waits(broker: RabbitMQ, wake: RabbitWake) -> None:
    async with peer("wait", broker.url) as one, peer("wait", broker.url) as two:
        await wake.notify("generate")
        assert (await one.says())["woken"]
        assert (await two.says())["woken"]


async def test_hands_full_leaves_hints_to_others(broker: RabbitMQ, wake: RabbitWake) -> None:
    await wake.wait("generate", 0.2)
    await asyncio.sleep(2 * LINGER_SECONDS)  # busy: nobody here waits any more
    async with peer("notify", broker.url) as other:
        await other.told()
        assert "notified" in await other.says()
        free = RabbitWake(broker.url)
        assert await free.wait("generate", PATIENCE) is True
        await free.aclose()


async def test_no_delivery_is_held(broker: RabbitMQ, wake: RabbitWake) -> None:
    for _ in range(5):
        await wake.notify("generate")
        assert await wake.wait("generate", PATIENCE)
    await count(wake, QUIET)
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        await wake.aclose()  # what was held would come back now
        queue = await channel.declare_queue(queue_name("generate"), passive=True)
        assert queue.declaration_result.message_count == 0


async def test_killed_and_back(
    broker: RabbitMQ, wake: RabbitWake, entries: Entries, caplog: pytest.LogCaptureFixture
) -> None:
    missed = WAKE_FAILURES.labels(kind="generate")
    failed = PART_FAILURES.labels(part="broker")
    missed_before, failed_before = missed._value.get(), failed._value.get()
    await keep_a_message(broker)
    await asyncio.sleep(SETTLED)
    waiting = asyncio.create_task(wake.wait("compose", QUIET))

    broker.kill()
    assert await waiting is False  # a worker only waits, and then looks at the rows
    with pytest.raises(PartUnavailable, match="the broker cannot be reached") as raised:
        await wake.check()
    began = time.monotonic()
    for _ in range(100):
        await wake.notify("generate")
    assert time.monotonic() - began < AT_ONCE
    assert await wake.wait("compose", QUIET) is False
    await eventually(lambda: failed._value.get() >= failed_before + 3)
    assert missed._value.get() > missed_before

    broker.start()
    await until_there(wake.check)
    assert await wake.wait("generate", PATIENCE) is True  # what was missed is told once it is back
    async with peer("wait", broker.url) as other:
        await wake.notify("generate")
        assert (await other.says())["woken"]
    assert await kept_message(broker) == b"kept"
    assert connections_to(broker.port) == 1
    assert [entry["log_level"] for entry in entries] == ["warning", "info"]
    assert not [record for record in caplog.records if record.name.startswith(("aio", "asyncio"))]
    told = f"{entries}{caplog.text}{raised.value}"
    assert broker.password not in told
    assert "Connect" in told


async def test_frozen_and_thawed(broker: RabbitMQ, wake: RabbitWake, entries: Entries) -> None:
    broker.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        await wake.notify("generate")
        assert await wake.wait("compose", QUIET) is False
        assert time.monotonic() - began < QUIET + AT_ONCE
        with pytest.raises(PartUnavailable):
            await wake.check()
        await eventually(lambda: len(entries) > 0)
    finally:
        broker.signal(signal.SIGCONT)
    await until_there(wake.check)
    assert await wake.wait("generate", PATIENCE) is True
    await eventually(lambda: connections_to(broker.port) == 1)
    assert [entry["log_level"] for entry in entries] == ["warning", "info"]


async def test_a_deleted_queue_is_made_again(broker: RabbitMQ, wake: RabbitWake) -> None:
    waiting = asyncio.create_task(wake.wait("generate", PATIENCE))
    await asyncio.sleep(0.2)
    await delete_queues(broker)
    async with peer("notify", broker.url) as other:  # which makes them again, or finds them made
        await other.told()
        assert await waiting is True
    await until_there(wake.check)


async def test_queues_that_a_kill_has_spoilt_are_made_anew(
    broker: RabbitMQ, wake: RabbitWake, entries: Entries
) -> None:
    await delete_queues(broker)
    await until_there(wake.check)  # they are declared again, and not yet safe on disk
    broker.kill()
    broker.start()
    await until_there(wake.check)
    async with peer("wait", broker.url) as other:
        await wake.notify("generate")
        assert (await other.says())["woken"]
    assert len(entries) <= 4


async def test_the_password_is_never_told(
    broker: RabbitMQ, entries: Entries, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "s3cret-but-wrong%40"
    wake = RabbitWake(broker.url.replace(broker.password, secret))
    with pytest.raises(PartUnavailable) as raised:
        await wake.check()
    await wake.notify("generate")
    await wake.aclose()
    told = f"{entries}{caplog.text}{raised.value!r}{raised.value.__context__!r}"
    assert "ACCESS_REFUSED" in told
    assert "s3cret" not in told
    assert len(entries) == 1


async def test_nothing_is_left_over(broker: RabbitMQ, entries: Entries) -> None:
    before = asyncio.all_tasks()
    for _ in range(3):
        wake = RabbitWake(broker.url)
        await wake.wait("generate", 0.05)
        await wake.notify("compose")
        await wake.check()
        await wake.aclose()
        with pytest.raises(PartUnavailable):
            await wake.check()
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == before
    assert connections_to(broker.port) == 0


async def test_closing_is_quick_when_nobody_answers(broker: RabbitMQ, wake: RabbitWake) -> None:
    before = asyncio.all_tasks()
    frozen = RabbitWake(broker.url)
    await frozen.check()
    broker.signal(signal.SIGSTOP)
    try:
        await frozen.notify("generate")
        began = time.monotonic()
        await frozen.aclose()
        assert time.monotonic() - began < 5
    finally:
        broker.signal(signal.SIGCONT)
    gone = RabbitWake("amqp://vf:nobody@127.0.0.1:1/")
    await gone.notify("generate")
    began = time.monotonic()
    await gone.aclose()
    assert time.monotonic() - began < AT_ONCE
    await eventually(lambda: asyncio.all_tasks() <= before)
