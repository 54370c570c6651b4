"""One job in a worker's hand. A generation spends nearly all of its time between two polls, and a
worker holds thousands: while it rests there is no task, and of its row only a brief."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from video_foundry.core.jobs import JobState
from video_foundry.db.tables import JobRow
from video_foundry.jobs import queue
from video_foundry.ports.accounts import DEFAULT

FOLLOWED = (JobState.SUBMITTED, JobState.FETCHING)
LATE_SHARE = 0.7
"""A heartbeat later than this share of the lease means that we were frozen, or badly starved."""

Listeners = tuple[tuple[str, tuple[str, ...]], ...]
"""Projects that want to hear of a job's progress, each with its segments."""


@dataclass(frozen=True, slots=True)
class Brief:
    """What must be known of a job to poll for it, and to recognise its row again."""

    id: str
    kind: str
    model: str | None
    project_id: str | None
    state: str
    epoch: int
    account: str
    provider_job_id: str | None
    deadline: datetime | None

    @classmethod
    def of(cls, job: JobRow) -> Self:
        """From the whole row."""
        return cls(
            id=job.id,
            kind=job.kind,
            model=job.model,
            project_id=job.project_id,
            state=job.state,
            epoch=job.epoch,
            account=job.account or DEFAULT,
            provider_job_id=job.provider_job_id,
            deadline=job.deadline,
        )


@dataclass(slots=True, eq=False)
class Handle:
    """A job that is ours for as long as its lease is.

    moved_on: called whenever the loop should look at it anew. held_at: monotonic seconds at which
    the lease was last known to be ours. is_cancelled: somebody asked for its end. is_stopping: this
    worker is on its way out. is_safe: no submit is under way that must not be cut off.
    task: what works on it; timer: what ends its rest; never both. misses, is_cancel_told, told_at,
    listeners: what polling remembers from one time to the next. hinted_at: the last hint that was
    heeded, in the row's time; is_hinted: one came that no question has followed yet.
    """

    brief: Brief
    row: JobRow | None
    owner: str
    moved_on: Callable[[], None]
    held_at: float = field(default_factory=time.monotonic)
    progress: float = 0.0
    stored_progress: float = 0.0
    is_cancelled: bool = False
    is_stopping: bool = False
    is_safe: bool = True
    task: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None
    misses: int = 0
    is_cancel_told: bool = False
    told_at: float = 0.0
    listeners: Listeners | None = None
    hinted_at: datetime | None = None
    is_hinted: bool = False
    _cancelled: asyncio.Future[None] | None = None

    @property
    def job(self) -> JobRow:
        """The row as of our last write. Raises LookupError while there is only the brief."""
        if self.row is None:
            raise LookupError("the row of this job was not recalled")
        return self.row

    @job.setter
    def job(self, row: JobRow) -> None:
        self.row = row
        self.brief = Brief.of(row)

    @property
    def is_stale(self) -> bool:
        """Whether the lease may have run out: we were frozen, or the database was away."""
        return time.monotonic() - self.held_at > queue.LEASE.total_seconds() * LATE_SHARE

    @property
    def is_starting(self) -> bool:
        """Whether it still is to be brought to its provider; composing steps never are."""
        return self.brief.kind == "generate" and self.brief.state not in FOLLOWED

    def cancel(self) -> None:
        """Note that somebody asked for its end."""
        if not self.is_cancelled:
            self.is_cancel_told = False
        self.is_cancelled = True
        if self._cancelled is not None and not self._cancelled.done():
            self._cancelled.set_result(None)

    def go_on(self) -> None:
        """Note that it is wanted again. Whether its provider was asked to stop it stays known."""
        self.is_cancelled = False

    async def until_cancelled(self) -> None:
        """For as long as nobody asks for its end. For one who waits at a time."""
        if not self.is_cancelled:
            self._cancelled = asyncio.get_running_loop().create_future()
            await self._cancelled

    @property
    def is_brief(self) -> bool:
        """Whether the brief is all there is, until the row is recalled."""
        return self.row is None

    def forget(self) -> None:
        """Keep the brief alone: a long wait follows, even if only for a turn to ask."""
        self.row = None

    def hint(self, at: datetime) -> bool:
        """Note that it may be over; whether that is news."""
        is_news = self.hinted_at is None or at > self.hinted_at
        if is_news:
            self.hinted_at, self.is_hinted = at, True
        return is_news

    def stay_down(self) -> bool:
        """End a rest for good; returns whether it rested."""
        timer, self.timer = self.timer, None
        if timer is not None:
            timer.cancel()
        return timer is not None
