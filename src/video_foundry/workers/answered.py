"""Results that came with the answer to a submit, and that their provider does not keep. They are
put into the object store before their job says that it was accepted, so that any worker on any
machine goes on from there; nothing is asked of a provider for them again."""

import asyncio
import shutil
from itertools import count
from pathlib import Path
from typing import Any

import structlog

from video_foundry.core.answered import digest_in, stored_as
from video_foundry.core.jobs import backoff
from video_foundry.errors import FoundryError, GenerationLost
from video_foundry.ports.blobs import StoredBlob
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    VideoModelInterface,
)
from video_foundry.workers.answers import as_report, as_result
from video_foundry.workers.results import bring
from video_foundry.workers.run import Run, jitter

logger = structlog.get_logger(__name__)


async def keep_answer(run: Run, adapter: VideoModelInterface, provider_job_id: str) -> str:
    """Put what a provider answered with into the store, as soon as that takes it; returns the id by
    which the job knows it from now on. Whatever is no result to keep goes by the id that it has:
    who follows the job finds out, and knows what it cost."""
    if not adapter.answers_with_result:
        return provider_job_id
    try:
        report = as_report(await adapter.get_status(provider_job_id))
        if report.status is not GenerationStatus.SUCCEEDED:
            return provider_job_id
        result = as_result(await adapter.get_result(provider_job_id))
        path = await bring(run.ctx.fetcher, result, run.scratch / "answer")
        return stored_as((await _stored(run, path)).digest)
    except Exception as error:  # it was accepted: nothing that goes wrong now may send it again
        logger.warning("cannot keep what was answered", job_id=run.job.id, reason=str(error))
        return provider_job_id


async def _stored(run: Run, path: Path) -> StoredBlob:
    """It is paid for and nowhere else: a store that is away, or full, is waited for, for as long as
    the file is there."""
    for attempt in count(1):
        try:
            return await run.ctx.blobs.put_file(path)
        except (FoundryError, OSError) as error:
            if not await asyncio.to_thread(path.exists):
                raise
            logger.warning(
                "cannot keep what was answered yet", job_id=run.job.id, reason=str(error)
            )
            await asyncio.sleep(backoff(attempt, jitter()))
    raise AssertionError  # never: it counts for ever


def answered(run: Run) -> VideoModelInterface | None:
    """Who has the result of a job that was answered with it; None where its provider has."""
    digest = digest_in(run.hand.brief.provider_job_id)
    return None if digest is None else _Kept(run, digest)


class _Kept(VideoModelInterface):
    """The object store in a provider's place, for one job."""

    def __init__(self, run: Run, digest: str) -> None:
        self._run = run
        self._digest = digest

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Never asked for."""
        raise NotImplementedError

    async def get_status(self, job_id: str) -> StatusReport:
        """Made, as long as it is there. Raises GenerationLost."""
        if not await self._run.ctx.blobs.exists(self._digest):
            raise GenerationLost(
                f"what the provider answered with is not in the object store any more "
                f"({self._digest[:12]}), and the provider keeps none"
            )
        return StatusReport(status=GenerationStatus.SUCCEEDED)

    async def get_result(self, job_id: str) -> GenerationResult:
        """A file of its own, for as long as the job's folder is there."""
        target = self._run.scratch / "answer"
        async with self._run.ctx.blobs.local_path(self._digest) as path:
            await asyncio.to_thread(shutil.copyfile, path, target)
        return GenerationResult(path=target)
