"""fal behind the model port: it says what happened and decides nothing about retries."""

import sys
from collections.abc import Mapping
from typing import Any, ClassVar

from video_foundry.adapters.models.fal import mapping
from video_foundry.adapters.models.fal.client import DIALECT, FalClient
from video_foundry.adapters.models.fal.mapping import CANCELLED, FAILED, QUEUED, SUCCEEDED, Ticket
from video_foundry.adapters.models.wire.http import Dialect
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.reading import Answer
from video_foundry.adapters.models.wire.results import require_success
from video_foundry.core.catalogue import Idempotency
from video_foundry.core.money import Money
from video_foundry.errors import GenerationLost, ModelError, Unavailable
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission, Webhook

DATA_URI_LIMIT = 4_000_000
"""Longest data: URI that is sent within a request, in characters; larger pictures are uploaded."""


class FalModel(HttpModel[FalClient]):
    """A model of fal's catalogue, or any app of fal by its path.

    fal takes no idempotency key and cannot be searched, so a submit whose answer got lost cannot
    be cleared up from here.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = FalClient
    image_limit: ClassVar[int] = 20 * 1024 * 1024

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Put one request from words alone into the queue, and return our job id for it."""
        app, body = self._request(prompt, params, {})
        return await self._client.create(app, body, key="")

    async def submit(self, submission: Submission) -> str:
        """Put one request into the queue, with its frames; returns our job id for it."""
        # Before an upload, so that a bad request costs nothing at all.
        self._request(
            submission.prompt, submission.params, dict.fromkeys(submission.references, "")
        )
        longest = DATA_URI_LIMIT if self._client.has_store else sys.maxsize
        frames = await self._addresses(submission, self._client.upload, longest=longest)
        app, body = self._request(submission.prompt, submission.params, frames)
        return await self._client.create(
            app, body, key=submission.key, webhook_url=submission.webhook_url
        )

    async def is_genuine_webhook(self, webhook: Webhook) -> bool:
        """By fal's signature and its public keys."""
        return await self._client.has_signed(webhook)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask how the request stands; when it is over, also how it ended, which fal's status may
        keep to itself."""
        ticket = mapping.ticket_of(job_id)
        try:
            report, answer = await self._look(ticket)
        except GenerationLost:
            if job_id in self._cancelled:
                return StatusReport(status=CANCELLED)
            raise
        if report.status is not FAILED or answer is None:
            return report
        return StatusReport(
            status=FAILED,
            error_code=report.error_code,
            error_message=report.error_message,
            cost=await self._cost(ticket, answer),
        )

    async def get_result(self, job_id: str) -> GenerationResult:
        """Where the file is. Raises GenerationFailed, or Unavailable before the end."""
        ticket = mapping.ticket_of(job_id)
        report, answer = await self._look(ticket)
        require_success(report, title="fal", made="no file")
        if answer is None:  # never: a success was told by an answer
            raise Unavailable("fal has not finished this generation yet")
        cost = await self._cost(ticket, answer)
        return mapping.generation_result(answer, cost, schemes=self.wire.schemes)

    async def cancel_generation(self, job_id: str) -> bool:
        """Take a request out of the queue that has not begun.

        What runs may be paid for all the same, and whether it stops is up to its app: it is left
        to end, so that its result is not lost.
        """
        ticket = mapping.ticket_of(job_id)
        status = (await self.get_status(job_id)).status
        if status is not QUEUED:
            return status is CANCELLED
        answer = await self._client.cancel(ticket)
        # It may have begun in between, and then it was only asked to stop.
        if not answer.is_success or not await self._has_stopped(ticket, answer):
            return False
        self._cancelled.append(job_id)
        return True

    async def aclose(self) -> None:
        """Release connections."""
        await self._client.aclose()
        await super().aclose()

    async def _look(self, ticket: Ticket) -> tuple[StatusReport, Answer | None]:
        """How it stands, and the answer to its result call when it is over."""
        told = await self._client.status(ticket)
        report = mapping.status_report(told)
        if report.status is not SUCCEEDED:
            return report, None
        answer = await self._client.result(ticket)
        verdict = mapping.verdict(told, answer, schemes=self.wire.schemes)
        if verdict is not None:
            return verdict, answer
        if answer.status in self.dialect.lost:
            raise GenerationLost("fal does not have the result of this generation (any more)")
        raise self.wire.could_not_ask(answer)

    async def _has_stopped(self, ticket: Ticket, answer: Answer) -> bool:
        if mapping.is_gone(answer):
            return True
        try:
            return (await self._look(ticket))[0].status is CANCELLED
        except GenerationLost:
            return True
        except ModelError:
            return False

    async def _cost(self, ticket: Ticket, answer: Answer) -> Money | None:
        """What fal bills for it; None where that cannot be learnt, which never stands in the way
        of a result."""
        units = mapping.billed_units(answer)
        if units is None:
            return None
        try:
            prices = await self._client.prices(ticket.app)
        except ModelError:
            return None
        return None if prices is None else mapping.cost_of(units, prices, ticket.app)

    def _request(
        self, prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
    ) -> tuple[str, dict[str, Any]]:
        return mapping.request(self.entry.wire, prompt, params, frames)
