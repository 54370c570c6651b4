"""What planning takes, which is pure computing: the graph of a film, and the whole plan, for as
many segments as a long film has."""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from benchmarks.report import Row, load
from video_foundry.core.composition import Source
from video_foundry.core.film import Film
from video_foundry.core.graph import Graph, Known, make_graph
from video_foundry.core.plan import Memory, film_of, make_plan
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timeline import Timeline, TimelineSegment
from video_foundry.core.transitions import make_transition

SEGMENTS = 1_000
REPEATS = 5
SECONDS = Fraction(5)


def planning(segments: int = SEGMENTS) -> list[Row]:
    """Graph and plan of a film, with cuts and with crossfades, before anything exists and when all
    of it does; a film a tenth as long shows whether a segment costs more in a long one. Medians
    are of a process that has planned the film before, as servers have."""
    return [
        row
        for crossfades in (False, True)
        for is_made in (False, True)
        for row in _rows(segments, crossfades=crossfades, is_made=is_made)
    ]


def _rows(count: int, *, crossfades: bool, is_made: bool) -> list[Row]:
    small, large = (
        _Subject(_timeline(n, crossfades=crossfades), is_made=is_made) for n in (count // 10, count)
    )
    joined = "crossfades" if crossfades else "cuts"
    state = "all of it made" if is_made else "nothing made yet"
    of = f"{count:,} segments of 5 s, {joined}, {state}"
    return [
        _row(f"graph, {of}", _cpu(large.graph), _cpu(small.graph), count),
        _row(f"plan, {of}", _cpu(large.plan), _cpu(small.plan), count),
    ]


def _row(what: str, cpu: float, shorter: float, count: int) -> Row:
    each, each_of_short = cpu / count * 1e6, shorter / (count // 10) * 1e6
    return Row(
        what=what,
        ours=f"{each:.0f} us a segment, {cpu:.3f} CPU s",
        theirs=f"{each_of_short:.0f} us a segment in {count // 10:,} segments",
        ratio=each / each_of_short,
        note=load(),
    )


def _cpu(work: Callable[[], object]) -> float:
    """CPU seconds, the median of some runs."""
    taken = []
    for _ in range(REPEATS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


class _Subject:
    """A timeline with what composing is supposed to have led to before."""

    def __init__(self, timeline: Timeline, *, is_made: bool) -> None:
        self._timeline = timeline
        film = film_of(timeline, {})
        assert film is not None
        self._film: Film = film
        self._memory = Memory(results={})
        if is_made:
            steps = make_graph(film, Known()).steps
            known = Known(runs=[step.run for step in steps if step.run is not None])
            self._memory = replace(
                self._memory, known=known, steps={s.fingerprint: s.fingerprint for s in steps}
            )

    def graph(self) -> Graph:
        """The film's steps."""
        return make_graph(self._film, self._memory.known)

    def plan(self) -> object:
        """Everything that a user is shown before a render."""
        return make_plan(self._timeline, self._memory)


def _timeline(count: int, *, crossfades: bool) -> Timeline:
    fade = make_transition("fade", Fraction(1, 2)) if crossfades else None
    segments = tuple(
        TimelineSegment(
            id=f"segment-{n}",
            order_index=n,
            transition=fade if n < count - 1 else None,
            own=Source(digest=f"{n:064x}", seconds=SECONDS),
        )
        for n in range(count)
    )
    return Timeline(project_id="project", profile=OutputProfile(), segments=segments)
