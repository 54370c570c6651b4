"""The composing steps of a render: known as soon as they can be, taken where they exist, asked for
when what they need is there. What becomes of the render is decided in `renders`."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from video_foundry.core.fairness import Priority
from video_foundry.core.graph import Step
from video_foundry.core.render_graph import RenderGraph, seconds_of
from video_foundry.db.bulk import add_unless_there, write_columns
from video_foundry.db.storage import take_composed
from video_foundry.db.store import Tx
from video_foundry.db.tables import JobRow, RenderOutputRow, RenderRow, RenderStepRow
from video_foundry.jobs.enqueue import NewJob, enqueue_all
from video_foundry.jobs.failures import lost_outputs


async def take_steps(
    tx: Tx,
    render: RenderRow,
    graph: RenderGraph,
    found: Sequence[RenderStepRow],
    outputs: Sequence[RenderOutputRow],
    *,
    jobs: Mapping[str, JobRow],
    off: Collection[str],
) -> Sequence[RenderStepRow]:
    """Know every step that is known by now, take what exists, ask for what can be made. Returns the
    steps that are still of use.

    found: those that were known before. jobs: those that were asked for already; nothing more is
    asked for where an output cannot be made any more. off: jobs that were called off, which count
    for nothing: what they were to do is asked for anew as soon as it can be done.
    """
    known = [step for step in graph.steps_of(open_bits(outputs)) if step.is_known]
    by_mark = {row.fingerprint: row for row in found}
    new = [step for step in known if step.fingerprint not in by_mark]
    by_mark |= await _add(tx, render, graph, new)
    rows = [by_mark[step.fingerprint] for step in known]
    changed = _said_anew(graph, rows)
    open_ = {row.fingerprint for row in rows if row.digest is None}
    done = await take_composed(tx.session, tx.now, open_)
    for row in rows:
        if row.fingerprint in done and row.digest is None:
            row.digest = done[row.fingerprint]
            changed[row.fingerprint] = row
        elif row.digest is None and row.job_id in off:
            row.job_id = None
            changed[row.fingerprint] = row
    lost = lost_outputs(rows, outputs, jobs)
    there = {mark for mark, row in by_mark.items() if row.digest}
    pairs = zip(outputs, graph.branches, strict=True)
    there |= {branch.last.fingerprint for row, branch in pairs if row.digest}
    ready = [
        (step, row)
        for step, row in zip(known, rows, strict=True)
        if _is_ready(step, row, there) and row.outputs & ~lost
    ]
    asked = await enqueue_all(tx, [_job(render, graph, step) for step, _ in ready])
    for (_, row), job in zip(ready, asked, strict=True):
        row.job_id = job.id
        changed[row.fingerprint] = row
    names = ("digest", "job_id", "outputs")
    await write_columns(tx.session, list(changed.values()), *names)
    return rows


def _said_anew(graph: RenderGraph, rows: Sequence[RenderStepRow]) -> dict[str, RenderStepRow]:
    """Rows whose outputs have changed: a step may turn out to be of use to one more only when the
    loudness of both is known."""
    changed = {}
    for row in rows:
        if row.outputs != graph.users[row.fingerprint]:
            row.outputs = graph.users[row.fingerprint]
            changed[row.fingerprint] = row
    return changed


def _is_ready(step: Step, row: RenderStepRow, there: Collection[str]) -> bool:
    is_open = row.digest is None and row.job_id is None
    return is_open and all(need in there for need in step.needs)


def open_bits(outputs: Sequence[RenderOutputRow]) -> int:
    """A bit for each output that is not there yet."""
    return sum(1 << place for place, row in enumerate(outputs) if row.digest is None)


def seconds_left(
    graph: RenderGraph, rows: Sequence[RenderStepRow], outputs: Sequence[RenderOutputRow]
) -> float:
    """Seconds of picture to be encoded still, those of steps included that wait for a clip."""
    done = {row.fingerprint for row in rows if row.digest}
    wanted = graph.steps_of(open_bits(outputs))
    return seconds_of(step for step in wanted if step.fingerprint not in done)


async def _add(
    tx: Tx, render: RenderRow, graph: RenderGraph, steps: Sequence[Step]
) -> dict[str, RenderStepRow]:
    values = [
        {
            "render_id": render.id,
            "fingerprint": step.fingerprint,
            "kind": step.kind,
            "stage": step.stage,
            "seconds": float(step.seconds),
            "segment": step.segment,
            "outputs": graph.users[step.fingerprint],
            "job_id": None,
            "digest": None,
        }
        for step in steps
    ]
    added = await add_unless_there(tx.session, RenderStepRow, values)
    return {row.fingerprint: row for row in added}


def _job(render: RenderRow, graph: RenderGraph, step: Step) -> NewJob:
    """The job of a composing step. Its payload holds all that is needed, whatever becomes of the
    render; the artifacts it reads are named by the steps that made them."""
    payload: dict[str, Any] = {
        "step": step.kind,
        "spec": step.spec,
        "needs": list(step.needs),
        "sources": list(step.sources),
        "label": step.label,
        "run": None
        if step.run is None
        else {"key": step.run.key, "first": step.run.first, "frames": step.run.frames},
    }
    return NewJob(
        kind="compose",
        fingerprint=step.fingerprint,
        payload=payload,
        project_id=render.project_id,
        segment_id=None if step.segment is None else graph.segment_ids[step.segment],
        priority=priority_of(render.priority),
    )


def priority_of(stored: str) -> Priority:
    """How much haste something has, from its stored word."""
    return "low" if stored == "low" else "high" if stored == "high" else "normal"
