"""The small HTTP port of a worker process: alive, ready, metrics. It takes no work and changes
nothing; it runs in the worker's own event loop, so that its answer proves that the loop turns."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from ipaddress import ip_address

import h11
from prometheus_client import CONTENT_TYPE_LATEST

from video_foundry import __version__
from video_foundry.errors import BadInput
from video_foundry.services.context import Context
from video_foundry.services.health import is_ready, readiness
from video_foundry.services.stats import process_metrics, watching_the_loop

JSON = "application/json"
DRAINING = "draining: no new work is taken"
PATIENCE_SECONDS = 10.0
"""How long one caller may take, to ask and to be answered."""
LONGEST_HEAD = 16 * 1024
"""Bytes of a request that are read before it is refused."""


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    content_type: str = JSON


class SidePort:
    """What the port answers, one request a connection. A few lines around h11: a web server is
    3 MB more in each worker, for three addresses that a probe and a scraper ask for.

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

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request; a caller who leaves, dawdles or speaks no HTTP is let go."""
        with contextlib.closing(writer), contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                writer.write(await self._exchange(reader))
                await writer.drain()

    async def _exchange(self, reader: asyncio.StreamReader) -> bytes:
        """The answer as bytes, whatever was asked."""
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        method = b"GET"
        try:
            asked = await _request(connection, reader)
            method = asked.method
            path = asked.target.decode("ascii").partition("?")[0]
            answer = await self._answer(method.decode("ascii"), path, dict(asked.headers))
        except h11.RemoteProtocolError as error:
            answer = _problem(error.error_status_hint, "this is no HTTP request")
        return _written(connection, answer, with_body=method != b"HEAD")

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


async def _request(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Request:
    """Its head; a body is nobody's business here. Raises h11.RemoteProtocolError or OSError."""
    while (event := connection.next_event()) is h11.NEED_DATA:
        connection.receive_data(await reader.read(LONGEST_HEAD))
    if not isinstance(event, h11.Request):
        raise ConnectionResetError("closed before anything was asked")
    return event


def _written(connection: h11.Connection, answer: _Answer, *, with_body: bool) -> bytes:
    head = h11.Response(
        status_code=answer.status,
        headers=[
            ("content-type", answer.content_type),
            ("content-length", str(len(answer.body))),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("connection", "close"),
        ],
    )
    body = h11.Data(data=answer.body if with_body else b"")
    return b"".join(connection.send(event) or b"" for event in (head, body))


@contextlib.asynccontextmanager
async def side_port(ctx: Context, *, host: str, port: int) -> AsyncIterator[SidePort]:
    """Answer on `host` and `port` (0: any that is free) for as long as the block runs.

    Raises BadInput naming the setting when it cannot listen there.
    """
    with _listen(host, port) as listening:
        bound = listening.getsockname()
        app = SidePort(ctx, port=bound[1], is_local=ip_address(bound[0]).is_loopback)
        server = await asyncio.start_server(app.serve, sock=listening)
        try:
            async with watching_the_loop():
                yield app
        finally:
            server.close()


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
