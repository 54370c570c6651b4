"""Runway behind the model port: it says what happened and decides nothing about retries."""

import asyncio
from collections import deque
from pathlib import Path
from typing import Any, ClassVar

from video_foundry.adapters.models.runway import mapping
from video_foundry.adapters.models.runway.client import DIALECT, RunwayClient
from video_foundry.adapters.models.wire.http import Dialect, Timeouts
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import read_picture
from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.errors import GenerationLost
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
)

DATA_URI_LIMIT = 5_000_000
"""Longest data: URI that Runway takes, in characters; larger pictures are uploaded first."""
IMAGE_LIMIT = 16 * 1024 * 1024
"""Largest first frame in bytes."""
REMEMBERED_CANCELS = 1000


class RunwayModel(HttpModel):
    """The models of a Runway account, from text or from text and frames.

    Runway neither takes an idempotency key nor lists its tasks, so a submit whose answer got lost
    cannot be cleared up from here.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT

    def __init__(
        self,
        entry: ModelEntry,
        account: Account | None = None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        super().__init__(entry, account, timeouts=timeouts)
        self._client = RunwayClient(self.wire)
        # Only a courtesy, which a restart may lose: Runway forgets a task that was cancelled.
        self._cancelled: deque[str] = deque(maxlen=REMEMBERED_CANCELS)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call from text alone, and return the task's id."""
        return await self._client.create(*mapping.create_request(self.entry, prompt, params, {}))

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the frames that there are; returns the task's id."""
        prompt, params, frames = submission.prompt, submission.params, submission.references
        # Before any upload, so that a bad request costs nothing at all.
        mapping.create_request(self.entry, prompt, params, dict.fromkeys(frames, ""))
        images = {name: await self._image_uri(name, path) for name, path in frames.items()}
        request = mapping.create_request(self.entry, prompt, params, images)
        return await self._client.create(*request)

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
        return mapping.generation_result(task, schemes=self.wire.schemes)

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

    async def _image_uri(self, name: str, frame: Path) -> str:
        what = name.replace("_", " ")
        picture = await asyncio.to_thread(
            read_picture, frame, title=self.dialect.title, limit=IMAGE_LIMIT, what=what
        )
        if len(picture.data_uri) <= DATA_URI_LIMIT:
            return picture.data_uri
        filename = f"{what.replace(' ', '-')}.{picture.suffix}"
        return await self._client.upload(picture, filename=filename)
