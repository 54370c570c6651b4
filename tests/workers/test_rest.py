"""Generations that rest between two polls: no task, no row, and yet they are cancelled at once,
given back in good order, and never written for once they are somebody else's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import insert, update

from video_foundry.bootstrap import running_context
from video_foundry.core.profile import OutputProfile
from video_foundry.core.request import GenerationRequest
from video_foundry.db.facts import profile_to_json
from video_foundry.db.jobs import job_by_id
from video_foundry.db.tables import JobRow, ProjectRow
from video_foundry.jobs.hints import hint
from video_foundry.jobs.queue import LeaseLost
from video_foundry.services.context import Context
from video_foundry.settings import load_settings
from video_foundry.workers.hand import Brief, Handle
from video_foundry.workers.loop import WATCH_SECONDS, WorkerLoop
from video_foundry.workers.run import Run

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
AN_HOUR = 3_600.0


@pytest.fixture
async def ctx(tmp_path: Path) -> AsyncIterator[Context]:
    """Everything brought up on a database with one generation that waits."""
    settings = load_settings(data_dir=tmp_path / "data", embedded_workers=False)
    async with running_context(settings) as made:
        await _write_one(made)
        yield made


async def _write_one(ctx: Context) -> None:
    moments = {"created_at": LONG_AGO, "updated_at": LONG_AGO}
    project = {"id": str(uuid4()), "name": "a", **moments}
    project["settings"] = profile_to_json(OutputProfile(width=160, height=90))
    asked = GenerationRequest(provider="mock", model="mock-ai", prompt="a", params={"duration": 1})
    job = {
        "id": "the-job",
        "kind": "generate",
        "fingerprint": asked.fingerprint,
        "base_fingerprint": asked.base_fingerprint,
        "project_id": project["id"],
        "state": "queued",
        "payload": {"request": asked.to_json()},
        "model": "mock-ai",
        "run_after": LONG_AGO,
        "price_known": False,
        **moments,
    }
    async with ctx.store.write() as tx:
        await tx.session.execute(insert(ProjectRow), [project])
        await tx.session.execute(insert(JobRow), [job])


class Resting:
    """A handler that lets its job rest for an hour, however often it is asked."""

    def __init__(self, *, stops: bool = True) -> None:
        self.calls: list[Handle] = []
        self._stops = stops

    async def __call__(self, hand: Handle) -> float | None:
        """Note the call; once it is cancelled there is nothing more to do, unless nobody stops."""
        self.calls.append(hand)
        return None if hand.is_cancelled and self._stops else AN_HOUR


@asynccontextmanager
async def at_work(ctx: Context, handler: Resting) -> AsyncIterator[WorkerLoop]:
    """A loop that has taken the job, and laid it down."""
    loop = WorkerLoop(ctx, "generate", handler, capacity=4)
    running = asyncio.create_task(loop.run())
    try:
        await until(lambda: bool(handler.calls) and handler.calls[0].timer is not None)
        yield loop
    finally:
        loop.stop()
        await running


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - the loop tells nobody
            await asyncio.sleep(0.02)


async def row(ctx: Context) -> JobRow:
    async with ctx.store.read() as session:
        found = await job_by_id(session, "the-job")
    assert found is not None
    return found


async def test_a_resting_job_keeps_its_lease_and_nothing_but_its_brief(ctx: Context) -> None:
    handler = Resting()
    async with at_work(ctx, handler):
        [hand] = handler.calls
        assert (hand.row, hand.task) == (None, None)
        assert (await row(ctx)).lease_owner == hand.owner
        with pytest.raises(LookupError):
            _ = hand.job


async def test_a_cancelled_job_is_taken_up_at_once(ctx: Context) -> None:
    handler = Resting()
    async with at_work(ctx, handler):
        await ask_to_cancel(ctx, True)
        await until(lambda: len(handler.calls) == 2)
        assert handler.calls[1] is handler.calls[0]


async def test_a_job_that_is_wanted_again_can_be_cancelled_again(ctx: Context) -> None:
    handler = Resting(stops=False)
    async with at_work(ctx, handler):
        [hand] = handler.calls
        await ask_to_cancel(ctx, True)
        await until(lambda: len(handler.calls) == 2 and hand.timer is not None)
        await ask_to_cancel(ctx, False)
        await until(lambda: not hand.is_cancelled)
        await ask_to_cancel(ctx, True)
        await until(lambda: len(handler.calls) == 3)


async def ask_to_cancel(ctx: Context, is_asked: bool) -> None:
    """Ask for the end of the job, or take that back."""
    async with ctx.store.write() as tx:
        await tx.session.execute(update(JobRow).values(cancel_requested=is_asked))


async def test_a_worker_that_leaves_gives_resting_jobs_back(ctx: Context) -> None:
    handler = Resting()
    async with at_work(ctx, handler):
        pass
    assert (await row(ctx)).lease_owner is None
    assert handler.calls[0].timer is None
    assert len(handler.calls) == 1


@pytest.mark.parametrize(
    "change", [{"lease_owner": "another"}, {"epoch": 99}, {"state": "unknown"}]
)
async def test_a_job_that_changed_while_it_rested_is_not_recalled(
    ctx: Context, change: dict[str, object]
) -> None:
    handler = Resting()
    async with at_work(ctx, handler):
        run = Run(ctx, handler.calls[0])
        await run.recall()
        assert run.job.id == "the-job"
        run.hand.forget()
        async with ctx.store.write() as tx:
            await tx.session.execute(update(JobRow).values(**change))
        with pytest.raises(LeaseLost):
            await run.recall()
        assert run.hand.is_brief


def test_a_brief_says_what_polling_needs() -> None:
    job = JobRow(id="j", kind="generate", state="submitted", epoch=3, provider_job_id="p")
    brief = Brief.of(job)
    assert (brief.id, brief.state, brief.epoch, brief.provider_job_id) == ("j", "submitted", 3, "p")


# --- hints --------------------------------------------------------------------------------------


async def test_a_hint_wakes_a_resting_job_once(ctx: Context) -> None:
    handler = Resting()
    reachable = replace(ctx, public_url="https://vf.example.com")
    async with at_work(reachable, handler):
        await move_to(ctx, "submitted")
        async with ctx.store.write() as tx:
            assert await hint(tx, "the-job")
            assert not await hint(tx, "the-job"), "it came again at once"
        await until(lambda: len(handler.calls) == 2)
        await asyncio.sleep(3 * WATCH_SECONDS)
        assert len(handler.calls) == 2
        assert handler.calls[0].timer is not None


async def test_a_hint_while_it_is_being_asked_leads_to_another_question(ctx: Context) -> None:
    handler = Asking()
    reachable = replace(ctx, public_url="https://vf.example.com")
    loop = WorkerLoop(reachable, "generate", handler, capacity=4)
    running = asyncio.create_task(loop.run())
    await until(lambda: bool(handler.calls))
    await move_to(ctx, "submitted")
    async with ctx.store.write() as tx:
        assert await hint(tx, "the-job")
    await until(lambda: handler.calls[0].is_hinted)
    handler.answer.set()
    await until(lambda: len(handler.calls) == 2)
    loop.stop()
    await running


async def test_without_a_public_address_no_worker_looks_for_hints(ctx: Context) -> None:
    handler = Resting()
    async with at_work(ctx, handler):
        await move_to(ctx, "submitted")
        async with ctx.store.write() as tx:
            assert await hint(tx, "the-job")
        await asyncio.sleep(3 * WATCH_SECONDS)
        assert len(handler.calls) == 1


@pytest.mark.parametrize("state", ["queued", "submitting", "unknown", "fetching", "succeeded"])
async def test_a_hint_moves_only_what_is_followed(ctx: Context, state: str) -> None:
    await move_to(ctx, state, lease_owner="somebody")
    async with ctx.store.write() as tx:
        assert not await hint(tx, "the-job")
    assert (await row(ctx)).run_after == LONG_AGO


async def test_a_hint_does_not_shorten_a_wait_that_the_provider_asked_for(ctx: Context) -> None:
    later = ctx.store.now() + timedelta(seconds=60)
    await move_to(ctx, "submitted", lease_owner=None, run_after=later)
    async with ctx.store.write() as tx:
        assert not await hint(tx, "the-job")
    assert (await row(ctx)).run_after == later


class Asking(Resting):
    """A handler whose questions take until the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = asyncio.Event()

    async def __call__(self, hand: Handle) -> float | None:
        """Ask, and let it rest for an hour."""
        self.calls.append(hand)
        await self.answer.wait()
        return AN_HOUR


async def move_to(ctx: Context, state: str, **values: object) -> None:
    async with ctx.store.write() as tx:
        await tx.session.execute(update(JobRow).values(state=state, **values))
