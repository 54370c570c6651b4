"""A result that its provider answered with and does not keep: once it was accepted, any house on
any machine goes on from the object store, and it is bought once."""

import asyncio
import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from tests.db.databases import Database
from tests.recovery.gate import Gate, GatedBlobs
from tests.recovery.world import (
    CopyingCompositor,
    Models,
    MovableClock,
    insist_on_render,
    make_project,
    wait_until_settled,
    workers,
    world,
)

from video_foundry.errors import FoundryError, GenerationLost, Unavailable, Unchecked
from video_foundry.jobs import queue
from video_foundry.ports.blobs import StoredBlob
from video_foundry.ports.compositor import MediaFacts
from video_foundry.ports.video_model import (
    GenerationResult,
    GenerationStatus,
    StatusReport,
    Submission,
)
from video_foundry.services import integrity
from video_foundry.services.context import Context
from video_foundry.testing.ledger import PRICE, RunningLedger

MODEL = "ledger-none"


@pytest.fixture
def answering(models: Models, clip: Path) -> Models:
    """The model that promises nothing; its answer is the clip, written into the scratch folder."""
    known: Any = models.makers[MODEL]

    class Answering(known):  # type: ignore[misc]  # the class is made when tests run
        answers_with_result: ClassVar[bool] = True

        async def submit(self, submission: Submission) -> str:
            await super().submit(submission)
            return str(shutil.copy(clip, submission.scratch / "clip.mp4"))

        async def get_status(self, job_id: str) -> StatusReport:
            if not await asyncio.to_thread(Path(job_id).is_file):
                raise GenerationLost("the clip is not on this machine")
            return StatusReport(status=GenerationStatus.SUCCEEDED)

        async def get_result(self, job_id: str) -> GenerationResult:
            return GenerationResult(path=Path(job_id))

    return replace(models, makers={**models.makers, MODEL: Answering})


@dataclass(kw_only=True)
class _NeverDone(CopyingCompositor):
    """Whose helpers are ended from outside each time. begun: somebody wanted a clip checked."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def verify(self, source: Path) -> MediaFacts:
        """Ended."""
        self.begun.set()
        raise Unchecked("checking the file broke off (signal 9)")


class _Filling(GatedBlobs):
    """A store whose disk is full, for the first so many times."""

    times = 2

    async def put_file(self, source: Path, *, content_type: str | None = None) -> StoredBlob:
        """No room, or as ever."""
        self.times -= 1
        if self.times >= 0:
            raise FoundryError("could not store clip.mp4: its disk is full", code="disk_full")
        return await super().put_file(source, content_type=content_type)


async def test_another_machine_goes_on_from_the_store(
    answering: Models,
    quick_ledger: RunningLedger,
    embedded: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prompt = f"answered {uuid4()}"
    async with world(tmp_path, answering, gate := Gate(), MovableClock(), embedded) as ctx:
        never = _NeverDone()
        unlucky = replace(ctx, compositor=never)
        project_id = await make_project(unlucky, {prompt: {"model": MODEL}})
        async with workers(unlucky, gate):
            render = await insist_on_render(unlucky, project_id)
            await never.begun.wait()
    shutil.rmtree(tmp_path / "scratch")  # which belonged to that machine
    clock = MovableClock(ahead=queue.LEASE + timedelta(seconds=1))
    async with world(tmp_path, answering, gate := Gate(), clock, embedded) as ctx:
        monkeypatch.setattr(integrity, "UNTRACKED_AGE", timedelta(0))
        found = (await integrity.survey(ctx)).findings
        assert found == [], "an answer that is not filed yet is no stranger"
        async with workers(ctx, gate):
            assert await wait_until_settled(embedded, render) == "completed"
    assert _bought(embedded, quick_ledger, prompt) == ("succeeded", str(PRICE), 1)


async def test_a_store_that_is_full_is_waited_for(
    answering: Models,
    quick_ledger: RunningLedger,
    embedded: Database,
    tmp_path: Path,
) -> None:
    prompt = f"no room {uuid4()}"
    async with world(tmp_path, answering, gate := Gate(), MovableClock(), embedded) as ctx:
        filling = _Filling(tmp_path / "store")
        filling.gate = gate
        full = replace(ctx, blobs=filling)
        assert await _render(full, gate, embedded, prompt) == "completed"
    assert _bought(embedded, quick_ledger, prompt) == ("succeeded", str(PRICE), 1)


async def test_an_answer_that_cannot_be_had_at_once_is_not_bought_again(
    answering: Models,
    quick_ledger: RunningLedger,
    embedded: Database,
    tmp_path: Path,
) -> None:
    prompt = f"later {uuid4()}"
    known: Any = answering.makers[MODEL]

    class Busy(known):  # type: ignore[misc]  # the class is made when tests run
        refusals = 1

        async def get_result(self, job_id: str) -> GenerationResult:
            if Busy.refusals:
                Busy.refusals -= 1
                raise Unavailable("come again")
            result: GenerationResult = await super().get_result(job_id)
            return result

    busy = replace(answering, makers={**answering.makers, MODEL: Busy})
    async with world(tmp_path, busy, gate := Gate(), MovableClock(), embedded) as ctx:
        assert await _render(ctx, gate, embedded, prompt) == "completed"
    assert _bought(embedded, quick_ledger, prompt) == ("succeeded", str(PRICE), 1)


async def _render(ctx: Context, gate: Gate, database: Database, prompt: str) -> str:
    """How the render of a film of this one shot has settled."""
    project_id = await make_project(ctx, {prompt: {"model": MODEL}})
    async with workers(ctx, gate):
        return await wait_until_settled(database, await insist_on_render(ctx, project_id))


def _bought(database: Database, ledger: RunningLedger, prompt: str) -> tuple[str, str, int]:
    """How the one generation stands, what it cost by the books, and how often it was sent."""
    (job,) = [job for job in database.books().jobs if job["kind"] == "generate"]
    sent = sum(entry.prompt == prompt for entry in ledger.entries())
    return job["state"], job["cost_amount"], sent
