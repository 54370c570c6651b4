"""Luma's HTTP API, one method a call: paths, headers and the steps of an upload. What a refusal
means is for `mapping`; how a call is made, and never twice, is for the shared wire."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.luma import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect, bearer
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import address, at
from video_foundry.errors import Rejected, Unavailable

READY_PAUSES = tuple(min(2.0, 0.05 * 2**n) for n in range(25))
"""Seconds between the questions whether an upload can be used; some 40 in all."""


DIALECT = Dialect(
    title="Luma",
    base_url="https://agents.lumalabs.ai",
    headers=bearer,
    refusal=mapping.refusal,
)


class LumaClient(Client):
    """The calls."""

    async def create(self, body: Mapping[str, Any]) -> str:
        """Send one create call, once, and return the generation's id."""
        return await self._wire.create("/v1/generations", json=body, id_of=mapping.generation_id)

    async def generation(self, id: str) -> dict[str, Any]:
        """A generation as Luma tells it. Raises GenerationLost for an id that it does not know."""
        return (await self._wire.look(f"/v1/generations/{quote(id, safe='')}")).body

    async def upload(self, picture: Picture) -> str:
        """Put a picture into Luma's store and return its file id, once it can be used.

        Raises Rejected for a picture that Luma will not have, and Unavailable.
        """
        told = {
            "mime_type": picture.kind,
            "size_bytes": len(picture.content),
            "purpose": "input",
            "filename": picture.filename,
        }
        slot = (await self._wire.prepare("/v1/files", json=told)).body
        file_id, url = slot.get("id"), at(slot, "upload", "url")
        if not isinstance(file_id, str) or address(url, self._wire.schemes) is None:
            raise Unavailable("Luma offered no safe place for a picture")
        told_headers = at(slot, "upload", "headers")
        named = told_headers if isinstance(told_headers, dict) else {}
        headers = {str(name): str(value) for name, value in named.items()}
        await self._wire.store(url, method="PUT", content=picture.content, headers=headers)
        path = f"/v1/files/{quote(file_id, safe='')}"
        await self._until_ready(path, (await self._wire.prepare(f"{path}/complete")).body)
        return file_id

    async def _until_ready(self, path: str, file: Mapping[str, Any]) -> None:
        for pause in READY_PAUSES:
            state = file.get("state")
            if state == "ready":
                return
            if state in ("failed", "deleted"):
                raise Rejected(mapping.upload_refused(file), code="picture_refused")
            await asyncio.sleep(pause)
            file = (await self._wire.prepare(path, method="GET")).body
        raise Unavailable("Luma did not get an uploaded picture ready in time")
