"""OpenRouter behind the model port: it says what happened and decides nothing about retries."""

from typing import Any, ClassVar

from video_foundry.adapters.models.openrouter import mapping
from video_foundry.adapters.models.openrouter.client import DIALECT, OpenRouterClient
from video_foundry.adapters.models.openrouter.webhooks import SIGNATURE, is_genuine
from video_foundry.adapters.models.wire.checks import good, without_money
from video_foundry.adapters.models.wire.http import Dialect
from video_foundry.adapters.models.wire.model import HttpModel, as_data_uri
from video_foundry.adapters.models.wire.reading import Answer, at, finite
from video_foundry.core.catalogue import Idempotency
from video_foundry.ports.accounts import AccountCheck
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission, Webhook

IMAGE_LIMIT = 10 * 1024 * 1024
"""Largest picture in bytes; it goes into the request itself."""


class OpenRouterModel(HttpModel[OpenRouterClient]):
    """Any video model of OpenRouter, from text or from pictures.

    OpenRouter takes no idempotency key, lists no jobs and cancels none, so a submit whose answer
    got lost cannot be cleared up from here, and what was begun is left to end.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = OpenRouterClient
    image_limit: ClassVar[int] = IMAGE_LIMIT
    check_path: ClassVar[str | None] = "/key"

    def _judged(self, answer: Answer) -> AccountCheck:
        """What is left of the key's own limit, where it has one."""
        left = finite(at(answer.body, "data", "limit_remaining"))
        if left is None:
            return good(self.dialect.title)
        if left <= 0:
            return without_money(self.dialect.title, "its limit is used up")
        return good(self.dialect.title, f"{left:g} USD left of its limit")

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call for text alone, and return the job's id."""
        return await self._client.create(mapping.create_body(self.entry.wire, prompt, params))

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the first and the last frame when there are some."""
        frames = await self._pictures(submission, as_data_uri)
        body = mapping.create_body(
            self.entry.wire, submission.prompt, submission.params, frames=frames
        )
        secret = self._webhook_secret
        if submission.webhook_url and secret:  # without it no signature could be checked
            body["callback_url"] = submission.webhook_url
        return await self._client.create(body)

    async def is_genuine_webhook(self, webhook: Webhook) -> bool:
        """By the signature that is made with the account's secret."""
        signature = webhook.headers.get(SIGNATURE, "")
        told_at = webhook.received_at.timestamp()
        return is_genuine(signature, webhook.body, secret=self._webhook_secret, now=told_at)

    @property
    def _webhook_secret(self) -> str:
        return self.wire.account.setting("webhook_secret")

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
