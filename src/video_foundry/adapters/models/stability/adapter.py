"""Stability's pictures behind the model port: it says what happened and decides nothing about
retries."""

import asyncio
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, ClassVar

from video_foundry.adapters.models.stability import keeping, mapping
from video_foundry.adapters.models.stability.client import DIALECT, StabilityClient
from video_foundry.adapters.models.wire.checks import good, without_money
from video_foundry.adapters.models.wire.http import Dialect
from video_foundry.adapters.models.wire.model import HttpModel
from video_foundry.adapters.models.wire.pictures import picture_type
from video_foundry.adapters.models.wire.reading import Answer, finite
from video_foundry.core.catalogue import Idempotency
from video_foundry.errors import Ambiguous, GenerationFailed
from video_foundry.ports.accounts import AccountCheck
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
)


class StabilityModel(HttpModel[StabilityClient]):
    """Stability's image models.

    Stability answers a create call with the picture itself, keeps nothing, and honours no keys: the
    picture is written down before its id is told, and an answer that got lost cannot be cleared up
    from here.
    """

    idempotency: ClassVar[Idempotency] = "none"
    answers_with_result: ClassVar[bool] = True
    dialect: ClassVar[Dialect] = DIALECT
    client_type = StabilityClient
    check_path: ClassVar[str | None] = "/v1/user/balance"

    def _judged(self, answer: Answer) -> AccountCheck:
        """The balance, in credits of which a picture takes several."""
        left = finite(answer.body.get("credits"))
        if left is None:
            return good(self.dialect.title)
        if left <= 0:
            return without_money(self.dialect.title, "it has no credits left")
        return good(self.dialect.title, f"{left:.2f} credits left")

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Send one create call and keep the picture in a folder of its own among the temporary
        files; returns where."""
        folder = await asyncio.to_thread(mkdtemp, prefix="stability-")
        return await self._generate(prompt, params, Path(folder))

    async def submit(self, submission: Submission) -> str:
        """Send one create call and keep the picture in the scratch folder; returns where."""
        return await self._generate(submission.prompt, dict(submission.params), submission.scratch)

    async def get_status(self, job_id: str) -> StatusReport:
        """How it ended. Nothing is asked of Stability. Raises GenerationLost when the picture is
        not on this machine (any more)."""
        return mapping.status_report(await asyncio.to_thread(keeping.reason_of, job_id))

    async def get_result(self, job_id: str) -> GenerationResult:
        """The picture as a file."""
        report = await self.get_status(job_id)
        if report.status is not GenerationStatus.SUCCEEDED:
            raise GenerationFailed(str(report.error_message), code=report.error_code)
        path = await asyncio.to_thread(keeping.picture_of, job_id)
        if path is None or await asyncio.to_thread(_kind_of, path) is None:
            raise GenerationFailed(
                "Stability called it a success but sent no picture", code="no_output"
            )
        return GenerationResult(path=path)

    async def _generate(self, prompt: str, params: dict[str, Any], folder: Path) -> str:
        path, form = mapping.create_request(self.entry.wire, prompt, params)
        made = await self._client.generate(path, form)
        try:
            return await asyncio.to_thread(keeping.keep, made, folder)
        except OSError as error:
            raise Ambiguous(
                f"Stability made the picture, but it could not be written down: {error}"
            ) from error


def _kind_of(path: Path) -> str | None:
    with path.open("rb") as file:
        return picture_type(file.read(12))
