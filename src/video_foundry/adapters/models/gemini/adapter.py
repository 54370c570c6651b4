"""The Gemini API behind the model port: it says what happened and decides nothing about retries."""

from collections.abc import Mapping
from typing import Any, ClassVar

from video_foundry.adapters.models.gemini import mapping
from video_foundry.adapters.models.gemini.client import DIALECT, GeminiClient, key_header
from video_foundry.adapters.models.wire.http import Dialect
from video_foundry.adapters.models.wire.model import HttpModel, as_it_is
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.core.catalogue import Idempotency
from video_foundry.errors import GenerationLost, Rejected
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
)

IMAGE_LIMIT = 10 * 1024 * 1024
"""Largest picture in bytes."""
IMAGES_LIMIT = 14 * 1024 * 1024
"""All pictures of a request together: as text they are a third longer, and Gemini takes requests
of 20 MB."""


class GeminiModel(HttpModel[GeminiClient]):
    """Google's Omni models, from text, from frames or from reference pictures.

    Interactions can be neither listed nor given a key of ours, so a submit whose answer got lost
    cannot be cleared up from here.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = GeminiClient
    image_limit: ClassVar[int] = IMAGE_LIMIT
    check_path: ClassVar[str | None] = "/v1/models?pageSize=1"

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call from text alone, and return the interaction's id."""
        body = mapping.create_request(self.entry.wire["model"], prompt, params, {})
        return await self._client.create(body)

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the pictures there are; returns the interaction's id."""
        pictures = await self._pictures(submission, as_it_is)
        _refuse_size(pictures)
        model = self.entry.wire["model"]
        body = mapping.create_request(model, submission.prompt, submission.params, pictures)
        return await self._client.create(body)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the interaction stands."""
        return mapping.status_report(await self._client.interaction(job_id))

    async def get_result(self, job_id: str) -> GenerationResult:
        """Where the video is; it is fetched with the key, so the address is not for a browser."""
        interaction = await self._client.interaction(job_id)
        return mapping.generation_result(
            interaction,
            base_url=self.wire.base_url,
            schemes=self.wire.schemes,
            headers=key_header(self.wire.account.key()),
        )

    async def cancel_generation(self, job_id: str) -> bool:
        """Have Gemini drop an interaction that has not begun.

        Whether a clip that was already being made is billed after a cancel is not known, so one
        that runs is left to end, and its result kept.
        """
        try:
            report = mapping.status_report(await self._client.interaction(job_id))
            if report.status is GenerationStatus.QUEUED:
                report = mapping.status_report(await self._client.cancel(job_id))
        except GenerationLost:
            return False
        return report.status is GenerationStatus.CANCELLED


def _refuse_size(pictures: Mapping[str, Picture]) -> None:
    size = sum(len(picture.content) for picture in pictures.values())
    if size > IMAGES_LIMIT:
        raise Rejected(
            f"{DIALECT.title} takes pictures of {IMAGES_LIMIT} bytes in all, these have {size}",
            code="pictures_size",
        )
