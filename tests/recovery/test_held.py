"""A result that is with its provider and not here: whatever a person does to get it, and whoever is
killed meanwhile, it is bought once; and where the provider lets it go, that is said with its price.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from tests.db.databases import Database
from tests.recovery.gate import Gate, GatedFetcher
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

from video_foundry.adapters.fetch.guarded import GuardedFetcher
from video_foundry.core.money import Money
from video_foundry.errors import Conflict, GenerationLost, Unavailable, Unchecked
from video_foundry.ports.compositor import MediaFacts
from video_foundry.ports.video_model import GenerationResult, GenerationStatus, StatusReport
from video_foundry.services.attention import resolve_job
from video_foundry.services.context import Context
from video_foundry.services.renders import start_render
from video_foundry.services.segments import list_segments
from video_foundry.services.takes import retry_segment
from video_foundry.testing.ledger import PRICE, RunningLedger
from video_foundry.workers.follow import DAMAGED_TRIES

MODEL = "ledger-none"
TOO_SMALL = 100
"""Bytes of the largest result that is fetched before somebody raises it."""

Way = Callable[[Context, str], Awaitable[object]]
"""What a person does about a segment that waits, by the id of its project."""


async def _by_decision(ctx: Context, project_id: str) -> object:
    (view,) = await list_segments(ctx, project_id)
    assert view.job is not None
    return await resolve_job(ctx, view.job.id, "fetch")


async def _by_retry(ctx: Context, project_id: str) -> object:
    (view,) = await list_segments(ctx, project_id)
    return await retry_segment(ctx, view.row.id, max_cost=PRICE * 0)


async def _by_render(ctx: Context, project_id: str) -> object:
    return await start_render(ctx, project_id, max_cost=PRICE * 0)


def _limited(ctx: Context) -> Context:
    """The same world with a limit that no clip keeps to."""
    assert isinstance(ctx.fetcher, GatedFetcher)
    hosts = frozenset({"127.0.0.1"})
    small = GuardedFetcher(max_bytes=TOO_SMALL, allow_hosts=hosts)
    return replace(ctx, fetcher=GatedFetcher(inner=small, gate=ctx.fetcher.gate))


def _submits(ledger: RunningLedger, prompt: str) -> int:
    return sum(entry.prompt == prompt for entry in ledger.entries())


async def _held(ctx: Context, gate: Gate, database: Database, prompt: str) -> tuple[str, str]:
    """A film that waits for its one clip, which was too large; ids of project and render."""
    project_id = await make_project(ctx, {prompt: {"model": MODEL}})
    small = _limited(ctx)
    async with workers(small, gate):
        render = await insist_on_render(small, project_id)
        assert await wait_until_settled(database, render) == "needs_attention"
    (job,) = database.books().attention
    assert (job["error_code"], job["cost_amount"]) == ("too_large", str(PRICE))
    return project_id, render


@pytest.mark.parametrize("way", [_by_decision, _by_retry, _by_render])
async def test_it_is_fetched_again_by_a_house_that_died_on_the_way_and_bought_once(
    way: Way, models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt = f"held {uuid4()}"
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as ctx:
        project_id, render = await _held(ctx, gate, embedded, prompt)
    # Nobody works here: what was decided is in the rows alone when this house ends.
    async with world(tmp_path, models, Gate(), MovableClock(), embedded) as ctx:
        await way(ctx, project_id)
    third = world(tmp_path, models, gate := Gate(), MovableClock(), embedded)
    async with third as ctx, workers(ctx, gate):
        assert await wait_until_settled(embedded, render) == "completed"
    (job,) = [j for j in embedded.books().jobs if j["kind"] == "generate"]
    assert (job["state"], job["cost_amount"]) == ("succeeded", str(PRICE))
    assert _submits(quick_ledger, prompt) == 1


async def test_what_its_provider_let_go_is_said_with_the_price_of_buying_it_again(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt = f"let go {uuid4()}"
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as ctx:
        project_id, render = await _held(ctx, gate, embedded, prompt)
    async with world(
        tmp_path, _forgetting(models), gate := Gate(), MovableClock(), embedded
    ) as ctx:
        await _by_decision(ctx, project_id)
        async with workers(ctx, gate):
            assert await wait_until_settled(embedded, render) == "needs_attention"
            (view,) = await list_segments(ctx, project_id)
            assert view.job is not None
            assert view.job.error_code == "generation_lost"
            assert f"making it again costs {PRICE} USD" in (view.job.error_message or "")
            with pytest.raises(Conflict) as refused:
                await retry_segment(ctx, view.row.id)
            assert '"fetch"' in (refused.value.problems[0].fix or "")
        assert _submits(quick_ledger, prompt) == 1


async def test_what_is_bought_again_on_purpose_is_in_the_books_twice(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt = f"twice {uuid4()}"
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as ctx:
        _, render = await _held(ctx, gate, embedded, prompt)
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as ctx:
        (job,) = embedded.books().attention
        await resolve_job(ctx, job["id"], "resubmit")
        async with workers(ctx, gate):
            assert await wait_until_settled(embedded, render) == "completed"
    (job,) = [j for j in embedded.books().jobs if j["kind"] == "generate"]
    assert job["cost_amount"] == str(2 * PRICE)
    assert _submits(quick_ledger, prompt) == 2


async def test_what_was_made_and_cannot_be_had_in_time_is_in_the_books(
    models: Models, embedded: Database, tmp_path: Path
) -> None:
    late = _unreachable(models).with_changes(generation_timeout=0.0)
    async with world(tmp_path, late, gate := Gate(), MovableClock(), embedded) as ctx:
        project_id = await make_project(ctx, {f"out of reach {uuid4()}": {"model": MODEL}})
        async with workers(ctx, gate):
            render = await insist_on_render(ctx, project_id)
            assert await wait_until_settled(embedded, render) == "needs_attention"
    (job,) = embedded.books().attention
    assert (job["error_code"], job["price_high"], job["price_currency"]) == (
        "unavailable",
        str(PRICE),
        "USD",
    )
    assert (job["cost_amount"], job["cost_currency"]) == ("3", "CNY")


async def test_what_has_no_name_at_its_provider_cannot_be_fetched(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as ctx:
        script = {"model": MODEL, "script": "error_before"}
        project_id = await make_project(ctx, {f"nameless {uuid4()}": script})
        async with workers(ctx, gate):
            render = await insist_on_render(ctx, project_id)
            assert await wait_until_settled(embedded, render) == "needs_attention"
            with pytest.raises(Conflict) as refused:
                await _by_decision(ctx, project_id)
    assert refused.value.code == "nothing_to_fetch"


def _forgetting(models: Models) -> Models:
    """The same models; their provider has let everything go."""
    known = models.makers[MODEL]
    assert isinstance(known, type)

    class Forgetful(known):  # type: ignore[misc, valid-type]  # the class is made when tests run
        async def get_status(self, job_id: str) -> StatusReport:
            raise GenerationLost(f"the provider does not know {job_id}")

    return replace(models, makers={**models.makers, MODEL: Forgetful})


def _unreachable(models: Models) -> Models:
    """The same models; their provider says that all is made, and hands nothing over."""
    known = models.makers[MODEL]
    assert isinstance(known, type)

    class Closed(known):  # type: ignore[misc, valid-type]  # the class is made when tests run
        async def get_status(self, job_id: str) -> StatusReport:
            cost = Money(amount=Decimal(3), currency="CNY")
            return StatusReport(status=GenerationStatus.SUCCEEDED, cost=cost)

        async def get_result(self, job_id: str) -> GenerationResult:
            raise Unavailable("the provider's storage is being mended")

    return replace(models, makers={**models.makers, MODEL: Closed})


@dataclass
class _Ended(CopyingCompositor):
    """Whose helpers are ended from outside, the first so many times."""

    times: int

    async def verify(self, source: Path) -> MediaFacts:
        """Ended, or a copy's."""
        self.times -= 1
        if self.times >= 0:
            raise Unchecked("checking the file broke off (signal 9)")
        return await super().verify(source)


async def test_a_clip_whose_checks_are_ended_is_checked_again_and_bought_once(
    models: Models, quick_ledger: RunningLedger, embedded: Database, tmp_path: Path
) -> None:
    prompt = f"unchecked {uuid4()}"
    async with world(tmp_path, models, gate := Gate(), MovableClock(), embedded) as ctx:
        unlucky = replace(ctx, compositor=_Ended(times=DAMAGED_TRIES))
        project_id = await make_project(unlucky, {prompt: {"model": MODEL}})
        async with workers(unlucky, gate):
            render = await insist_on_render(unlucky, project_id)
            assert await wait_until_settled(embedded, render) == "completed"
    assert _submits(quick_ledger, prompt) == 1
