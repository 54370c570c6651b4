"""Both wakes, in one process and over a real RabbitMQ, keep the contract of their port."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aio_pika
import pytest

from video_foundry.adapters.wake.inprocess import InProcessWake
from video_foundry.adapters.wake.link import HINTS, KINDS, queue_name
from video_foundry.adapters.wake.rabbitmq import RabbitWake
from video_foundry.ports.wake import Wake
from video_foundry.testing.stack.base import NotInstalled
from video_foundry.testing.stack.rabbitmq import RabbitMQ
from video_foundry.testing.wake_contract import WakeContract


class TestInProcessWake(WakeContract):
    @pytest.fixture
    def wake(self) -> Wake:
        return InProcessWake()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    try:
        with RabbitMQ.running(Path(tmp_path_factory.mktemp("broker"))) as running:
            yield running
    except NotInstalled as missing:
        pytest.skip(str(missing))


async def drop_queues(broker: RabbitMQ) -> None:
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        for kind in KINDS:
            await channel.queue_delete(queue_name(kind))


class TestRabbitWake(WakeContract):
    QUIET = 0.5
    # What one notification sends, and the same heard at once by who waits in this process.
    SURPLUS = HINTS

    @pytest.fixture
    async def wake(self, broker: RabbitMQ) -> AsyncIterator[Wake]:
        await drop_queues(broker)
        wake = RabbitWake(broker.url)
        await wake.check()
        yield wake
        await wake.aclose()
