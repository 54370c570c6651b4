"""A simulated provider behind the model port: job ids, progress, and every failure on request.

Its state lives in the object, so a restart forgets it, as a real provider never would.
"""

import asyncio
import os
import time
from collections import Counter, OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from uuid import uuid4

from video_foundry.adapters.models.mock.clip import write_clip, write_nonsense
from video_foundry.adapters.models.mock.mapping import FILE_FAULTS, MockRequest, read, spoiled
from video_foundry.core.catalogue import Idempotency
from video_foundry.errors import (
    Ambiguous,
    GenerationFailed,
    GenerationLost,
    ModelError,
    Moderated,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import (
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelInterface,
)

REMEMBERED_JOBS = 20_000
"""Older jobs are forgotten, so that a server that runs for months does not grow."""

_FAILED_THERE = {
    "failed": ("internal_error", "the simulated provider failed while it was generating"),
    "moderated-after-accept": ("moderated", "the result was withheld by the content policy"),
}


@dataclass(kw_only=True)
class _Job:
    request: MockRequest
    fault: str
    ready_at: float
    path: Path
    encoding: asyncio.Future[None]
    cancelled: bool = False

    @property
    def progress(self) -> float:
        left = max(0.0, self.ready_at - time.monotonic())
        return 1 - left / self.request.latency if self.request.latency else 1.0


class MockModel(VideoModelInterface):
    """`mock-ai`: honours keys, so a doubtful submit may be sent again."""

    idempotency: ClassVar[Idempotency] = "key"

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._by_key: dict[str, str] = {}
        self._submits: Counter[str] = Counter()
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="mock-ai")
        self._own_folders: list[TemporaryDirectory[str]] = []

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Generate into a temporary folder that lives until `aclose`."""
        folder = TemporaryDirectory(prefix="mock-ai-", ignore_cleanup_errors=True)
        self._own_folders.append(folder)
        submission = Submission(
            model="mock-ai",
            prompt=prompt,
            params=params,
            references={},
            key=uuid4().hex,
            scratch=Path(folder.name),
        )
        return await self.submit(submission)

    async def submit(self, submission: Submission) -> str:
        """Accept the request, or fail in the way that it asks for."""
        if self.idempotency == "key" and submission.key in self._by_key:
            return self._by_key[submission.key]
        request = read(submission)
        self._submits[request.identity] += 1
        still_fails = not request.fail_times or (
            self._submits[request.identity] <= request.fail_times
        )
        fault = request.fail if still_fails else "none"
        _refuse(request, fault)
        job_id = self._accept(request, fault, submission)
        if fault.endswith("-after-accept") and fault not in _FAILED_THERE:
            raise Ambiguous(f"the simulated provider gave no clear answer ({fault})")
        return job_id

    async def get_status(self, job_id: str) -> StatusReport:
        """How the job stands; progress is the part of the latency that has passed."""
        job = self._job(job_id)
        if job.cancelled:
            return StatusReport(status=GenerationStatus.CANCELLED)
        if time.monotonic() < job.ready_at or not job.encoding.done():
            return StatusReport(
                status=GenerationStatus.RUNNING, progress=min(0.99, job.progress), poll_after=None
            )
        return _finished(job)

    async def get_result(self, job_id: str) -> Path:
        """The clip in the scratch folder. Raises GenerationFailed before it is there."""
        report = await self.get_status(job_id)
        if report.status is not GenerationStatus.SUCCEEDED:
            raise GenerationFailed(f"the clip is not there: the job is {report.status}")
        return self._job(job_id).path

    async def cancel_generation(self, job_id: str) -> bool:
        """Stop a job that is not over; False for one that is, or that is unknown."""
        job = self._jobs.get(job_id)
        if job is None:
            return False
        report = await self.get_status(job_id)
        if report.status is not GenerationStatus.RUNNING:
            return report.status is GenerationStatus.CANCELLED
        job.cancelled = True
        job.encoding.cancel()
        return True

    async def aclose(self) -> None:
        """Drop what has not begun, wait for encodes under way, remove own folders."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)
        for folder in self._own_folders:
            folder.cleanup()

    def _job(self, job_id: str) -> _Job:
        if job_id not in self._jobs:
            raise GenerationLost(f"the simulated provider knows no job {job_id[:80]!r}")
        return self._jobs[job_id]

    def _accept(self, request: MockRequest, fault: str, submission: Submission) -> str:
        job_id = f"mock-{uuid4().hex}"
        path = submission.scratch / "clip.mp4"
        encoding = asyncio.get_running_loop().run_in_executor(
            self._pool, _make, request, fault, path
        )
        self._jobs[job_id] = _Job(
            request=request,
            fault=fault,
            ready_at=time.monotonic() + request.latency,
            path=path,
            encoding=encoding,
        )
        self._by_key[submission.key] = job_id
        self._forget_old()
        return job_id

    def _forget_old(self) -> None:
        while len(self._jobs) > REMEMBERED_JOBS:
            old, _ = self._jobs.popitem(last=False)
            self._by_key = {k: j for k, j in self._by_key.items() if j != old}


class MockLookupModel(MockModel):
    """`mock-ai-lookup`: ignores keys when submitting, but can be searched by them."""

    idempotency: ClassVar[Idempotency] = "lookup"

    async def find_generation(self, key: str) -> str | None:
        """The job that this key was accepted as, None when there is none."""
        return self._by_key.get(key)


class MockNoneModel(MockModel):
    """`mock-ai-none`: neither keys nor look-up, as the worst of real providers."""

    idempotency: ClassVar[Idempotency] = "none"


def _refuse(request: MockRequest, fault: str) -> None:
    """Raise where the fault means that nothing was accepted."""
    refusals: dict[str, ModelError] = {
        "refused": Rejected("the simulated provider refused the request"),
        "moderated": Moderated("the simulated provider's content policy refused the prompt"),
        "rate-limited": RateLimited(
            "the simulated provider asks to slow down", retry_after=request.retry_after
        ),
        "unavailable": Unavailable("the simulated provider cannot be reached"),
    }
    if fault in refusals:
        raise refusals[fault]


def _make(request: MockRequest, fault: str, path: Path) -> None:
    """In a pool thread: write the file that this job ends with, if it ends with one."""
    if fault in _FAILED_THERE:
        return
    if fault == "not-a-video":
        write_nonsense(path)
    else:
        clip = spoiled(request.clip, fault) if fault in FILE_FAULTS else request.clip
        write_clip(clip, path, truncated=fault == "truncated")


def _finished(job: _Job) -> StatusReport:
    if job.fault in _FAILED_THERE:
        code, message = _FAILED_THERE[job.fault]
        return StatusReport(status=GenerationStatus.FAILED, error_code=code, error_message=message)
    if job.encoding.cancelled():
        return StatusReport(status=GenerationStatus.CANCELLED)
    error = job.encoding.exception()
    if error is not None:
        return StatusReport(
            status=GenerationStatus.FAILED,
            error_code="encode_failed",
            error_message=f"the test clip could not be written: {error}",
        )
    return StatusReport(status=GenerationStatus.SUCCEEDED, progress=1.0)
