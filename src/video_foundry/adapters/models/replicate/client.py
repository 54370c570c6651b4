"""Replicate's HTTP API, one method a call: paths, headers and shapes of answers. What a refusal
means is for `mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.replicate import mapping
from video_foundry.adapters.models.wire.http import Dialect, Wire
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import Answer, address, at
from video_foundry.errors import GenerationLost, Unavailable

MAX_LIST = 16 * 1024 * 1024
"""Bytes of a listing that are read: a hundred predictions, each with its input and its log."""


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


DIALECT = Dialect(
    title="Replicate",
    base_url="https://api.replicate.com",
    headers=_headers,
    refusal=mapping.refusal,
)


class ReplicateClient:
    """The calls, over one wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def create(self, path: str, body: Mapping[str, Any]) -> str:
        """Send one create call, once, and return the prediction's id."""
        return await self._wire.create(path, json=body, id_of=mapping.prediction_id)

    async def prediction(self, prediction_id: str) -> dict[str, Any]:
        """A prediction as Replicate tells it. Raises GenerationLost for an id it does not know."""
        return (await self._wire.look(_path(prediction_id))).body

    async def cancel(self, prediction_id: str) -> dict[str, Any]:
        """Stop a prediction; returns how it stands then."""
        return (await self._wire.look(f"{_path(prediction_id)}/cancel", method="POST")).body

    async def predictions(self, *, created_after: str, cursor: str | None = None) -> dict[str, Any]:
        """One page of the account's predictions, newest first: `results` and `next`.

        created_after: ISO 8601.
        """
        query = {"created_after": created_after} | ({"cursor": cursor} if cursor else {})
        try:
            answer = await self._wire.look("/v1/predictions", params=query, max_answer=MAX_LIST)
        except GenerationLost as error:  # a listing that is not there says nothing about any of it
            raise Unavailable("Replicate would not list its predictions") from error
        return _listing(answer)

    async def account(self) -> dict[str, Any]:
        """Whose key this is: `type`, `username`, `name`. Costs nothing."""
        return (await self._wire.look("/v1/account")).body

    async def upload(self, picture: Picture, *, filename: str) -> str:
        """Put a picture into Replicate's store and return the address that its models read."""
        file = (filename, picture.content, picture.kind)
        answer = await self._wire.prepare("/v1/files", files={"content": file})
        url = address(at(answer.body, "urls", "get"), self._wire.schemes)
        if url is None:
            raise Unavailable("Replicate took the picture but named no address for it")
        return url


def _listing(answer: Answer) -> dict[str, Any]:
    if not isinstance(answer.body.get("results"), list):
        raise Unavailable("Replicate answered something that is no list of predictions")
    return answer.body


def _path(prediction_id: str) -> str:
    return f"/v1/predictions/{quote(prediction_id, safe='')}"
