"""Replicate's HTTP API, one method a call: paths, headers and shapes of answers. What a refusal
means is for `mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.replicate import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect, Wire, bearer
from video_foundry.adapters.models.wire.pictures import Picture
from video_foundry.adapters.models.wire.reading import Answer, address, at, one_of
from video_foundry.errors import GenerationLost, Unavailable

MAX_LIST = 16 * 1024 * 1024
"""Bytes of a listing that are read: a hundred predictions, each with its input and its log."""


DIALECT = Dialect(
    title="Replicate",
    base_url="https://api.replicate.com",
    headers=bearer,
    refusal=mapping.refusal,
)


class ReplicateClient(Client):
    """The calls."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)
        self._secrets: dict[str, str] = {}

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

    async def webhook_secret(self) -> str:
        """What Replicate signs this account's webhooks with: the setting `webhook_secret`, else
        asked for once. Raises Unavailable and NotAuthorised."""
        if told := self._wire.account.setting("webhook_secret"):
            return told
        key = self._wire.account.key()
        if key not in self._secrets:  # the account's key can change while we run
            answer = await self._wire.look("/v1/webhooks/default/secret")
            self._secrets = {key: one_of(answer.body.get("key"), 1000)}
        return self._secrets[key]

    async def upload(self, picture: Picture) -> str:
        """Put a picture into Replicate's store and return the address that its models read."""
        file = (picture.filename, picture.content, picture.kind)
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
