"""The installed command as an operator runs it: a process of its own, its log in a file, its port
asked over HTTP."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

COMMAND = Path(sys.executable).with_name("video-foundry")
PATIENCE = 60.0
"""Seconds after which a process that should be there counts as stuck, on a very busy machine."""
KEPT = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH")

Json = dict[str, Any]


def until(what: str, holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `holds` returns, once that is something."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} seconds"
        time.sleep(0.05)
    return found


class Process:
    """`video-foundry` with these words, running in a folder that holds its data and its log."""

    def __init__(self, folder: Path, words: list[str], environment: Mapping[str, str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._out, self._err = folder / "out.txt", folder / "err.txt"
        inherited = {name: os.environ[name] for name in KEPT if name in os.environ}
        logs = {"VIDEO_FOUNDRY_LOG_FORMAT": "json", "VIDEO_FOUNDRY_DATA_DIR": str(folder / "data")}
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                [COMMAND, *words],
                cwd=folder,
                env={**inherited, **logs, **environment},
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
            )

    @property
    def out(self) -> str:
        """Standard output."""
        return self._out.read_text()

    @property
    def err(self) -> str:
        """Standard error: the log."""
        return self._err.read_text()

    @property
    def log(self) -> list[Json]:
        """The log, line by line; every line must be a JSON object."""
        return [json.loads(line) for line in self.err.splitlines()]

    def logged(self, event: str) -> Json | None:
        """The first line that says this."""
        return next((line for line in self.log if line["event"] == event), None)

    @property
    def url(self) -> str:
        """Where it answers, as the line says that it prints when it is ready."""

        def said() -> re.Match[str] | None:
            assert self.process.poll() is None, f"it ended: {self.err}{self.out}"
            return re.search(r"(http://[\w.:\[\]]+)", self.out)

        found = until("the ready line", said)
        address: str = found[1]
        return address

    def get(self, path: str) -> httpx2.Response:
        """Ask it."""
        return httpx2.get(f"{self.url}{path}", timeout=30, trust_env=False)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; returns how it ended."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """End it, however it is."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


Start = Callable[..., Process]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts commands, each in a folder named by `folder`; ends them all afterwards."""
    started: list[Process] = []

    def begin(*words: str, folder: str = "work", **environment: str) -> Process:
        started.append(Process(tmp_path / folder, list(words), environment))
        return started[-1]

    yield begin
    for process in started:
        process.close()
