"""Runs commands in lanes: the stages of a lane one after the other, the lanes side by side. What a
stage says is kept apart and shown whole at its end. Nothing here knows what is checked.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TextIO

TELL_SECONDS = 60.0
"""How often a reader is told what is under way."""


@dataclass(frozen=True)
class Stage:
    """One check: a heading, a command, where it runs, and what its environment has besides."""

    title: str
    command: Sequence[str]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)


Lane = Sequence[Stage]


@dataclass(frozen=True)
class _Going:
    """A stage under way: since when, and the file that takes all it says."""

    stage: Stage
    said: IO[bytes]
    began: float = field(default_factory=time.monotonic)

    def last_words(self) -> str:
        """The end of the last line so far."""
        file = self.said.fileno()
        end = os.pread(file, 400, max(os.fstat(file).st_size - 400, 0))  # moves nobody's place
        lines = end.decode(errors="replace").splitlines()
        return next((line.strip()[-60:] for line in reversed(lines) if line.strip()), "")


@dataclass
class _Board:
    """Says what happens, one thing at a time, whatever lane it happens in."""

    total: int
    out: TextIO
    status: int = 0
    is_over: bool = False
    ended: int = 0
    under_way: list[_Going] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, going: _Going) -> bool:
        """Note that a stage begins; False when none may any more."""
        with self._turn:
            if not self.is_over:
                self.under_way.append(going)
            return not self.is_over

    def end(self, going: _Going, status: int) -> None:
        """Show what a stage said. After one that failed no other begins."""
        with self._turn:
            self.under_way.remove(going)
            self.ended += 1
            going.said.seek(0)
            self._say(f"\n==> [{self.ended}/{self.total}] {going.stage.title}")
            self._say(going.said.read().decode(errors="replace").rstrip())
            if status:
                self.status, self.is_over = self.status or status, True
            how = f"FAILED (exit status {status})" if status else "passed"
            self._say(f"    {how} in {time.monotonic() - going.began:.1f} s: {going.stage.title}")

    def tell(self) -> None:
        """One line for each stage under way: since when, and the end of what it said last."""
        with self._turn:
            for going in self.under_way:
                minutes = (time.monotonic() - going.began) / 60
                self._say(f"... {minutes:.0f} min: {going.stage.title}: {going.last_words()}")

    def _say(self, text: str) -> None:
        self.out.write(f"{text}\n")
        self.out.flush()


def run(lanes: Sequence[Lane], env: Mapping[str, str], out: TextIO = sys.stdout) -> int:
    """Run every lane. Returns 0, or the exit status of the first stage that failed.

    After a failure no stage begins; those under way go on to their end, so that one run says
    everything that it found.
    """
    board = _Board(sum(map(len, lanes)), out)
    with ThreadPoolExecutor(max(len(lanes), 1)) as pool:
        running = {pool.submit(_run_lane, lane, env, board) for lane in lanes}
        try:
            while wait(running, timeout=TELL_SECONDS).not_done:
                board.tell()
        except KeyboardInterrupt:  # which the stages have heard as well
            board.is_over = True
            raise
    for lane in running:
        lane.result()
    return board.status


def _run_lane(lane: Lane, env: Mapping[str, str], board: _Board) -> None:
    for stage in lane:
        with tempfile.TemporaryFile() as said:
            going = _Going(stage, said)
            if not board.begin(going):
                return
            board.end(going, _status_of(going, env))


def _status_of(going: _Going, env: Mapping[str, str]) -> int:
    """How it ended; 127 where it could not be started, with the reason among what it said."""
    try:
        return subprocess.run(
            going.stage.command,
            cwd=going.stage.cwd,
            env={**env, **going.stage.env},
            stdin=subprocess.DEVNULL,
            stdout=going.said,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    except OSError as reason:
        going.said.write(str(reason).encode())
        return 127
