"""Where everything stands on the film: each clip's use laid end to end in whole frames, overlapping
where there is a transition. Knows nothing of encoding."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from video_foundry.core.refusals import Refusals
from video_foundry.core.timebase import LONGEST_FILM, FrameRate
from video_foundry.core.transitions import Transition
from video_foundry.errors import BadInput


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """One segment to be laid out. frames: how many of its clip are used; seconds: how long that is
    before it is rounded, None for as long as the frames; transition: into the next segment, None
    for a cut."""

    frames: int
    seconds: Fraction | None = None
    transition: Transition | None = None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One segment on the film.

    start: the film's frame at which its first frame stands. overlap_in, overlap_out: frames that it
    shares with the segment before and after; transition: what leads out of it.
    """

    index: int
    start: int
    frames: int
    overlap_in: int
    overlap_out: int
    transition: Transition | None

    @property
    def end(self) -> int:
        """The film's frame after its last."""
        return self.start + self.frames

    @property
    def alone_from(self) -> int:
        """The first of its own frames at which nothing is mixed in."""
        return self.overlap_in

    @property
    def alone_to(self) -> int:
        """The frame of its own after the last at which nothing is mixed in."""
        return self.frames - self.overlap_out


@dataclass(frozen=True, kw_only=True)
class Layout:
    """All segments in film order, and the length of the film in frames."""

    placed: tuple[Placed, ...]
    frames: int


def lay_out(stretches: Sequence[Stretch], rate: FrameRate) -> Layout:
    """Lay segments one after the other.

    A transition after the last segment leads nowhere and counts for nothing. Lengths are rounded
    each by itself, so what has room in seconds may lack a frame: then the transition gives it up,
    and of two that meet in one segment the later. (So what fits in seconds fits at every frame
    rate; a transition of about a frame may become a cut.) Raises BadInput, naming
    `segments.N.transition.duration`, for all transitions that their clips have no room for, and
    `segments` for a film that is too long.
    """
    overlaps = _overlaps(stretches, rate)
    placed: list[Placed] = []
    start, before = 0, 0
    for index, (stretch, after) in enumerate(zip(stretches, overlaps, strict=True)):
        start -= before
        placed.append(
            Placed(
                index=index,
                start=start,
                frames=stretch.frames,
                overlap_in=before,
                overlap_out=after,
                transition=stretch.transition if after else None,
            )
        )
        start += stretch.frames
        before = after
    _check_room(placed, rate)
    _check_length(placed, start, rate)
    return Layout(placed=tuple(placed), frames=start)


def _overlaps(stretches: Sequence[Stretch], rate: FrameRate) -> list[int]:
    """Frames that each shares with the next."""
    found, before = list[int](), Fraction(0)
    for one, after in pairwise(stretches):
        wanted = _overlap(one, rate)
        room = min(one.frames - (found[-1] if found else 0), after.frames)
        if wanted > room and _has_room(one, after, before, rate):
            wanted = room
        found.append(wanted)
        before = one.transition.seconds if one.transition else Fraction(0)
    return [*found, 0][: len(stretches)]


def _has_room(one: Stretch, after: Stretch, before: Fraction, rate: FrameRate) -> bool:
    """Whether the transition between two has room in seconds. before: those of the transition into
    the first."""
    taken = one.transition.seconds if one.transition else Fraction(0)
    return before + taken <= _seconds(one, rate) and taken <= _seconds(after, rate)


def _seconds(stretch: Stretch, rate: FrameRate) -> Fraction:
    return rate.seconds_of(stretch.frames) if stretch.seconds is None else stretch.seconds


def _overlap(stretch: Stretch, rate: FrameRate) -> int:
    if stretch.transition is None:
        return 0
    return max(1, rate.frames_in(stretch.transition.seconds))


def _check_room(placed: Sequence[Placed], rate: FrameRate) -> None:
    refusals = Refusals()
    for one in placed:
        with refusals:
            _check_own_room(one, rate)
    refusals.raise_all()


def _check_own_room(one: Placed, rate: FrameRate) -> None:
    if one.overlap_in + one.overlap_out <= one.frames:
        return
    # Named after the transition that leads out of it, or else the one that leads in.
    at = one.index if one.overlap_out else one.index - 1
    length = float(rate.seconds_of(one.frames))
    together = float(rate.seconds_of(one.overlap_in + one.overlap_out))
    raise BadInput(
        f"segment {one.index + 1} is {length:g} s long, and its transitions take {together:g} s",
        field=f"segments.{at}.transition.duration",
        fix=f"make its transitions at most {length:g} s long together, or the clip longer",
        code="transition_too_long",
    )


def _check_length(placed: Sequence[Placed], frames: int, rate: FrameRate) -> None:
    seconds = rate.seconds_of(frames)
    if seconds <= LONGEST_FILM:
        return
    worst = max(placed, key=lambda one: one.frames)
    raise BadInput(
        f"the film would last {_clock(seconds)}, and {_clock(LONGEST_FILM)} is the most; "
        f"the longest of its segments is segment {worst.index + 1} "
        f"with {_clock(rate.seconds_of(worst.frames))}",
        field="segments",
        fix="shorten or leave out segments, or split the film into several projects",
        code="film_too_long",
    )


def _clock(seconds: Fraction) -> str:
    """As h:mm:ss."""
    whole = int(seconds + Fraction(1, 2))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02} h"
