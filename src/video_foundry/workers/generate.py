"""Carrying out a generation: submit once, poll, fetch, check, file. The rules of spending are here
and in core.jobs: nothing that may have been accepted is ever sent again blindly."""

import asyncio
import contextlib
import random
import shutil
import time
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from video_foundry.core.catalogue import ModelEntry, price_of
from video_foundry.core.jobs import (
    MAX_DEATHS,
    RATE_LIMITED_ATTEMPTS,
    Doubt,
    GiveUp,
    JobState,
    Retry,
    after_doubt,
    after_submit_error,
    backoff,
)
from video_foundry.core.money import FREE, Money
from video_foundry.core.request import GenerationRequest
from video_foundry.errors import GenerationLost, MediaError, Unavailable
from video_foundry.jobs import queue
from video_foundry.jobs.filing import (
    NewArtifact,
    conclude_generation,
    end_unsuccessfully,
    finish_generation,
    segments_concerned,
    tell_segments,
)
from video_foundry.ports.signal import Tick
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelInterface,
)
from video_foundry.services.context import Context
from video_foundry.services.media import store_clip
from video_foundry.workers.answers import as_report, as_result, understand
from video_foundry.workers.loop import Handle

STATUS_TIMEOUT = 60.0
RESULT_TIMEOUT = 60.0
FETCH_TRIES = 6
DAMAGED_TRIES = 3
"""Downloads of a result that does not decode, before the provider is believed to mean it."""
DOUBT_TRIES = RATE_LIMITED_ATTEMPTS
"""Times a doubt is asked about before a person is: asking, or sending the same key, is free."""
TICK_SECONDS = 0.5
POLL_BACKOFF_CAP = 60.0
SETTLE_FACTOR = 2.0
"""A look-up waits this many submit time-outs, so that a slow accept has shown up by then."""

ON_REQUEST = {"cancel_requested": True}
"""Said with a cancel of ours: whoever shares the job since may ask for it anew."""

logger = structlog.get_logger(__name__)


def _jitter() -> float:
    return random.uniform(0.5, 1.5)  # noqa: S311 - spreads retries, no secret


class Generator:
    """Handles claimed generation jobs, whatever state a worker before us left them in."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    async def __call__(self, hand: Handle) -> None:
        """Carry one job as far as it goes."""
        run = _Run(self._ctx, hand)
        try:
            await run.go()
        finally:
            run.clean_up()


class _Run:
    """One job in one worker's hand."""

    def __init__(self, ctx: Context, hand: Handle) -> None:
        self.ctx = ctx
        self.hand = hand
        self.job = hand.job
        self.request = GenerationRequest.from_json(self.job.payload["request"])
        self.folder = ctx.scratch / "generations" / self.job.id
        # A worker that lost the job without knowing must not write into our files.
        self.scratch = self.folder / str(self.job.epoch)
        self._told_at = 0.0
        self._targets: list[tuple[str, tuple[str, ...]]] | None = None
        self._asked_to_stop = False
        self._is_downloaded = False

    def clean_up(self) -> None:
        """Drop local files of a job that is over; a job that goes on elsewhere keeps them."""
        if self.job.state in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED):
            shutil.rmtree(self.folder, ignore_errors=True)

    async def go(self) -> None:
        """Dispatch by the state the row is in."""
        entry = self.ctx.models.catalogue.entries.get(self.job.model or "")
        if entry is None:
            await self.fail("model_gone", f"the model {self.job.model} is no longer installed")
            return
        harmless = not entry.is_local and self.job.state != JobState.CLAIMED
        if self.job.deaths >= MAX_DEATHS and not harmless:
            await self.fail("worker_killed", f"{self.job.deaths} workers died with this job")
            return
        adapter = self.ctx.models.adapter(entry.id)
        match JobState(self.job.state):
            case JobState.CLAIMED:
                await self.submit(entry, adapter)
            case JobState.SUBMITTING:
                await self.move(JobState.UNKNOWN, **self._settle(entry))
                await self.clear_doubt(entry, adapter)
            case JobState.UNKNOWN:
                await self.clear_doubt(entry, adapter)
            case JobState.SUBMITTED | JobState.FETCHING:
                await self.follow(entry, adapter)
            case other:
                logger.warning("nothing to do for this job", job_id=self.job.id, state=other)

    # --- moves ---------------------------------------------------------------------------------

    async def move(self, state: JobState, **values: Any) -> None:
        """One fenced move with its events, on disk before it returns."""
        await asyncio.shield(self._move(state, values))

    async def _move(self, state: JobState, values: dict[str, Any]) -> None:
        async with self.ctx.store.write(durable=True) as tx:
            before = self.job.state
            self.job = await queue.move(tx, self.job, state, **values)
            if before != state:
                await tell_segments(tx, self.job)

    async def fail(self, code: str, message: str, **values: Any) -> None:
        """End as failed with the reason."""
        await asyncio.shield(self._end(JobState.FAILED, code, message, values))

    async def _end(self, state: JobState, code: str, why: str, values: dict[str, Any]) -> None:
        async with self.ctx.store.write(durable=True) as tx:
            self.job = await end_unsuccessfully(tx, self.job, state, code, why, **values)

    async def park(self, code: str, message: str) -> None:
        """Leave the decision to a person; what they decide is not weighed down by what was."""
        anew = {"attempt": 0, "deaths": 0}
        await asyncio.shield(self._end(JobState.NEEDS_ATTENTION, code, message, anew))

    async def wait_aside(self, state: JobState, seconds: float, **values: Any) -> None:
        """Give the lease back and come again after `seconds`."""
        now = self.ctx.clock.now()
        await self.move(
            state,
            run_after=queue.later(now, seconds),
            lease_owner=None,
            lease_until=None,
            **values,
        )

    # --- submit --------------------------------------------------------------------------------

    async def submit(self, entry: ModelEntry, adapter: VideoModelInterface) -> None:
        """From claimed: check once more that it is needed, then send it, exactly once."""
        if await self._already_answered() or not await self._slot_is_free(entry):
            return
        if self.hand.cancel.is_set() or self.job.cancel_requested:
            await asyncio.shield(
                self._end(
                    JobState.CANCELLED, "cancelled", "cancelled before it was sent", ON_REQUEST
                )
            )
            return
        if entry.requests_per_minute:
            await self.ctx.rate.acquire(entry.provider, per_minute=entry.requests_per_minute)
        if self.hand.stopping.is_set():
            await self.wait_aside(JobState.QUEUED, 0.0)
            return
        await self.send(entry, adapter, key=str(uuid4()))

    async def _already_answered(self) -> bool:
        """The request may have been answered between enqueuing and claiming."""
        async with self.ctx.store.write() as tx:
            if not await queue.has_result(tx.session, self.job.fingerprint):
                return False
            self.job = await queue.move(tx, self.job, JobState.SUCCEEDED)
            await conclude_generation(tx, self.job)
        return True

    async def _slot_is_free(self, entry: ModelEntry) -> bool:
        async with self.ctx.store.read() as session:
            used = (await queue.in_flight(session)).get(entry.id, 0)
        if used < entry.concurrency:
            return True
        await self._wait_for_slot(entry)
        return False

    async def _wait_for_slot(self, entry: ModelEntry) -> None:
        await self.wait_aside(JobState.QUEUED, entry.poll_seconds * _jitter())

    async def send(self, entry: ModelEntry, adapter: VideoModelInterface, *, key: str) -> None:
        """Commit the intent, POST once, commit the answer. Not cut off by a stop.

        A key that the row has already was sent before: until an answer comes, doubt remains.
        """
        self.hand.safe.clear()
        try:
            await asyncio.shield(asyncio.create_task(self._send(entry, adapter, key)))
        finally:
            self.hand.safe.set()
        if self.job.state == JobState.SUBMITTED:
            await self.follow(entry, adapter)

    async def _send(self, entry: ModelEntry, adapter: VideoModelInterface, key: str) -> None:
        was_sent = key == self.job.submit_key
        if not await self._intend(entry, key):
            await self._wait_for_slot(entry)
            return
        try:
            async with self._submission(entry, key) as submission:
                async with asyncio.timeout(entry.submit_timeout):
                    provider_job_id = await adapter.submit(submission)
        except Exception as error:
            await self._after_error(entry, understand(error), was_sent=was_sent)
            return
        await self._move(
            JobState.SUBMITTED,
            {
                "provider_job_id": str(provider_job_id),
                "deadline": queue.later(self.ctx.clock.now(), entry.generation_timeout),
                "error_code": None,
                "error_message": None,
            },
        )

    async def _intend(self, entry: ModelEntry, key: str) -> bool:
        """Write down that we are about to send, unless the last slot has gone meanwhile."""
        async with self.ctx.store.write(durable=True) as tx:
            used = (await queue.in_flight(tx.session)).get(entry.id, 0)
            if self.job.state == JobState.CLAIMED and used >= entry.concurrency:
                return False
            self.job = await queue.move(
                tx,
                self.job,
                JobState.SUBMITTING,
                submit_key=key,
                attempt=self.job.attempt + 1,
                submit_started_at=tx.now,
            )
            await tell_segments(tx, self.job)
        return True

    @contextlib.asynccontextmanager
    async def _submission(self, entry: ModelEntry, key: str) -> AsyncIterator[Submission]:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        async with contextlib.AsyncExitStack() as stack:
            references: dict[str, Path] = {}
            for name, digest in self.request.references.items():
                references[name] = await stack.enter_async_context(
                    self.ctx.blobs.local_path(digest)
                )
            yield Submission(
                model=self.request.model,
                prompt=self.request.prompt,
                params=self.request.submit_params(entry),
                references=references,
                key=key,
                scratch=self.scratch,
            )

    async def _after_error(self, entry: ModelEntry, error: Exception, *, was_sent: bool) -> None:
        decision = after_submit_error(error, self.job.attempt, _jitter())
        logger.info("submit did not succeed", job_id=self.job.id, decision=decision)
        match decision:
            # That this sending was not accepted says nothing about the one before it.
            case Retry() if was_sent:
                await self._doubt(entry, decision.reason, wait=decision.seconds)
            case GiveUp() if was_sent:
                await self.move(JobState.UNKNOWN, **self._settle(entry))
                await self.park("submit_unclear", f"it may be accepted already: {decision.message}")
            case Retry():
                await self.wait_aside(
                    JobState.QUEUED,
                    decision.seconds,
                    submit_key=None,
                    deaths=0,  # it was answered, so it is not what kills workers
                    error_code=getattr(error, "code", None),
                    error_message=decision.reason,
                )
            case GiveUp():
                await self.fail(decision.code, decision.message)
            case Doubt():
                await self._doubt(entry, decision.message)

    async def _doubt(self, entry: ModelEntry, message: str, *, wait: float = 0.0) -> None:
        values = self._settle(entry) | {"error_code": "ambiguous", "error_message": message}
        waits = {"key": wait or backoff(self.job.attempt, _jitter()), "none": 0.0}
        seconds = waits.get(entry.idempotency, entry.submit_timeout * SETTLE_FACTOR)
        await self.wait_aside(JobState.UNKNOWN, seconds, **values)

    def _settle(self, entry: ModelEntry) -> dict[str, Any]:
        started = self.job.submit_started_at or self.ctx.clock.now()
        return {"settle_until": queue.later(started, entry.submit_timeout * SETTLE_FACTOR)}

    # --- doubt ---------------------------------------------------------------------------------

    async def clear_doubt(self, entry: ModelEntry, adapter: VideoModelInterface) -> None:
        """A submit of unclear outcome: ask in the way the model promises, else ask a person."""
        match after_doubt(entry.idempotency):
            case "resubmit_same_key" if self.job.attempt < DOUBT_TRIES and self.job.submit_key:
                await self.send(entry, adapter, key=self.job.submit_key)
            case "look_up" if self.job.submit_key:
                await self._look_up(entry, adapter, self.job.submit_key)
            case _:
                await self.park(
                    "submit_unclear",
                    self.job.error_message
                    or "the server stopped while this was being sent; it may have been accepted",
                )

    async def _look_up(self, entry: ModelEntry, adapter: VideoModelInterface, key: str) -> None:
        remaining = self._seconds_to_settle()
        if remaining > 0:
            await self.wait_aside(JobState.UNKNOWN, remaining)
            return
        try:
            async with asyncio.timeout(STATUS_TIMEOUT):
                found = await adapter.find_generation(key)
        except Exception as error:
            logger.warning("look-up failed", job_id=self.job.id, error=repr(error))
            await self._look_up_later(entry)
            return
        if found is None:
            await self.park(
                "submit_unclear", "the provider does not find it, yet it may still appear"
            )
            return
        deadline = queue.later(self.ctx.clock.now(), entry.generation_timeout)
        await self.move(
            JobState.SUBMITTED,
            provider_job_id=found,
            deadline=deadline,
            error_code=None,
            error_message=None,
        )
        await self.follow(entry, adapter)

    async def _look_up_later(self, entry: ModelEntry) -> None:
        if self.job.attempt >= DOUBT_TRIES:
            await self.park("submit_unclear", "the provider could not be asked whether it has it")
            return
        attempt = self.job.attempt + 1
        await self.wait_aside(JobState.UNKNOWN, backoff(attempt, _jitter()), attempt=attempt)

    def _seconds_to_settle(self) -> float:
        if self.job.settle_until is None:
            return 0.0
        return (self.job.settle_until - self.ctx.clock.now()).total_seconds()

    # --- poll ----------------------------------------------------------------------------------

    async def follow(self, entry: ModelEntry, adapter: VideoModelInterface) -> None:
        """Poll until the provider is done, then fetch. A failed poll never fails the job."""
        provider_job_id = self.job.provider_job_id or ""
        misses = 0
        while True:
            try:
                async with asyncio.timeout(STATUS_TIMEOUT):
                    report = as_report(await adapter.get_status(provider_job_id))
                misses = 0
            except GenerationLost as error:
                await self._lost(entry, error)
                return
            except Exception as error:
                misses += 1
                logger.warning("poll failed", job_id=self.job.id, error=repr(error))
                report = StatusReport(status=GenerationStatus.RUNNING)
            if report.status == GenerationStatus.SUCCEEDED:
                await self.fetch(entry, adapter, report)
                return
            if await self._ended(entry, adapter, report):
                return
            await self._pause(entry, report, misses)

    async def _lost(self, entry: ModelEntry, error: GenerationLost) -> None:
        if entry.is_local:
            # A local model's work dies with its process and costs nothing: start it again.
            await self.wait_aside(JobState.QUEUED, 0.0, provider_job_id=None, submit_key=None)
            return
        await self.park("generation_lost", error.message)

    async def _ended(
        self, entry: ModelEntry, adapter: VideoModelInterface, report: StatusReport
    ) -> bool:
        cost = _cost(report.cost)
        if report.status == GenerationStatus.FAILED:
            code = report.error_code or "generation_failed"
            await self.fail(code, report.error_message or "the provider gave no reason", **cost)
            return True
        if report.status == GenerationStatus.CANCELLED:
            await asyncio.shield(
                self._end(JobState.CANCELLED, "cancelled", "cancelled at the provider", cost)
            )
            return True
        if self.job.deadline is not None and self.ctx.clock.now() > self.job.deadline:
            await self._overdue(entry)
            return True
        return await self._cancelled(adapter)

    async def _overdue(self, entry: ModelEntry) -> None:
        message = f"the provider did not finish within {entry.generation_timeout:g} seconds"
        if entry.is_local:
            await self.fail("timed_out", message)
        else:
            await self.park("timed_out", message)

    async def _cancelled(self, adapter: VideoModelInterface) -> bool:
        if not self.hand.cancel.is_set() or self._asked_to_stop:
            return False
        self._asked_to_stop = True
        try:
            stopped = await adapter.cancel_generation(self.job.provider_job_id or "")
        except Exception as error:
            logger.warning("cancel failed", job_id=self.job.id, error=repr(error))
            return False
        if stopped:
            await asyncio.shield(
                self._end(JobState.CANCELLED, "cancelled", "cancelled", ON_REQUEST)
            )
        return stopped

    async def _pause(self, entry: ModelEntry, report: StatusReport, misses: int) -> None:
        if report.progress is not None:
            await self._tick(report.progress)
        seconds = report.poll_after or entry.poll_seconds
        if misses:
            seconds = min(POLL_BACKOFF_CAP, seconds * 2**misses) * _jitter()
        if self.hand.cancel.is_set():
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.hand.cancel.wait()

    async def _tick(self, progress: float) -> None:
        self.hand.progress = min(max(progress, 0.0), 1.0)
        if time.monotonic() - self._told_at < TICK_SECONDS:
            return
        self._told_at = time.monotonic()
        for project_id, segment_ids in await self._listeners():
            await self.ctx.signal.publish(
                Tick(
                    project_id=project_id,
                    segment_ids=segment_ids,
                    job_id=self.job.id,
                    kind="generate",
                    progress=self.hand.progress,
                )
            )

    async def _listeners(self) -> list[tuple[str, tuple[str, ...]]]:
        if self._targets is None:
            async with self.ctx.store.read() as session:
                segments = await segments_concerned(session, self.job)
            projects = sorted({s.project_id for s in segments})
            self._targets = [
                (p, tuple(s.id for s in segments if s.project_id == p)) for p in projects
            ]
        return self._targets

    # --- fetch ---------------------------------------------------------------------------------

    async def fetch(
        self, entry: ModelEntry, adapter: VideoModelInterface, report: StatusReport
    ) -> None:
        """Download at once, check by decoding, file as a take."""
        if self.job.state != JobState.FETCHING:
            await self.move(JobState.FETCHING)
        self.scratch.mkdir(parents=True, exist_ok=True)
        cost = self._known_cost(entry, report.cost)
        try:
            stored, told = await self._bring(adapter)
        except GenerationLost as error:
            await self._lost_result(entry, error)
            return
        except Unavailable as error:
            await self._fetch_later(entry, error)
            return
        except MediaError as error:
            why = f"the model answered, but its video cannot be used: {error.message}"
            await self.fail(error.code, why, **_cost(cost))
            return
        await asyncio.shield(self._file(stored, told or cost))

    async def _fetch_later(self, entry: ModelEntry, error: Unavailable) -> None:
        """It is paid for: as long as the provider may keep it, it is asked for again."""
        if entry.is_local:
            await self.fail(error.code, error.message)
            return
        if self.job.deadline is not None and self.ctx.clock.now() > self.job.deadline:
            await self.park(error.code, f"made, but not to be had: {error.message}")
            return
        told = {"error_code": error.code, "error_message": error.message}
        await self.wait_aside(JobState.SUBMITTED, POLL_BACKOFF_CAP * _jitter(), **told)

    async def _lost_result(self, entry: ModelEntry, error: GenerationLost) -> None:
        if entry.is_local:
            await self.wait_aside(JobState.QUEUED, 0.0, provider_job_id=None, submit_key=None)
        else:
            await self.fail("generation_lost", error.message)

    async def _file(self, stored: NewArtifact, cost: Money | None) -> None:
        async with self.ctx.store.write(durable=True) as tx:
            self.job = await finish_generation(tx, self.job, stored, cost)

    async def _bring(self, adapter: VideoModelInterface) -> tuple[NewArtifact, Money | None]:
        """The clip, stored. Addresses expire and downloads break: each try asks for it anew."""
        problem = Unavailable("the result could not be fetched")
        for attempt in range(1, FETCH_TRIES + 1):
            try:
                return await self._bring_once(adapter)
            except GenerationLost:
                raise
            except MediaError:
                if attempt >= DAMAGED_TRIES or not self._is_downloaded:
                    raise
            except Exception as error:
                logger.warning("fetch failed", job_id=self.job.id, error=repr(error))
                problem = Unavailable(f"the result could not be fetched: {error}")
            await asyncio.sleep(backoff(attempt, _jitter()))
        raise problem

    async def _bring_once(self, adapter: VideoModelInterface) -> tuple[NewArtifact, Money | None]:
        async with asyncio.timeout(RESULT_TIMEOUT):
            result = as_result(await adapter.get_result(self.job.provider_job_id or ""))
        self._is_downloaded = result.path is None
        path = await self._local_file(result)
        return await store_clip(self.ctx, path, is_rebuildable=False), result.cost

    async def _local_file(self, result: GenerationResult) -> Path:
        if result.path is not None:
            if not result.path.is_file():
                raise MediaError(f"the model named a file that is not there: {result.path.name}")
            return result.path
        target = self.scratch / "result"
        await self.ctx.fetcher.download(result.url or "", target, headers=result.headers)
        return target

    def _known_cost(self, entry: ModelEntry, told: Money | None) -> Money | None:
        """What the provider says it cost, else the list price where that is one amount."""
        if told is not None:
            return told
        if entry.is_local:
            return FREE
        price = price_of(entry, self.request.submit_params(entry))
        if not price.is_known or price.low != price.high:
            return None
        return Money(amount=price.low, currency=price.currency)


def _cost(cost: Money | None) -> dict[str, Decimal | str]:
    if cost is None:
        return {}
    return {"cost_amount": cost.amount, "cost_currency": cost.currency}
