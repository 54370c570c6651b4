"""Running an emulator: in the foreground for people, in a thread of its own for tests, so that both
asynchronous and blocking clients can talk to it."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from video_foundry.emulators.emulator import Emulator
from video_foundry.emulators.network import BreakableProtocol

START_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Files for TLS, for clients that insist on it."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Running:
    """An emulator that can be called at `url`, on loopback."""

    emulator: Emulator
    url: str


@contextmanager
def running(emulator: Emulator, *, tls: Certificate | None = None) -> Iterator[Running]:
    """Serve on a free port in a thread until the block ends."""
    bound = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(_config(emulator.app(), tls))
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve([bound])), name=f"emulator {emulator.name}"
    )
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield Running(emulator, _url(bound, tls))
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        bound.close()
        emulator.studio.close()


def serve(
    app: Starlette,
    *,
    port: int,
    tls: Certificate | None = None,
    started: Callable[[str], object] = print,
) -> None:
    """Serve on loopback until interrupted; port 0 takes a free one. started: is told the address
    as soon as calls are taken."""
    bound = socket.create_server(("127.0.0.1", port))
    started(_url(bound, tls))
    with bound:
        asyncio.run(uvicorn.Server(_config(app, tls)).serve([bound]))


def _url(bound: socket.socket, tls: Certificate | None) -> str:
    host = "localhost" if tls else "127.0.0.1"  # a certificate names a name
    return f"{'https' if tls else 'http'}://{host}:{bound.getsockname()[1]}"


def _config(app: Starlette, tls: Certificate | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=BreakableProtocol,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=1,
        ssl_certfile=str(tls.certificate) if tls else None,
        ssl_keyfile=str(tls.key) if tls else None,
    )


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    waited = threading.Event()
    for _ in range(int(START_SECONDS / 0.01)):
        if server.started:
            return
        if not thread.is_alive():
            break
        waited.wait(0.01)
    raise RuntimeError("the emulator did not start")
