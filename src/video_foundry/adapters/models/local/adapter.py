"""Local models behind the model port: job ids, progress and cancelling; the work is the studio's.

State lives in this process: after a restart every job is lost, and the worker begins it again.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from uuid import uuid4

from video_foundry.adapters.models.local.machine import Machine, refuse_missing, this_machine
from video_foundry.adapters.models.local.request import LocalRequest, local_request
from video_foundry.adapters.models.local.studio import studio
from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.errors import GenerationFailed, GenerationLost
from video_foundry.ports.video_model import (
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelInterface,
)

REMEMBERED_JOBS = 5_000
"""Older jobs that are over are forgotten."""
_UNDER_WAY = (GenerationStatus.QUEUED, GenerationStatus.RUNNING)
_WAITING = StatusReport(status=GenerationStatus.QUEUED, progress=0.0)


@dataclass(kw_only=True)
class _Job:
    path: Path
    key: str
    report: StatusReport = _WAITING
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_over(self) -> bool:
        return self.report.status not in _UNDER_WAY

    def tell(self, progress: float) -> None:
        """The share that is done; it never falls."""
        shown = max(self.report.progress or 0.0, min(0.99, progress))
        self.report = StatusReport(status=GenerationStatus.RUNNING, progress=shown)

    def end(self, status: GenerationStatus, **told: Any) -> None:
        """The last report."""
        self.report = replace(self.report, status=status, **told)


class LocalModel(VideoModelInterface):
    """One model of the catalogue, generated on this machine. The same key is the same job for as
    long as this process lives, and no longer than that is there a job."""

    idempotency: ClassVar[Idempotency] = "key"

    def __init__(self, entry: ModelEntry, environment: Mapping[str, str] | None = None) -> None:
        self._entry = entry
        self._environment = os.environ if environment is None else environment
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._by_key: dict[str, str] = {}
        self._own_folders: list[TemporaryDirectory[str]] = []

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Generate into a temporary folder that lives until `aclose`."""
        folder = TemporaryDirectory(prefix="local-model-", ignore_cleanup_errors=True)
        self._own_folders.append(folder)
        return await self.submit(
            Submission(
                model=self._entry.id,
                prompt=prompt,
                params=params,
                references={},
                key=uuid4().hex,
                scratch=Path(folder.name),
            )
        )

    async def submit(self, submission: Submission) -> str:
        """Begin to generate into the scratch folder. Raises Rejected for what cannot be made."""
        if submission.key in self._by_key:
            return self._by_key[submission.key]
        machine = this_machine(self._environment)
        refuse_missing(machine, self._entry.extra)
        return self._start(machine, local_request(self._entry, submission), submission)

    async def get_status(self, job_id: str) -> StatusReport:
        """How far the generation is."""
        return self._job(job_id).report

    async def get_result(self, job_id: str) -> Path:
        """The finished clip. Raises GenerationFailed before it is there."""
        job = self._job(job_id)
        if job.report.status is not GenerationStatus.SUCCEEDED:
            why = job.report.error_message or f"the clip is not there: it is {job.report.status}"
            raise GenerationFailed(why, code=job.report.error_code)
        return job.path

    async def cancel_generation(self, job_id: str) -> bool:
        """Stop at once, within a step; False for a job that is over or unknown."""
        job = self._jobs.get(job_id)
        if job is None or job.is_over:
            return job is not None and job.report.status is GenerationStatus.CANCELLED
        job.end(GenerationStatus.CANCELLED)
        if job.task is not None:
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)
        return True

    async def aclose(self) -> None:
        """Stop every generation under way, give the memory back, remove own folders."""
        for job_id in list(self._jobs):
            await self.cancel_generation(job_id)
        await studio().close()
        for folder in self._own_folders:
            folder.cleanup()

    def _job(self, job_id: str) -> _Job:
        if job_id not in self._jobs:
            raise GenerationLost(f"nothing is being generated as {job_id[:80]!r}")
        return self._jobs[job_id]

    def _start(self, machine: Machine, request: LocalRequest, submission: Submission) -> str:
        job_id = f"local-{uuid4().hex}"
        job = _Job(path=submission.scratch / "clip.mp4", key=submission.key)
        job.task = asyncio.create_task(self._generate(machine, request, job), name=job_id)
        self._jobs[job_id] = job
        self._by_key[submission.key] = job_id
        while len(self._jobs) > REMEMBERED_JOBS and next(iter(self._jobs.values())).is_over:
            _, old = self._jobs.popitem(last=False)
            self._by_key.pop(old.key, None)
        return job_id

    async def _generate(self, machine: Machine, request: LocalRequest, job: _Job) -> None:
        try:
            await studio().carry_out(machine, self._environment, request, job.path, job.tell)
        except GenerationFailed as error:
            told = {"error_code": error.code, "error_message": error.message}
            job.end(GenerationStatus.FAILED, **told)
        except Exception as error:
            message = f"it could not be generated: {error}"
            job.end(GenerationStatus.FAILED, error_code="local_failed", error_message=message)
        else:
            job.end(GenerationStatus.SUCCEEDED, progress=1.0)
