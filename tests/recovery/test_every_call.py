"""A fault at every single call of one short render: it raises, or the process ends there. However
it falls, once the fault is gone nothing is lost and nothing was paid twice."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from tests.recovery import checker
from tests.recovery.checker import Books
from tests.recovery.gate import Fault, Gate
from tests.recovery.world import (
    Models,
    MovableClock,
    fresh_copy,
    insist_on_render,
    make_project,
    make_template,
    wait_until_settled,
    workers,
    world,
)

from video_foundry.jobs import queue
from video_foundry.testing.ledger import KINDS, RunningLedger
from video_foundry.workers.tidy import FOLDERS, drop_leftovers

AT_ONCE = 6
"""Worlds side by side; they mostly wait."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One world with one fault."""

    data: Path
    models: Models
    kind: str
    gate: Gate
    prompt: str

    def __str__(self) -> str:
        return f"{self.kind}, {self.gate.fault} at {self.gate.breaks_at} ({self.gate.broke})"


async def play(case: Case) -> str:
    """Render with the fault, start anew without it; returns how the render stands then."""
    clock = MovableClock()
    async with world(case.data, case.models, Gate(), clock) as ctx:
        segments = {case.prompt: {"model": f"ledger-{case.kind}"}}
        project_id = await make_project(ctx, segments)
    await first_life(case, project_id, clock)
    clock.ahead += queue.LEASE + timedelta(seconds=1)
    async with world(case.data, case.models, gate := Gate(), clock) as ctx, workers(ctx, gate):
        status = await wait_until_settled(case.data, await insist_on_render(ctx, project_id))
        for kind in FOLDERS:
            await drop_leftovers(ctx, kind)
    return status


async def first_life(case: Case, project_id: str, clock: MovableClock) -> None:
    """Until the render has settled, or the fault has ended this world."""
    async with (
        world(case.data, case.models, case.gate, clock) as ctx,
        workers(ctx, case.gate),
    ):

        async def render() -> None:
            await wait_until_settled(case.data, await insist_on_render(ctx, project_id))

        ends = {asyncio.create_task(render()), asyncio.create_task(case.gate.stopped.wait())}
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        case.gate.close()
        for task in ends:
            task.cancel()
        for end in await asyncio.gather(*ends, return_exceptions=True):
            if isinstance(end, Exception):
                raise end


def what_is_wrong(case: Case, status: str, ledger: RunningLedger) -> list[str]:
    """Everything that the books of this case do not agree on."""
    entries = [e for e in ledger.entries() if e.prompt == case.prompt]
    books = Books.of(case.data)
    wrong = checker.paid_twice(entries) + checker.lost(entries, books)
    wrong += checker.unsettled(books.renders) + checker.two_open_jobs(books)
    if status not in _expected(case.kind):
        wrong.append(f"the render is {status}: {books.renders}")
    if status == "completed" and len(books.generations) != 1:
        wrong.append(f"the memory holds {books.generations}")
    seqs = [e["seq"] for e in books.events]
    if seqs != list(range(1, len(seqs) + 1)):
        wrong.append(f"events have gaps: {seqs}")
    left = [str(p) for p in (case.data / "scratch").rglob("*") if p.is_file()]
    return [f"{case}: {w}" for w in [*wrong, *(f"left over: {name}" for name in left)]]


def _expected(kind: str) -> Sequence[str]:
    """A keyed submit always finds its way; the others may have to ask a person."""
    return ("completed",) if kind == "key" else ("completed", "needs_attention")


@pytest.mark.parametrize("fault", ["raise", "stop"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_at_any_call_loses_nothing_and_pays_once(
    kind: str, fault: Fault, models: Models, quick_ledger: RunningLedger, tmp_path: Path
) -> None:
    template = asyncio.run(make_template(tmp_path / "template"))

    def one(n: int) -> tuple[Case, list[str]]:
        case = Case(
            data=fresh_copy(template, tmp_path / str(n)),
            models=models,
            kind=kind,
            gate=Gate(breaks_at=n, fault=fault),
            prompt=f"fault {fault} {kind} {n} {uuid4()}",
        )
        status = asyncio.run(play(case))
        return case, what_is_wrong(case, status, quick_ledger)

    unharmed, wrong = one(0)
    assert wrong == []
    with ThreadPoolExecutor(AT_ONCE) as pool:  # an event loop for each, as for each process
        played = list(pool.map(one, range(1, unharmed.gate.count + 1)))
    assert [problem for _, problems in played for problem in problems] == []
    assert sum(case.gate.broke is not None for case, _ in played) > 40
