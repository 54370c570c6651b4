"""OpenRouter's video API, one method a call: paths, headers and shapes of answers. What a refusal
means is for `mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.openrouter import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect, bearer

DIALECT = Dialect(
    title="OpenRouter",
    base_url="https://openrouter.ai/api/v1",
    headers=bearer,
    refusal=mapping.refusal,
)


class OpenRouterClient(Client):
    """The calls."""

    async def create(self, body: Mapping[str, Any]) -> str:
        """Send one create call, once, and return the job's id."""
        return await self._wire.create("/videos", json=body, id_of=mapping.video_id)

    async def video(self, video_id: str) -> dict[str, Any]:
        """A job as OpenRouter tells it. Raises GenerationLost for an id that it does not know."""
        return (await self._wire.look(f"/videos/{quote(video_id, safe='')}")).body

    async def models(self) -> dict[str, Any]:
        """What OpenRouter says today that its video models can do: `data`. Costs nothing."""
        return (await self._wire.look("/videos/models")).body
