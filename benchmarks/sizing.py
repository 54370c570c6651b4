"""Puts what was measured into a document, between two marks; everything else in it stays."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Row, as_table

BEGIN, END = "<!-- measured: sizing -->\n", "<!-- end of measured -->"


def put_into(document: Path, facts: str, rows: Sequence[Row]) -> None:
    """Replace what stands between the marks. facts: what it was measured on. Raises ValueError for
    a document without them, and changes nothing then."""
    text = document.read_text("utf-8")
    if text.count(BEGIN) != 1 or END not in text.partition(BEGIN)[2]:
        raise ValueError(f"{document} has no place for figures: {BEGIN.strip()} ... {END}")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    measured = f"{facts}.\n\n{as_table(rows)}\n\n"
    document.write_text(f"{before}{BEGIN}{measured}{END}{after}", "utf-8")
