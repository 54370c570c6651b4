"""Runway behind the model port: it says what happened and decides nothing about retries."""

from typing import Any, ClassVar

from video_foundry.adapters.models.runway import mapping
from video_foundry.adapters.models.runway.client import DIALECT, RunwayClient
from video_foundry.adapters.models.wire.checks import good, without_money
from video_foundry.adapters.models.wire.http import Dialect
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer, finite
from video_foundry.core.catalogue import Idempotency
from video_foundry.errors import GenerationLost
from video_foundry.ports.accounts import AccountCheck
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
)

DATA_URI_LIMIT = 5_000_000
"""Longest data: URI that Runway takes, in characters; larger pictures are uploaded first."""


class RunwayModel(HttpModel[RunwayClient]):
    """The models of a Runway account, from text or from text and frames.

    Runway neither takes an idempotency key nor lists its tasks, so a submit whose answer got lost
    cannot be cleared up from here.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = RunwayClient
    image_limit: ClassVar[int] = 16 * 1024 * 1024
    check_path: ClassVar[str | None] = "/v1/organization"

    def _judged(self, answer: Answer) -> AccountCheck:
        """The organization says how many credits are left."""
        left = finite(answer.body.get("creditBalance"))
        if left is None:
            return good(self.dialect.title)
        if left <= 0:
            return without_money(self.dialect.title, "it has no credits left")
        return good(self.dialect.title, f"{left:g} credits left")

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call from text alone, and return the task's id."""
        return await self._client.create(*mapping.create_request(self.entry, prompt, params, {}))

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the frames that there are; returns the task's id."""
        prompt, params, frames = submission.prompt, submission.params, submission.references
        # Before any upload, so that a bad request costs nothing at all.
        mapping.create_request(self.entry, prompt, params, dict.fromkeys(frames, ""))
        images = await self._addresses(submission, self._client.upload, longest=DATA_URI_LIMIT)
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
