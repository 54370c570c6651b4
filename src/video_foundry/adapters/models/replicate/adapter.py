"""Replicate behind the model port: it says what happened and decides nothing about retries."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from video_foundry.adapters.models.replicate import mapping
from video_foundry.adapters.models.replicate.client import DIALECT, ReplicateClient
from video_foundry.adapters.models.replicate.webhooks import is_genuine
from video_foundry.adapters.models.wire.checks import good
from video_foundry.adapters.models.wire.http import Dialect, Timeouts
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer, plain
from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.ports.accounts import Account, AccountCheck
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
    Webhook,
)

DATA_URI_LIMIT = 256_000
"""Longest data: URI that goes into a request, in characters; larger pictures are uploaded first."""
LOOKED_BACK = timedelta(hours=2)
"""Replicate remembers for an hour what a prediction was asked; the other is for a wrong clock."""
MOST_PAGES = 50
"""A hundred predictions each."""


class ReplicateModel(HttpModel[ReplicateClient]):
    """Any model that Replicate runs.

    Replicate takes no idempotency key. Where the catalogue says `lookup`, a submission without a
    seed gets one that is made from its key, and is found again by it among the account's
    predictions; a seed of one's own cannot be found so.
    """

    idempotency: ClassVar[Idempotency] = "lookup"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = ReplicateClient
    image_limit: ClassVar[int] = 20 * 1024 * 1024
    check_path: ClassVar[str | None] = "/v1/account"

    def _judged(self, answer: Answer) -> AccountCheck:
        """Replicate says whose it is, and nothing of money."""
        name = plain(answer.body.get("username"), 80)
        return good(self.dialect.title, f"it is {name}'s" if name else "")

    def __init__(
        self,
        entry: ModelEntry,
        account: Account | None = None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        super().__init__(entry, account, timeouts=timeouts)
        # One class serves models with a seed and models without one.
        self.idempotency = entry.idempotency  # type: ignore[misc] # the port tells it by class

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call for text alone, and return the prediction's id."""
        return await self._client.create(*mapping.create_request(self.entry.wire, prompt, params))

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with reference pictures where there are some."""
        # Before any upload, so that a bad request costs nothing at all.
        self._request(submission, dict.fromkeys(submission.references, "https://"))
        frames = await self._addresses(submission, self._client.upload, longest=DATA_URI_LIMIT)
        path, body = self._request(submission, frames)
        return await self._client.create(path, body | mapping.called_back(submission.webhook_url))

    async def is_genuine_webhook(self, webhook: Webhook) -> bool:
        """By the signature that is made with the account's secret."""
        told_at = webhook.received_at.timestamp()
        secret = await self._client.webhook_secret()
        return is_genuine(webhook.headers, webhook.body, secret=secret, now=told_at)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the prediction stands."""
        told = await self._client.prediction(job_id)
        return mapping.status_report(told, schemes=self.wire.schemes)

    async def get_result(self, job_id: str) -> GenerationResult:
        """Where the file is; Replicate throws it away an hour after it was made."""
        return mapping.generation_result(
            await self._client.prediction(job_id),
            schemes=self.wire.schemes,
            key_headers=self.dialect.headers(self.wire.account.key()),
        )

    async def cancel_generation(self, job_id: str) -> bool:
        """Cancel a prediction that has not begun, which costs nothing.

        One that runs is stopped only where its price is that of the time it takes; what ran so far
        is billed, so this says False, and the status tells that it was cancelled. The others are
        left to end: they may cost the same either way.
        """
        before = (await self.get_status(job_id)).status
        if before is GenerationStatus.CANCELLED:
            return True
        is_waiting = before is GenerationStatus.QUEUED
        is_running = before is GenerationStatus.RUNNING
        if not (is_waiting or (is_running and self.entry.wire.get("stop_running"))):
            return False
        after = mapping.status_report(
            await self._client.cancel(job_id), schemes=self.wire.schemes
        ).status
        return is_waiting and after is GenerationStatus.CANCELLED

    async def find_generation(self, key: str) -> str | None:
        """The recent prediction that carries the mark of this key."""
        carrier = self.entry.wire.get("mark")
        if carrier is None:
            return None
        since = (datetime.now(UTC) - LOOKED_BACK).isoformat()
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            listing = await self._client.predictions(created_after=since, cursor=cursor)
            found = mapping.marked(
                listing["results"],
                ref=self.entry.wire["ref"],
                carrier=carrier,
                mark=mapping.mark_of(key),
            )
            cursor = mapping.next_cursor(listing)
            if found or cursor is None:
                return found
        return None

    def _request(
        self, submission: Submission, frames: Mapping[str, str]
    ) -> tuple[str, dict[str, Any]]:
        return mapping.create_request(
            self.entry.wire,
            submission.prompt,
            submission.params,
            frames=frames,
            mark=mapping.mark_of(submission.key),
        )
