"""Measures composing against everybody and keeps it as a page:
python -m benchmarks.composing --out docs/measurements/composing-speed.md

With --folder, what a case led to is kept there, so a run that was broken off goes on with the next
case when it is started again; a case that is named is measured anew."""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from benchmarks.__main__ import machine
from benchmarks.composing.case import Case
from benchmarks.composing.page import Kept, page
from benchmarks.composing.planning import SEGMENTS
from benchmarks.composing.suites import FULL, MINUTES, PLANNING, TOY, Part, full, planned


def main() -> None:
    """Run, keep after every case, print."""
    chosen = _arguments()
    # Ending takes what is being measured along, which has a session of its own.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with ExitStack() as stack:
        folder = chosen.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        kept = Kept(folder.resolve() / "results", [*(case.name for case in chosen.all), PLANNING])
        wanted = chosen.names or [name for name in kept.names if name not in kept.parts]
        facts = machine()
        for part in _parts(chosen, wanted, folder.resolve()):
            kept.keep(part, facts)
            facts = machine()
            if chosen.out is not None:
                chosen.out.write_text(page(kept), "utf-8")
        print(page(kept))


def _pieces() -> str:
    """How long each case takes, so that a run can be cut into pieces."""
    lines = [
        f"  {case.name:20} {case.rounds} x {MINUTES[case.name][0]} min, "
        f"with --peer ffmpeg {case.rounds} x {MINUTES[case.name][1]} min"
        for case in FULL
    ]
    told = "rounds and minutes of each, roughly, on two idle cores (planning: half a minute):"
    return "\n".join([told, *lines])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.composing",
        description=__doc__,
        epilog=_pieces(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [*(case.name for case in FULL), PLANNING]
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(names)} (default: all)")
    parser.add_argument("--rounds", type=int, help="in place of each case's own")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        help="only peers named so, such as ffmpeg",
    )
    parser.add_argument("--toy", action="store_true", help="tiny films, only to see that it runs")
    parser.add_argument("--folder", type=Path, help="keeps clips, installed peers and results")
    parser.add_argument("--out", type=Path, help="the page that is written")
    chosen = parser.parse_args()
    chosen.all = TOY if chosen.toy else FULL
    known = {*(case.name for case in chosen.all), PLANNING}
    if unknown := [name for name in chosen.names if name not in known]:
        parser.error(f"no such case: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return chosen


def _parts(chosen: argparse.Namespace, wanted: Sequence[str], folder: Path) -> Iterator[Part]:
    cases: list[Case] = [
        replace(case, rounds=chosen.rounds or case.rounds)
        for case in chosen.all
        if case.name in wanted
    ]
    only = [name.lower() for name in chosen.peer] or None
    yield from full(cases, folder, only)
    if PLANNING in wanted:
        yield planned(SEGMENTS // 10 if chosen.toy else SEGMENTS)


if __name__ == "__main__":
    main()
