"""One measured row, and rows as a Markdown table."""

import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """ours and theirs are shown as measured; ratio is ours over theirs, or None for a count."""

    what: str
    ours: str
    theirs: str = ""
    ratio: float | None = None
    note: str = ""


def as_table(rows: Sequence[Row]) -> str:
    """A Markdown table."""
    lines = ["| what | ours | compared with | ratio | note |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        ratio = f"{row.ratio:.3g}" if row.ratio is not None else ""
        lines.append(f"| {row.what} | {row.ours} | {row.theirs} | {ratio} | {row.note} |")
    return "\n".join(lines)


def load() -> str:
    """How busy the machine is with everything that runs on it."""
    return f"load {os.getloadavg()[0]:.1f}"
