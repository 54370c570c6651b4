"""Runs the benchmarks named on the command line (default: all), prints and keeps their table."""

import argparse
import asyncio
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import Row, as_table
from benchmarks.suites import SUITES

RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """What the figures were taken on."""
    load = " ".join(f"{x:.1f}" for x in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"load before the run {load}"
    )


def main() -> None:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*SUITES, []], help="which (default: all)")
    parser.add_argument("--keep", action="store_true", help="write benchmarks/results/latest.md")
    chosen = parser.parse_args()
    facts = machine()
    rows: list[Row] = []
    for name in chosen.names or SUITES:
        print(f"running {name} ...", file=sys.stderr, flush=True)
        rows += asyncio.run(SUITES[name]())
    text = f"# Benchmark results\n\n{facts}\n\n{as_table(rows)}\n"
    print(text)
    if chosen.keep:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "latest.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
