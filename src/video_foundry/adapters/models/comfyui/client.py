"""ComfyUI's HTTP API, one method a call: paths and shapes of answers. What an answer means is for
`mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.comfyui import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.errors import Unavailable
from video_foundry.ports.video_model import GenerationStatus

DEFAULT_BASE_URL = "http://127.0.0.1:8188"
MAX_LISTING = 64 * 1024 * 1024
"""Bytes of a queue or a history: each entry repeats its whole workflow."""
RECENT = 200
"""Jobs of the past that are looked through for our key."""
SUBFOLDER = "video-foundry"
"""Where our pictures lie in the server's input folder."""

DIALECT = Dialect(
    title="ComfyUI",
    base_url=DEFAULT_BASE_URL,
    headers=lambda _: {},
    refusal=mapping.refusal,
    needs_key=False,
    # An id that is not known is no error there: it is just not in the answer.
    lost=(),
)


class ComfyUIClient(Client):
    """The calls."""

    async def create(self, body: Mapping[str, Any]) -> str:
        """Queue a workflow, once, and return its id."""
        return await self._wire.create("/prompt", json=body, id_of=mapping.prompt_id)

    async def history(self, job_id: str) -> dict[str, Any] | None:
        """The entry of a job that is over; None for one that is not, or not known."""
        told = await self._object(f"/history/{quote(job_id, safe='')}")
        entry = told.get(job_id)
        return entry if isinstance(entry, dict) else None

    async def recent(self) -> dict[str, Any]:
        """The latest entries of the history by id."""
        return await self._object(f"/history?max_items={RECENT}")

    async def queue(self) -> dict[str, Any]:
        """`queue_running` and `queue_pending`, both lists."""
        told = await self._object("/queue")
        if not all(isinstance(told.get(n), list) for n in ("queue_running", "queue_pending")):
            raise Unavailable("ComfyUI's queue has another shape than expected")
        return told

    async def place(self, job_id: str) -> GenerationStatus | None:
        """Where a job stands in the queue, None when it is not there."""
        return mapping.place_in(await self.queue(), job_id)

    async def cancel(self, job_id: str) -> bool:
        """Stop this job and no other; whether that stopped anything."""
        answer = await self._wire.ask(f"/api/jobs/{quote(job_id, safe='')}/cancel", method="POST")
        if answer.is_success and isinstance(answer.body.get("cancelled"), bool):
            return bool(answer.body["cancelled"])
        if answer.status in (404, 405):
            return await self._cancel_in_queue(job_id)
        raise self._wire.could_not_ask(answer)

    async def upload(self, picture: Picture, *, filename: str) -> str:
        """Put a picture into the server's input folder; returns what a workflow calls it."""
        answer = await self._wire.prepare(
            "/upload/image",
            data={"type": "input", "subfolder": SUBFOLDER, "overwrite": "true"},
            files={"image": (filename, picture.content, picture.kind)},
        )
        name = mapping.uploaded_name(answer)
        if name is None:
            raise Unavailable("ComfyUI did not say what it calls the uploaded picture")
        return name

    async def _cancel_in_queue(self, job_id: str) -> bool:
        """For servers without the route above. Those may not know an interrupt that is meant for
        one job alone either, so it is sent only while ours is the one that runs."""
        before = await self.place(job_id)
        if before is GenerationStatus.QUEUED:
            await self._post("/queue", {"delete": [job_id]})
        after = before and await self.place(job_id)
        if after is GenerationStatus.RUNNING:
            await self._post("/interrupt", {"prompt_id": job_id})
            return True
        return before is not None and after is None and await self.history(job_id) is None

    async def _post(self, path: str, body: Mapping[str, Any]) -> None:
        answer = await self._wire.ask(path, method="POST", json=body)
        if not answer.is_success:
            raise self._wire.could_not_ask(answer)

    async def _object(self, path: str) -> dict[str, Any]:
        """An answer that is an object: a page of something else must not look like "not known"."""
        answer = await self._wire.look(path, max_answer=MAX_LISTING)
        if not isinstance(answer.json, dict):
            raise Unavailable("something other than ComfyUI answered; check COMFYUI_BASE_URL")
        return answer.body
