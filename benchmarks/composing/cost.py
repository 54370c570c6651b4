"""What work takes: CPU seconds of a program and all its descendants, wall seconds, and the memory
that they held together. Knows neither films nor peers; reads /proc, so it is for Linux alone."""

import math
import os
import re
import resource
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

TICK = os.sysconf("SC_CLK_TCK")
AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+) kB$", re.MULTILINE)
SHARE = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)
EVERY = 0.03
"""Seconds between two looks at the memory, or longer where looking itself takes long."""

LEAST_LEFT = 1024
"""MiB that a program must leave to the rest of the machine."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """cpu: seconds, user and system. wall: seconds. peak: MiB of memory that all processes held at
    once, None where nobody looked before they were gone."""

    cpu: float
    wall: float
    peak: float | None = None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What ends a program that takes too much. seconds: of wall time. mib: of memory."""

    seconds: float
    mib: float


class Failed(Exception):
    """A program did not do what was asked of it; the message says how it ended."""


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure, and the highest peak."""
    peaks = [cost.peak for cost in costs if cost.peak is not None]
    return Cost(
        cpu=statistics.median(cost.cpu for cost in costs),
        wall=statistics.median(cost.wall for cost in costs),
        peak=max(peaks, default=None),
    )


def run(
    command: Sequence[str], *, folder: Path, limits: Limits, output: Path | None = None
) -> Cost:
    """Run a program to its end in `folder`. output: where its standard output goes, if anywhere.

    CPU is what the kernel charged it for, with every descendant that it waited for. Raises Failed.
    """
    complaints = folder / "complaints.txt"
    begun = time.perf_counter()
    with complaints.open("wb") as errors, (output or Path(os.devnull)).open("wb") as said:
        child = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=errors,
            start_new_session=True,
        )
        with MemoryWatch(child.pid, limits=limits) as watch:
            try:
                _, status, used = os.wait4(child.pid, 0)
            except BaseException:
                _end(child.pid)
                child.wait()
                raise
        child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    if watch.broken:
        raise Failed(watch.broken)
    if child.returncode:
        raise Failed(f"exit status {child.returncode}{last_line(complaints)}")
    return Cost(cpu=used.ru_utime + used.ru_stime, wall=wall, peak=watch.peak)


def last_line(complaints: Path) -> str:
    """What a program said last, in brackets; nothing when it said nothing."""
    lines = complaints.read_text("utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return f" ({last[:120].replace('|', '/')})" if last else ""


def _end(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


class Unmeasurable(Exception):
    """This system does not tell what work takes; the message says what is missing."""


def require_proc() -> None:
    """Raise Unmeasurable where the kernel does not tell what is measured here."""
    me = os.getpid()
    if not all(
        Path(f"/proc/{me}/{name}").exists() for name in (f"task/{me}/children", "smaps_rollup")
    ):
        raise Unmeasurable("costs are read from Linux's /proc, which is not here, or not whole")


class MemoryWatch:
    """Looks at the memory of a process and its descendants again and again until its block ends.

    limits: beyond them the process's group is killed, and `broken` says which limit it was. peak:
    MiB at most so far, None when it was over before the first look.
    """

    def __init__(self, pid: int, *, limits: Limits | None = None) -> None:
        self.peak: float | None = None
        self.broken = ""
        self._pid = pid
        self._limits = limits
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-watch")

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _watch(self) -> None:
        begun = next_look = time.monotonic()
        while not self._is_over.wait(0.0 if next_look == begun else EVERY):
            now = time.monotonic()
            if now >= next_look:
                held = sum(map(resident, tree(self._pid)))
                if held:
                    self.peak = max(held, self.peak or 0.0)
                next_look = now + 10 * (time.monotonic() - now)
            if self._limits is not None and not self.broken:
                self._judge(self._limits, now - begun)

    def _judge(self, limits: Limits, seconds: float) -> None:
        """What the machine has left is asked each time: to look at many processes takes longer."""
        if (self.peak or 0.0) > limits.mib:
            self.broken = f"stopped when it held {self.peak:,.0f} MiB of memory"
        elif left_over() < LEAST_LEFT:
            self.broken = f"stopped when it had left {LEAST_LEFT:,} MiB of memory to all others"
        elif seconds > limits.seconds:
            self.broken = f"stopped after {seconds:,.0f} s"
        if self.broken:
            _end(self._pid)


def tree(pid: int) -> Iterator[int]:
    """The process and all its descendants, as far as they are there while one looks."""
    yield pid
    for listing in _entries(Path(f"/proc/{pid}/task")):
        for child in _text(listing / "children").split():
            yield from tree(int(child))


def _entries(folder: Path) -> list[Path]:
    """Processes come and go while one looks at them."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def own_cpu() -> float:
    """CPU seconds of this process so far, of its descendants that have ended, and, to a hundredth,
    of those that are still at work."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    _, *living = tree(os.getpid())
    return sum(one.ru_utime + one.ru_stime for one in used) + sum(map(_cpu_of, living))


def _cpu_of(pid: int) -> float:
    """With its own descendants that have ended."""
    told = _text(Path(f"/proc/{pid}/stat"))
    fields = told.rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / TICK


def left_over() -> float:
    """MiB of memory that the machine could still give away."""
    found = AVAILABLE.search(_text(Path("/proc/meminfo")))
    return int(found[1]) / 1024 if found else math.inf


def resident(pid: int) -> float:
    """MiB of a process that are in memory, each page divided among those that share it; 0 of one
    that has gone."""
    found = SHARE.search(_text(Path(f"/proc/{pid}/smaps_rollup")))
    return int(found[1]) / 1024 if found else 0.0
