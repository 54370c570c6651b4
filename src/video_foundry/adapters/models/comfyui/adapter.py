"""ComfyUI behind the model port: it says what happened and decides nothing about retries."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, ClassVar
from uuid import uuid4

from video_foundry.adapters.models.comfyui import graph, mapping
from video_foundry.adapters.models.comfyui.client import DIALECT, ComfyUIClient
from video_foundry.adapters.models.comfyui.progress import ProgressFeed
from video_foundry.adapters.models.comfyui.workflows import read_workflow
from video_foundry.adapters.models.wire.http import Dialect, Timeouts
from video_foundry.adapters.models.wire.model import HttpModel, as_it_is
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.errors import GenerationFailed, GenerationLost, Unavailable
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
)

_UNDER_WAY = (GenerationStatus.QUEUED, GenerationStatus.RUNNING)


class ComfyUIModel(HttpModel[ComfyUIClient]):
    """Any workflow with marked inputs, on a server of the user's own.

    The id of a job is ours to choose, and the server can be asked for it: so the key of a
    submission is its job's id, and a submit whose answer got lost is looked up. Money that a
    workflow's own nodes may ask for is never at stake: no account is passed on to them.
    """

    idempotency: ClassVar[Idempotency] = "lookup"
    dialect: ClassVar[Dialect] = DIALECT
    client_type = ComfyUIClient
    image_limit: ClassVar[int] = 64 * 1024 * 1024
    """ComfyUI takes uploads of up to 100 MB."""

    def __init__(
        self,
        entry: ModelEntry,
        account: Account | None = None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        super().__init__(entry, account, timeouts=timeouts)
        self._feed = ProgressFeed(self._socket_address)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Queue a workflow that needs no picture; returns its id."""
        workflow = await self._workflow(params)
        filled = graph.filled(workflow, prompt, params, {})
        return await self._queue(filled, key=str(uuid4()))

    async def submit(self, submission: Submission) -> str:
        """Upload the pictures, queue the workflow under the submission's key, return its id."""
        prompt, params, pictures = submission.prompt, submission.params, submission.references
        workflow = await self._workflow(params)
        # Before the uploads, so that a bad request leaves nothing behind.
        graph.filled(workflow, prompt, params, dict.fromkeys(pictures, ""))
        files = await self._pictures(submission, as_it_is)
        names = {name: await self._upload(picture) for name, picture in files.items()}
        return await self._queue(graph.filled(workflow, prompt, params, names), key=submission.key)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the job stands. A server that was restarted has forgotten it."""
        try:
            report = await self._report(job_id)
        except GenerationLost:
            self._feed.leave(job_id)
            raise
        if report.status not in _UNDER_WAY:
            self._feed.leave(job_id)
        return report

    async def get_result(self, job_id: str) -> GenerationResult:
        """Where the job's file is on the server."""
        entry = await self._client.history(job_id)
        if entry is None:
            await self._report(job_id)
            raise Unavailable("ComfyUI has not finished this workflow yet")
        report = mapping.ended(entry)
        if report.status is GenerationStatus.RUNNING:
            raise Unavailable("ComfyUI has not finished this workflow yet")
        if report.status is not GenerationStatus.SUCCEEDED:
            reason = report.error_message or "it was interrupted"
            raise GenerationFailed(f"the workflow failed: {reason}", code=report.error_code)
        return GenerationResult(
            url=self.wire.base_url + mapping.result_path(entry, self.entry.makes)
        )

    async def cancel_generation(self, job_id: str) -> bool:
        """Take the job from the queue, or interrupt it; other people's jobs are left alone."""
        stopped = await self._client.cancel(job_id)
        if stopped:
            self._cancelled.append(job_id)
        return stopped or job_id in self._cancelled

    async def find_generation(self, key: str) -> str | None:
        """The job that was queued with this key, by its id or by the key that was sent along."""
        if await self._client.history(key) is not None:
            return key
        found = mapping.id_in_queue(await self._client.queue(), key)
        # Last, because it may have ended between the two questions.
        return found or mapping.id_in_history(await self._client.recent(), key)

    async def aclose(self) -> None:
        """Release connections."""
        await self._feed.aclose()
        await super().aclose()

    async def _report(self, job_id: str) -> StatusReport:
        entry = await self._client.history(job_id)
        place = None if entry is not None else await self._client.place(job_id)
        if entry is None and place is None:
            # It may have ended between the two questions.
            entry = await self._client.history(job_id)
        if entry is not None:
            return mapping.ended(entry)
        if job_id in self._cancelled:
            return StatusReport(status=GenerationStatus.CANCELLED)
        if place is None:
            raise GenerationLost("ComfyUI does not know this job (any more): was it restarted?")
        return StatusReport(status=place, progress=self._feed.share(job_id))

    async def _queue(self, filled: graph.Graph, *, key: str) -> str:
        with self._feed.expecting() as client_id:
            body = mapping.create_request(filled, key=key, client_id=client_id)
            job_id = await self._client.create(body)
            self._feed.follow(job_id, graph.weights_of(filled))
        return job_id

    async def _workflow(self, params: Mapping[str, Any]) -> graph.Graph:
        if params.get("graph") is not None:
            return graph.checked(params["graph"])
        folder = self.wire.account.setting("workflows")
        name, digest = params.get("workflow", ""), params.get("workflow_sha256", "")
        return graph.checked(await asyncio.to_thread(read_workflow, folder, name, digest))

    async def _upload(self, picture: Picture) -> str:
        """Named by its content, so that the same picture is there once however often it is used."""
        digest = sha256(picture.content).hexdigest()[:32]
        return await self._client.upload(picture, filename=f"{digest}.{picture.suffix}")

    def _socket_address(self, client_id: str) -> str:
        _, _, rest = self.wire.base_url.partition("://")
        scheme = "wss" if self.wire.base_url.startswith("https://") else "ws"
        return f"{scheme}://{rest}/ws?clientId={client_id}"
