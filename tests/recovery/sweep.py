"""Which sweeps of faults there are, and what they found as Markdown. Nothing here runs one."""

import os
import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from tests.recovery.gate import Fault

from video_foundry.testing.ledger import KINDS

Setup = Literal["embedded", "cluster"]
SETUPS: dict[Setup, str] = {
    "embedded": "SQLite, a folder for objects",
    "cluster": "PostgreSQL, a bucket on an S3 server",
}
FAULTS: dict[Fault, str] = {
    "raise": "the call raises",
    "stop": "the process ends there",
    "lose": "the database is lost there; any other call raises",
}
ACCOUNTS = {
    "key": "honours keys",
    "lookup": "can be asked for what it has",
    "none": "offers neither",
}


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Faults at every `step`-th call, in one set-up, beginning with another each day. kind: of the
    provider's account."""

    kind: str
    fault: Fault
    on: Setup = "embedded"
    step: int = 1

    def __str__(self) -> str:
        return f"{self.kind}-{self.fault}-{self.on}"


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one found. calls: of the render without a fault. broke: of each render with one, the
    call that met it; None where that render made fewer calls."""

    sweep: Sweep
    calls: int
    broke: Sequence[str | None]
    problems: Sequence[str]

    @property
    def met(self) -> int:
        """Renders that met their fault."""
        return sum(call is not None for call in self.broke)


def every_one() -> list[Sweep]:
    """Each kind of account, fault and set-up, at each call."""
    return [Sweep(kind=k, fault=f, on=on) for on in SETUPS for k in KINDS for f in FAULTS]


def page(found: Sequence[Swept]) -> str:
    """The whole file."""
    return "\n".join([*_head(), *_table(found), *_calls(found), *_problems(found), ""])


def _head() -> Iterator[str]:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    yield "# A fault at every call of one short render"
    yield ""
    yield "    make sweep"
    yield ""
    yield f"{when}; {os.cpu_count()} cores, Python {platform.python_version()}."
    yield (
        "The render is made once for each call that the one without a fault made: at its first "
        "call the first of them meets the fault, at its second the second, and so on. Where "
        "the process ends, another one goes on once the lease has run out. Then the provider's "
        "ledger, the memory, the events and the folders are looked at: nothing paid twice, nothing "
        "paid lost, the render completed or openly waiting for a person where nobody else can know."
    )
    yield ""


def _table(found: Sequence[Swept]) -> Iterator[str]:
    yield "| account | fault | set-up | calls | renders | met the fault | did not hold |"
    yield "| --- | --- | --- | ---: | ---: | ---: | ---: |"
    for swept in found:
        sweep = swept.sweep
        words = (ACCOUNTS[sweep.kind], FAULTS[sweep.fault], SETUPS[sweep.on])
        yield f"| {' | '.join([*words, *map(str, (swept.calls, *_counts(swept)))])} |"
    sums = [sum(counts) for counts in zip(*map(_counts, found), strict=True)]
    yield f"| **all** | | | | {' | '.join(f'**{many}**' for many in sums)} |"
    yield ""
    left = len(every_one()) - len(found)
    if left:
        yield f"{left} more were not made."
        yield ""
    yield (
        "A render that does not meet its fault made fewer calls than the one without: how often "
        "leases are renewed, and how often a provider is asked, depends on the machine."
    )
    yield ""


def _counts(swept: Swept) -> tuple[int, int, int]:
    """Renders, those that met their fault, and what did not hold."""
    return len(swept.broke), swept.met, len(swept.problems)


def _calls(found: Sequence[Swept]) -> Iterator[str]:
    counts = Counter(call for swept in found for call in swept.broke if call is not None)
    yield "| call that met the fault | times |"
    yield "| --- | ---: |"
    for call, many in counts.most_common():
        yield f"| {call} | {many} |"
    yield ""


def _problems(found: Sequence[Swept]) -> Iterator[str]:
    problems = [problem for swept in found for problem in swept.problems]
    if not problems:
        yield "Nothing was lost, and nothing was paid twice."
        return
    yield "What did not hold:"
    yield ""
    for problem in problems[:200]:
        yield f"- {problem}"
