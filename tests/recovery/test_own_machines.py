"""What becomes of free work when one worker after the other dies: on a server of the user's own it
goes on and is fetched; done by the workers themselves it may be what kills them, and is given up.
"""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.db.databases import Database
from tests.recovery.gate import Gate
from tests.recovery.world import (
    Models,
    MovableClock,
    insist_on_render,
    make_project,
    wait_until_settled,
    workers,
    world,
)

from video_foundry.core.jobs import MAX_DEATHS, JobState
from video_foundry.jobs import queue
from video_foundry.ports.video_model import Submission
from video_foundry.services.context import Context
from video_foundry.testing.ledger import RunningLedger

MODEL = "ledger-key"


@pytest.mark.parametrize("address", ["OWN_SERVER", None])
async def test_only_work_that_dies_with_its_worker_is_given_up(
    address: str | None,
    models: Models,
    quick_ledger: RunningLedger,
    embedded: Database,
    tmp_path: Path,
) -> None:
    own = models.with_changes(is_local=True, env_address=address, prices=())
    clock, prompt = MovableClock(), f"mine {uuid4()}"
    async with world(tmp_path, own, gate := Gate(), clock, embedded) as ctx:
        project_id = await make_project(ctx, {prompt: {"model": MODEL}})
        render = await insist_on_render(ctx, project_id)
        await _accepted(ctx, prompt, tmp_path)
        await _die(ctx, clock, MAX_DEATHS + 1)
        async with workers(ctx, gate):
            status = await wait_until_settled(embedded, render)
    (job,) = [j for j in embedded.books().jobs if j["kind"] == "generate"]
    expected = ("completed", None) if address else ("failed", "worker_killed")
    assert (status, job["error_code"]) == expected
    assert len([e for e in quick_ledger.entries() if e.prompt == prompt]) == 1


async def _accepted(ctx: Context, prompt: str, scratch: Path) -> None:
    """A worker brings the job to where the work is done."""
    key = str(uuid4())
    async with ctx.store.write() as tx:
        (job,) = await queue.claim(tx, "generate", "the first worker", 1)
        job = await queue.move(tx, job, JobState.SUBMITTING, submit_key=key)
    submission = Submission(
        model=MODEL, prompt=prompt, params={}, references={}, key=key, scratch=scratch
    )
    there = await ctx.models.adapter(MODEL).submit(submission)
    async with ctx.store.write() as tx:
        until = queue.later(tx.now, 3600.0)
        await queue.move(tx, job, JobState.SUBMITTED, provider_job_id=there, deadline=until)


async def _die(ctx: Context, clock: MovableClock, times: int) -> None:
    """So many workers take the one job over, and none lives to tell."""
    for number in range(times):
        clock.ahead += queue.LEASE + timedelta(seconds=1)
        async with ctx.store.write() as tx:
            (job,) = await queue.claim(tx, "generate", f"worker {number}", 1)
            assert job.state == JobState.SUBMITTED
    clock.ahead += queue.LEASE + timedelta(seconds=1)
