"""Luma behind the model port: it says what happened and decides nothing about retries."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from video_foundry.adapters.models.luma import mapping
from video_foundry.adapters.models.luma.client import DIALECT, LumaClient
from video_foundry.adapters.models.wire.http import Dialect, Timeouts
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import read_picture
from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission

INLINE_LIMIT = 4 * 1024 * 1024
"""Largest picture in bytes that travels within the request; larger ones are uploaded first."""
IMAGE_LIMIT = 32 * 1024 * 1024
"""Largest picture in bytes that is sent at all; Luma names no limit of its own."""


class LumaModel(HttpModel):
    """Luma's video and picture models.

    Luma neither takes an idempotency key nor lists generations, so a submit whose answer got lost
    cannot be cleared up from here; and it has no cancel.
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
        self._client = LumaClient(self.wire)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call from text alone, and return the generation's id."""
        return await self._client.create(self._request(prompt, params, {}))

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the pictures there are; returns the generation's id."""
        asked = submission.prompt, submission.params
        # Before the uploads, so that a bad request costs nothing at all.
        self._request(*asked, {name: {} for name in submission.references})
        pictures = {n: await self._picture(n, p) for n, p in submission.references.items()}
        return await self._client.create(self._request(*asked, pictures))

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

    async def _picture(self, name: str, path: Path) -> mapping.Ref:
        what = name.replace("_", " ")
        picture = await asyncio.to_thread(
            read_picture, path, title=self.dialect.title, limit=IMAGE_LIMIT, what=what
        )
        if len(picture.content) <= INLINE_LIMIT:
            return {"data": picture.base64, "media_type": picture.kind}
        filename = f"{name.replace('_', '-')}.{picture.suffix}"
        return {"file_id": await self._client.upload(picture, filename=filename)}
