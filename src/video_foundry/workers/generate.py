"""Carrying out a generation, whatever state a worker before us left it in. Which step comes next is
decided here; the steps stand in `submit` and `follow`."""

import asyncio
from collections import defaultdict

import structlog

from video_foundry.core.catalogue import ModelEntry
from video_foundry.core.jobs import MAX_DEATHS, JobState
from video_foundry.services.context import Context
from video_foundry.workers.accounts import adapter_of
from video_foundry.workers.answered import answered
from video_foundry.workers.follow import Following
from video_foundry.workers.hand import FOLLOWED, Handle
from video_foundry.workers.run import Run
from video_foundry.workers.submit import clear_doubt, submit, was_interrupted

MODEL_GONE_SECONDS = 30.0
POLLS_AT_ONCE = 32
"""Questions under way to one model's provider. Without a bound a moment in which nothing answers
leaves a thousand requests in memory at the same time; a late poll costs nothing."""

logger = structlog.get_logger(__name__)


class Generator:
    """Handles claimed generation jobs."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._turns = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(POLLS_AT_ONCE))

    async def __call__(self, hand: Handle) -> float | None:
        """Carry one job as far as it goes now; returns when to look after it again."""
        run = Run(self._ctx, hand)
        try:
            return await self._go(run)
        finally:
            run.clean_up()

    async def _go(self, run: Run) -> float | None:
        entry = run.ctx.models.catalogue.entries.get(run.hand.brief.model or "")
        if entry is None:
            await run.recall()
            await _model_gone(run)
            return None
        if not run.hand.is_brief and not await _is_accepted(run, entry):
            return None
        run.hand.forget()
        adapter, turn = answered(run) or adapter_of(run, entry), self._turns[entry.id]
        return await Following(run, entry, adapter, turn=turn).poll()


async def _is_accepted(run: Run, entry: ModelEntry) -> bool:
    """Bring it to its provider, unless it is there already; whether it is ours to follow now."""
    # Asking how somebody else's work stands kills nobody.
    harmless = not entry.runs_in_worker and run.job.state != JobState.CLAIMED
    if run.job.deaths >= MAX_DEATHS and not harmless:
        await run.fail("worker_killed", f"{run.job.deaths} workers died with this job")
        return False
    await _until_accepted(run, entry)
    return run.job.state in FOLLOWED and run.job.lease_owner is not None


async def _model_gone(run: Run) -> None:
    """Fail what was not sent yet; what was may be known to another worker, or a later one."""
    state = JobState(run.job.state)
    why = f"the model {run.job.model} is no longer installed"
    if state == JobState.CLAIMED:
        await run.fail("model_gone", why)
    else:
        told = {"error_code": "model_gone", "error_message": why}
        await run.wait_aside(state, MODEL_GONE_SECONDS, **told)


async def _until_accepted(run: Run, entry: ModelEntry) -> None:
    """Afterwards the provider has it, or it is somebody else's turn."""
    match JobState(run.job.state):
        case JobState.CLAIMED:
            await submit(run, entry)
        case JobState.SUBMITTING:
            await was_interrupted(run, entry)
        case JobState.UNKNOWN:
            await clear_doubt(run, entry)
        case JobState.SUBMITTED | JobState.FETCHING:
            return
        case other:
            logger.warning("nothing to do for this job", job_id=run.job.id, state=other)
