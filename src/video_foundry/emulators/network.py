"""What a well-behaved web server cannot do to a connection: reset it, send half, send noise; and
whom it forgets: those who stood at the door when it closed."""

import asyncio
import socket
import struct
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 seconds: closing then sends a reset."""
_open: dict[tuple[str, int], asyncio.Transport] = {}


_TURNS_TO_COME_IN = 4
"""Of the loop, from being accepted to being a connection that the server knows: one to begin, one
to be told, one to end, and one to spare."""


async def let_in(servers: Iterable[asyncio.Server]) -> None:
    """Accept no more connections, and let those come in that were just being accepted.

    To be awaited before the servers are closed: asyncio loses the socket of a connection
    whose server closes between its accept and its first turn (python/cpython#109564).
    """
    loop = asyncio.get_running_loop()
    for server in servers:
        for listening in server.sockets:
            loop.remove_reader(listening.fileno())
    for _ in range(_TURNS_TO_COME_IN):
        await asyncio.sleep(0)


class BreakableProtocol(H11Protocol):
    """Uvicorn's HTTP/1.1, whose connections can be found by their caller's address."""

    # Uvicorn, too, takes only transports that can be written to; the base has any.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the connection."""
        super().connection_made(transport)
        if self.client is not None:
            _open[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self.client is not None:
            _open.pop(self.client, None)
        super().connection_lost(exc)


def reset(request: Request) -> Response:
    """Break the connection so that the caller sees a reset, not an orderly end."""
    transport = _transport(request)
    plain: Any = transport.get_extra_info("socket")
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
    return Response()


async def raw(request: Request, content: bytes) -> Response:
    """Send these bytes, whatever they are, and close."""
    transport = _transport(request)
    transport.write(content)
    transport.close()
    return Response()


async def endless(request: Request, head: bytes, *, most: int) -> Response:
    """Send `head`, then blanks until the caller has had enough or `most` bytes are out."""
    transport = _transport(request)
    transport.write(head)
    sent, piece = 0, b" " * 65536
    while sent < most and not transport.is_closing():
        if transport.get_write_buffer_size() <= len(piece):
            transport.write(piece)
            sent += len(piece)
        await asyncio.sleep(0)
    transport.close()
    return Response()


def _transport(request: Request) -> asyncio.Transport:
    client = request.client
    if client is None:
        raise RuntimeError("this connection has no caller")
    return _open[(client.host, client.port)]
