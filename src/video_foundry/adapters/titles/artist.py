"""The long-lived child that draws, and the talk with it; knows nothing of what is drawn.

Starting Python with Skia costs more than drawing a title, so the child is kept; one that met
trouble of any kind is not used again.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

MOST_SERVED = 2000
"""Requests after which a child is retired, whatever it looks like."""

_CHILD = "video_foundry.adapters.titles.child"
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")


class ArtistRefused(Exception):
    """The child said why it cannot do what was asked; the text is a clause for people."""


class ArtistFailed(ArtistRefused):
    """The child itself broke: it died, ran out of memory or time, or answered nonsense."""


class _Child:
    """One process. Everything here blocks."""

    def __init__(self, memory: int, output: int) -> None:
        self.served = 0
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-m", _CHILD, *map(str, (os.getpid(), memory, output))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={n: os.environ[n] for n in _PASSED_ON if n in os.environ} | {"LC_ALL": "C.UTF-8"},
            start_new_session=True,
        )

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def ask(self, request: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        """Raises ArtistRefused with its reason, ArtistFailed with its end."""
        self.served += 1
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            self.process.kill()

        alarm = threading.Timer(timeout, end)
        alarm.start()
        try:
            line = self._exchange(json.dumps(request).encode() + b"\n")
        finally:
            alarm.cancel()
        if not line and overdue.is_set():
            raise ArtistFailed(f"drawing took longer than {timeout:.0f} s")
        if not line:
            raise ArtistFailed(f"drawing broke off ({_death(self.process.wait())})")
        return _understood(line)

    def _exchange(self, line: bytes) -> bytes:
        """What it answers; nothing when it is gone."""
        assert self.process.stdin is not None  # noqa: S101  asked for a pipe above
        assert self.process.stdout is not None  # noqa: S101  asked for a pipe above
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(line)
            self.process.stdin.flush()
            return self.process.stdout.readline()
        return b""

    def close(self) -> None:
        """End it and wait until it is gone."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _death(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"


def _understood(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
        if "failed" in message:
            raise ArtistFailed(str(message["failed"]))
        if "refused" in message:
            raise ArtistRefused(str(message["refused"]))
        return dict(message["ok"])
    except (ValueError, TypeError, KeyError) as error:
        raise ArtistFailed("drawing gave an answer that makes no sense") from error


class _Call:
    """One request on its way: who wants no answer any more takes the child down."""

    def __init__(self) -> None:
        self.is_aborted = False
        self.child: _Child | None = None
        self.lock = threading.Lock()

    def abort(self) -> None:
        with self.lock:
            self.is_aborted = True
            if self.child is not None:
                self.child.process.kill()

    def take(self, child: _Child) -> None:
        with self.lock:
            self.child = child
            if self.is_aborted:
                child.process.kill()


class Artist:
    """One child at a time; belongs to no event loop and starts nothing before its use.

    memory: bytes of address space of the child. output: bytes of any file it writes.
    """

    def __init__(self, *, memory: int, output: int) -> None:
        self._limits = memory, output
        self._kept: list[_Child] = []
        # The kernel ends a child with the thread that started it: this one lives as long as we do.
        self._thread = ThreadPoolExecutor(1, "titles")
        self._last_will = weakref.finalize(self, _close_all, self._kept)

    async def ask(self, request: Mapping[str, Any], *, timeout: float) -> dict[str, Any]:
        """Have one thing drawn within `timeout` seconds from when its turn comes.

        Raises ArtistRefused. When the awaiting task is cancelled, the child is gone before this
        returns.
        """
        call = _Call()
        work = self._thread.submit(self._serve, call, request, timeout)
        future = asyncio.wrap_future(work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if not work.cancel():
                call.abort()
                await asyncio.gather(future, return_exceptions=True)
            raise

    def close(self) -> None:
        """End the child and wait until it is gone. Blocks until the request at hand is done."""
        self._thread.shutdown(cancel_futures=True)
        self._last_will()

    @property
    def pids(self) -> list[int]:
        """Process ids of the children that wait."""
        return [child.process.pid for child in self._kept]

    # In the thread

    def _serve(self, call: _Call, request: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        child = self._take()
        is_fresh = child.served == 0
        try:
            return self._use(child, call, request, timeout)
        except ArtistFailed:
            if is_fresh or call.is_aborted:
                raise
        # It may have been worn out by what came before; that must not count against this request.
        return self._use(self._new(), call, request, timeout)

    def _use(
        self, child: _Child, call: _Call, request: Mapping[str, Any], timeout: float
    ) -> dict[str, Any]:
        try:
            call.take(child)
            answer = child.ask(request, timeout)
        except ArtistFailed:
            child.close()
            raise
        except ArtistRefused:
            self._give_back(child)
            raise
        except BaseException:
            child.close()
            raise
        self._give_back(child)
        return answer

    def _take(self) -> _Child:
        while self._kept:
            child = self._kept.pop()
            if child.is_alive:
                return child
            child.close()
        return self._new()

    def _new(self) -> _Child:
        return _Child(*self._limits)

    def _give_back(self, child: _Child) -> None:
        if child.served < MOST_SERVED and child.is_alive:
            self._kept.append(child)
        else:
            child.close()


def _close_all(kept: list[_Child]) -> None:
    while kept:
        kept.pop().close()
