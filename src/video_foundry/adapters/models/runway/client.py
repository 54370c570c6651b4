"""Runway's HTTP API, one method a call: paths, headers and shapes of answers. What a refusal means
is for `mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.runway import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect, bearer
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import address
from video_foundry.errors import Unavailable

API_VERSION = "2024-11-06"


def _headers(key: str) -> dict[str, str]:
    return {**bearer(key), "X-Runway-Version": API_VERSION}


DIALECT = Dialect(
    title="Runway",
    base_url="https://api.dev.runwayml.com",
    headers=_headers,
    refusal=mapping.refusal,
)


class RunwayClient(Client):
    """The calls."""

    async def create(self, path: str, body: Mapping[str, Any]) -> str:
        """Send one create call, once, and return the task's id."""
        return await self._wire.create(path, json=body, id_of=mapping.task_id)

    async def task(self, task_id: str) -> dict[str, Any]:
        """A task as Runway tells it. Raises GenerationLost for an id that it does not know."""
        return (await self._wire.look(_task_path(task_id))).body

    async def delete_task(self, task_id: str) -> bool:
        """Cancel a task that is not over, or throw away one that is: ask first which it is."""
        answer = await self._wire.ask(_task_path(task_id), method="DELETE")
        return answer.status in (200, 204)

    async def upload(self, picture: Picture) -> str:
        """Put a file into Runway's store for a day and return its runway:// URI."""
        slot = await self._wire.prepare(
            "/v1/uploads", json={"filename": picture.filename, "type": "ephemeral"}
        )
        url, uri, fields = (slot.body.get(k) for k in ("uploadUrl", "runwayUri", "fields"))
        if not (isinstance(url, str) and isinstance(uri, str) and isinstance(fields, dict)):
            raise Unavailable("Runway offered no place for the first frame")
        if address(url, self._wire.schemes) is None:
            raise Unavailable("Runway offered an unsafe place for the first frame")
        form = {str(name): str(value) for name, value in fields.items()}
        file = (picture.filename, picture.content, picture.kind)
        await self._wire.store(url, data=form, files={"file": file})
        return uri


def _task_path(task_id: str) -> str:
    return f"/v1/tasks/{quote(task_id, safe='')}"
