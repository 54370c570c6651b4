"""Faults at a chosen call: every call of a port passes a gate that counts, and the n-th one breaks
or stops the whole world. The wrappers here change nothing else about the ports."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from video_foundry.adapters.blobs.local import LocalBlobStore
from video_foundry.adapters.blobs.remote import RemoteBlobStore
from video_foundry.adapters.rate.memory import MemoryRate
from video_foundry.adapters.signal.inprocess import InProcessSignal
from video_foundry.adapters.wake.inprocess import InProcessWake
from video_foundry.db.store import Store, Tx
from video_foundry.errors import PartUnavailable
from video_foundry.ports.blobs import StoredBlob
from video_foundry.ports.fetcher import Fetcher
from video_foundry.ports.signal import Signal
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelInterface,
)
from video_foundry.ports.wake import JobKind

Fault = Literal["raise", "stop", "lose"]
"""An error nobody thought of, the end of the process, or a database that cannot be reached."""


class Injected(OSError):
    """The fault that a test ordered."""


class Stopped(BaseException):
    """The world of this task was killed: whatever it still tries comes to nothing."""


@dataclass(kw_only=True)
class Gate:
    """Counts calls while armed. The `breaks_at`-th raises, or (fault "stop") it and all after it
    hang, as they do in a process that is killed, until `close` lets them go with nothing done.

    Fault "lose" is for the database: after a commit, it is the answer that gets lost. Calls that
    never raise by contract, hints and signals, are swallowed where others would raise.
    """

    breaks_at: int = 0
    fault: Fault = "raise"
    armed: bool = False
    count: int = 0
    broke: str | None = None
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def go_through(self, name: str) -> None:
        """Pass, or meet the fault."""
        self.count += self.armed
        if self.armed and self.count == self.breaks_at:
            self.broke = name
            if self.fault == "lose" and name in STORE_CALLS:
                raise PartUnavailable("database", f"call {self.count}: {name}")
            if self.fault != "stop":
                raise Injected(f"call {self.count}: {name}")
            self.stopped.set()
        if self.stopped.is_set():
            await self.closed.wait()
            raise Stopped(name)

    async def swallows(self, name: str) -> bool:
        """Whether the fault takes a call that never raises."""
        try:
            await self.go_through(name)
        except Injected:
            return True
        return False

    def close(self) -> None:
        """Nothing passes from now on, and whoever hangs is let go."""
        self.stopped.set()
        self.closed.set()

    def open(self) -> None:
        """A new life begins, without any fault. Call it when the old one's tasks are gone."""
        self.armed = False
        self.stopped.clear()
        self.closed.clear()


STORE_CALLS = ("read", "begin", "commit", "committed")


class GatedStore(Store):
    """The real database; opening, committing and having committed are calls of their own."""

    gate: Gate

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """As in Store."""
        await self.gate.go_through("read")
        async with super().read() as session:
            yield session

    @asynccontextmanager
    async def write(self, *, durable: bool = False, urgent: bool = False) -> AsyncIterator[Tx]:
        """As in Store."""
        await self.gate.go_through("begin")
        async with super().write(durable=durable, urgent=urgent) as tx:
            yield tx
            await self.gate.go_through("commit")
        await self.gate.go_through("committed")


class GatedBlobs(LocalBlobStore):
    """The real object store."""

    gate: Gate

    async def put_file(self, source: Path, *, content_type: str | None = None) -> StoredBlob:
        """As in LocalBlobStore."""
        await self.gate.go_through("put")
        blob = await super().put_file(source, content_type=content_type)
        await self.gate.go_through("was put")
        return blob

    @asynccontextmanager
    async def local_path(self, digest: str) -> AsyncIterator[Path]:
        """As in LocalBlobStore."""
        await self.gate.go_through("lend")
        async with super().local_path(digest) as path:
            yield path


class GatedBucket(RemoteBlobStore):
    """The real object store of several machines."""

    gate: Gate

    async def put_file(self, source: Path, *, content_type: str | None = None) -> StoredBlob:
        """As in RemoteBlobStore."""
        await self.gate.go_through("put")
        blob = await super().put_file(source, content_type=content_type)
        await self.gate.go_through("was put")
        return blob

    @asynccontextmanager
    async def local_path(self, digest: str) -> AsyncIterator[Path]:
        """As in RemoteBlobStore."""
        await self.gate.go_through("lend")
        async with super().local_path(digest) as path:
            yield path


class GatedWake(InProcessWake):
    """The real hints of one process."""

    gate: Gate

    async def notify(self, kind: JobKind) -> None:
        """As in InProcessWake."""
        if not await self.gate.swallows("wake"):
            await super().notify(kind)


class GatedSignal(InProcessSignal):
    """The real signals of one process."""

    gate: Gate

    async def publish(self, signal: Signal) -> None:
        """As in InProcessSignal."""
        if not await self.gate.swallows("signal"):
            await super().publish(signal)


class GatedRate(MemoryRate):
    """The real rates of one process."""

    gate: Gate

    async def acquire(self, account: str, *, per_minute: int) -> None:
        """As in MemoryRate."""
        await self.gate.go_through("rate")
        await super().acquire(account, per_minute=per_minute)


@dataclass(frozen=True, kw_only=True)
class GatedFetcher:
    """Any fetcher."""

    inner: Fetcher
    gate: Gate

    async def download(
        self, url: str, target: Path, *, headers: Mapping[str, str] | None = None
    ) -> int:
        """As in the port."""
        await self.gate.go_through("download")
        size = await self.inner.download(url, target, headers=headers)
        await self.gate.go_through("downloaded")
        return size


class GatedModel(VideoModelInterface):
    """Any adapter; before a call, and after it with its answer lost."""

    def __init__(self, inner: VideoModelInterface, gate: Gate) -> None:
        self._inner = inner
        self._gate = gate
        self.idempotency = inner.idempotency  # type: ignore[misc]  # it promises what that one does
        self.answers_with_result = inner.answers_with_result  # type: ignore[misc]

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Not used: `submit` is."""
        raise NotImplementedError

    async def submit(self, submission: Submission) -> str:
        """As in the port."""
        await self._gate.go_through("submit")
        job_id = await self._inner.submit(submission)
        await self._gate.go_through("submitted")
        return job_id

    async def get_status(self, job_id: str) -> GenerationStatus | StatusReport | str:
        """As in the port."""
        await self._gate.go_through("status")
        return await self._inner.get_status(job_id)

    async def get_result(self, job_id: str) -> str | Path | GenerationResult:
        """As in the port."""
        await self._gate.go_through("result")
        return await self._inner.get_result(job_id)

    async def cancel_generation(self, job_id: str) -> bool:
        """As in the port."""
        await self._gate.go_through("cancel")
        return await self._inner.cancel_generation(job_id)

    async def find_generation(self, key: str) -> str | None:
        """As in the port."""
        await self._gate.go_through("find")
        return await self._inner.find_generation(key)

    async def aclose(self) -> None:
        """As in the port."""
        await self._inner.aclose()
