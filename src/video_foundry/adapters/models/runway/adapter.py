"""Runway behind the model port: it says what happened and decides nothing about retries."""

import asyncio
from base64 import b64encode
from collections import deque
from pathlib import Path
from typing import Any, ClassVar

from video_foundry.adapters.models.runway import mapping
from video_foundry.adapters.models.runway.client import RunwayClient
from video_foundry.core.catalogue import Idempotency
from video_foundry.errors import GenerationLost, Rejected
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelInterface,
)

DATA_URI_LIMIT = 5_000_000
"""Longest data: URI that Runway takes, in characters; larger pictures are uploaded first."""
IMAGE_LIMIT = 16 * 1024 * 1024
"""Largest first frame in bytes."""
REMEMBERED_CANCELS = 1000


class RunwayModel(VideoModelInterface):
    """Runway's Gen-4.5, from text or from text and a first frame.

    Runway neither takes an idempotency key nor lists its tasks, so a submit whose answer got lost
    cannot be cleared up from here.
    """

    idempotency: ClassVar[Idempotency] = "none"

    def __init__(self, client: RunwayClient | None = None) -> None:
        self._client = client or RunwayClient()
        # Only a courtesy, which a restart may lose: Runway forgets a task that was cancelled.
        self._cancelled: deque[str] = deque(maxlen=REMEMBERED_CANCELS)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call for text to video, and return the task's id."""
        path, body = mapping.create_request(prompt, params, image=None)
        return await self._client.create(path, body)

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the first frame when there is one; returns the task's id."""
        frame = submission.references.get("first_frame")
        if frame is None:
            return await self.initiate_generation(submission.prompt, dict(submission.params))
        # Before the upload, so that a bad request costs nothing at all.
        mapping.create_request(submission.prompt, submission.params, image="")
        image = await self._image_uri(frame)
        path, body = mapping.create_request(submission.prompt, submission.params, image=image)
        return await self._client.create(path, body)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the task stands."""
        try:
            return mapping.status_report(await self._client.task(job_id))
        except GenerationLost:
            if job_id in self._cancelled:
                return StatusReport(status=GenerationStatus.CANCELLED)
            raise

    async def get_result(self, job_id: str) -> GenerationResult:
        """A fresh URL of the video; it lives for a day or two, so fetch it soon."""
        task = await self._client.task(job_id)
        return mapping.generation_result(task, schemes=self._client.schemes)

    async def cancel_generation(self, job_id: str) -> bool:
        """Cancel a task that has not begun.

        A running one is paid for in full all the same, and the same call on a finished one would
        throw its video away; so both are left to end.
        """
        try:
            report = mapping.status_report(await self._client.task(job_id))
        except GenerationLost:
            return job_id in self._cancelled
        if report.status is not GenerationStatus.QUEUED:
            return report.status is GenerationStatus.CANCELLED
        if not await self._client.delete_task(job_id):
            return False
        self._cancelled.append(job_id)
        return True

    async def aclose(self) -> None:
        """Release connections."""
        await self._client.aclose()

    async def _image_uri(self, frame: Path) -> str:
        content = await asyncio.to_thread(_read_image, frame)
        kind = mapping.image_type(content[:12])
        uri = f"data:{kind};base64,{b64encode(content).decode()}"
        if len(uri) <= DATA_URI_LIMIT:
            return uri
        suffix = kind.partition("/")[2]
        return await self._client.upload(content, filename=f"first-frame.{suffix}", kind=kind)


def _read_image(frame: Path) -> bytes:
    size = frame.stat().st_size
    if size > IMAGE_LIMIT:
        raise Rejected(
            f"Runway takes a first frame of at most {IMAGE_LIMIT} bytes, this one has {size}",
            code="first_frame_size",
        )
    return frame.read_bytes()
