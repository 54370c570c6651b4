"""Vertex AI behind the model port: it says what happened and decides nothing about retries."""

import asyncio
from typing import Any, ClassVar

from video_foundry.adapters.models.vertex import mapping
from video_foundry.adapters.models.vertex.client import (
    DIALECT,
    VertexClient,
    VertexWire,
)
from video_foundry.adapters.models.wire.http import Dialect, Wire
from video_foundry.adapters.models.wire.model import HttpModel, as_it_is
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.core.catalogue import Idempotency
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission


class VertexModel(HttpModel[VertexClient]):
    """Google's Veo on Google Cloud, from text or from frames.

    Operations can be neither listed nor given a key of ours, so a submit whose answer got lost
    cannot be cleared up from here; and they cannot be cancelled.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = VertexClient
    wire_type: ClassVar[type[Wire]] = VertexWire
    ask_seconds: ClassVar[float] = 55.0
    """For an answer with a whole video in it; those who ask wait a minute."""
    image_limit: ClassVar[int] = 10 * 1024 * 1024

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call from text alone, and return the operation's name."""
        return await self._create(prompt, params, {})

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the pictures there are; returns the operation's name."""
        pictures = await self._pictures(submission, as_it_is)
        return await self._create(submission.prompt, dict(submission.params), pictures)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the operation stands."""
        answer = await self._client.operation(job_id)
        return await asyncio.to_thread(lambda: mapping.status_report(answer.body))

    async def get_result(self, job_id: str) -> GenerationResult:
        """The video itself, or where in the account's bucket it is."""
        answer = await self._client.operation(job_id)
        headers = self.dialect.headers(await self.wire.key())
        base_url = self._client.storage_base_url

        def read() -> GenerationResult:
            return mapping.generation_result(
                answer.body, storage_base_url=base_url, headers=headers
            )

        return await asyncio.to_thread(read)

    async def _create(
        self, prompt: str, params: dict[str, Any], pictures: dict[str, Picture]
    ) -> str:
        body = mapping.create_request(
            prompt, params, pictures, storage_uri=self._client.storage_uri
        )
        return await self._client.predict(self.entry.wire["model"], body)
