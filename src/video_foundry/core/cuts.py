"""The film's picture as its master joins it: which frames of which piece follow one another, and
what they show whichever piece they happen to be copied from. Makes no steps."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from video_foundry.core.canonical import fingerprint
from video_foundry.core.composition import COMPOSER_VERSION, MOST_REMEMBERED
from video_foundry.core.pieces import Bare, Copied, Divided, Run, Span, Stock, cut_from


@dataclass(frozen=True, kw_only=True)
class FilmCut:
    """Frames [first, first + frames) of a piece, or of what is copied from a stored clip, as they
    stand in the film. mark: the fingerprint that they are found by; holder: what they belong to."""

    mark: str
    first: int
    frames: int
    holder: Run | Span | Copied

    @property
    def plain(self) -> list[Any]:
        """As JSON."""
        return [self.mark, self.first, self.frames]


def film_cuts(
    divided: Sequence[Divided], stock: Stock, span_mark: Callable[[Span], str]
) -> Iterator[FilmCut]:
    """All of a film, in order. stock: has every bare cell; span_mark: a span's fingerprint."""
    for is_bare, group in groupby(divided, key=lambda one: isinstance(one, Bare)):
        if is_bare:
            yield from _bare_cuts([one.cell for one in group if isinstance(one, Bare)], stock)
            continue
        for one in group:
            if isinstance(one, Copied):
                mark = copy_fingerprint(one)
                yield FilmCut(mark=mark, first=0, frames=one.frames, holder=one)
            elif isinstance(one, Span):
                yield FilmCut(mark=span_mark(one), first=0, frames=one.frames, holder=one)


def _bare_cuts(cells: Sequence[Run], stock: Stock) -> Iterator[FilmCut]:
    for cut in cut_from(cells, stock):
        mark = run_fingerprint(cut.run)
        yield FilmCut(mark=mark, first=cut.first, frames=cut.frames, holder=cut.run)


def shown_frames(cuts: Iterable[FilmCut]) -> list[list[Any]]:
    """The picture by what it shows, whichever pieces it happens to be copied from: a film does not
    change because other pieces exist by now."""
    shown: list[list[Any]] = []
    for cut in cuts:
        holder = cut.holder
        if isinstance(holder, Span):
            shown.append(["span", cut.mark])
        elif isinstance(holder, Copied):
            _add_shown(shown, ["copy", holder.digest], holder.first + cut.first, cut.frames)
        else:
            _add_shown(shown, ["clip", holder.key], holder.first + cut.first, cut.frames)
    return shown


def _add_shown(shown: list[list[Any]], what: list[str], start: int, frames: int) -> None:
    """Frames that go on where the last ones ended lengthen these."""
    last = shown[-1] if shown else None
    if last is not None and last[:2] == what and last[3] == start:
        last[3] = start + frames
    else:
        shown.append([*what, start, start + frames])


def copies(cuts: Iterable[FilmCut]) -> dict[str, list[Any]]:
    """Of each cut that is copied from a stored clip: the clip's digest, and its first frame."""
    return {
        cut.mark: [cut.holder.digest, cut.holder.first]
        for cut in cuts
        if isinstance(cut.holder, Copied)
    }


def copy_fingerprint(copied: Copied) -> str:
    """Identity of frames that are copied from a stored clip: that clip, and which they are."""
    value = {"source": copied.digest, "first": copied.first, "frames": copied.frames}
    return fingerprint("copy", COMPOSER_VERSION, value)


def run_fingerprint(run: Run) -> str:
    """Identity of a piece of one clip with nothing on top."""
    return _run_fingerprint(run, COMPOSER_VERSION)


@lru_cache(maxsize=MOST_REMEMBERED)
def _run_fingerprint(run: Run, version: int) -> str:
    value = {"key": run.key, "first": run.first, "frames": run.frames}
    return fingerprint("clip", version, value)
