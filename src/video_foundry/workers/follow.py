"""Following a generation that was accepted: poll until the provider is done, download at once,
check by decoding, file as a take. It is paid for: nothing here gives it up while it may be had."""

import asyncio
import contextlib
from pathlib import Path

import structlog

from video_foundry import telemetry
from video_foundry.core.catalogue import ModelEntry, price_of
from video_foundry.core.jobs import JobState, backoff
from video_foundry.core.money import FREE, Money
from video_foundry.db.tables import JobRow
from video_foundry.errors import (
    FetchRefused,
    FoundryError,
    GenerationFailed,
    GenerationLost,
    MediaError,
    NoCredit,
    PartUnavailable,
    Unavailable,
    Unchecked,
)
from video_foundry.jobs.filing import NewArtifact, finish_generation
from video_foundry.jobs.locks import job_write
from video_foundry.jobs.spent import paid
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    VideoModelInterface,
)
from video_foundry.services._objects import filing
from video_foundry.services.media import store_clip
from video_foundry.services.previews import ask_when_filed
from video_foundry.workers.accounts import stop_account
from video_foundry.workers.answers import as_report, as_result, pause_of, understand, wait_of
from video_foundry.workers.results import bring
from video_foundry.workers.run import Run, jitter

STATUS_TIMEOUT = 60.0
RESULT_TIMEOUT = 60.0
FETCH_TRIES = 6
DAMAGED_TRIES = 3
"""Downloads of a result that does not decode, before the provider is believed to mean it."""
POLL_BACKOFF_CAP = 60.0
OURS = {"too_large": "; VIDEO_FOUNDRY_FETCH_MAX_BYTES allows more", "address_refused": ""}
"""Refusals of our own, which hold until a person changes a setting, with what is still to be said
of it."""
NO_OUTPUT = "no_output"
"""The code of a success that made nothing."""
ASIDE_SECONDS = 1.0
"""A wait that a provider asks for is kept in the row from here on."""

logger = structlog.get_logger(__name__)


class Following:
    """One accepted generation, from one poll to the next, until its clip is filed.

    turn: entered for as long as the provider is asked how it stands.
    """

    def __init__(
        self,
        run: Run,
        entry: ModelEntry,
        adapter: VideoModelInterface,
        *,
        turn: contextlib.AbstractAsyncContextManager[None],
    ) -> None:
        self.run = run
        self.entry = entry
        self.adapter = adapter
        self._turn = turn
        self._is_downloaded = False

    @property
    def _provider_job_id(self) -> str:
        return self.run.hand.brief.provider_job_id or ""

    async def poll(self) -> float | None:
        """Ask the provider once, and fetch when it is done. A failed poll never fails the job.

        Returns after how many seconds to ask again, or None when there is nothing more to follow.
        """
        hand, told_to_wait = self.run.hand, 0.0
        try:
            async with self._turn, asyncio.timeout(STATUS_TIMEOUT):
                report = as_report(await self.adapter.get_status(self._provider_job_id))
            hand.misses = 0
        except GenerationLost as error:
            await self._lost(error)
            return None
        except Exception as error:
            hand.misses, told_to_wait = hand.misses + 1, wait_of(error)
            logger.warning("poll failed", job_id=hand.brief.id, error=repr(error))
            report = StatusReport(status=GenerationStatus.RUNNING)
        if report.status == GenerationStatus.SUCCEEDED:
            with telemetry.span("result", job_id=hand.brief.id, model=hand.brief.model):
                await self._fetch(report)
            return None
        if await self._ended(report):
            return None
        return await self._until_next(report, told_to_wait)

    async def _until_next(self, report: StatusReport, told_to_wait: float) -> float | None:
        if told_to_wait >= ASIDE_SECONDS:
            # In the row, so that whoever has the job then keeps to it too.
            await self.run.recall()
            await self.run.wait_aside(JobState(self.run.job.state), told_to_wait)
            return None
        if report.progress is not None:
            with contextlib.suppress(PartUnavailable):  # nobody is told; nothing is lost
                await self.run.tick(report.progress)
        await asyncio.sleep(told_to_wait)  # not even a cancel cuts this short
        return max(0.0, self._poll_after(report) - told_to_wait)

    def _poll_after(self, report: StatusReport) -> float:
        seconds = pause_of(report.poll_after) or self.entry.poll_seconds
        if misses := self.run.hand.misses:
            seconds = min(POLL_BACKOFF_CAP, seconds * 2.0 ** min(misses, 16)) * jitter()
        return seconds

    async def _lost(self, error: GenerationLost) -> None:
        await self.run.recall()
        if self.entry.may_repeat:
            await self._start_again()
            return
        await self.run.park(GenerationLost.code, f"{error.message}; {self._anew()}")

    async def _start_again(self) -> None:
        await self.run.wait_aside(JobState.QUEUED, 0.0, provider_job_id=None, submit_key=None)

    async def _ended(self, report: StatusReport) -> bool:
        if report.status == GenerationStatus.FAILED:
            code = report.error_code or "generation_failed"
            why = report.error_message or "the provider gave no reason"
            await self.run.recall()
            if code == NoCredit.code:
                await stop_account(self.run, self.entry, NoCredit(why))
            # What calls itself a success and is none was most likely billed as one.
            cost = self._known_cost(report.cost) if code == NO_OUTPUT else report.cost
            await self.run.fail(code, why, **paid(self.run.job, cost))
            return True
        if report.status == GenerationStatus.CANCELLED:
            why = "cancelled at the provider"
            await self.run.recall()
            if self.run.hand.is_cancel_told:
                await self.run.end_stopped(**paid(self.run.job, report.cost))
            else:
                values = paid(self.run.job, report.cost)
                await self.run.end(JobState.CANCELLED, "cancelled", why, **values)
            return True
        if self._is_overdue():
            await self._overdue()
            return True
        return await self._cancelled()

    def _is_overdue(self) -> bool:
        deadline = self.run.hand.brief.deadline
        return deadline is not None and self.run.ctx.store.now() > deadline

    async def _overdue(self) -> None:
        seconds = self.entry.generation_timeout
        message = f"the provider did not finish within {seconds:g} seconds"
        await self.run.recall()
        if self.entry.may_repeat:
            await self._given_up()
            await self.run.fail("timed_out", message)
        else:
            await self.run.park("timed_out", message)

    async def _given_up(self) -> None:
        """The user's own machine is not to work on for nobody; whether it stops is its business."""
        try:
            async with asyncio.timeout(STATUS_TIMEOUT):
                await self.adapter.cancel_generation(self._provider_job_id)
        except Exception as error:
            logger.warning("cancel failed", job_id=self.run.hand.brief.id, error=repr(error))

    async def _cancelled(self) -> bool:
        hand = self.run.hand
        if not hand.is_cancelled or hand.is_cancel_told or not await self.run.is_called_off():
            return False
        hand.is_cancel_told = True
        try:
            async with asyncio.timeout(STATUS_TIMEOUT):
                stopped = await self.adapter.cancel_generation(self._provider_job_id)
        except Exception as error:
            logger.warning("cancel failed", job_id=hand.brief.id, error=repr(error))
            return False
        if stopped:
            await self.run.recall()
            await self.run.end_stopped()
        return stopped

    # --- fetch ---------------------------------------------------------------------------------

    async def _fetch(self, report: StatusReport) -> None:
        """Download at once, check by decoding, file as a take. It is made, and so it is paid for:
        that is written down first, and stays true whatever becomes of the result."""
        await self.run.recall()
        cost = self._known_cost(report.cost)
        await self.run.move(JobState.FETCHING, **paid(self.run.job, cost))
        self.run.scratch.mkdir(parents=True, exist_ok=True)
        try:
            stored, told = await self._bring()
        except GenerationLost as error:
            await self._lost_result(error)
            return
        except GenerationFailed as error:
            await self.run.fail(error.code, error.message)
            return
        except Unavailable as error:
            await self._fetch_later(error)
            return
        except FetchRefused as error:
            await self._not_fetched(error)
            return
        except MediaError as error:
            why = f"the model answered, but its video cannot be used: {error.message}"
            await self.run.fail(error.code, why)
            return
        await self._file(stored, told or cost)

    async def _not_fetched(self, error: FetchRefused) -> None:
        """It is made, and paid for, and its provider still has it: a person sees to what is in the
        way, and it is fetched again. What costs nothing may as well be made again."""
        if self.entry.may_repeat:
            why = f"the model answered, but its video cannot be fetched: {error.message}"
            await self.run.fail(error.code, why)
            return
        why = f"the clip is made, but it cannot be fetched: {error.message}"
        why += f"{OURS.get(error.code, '')}; trying again fetches it, and costs nothing"
        await self.run.park(error.code, why)

    async def _fetch_later(self, error: Unavailable) -> None:
        """As long as the provider may keep it, it is asked for again: it is made, or even paid for.
        A file of this very machine does not come back."""
        if self.entry.runs_in_worker:
            await self.run.fail(error.code, error.message)
            return
        if self._is_overdue():
            await self.run.park(error.code, f"made, but not to be had: {error.message}")
            return
        told = {"error_code": error.code, "error_message": error.message}
        await self.run.wait_aside(JobState.SUBMITTED, POLL_BACKOFF_CAP * jitter(), **told)

    async def _lost_result(self, error: GenerationLost) -> None:
        if self.entry.may_repeat:
            await self._start_again()
        else:
            await self.run.fail(GenerationLost.code, f"{error.message}; {self._anew()}")

    async def _file(self, stored: NewArtifact, cost: Money | None) -> None:
        run = self.run

        async def write() -> JobRow:
            transaction = job_write(run.ctx.store, run.job.id, durable=True)
            async with filing(run.ctx, transaction, stored.blob, stored.thumbnail) as tx:
                return await finish_generation(tx, run.job, stored, cost)

        await run.persist(JobState.SUCCEEDED, write)
        await ask_when_filed(run.ctx, stored.blob.digest, run.job.project_id)

    async def _bring(self) -> tuple[NewArtifact, Money | None]:
        """The clip, stored. Addresses expire and downloads break: each try asks for it anew."""
        problem = Unavailable("the result could not be fetched")
        damaged = 0
        for attempt in range(1, FETCH_TRIES + 1):
            told_to_wait = 0.0
            try:
                return await self._bring_once()
            except (GenerationLost, GenerationFailed):
                raise
            except Unchecked as error:
                problem = Unavailable(f"the clip is made, but {error.message}")
            except MediaError as error:
                damaged += 1
                if error.code in OURS or damaged == DAMAGED_TRIES or not self._is_downloaded:
                    raise
            except Exception as error:
                logger.warning("fetch failed", job_id=self.run.job.id, error=repr(error))
                problem = Unavailable(f"the result could not be fetched: {_words(error)}")
                told_to_wait = wait_of(error)
            await asyncio.sleep(max(told_to_wait, backoff(attempt, jitter())))
        raise problem

    async def _bring_once(self) -> tuple[NewArtifact, Money | None]:
        async with asyncio.timeout(RESULT_TIMEOUT):
            result = as_result(await self.adapter.get_result(self._provider_job_id))
        self._is_downloaded = result.path is None
        path, cost = await self._local_file(result), result.cost
        del result  # it may hold the whole video, which is in a file now
        return await store_clip(self.run.ctx, path, is_rebuildable=False), cost

    async def _local_file(self, result: GenerationResult) -> Path:
        if result.path is not None and not result.path.is_file():
            raise MediaError(f"the model named a file that is not there: {result.path.name}")
        return await bring(self.run.ctx.fetcher, result, self.run.scratch / "result")

    def _known_cost(self, told: Money | None) -> Money | None:
        """What the provider says it cost, else the list price where that is one amount."""
        if told is not None:
            return told
        if self.entry.is_local:
            return FREE
        price = price_of(self.entry, self.run.request.submit_params(self.entry))
        if not price.is_known or price.low != price.high:
            return None
        return Money(amount=price.low, currency=price.currency)

    def _anew(self) -> str:
        """What it costs to have it made once more, in words."""
        price = price_of(self.entry, self.run.request.submit_params(self.entry))
        if not price.is_known:
            return "what making it again costs is not known"
        low = "" if price.low == price.high else f"{price.low:f} to "
        return f"making it again costs {low}{price.high:f} {price.currency}"


def _words(error: Exception) -> str:
    """Why something could not be had. What a plug-in raises is not repeated: it may hold an address
    that opens the result to whoever reads it."""
    if isinstance(error, TimeoutError):
        return "it did not come in time"
    told = understand(error)
    return told.message if isinstance(told, FoundryError) else type(error).__name__
