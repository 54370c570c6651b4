"""Luma behind the model port: it says what happened and decides nothing about retries."""

from collections.abc import Mapping
from typing import Any, ClassVar

from video_foundry.adapters.models.luma import mapping
from video_foundry.adapters.models.luma.client import DIALECT, LumaClient
from video_foundry.adapters.models.wire.http import Dialect
from video_foundry.adapters.models.wire.model import HttpModel, as_it_is
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.core.catalogue import Idempotency
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission

INLINE_LIMIT = 4 * 1024 * 1024
"""Largest picture in bytes that travels within the request; larger ones are uploaded first."""


class LumaModel(HttpModel[LumaClient]):
    """Luma's video and picture models.

    Luma neither takes an idempotency key nor lists generations, so a submit whose answer got lost
    cannot be cleared up from here; and it has no cancel.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = LumaClient
    image_limit: ClassVar[int] = 32 * 1024 * 1024
    """Luma names no limit of its own."""
    check_path: ClassVar[str | None] = "/v1/files?limit=1"

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call from text alone, and return the generation's id."""
        return await self._client.create(self._request(prompt, params, {}))

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the pictures there are; returns the generation's id."""
        asked = submission.prompt, submission.params
        # Before the uploads, so that a bad request costs nothing at all.
        self._request(*asked, {name: {} for name in submission.references})
        pictures = await self._pictures(submission, as_it_is)
        refs = {name: await self._ref(picture) for name, picture in pictures.items()}
        return await self._client.create(self._request(*asked, refs))

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the generation stands."""
        return mapping.status_report(await self._client.generation(job_id))

    async def get_result(self, job_id: str) -> GenerationResult:
        """A fresh URL of the result; it lives for an hour, so fetch it soon."""
        generation = await self._client.generation(job_id)
        return mapping.generation_result(
            generation, schemes=self.wire.schemes, makes=self.entry.makes
        )

    def _request(
        self, prompt: str, params: Mapping[str, Any], pictures: Mapping[str, mapping.Ref]
    ) -> dict[str, Any]:
        return mapping.create_request(self.entry.wire, prompt, params, pictures)

    async def _ref(self, picture: Picture) -> mapping.Ref:
        if len(picture.content) <= INLINE_LIMIT:
            return {"data": picture.base64, "media_type": picture.kind}
        return {"file_id": await self._client.upload(picture)}
