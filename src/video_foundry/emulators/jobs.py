"""Generations under way at an emulator: how far each is, and what it was asked for."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from video_foundry.emulators.faults import Faults

Stage = Literal["queued", "running", "succeeded", "failed", "moderated", "cancelled"]
SPELLS = 3
"""How many questions a passing fault spoils."""
_ENDS: Mapping[str, Stage] = {
    "failed": "failed",
    "moderated_after": "moderated",
    "cancelled": "cancelled",
}


@dataclass(frozen=True, kw_only=True)
class Wants:
    """What was asked for. seconds: length of a clip; 0 for a picture. width, height: pixels."""

    seconds: float = 5.0
    width: int = 1280
    height: int = 720
    audio: bool = False

    @property
    def is_picture(self) -> bool:
        """Whether a picture is made, not a clip."""
        return self.seconds == 0


@dataclass(kw_only=True)
class Job:
    """One accepted generation. body: what was asked, as it came. looks: questions so far.
    expired: how many addresses of its result are stale."""

    id: str
    prompt: str
    wants: Wants
    body: Any
    faults: Faults
    created_at: float
    seconds: float
    looks: int = 0
    expired: int = 0
    is_cancelled: bool = False

    @property
    def progress(self) -> float:
        """Share done, from 0 to 1. Each question is a step forward; with `seconds`, time is."""
        if self.seconds:
            return min(1.0, (time.monotonic() - self.created_at) / self.seconds)
        return min(1.0, max(0, self.looks - 1) / 2)

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        if self.is_cancelled:
            return "cancelled"
        if self.progress >= 1 and "never" not in self.faults:
            return _ENDS.get(self.faults.of("end"), "succeeded")
        return "queued" if self.progress == 0 else "running"

    @property
    def is_over(self) -> bool:
        """Whether it will not change any more."""
        return self.stage not in ("queued", "running")

    def spoilt(self) -> str:
        """The fault that this question meets, "" for none."""
        fault = self.faults.of("look")
        return fault if fault == "lost" or self.looks <= SPELLS else ""


@dataclass(kw_only=True)
class Jobs:
    """All generations. Ids come from `new_id`, in the provider's form. seconds: how long each
    takes; 0 lets every question move it on by a step, so that tests wait for nothing."""

    new_id: Callable[[], str]
    seconds: float = 0.0
    _jobs: dict[str, Job] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(
        self, prompt: str, wants: Wants, body: Any, faults: Faults, *, id: str | None = None
    ) -> Job:
        """Accept one; `id` where the caller chooses it."""
        job = Job(
            id=id or self.new_id(),
            prompt=prompt,
            wants=wants,
            body=body,
            faults=faults,
            created_at=time.monotonic(),
            seconds=self.seconds,
        )
        with self._lock:
            self._jobs[job.id] = job
        return job

    def get(self, id: str) -> Job | None:
        """The job of an id."""
        with self._lock:
            return self._jobs.get(id)

    def all(self) -> list[Job]:
        """Every job, oldest first."""
        with self._lock:
            return list(self._jobs.values())

    def forget(self, id: str) -> None:
        """As if it had never been."""
        with self._lock:
            self._jobs.pop(id, None)
