"""Our own processes of a cluster: two or more API replicas and workers, each with a data folder, a
log and a database role of its own, and the times at which each was started, up, frozen and killed.

What they are asked to do, and when they die, stands elsewhere.
"""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx2
from tests.recovery.server import Server, Starter, free_port

Role = Literal["api", "worker"]
REST_SECONDS = 1.0
"""Before what has ended by itself is started again."""


@dataclass(kw_only=True)
class Life:
    """One process from its start to its end; seconds since the epoch, None for not yet."""

    started: float
    up: float | None = None
    ended: float | None = None
    killed: bool = False
    stopped: bool = False
    naps: list[tuple[float, float | None]] = field(default_factory=list)
    """From when to when it was frozen."""

    def was_able(self, moment: float) -> bool:
        """Whether it could work at that moment."""
        if self.up is None or not self.up <= moment < (self.ended or float("inf")):
            return False
        return not any(a <= moment < (b or float("inf")) for a, b in self.naps)


@dataclass(kw_only=True)
class Member:
    """One place in the cluster: a process, started again after each death."""

    name: str
    role: Role
    server: Server
    lives: list[Life] = field(default_factory=list)
    _turn: threading.RLock = field(default_factory=threading.RLock)

    @property
    def url(self) -> str:
        """Where it listens: the API, or a worker's side port."""
        return self.server.url

    @property
    def life(self) -> Life:
        """The present one. Raises RuntimeError before the first start."""
        if not self.lives:
            raise RuntimeError(f"{self.name} was never started")
        return self.lives[-1]

    @property
    def is_frozen(self) -> bool:
        """Whether it is stopped at the moment."""
        return bool(self.life.naps) and self.life.naps[-1][1] is None

    def start(self) -> None:
        """Start it; does not wait."""
        with self._turn:
            self.lives.append(Life(started=time.time()))
            self.server.start()

    def kill(self) -> None:
        """kill -9 to the process and all it has started."""
        with self._turn:
            self.life.ended = time.time()
            self.life.killed = True
            self.server.kill()

    def cripple(self) -> int:
        """kill -9 to the processes that it has started, not to itself; how many there were."""
        killed = 0
        for helper in children_of(self.server.running.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(helper, signal.SIGKILL)
                killed += 1
        return killed

    def freeze(self) -> None:
        """SIGSTOP to the process and all it has started."""
        with self._turn:
            self.life.naps.append((time.time(), None))
            self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT; nothing happens to one that is not frozen."""
        with self._turn:
            if not self.is_frozen:
                return
            began, _ = self.life.naps[-1]
            self._signal_all(signal.SIGCONT)
            self.life.naps[-1] = (began, time.time())

    def _signal_all(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.server.running.pid, number)

    def look(self) -> bool:
        """Whether it is up; notes when that was first seen. What has ended by itself is started
        again, as any supervisor would."""
        with self._turn:
            life = self.life
            if life.ended is None and self.server.running.poll() is not None:
                life.ended = time.time()
                time.sleep(REST_SECONDS)
                self.start()
            elif life.up is None and not self.is_frozen and self.server.answers():
                life.up = time.time()
            return self.life.up is not None

    @property
    def quitters(self) -> list[Life]:
        """The lives that ended although nobody killed or stopped it."""
        return [life for life in self.lives if life.ended and not life.killed and not life.stopped]

    def wait_until_up(self, timeout: float) -> bool:
        """Wait until it has been seen to be up; whether it was in time."""
        until = time.monotonic() + timeout
        while not self.look():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def end(self, timeout: float = 60.0) -> int:
        """SIGTERM and wait; its exit status. Raises subprocess.TimeoutExpired."""
        self.life.stopped = True
        self.server.signal(signal.SIGTERM)
        status = self.server.running.wait(timeout=timeout)
        self.life.ended = time.time()
        return status

    def is_ready(self) -> bool:
        """Whether every part works, by its own word."""
        with contextlib.suppress(httpx2.RequestError):
            answer = httpx2.get(f"{self.url}/readyz", timeout=10, trust_env=False)
            return answer.status_code == 200
        return False


def children_of(parent: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if folder.name.isdigit() and int(fields[1]) == parent:
                found.append(int(folder.name))
    return found


def make_member(
    name: str,
    role: Role,
    folder: Path,
    settings: Mapping[str, str],
    *,
    generate: int,
    compose: int,
    again: Starter | None = None,
    port: int | None = None,
) -> Member:
    """A member that has not been started. generate, compose: what a worker does at once. again:
    starts it after each death; None: the command does, as it does the first time. port: where it
    listens; None for a free one."""
    command: tuple[str, ...] = ("serve", "--no-workers")
    if role == "worker":
        command = ("worker", "--generate", str(generate), "--compose", str(compose))
    server = Server(
        data=folder / name,
        log=folder / f"{name}.log",
        command=command,
        settings={"VIDEO_FOUNDRY_PLUGINS": "video_foundry.testing.ledger_models", **settings},
        again=again,
        port=port or free_port(),
    )
    return Member(name=name, role=role, server=server)
