"""Kling behind the model port: it says what happened and decides nothing about retries."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from video_foundry.adapters.models.kling import mapping
from video_foundry.adapters.models.kling.client import DIALECT, KlingClient
from video_foundry.adapters.models.wire.checks import good
from video_foundry.adapters.models.wire.http import Dialect
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.core.catalogue import Idempotency
from video_foundry.errors import Rejected
from video_foundry.ports.accounts import AccountCheck
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission, Webhook

FRAME_TYPES = ("image/jpeg", "image/png")
FRAMES = ("first_frame", "last_frame")


class KlingModel(HttpModel[KlingClient]):
    """Kling's models, from text or from frames.

    Kling takes our key as `external_task_id` and can be searched by it, so a submit whose answer
    got lost is found again. A task cannot be cancelled.
    """

    idempotency: ClassVar[Idempotency] = "lookup"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = KlingClient
    image_limit: ClassVar[int] = 10_000_000
    check_path: ClassVar[str | None] = "/tasks?external_task_ids=video-foundry-key-check"

    def _judged(self, answer: Answer) -> AccountCheck:
        """A list of no tasks; Kling may also refuse within a success."""
        mapping.tasks(answer, datetime.now(UTC))
        return good(self.dialect.title)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call for text to video, and return the task's id. Without a key, it
        cannot be found again when the answer gets lost: `submit` does better."""
        return await self._create(prompt, params, frames={}, options={})

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the frames that there are; returns the task's id."""
        told = await self._pictures(submission, _base64)
        frames = {name: told[name] for name in FRAMES if name in told}
        options = {"external_task_id": submission.key}
        if submission.webhook_url:
            options["callback_url"] = submission.webhook_url
        return await self._create(
            submission.prompt, submission.params, frames=frames, options=options
        )

    async def is_genuine_webhook(self, webhook: Webhook) -> bool:
        """Kling signs nothing: that the address is known is all that it can show."""
        return True

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
        options: Mapping[str, str],
    ) -> str:
        path, body = mapping.create_request(
            self.entry.wire, prompt, params, frames=frames, options=options
        )
        return await self._client.create(path, body)


def _base64(picture: Picture) -> str:
    """A frame as Kling takes it: base64 without the head of a data address. Raises Rejected."""
    if picture.kind not in FRAME_TYPES:
        why = f"Kling takes a {picture.what} as JPEG or PNG, not WebP"
        raise Rejected(why, code=f"{picture.parameter}_type")
    return picture.base64
