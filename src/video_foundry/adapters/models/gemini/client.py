"""The Gemini API's interactions over HTTP, one method a call. What a refusal means is for
`mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.gemini import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect

INTERACTIONS = "/v1/interactions"
MAX_INTERACTION = 96 * 1024 * 1024
"""Bytes of an interaction that are read: a video within it was not asked for, but may be there."""


def key_header(key: str) -> dict[str, str]:
    """How a call says who makes it; fetching a result is such a call too."""
    return {"x-goog-api-key": key}


DIALECT = Dialect(
    title="Gemini",
    base_url="https://generativelanguage.googleapis.com",
    headers=key_header,
    refusal=mapping.refusal,
)


class GeminiClient(Client):
    """The calls."""

    async def create(self, body: Mapping[str, Any]) -> str:
        """Send one create call, once, and return the interaction's id."""
        return await self._wire.create(INTERACTIONS, json=body, id_of=mapping.interaction_id)

    async def interaction(self, id: str) -> dict[str, Any]:
        """An interaction as Gemini tells it. Raises GenerationLost for one that it does not
        know."""
        params = {"stream": "false"}
        return (await self._wire.look(_path(id), params=params, max_answer=MAX_INTERACTION)).body

    async def cancel(self, id: str) -> dict[str, Any]:
        """Ask for an end, and return how the interaction stands then."""
        return (await self._wire.look(f"{_path(id)}/cancel", method="POST")).body


def _path(id: str) -> str:
    return f"{INTERACTIONS}/{quote(id, safe='')}"
