"""A film's tracks as runs of samples of finished files, and whether these belong together.

Knows no container: writers of several share it.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, TypeVar

from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed
from video_foundry.adapters.ffmpeg.mp4.describing import Description, require_alike
from video_foundry.adapters.ffmpeg.mp4.index import TrackIndex
from video_foundry.adapters.ffmpeg.mp4.words import TextTrack

OPEN_FILES = 32
"""Input files held open at a time: a film may have thousands of pieces."""

LOOK_EVERY = 256
"""How many things of a film are gone through before it is asked whether it is still wanted."""

Report = Callable[[float], None]
"""Takes the share of bytes written; raises when nobody wants the film any more."""

T = TypeVar("T")


def watched(things: Iterable[T], report: Report) -> Iterator[T]:
    """Each of them; now and then somebody is told that nothing is written yet, who may have lost
    interest: all the tables of a day of film take a while."""
    for number, thing in enumerate(things):
        if not number % LOOK_EVERY:
            report(0.0)
        yield thing


@dataclass(frozen=True, kw_only=True)
class Head:
    """Bytes of a file that are put before each key frame of a slice."""

    path: Path
    offset: int
    size: int


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Samples [first, first + count) of a file, in its own order. head: what stands before each key
    frame."""

    index: TrackIndex
    first: int
    count: int
    head: Head | None = None

    @property
    def sizes(self) -> Sequence[int]:
        """Bytes of each, with what is put before it."""
        found = self.index.sizes[self.first : self.first + self.count]
        if self.head is None:
            return found
        keys, more = self.index.keys, self.head.size
        return [
            size + more if sample in keys else size
            for sample, size in enumerate(found, start=self.first)
        ]

    @property
    def ranges(self) -> Iterator[tuple[Path, int, int]]:
        """(file, offset, bytes) of all that they are made of, in order."""
        edges = [self.first, self.first + self.count]
        if self.head is not None:
            keys = self.index.keys
            edges[1:1] = [at for at in range(self.first + 1, edges[1]) if at in keys]
        for begin, end in pairwise(edges):
            if self.head is not None and begin in self.index.keys:
                yield self.head.path, self.head.offset, self.head.size
            for offset, length in self.index.ranges(begin, end - begin):
                yield self.index.path, offset, length

    @property
    def offset(self) -> int:
        """Where they begin in the file; all lie in one stretch."""
        return next(self.index.ranges(self.first, 1))[0]


@dataclass(frozen=True, kw_only=True)
class PictureTrack:
    """width, height: pixels. timescale, step: ticks a second and of one frame. mixed: how all of it
    is described where its slices have parameter sets of their own, before each key frame."""

    slices: Sequence[Slice]
    width: int
    height: int
    timescale: int
    step: int
    mixed: Description | None = None

    @property
    def description(self) -> Description:
        """What decoders are set up with."""
        return self.mixed or self.slices[0].index.description

    @property
    def seconds(self) -> Fraction:
        """How long it is shown."""
        return Fraction(self.count * self.step, self.timescale)

    @property
    def count(self) -> int:
        """Frames."""
        return sum(part.count for part in self.slices)

    @property
    def delay(self) -> int:
        """By how many places a frame is decoded later than it is shown, at most."""
        return max(part.index.delay for part in self.slices)


@dataclass(frozen=True, kw_only=True)
class SoundTrack:
    """packet: samples of one packet. lead_in: samples at the beginning that are not heard.
    samples: how many are. rate: a second."""

    slices: Sequence[Slice]
    packet: int
    lead_in: int
    samples: int
    rate: int

    @property
    def seconds(self) -> Fraction:
        """How long it is heard."""
        return Fraction(self.samples, self.rate)

    @property
    def count(self) -> int:
        """Packets."""
        return sum(part.count for part in self.slices)


Track = PictureTrack | SoundTrack | TextTrack


def check_tracks(picture: PictureTrack, sound: SoundTrack | None, report: Report) -> None:
    """Raises Malformed for slices that cannot stand in one track each, Unlike where that is for
    want of having been made alike."""
    if not picture.slices:
        raise Malformed("a film needs at least one piece")
    if picture.mixed is None:
        _check_alike(picture.slices)
    size = (picture.width, picture.height)
    if any(one.index.description.size != size for one in picture.slices):
        raise Malformed("the pieces have another size than the film")
    for one in watched(picture.slices, report):
        _check_cut(one, Fraction(picture.step, picture.timescale))
    if sound:
        _check_alike(sound.slices)


def _check_cut(one: Slice, step: Fraction) -> None:
    at, end = one.index, one.first + one.count
    if Fraction(at.step, at.timescale) != step:
        raise Malformed("a piece has another frame rate")
    if one.count < 1 or end > at.samples:
        raise Malformed(f"a piece holds {at.samples} frames, and {end} were asked for")
    is_cut = at.is_ours and end < at.samples and end not in at.keys
    if one.first not in at.keys or is_cut:
        raise Malformed("a piece cannot be cut where it was asked for")
    if sorted(at.ranks[one.first : end]) != list(range(one.first, end)):
        raise Malformed("a piece's groups of pictures are not closed")


def _check_alike(slices: Sequence[Slice]) -> None:
    require_alike({one.index.path: one.index.description for one in slices})


class Inputs:
    """Input files, the last few of them kept open."""

    def __init__(self) -> None:
        self._open: dict[Path, BinaryIO] = {}

    def __enter__(self) -> "Inputs":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()

    def read_into(self, room: memoryview, path: Path, offset: int) -> int:
        """As many bytes from a place on as have room, or as come at once; how many. Raises
        Malformed for a file that ends before it, and OSError."""
        found = os.preadv(self._descriptor(path), [room], offset)
        if not found:
            raise Malformed("a piece ends before its index says")
        return found

    def read(self, path: Path, offset: int, length: int) -> bytes:
        """A range. Raises Malformed when the file is too short, and OSError."""
        found = os.pread(self._descriptor(path), length, offset)
        if len(found) != length:
            raise Malformed("a piece ends before its index says")
        return found

    def _descriptor(self, path: Path) -> int:
        file = self._open.pop(path, None)
        if file is None:
            if len(self._open) >= OPEN_FILES:
                self._open.pop(next(iter(self._open))).close()
            file = path.open("rb")
        self._open[path] = file
        return file.fileno()
