"""The report of a run as Markdown: date, seed, counts, and what did not hold. No check is here."""

import os
import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from tests.cluster.plan import Outcome, Plan

from video_foundry.jobs.queue import LEASE

END = "at the end"


def markdown(plan: Plan, outcome: Outcome) -> str:
    """The whole file."""
    return "\n".join([*_head(plan), *_table(outcome), *_problems(outcome), ""])


def _head(plan: Plan) -> Iterator[str]:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    shape = plan.shape
    yield "# A cluster under fire: killed at any moment, paid once"
    yield ""
    yield f"    make chaos SEED={plan.seed} JOBS={plan.jobs} KILLS={plan.kills}"
    yield ""
    yield (
        f"{when}, seed {plan.seed}; {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"{shape.apis} API replicas, {shape.workers} workers, PostgreSQL, RabbitMQ, Redis and an "
        "S3 server as processes of one machine, and a provider that is never killed and writes "
        f"down every submit. {plan.faults:.0%} of the first three submits, and of the first three "
        "questions about each generation, met a fault, and as large a share of all webhooks was "
        f"lost. Leases last {LEASE.seconds} s."
    )
    yield ""


def _table(outcome: Outcome) -> Iterator[str]:
    yield "| what | count |"
    yield "| --- | ---: |"
    for name, value in _lines(outcome.counts):
        yield f"| {name} | {value} |"
    for name, many in outcome.counts.get(END, {}).get("promises", {}).items():
        yield f"| **{name}** | **{many}** |"
    yield f"| **all that did not hold** | **{len(outcome.problems)}** |"
    yield ""


def _lines(counts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    end = counts.get(END, {})
    yield "kill -9 of our own processes", _of(counts, "kills", "kills by process")
    yield "SIGSTOP for longer than a lease, then SIGCONT", str(counts.get("freezes"))
    yield "kill -9 of helpers, such as FFmpeg, alone", str(counts.get("helpers killed"))
    yield "kill -9 of components", _in_words(counts.get("components killed", {}))
    yield "generation jobs, composing jobs", _join(end, "generation jobs", "composing jobs")
    yield "films, renders acknowledged", _join(counts, "films", "renders acknowledged")
    yield "edits, cancels acknowledged", _join(counts, "edits acknowledged", "cancels acknowledged")
    yield "submits that reached the provider", _share(end, "faulty", "submits")
    yield "polls and look-ups", _share(counts, "faulty questions", "questions")
    yield (
        "webhooks due, never made, made while nobody listened, that brought a question forward",
        _join(counts, "webhooks", "lost webhooks", "webhooks nobody took", "webhooks heeded"),
    )
    yield "different requests, generations billed", _join(end, "requests", "billed")
    yield "answered again under a known key", str(end.get("answered again by key"))
    yield (
        "doubts sent again, given up on purpose",
        _join(counts, "sent again on purpose", "given up on purpose"),
    )
    yield "renders in the end", _in_words(end.get("renders", {}))
    yield "renders failed because of", _in_words(end.get("failed because of", {}))
    yield "leases of killed workers", _in_words(counts.get("lease back", {}))
    yield "accepted writes about jobs, each judged", str(end.get("writes about jobs looked at"))
    for name in ("jobs taken from frozen workers", "objects of uploads that were cut off"):
        yield name, str(counts.get(name))
    yield "films rendered again knowingly", str(counts.get("films rendered again"))
    yield "writes of stale owners refused", str(counts.get("writes of stale owners refused"))
    yield "events heard, connections", _join(counts, "events heard", "listener connections")
    yield "seconds until all was settled", str(counts.get("seconds until all was settled"))
    yield "seconds altogether, of all processors", _join(counts, "seconds", "processor seconds")


def _of(counts: Mapping[str, Any], total: str, parts: str) -> str:
    return f"{counts.get(total)} ({_in_words(counts.get(parts, {}))})"


def _join(counts: Mapping[str, Any], *names: str) -> str:
    return ", ".join(str(counts.get(name)) for name in names)


def _share(counts: Mapping[str, Any], part: str, whole: str) -> str:
    all_, some = counts.get(whole) or 0, counts.get(part) or 0
    return f"{all_}, {some} of them faulty ({some / max(all_, 1):.0%})"


def _in_words(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in counts.items())


def _problems(outcome: Outcome) -> Iterator[str]:
    if not outcome.problems:
        yield "Nothing was lost, nothing was paid twice, and no stale owner wrote anything."
        return
    yield "What did not hold:"
    yield ""
    for problem in outcome.problems[:200]:
        yield f"- {problem}"
