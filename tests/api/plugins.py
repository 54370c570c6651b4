"""Models of our own for the tests, registered as any plug-in would be: a test decides when a
generation ends, and what it costs. Each clip says in every frame which clip it is (testing.clips).
"""

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from PIL import Image

from video_foundry import (
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelFactory,
    VideoModelInterface,
)
from video_foundry.core.catalogue import Idempotency, ModelEntry, PriceRow
from video_foundry.core.money import Money
from video_foundry.errors import Moderated
from video_foundry.testing.clips import ClipSpec, make_clip

PARAMETERS: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "number": {"type": "integer", "minimum": 0, "maximum": 63, "default": 1},
        "duration": {"type": "number", "minimum": 0.25, "maximum": 8, "default": 0.5},
        "seed": {"type": "integer", "minimum": 0, "maximum": 1000},
    },
}


class BarcodeModel(VideoModelInterface):
    """Makes a clip of bar codes; runs until the gate is open."""

    idempotency: ClassVar[Idempotency] = "key"
    submissions: ClassVar[list[Submission]] = []
    gate: ClassVar[threading.Event] = threading.Event()
    cancelled: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        self._clips: dict[str, asyncio.Task[Path]] = {}

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Not used: `submit` is."""
        raise NotImplementedError

    async def submit(self, submission: Submission) -> str:
        """Accept everything."""
        self.submissions.append(submission)
        job_id = uuid4().hex
        number = int(submission.params["number"])
        frames = round(float(submission.params["duration"]) * 24)
        target = submission.scratch / "clip.mp4"
        spec = ClipSpec(number=number, frames=frames)
        self._clips[job_id] = asyncio.create_task(asyncio.to_thread(make_clip, target, spec))
        return job_id

    async def get_status(self, job_id: str) -> StatusReport:
        """Running until the gate is open."""
        if job_id in self.cancelled:
            return StatusReport(status=GenerationStatus.CANCELLED)
        if self.gate.is_set() and self._clips[job_id].done():
            return StatusReport(status=GenerationStatus.SUCCEEDED)
        return StatusReport(status=GenerationStatus.RUNNING, progress=0.5)

    async def get_result(self, job_id: str) -> Path:
        """The clip."""
        return await self._clips[job_id]

    async def cancel_generation(self, job_id: str) -> bool:
        """Stop at once."""
        self.cancelled.add(job_id)
        return True


class AbroadModel(BarcodeModel):
    """The same, billed in another currency than its list has: three yuan a clip."""

    async def get_status(self, job_id: str) -> StatusReport:
        """As there, with the bill."""
        report = await super().get_status(job_id)
        return replace(report, cost=Money(amount=Decimal(3), currency="CNY"))


class PictureModel(VideoModelInterface):
    """Makes no picture: `picture-refused` is moderated, `picture-slow` never ends."""

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Not used: `submit` is."""
        raise NotImplementedError

    async def submit(self, submission: Submission) -> str:
        """Refuse, or take it."""
        if submission.model == "picture-refused":
            raise Moderated("the simulated content policy withholds it")
        return uuid4().hex

    async def get_status(self, job_id: str) -> StatusReport:
        """For ever."""
        return StatusReport(status=GenerationStatus.RUNNING)

    async def get_result(self, job_id: str) -> Path:
        """Never asked for."""
        raise NotImplementedError

    async def cancel_generation(self, job_id: str) -> bool:
        """Stop at once."""
        return True


PICTURES_KEY = "PICTURES_UNDER_TEST_API_KEY"
"""Without this variable `picture-keyed` cannot be used."""


class KeyedPictureModel(PictureModel):
    """Makes a plain picture at once."""

    def __init__(self) -> None:
        self._made: dict[str, Path] = {}

    async def submit(self, submission: Submission) -> str:
        """Paint it."""
        job_id = uuid4().hex
        self._made[job_id] = submission.scratch / "picture.png"
        Image.new("RGB", (160, 90), "teal").save(self._made[job_id])
        return job_id

    async def get_status(self, job_id: str) -> StatusReport:
        """It is there."""
        return StatusReport(status=GenerationStatus.SUCCEEDED)

    async def get_result(self, job_id: str) -> Path:
        """The picture."""
        return self._made[job_id]


def _picture_entry(model: str, env_key: str | None = None) -> ModelEntry:
    return ModelEntry(
        id=model,
        provider="pictures",
        title=model,
        makes="image",
        idempotency="key",
        poll_seconds=0.05,
        is_local=True,
        env_key=env_key,
    )


def _entry(model: str, *, free: bool = False, prices: tuple[PriceRow, ...] = ()) -> ModelEntry:
    return ModelEntry(
        id=model,
        provider="barcodes",
        title=model,
        parameters=PARAMETERS,
        prices=prices,
        is_local=free,
        idempotency="key",
        poll_seconds=0.05,
        concurrency=64,
        typical_seconds=(1.0, 0.0),
    )


def register() -> None:
    """`barcode` is free, `barcode-paid` costs 0.40 USD a second, of `barcode-dear` nobody knows;
    `barcode-abroad` costs the same and is billed in yuan."""
    paid = (PriceRow(amount=Decimal("0.40"), unit="second"),)
    for entry in (
        _entry("barcode", free=True),
        _entry("barcode-paid", prices=paid),
        _entry("barcode-dear"),
    ):
        VideoModelFactory.register(entry.id, BarcodeModel, entry=entry)
    abroad = _entry("barcode-abroad", prices=paid)
    VideoModelFactory.register(abroad.id, AbroadModel, entry=abroad)
    for entry in (_picture_entry("picture-refused"), _picture_entry("picture-slow")):
        VideoModelFactory.register(entry.id, PictureModel, entry=entry)
    keyed = _picture_entry("picture-keyed", PICTURES_KEY)
    VideoModelFactory.register(keyed.id, KeyedPictureModel, entry=keyed)


@contextmanager
def closed_gate() -> Iterator[threading.Event]:
    """While the block runs, generations go on until the test sets the event."""
    BarcodeModel.gate.clear()
    try:
        yield BarcodeModel.gate
    finally:
        BarcodeModel.gate.set()


def barcode(number: int, *, model: str = "barcode", prompt: str = "bars", **params: Any) -> Any:
    """A segment for these models: half a second of clip `number`."""
    return {"prompt": prompt, "model_params": {"model": model, "number": number, **params}}
