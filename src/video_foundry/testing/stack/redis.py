"""A private Redis with a password, from the system's own package; it keeps nothing on disk."""

import contextlib
import secrets
import shutil
import socket
from pathlib import Path

from video_foundry.testing.stack.base import (
    LOOPBACK,
    Component,
    NotInstalled,
    free_port,
    wait_until,
)

START_SECONDS = 30.0
PROGRAMS = ("redis-server", "valkey-server")


def _program() -> str | None:
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Redis(Component):
    """One server. What is in it is lost with it, as the product expects of a Redis."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.password = secrets.token_hex(12)

    @classmethod
    def require(cls) -> None:
        """Raise NotInstalled when there is no Redis here."""
        if _program() is None:
            raise NotInstalled("Redis is not installed: apt-get install redis-server")

    @property
    def url(self) -> str:
        """The address with the password."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def start(self) -> None:
        """Start, or start again after a kill; empty either way."""
        program = _program()
        if program is None:
            raise NotInstalled("Redis is not installed: apt-get install redis-server")
        settings = {
            "port": str(self.port),
            "bind": LOOPBACK,
            "requirepass": self.password,
            "save": "",
            "appendonly": "no",
            "dir": str(self.folder),
            "daemonize": "no",
        }
        words = [word for name, value in settings.items() for word in (f"--{name}", value)]
        self._run([program, *words])
        wait_until(self._answers, START_SECONDS, "Redis")

    def _answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection((LOOPBACK, self.port), timeout=1) as connection,
        ):
            connection.settimeout(1)
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            return self._reply(connection) == b"+OK\r\n+PONG\r\n"
        return False

    @staticmethod
    def _reply(connection: socket.socket) -> bytes:
        said = b""
        while said.count(b"\r\n") < 2 and (more := connection.recv(256)):
            said += more
        return said
