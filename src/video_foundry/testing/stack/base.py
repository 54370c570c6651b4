"""What every component of the stack has in common; no component lives here."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

LOOPBACK = "127.0.0.1"
GONE_SECONDS = 2.0
"""How long what was killed may take to go; where nobody takes up the dead it stays for ever."""
LAST_WORDS = 2_000
"""Characters of a log that an error quotes."""


class NotInstalled(Exception):
    """A component is not on this machine; the message names the Debian package that brings it."""


def free_port() -> int:
    """A TCP port nobody listens on now."""
    with socket.socket() as tried:
        tried.bind((LOOPBACK, 0))
        port: int = tried.getsockname()[1]
        return port


def wait_until(ready: Callable[[], bool], seconds: float, what: str) -> None:
    """Look every 50 ms until `ready`. Raises TimeoutError naming `what`."""
    until = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} was not ready within {seconds:g} seconds")
        time.sleep(0.05)


def accepts(port: int) -> bool:
    """Whether somebody accepts connections on a loopback port."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


class Component(ABC):
    """One server as a process group of its own. Data survive `kill` and `start`, not `close`.

    folder: where its data, its log and its socket lie; made when missing, removed by `close`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @abstractmethod
    def require(cls) -> None:
        """Raise NotInstalled when this machine lacks the component."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The address as a setting takes it; the same after a restart."""

    @abstractmethod
    def start(self) -> None:
        """Start, or start again after a kill; returns when it serves."""

    @property
    def pid(self) -> int:
        """The process that was started. Raises RuntimeError when there is none."""
        if self._process is None:
            raise RuntimeError(f"{type(self).__name__} was not started")
        return self._process.pid

    def _run(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        """Start the server's process in a session of its own, its output in the folder's log."""
        with (self.folder / "output.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=os.environ | (environment or {}),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9 to the process and all it has started; returns when they are gone, and their
        ports are free."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            deadline = time.monotonic() + GONE_SECONDS
            while _is_there(self._process.pid) and time.monotonic() < deadline:
                time.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole process group."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _last_words(self) -> str:
        """The end of what the process has printed."""
        log = self.folder / "output.log"
        return log.read_text("utf-8", "replace")[-LAST_WORDS:] if log.exists() else "no output"

    def close(self) -> None:
        """End it and remove its folder."""
        if self._process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    @classmethod
    @contextlib.contextmanager
    def running(cls, folder: Path) -> Iterator[Self]:
        """Started for the length of the block. Raises NotInstalled."""
        cls.require()
        component = cls(folder)
        try:
            component.start()
            yield component
        finally:
            component.close()


def _is_there(group: int) -> bool:
    """Whether anything of a process group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
