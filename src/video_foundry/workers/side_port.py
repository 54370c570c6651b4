"""The small HTTP port of a worker process: alive, ready, metrics. It takes no work and changes
nothing; it runs in the worker's own event loop, so that its answer proves that the loop turns."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST

from video_foundry import __version__
from video_foundry.errors import BadInput
from video_foundry.services.context import Context
from video_foundry.services.health import is_ready, readiness
from video_foundry.services.stats import process_metrics, watching_the_loop

JSON = "application/json"
LEAVE_SECONDS = 1
DRAINING = "draining: no new work is taken"

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    content_type: str = JSON


class SidePort:
    """The ASGI application behind the port.

    port: where it listens. Once `drain` was called it is alive but not ready.
    """

    def __init__(self, ctx: Context, *, port: int, is_local: bool) -> None:
        self.port = port
        self._ctx = ctx
        self._is_local = is_local
        self._is_draining = False

    def drain(self) -> None:
        """Say from now on that no more work is taken."""
        self._is_draining = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        answer = await self._answer(scope["method"], scope["path"], dict(scope["headers"]))
        head = (
            (b"content-type", answer.content_type.encode()),
            (b"content-length", str(len(answer.body)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        )
        await send({"type": "http.response.start", "status": answer.status, "headers": head})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, method: str, path: str, headers: dict[bytes, bytes]) -> _Answer:
        if method not in ("GET", "HEAD"):
            return _problem(405, "only GET is answered here")
        if self._is_local and not _is_loopback(headers.get(b"host", b"").decode("latin-1")):
            return _problem(421, "this port answers to its own machine only")
        match path.rstrip("/"):
            case "/healthz" | "/health":
                return _Answer(200, _json({"status": "ok", "version": __version__}))
            case "/readyz":
                return await self._ready()
            case "/metrics":
                return _Answer(200, process_metrics(self._ctx.scratch), CONTENT_TYPE_LATEST)
            case _:
                return _problem(404, "here are /healthz, /readyz and /metrics")

    async def _ready(self) -> _Answer:
        checks = await readiness(self._ctx)
        if self._is_draining:
            checks["worker"] = DRAINING
        ready = is_ready(checks)
        return _Answer(200 if ready else 503, _json({"ready": ready, "checks": checks}))


class _Server(uvicorn.Server):
    """Signals are the command's business: it drains the work first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def side_port(ctx: Context, *, host: str, port: int) -> AsyncIterator[SidePort]:
    """Answer on `host` and `port` (0: any that is free) for as long as the block runs.

    Raises BadInput naming the setting when it cannot listen there.
    """
    with _listen(host, port) as listening:
        bound = listening.getsockname()
        app = SidePort(ctx, port=bound[1], is_local=ip_address(bound[0]).is_loopback)
        async with _serving(app, listening), watching_the_loop():
            yield app


@contextlib.asynccontextmanager
async def _serving(app: SidePort, listening: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LEAVE_SECONDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
            if serving.done():
                await serving  # it says why it did not start
        yield
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(found[0], socket.SOCK_STREAM)
    except OSError as error:
        raise _cannot_listen(host, port, error) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(found[4])
        listening.listen(128)  # from here on a probe waits instead of being refused
    except OSError as error:
        listening.close()
        raise _cannot_listen(host, port, error) from error
    return listening


def _cannot_listen(host: str, port: int, error: OSError) -> BadInput:
    return BadInput(
        f"the worker cannot listen on {host}:{port}: {error.strerror or error}",
        field="VIDEO_FOUNDRY_WORKER_PORT",
        fix="name a free port, or 0 for any that is free",
    )


def _is_loopback(host: str) -> bool:
    """Whether a Host header names this very machine: pages that point a name of their own at it
    shall not read the numbers."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if name == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ip_address(name.strip("[]")).is_loopback
    return False


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _problem(status: int, detail: str) -> _Answer:
    return _Answer(status, _json({"status": status, "detail": detail}))
