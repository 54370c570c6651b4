"""The film's picture as pieces: which frames are copied from clips that are encoded already, and
which must be encoded. A piece is encoded once, from the sources, and never from another encode.

Every clip has a grid of its own, anchored where the clip begins: a key frame stands every
`KEYFRAME_DISTANCE` frames of it, so that whole cells of the grid can be copied into any film that
shows them, however the clip is trimmed there.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple, TypeAlias

from video_foundry.core.conforming import Groups
from video_foundry.core.layout import Layout, Placed

KEYFRAME_DISTANCE = 24
"""Frames; small enough that a boundary re-encodes little, at some 4% of the bytes."""

LONGEST_PIECE = 10 * KEYFRAME_DISTANCE
"""Frames of a piece: so much is lost at most when a worker dies, and so fine is the work shared."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One segment's clip as the film shows it.

    key: identity of the clip brought to the profile (bytes, picture effects, picture size, rate);
    frames are counted on its grid. first: the grid's frame that the segment begins with. groups: of
    the stored clip, where its frames are the grid's and can be copied from it.
    """

    key: str
    first: int
    groups: Groups | None = None


class Run(NamedTuple):
    """Frames [first, end) of one clip's grid, encoded as one piece with nothing on top. A tuple: a
    long film has tens of thousands, and each is looked up many times."""

    key: str
    first: int
    end: int

    @property
    def frames(self) -> int:
        """How many."""
        return self.end - self.first

    def holds(self, cell: "Run") -> bool:
        """Whether exactly these frames can be copied out of it."""
        inside = self.key == cell.key and self.first <= cell.first and cell.end <= self.end
        begins = (cell.first - self.first) % KEYFRAME_DISTANCE == 0
        ends = cell.end == self.end or (cell.end - self.first) % KEYFRAME_DISTANCE == 0
        return inside and begins and ends


@dataclass(frozen=True, kw_only=True)
class Part:
    """Frames of one segment within a mixed piece. segment: its index; first: of its use, counted
    from 0; at: the piece's frame at which they begin."""

    segment: int
    first: int
    frames: int
    at: int


@dataclass(frozen=True, kw_only=True)
class Span:
    """Film frames [start, start + frames) that must be encoded together: one part, or two that
    overlap in a transition; and which overlays (by index) lie on it."""

    start: int
    frames: int
    parts: tuple[Part, ...]
    overlays: tuple[int, ...]


class Bare(NamedTuple):
    """Film frames from `start` on that show one cell of a clip and nothing else."""

    start: int
    segment: int
    cell: Run


@dataclass(frozen=True, kw_only=True)
class Copied:
    """Film frames from `start` on that are frames [first, end) of a stored clip, copied from it as
    they are: groups of pictures, the last of them perhaps only begun, with nothing on top."""

    start: int
    segment: int
    digest: str
    first: int
    end: int

    @property
    def frames(self) -> int:
        """How many."""
        return self.end - self.first


@dataclass(frozen=True, kw_only=True)
class Covering:
    """An overlay's place on the film: frames [start, end)."""

    start: int
    end: int


Divided: TypeAlias = "Span | Bare | Copied"


def divide(layout: Layout, shown: Sequence[Shown], overlays: Sequence[Covering]) -> list[Divided]:
    """The film, in order, as spans to be encoded, bare cells to be copied from pieces, and groups
    to be copied from stored clips. Which groups depends on film and clips alone."""
    overlays_at = _Overlays(overlays)
    divided: list[Divided] = []
    for placed, clip in zip(layout.placed, shown, strict=True):
        alone = _alone(placed, clip)
        divided += _own(placed, clip, alone, overlays_at)
        if placed.overlap_out:
            after = layout.placed[placed.index + 1]
            following = _alone(after, shown[after.index])
            divided.append(_crossing(placed, after, alone, following, overlays_at))
    return divided


@dataclass(frozen=True, kw_only=True)
class _Alone:
    """Frames of a use, [start, end), that no transition's piece takes with it."""

    start: int
    end: int


def _alone(placed: Placed, clip: Shown) -> _Alone:
    """Transitions take whole cells with them, so that what is left can be copied."""
    start, end = 0, placed.frames
    if placed.overlap_in:
        start = _next_edge(clip, placed.alone_from, placed.frames)
    if placed.overlap_out:
        end = _edge_before(clip, placed.alone_to)
    if start > end:  # both reach for the same cell: it is shared where the first one ends
        start = end = placed.alone_from
    return _Alone(start=start, end=end)


def _next_edge(clip: Shown, frame: int, frames: int) -> int:
    edge = -(-(clip.first + frame) // KEYFRAME_DISTANCE) * KEYFRAME_DISTANCE - clip.first
    return min(edge, frames)


def _edge_before(clip: Shown, frame: int) -> int:
    edge = (clip.first + frame) // KEYFRAME_DISTANCE * KEYFRAME_DISTANCE - clip.first
    return max(edge, 0)


def _cells(clip: Shown, start: int, end: int) -> Iterator[tuple[int, int]]:
    """[start, end) of a use, split at the clip's grid."""
    while start < end:
        edge = min(_next_edge(clip, start + 1, end), end)
        yield start, edge
        start = edge


def _own(placed: Placed, clip: Shown, alone: _Alone, overlays: "_Overlays") -> Iterator[Divided]:
    if not overlays.between(placed.start + alone.start, placed.start + alone.end):
        yield from _uncovered(placed, clip, alone.start, alone.end)
        return
    cells = [
        (cell, overlays.between(placed.start + cell[0], placed.start + cell[1]))
        for cell in _cells(clip, alone.start, alone.end)
    ]
    for on_top, group in groupby(cells, key=lambda entry: entry[1]):
        if not on_top:
            together = list(group)
            yield from _uncovered(placed, clip, together[0][0][0], together[-1][0][1])
            continue
        for start, end in _not_too_long(clip, [cell for cell, _ in group]):
            part = Part(segment=placed.index, first=start, frames=end - start, at=0)
            yield Span(
                start=placed.start + start, frames=end - start, parts=(part,), overlays=on_top
            )


def _uncovered(placed: Placed, clip: Shown, start: int, end: int) -> Iterator[Bare | Copied]:
    """[start, end) of a use on which nothing lies: frames of the stored clip where they can be had,
    and around them cells."""
    begin, after = _to_be_had(clip, start, end)
    yield from _bare(placed, clip, start, begin)
    if begin < after and clip.groups:
        yield Copied(
            start=placed.start + begin,
            segment=placed.index,
            digest=clip.groups.digest,
            first=clip.first + begin,
            end=clip.first + after,
        )
    yield from _bare(placed, clip, after, end)


def _to_be_had(clip: Shown, start: int, end: int) -> tuple[int, int]:
    """The frames of a use, within [start, end), that can be copied from its clip; none at its end:
    they begin where a group begins, and end where the clip can be left."""
    if clip.groups is None:
        return end, end
    begins, ends = clip.groups.begins, clip.groups.ends
    first = bisect_left(begins, clip.first + start)
    last = bisect_right(ends, clip.first + end) - 1
    if first >= len(begins) or last < 0 or begins[first] >= ends[last]:
        return end, end
    return begins[first] - clip.first, ends[last] - clip.first


def _bare(placed: Placed, clip: Shown, start: int, end: int) -> Iterator[Bare]:
    for begin, after in _cells(clip, start, end):
        run = Run(key=clip.key, first=clip.first + begin, end=clip.first + after)
        yield Bare(start=placed.start + begin, segment=placed.index, cell=run)


def _not_too_long(clip: Shown, cells: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Neighbouring cells as stretches that end at fixed places of the clip's grid."""
    for _, group in groupby(cells, key=lambda cell: (clip.first + cell[0]) // LONGEST_PIECE):
        together = list(group)
        yield together[0][0], together[-1][1]


def _crossing(
    before: Placed, after: Placed, left: _Alone, right: _Alone, overlays: "_Overlays"
) -> Span:
    """The piece with a transition: the end of one clip, the overlap, the beginning of another."""
    first = Part(segment=before.index, first=left.end, frames=before.frames - left.end, at=0)
    at = after.start - (before.start + left.end)
    second = Part(segment=after.index, first=0, frames=right.start, at=at)
    start = before.start + left.end
    frames = at + right.start
    return Span(
        start=start,
        frames=frames,
        parts=(first, second),
        overlays=overlays.between(start, start + frames),
    )


class _Overlays:
    """Which overlays lie on a stretch of film, found without looking at each."""

    def __init__(self, overlays: Sequence[Covering]) -> None:
        self._by_bin: dict[int, list[int]] = {}
        self._overlays = overlays
        for index, one in enumerate(overlays):
            for place in range(one.start // LONGEST_PIECE, -(-one.end // LONGEST_PIECE)):
                self._by_bin.setdefault(place, []).append(index)

    def between(self, start: int, end: int) -> tuple[int, ...]:
        """Indexes, lowest first, of those that touch film frames [start, end)."""
        if not self._by_bin:
            return ()
        found: set[int] = set()
        for place in range(start // LONGEST_PIECE, -(-end // LONGEST_PIECE)):
            for index in self._by_bin.get(place, ()):
                one = self._overlays[index]
                if one.start < end and start < one.end:
                    found.add(index)
        return tuple(sorted(found))


# --- covering cells with pieces ---------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Frames [first, first + frames) of a run, to be copied into the film. first: counted from the
    run's own beginning; a key frame stands there."""

    run: Run
    first: int
    frames: int


class Stock:
    """Runs that exist, or are going to be made, by clip; finds what a cell can be copied from
    without looking at each, since a clip of an hour has hundreds."""

    def __init__(self, runs: Iterable[Run]) -> None:
        by_key: dict[str, list[Run]] = {}
        for run in runs:
            by_key.setdefault(run.key, []).append(run)
        self._shelves = {key: _Shelf(found) for key, found in by_key.items()}
        self._found: dict[Run, Run | None] = {}

    def holding(self, cell: Run) -> Run | None:
        """The longest run that a cell can be copied from, None when it must be encoded."""
        if cell not in self._found:
            self._found[cell] = max(self.all_holding(cell), key=_reach, default=None)
        return self._found[cell]

    def all_holding(self, cell: Run) -> list[Run]:
        """Every run that a cell, or a run, can be copied from."""
        shelf = self._shelves.get(cell.key)
        return [run for run in shelf.near(cell) if run.holds(cell)] if shelf else []


def _reach(run: Run) -> tuple[int, int]:
    return run.end, run.frames


class _Shelf:
    """The runs of one clip, in order of where they begin."""

    def __init__(self, runs: Iterable[Run]) -> None:
        self._runs = sorted(runs, key=lambda run: (run.first, run.end))
        self._firsts = [run.first for run in self._runs]
        self._longest = max(run.frames for run in self._runs)

    def near(self, cell: Run) -> Sequence[Run]:
        """Those that may hold a cell: none begins after it, or ends before it does."""
        begin = bisect_left(self._firsts, cell.end - self._longest)
        return self._runs[begin : bisect_right(self._firsts, cell.first)]


def missing_runs(cells: Sequence[Run], stock: Stock) -> list[Run]:
    """What must be encoded so that every cell can be copied, in film order, each once.

    Neighbouring cells become one run; runs end at fixed places of the grid, so that the work is
    shared evenly and the same whatever else is shown of the clip.
    """
    wanted = sorted({cell for cell in cells if stock.holding(cell) is None})
    made: list[Run] = []
    for cell in wanted:
        last = made[-1] if made else None
        if last is not None and _continues(last, cell):
            made[-1] = Run(key=last.key, first=last.first, end=cell.end)
        else:
            made.append(cell)
    return _without_covered(made)


def _continues(run: Run, cell: Run) -> bool:
    """Whether a run, lengthened by a cell, still is one run on the grid."""
    joins = run.key == cell.key and run.end == cell.first
    on_grid = run.first % KEYFRAME_DISTANCE == 0 and cell.first % KEYFRAME_DISTANCE == 0
    return joins and on_grid and cell.first % LONGEST_PIECE != 0


def _without_covered(runs: Sequence[Run]) -> list[Run]:
    """Without runs that lie within others (where two uses of a clip end differently)."""
    stock = Stock(runs)
    return [run for run in runs if stock.all_holding(run) == [run]]


def cut_from(cells: Sequence[Run], stock: Stock) -> list[Cut]:
    """Where each cell is copied from; cells that follow one another in one run become one cut.

    Raises KeyError for a cell that nothing holds.
    """
    cuts: list[Cut] = []
    for cell in cells:
        run = stock.holding(cell)
        if run is None:
            raise KeyError(cell)
        first = cell.first - run.first
        last = cuts[-1] if cuts else None
        if last is not None and last.run == run and last.first + last.frames == first:
            cuts[-1] = Cut(run=run, first=last.first, frames=last.frames + cell.frames)
        else:
            cuts.append(Cut(run=run, first=first, frames=cell.frames))
    return cuts
