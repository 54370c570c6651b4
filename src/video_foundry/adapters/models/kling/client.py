"""Kling's HTTP API 2.0, one method a call: paths, queries and the common form of its answers. What
they mean is for `mapping`; how a call is made, and never twice, is for the shared wire."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from video_foundry.adapters.models.kling import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect, bearer
from video_foundry.errors import GenerationLost

DIALECT = Dialect(
    title="Kling",
    base_url="https://api-singapore.klingai.com",
    headers=bearer,
    refusal=mapping.refusal,
)


class KlingClient(Client):
    """The calls."""

    async def create(self, path: str, body: Mapping[str, Any]) -> str:
        """Send one create call, once, and return the task's id."""
        return await self._wire.create(
            path, json=body, id_of=lambda answer: mapping.task_id(answer, datetime.now(UTC))
        )

    async def task(self, task_id: str) -> dict[str, Any]:
        """A task as Kling tells it. Raises GenerationLost for an id that it does not know, and
        Unavailable for one that it merely does not list: that may only be early."""
        listed = await self._tasks(task_ids=task_id)
        found = mapping.task_among(listed, "id", task_id)
        if found is None:
            raise mapping.not_listed()
        return found

    async def find(self, key: str) -> str | None:
        """The id of the task that a create call with this `external_task_id` started, None where
        Kling has none."""
        try:
            listed = await self._tasks(external_task_ids=key)
        except GenerationLost:
            return None
        return mapping.id_of(mapping.task_among(listed, "external_id", key))

    async def _tasks(self, **query: str) -> list[Any]:
        answer = await self._wire.look("/tasks", params=query)
        return mapping.tasks(answer, datetime.now(UTC))
