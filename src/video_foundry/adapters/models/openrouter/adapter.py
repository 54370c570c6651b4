"""OpenRouter behind the model port: it says what happened and decides nothing about retries."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar

from video_foundry.adapters.models.openrouter import mapping
from video_foundry.adapters.models.openrouter.client import DIALECT, OpenRouterClient
from video_foundry.adapters.models.wire.http import Dialect, Timeouts
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import read_picture
from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission

IMAGE_LIMIT = 10 * 1024 * 1024
"""Largest picture in bytes; it goes into the request itself."""


class OpenRouterModel(HttpModel):
    """Any video model of OpenRouter, from text or from pictures.

    OpenRouter takes no idempotency key, lists no jobs and cancels none, so a submit whose answer
    got lost cannot be cleared up from here, and what was begun is left to end.
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
        self._client = OpenRouterClient(self.wire)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call for text alone, and return the job's id."""
        return await self._client.create(mapping.create_body(self.entry.wire, prompt, params))

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the first and the last frame when there are some."""
        frames = {
            name: await asyncio.to_thread(self._data_uri, name, path)
            for name, path in submission.references.items()
        }
        body = mapping.create_body(
            self.entry.wire, submission.prompt, submission.params, frames=frames
        )
        return await self._client.create(body)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the job stands."""
        told = await self._client.video(job_id)
        return mapping.status_report(told, schemes=self.wire.schemes)

    async def get_result(self, job_id: str) -> GenerationResult:
        """Where the video is; OpenRouter hands it out to the key alone."""
        return mapping.generation_result(
            await self._client.video(job_id),
            schemes=self.wire.schemes,
            base_url=self.wire.base_url,
            key_headers=self.dialect.headers(self.wire.account.key()),
        )

    def _data_uri(self, name: str, path: Path) -> str:
        words = name.replace("_", " ")
        return read_picture(path, title=self.dialect.title, limit=IMAGE_LIMIT, what=words).data_uri
