"""Cuts the sound of a film into windows that are mixed and encoded independently of one another.

A window's identity covers what reaches into it, counted from where it begins, and nothing else: so
what did not change there is never mixed again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import chain, pairwise
from typing import Any, Literal

from video_foundry.core.canonical import fingerprint
from video_foundry.core.sound import Speaker
from video_foundry.core.soundtrack import (
    CELL,
    SOUND_VERSION,
    Contribution,
    Duck,
    Fade,
    Soundtrack,
)

WINDOW = 460_800
"""Samples of a window (9.6 s): 450 packets of AAC, 480 of Opus, 96 hops of loudness."""

BEFORE, AFTER = 19_200, 4_800
"""Samples around a window that can change what is made of it: an encoder's lead-in and look-ahead,
and what the limiter and the loudness filter remember."""

MOST_WINDOWS = 8_192
"""Mixes that a process remembers: of nearly twenty-two hours. A film that has more of them would
work out all of them again and again."""

SoundCodec = Literal["aac", "opus", "pcm_s16le"]


@dataclass(frozen=True, kw_only=True)
class Window:
    """Samples [start, start + samples) of the film; only the last may be short."""

    index: int
    start: int
    samples: int
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class WindowMix:
    """What reaches into one window, every position counted from where the window begins.

    strands: contributions cut to what can matter; one that nothing listens to has the role None.
    """

    samples: int
    is_first: bool
    is_last: bool
    strands: tuple["Strand", ...]

    @property
    def sounds(self) -> tuple[str, ...]:
        """Fingerprints of the decoded sounds that are needed, each once, in order."""
        return tuple(sorted({strand.sound for strand in self.strands}))

    @cached_property
    def plain(self) -> Mapping[str, Any]:
        """As JSON: whole numbers, text and lists alone."""
        strands = [strand.plain() for strand in self.strands]
        return {
            "samples": self.samples,
            "is_first": self.is_first,
            "is_last": self.is_last,
            "strands": strands,
        }

    @cached_property
    def measure(self) -> str:
        """Identity of what is measured in it."""
        heard = {"samples": self.samples, "strands": self.plain["strands"]}
        return fingerprint("measure", SOUND_VERSION, heard)

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "WindowMix":
        """From `plain`, also after a way through JSON."""
        strands = tuple(Strand.of(strand) for strand in value["strands"])
        return cls(**{**value, "strands": strands})


@dataclass(frozen=True, kw_only=True)
class Strand:
    """A contribution within a window; fields as there, start may be negative."""

    sound: str
    role: Speaker | None
    start: int
    offset: int
    samples: int
    points: tuple[tuple[int, int], ...]
    fades: tuple[Fade, ...]
    duck: Duck | None

    def plain(self) -> dict[str, Any]:
        """Its part of `WindowMix.plain`. (By hand: `asdict` copies every number, which is half the
        work of planning a long film.)"""
        fades = [dict(vars(fade)) for fade in self.fades]
        return {**vars(self), "fades": fades, "duck": self.duck and dict(vars(self.duck))}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> "Strand":
        """From its part of `WindowMix.plain`."""
        duck = value["duck"]
        changed = {
            "points": tuple((at, gain) for at, gain in value["points"]),
            "fades": tuple(Fade(**fade) for fade in value["fades"]),
            "duck": duck and Duck(**{**duck, "under": tuple(duck["under"])}),
        }
        return cls(**{**value, **changed})


def windows(total: int) -> list[Window]:
    """The film's windows, in order."""
    starts = range(0, total, WINDOW)
    return [
        Window(
            index=index,
            start=start,
            samples=min(WINDOW, total - start),
            is_last=start + WINDOW >= total,
        )
        for index, start in enumerate(starts)
    ]


def window_mixes(track: Soundtrack) -> list[WindowMix]:
    """What each window is made of, in film order."""
    parts = windows(track.samples)
    by_window: list[list[Contribution]] = [[] for _ in parts]
    reach_before, reach_after = _reach(track)
    for one in track.contributions:
        first = max(0, (one.start - reach_after) // WINDOW)
        last = min(len(parts) - 1, (one.end + reach_before) // WINDOW)
        for index in range(first, last + 1):
            by_window[index].append(one)
    return [mix_of(found, part) for found, part in zip(by_window, parts, strict=True)]


def mix_of(heard: Iterable[Contribution], window: Window) -> WindowMix:
    """What a window is made of. heard: at least what reaches into it, in a soundtrack's order."""
    low, high = window.start - BEFORE, window.start + window.samples + AFTER
    near = list(heard)
    inside = [one for one in near if one.start < high and one.end > low]
    ducks = [one.duck for one in inside if one.duck is not None]
    strands = []
    for one in near:
        listening = [duck for duck in ducks if one.role in duck.under]
        left, right = low, high
        if listening:
            left -= max((duck.hold + duck.release + 2) * CELL for duck in listening)
            right += max((duck.attack + 2) * CELL for duck in listening)
        if one.start < right and one.end > left:
            strands.append(_strand(one, left, right, window.start, is_key=bool(listening)))
    return _known(
        WindowMix(
            samples=window.samples,
            is_first=window.start == 0,
            is_last=window.is_last,
            strands=tuple(strands),
        )
    )


@lru_cache(maxsize=MOST_WINDOWS)
def _known(mix: WindowMix) -> WindowMix:
    """The same mix as it was met before: with what has been worked out of it."""
    return mix


def _reach(track: Soundtrack) -> tuple[int, int]:
    """Samples by which anything of the track may be heard of outside of its own, at most."""
    ducks = [one.duck for one in track.contributions if one.duck is not None]
    before = max(((duck.hold + duck.release + 2) * CELL for duck in ducks), default=0)
    after = max(((duck.attack + 2) * CELL for duck in ducks), default=0)
    return BEFORE + before, AFTER + after


def _strand(one: Contribution, left: int, right: int, zero: int, *, is_key: bool) -> Strand:
    """A contribution, cut to film samples [left, right) and counted from `zero`."""
    start, end = max(one.start, left), min(one.end, right)
    return Strand(
        sound=one.sound,
        role=one.role if is_key else None,
        start=start - zero,
        offset=one.offset + start - one.start,
        samples=end - start,
        points=_points_between(one.points, start, end, zero),
        fades=tuple(
            replace(fade, start=fade.start - zero) for fade in one.fades if fade.touches(start, end)
        ),
        duck=one.duck,
    )


def _points_between(
    points: tuple[tuple[int, int], ...], start: int, end: int, zero: int
) -> tuple[tuple[int, int], ...]:
    """Those that shape the gain within [start, end); a level gain has one point, at 0."""
    needed = [
        pair for pair in pairwise(points) if pair[1][0] > start and pair[0][0] < end - 1
    ]  # the slopes that are walked
    if not needed:
        level = points[0][1] if points[0][0] >= end - 1 else _last_before(points, start)
        return ((0, level),)
    kept = sorted(set(chain.from_iterable(needed)))
    if len({gain for _, gain in kept}) == 1:
        return ((0, kept[0][1]),)
    return tuple((at - zero, gain) for at, gain in kept)


def _last_before(points: Sequence[tuple[int, int]], place: int) -> int:
    return next((gain for at, gain in reversed(points) if at <= place), points[0][1])


@lru_cache(maxsize=MOST_WINDOWS)
def window_fingerprint(
    mix: WindowMix, *, gain: Decimal, ceiling: Decimal, codec: SoundCodec
) -> str:
    """Identity of a window's encoded sound. gain: dB; ceiling: dBTP."""
    value = {**mix.plain, "gain": gain, "ceiling": ceiling, "codec": codec}
    return fingerprint("mix", SOUND_VERSION, value)
