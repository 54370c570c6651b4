"""Figures as rows of the table: what is compared with what, and which goal was set for it. Measures
nothing."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.composing.case import Case
from benchmarks.composing.cost import Cost, Failed, middle
from benchmarks.composing.edits import EDITS
from benchmarks.composing.measure import Figures
from benchmarks.composing.ours import Done
from benchmarks.report import Row

MOST_MEMORY = 300
"""MiB that composing may take, however long the film."""

QUICKEST = 0.3
"""Seconds in which a film is there again of which nothing has changed."""

MOST_COPYING = 1.5
"""CPU of writing a film from its pieces, over that of copying the same bytes."""

MOST_FIRST: Mapping[bool, float] = {False: 1.15, True: 1.4}
"""CPU of the first composing over FFmpeg's one run, by whether there are crossfades."""

MOST_FOR_ONE_CLIP: Mapping[str, float] = {
    "20-cuts": 1 / 20,
    "100-cuts": 1 / 100,
    "20-crossfades": 1 / 10,
    "100-crossfades": 1 / 40,
    "20-conforming-cuts": 1 / 100,
}
"""CPU of one clip changed over the best peer's, by case."""


@dataclass(frozen=True, kw_only=True)
class Best:
    """The peer that took the least CPU."""

    name: str
    cost: Cost


def rows_of(figures: Figures) -> list[Row]:
    """Everything that was measured of a case."""
    case = figures.case
    told = {order: _middle(done) for order, done in figures.ours.items()}
    best = _best(figures)
    rows = [_first(case, told["first"], name, of) for name, of in figures.peers.items()]
    rows.append(
        _row(case, "first compose, by kind of step", told["first"], best, _where(told["first"]))
    )
    rows.append(_memory(figures, told["first"]))
    rows.append(_again(case, told["again"], best))
    rows += [_edit(case, order, told[order], best) for order in EDITS if order in told]
    if figures.copying:
        rows += _recomposed(figures, told)
    return [*rows, _written(case, told["clip"])]


def goal(reached: float, most: float | None, unit: str = "") -> str:
    """What was wanted, and whether it is so; nothing where no goal was set."""
    if most is None:
        return ""
    verdict = "met" if reached <= most else f"missed by {reached / most:.2f} times"
    return f"goal at most {most:.4g}{unit}: {verdict}"


def _middle(done: Sequence[Done]) -> Done:
    """Medians of what was measured several times; what was made is the same each time."""
    by_kind = {kind for one in done for kind in one.spent}
    spent = {kind: statistics.median(d.spent.get(kind, 0.0) for d in done) for kind in by_kind}
    last = done[-1]
    return Done(
        cost=middle([one.cost for one in done]),
        size=last.size,
        written=max(one.written for one in done),
        encoded=last.encoded,
        spent=spent,
        steps=last.steps,
    )


def _best(figures: Figures) -> Best | None:
    able = [
        Best(name=name, cost=middle(found))
        for name, found in figures.peers.items()
        if not isinstance(found, Failed)
    ]
    return min(able, key=lambda one: one.cost.cpu, default=None)


def shown(cost: Cost) -> str:
    """Figures as a row has them."""
    return f"{_seconds(cost.cpu)} CPU s, {_seconds(cost.wall)} s"


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value >= 20 else f"{value:.2f}" if value >= 0.5 else f"{value:.3f}"


def _row(case: Case, what: str, done: Done, best: Best | None, *notes: str) -> Row:
    return Row(
        what=f"{what}, {case.what}",
        ours=shown(done.cost),
        theirs=f"{shown(best.cost)} ({best.name})" if best else "",
        ratio=done.cost.cpu / best.cost.cpu if best else None,
        note="; ".join(note for note in notes if note),
    )


def _first(case: Case, done: Done, name: str, found: list[Cost] | Failed) -> Row:
    """Against one peer; the goal was set against FFmpeg."""
    if isinstance(found, Failed):
        return Row(
            what=f"first compose, {case.what}",
            ours=shown(done.cost),
            theirs=f"{name} fails: {found}",
        )
    peer = Best(name=name, cost=middle(found))
    ratio = done.cost.cpu / peer.cost.cpu
    most = MOST_FIRST[case.crossfades] if case.is_real and name.startswith("FFmpeg") else None
    return _row(case, "first compose", done, peer, goal(ratio, most))


def _memory(figures: Figures, first: Done) -> Row:
    """Of the first composing, which takes the most."""
    case, ours = figures.case, first.cost.peak
    peaks = {
        name: peak
        for name, found in figures.peers.items()
        if not isinstance(found, Failed) and (peak := middle(found).peak) is not None
    }
    least = min(peaks.values(), default=None)
    most = MOST_MEMORY if case.is_real else None
    return Row(
        what=f"peak memory of all processes, first compose, {case.what}",
        ours="" if ours is None else f"{ours:.0f} MiB",
        theirs="; ".join(f"{peak:,.0f} MiB ({name})" for name, peak in peaks.items()),
        ratio=ours / least if ours and least else None,
        note=goal(ours, most, " MiB") if ours else "",
    )


def _again(case: Case, done: Done, best: Best | None) -> Row:
    most = QUICKEST if case.is_real else None
    return _row(case, "nothing changed", done, best, goal(done.cost.wall, most, " s of wall time"))


def _edit(case: Case, order: str, done: Done, best: Best | None) -> Row:
    most = None
    if order == "clip" and case.is_real:
        most = MOST_FOR_ONE_CLIP.get(case.name)
    ratio = done.cost.cpu / best.cost.cpu if best else 0.0
    encoded = f"{done.encoded:.1f} of {case.film_seconds:,.1f} s of picture encoded"
    notes = (goal(ratio, most) if best else "", encoded, _where(done))
    return _row(case, EDITS[order].what, done, best, *notes)


def _where(done: Done) -> str:
    """Which kinds of step took the CPU; the rest is planning, and the copy for the user."""
    kinds = sorted(done.spent.items(), key=lambda pair: -pair[1])
    rest = max(0.0, done.cost.cpu - sum(done.spent.values()))
    parts = [f"{kind} {_seconds(cpu)}" for kind, cpu in kinds]
    return f"CPU s: {', '.join([*parts, f'else {_seconds(rest)}'])}"


def _recomposed(figures: Figures, told: Mapping[str, Done]) -> list[Row]:
    """From pieces that are all there: the file alone, and all that makes it a film of the store."""
    case, copied = figures.case, Best(name="`cat` of the film", cost=middle(figures.copying))
    size = f"{told['join'].size / 1e6:.1f} MB"
    ratio = told["join"].cost.cpu / copied.cost.cpu
    most = MOST_COPYING if case.is_real else None
    whole = "digest, copy into the store, poster, and the user's copy included"
    return [
        _row(case, "film written from its pieces", told["join"], copied, goal(ratio, most), size),
        _row(case, "film made from its pieces", told["recompose"], copied, whole),
    ]


def _written(case: Case, done: Done) -> Row:
    """The film is an object of its own, so its size is the least that can be written."""
    return Row(
        what=f"new in the store after one clip changed, {case.what}",
        ours=f"{done.written / 1e6:.2f} MB",
        theirs=f"{done.size / 1e6:.2f} MB (the film itself)",
        ratio=done.written / done.size,
        note=f"{(done.written - done.size) / 1e6:.2f} MB beside the film",
    )
