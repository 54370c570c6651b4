"""The storyboard model behind the model port: each shot is drawn by a process of its own.

State lives in this process: after a restart every job is lost, and the worker draws it again.
"""

import asyncio
import contextlib
import os
import shutil
import sys
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar
from uuid import uuid4

from video_foundry.adapters.models.storyboard.request import DrawingRequest, drawing_request
from video_foundry.errors import GenerationFailed, GenerationLost
from video_foundry.ports.video_model import (
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelInterface,
)

REMEMBERED_JOBS = 5_000
"""Older jobs that are over are forgotten."""

_SOURCE = str(Path(__file__).resolve().parents[4])
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from video_foundry.adapters.models.storyboard.child import main; main()"
)
"""Isolated from the environment, yet it finds this very package, installed or not."""


@dataclass(kw_only=True)
class _Job:
    request: DrawingRequest
    path: Path
    status: GenerationStatus = GenerationStatus.QUEUED
    progress: float = 0.0
    error: str | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def is_over(self) -> bool:
        return self.status not in (GenerationStatus.QUEUED, GenerationStatus.RUNNING)


class StoryboardModel(VideoModelInterface):
    """`storyboard`: draws an animatic of the prompt on this machine. is_still: only the first frame
    of it, as a picture."""

    is_still: ClassVar[bool] = False

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._slots = asyncio.Semaphore(os.cpu_count() or 1)
        self._own_folders: list[TemporaryDirectory[str]] = []

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Draw into a temporary folder that lives until `aclose`."""
        folder = TemporaryDirectory(prefix="storyboard-", ignore_cleanup_errors=True)
        self._own_folders.append(folder)
        return self._start(drawing_request(prompt, params), Path(folder.name))

    async def submit(self, submission: Submission) -> str:
        """Begin to draw into the scratch folder."""
        request = drawing_request(submission.prompt, submission.params)
        opening = submission.references.get("first_frame")
        if opening is not None:
            kept = submission.scratch / "opening"  # the original may go when we have returned
            await asyncio.to_thread(shutil.copyfile, opening, kept)
            request = replace(request, opening=str(kept))
        return self._start(request, submission.scratch)

    async def get_status(self, job_id: str) -> StatusReport:
        """How far the drawing is."""
        job = self._job(job_id)
        return StatusReport(
            status=job.status,
            progress=job.progress,
            error_code="drawing_failed" if job.error else None,
            error_message=job.error,
        )

    async def get_result(self, job_id: str) -> Path:
        """The finished clip. Raises GenerationFailed before it is there."""
        job = self._job(job_id)
        if job.status is not GenerationStatus.SUCCEEDED:
            raise GenerationFailed(job.error or f"the clip is not there: it is {job.status}")
        return job.path

    async def cancel_generation(self, job_id: str) -> bool:
        """Stop drawing; False for a job that is over or unknown."""
        job = self._jobs.get(job_id)
        if job is None or job.is_over:
            return job is not None and job.status is GenerationStatus.CANCELLED
        job.status = GenerationStatus.CANCELLED
        await _stopped(job)
        return True

    async def aclose(self) -> None:
        """Stop every drawing under way and remove own folders."""
        for job_id in list(self._jobs):
            await self.cancel_generation(job_id)
        for folder in self._own_folders:
            folder.cleanup()

    def _job(self, job_id: str) -> _Job:
        if job_id not in self._jobs:
            raise GenerationLost(f"no storyboard is being drawn as {job_id[:80]!r}")
        return self._jobs[job_id]

    def _start(self, request: DrawingRequest, folder: Path) -> str:
        job_id = f"storyboard-{uuid4().hex}"
        request = replace(request, is_still=self.is_still)
        job = _Job(request=request, path=folder / f"storyboard.{'png' if self.is_still else 'mp4'}")
        job.task = asyncio.create_task(self._draw(job), name=job_id)
        self._jobs[job_id] = job
        while len(self._jobs) > REMEMBERED_JOBS and next(iter(self._jobs.values())).is_over:
            self._jobs.popitem(last=False)
        return job_id

    async def _draw(self, job: _Job) -> None:
        async with self._slots:
            job.status = GenerationStatus.RUNNING
            try:
                await _run_child(job)
            except Exception as error:  # nobody awaits this task: whatever it is must be told here
                job.status, job.error = GenerationStatus.FAILED, f"could not draw: {error}"


class StoryboardFrameModel(StoryboardModel):
    """`storyboard-frame`: draws the first frame that such an animatic would have."""

    is_still: ClassVar[bool] = True


async def _run_child(job: _Job) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-c",
        _PROGRAM,
        _SOURCE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        complaint = await _followed(child, job)
    finally:
        # Reached with the child alive only when this task is cancelled: nobody waits for the clip.
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        _closed(child)
    if child.returncode == 0:
        job.status, job.progress = GenerationStatus.SUCCEEDED, 1.0
    else:
        job.status = GenerationStatus.FAILED
        job.error = f"the drawing process ended with {child.returncode}: {complaint}"


async def _followed(child: asyncio.subprocess.Process, job: _Job) -> str:
    """Feed the child, follow its progress to the end; returns the last line of its complaint."""
    if child.stdin is None or child.stdout is None or child.stderr is None:
        raise OSError("the drawing process has no pipes")
    errors = asyncio.create_task(child.stderr.read())
    try:
        # Standard input stays open after these lines: the child ends when it closes.
        child.stdin.write(f"{job.request.to_json()}\n{job.path}\n".encode())
        await child.stdin.drain()
        async for line in child.stdout:
            job.progress = min(0.99, float(line))
        await child.wait()
        said = (await errors).decode(errors="replace").strip().splitlines()
    finally:
        errors.cancel()
    return said[-1][:300] if said else "it said nothing"


def _closed(child: asyncio.subprocess.Process) -> None:
    if child.stdin is not None:
        child.stdin.close()


async def _stopped(job: _Job) -> None:
    if job.task is not None:
        job.task.cancel()
        await asyncio.gather(job.task, return_exceptions=True)
