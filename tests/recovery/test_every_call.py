"""A fault at every single call of one short render: it raises, or the process ends there. However
it falls, once the fault is gone nothing is lost and nothing was paid twice."""

import asyncio
import os
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
from video_foundry.services.context import Context
from video_foundry.testing.ledger import KINDS, RunningLedger
from video_foundry.workers.tidy import FOLDERS, drop_leftovers

AT_ONCE = 2
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
    """Render with the fault; where it ended this life, begin another. Returns how the render stands
    then."""
    clock = MovableClock()
    async with world(case.data, case.models, case.gate, clock) as ctx:
        segments = {case.prompt: {"model": f"ledger-{case.kind}"}}
        project_id = await make_project(ctx, segments)
        case.gate.armed = True
        status = await live(ctx, case, project_id)
        if status is None:
            clock.ahead += queue.LEASE + timedelta(seconds=1)
            status = await live(ctx, case, project_id)
        assert status is not None, "only the first life can be cut short"
        case.gate.open()
        for kind in FOLDERS:
            await drop_leftovers(ctx, kind)
    return status


async def live(ctx: Context, case: Case, project_id: str) -> str | None:
    """Until the render has settled; None when the fault ended this life before."""

    async def render() -> str:
        return await wait_until_settled(case.data, await insist_on_render(ctx, project_id))

    async with workers(ctx, case.gate):
        rendering = asyncio.create_task(render())
        stopping = asyncio.create_task(case.gate.stopped.wait())
        await asyncio.wait({rendering, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not case.gate.stopped.is_set():
            return await rendering
        rendering.cancel()
    case.gate.open()
    return None


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


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Faults at every `step`-th call."""

    kind: str
    fault: Fault
    step: int = 1


def sweeps() -> list[Sweep]:
    """All of them when there is time; else every call raises for one kind, and every third call is
    the last one for the kind that can do least about it."""
    if "VIDEO_FOUNDRY_CHAOS_SECONDS" in os.environ:
        faults: tuple[Fault, ...] = ("raise", "stop")
        return [Sweep(kind=kind, fault=fault) for kind in KINDS for fault in faults]
    return [Sweep(kind="key", fault="raise"), Sweep(kind="none", fault="stop", step=3)]


@pytest.mark.parametrize("sweep", sweeps(), ids=lambda s: f"{s.kind}-{s.fault}")
def test_a_fault_at_any_call_loses_nothing_and_pays_once(
    sweep: Sweep, models: Models, quick_ledger: RunningLedger, tmp_path: Path
) -> None:
    template = asyncio.run(make_template(tmp_path / "template"))

    def one(n: int) -> tuple[Case, list[str]]:
        case = Case(
            data=fresh_copy(template, tmp_path / str(n)),
            models=models,
            kind=sweep.kind,
            gate=Gate(breaks_at=n, fault=sweep.fault),
            prompt=f"fault {sweep.fault} {sweep.kind} {n} {uuid4()}",
        )
        status = asyncio.run(play(case))
        return case, what_is_wrong(case, status, quick_ledger)

    unharmed, wrong = one(0)
    assert wrong == []
    with ThreadPoolExecutor(AT_ONCE) as pool:  # an event loop for each, as for each process
        played = list(pool.map(one, range(1, unharmed.gate.count + 1, sweep.step)))
    assert [problem for _, problems in played for problem in problems] == []
    assert sum(case.gate.broke is not None for case, _ in played) > 40 / sweep.step
