"""Starts the real application in this process, on a free loopback port and a folder of its own.

For suites of this package and of plug-ins: models registered beforehand are served. No test stands
here, and nothing of the application is replaced.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from video_foundry.bootstrap import api_app, serving_app
from video_foundry.emulators.network import let_in
from video_foundry.settings import Settings

LONGEST_START = 30.0
LONGEST_STOP = 60.0
"""Longer than workers take to finish submits and give their jobs back, which is half a minute."""


@dataclass(frozen=True, kw_only=True)
class RunningServer:
    """A server that answers. base_url has no final slash; data_dir holds all that it remembers."""

    base_url: str
    data_dir: Path

    @property
    def websocket_url(self) -> str:
        """The same address for WebSockets."""
        return self.base_url.replace("http://", "ws://", 1)


@contextlib.contextmanager
def serving(data_dir: Path, **settings: Any) -> Iterator[RunningServer]:
    """Serve UI, API and workers from `data_dir` until the block ends; then stop as SIGTERM would.

    settings: fields of `Settings` that differ from the defaults. No `.env` is read and no example
    project is made, so every suite begins with an empty installation. Raises whatever kept the
    server from starting.
    """
    config = uvicorn.Config(
        serving_app(_settings(data_dir=data_dir, **settings)),
        loop="asyncio",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        ws_max_size=64 * 1024,
    )
    # Without its protocol named, asyncio leaves Nagle's algorithm on: 40 ms more for each answer.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        running = _Running(_Server(config), listening)
        running.start()
        try:
            port = listening.getsockname()[1]
            yield RunningServer(base_url=f"http://127.0.0.1:{port}", data_dir=data_dir)
        finally:
            running.stop()


def api_document() -> dict[str, Any]:
    """The API's OpenAPI document, without starting anything."""
    return api_app(_settings()).openapi()


def _settings(**changes: Any) -> Settings:
    defaults = {"_env_file": None, "database_url": None, "example_project": False}
    if "data_dir" in changes:  # a suite's secret is its own, as its memory is
        defaults["secret_key_file"] = changes["data_dir"].with_name("secret.key")
    return Settings(**{**defaults, **changes})


class _Server(uvicorn.Server):
    """Uvicorn that loses nobody who came as it closed: a socket lost is a warning, which fails
    whichever test comes next."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close, as uvicorn does."""
        await let_in(self.servers)
        await super().shutdown(sockets)


class _Running:
    """A uvicorn server in a thread of its own."""

    def __init__(self, server: uvicorn.Server, listening: socket.socket) -> None:
        self._server = server
        self._listening = listening
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="video-foundry", daemon=True)

    def _serve(self) -> None:
        try:
            self._server.run(sockets=[self._listening])
        except BaseException as error:
            self._failure = error

    def start(self) -> None:
        """Return when the server answers. Raises what kept it from starting."""
        self._thread.start()
        latest = time.monotonic() + LONGEST_START
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the server did not start; see its log") from self._failure
            if time.monotonic() > latest:
                raise TimeoutError(f"the server did not start within {LONGEST_START:g} seconds")
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop gracefully and wait for the end."""
        self._server.should_exit = True
        self._thread.join(LONGEST_STOP)
        if self._thread.is_alive():
            raise TimeoutError(f"the server did not stop within {LONGEST_STOP:g} seconds")
        if self._failure is not None:
            raise self._failure
