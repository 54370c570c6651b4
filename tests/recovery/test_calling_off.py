"""A generation that is called off, and wanted again: nothing is bought after it was said that it
costs nothing, and nobody who asks again is taken along by an end that was on its way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.db.databases import Database
from tests.recovery.director import Json
from tests.recovery.gate import Gate
from tests.recovery.world import Models, MovableClock, make_project, workers, world

from video_foundry.adapters.rate.memory import MemoryRate
from video_foundry.ports.video_model import GenerationStatus, StatusReport
from video_foundry.services.cancelling import cancel_job
from video_foundry.services.context import Context
from video_foundry.services.segments import delete_segment, list_segments
from video_foundry.services.takes import list_takes, retry_segment
from video_foundry.testing.ledger import RunningLedger

MODEL = "ledger-none"


class _Tokens(MemoryRate):
    """Requests may be sent from the moment on at which the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.given = asyncio.Event(), asyncio.Event()

    async def acquire(self, account: str, *, per_minute: int) -> None:
        """Wait for the test."""
        self.asked.set()
        await self.given.wait()


@dataclass
class _Stop:
    """A provider that is asked to stop, and takes its time."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    done: asyncio.Event = field(default_factory=asyncio.Event)


def _stoppable(models: Models, stop: _Stop) -> Models:
    """The same models; what runs goes on until it is stopped, which can be done once."""
    known: Any = models.makers[MODEL]

    class Stoppable(known):  # type: ignore[misc]  # the class is made when tests run
        async def get_status(self, job_id: str) -> StatusReport:
            if not stop.done.is_set():
                return StatusReport(status=GenerationStatus.RUNNING)
            report: StatusReport = await super().get_status(job_id)
            return report

        async def cancel_generation(self, job_id: str) -> bool:
            stop.asked.set()
            await stop.done.wait()
            return True

    return replace(models, makers={**models.makers, MODEL: Stoppable})


async def _asked_for(ctx: Context, prompt: str) -> tuple[str, str]:
    """A segment that somebody has asked for by itself; ids of it and of its job."""
    project_id = await make_project(ctx, {prompt: {"model": MODEL}})
    (view,) = await list_segments(ctx, project_id)
    job = (await retry_segment(ctx, view.row.id)).job
    assert job is not None
    return view.row.id, job.id


async def _until(database: Database, holds: Callable[[list[str]], bool]) -> list[str]:
    """The states of all generations, in the order of their asking, once they are so."""
    async with asyncio.timeout(60):
        while True:
            states = await asyncio.to_thread(_states, database)
            if holds(states):
                return states
            await asyncio.sleep(0.05)


def _states(database: Database) -> list[str]:
    jobs: list[Json] = [j for j in database.books().jobs if j["kind"] == "generate"]
    return [str(job["state"]) for job in sorted(jobs, key=lambda job: str(job["created_at"]))]


def _submits(ledger: RunningLedger, prompt: str) -> int:
    return sum(entry.prompt == prompt for entry in ledger.entries())


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    """A generation that a worker has taken up and that waits for its turn to be sent."""

    ctx: Context
    segment_id: str
    job_id: str
    tokens: _Tokens


@asynccontextmanager
async def _before_its_turn(
    models: Models, database: Database, folder: Path, prompt: str
) -> AsyncIterator[_Waiting]:
    """Workers that have taken it up, for the length of the block."""
    tokens, limited = _Tokens(), models.with_changes(requests_per_minute=60)
    async with world(folder, limited, gate := Gate(), MovableClock(), database) as made:
        ctx = replace(made, rate=tokens)
        segment_id, job_id = await _asked_for(ctx, prompt)
        async with workers(ctx, gate):
            await tokens.asked.wait()
            yield _Waiting(ctx=ctx, segment_id=segment_id, job_id=job_id, tokens=tokens)


async def test_what_is_called_off_while_it_waits_for_its_turn_to_be_sent_is_not_bought(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt = f"called off {uuid4()}"
    async with _before_its_turn(models, embedded, tmp_path, prompt) as one:
        told = await cancel_job(one.ctx, one.job_id)
        assert (told.ending, told.may_cost) == ("stopping", False)
        one.tokens.given.set()
        states = await _until(embedded, lambda states: states != ["claimed"])
    assert (states, _submits(quick_ledger, prompt)) == (["cancelled"], 0)


async def test_what_was_deleted_while_it_waits_for_its_turn_to_be_sent_is_not_bought(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt = f"deleted {uuid4()}"
    async with _before_its_turn(models, embedded, tmp_path, prompt) as one:
        await delete_segment(one.ctx, one.segment_id)
        one.tokens.given.set()
        states = await _until(embedded, lambda states: states != ["claimed"])
    assert (states, _submits(quick_ledger, prompt)) == (["cancelled"], 0)


async def test_what_is_wanted_again_before_its_turn_comes_is_sent(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt = f"wanted again {uuid4()}"
    async with _before_its_turn(models, embedded, tmp_path, prompt) as one:
        await cancel_job(one.ctx, one.job_id)
        await retry_segment(one.ctx, one.segment_id)
        one.tokens.given.set()
        await _until(embedded, lambda states: states == ["succeeded"])
    assert _submits(quick_ledger, prompt) == 1


async def test_what_is_wanted_again_while_its_provider_stops_it_is_begun_anew(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt, stop = f"stopped too soon {uuid4()}", _Stop()
    stoppable = _stoppable(models, stop)
    async with world(tmp_path, stoppable, gate := Gate(), MovableClock(), embedded) as ctx:
        segment_id, job_id = await _asked_for(ctx, prompt)
        async with workers(ctx, gate):
            await _until(embedded, lambda states: states == ["submitted"])
            assert (await cancel_job(ctx, job_id)).ending == "stopping"
            await stop.asked.wait()
            await retry_segment(ctx, segment_id)
            stop.done.set()
            await _until(embedded, lambda states: states == ["cancelled", "succeeded"])
            assert len(await list_takes(ctx, segment_id)) == 1
    assert _submits(quick_ledger, prompt) == 2


async def test_who_does_not_want_it_again_gets_nothing(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt, stop = f"stopped for good {uuid4()}", _Stop()
    stoppable = _stoppable(models, stop)
    async with world(tmp_path, stoppable, gate := Gate(), MovableClock(), embedded) as ctx:
        _, job_id = await _asked_for(ctx, prompt)
        async with workers(ctx, gate):
            await _until(embedded, lambda states: states == ["submitted"])
            await cancel_job(ctx, job_id)
            await stop.asked.wait()
            stop.done.set()
            states = await _until(embedded, lambda states: states != ["submitted"])
    assert (states, _submits(quick_ledger, prompt)) == (["cancelled"], 1)
