"""The real `video-foundry serve` as a child that can be started, killed and frozen; and what it
leaves behind on the machine. Nothing here knows what the server is asked to do."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Protocol

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
"""How long a start may take on a busy machine."""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running(Protocol):
    """A process, as subprocess.Popen has it."""

    @property
    def pid(self) -> int:
        """Its number, and its group's."""

    @property
    def returncode(self) -> int | None:
        """How it ended."""

    def poll(self) -> int | None:
        """How it ended; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""

    def send_signal(self, number: int, /) -> None:
        """Send it a signal."""


class Starter(Protocol):
    """Starts `video-foundry` in another way than by its command."""

    def start(
        self, words: Sequence[str], *, cwd: Path, env: Mapping[str, str], log: Path
    ) -> Running:
        """Start it with these words after `video-foundry`."""


@dataclass(kw_only=True)
class Server:
    """One server on one data folder; started again it keeps folder, port and settings.

    command: the words after `video-foundry`; the port is added. again: starts it from the second
    time on; None: the command does.
    """

    data: Path
    log: Path
    command: Sequence[str] = ("serve",)
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    again: Starter | None = None
    process: Running | None = None

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, **settings: str) -> None:
        """Start it, with settings for this start alone; does not wait."""
        words, environment = (*self.command, "--port", str(self.port)), self._environment(settings)
        if self.again is not None and self.process is not None:
            self.process = self.again.start(words, cwd=self.data, env=environment, log=self.log)
            return
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "video_foundry", *words],
                cwd=self.data,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        self.data.mkdir(parents=True, exist_ok=True)
        temporary = self.data.with_name(f"{self.data.name}.tmp")
        temporary.mkdir(exist_ok=True)
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("VIDEO_FOUNDRY_", "AWS_"))}
        return {
            **kept,
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(temporary),  # handed on to every child, so that its children are known
            "VIDEO_FOUNDRY_DATA_DIR": str(self.data),
            "VIDEO_FOUNDRY_EXAMPLE_PROJECT": "false",
            "VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS": "127.0.0.1",
            "VIDEO_FOUNDRY_FFMPEG_THREADS": "1",
            "VIDEO_FOUNDRY_PLUGINS": "tests.recovery.quick,video_foundry.testing.ledger_models",
            **self.settings,
            **settings,
        }

    def wait_until_up(self, timeout: float = START_SECONDS) -> None:
        """Wait until it answers. Raises RuntimeError when it ends or takes too long."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if self.answers():
                return
            if self.running.poll() is not None:
                raise RuntimeError(
                    f"the server ended with {self.running.returncode}: {self.told()}"
                )
            time.sleep(0.05)
        raise RuntimeError(f"the server did not start: {self.told()}")

    def answers(self) -> bool:
        """Whether it says now that it is alive."""
        # Asked very often while it starts: no client library is set up for each time.
        door = HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            door.request("GET", "/healthz")
            return door.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            door.close()

    @property
    def running(self) -> Running:
        """Its process. Raises RuntimeError before the first start."""
        if self.process is None:
            raise RuntimeError("the server was never started")
        return self.process

    def kill(self) -> None:
        """kill -9 to the whole process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the server itself."""
        self.running.send_signal(number)

    def told(self, size: int = 4000) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-size:] if self.log.exists() else ""

    def children(self) -> list[str]:
        """Command lines of every process that this server, or an earlier one, has started."""
        mark = f"TMPDIR={self.data.with_name(f'{self.data.name}.tmp')}".encode()
        alive = self.process.pid if self.process and self.process.poll() is None else None
        return [
            _text(folder / "cmdline")
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit()
            and int(folder.name) != alive
            and mark in _bytes(folder / "environ").split(b"\0")
        ]

    def scratch_files(self) -> list[str]:
        """Everything left in the scratch folder."""
        scratch = self.data / "scratch"
        return sorted(str(p.relative_to(scratch)) for p in scratch.rglob("*"))

    @contextlib.contextmanager
    def until_the_end(self) -> Iterator["Server"]:
        """Kill whatever runs when the block is left."""
        try:
            yield self
        finally:
            if self.process is not None:
                self.kill()
            shutil.rmtree(self.data.with_name(f"{self.data.name}.tmp"), ignore_errors=True)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended meanwhile, or is not ours
        return b""


def _text(path: Path) -> str:
    return _bytes(path).replace(b"\0", b" ").decode(errors="replace")
