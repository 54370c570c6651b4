"""Workers that come too late: what somebody else has taken over meanwhile is not sent once more,
and what is learnt of a submit after that is followed like any other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from tests.db.databases import Database
from tests.recovery.gate import Gate, GatedBlobs
from tests.recovery.world import (
    Models,
    MovableClock,
    insist_on_render,
    make_project,
    wait_until_settled,
    workers,
    world,
)

from video_foundry.core.jobs import JobState
from video_foundry.db.tables import JobRow
from video_foundry.jobs import queue
from video_foundry.ports.video_model import GenerationStatus, StatusReport, Submission
from video_foundry.services.attention import resolve_job
from video_foundry.services.context import Context
from video_foundry.services.media import add_media
from video_foundry.testing.ledger import RunningLedger

MODEL = "ledger-none"


class _FarAway(GatedBlobs):
    """A store from which one object takes as long to come as the test likes."""

    wanted: str

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.asked, self.there, self.done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def local_path(self, digest: str) -> AsyncIterator[Path]:
        """As in the port."""
        if digest != self.wanted:
            async with super().local_path(digest) as path:
                yield path
            return
        self.asked.set()
        await self.there.wait()
        try:
            async with super().local_path(digest) as path:
                yield path
        finally:
            self.done.set()


LEASE = timedelta(seconds=60)


@pytest.fixture
def never_renewed(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a job is cut off, as far as the database knows: no lease is renewed."""
    monkeypatch.setattr(queue, "HEARTBEAT_SECONDS", 3_600.0)
    monkeypatch.setattr(queue, "LEASE", LEASE)


@pytest.mark.usefixtures("never_renewed")
async def test_whoever_waited_long_for_a_picture_does_not_send_what_another_has_sent(
    models: Models,
    quick_ledger: RunningLedger,
    embedded: Database,
    clip: Path,
    tmp_path: Path,
) -> None:
    prompt, clock = f"late {uuid4()}", MovableClock()
    made = world(tmp_path, models.with_pictures(), gate := Gate(), clock, embedded)
    async with made as ctx:
        media = await add_media(ctx, clip, "frame.mp4")
        far = _FarAway(tmp_path / "store")
        far.gate, far.wanted = gate, media.artifact.digest
        params = {"model": MODEL, "first_frame": media.row.id}
        project_id = await make_project(ctx, {prompt: params})
        render = await insist_on_render(ctx, project_id)
        async with workers(replace(ctx, blobs=far), gate, generations=1):
            await far.asked.wait()
            clock.ahead += 2 * LEASE
            async with workers(ctx, gate):
                await _completed(ctx, embedded, render)
                far.there.set()
                await far.done.wait()
    assert sum(entry.prompt == prompt for entry in quick_ledger.entries()) == 1


async def _completed(ctx: Context, database: Database, render: str) -> None:
    """See the render to its end, and send again what nobody can know of."""
    if await wait_until_settled(database, render) == "needs_attention":
        (job,) = database.books().attention
        await resolve_job(ctx, job["id"], "resubmit")
    assert await wait_until_settled(database, render) == "completed"


async def test_what_is_learnt_after_a_lease_was_lost_becomes_overdue_as_well(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    sent, answered = asyncio.Event(), asyncio.Event()
    known: Any = models.makers[MODEL]

    class NeverDone(known):  # type: ignore[misc]  # the class is made when tests run
        async def submit(self, submission: Submission) -> str:
            made: str = await super().submit(submission)
            sent.set()
            await answered.wait()
            return made

        async def get_status(self, job_id: str) -> StatusReport:
            return StatusReport(status=GenerationStatus.RUNNING)

    endless = replace(models, makers={**models.makers, MODEL: NeverDone})
    endless = endless.with_changes(generation_timeout=0.2)
    async with world(tmp_path, endless, gate := Gate(), MovableClock(), embedded) as ctx:
        project_id = await make_project(ctx, {f"endless {uuid4()}": {"model": MODEL}})
        async with workers(ctx, gate):
            render = await insist_on_render(ctx, project_id)
            await sent.wait()
            await _taken_over(ctx)
            answered.set()
            assert await wait_until_settled(embedded, render) == "needs_attention"
    (job,) = embedded.books().attention
    assert (job["error_code"], job["provider_job_id"] is None) == ("timed_out", False)


async def _taken_over(ctx: Context) -> None:
    """Somebody else has taken the generation for a doubt, and looks after it in an hour."""
    async with ctx.store.write() as tx:
        doubt = {"state": JobState.UNKNOWN, "lease_owner": None, "epoch": JobRow.epoch + 1}
        later = queue.later(tx.now, 3_600.0)
        of_this = update(JobRow).where(JobRow.kind == "generate")
        await tx.session.execute(of_this.values(**doubt, run_after=later))
