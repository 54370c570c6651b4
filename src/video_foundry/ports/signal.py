"""The port that carries live signals between processes: cursors and percent ticks, never facts."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Tick:
    """Progress of one job, 0..1; not stored, coalesced by the sender."""

    project_id: str
    segment_ids: tuple[str, ...]
    job_id: str
    kind: str
    progress: float


@dataclass(frozen=True, kw_only=True)
class NewEvents:
    """Events up to `seq` of a project are committed: read the rows."""

    project_id: str
    seq: int


Signal = Tick | NewEvents


class SignalBus(Protocol):
    """Publish and subscribe per project. Lossy by contract; a subscriber replays from the rows."""

    async def publish(self, signal: Signal) -> None:
        """Send to whoever listens now. Never raises."""

    def subscribe(self, project_id: str) -> AbstractAsyncContextManager[AsyncIterator[Signal]]:
        """Signals of one project from the moment the context is entered. Slow readers lose ticks,
        never the newest NewEvents."""

    async def check(self) -> None:
        """Raise PartUnavailable with the reason when signals cannot be carried now."""

    async def aclose(self) -> None:
        """Release connections."""
