"""A plug-in that says what no database could keep: every generation ends, with its reason or its
clip, and none is sent twice."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from tests.api.studio import Json, Studio

from video_foundry import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    VideoModelFactory,
    VideoModelInterface,
)
from video_foundry.adapters.models import registry
from video_foundry.core.catalogue import ModelEntry
from video_foundry.core.money import Money
from video_foundry.errors import Rejected
from video_foundry.testing.clips import make_clip
from video_foundry.testing.server import serving

ODD = "no \x00 such \ud800 words"
MODEL, BOASTFUL = "odd", "odd-boastful"
BOAST = ModelEntry(id=BOASTFUL, provider="tests", title="Odd", idempotency="key", poll_seconds=0.05)
"""A catalogue that promises more than the adapter: it is not even given the key."""


class Odd(VideoModelInterface):
    """Does what its prompt says."""

    folder: ClassVar[Path]
    sent: ClassVar[Counter[str]] = Counter()

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        self.sent[prompt] += 1
        if prompt == "odd trouble":
            raise RuntimeError("nobody knows what came of it")
        if prompt == "odd refusal":
            raise Rejected(ODD, code="c" * 500)
        return "\ud800" if prompt == "odd id" else f"{prompt}/{uuid4().hex}"

    async def get_status(self, job_id: str) -> StatusReport:
        if job_id.startswith("odd failure"):
            code: Any = 4711
            return StatusReport(
                status=GenerationStatus.FAILED, error_code=code, error_message=ODD * 1000
            )
        return StatusReport(status=GenerationStatus.SUCCEEDED, progress=float("nan"))

    async def get_result(self, job_id: str) -> GenerationResult:
        clip = self.folder / "clip.mp4"
        make_clip(clip)
        return GenerationResult(path=clip, cost=Money(amount=Decimal(10) ** 30, currency="credits"))


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server that has this model beside its own."""
    Odd.folder = tmp_path_factory.mktemp("odd")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_REGISTRY", registry._Registry())
        VideoModelFactory.register(MODEL, Odd)
        VideoModelFactory.register(BOASTFUL, Odd, entry=BOAST)
        with serving(Odd.folder / "data") as server:
            studio = Studio(server)
            yield studio
            studio.close()


def ended(studio: Studio, prompt: str, model: str = MODEL) -> Json:
    """The segment when nothing happens to it any more."""
    project = studio.project({"prompt": prompt, "model_params": {"model": model}})
    studio.start(project)
    return studio.settled(project["segments"][0])


@pytest.mark.parametrize(
    ("prompt", "status", "code"),
    [
        ("odd refusal", "failed", "c" * 60),
        ("odd failure", "failed", "4711"),
        ("odd id", "needs_attention", "submit_unclear"),
        ("odd cost", "completed", None),
    ],
)
def test_it_ends_and_says_why(studio: Studio, prompt: str, status: str, code: str | None) -> None:
    segment = ended(studio, prompt)
    assert (segment["status"], segment["error_code"]) == (status, code), segment["error_message"]
    assert Odd.sent[prompt] == 1
    if status == "failed":
        assert segment["error_message"].startswith("no \ufffd such \ufffd words")


def test_a_promise_that_the_adapter_does_not_make_is_not_relied_on(studio: Studio) -> None:
    segment = ended(studio, "odd trouble", BOASTFUL)
    assert (segment["status"], segment["error_code"]) == ("needs_attention", "submit_unclear")
    assert Odd.sent["odd trouble"] == 1
