"""A TCP proxy that fails on command, between a client and a real server on loopback. It knows bytes
and connections, and no protocol.

A fault bites in an *exchange*: what a client sends until it has heard an answer and speaks again.
So one connection that is kept alive meets a new fault with its next request.
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Literal, TypeVar

from video_foundry.emulators.network import let_in
from video_foundry.testing.stack.base import LOOPBACK, free_port

CHUNK = 16 * 1024
Way = Literal["up", "down"]
How = Literal["reset", "close", "blackhole"]
_Result = TypeVar("_Result")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """How one exchange ends badly.

    way: `up` counts what the client sends, `down` what the server answers.
    after: bytes of that way that still get through; the fault bites before the next one.
    how: `reset` (RST to both sides), `close` (a clean end, as if all had been said), `blackhole`
    (the connection stays and nothing moves any more).
    """

    way: Way
    after: int = 0
    how: How = "reset"


Plan = Callable[[int, Random], Fault | None]
"""(number of the exchange from 0, the proxy's dice) -> what happens to it."""


class Proxy:
    """Listens on loopback and passes everything on to `upstream`, a port on loopback, in a thread
    of its own. Without orders it only passes on.

    seed: of the dice that plans get, for runs that can be repeated.
    Every method may be called from any thread and has taken effect when it returns.
    """

    def __init__(self, upstream: int, *, seed: int = 0) -> None:
        self.port = free_port()
        self.exchanges = 0
        self.bitten = 0
        self._upstream = upstream
        self._dice = Random(seed)  # noqa: S311 - dice, no secret
        self._queue: deque[Fault] = deque()
        self._plan: Plan | None = None
        self._bytes_per_second: float | None = None
        self._links: set[_Link] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    @property
    def url(self) -> str:
        """The address for HTTP clients."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._do(self._listen())

    def close(self) -> None:
        """End every connection and the thread."""
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @classmethod
    @contextlib.contextmanager
    def running(cls, upstream: int, *, seed: int = 0) -> Iterator["Proxy"]:
        """Started for the length of the block."""
        proxy = cls(upstream, seed=seed)
        proxy.start()
        try:
            yield proxy
        finally:
            proxy.close()

    def next(self, *faults: Fault) -> None:
        """The next exchanges meet these, one each; then the plan goes on."""
        self._call(lambda: self._queue.extend(faults))

    def plan(self, plan: Plan | None) -> None:
        """Ask `plan` about every exchange from now on; None: all go well."""
        self._call(lambda: setattr(self, "_plan", plan))

    def slow(self, bytes_per_second: float | None) -> None:
        """Pass no more than this on, each way of each connection; None: as fast as it goes."""
        self._call(lambda: setattr(self, "_bytes_per_second", bytes_per_second))

    def refuse(self) -> None:
        """Reset what is open and let nobody in: connections are refused, as by a dead server."""
        self._do(self._refuse())

    def blackhole(self) -> None:
        """From now on nothing moves on the connections that there are; they stay open."""
        self._call(lambda: self._for_each(_Link.stall))

    def reset_all(self) -> None:
        """Reset every connection there is; new ones are let in."""
        self._call(lambda: self._for_each(_Link.reset))

    def heal(self) -> None:
        """Forget every order, and let everybody in again."""
        self._do(self._heal())

    # Everything below runs in the proxy's own thread.

    def _do(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    def _call(self, work: Callable[[], object]) -> None:
        async def called() -> None:
            work()

        self._do(called())

    def _for_each(self, change: "Callable[[_Link], None]") -> None:
        for link in list(self._links):
            change(link)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)

    async def _refuse(self) -> None:
        if self._server is not None:
            server, self._server = self._server, None
            await let_in([server])
            server.close()
        self._for_each(_Link.reset)

    async def _heal(self) -> None:
        self._queue.clear()
        self._plan = self._bytes_per_second = None
        self._for_each(_Link.wake_up)
        await self._listen()

    async def _stop(self) -> None:
        await self._refuse()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(self)
        self._links.add(link)
        try:
            # asyncio's streams complain about a handler that ends as cancelled.
            with contextlib.suppress(asyncio.CancelledError):
                await link.run(self._upstream, reader, writer)
        finally:
            self._links.discard(link)

    def next_fault(self) -> Fault | None:
        """What a new exchange meets."""
        number, self.exchanges = self.exchanges, self.exchanges + 1
        if self._queue:
            return self._queue.popleft()
        return self._plan(number, self._dice) if self._plan else None

    @property
    def speed(self) -> float | None:
        """Bytes a second of each way of each connection; None for no limit."""
        return self._bytes_per_second


class _Link:
    """One connection and its other half, with what is left until the present fault bites."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._writers: list[asyncio.StreamWriter] = []
        self._was: Way = "down"
        self._fault: Fault | None = None
        self._left = 0
        self._moving = asyncio.Event()
        self._moving.set()

    async def run(
        self, upstream: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass on until both sides have ended or a fault has ended them."""
        self._writers.append(writer)
        try:
            with contextlib.suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection(LOOPBACK, upstream)
                self._writers.append(far_writer)
                await asyncio.gather(
                    self._pass(reader, far_writer, "up"), self._pass(far_reader, writer, "down")
                )
        finally:
            for end in self._writers:
                end.close()

    async def _pass(
        self,
        source: asyncio.StreamReader,
        target: asyncio.StreamWriter,
        way: Way,
    ) -> None:
        while chunk := await source.read(CHUNK):
            if way == "up" and self._was == "down":
                self._fault = self._proxy.next_fault()
                self._left = self._fault.after if self._fault else 0
            self._was = way
            passed = chunk[: self._left] if self._bites(way, len(chunk)) else chunk
            await self._moving.wait()
            if passed:
                target.write(passed)
                await target.drain()
            if self._fault is not None and self._fault.way == way:
                self._left -= len(passed)
            if len(passed) < len(chunk):
                await self._bite(target)
                return
            if speed := self._proxy.speed:
                await asyncio.sleep(len(passed) / speed)
        if target.can_write_eof():
            target.write_eof()

    def _bites(self, way: str, size: int) -> bool:
        return self._fault is not None and self._fault.way == way and size > self._left

    async def _bite(self, target: asyncio.StreamWriter) -> None:
        fault, self._fault = self._fault, None
        self._proxy.bitten += 1
        if fault is None or fault.how == "reset":
            self.reset()
        elif fault.how == "blackhole":
            self.stall()
            await self._moving.wait()
            self.reset()  # what was held back is lost
        else:
            for end in self._writers:
                end.close()

    def stall(self) -> None:
        """Nothing moves any more."""
        self._moving.clear()

    def wake_up(self) -> None:
        """Things move again."""
        self._moving.set()

    def reset(self) -> None:
        """RST to both sides."""
        for end in self._writers:
            held: socket.socket | None = end.get_extra_info("socket")
            if held is not None and held.fileno() >= 0:
                held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.transport.abort()
