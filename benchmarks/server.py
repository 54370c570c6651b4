"""A real server process on a free loopback port with a folder of its own, for the benchmarks."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

START_SECONDS = 90.0


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def process(
    command: Sequence[str], port: int, ready: str, **environment: str
) -> AsyncIterator[httpx2.AsyncClient]:
    """Run a server until the block ends; the client talks to it."""
    child = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            await until_ready(client, ready)
            yield client
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        await child.wait()


async def until_ready(client: httpx2.AsyncClient, path: str) -> None:
    """Ask until there is a good answer. Raises TimeoutError."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                if (await client.get(path)).is_success:
                    return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.1)


@asynccontextmanager
async def foundry(data: Path, **settings: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Video Foundry itself, without the example project. settings: more of its environment."""
    port = free_port()
    command = [sys.executable, "-m", "video_foundry", "serve", "--port", str(port)]
    settings = {
        "VIDEO_FOUNDRY_DATA_DIR": str(data),
        "VIDEO_FOUNDRY_EXAMPLE_PROJECT": "false",
        "VIDEO_FOUNDRY_LOG_LEVEL": "ERROR",
        **settings,
    }
    async with process(command, port, "/healthz", **settings) as client:
        yield client


@asynccontextmanager
async def bare_route(body: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A FastAPI application with one route that returns the bytes of a file."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bare", str(body), str(port)]
    async with process(command, port, "/") as client:
        yield client
