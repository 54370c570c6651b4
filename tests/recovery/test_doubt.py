"""Submits of unclear outcome, in the orders in which a provider may answer them: paid at most once,
cleared without a person where the provider can be asked, shown with their price where it cannot."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.db.databases import Database
from tests.recovery import checker
from tests.recovery.checker import Books
from tests.recovery.director import Json
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
from video_foundry.errors import PaymentRefused
from video_foundry.jobs import queue
from video_foundry.services.attention import resolve_job
from video_foundry.services.context import Context
from video_foundry.testing.ledger import PRICE, Entry, RunningLedger


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the submits of one request meet, and how it must end."""

    kind: str
    script: str
    state: str
    submits: int
    billed: int
    code: str | None = None


MANY = ",".join(["reset_after", *["reset_before", "error_before"] * 3])

STORIES = [
    # A key may be sent again and again; whatever happens to a later sending, the first may count.
    Story(kind="key", script="reset_after", state="succeeded", submits=2, billed=1),
    Story(kind="key", script="slow_after", state="succeeded", submits=2, billed=1),
    Story(kind="key", script="error_after,rate_limited", state="succeeded", submits=3, billed=1),
    Story(kind="key", script="reset_before,rate_limited", state="succeeded", submits=3, billed=1),
    Story(kind="key", script=MANY, state="succeeded", submits=8, billed=1),
    Story(
        kind="key",
        script="error_after,refused",
        state="needs_attention",
        submits=2,
        billed=1,
        code="submit_unclear",
    ),
    # A search finds what was accepted, and proves nothing where it finds nothing.
    Story(kind="lookup", script="reset_after", state="succeeded", submits=1, billed=1),
    Story(kind="lookup", script="slow_after", state="succeeded", submits=1, billed=1),
    Story(
        kind="lookup",
        script="reset_before",
        state="needs_attention",
        submits=1,
        billed=0,
        code="submit_unclear",
    ),
    Story(kind="lookup", script="rate_limited,error_after", state="succeeded", submits=2, billed=1),
    # Nobody can be asked: every doubt is for a person, every certain refusal is not.
    Story(kind="none", script="rate_limited,rate_limited", state="succeeded", submits=3, billed=1),
    Story(
        kind="none",
        script="error_before",
        state="needs_attention",
        submits=1,
        billed=0,
        code="submit_unclear",
    ),
    Story(
        kind="none",
        script="slow_after",
        state="needs_attention",
        submits=1,
        billed=1,
        code="submit_unclear",
    ),
    Story(kind="none", script="refused", state="failed", submits=1, billed=0, code="rejected"),
]


@pytest.fixture
async def told(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> tuple[dict[str, Json], dict[str, list[Entry]], Books]:
    """All stories at once in one film: jobs and submits by prompt, and the books."""
    prompts = {f"{s.kind} {s.script} {uuid4()}": s for s in STORIES}
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as ctx:
        segments = {
            p: {"model": f"ledger-{s.kind}", "script": s.script} for p, s in prompts.items()
        }
        project_id = await make_project(ctx, segments)
        async with workers(ctx, gate):
            await insist_on_render(ctx, project_id)
            await _until_nothing_moves(embedded)
    books = embedded.books()
    jobs = {_title(j["prompt"]): j for j in books.jobs if j["kind"] == "generate"}
    entries: dict[str, list[Entry]] = {_title(p): [] for p in prompts}
    for entry in quick_ledger.entries():
        if entry.prompt in prompts:
            entries[_title(entry.prompt)].append(entry)
    return jobs, entries, books


def _title(prompt: str) -> str:
    return prompt.rpartition(" ")[0]


async def _until_nothing_moves(embedded: Database) -> None:
    async with asyncio.timeout(60):
        while True:
            if all(j["state"] in _AT_REST for j in embedded.books().jobs):
                return
            await asyncio.sleep(0.2)


_AT_REST = ("succeeded", "failed", "needs_attention")


async def test_every_doubt_is_cleared_or_shown_and_paid_once(
    told: tuple[dict[str, Json], dict[str, list[Entry]], Books],
) -> None:
    jobs, entries, books = told
    for story in STORIES:
        title = f"{story.kind} {story.script}"
        job, submits = jobs[title], entries[title]
        found = (job["state"], len(submits), sum(e.is_billed for e in submits), job["error_code"])
        assert found == (story.state, story.submits, story.billed, story.code), title
        if story.state == "needs_attention":
            assert job["price_high"] == str(PRICE)
            assert job["error_message"]
    everything = [e for submits in entries.values() for e in submits]
    assert checker.hurried(everything) == []
    assert checker.paid_twice(everything) == []
    assert checker.lost(everything, books) == []


async def test_no_more_generations_run_at_once_than_the_account_has_slots(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    few = models.with_changes(concurrency=2)
    prompts = [f"slot {n} {uuid4()}" for n in range(6)]
    async with world(tmp_path, few, gate := Gate(), MovableClock(), embedded) as ctx:
        segments = {p: {"model": "ledger-key"} for p in prompts}
        project_id = await make_project(ctx, segments)
        async with workers(ctx, gate):
            render = await insist_on_render(ctx, project_id)
            assert await wait_until_settled(embedded, render) == "completed"
    began = sorted(e.at for e in quick_ledger.billed() if e.prompt in prompts)
    assert len(began) == 6
    # Each takes 0.1 s at the provider, so a third within that time was one too many.
    assert all(third - first >= 0.1 for first, third in zip(began, began[2:], strict=False))


@pytest.mark.parametrize("action", ["resubmit", "abandon"])
async def test_a_person_ends_a_doubt(
    action: str,
    models: Models,
    quick_ledger: RunningLedger,
    embedded: Database,
    tmp_path: Path,
) -> None:
    prompt = f"decided {uuid4()}"
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as ctx:
        script = {"model": "ledger-none", "script": "error_before"}
        project_id = await make_project(ctx, {prompt: script})
        async with workers(ctx, gate):
            render = await insist_on_render(ctx, project_id)
            assert await wait_until_settled(embedded, render) == "needs_attention"
            (job,) = embedded.books().attention
            with pytest.raises(PaymentRefused):
                await resolve_job(ctx, job["id"], "resubmit", max_cost=PRICE / 2)
            await resolve_job(ctx, job["id"], "resubmit" if action == "resubmit" else "abandon")
            status = await wait_until_settled(embedded, render)
    submits = [e for e in quick_ledger.entries() if e.prompt == prompt]
    assert (status, len(submits)) == (("completed", 2) if action == "resubmit" else ("failed", 1))


async def test_a_person_may_send_again_what_many_workers_died_with(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    clock = MovableClock()
    prompt = f"died with {uuid4()}"
    async with world(tmp_path, models, gate := Gate(), clock, embedded) as ctx:
        project_id = await make_project(ctx, {prompt: {"model": "ledger-none"}})
        render = await insist_on_render(ctx, project_id)
        await _die_while_sending(ctx, clock, MAX_DEATHS + 1)
        async with workers(ctx, gate):
            assert await wait_until_settled(embedded, render) == "needs_attention"
            (job,) = embedded.books().attention
            await resolve_job(ctx, job["id"], "resubmit")
            assert await wait_until_settled(embedded, render) == "completed"


async def _die_while_sending(ctx: Context, clock: MovableClock, times: int) -> None:
    """So many workers take the one job, and none lives to tell."""
    for number in range(times):
        async with ctx.store.write() as tx:
            (job,) = await queue.claim(tx, "generate", f"worker {number}", 1)
            if job.state == JobState.CLAIMED:
                await queue.move(tx, job, JobState.SUBMITTING, submit_key="sent once")
        clock.ahead += queue.LEASE + timedelta(seconds=1)
