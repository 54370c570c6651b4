"""Carrying out composing steps: bring inputs to local files, compose, store, file. Safe to repeat:
a step's result is decided by its fingerprint alone."""

import asyncio
import contextlib
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog

from video_foundry.core.jobs import MAX_DEATHS, JobState, backoff
from video_foundry.core.previews import LINE as PREVIEWS
from video_foundry.db.films import digests_of_steps
from video_foundry.db.media import composition_of
from video_foundry.db.store import retried
from video_foundry.errors import (
    CompositionFailed,
    FoundryError,
    MachineFailed,
    NotFound,
    PartUnavailable,
    PiecesDiffer,
)
from video_foundry.jobs import queue
from video_foundry.jobs.filing import (
    NewArtifact,
    conclude_composition,
    end_unsuccessfully,
    finish_composition,
)
from video_foundry.jobs.locks import job_write
from video_foundry.ports.progress import Progress
from video_foundry.ports.signal import Tick
from video_foundry.services._objects import filing
from video_foundry.services.context import Context
from video_foundry.services.repairs import remake, remake_missing
from video_foundry.workers.hand import Handle
from video_foundry.workers.no_room import is_for_want_of_room
from video_foundry.workers.run import patiently
from video_foundry.workers.steps import StaleInputs, StepRun, Tools, carry_out

_KILLED = re.compile(r"\bsignal (?:9|15)\b")
"""How the compositor words that one of its helpers was ended from outside, by the system for want
of memory or by a person: that may be over the next time, while a refusal stays one."""
TRIES = 3
"""Times a step is tried when the machine, not the step, is at fault (a full disk, say)."""
FULL_TRIES = 50
FULL_SECONDS = 15.0
"""A full disk is waited for this many times, up to so long each: about twelve minutes."""
TICK_SECONDS = 0.5
SAME_EVERYWHERE = (
    "give all workers that compose the same FFmpeg and the same kind of chip, and render again"
)

logger = structlog.get_logger(__name__)


class Composer:
    """Handles claimed composing jobs."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    async def __call__(self, hand: Handle) -> None:
        """Carry out one step; a cancel request ends FFmpeg at once."""
        await self._carry_out(hand)
        if hand.brief.model == PREVIEWS:  # it is over: whoever listens may look what became of it
            await self._tell(hand, 1.0)

    async def _carry_out(self, hand: Handle) -> None:
        if hand.job.deaths >= MAX_DEATHS:
            await self._end(
                hand, JobState.FAILED, "worker_killed", f"{hand.job.deaths} workers died here"
            )
            return
        if await self._is_there(hand):
            return
        work = asyncio.create_task(self._work(hand))
        cancel = asyncio.create_task(hand.until_cancelled())
        try:
            await asyncio.wait({work, cancel}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                await self._stop(work)
                await self._end(
                    hand, JobState.CANCELLED, "cancelled", "cancelled", cancel_requested=True
                )
                return
            await work
        finally:
            cancel.cancel()
            await self._stop(work)

    async def _stop(self, work: asyncio.Task[None]) -> None:
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await work

    async def _work(self, hand: Handle) -> None:
        folder = self._ctx.scratch / "compose" / hand.job.id
        # A worker that lost the job without knowing must not write into, or drop, our files.
        scratch = folder / str(hand.job.epoch)
        try:
            await asyncio.to_thread(_begin_anew, scratch)
            new, value = await self._make(hand, scratch)
        except CompositionFailed as error:
            if await is_for_want_of_room(error, self._ctx.scratch):
                await self._wait_for_room(hand)
            elif isinstance(error, MachineFailed) or _KILLED.search(error.message):
                await self._try_again(hand, error)
            else:
                await self._end(hand, JobState.FAILED, error.code, error.message)
        except PartUnavailable:
            raise  # no fault of the step: it is given back, and counts no try
        except NotFound as error:
            await self._input_gone(hand, error)
        except StaleInputs as error:
            await self._make_anew(hand, error)
        except (FoundryError, OSError) as error:
            if await is_for_want_of_room(error, self._ctx.scratch):
                await self._wait_for_room(hand)
            else:
                await self._try_again(hand, error)
        else:
            await patiently(lambda: self._file(hand, new, value))
        finally:
            await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)
            with contextlib.suppress(OSError):  # another worker's files are in it
                folder.rmdir()

    @retried
    async def _file(self, hand: Handle, new: NewArtifact, value: dict[str, Any] | None) -> None:
        transaction = job_write(self._ctx.store, hand.job.id)
        async with filing(self._ctx, transaction, new.blob, new.thumbnail) as tx:
            await finish_composition(tx, hand.job, new, value)

    @retried
    async def _is_there(self, hand: Handle) -> bool:
        """Whether somebody has done the very same step between enqueuing and claiming."""
        async with self._ctx.store.read() as session:
            if not await composition_of(session, hand.job.fingerprint):
                return False
        async with job_write(self._ctx.store, hand.job.id) as tx:
            await conclude_composition(tx, hand.job)
        return True

    async def _make(self, hand: Handle, scratch: Path) -> tuple[NewArtifact, dict[str, Any] | None]:
        payload = hand.job.payload
        ctx = self._ctx
        run = StepRun(
            tools=Tools(
                blobs=ctx.blobs,
                compositor=ctx.compositor,
                sounds=ctx.sounds,
                titler=ctx.titler,
                previews=ctx.previews,
            ),
            kind=payload["step"],
            spec=payload["spec"],
            label=payload["label"],
            scratch=scratch,
            progress=self._progress(hand),
        )
        made = await self._needed(payload["needs"])
        return await carry_out(run, made, payload["sources"])

    async def _needed(self, fingerprints: Sequence[str]) -> dict[str, str]:
        """step fingerprint -> digest of its artifact. Raises NotFound for one that has gone."""
        async with self._ctx.store.read() as session:
            found = await digests_of_steps(session, fingerprints)
        if len(found) < len(set(fingerprints)):
            raise NotFound("an artifact that this step needs has gone", field="needs")
        return found

    def _progress(self, hand: Handle) -> Progress:
        told_at = 0.0

        async def tell(share: float) -> None:
            nonlocal told_at
            hand.progress = share
            if time.monotonic() - told_at < TICK_SECONDS:
                return
            told_at = time.monotonic()
            await self._tell(hand, share)

        return tell

    async def _tell(self, hand: Handle, share: float) -> None:
        """Say to whoever listens to the project how far a step is, 0..1."""
        if hand.brief.project_id is None:
            return
        segment_id = hand.job.segment_id
        await self._ctx.signal.publish(
            Tick(
                project_id=hand.brief.project_id,
                segment_ids=(segment_id,) if segment_id else (),
                job_id=hand.brief.id,
                kind="preview" if hand.brief.model == PREVIEWS else "compose",
                progress=share,
            )
        )

    async def _wait_for_room(self, hand: Handle) -> None:
        """Composing costs nothing, so it is tried until there is room; a person sees why it waits,
        and after a while that it does not."""
        attempt = hand.job.attempt + 1
        message = f"{hand.job.payload['label']} could not be composed: the disk is full"
        if attempt >= FULL_TRIES:
            await self._end(hand, JobState.FAILED, "disk_full", message)
            return
        logger.warning("composing waits for room on the disk", job_id=hand.job.id)
        async with self._ctx.store.write() as tx:
            wait = min(FULL_SECONDS, backoff(attempt, 1.0))
            await queue.move(
                tx,
                hand.job,
                JobState.QUEUED,
                attempt=attempt,
                run_after=queue.later(tx.now, wait),
                error_code="disk_full",
                error_message=message,
            )

    async def _input_gone(self, hand: Handle, error: NotFound) -> None:
        """A clip that was counted on has gone: where it can be made again, the renders wait for it
        anew, and this step, which names it, is called off."""
        payload = hand.job.payload
        async with self._ctx.store.read() as session:
            found = await digests_of_steps(session, payload["needs"])
        is_gone = len(found) < len(set(payload["needs"]))
        if await remake_missing(self._ctx, found.values()) or is_gone:
            values = {"cancel_requested": True}
            await self._end(hand, JobState.CANCELLED, "input_gone", error.message, **values)
        else:
            await self._try_again(hand, error)

    async def _make_anew(self, hand: Handle, stale: StaleInputs) -> None:
        """Another build of the encoder made some of the pieces, before an upgrade, say: the renders
        wait for them anew, and this step, which names them, is called off."""
        code, count = PiecesDiffer.code, len(stale.digests)
        if await remake(self._ctx, hand.job, stale.digests):
            words = f"another build of the encoder made {count} of its pieces; that is done anew"
            await self._end(hand, JobState.CANCELLED, code, words, cancel_requested=True)
        else:
            words = f"{stale}, also after making {count} of them anew; {SAME_EVERYWHERE}"
            await self._end(hand, JobState.FAILED, code, words)

    async def _try_again(self, hand: Handle, error: Exception) -> None:
        attempt = hand.job.attempt + 1
        logger.warning("composing step failed", job_id=hand.job.id, error=str(error))
        if attempt >= TRIES:
            code = error.code if isinstance(error, FoundryError) else "storage_failed"
            label = hand.job.payload["label"]
            await self._end(hand, JobState.FAILED, code, f"{label} could not be composed: {error}")
            return
        async with self._ctx.store.write() as tx:
            later = queue.later(tx.now, backoff(attempt, 1.0))
            await queue.move(tx, hand.job, JobState.QUEUED, attempt=attempt, run_after=later)

    @retried
    async def _end(
        self, hand: Handle, state: JobState, code: str, message: str, **values: Any
    ) -> None:
        async with job_write(self._ctx.store, hand.job.id) as tx:
            await end_unsuccessfully(tx, hand.job, state, code, message, **values)


def _begin_anew(folder: Path) -> None:
    """A folder with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
