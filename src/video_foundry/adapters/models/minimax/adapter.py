"""MiniMax behind the model port: it says what happened and decides nothing about retries."""

from collections.abc import Mapping
from typing import Any, ClassVar

from video_foundry.adapters.models.minimax.client import DIALECT, INTERFACES, Interface
from video_foundry.adapters.models.wire.http import Dialect
from video_foundry.adapters.models.wire.model import HttpModel, as_data_uri
from video_foundry.core.catalogue import Idempotency
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission

FRAMES = ("first_frame", "last_frame")


class MiniMaxModel(HttpModel[Interface]):
    """MiniMax's models, from text or from frames, over the interface that the entry names.

    MiniMax takes no key of ours and cannot be searched by one, so a submit whose answer got lost
    cannot be cleared up from here.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT
    image_limit: ClassVar[int] = 20_000_000
    """What v1 takes, and v2 takes more."""

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call for text to video, and return the task's id."""
        return await self._create(prompt, params, {})

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the frames that there are; returns the task's id."""
        told = await self._pictures(submission, as_data_uri)
        frames = {name: told[name] for name in FRAMES if name in told}
        return await self._create(submission.prompt, submission.params, frames)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the task stands."""
        return await self._client.report(job_id)

    async def get_result(self, job_id: str) -> GenerationResult:
        """A fresh address of the video, good for some hours."""
        return await self._client.result(job_id)

    async def cancel_generation(self, job_id: str) -> bool:
        """Cancel a task that has not begun, where the interface can."""
        return await self._client.cancel(job_id)

    def _open(self) -> Interface:
        return INTERFACES[self.entry.wire["api"]](self.wire)

    async def _create(
        self, prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
    ) -> str:
        return await self._client.create(self.entry.wire["model"], prompt, params, frames)
