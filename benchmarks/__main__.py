"""Runs the benchmarks named on the command line (default: those that need no server), prints
their table, and puts it into a document where one is named."""

import argparse
import asyncio
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import Row, as_table
from benchmarks.sizing import put_into
from benchmarks.suites import BY_DEFAULT, SUITES


def machine() -> str:
    """What the figures were taken on."""
    load = " ".join(f"{x:.1f}" for x in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, {platform.machine()}, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
        f"load before the run {load}"
    )


def main() -> None:
    """Run, print, and put what was measured where it is told."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    default = f"which (default: {' '.join(BY_DEFAULT)})"
    parser.add_argument("names", nargs="*", choices=[*SUITES, []], help=default)
    parser.add_argument("--into", type=Path, help="a document with a place for these figures")
    chosen = parser.parse_args()
    facts = machine()
    rows: list[Row] = []
    for name in chosen.names or BY_DEFAULT:
        print(f"running {name} ...", file=sys.stderr, flush=True)
        rows += asyncio.run(SUITES[name]())
    print(f"# Benchmark results\n\n{facts}\n\n{as_table(rows)}\n")
    if chosen.into is not None:
        put_into(chosen.into, facts, rows)


if __name__ == "__main__":
    main()
