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
from video_foundry.emulators.network import BreakableProtocol, let_in

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


class _Server(uvicorn.Server):
    """Uvicorn that ends at once: it looks for its end ten times a second, and waits another tenth
    for connections, which adds up where every test has a server of its own."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._over = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Wait until `end`."""
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        if not self.should_exit:
            await self._over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more calls, and cut off those that are under way."""
        await let_in(self.servers)
        for server in self.servers:
            server.close()
        while self.server_state.connections or self.server_state.tasks:
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            tasks = list(self.server_state.tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(0)

    def end(self) -> None:
        """End it; called from any thread."""
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._over.set)


@contextmanager
def running(emulator: Emulator, *, tls: Certificate | None = None) -> Iterator[Running]:
    """Serve on a free port in a thread until the block ends."""
    bound = socket.create_server(("127.0.0.1", 0))
    server = _Server(_config(emulator.app(), tls))
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve([bound])), name=f"emulator {emulator.name}"
    )
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield Running(emulator, _url(bound, tls))
    finally:
        server.end()
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


def _wait_until_started(server: _Server, thread: threading.Thread) -> None:
    waited = threading.Event()
    for _ in range(int(START_SECONDS / 0.002)):
        if server.started:
            return
        if not thread.is_alive():
            break
        waited.wait(0.002)
    raise RuntimeError("the emulator did not start")
