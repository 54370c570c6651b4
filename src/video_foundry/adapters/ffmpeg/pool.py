"""Lends a few long-lived PyAV children to requests, each child to one at a time.

A start of Python with PyAV costs more than nearly everything that is asked of it. No request may
suffer from, or see anything of, another: a child that met trouble of any kind is not used again.
"""

import asyncio
import contextlib
import threading
import weakref
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from video_foundry.adapters.ffmpeg.reader import ChildEnded, ChildFailed, Reader, Tell
from video_foundry.ports.progress import Progress

KEPT = 2
"""Children that wait for the next request, and requests that only read under way at once."""

MOST_WRITING = 64
"""Requests that write, under way at once: no fewer than a worker may carry out steps, for how many
these are is its own setting, and a step that waited here would hold a place for nothing."""

MOST_SERVED = 200
"""Requests after which a child is retired, whatever it looks like."""

MOST_RESIDENT = 320 * 1024**2
"""Bytes of memory beyond which a child is retired; a fresh one has some 60 million."""


class _Call:
    """One request: what is asked, and which child has it at the moment."""

    def __init__(self, request: Mapping[str, Any], timeout: float, tell: Tell) -> None:
        self.request, self.timeout, self.tell = request, timeout, tell
        self.is_aborted = False
        self._reader: Reader | None = None
        self._lock = threading.Lock()

    def abort(self) -> None:
        """Kill the child that has this request, and let no other one take it up."""
        with self._lock:
            self.is_aborted = True
            if self._reader is not None:
                self._reader.kill()

    @contextlib.contextmanager
    def held_by(self, reader: Reader) -> Iterator[None]:
        """The time in which aborting kills `reader`. Raises CancelledError when it is too late."""
        with self._lock:
            if self.is_aborted:
                raise CancelledError
            self._reader = reader
        try:
            yield
        finally:
            with self._lock:
                self._reader = None


class ReaderPool:
    """The children of one compositor; belongs to no event loop and starts nothing before its use.

    Requests that write (`output` in the request) may take minutes and have threads of their own, so
    that reading never waits for them. A child ends with the thread that started it, so threads live
    as long as the pool. memory: bytes of address space of a child. output: bytes of any file it
    writes.
    """

    def __init__(self, *, memory: int, output: int) -> None:
        self._start = partial(Reader, memory=memory, output=output)
        self._kept: list[Reader] = []
        self._calls: set[_Call] = set()
        self._lock = threading.Lock()
        self._is_closed = False
        self._reading = ThreadPoolExecutor(KEPT, "media-reading")
        self._writing = ThreadPoolExecutor(MOST_WRITING, "media-writing")
        # For an owner who never closes it: no child may be left running.
        self._last_will = weakref.finalize(self, _close_all, self._kept)

    async def ask(
        self, request: Mapping[str, Any], *, timeout: float, progress: Progress | None = None
    ) -> dict[str, Any]:
        """Have a child do one thing within `timeout` seconds from when it has the request.

        Raises ChildRefused with its reason or its death. When the awaiting task is cancelled, or
        `progress` raises, the child is killed and gone before this returns.
        """
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[float | None] = asyncio.Queue()

        def tell(done: float | None) -> None:
            with contextlib.suppress(RuntimeError):  # the loop was closed over our head
                loop.call_soon_threadsafe(told.put_nowait, done)

        call = _Call(request, timeout, tell)
        threads = self._writing if "output" in request else self._reading
        future = threads.submit(self._serve, call)
        future.add_done_callback(lambda _: tell(None))
        try:
            while (done := await told.get()) is not None:
                if progress is not None:
                    await progress(done)
        except BaseException:
            await _stop(call, future, told)
            raise
        return self._outcome(future)

    def close(self) -> None:
        """End all children, also those at work, and wait until they are gone. Blocks."""
        with self._lock:
            self._is_closed = True
            calls = list(self._calls)
        for call in calls:
            call.abort()
        for threads in (self._reading, self._writing):
            threads.shutdown(cancel_futures=True)
        self._last_will()

    def _outcome(self, future: Future[dict[str, Any]]) -> dict[str, Any]:
        try:
            return future.result()
        except (ChildFailed, CancelledError) as error:
            if self._is_closed:  # the file is not to blame
                raise RuntimeError("the compositor was closed while it was at work") from error
            raise

    # In a thread of ours

    def _serve(self, call: _Call) -> dict[str, Any]:
        with self._lock:
            self._calls.add(call)
            if self._is_closed:
                call.is_aborted = True
        try:
            reader = self._take()
            is_fresh = reader.served == 0
            try:
                return self._use(reader, call)
            except ChildFailed:
                if is_fresh or call.is_aborted:
                    raise
            # What an earlier file did to that child must not count against this one.
            return self._use(self._start(), call)
        except TimeoutError as error:
            raise ChildEnded(f"reading the file took longer than {call.timeout:.0f} s") from error
        finally:
            with self._lock:
                self._calls.discard(call)

    def _use(self, reader: Reader, call: _Call) -> dict[str, Any]:
        try:
            with call.held_by(reader):
                answer = reader.ask(call.request, timeout=call.timeout, tell=call.tell)
        except BaseException:
            # Also after a plain refusal: who has read a broken file is not trusted with another.
            reader.close()
            raise
        self._give_back(reader)
        return answer

    def _take(self) -> Reader:
        """A child that waits, else a new one."""
        while True:
            with self._lock:
                reader = self._kept.pop() if self._kept else None
            if reader is None:
                return self._start()
            if reader.is_alive:
                return reader
            reader.close()

    def _give_back(self, reader: Reader) -> None:
        is_worn = reader.served >= MOST_SERVED or reader.resident() > MOST_RESIDENT
        with self._lock:
            is_kept = not is_worn and not self._is_closed and len(self._kept) < KEPT
            if is_kept:
                self._kept.append(reader)
        if not is_kept:
            reader.close()


async def _stop(
    call: _Call, future: Future[dict[str, Any]], told: asyncio.Queue[float | None]
) -> None:
    """Wait for the end of a request whose answer nobody wants any more."""
    if future.cancel():  # it never began
        return
    call.abort()
    while not future.done():
        await told.get()


def _close_all(kept: list[Reader]) -> None:
    while kept:
        kept.pop().close()
