"""Which cases are measured: a few peers and orders in some minutes, or all of them in hours."""

import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.composing.case import Case
from benchmarks.composing.cost import Unmeasurable
from benchmarks.composing.measure import QUICK_ORDERS, measure
from benchmarks.composing.peers import Peer, everybody, ffmpeg_concat, ffmpeg_xfade
from benchmarks.composing.planning import SEGMENTS, planning
from benchmarks.composing.rows import rows_of
from benchmarks.report import Row

QUICK = (Case(clips=20, seconds=5), Case(clips=20, seconds=5, crossfades=True))
FULL = (
    *(replace(case, rounds=3) for case in QUICK),
    Case(clips=20, seconds=5, conforming=True, rounds=3),
    Case(clips=100, seconds=5),
    Case(clips=100, seconds=5, crossfades=True),
    Case(clips=1_000, seconds=1),
)
TOY = tuple(
    Case(
        clips=3,
        seconds=1,
        width=320,
        height=180,
        crossfades=crossfades,
        conforming=conforming,
        rounds=2,
    )
    for crossfades, conforming in ((False, False), (True, False), (False, True))
)
"""For trying out that everything works; its figures mean nothing."""

MINUTES: Mapping[str, tuple[int, int]] = {
    "20-cuts": (6, 2),
    "20-crossfades": (9, 3),
    "20-conforming-cuts": (6, 2),
    "100-cuts": (25, 8),
    "100-crossfades": (40, 12),
    "1000-cuts": (30, 10),
}
"""Wall minutes of one round of a case on two idle cores, with all peers and with FFmpeg alone; an
estimate from `composing`'s earlier figures, for choosing pieces that end in time."""

PLANNING = "planning"
"""What is measured beside the cases, by this name."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one case led to. name: the case's, or "planning". peers: with their versions. left_out:
    why others could not take part."""

    name: str
    rows: Sequence[Row]
    peers: Sequence[str] = ()
    left_out: Sequence[str] = ()


def full(
    cases: Sequence[Case], folder: Path, only: Collection[str] | None = None
) -> Iterator[Part]:
    """All peers and all orders, one case after the other. folder: keeps material and what is
    installed. only: beginnings of the names of those peers that take part, lower case. Raises
    Unmeasurable."""
    if not cases:
        return
    peers, left_out = everybody(folder)
    if only is not None:
        peers = [peer for peer in peers if peer.name.lower().startswith(tuple(only))]
    for case in cases:
        _say(f"composing {case.what} ...")
        names = [peer.name for peer in peers if peer.can(case)]
        rows = rows_of(measure(case, peers, folder=folder))
        yield Part(name=case.name, rows=rows, peers=names, left_out=left_out)


def planned(segments: int = SEGMENTS) -> Part:
    """Planning, which needs no film."""
    _say("planning ...")
    return Part(name=PLANNING, rows=planning(segments))


def quick(cases: Sequence[Case], folder: Path) -> list[Row]:
    """Against FFmpeg alone: the first composing, nothing changed, one clip changed."""
    peers: list[Peer] = [ffmpeg_concat(), ffmpeg_xfade()]
    return [
        row
        for case in cases
        for row in rows_of(measure(case, peers, folder=folder, orders=QUICK_ORDERS))
    ]


async def compose() -> list[Row]:
    """20 clips against FFmpeg, with cuts and with crossfades."""
    return _in_a_folder(lambda folder: quick(QUICK, folder))


async def compose_full() -> list[Row]:
    """Everything; hours. `python -m benchmarks.composing` does the same and keeps what it has when
    it is broken off."""
    return _in_a_folder(_all_rows)


def _all_rows(folder: Path) -> list[Row]:
    parts = [*full(FULL, folder), planned()]
    missing = dict.fromkeys(why for part in parts for why in part.left_out)
    left_out = [Row(what="a peer", ours="left out", note=why) for why in missing]
    return [row for part in parts for row in part.rows] + left_out


def _in_a_folder(work: Callable[[Path], list[Row]]) -> list[Row]:
    """In the main thread, where an interrupt ends the program that is being measured, too."""
    with tempfile.TemporaryDirectory() as name:
        try:
            return work(Path(name))
        except Unmeasurable as why:
            return [Row(what="composing", ours="left out", note=str(why))]


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
