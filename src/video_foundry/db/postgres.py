"""Connections to PostgreSQL that notice by themselves when nobody is at the other end any more: a
host that vanishes, or a network that drops everything, says nothing. What is asked is
not known here."""

import socket
from dataclasses import dataclass
from typing import Any

from sqlalchemy import NullPool, event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECT_SECONDS = 10
POOL_WAIT_SECONDS = 30
IDLE_SECONDS, PROBE_SECONDS, PROBES = 10, 5, 3
"""How long a silent connection is left alone before the system asks the other end, how often it
asks then, and how often in vain."""
UNHEARD_SECONDS = 20
"""How long what was sent may go unacknowledged, where the system can be told that."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long an answer is waited for, in seconds. statement: to what is asked. ping: to whether
    anybody is there, before a connection is used again."""

    statement: float
    ping: float


class Unanswered(Exception):
    """The server has said nothing for too long; whether it did what it was told is not known."""


def pooled_engine(
    url: URL, settings: dict[str, str], *, pool_size: int, patience: Patience
) -> AsyncEngine:
    """An engine with connections that are kept. settings: of each session.

    A statement without an answer raises Unanswered, and all connections are made anew.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # errors are logged, prompts are nobody's business
        pool_timeout=POOL_WAIT_SECONDS,
        pool_use_lifo=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": patience.statement,
            "server_settings": settings,
        },
    )
    event.listen(engine.sync_engine, "connect", _watch)
    event.listen(engine.sync_engine, "checkout", _Ping(patience.ping))
    event.listen(engine.sync_engine, "handle_error", _give_up)
    return engine


def unhurried_engine(url: URL, settings: dict[str, str]) -> AsyncEngine:
    """An engine for statements that may take as long as they like, on connections of their own."""
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": CONNECT_SECONDS, "server_settings": settings},
    )
    event.listen(engine.sync_engine, "connect", _watch)
    return engine


def _watch(connection: Any, _record: object) -> None:
    """Have the system look after a connection of which nothing is heard."""
    transport = getattr(connection.driver_connection, "_transport", None)
    line = transport.get_extra_info("socket") if transport is not None else None
    if line is None or line.family not in (socket.AF_INET, socket.AF_INET6):
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", IDLE_SECONDS),
        ("TCP_KEEPINTVL", PROBE_SECONDS),
        ("TCP_KEEPCNT", PROBES),
        ("TCP_USER_TIMEOUT", 1000 * UNHEARD_SECONDS),
    ):
        if hasattr(socket, name):  # no two systems have the same
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


class _Ping:
    """Asks whether anybody is there before a connection is used again, so that a server that was
    restarted costs nobody an error, and one that is gone a short while."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __call__(self, connection: Any, _record: object, _proxy: object) -> None:
        try:
            connection.run_async(lambda line: line.execute("SELECT 1", timeout=self._seconds))
        except Exception as error:
            connection.driver_connection.terminate()  # nothing is under way that could be cancelled
            raise InvalidatePoolError("the connection is gone") from error


def _give_up(context: ExceptionContext) -> Exception | None:
    """A statement that nobody answered: whoever is at the other end, it is not the server."""
    if not isinstance(context.original_exception, TimeoutError):
        return None
    context.is_disconnect = context.invalidate_pool_on_disconnect = True
    return Unanswered("the server did not answer in time")
