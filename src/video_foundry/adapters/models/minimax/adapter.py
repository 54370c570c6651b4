"""MiniMax behind the model port: it says what happened and decides nothing about retries."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from video_foundry.adapters.models.minimax.client import DIALECT, INTERFACES
from video_foundry.adapters.models.wire.http import Dialect, Timeouts
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import read_picture
from video_foundry.core.catalogue import Idempotency, ModelEntry
from video_foundry.ports.accounts import Account
from video_foundry.ports.video_model import GenerationResult, StatusReport, Submission

FRAME_LIMIT = 20_000_000
"""Largest first or last frame in bytes: what v1 takes, and v2 takes more."""
FRAMES = ("first_frame", "last_frame")


class MiniMaxModel(HttpModel):
    """MiniMax's models, from text or from frames, over the interface that the entry names.

    MiniMax takes no key of ours and cannot be searched by one, so a submit whose answer got lost
    cannot be cleared up from here.
    """

    idempotency: ClassVar[Idempotency] = "none"
    dialect: ClassVar[Dialect] = DIALECT

    def __init__(
        self,
        entry: ModelEntry,
        account: Account | None = None,
        *,
        timeouts: Timeouts | None = None,
    ) -> None:
        super().__init__(entry, account, timeouts=timeouts)
        self._interface = INTERFACES[entry.wire["api"]](self.wire)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call for text to video, and return the task's id."""
        return await self._create(prompt, params, {})

    async def submit(self, submission: Submission) -> str:
        """Send one create call, with the frames that there are; returns the task's id."""
        frames = {
            name: await asyncio.to_thread(_address, submission.references[name], name)
            for name in FRAMES
            if name in submission.references
        }
        return await self._create(submission.prompt, submission.params, frames)

    async def get_status(self, job_id: str) -> StatusReport:
        """Ask once how the task stands."""
        return await self._interface.report(job_id)

    async def get_result(self, job_id: str) -> GenerationResult:
        """A fresh address of the video, good for some hours."""
        return await self._interface.result(job_id)

    async def cancel_generation(self, job_id: str) -> bool:
        """Cancel a task that has not begun, where the interface can."""
        return await self._interface.cancel(job_id)

    async def _create(
        self, prompt: str, params: Mapping[str, Any], frames: Mapping[str, str]
    ) -> str:
        return await self._interface.create(self.entry.wire["model"], prompt, params, frames)


def _address(path: Path, name: str) -> str:
    """A frame as MiniMax takes it within a request. Blocks. Raises Rejected."""
    what = name.replace("_", " ")
    return read_picture(path, title=DIALECT.title, limit=FRAME_LIMIT, what=what).data_uri
