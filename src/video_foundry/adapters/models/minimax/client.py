"""MiniMax's two HTTP interfaces, one method a call: paths, queries and which answer leads to which.
What answers mean is for `mapping`; how a call is made, and never twice, is for the shared wire."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from video_foundry.adapters.models.minimax import mapping
from video_foundry.adapters.models.wire.http import Client, Dialect, bearer
from video_foundry.errors import GenerationLost
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport

DIALECT = Dialect(
    title="MiniMax",
    base_url="https://api.minimax.io",
    headers=bearer,
    refusal=mapping.refusal,
)


class Interface(Client, ABC):
    """One of MiniMax's interfaces."""

    @abstractmethod
    async def create(
        self, model: str, prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
    ) -> str:
        """Send one create call, once, and return the task's id."""

    @abstractmethod
    async def report(self, task_id: str) -> StatusReport:
        """Ask once how a task stands. Raises GenerationLost for an id that is not known."""

    @abstractmethod
    async def result(self, task_id: str) -> GenerationResult:
        """A fresh address of a finished task's video."""

    async def cancel(self, task_id: str) -> bool:
        """Whether a task was stopped; there is no such call unless the interface has one."""
        return False

    async def _create(self, path: str, body: Mapping[str, Any]) -> str:
        return await self._wire.create(
            path, json=body, id_of=lambda answer: mapping.task_id(answer, datetime.now(UTC))
        )


class InterfaceV1(Interface):
    """For Hailuo: tasks end in files, and files have addresses for some hours."""

    async def create(
        self, model: str, prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
    ) -> str:
        """Send one create call, once, and return the task's id."""
        body = mapping.create_v1(model, prompt, params, frames)
        return await self._create("/v1/video_generation", body)

    async def report(self, task_id: str) -> StatusReport:
        """Ask once how a task stands."""
        answer = await self._wire.look("/v1/query/video_generation", params={"task_id": task_id})
        return mapping.report_v1(answer, datetime.now(UTC))

    async def result(self, task_id: str) -> GenerationResult:
        """A fresh address of the file that a task ended in."""
        task = await self._wire.look("/v1/query/video_generation", params={"task_id": task_id})
        file_id = mapping.file_of(task, datetime.now(UTC))
        file = await self._wire.look("/v1/files/retrieve", params={"file_id": file_id})
        return mapping.result_v1(file, datetime.now(UTC), schemes=self._wire.schemes)


class InterfaceV2(Interface):
    """For MiniMax-H3: tasks name their video themselves, and can be cancelled."""

    async def create(
        self, model: str, prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
    ) -> str:
        """Send one create call, once, and return the task's id."""
        body = mapping.create_v2(model, prompt, params, frames)
        return await self._create("/v2/video_generation", body)

    async def report(self, task_id: str) -> StatusReport:
        """Ask once how a task stands; MiniMax answers for seven days."""
        answer = await self._wire.look(f"/v2/query/video_generation/{_part(task_id)}")
        return mapping.report_v2(answer, datetime.now(UTC))

    async def result(self, task_id: str) -> GenerationResult:
        """A fresh address of the video."""
        answer = await self._wire.look(f"/v2/query/video_generation/{_part(task_id)}")
        return mapping.result_v2(answer, datetime.now(UTC), schemes=self._wire.schemes)

    async def cancel(self, task_id: str) -> bool:
        """Cancel a task that has not begun, and see whether that held.

        What a running one still costs is not documented, and the same call may throw a finished
        one away; so both are left to end.
        """
        try:
            before = await self.report(task_id)
            if before.status is not GenerationStatus.QUEUED:
                return before.status is GenerationStatus.CANCELLED
            await self._wire.ask(f"/v2/video_generation/{_part(task_id)}", method="DELETE")
            return (await self.report(task_id)).status is GenerationStatus.CANCELLED
        except GenerationLost:
            return False


INTERFACES: Mapping[str, type[Interface]] = {"v1": InterfaceV1, "v2": InterfaceV2}
"""By what a catalogue entry calls them in `wire.api`."""


def _part(task_id: str) -> str:
    return quote(task_id, safe="")
