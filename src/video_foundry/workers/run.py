"""One generation in one worker's hand: its row, its files, and the fenced moves that are written
down whatever happens to the database meanwhile. What to do is decided in the modules beside."""

import asyncio
import random
import shutil
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import structlog

from video_foundry.core.jobs import JobState
from video_foundry.core.request import GenerationRequest
from video_foundry.db.jobs import job_by_id
from video_foundry.db.tables import JobRow
from video_foundry.errors import PartUnavailable, TransactionConflict
from video_foundry.jobs import queue
from video_foundry.jobs.calling_off import call_off, end_stopped
from video_foundry.jobs.filing import end_unsuccessfully, segments_concerned, tell_segments
from video_foundry.jobs.locks import job_write
from video_foundry.ports.signal import Tick
from video_foundry.services.context import Context
from video_foundry.workers.hand import Handle, Listeners

TICK_SECONDS = 0.5
PERSIST_SECONDS = 1.0
"""Longest wait between two tries to write something down while the database is away."""

R = TypeVar("R")

logger = structlog.get_logger(__name__)


def jitter() -> float:
    """A factor that spreads retries."""
    return random.uniform(0.5, 1.5)  # noqa: S311 - no secret


async def patiently(work: Callable[[], Awaitable[R]]) -> R:
    """Do something that may well be done twice, as soon as the database lets us."""
    for attempt in count(1):
        try:
            return await work()
        except PartUnavailable:
            await asyncio.sleep(_pause(attempt))
    raise AssertionError  # never: it counts for ever


def _pause(attempt: int) -> float:
    return min(PERSIST_SECONDS, 0.05 * 2.0 ** min(attempt, 16)) * jitter()


def _heed(done: asyncio.Future[None]) -> None:
    """Look at how something ended that nobody waits for any more: a lost lease is no error."""
    if not done.cancelled() and (error := done.exception()) is not None:
        logger.info("a write came to nothing after its job was given back", reason=repr(error))


class Run:
    """A claimed generation."""

    def __init__(self, ctx: Context, hand: Handle) -> None:
        self.ctx = ctx
        self.hand = hand

    @property
    def job(self) -> JobRow:
        """The row as of our last write."""
        return self.hand.job

    @job.setter
    def job(self, row: JobRow) -> None:
        self.hand.job = row
        self.hand.moved_on()

    @property
    def request(self) -> GenerationRequest:
        """What was asked for."""
        return GenerationRequest.from_json(self.job.payload["request"])

    @property
    def folder(self) -> Path:
        """Where all workers keep their files of this job."""
        return self.ctx.scratch / "generations" / self.hand.brief.id

    @property
    def scratch(self) -> Path:
        """Our own: a worker that lost the job without knowing must not write into our files."""
        return self.folder / str(self.hand.brief.epoch)

    def clean_up(self) -> None:
        """Drop local files of a job that is over; a job that goes on elsewhere keeps them."""
        if self.hand.brief.state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED):
            shutil.rmtree(self.folder, ignore_errors=True)

    async def recall(self) -> None:
        """Read the row again that was let go of for a rest; a database that is away is waited for.

        Raises LeaseLost when the job is not ours any more, or not as we left it.
        """
        if not self.hand.is_brief:
            return
        brief = self.hand.brief
        row = await patiently(lambda: self._row(brief.id))
        if row is None or row.lease_owner != self.hand.owner:
            raise queue.LeaseLost(brief.id)
        if (row.epoch, row.state) != (brief.epoch, brief.state):
            raise queue.LeaseLost(brief.id)
        self.hand.job = row

    async def _row(self, job_id: str) -> JobRow | None:
        async with self.ctx.store.read() as session:
            return await job_by_id(session, job_id)

    # --- moves ---------------------------------------------------------------------------------

    async def move(self, state: JobState, **values: Any) -> None:
        """One fenced move with its events, on disk before it returns."""

        async def write() -> JobRow:
            async with job_write(self.ctx.store, self.job.id, durable=True) as tx:
                moved = await queue.move(tx, self.job, state, **values)
                if self.job.state != state:
                    await tell_segments(tx, moved)
            return moved

        await self.persist(state, write)

    async def end(self, state: JobState, code: str, message: str, **values: Any) -> None:
        """Fail, cancel or park with the reason."""

        async def write() -> JobRow:
            async with job_write(self.ctx.store, self.job.id, durable=True) as tx:
                return await end_unsuccessfully(tx, self.job, state, code, message, **values)

        await self.persist(state, write)

    async def fail(self, code: str, message: str, **values: Any) -> None:
        """End as failed with the reason."""
        await self.end(JobState.FAILED, code, message, **values)

    async def call_off(self) -> bool:
        """End as cancelled what was not sent, unless it is wanted again; whether it has ended."""

        async def write() -> JobRow:
            async with job_write(self.ctx.store, self.job.id, durable=True) as tx:
                return await call_off(tx, self.job) or self.job

        await self.persist(JobState.CANCELLED, write)
        return self.job.state == JobState.CANCELLED

    async def end_stopped(self, **values: Any) -> None:
        """End as cancelled what its provider has stopped on our request."""

        async def write() -> JobRow:
            async with job_write(self.ctx.store, self.job.id, durable=True) as tx:
                return await end_stopped(tx, self.job, **values)

        await self.persist(JobState.CANCELLED, write)

    async def is_called_off(self) -> bool:
        """Whether it is to be cancelled, as the row says now; a database that is away is waited
        for."""

        async def look() -> bool:
            async with self.ctx.store.read() as session:
                return await queue.is_called_off(session, self.hand.brief.id)

        return await patiently(look)

    async def park(self, code: str, message: str, **values: Any) -> None:
        """Leave the decision to a person; what they decide is not weighed down by what was."""
        await self.end(JobState.NEEDS_ATTENTION, code, message, attempt=0, deaths=0, **values)

    async def wait_aside(self, state: JobState, seconds: float, **values: Any) -> None:
        """Give the lease back and come again after `seconds`."""
        run_after = queue.later(self.ctx.store.now(), seconds)
        await self.move(state, run_after=run_after, lease_owner=None, lease_until=None, **values)

    async def persist(self, state: JobState, write: Callable[[], Awaitable[JobRow]]) -> None:
        """Carry out a write until it is certain that it is there, or that the job is not ours.

        What a worker knows may be worth money, so a database that is away is waited for. Not cut
        off by a stop: a write under way is finished.
        """
        writing = asyncio.ensure_future(self._persist(state, write))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            writing.add_done_callback(_heed)
            raise

    async def _persist(self, state: JobState, write: Callable[[], Awaitable[JobRow]]) -> None:
        is_doubtful = False
        for attempt in count(1):
            try:
                self.job = await write()
                return
            except TransactionConflict:
                await asyncio.sleep(0.02 * jitter())
            except PartUnavailable as error:
                is_doubtful = True  # the answer to a commit may have been lost with the connection
                if attempt == 1:
                    logger.warning(
                        "cannot write this down yet", job_id=self.job.id, error=str(error)
                    )
                await asyncio.sleep(_pause(attempt))
            except queue.LeaseLost:
                if is_doubtful and await self._is_there(state):
                    return
                raise

    async def _is_there(self, state: JobState) -> bool:
        """Whether the write that we did not hear of was done."""
        row = await patiently(lambda: self._row(self.job.id))
        if row is None or row.epoch != self.job.epoch or row.state != state:
            return False
        if row.state == self.job.state and row.lease_owner == self.job.lease_owner:
            return False
        self.job = row
        return True

    # --- progress ------------------------------------------------------------------------------

    async def tick(self, progress: float) -> None:
        """Tell whoever listens how far it is, twice a second at most."""
        self.hand.progress = min(max(progress, 0.0), 1.0)
        if time.monotonic() - self.hand.told_at < TICK_SECONDS:
            return
        self.hand.told_at = time.monotonic()
        for project_id, segment_ids in await self._listeners():
            await self.ctx.signal.publish(
                Tick(
                    project_id=project_id,
                    segment_ids=segment_ids,
                    job_id=self.hand.brief.id,
                    kind="generate",
                    progress=self.hand.progress,
                )
            )

    async def _listeners(self) -> Listeners:
        if self.hand.listeners is None:
            await self.recall()
            async with self.ctx.store.read() as session:
                segments = await segments_concerned(session, self.job)
            projects = sorted({s.project_id for s in segments})
            self.hand.listeners = tuple(
                (p, tuple(s.id for s in segments if s.project_id == p)) for p in projects
            )
        return self.hand.listeners
