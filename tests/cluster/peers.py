"""What the tests of the cluster's carriers share: other processes, logs that must stay short and
without a secret, and a look at what is left over."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from video_foundry.errors import PartUnavailable

PEER = Path(__file__).with_name("peer.py")
PATIENCE = 60.0
"""Seconds for what must happen at all; the machine may be busy with other tests."""

Entries = list[MutableMapping[str, Any]]


class Peer:
    """Another process; see `peer.py`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def says(self) -> dict[str, Any]:
        """The next line that it says."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            said: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return said

    async def told(self, text: str = "") -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())
        await self._process.stdin.drain()

    async def end(self) -> None:
        """Kill it, if it has not ended."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid


@contextlib.asynccontextmanager
async def peer(*words: str) -> AsyncIterator[Peer]:
    """Another process that is ready for its work."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PEER),
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    started = Peer(process)
    try:
        assert "ready" in await started.says()
        yield started
    finally:
        await started.end()


async def until_there(check: Callable[[], Awaitable[None]]) -> None:
    """Until a part answers its check again."""
    began = time.monotonic()
    while True:
        try:
            return await check()
        except PartUnavailable:
            if time.monotonic() - began > PATIENCE:
                raise
            await asyncio.sleep(0.05)


async def eventually(true: Callable[[], bool]) -> None:
    """Until it is so."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < PATIENCE
        await asyncio.sleep(0.02)


def connections_to(port: int) -> int:
    """How many sockets of this process are connected to a port of this machine."""
    ours = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            ours.add(str(descriptor.readlink()))
    rows = [row.split() for row in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    there = [row for row in rows if row[2].endswith(f":{port:04X}") and row[3] == "01"]
    return sum(f"socket:[{row[9]}]" in ours for row in there)
