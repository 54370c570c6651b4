"""Our own commands as processes of a benchmark, and what the kernel says they take."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 90.0
STOP_SECONDS = 60.0
TICK = os.sysconf("SC_CLK_TCK")
SAYS_READY = b"Video Foundry"
"""What both commands print once they can work, or are about to listen."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """A process at one moment. rss, peak: MiB of resident memory. cpu: seconds so far, those of
    children that have ended included."""

    rss: float
    peak: float
    cpu: float


def load_of(process: asyncio.subprocess.Process) -> Load:
    """As the kernel tells it."""
    told = dict(_status(process.pid))
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return Load(
        rss=told["VmRSS"] / 1024,
        peak=told["VmHWM"] / 1024,
        cpu=sum(int(ticks) for ticks in fields[11:15]) / TICK,
    )


def _status(pid: int) -> Iterator[tuple[str, int]]:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if value.endswith("kB"):
            yield name, int(value.split()[0])


@asynccontextmanager
async def program(
    *words: str, folder: Path, settings: Mapping[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`video-foundry` with these words until the block ends, when it is told to stop. folder: where
    it runs and keeps its data. Raises TimeoutError when it does not start."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "video_foundry", *words),
        cwd=folder,  # no .env of the checkout is read
        env={
            **os.environ,
            "VIDEO_FOUNDRY_DATA_DIR": str(folder / "data"),
            "VIDEO_FOUNDRY_PLUGINS": "video_foundry.testing.ledger_models",
            "VIDEO_FOUNDRY_EXAMPLE_PROJECT": "false",
            "VIDEO_FOUNDRY_LOG_LEVEL": "ERROR",
            **settings,
        },
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        await _until_ready(child)
        yield child
        await stop(child)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


async def _until_ready(child: asyncio.subprocess.Process) -> None:
    assert child.stdout is not None
    async with asyncio.timeout(START_SECONDS):
        while SAYS_READY not in (line := await child.stdout.readline()):
            if not line:
                raise RuntimeError("the command ended before it was ready")


async def stop(child: asyncio.subprocess.Process) -> None:
    """SIGTERM, and wait for the end. Raises TimeoutError when it does not come."""
    if child.returncode is None:
        child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_SECONDS):
            await child.wait()
