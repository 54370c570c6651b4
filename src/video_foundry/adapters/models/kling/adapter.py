"""Kling behind the model port: it says what happened and decides nothing about retries."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from video_foundry.adapters.models.kling import mapping
from video_foundry.adapters.models.kling.client import DIALECT, KlingClient
from video_foundry.adapters.models.wire.http import Dialect, Timeouts
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import read_picture
from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.errors import Rejected
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission

FRAME_LIMIT = 10_000_000
"""Largest first or last frame in bytes."""
FRAME_TYPES = ("image/jpeg", "image/png")
FRAMES = ("first_frame", "last_frame")


class KlingModel(HttpModel):
    """Kling's models, from text or from frames.

    Kling takes our key as `external_task_id` and can be searched by it, so a submit whose answer
    got lost is found again. A task cannot be cancelled.
    """

    idempotency: ClassVar[Idempotency] = "lookup"
    dialect: ClassVar[Dialect] = DIALECT

    def __init__(
        self,
        entry: ModelEntry,
        account: Account | None = None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        super().__init__(entry, account, timeouts=timeouts)
        self._client = KlingClient(self.wire)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call for text to video, and return the task's id. Without a key, it
        cannot be found again when the answer gets lost: `submit` does better."""
        return await self._create(prompt, params, frames={}, key=None)

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the frames that there are; returns the task's id."""
        frames = {
            name: await asyncio.to_thread(_base64, submission.references[name], name)
            for name in FRAMES
            if name in submission.references
        }
        return await self._create(
            submission.prompt, submission.params, frames=frames, key=submission.key
        )

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the task stands."""
        return mapping.status_report(await self._client.task(job_id), currency=self._currency)

    async def get_result(self, job_id: str) -> GenerationResult:
        """Where the video is; Kling keeps it for thirty days."""
        task = await self._client.task(job_id)
        return mapping.generation_result(task, schemes=self.wire.schemes, currency=self._currency)

    async def find_generation(self, key: str) -> str | None:
        """The task that a submit with this key started, None where there is none."""
        return await self._client.find(key)

    @property
    def _currency(self) -> str:
        """What cash amounts of a bill are in: dollars, except in China."""
        return self.wire.account.setting("currency") or "USD"

    async def _create(
        self,
        prompt: str,
        params: Mapping[str, Any],
        *,
        frames: Mapping[str, str],
        key: str | None,
    ) -> str:
        path, body = mapping.create_request(self.entry.wire, prompt, params, frames=frames, key=key)
        return await self._client.create(path, body)


def _base64(path: Path, name: str) -> str:
    """A frame as Kling takes it: base64 without the head of a data address. Blocks. Raises
    Rejected."""
    what = name.replace("_", " ")
    picture = read_picture(path, title=DIALECT.title, limit=FRAME_LIMIT, what=what)
    if picture.kind not in FRAME_TYPES:
        raise Rejected(f"Kling takes a {what} as JPEG or PNG, not WebP", code=f"{name}_type")
    return picture.base64
