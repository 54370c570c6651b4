"""Where the samples of a film lie in its file, picture and sound in turns; and copying them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import merge
from pathlib import Path

from video_foundry.adapters.ffmpeg.mp4.tracks import (
    Inputs,
    PictureTrack,
    Report,
    Slice,
    Track,
    watched,
)
from video_foundry.adapters.ffmpeg.mp4.words import TICKS, TextTrack

INTERLEAVE = Fraction(1)
"""Seconds of picture that are followed by their sound, and so on: a player reads on one place."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """Samples of one track that lie together in the film. start: seconds. ranges: (file, offset,
    bytes)."""

    track: int
    start: Fraction
    count: int
    ranges: tuple[tuple[Path, int, int], ...]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(length for _, _, length in self.ranges)


def interleaved(tracks: Sequence[Track], report: Report) -> list[Chunk]:
    """Picture and sound in turns; picture first where both begin together."""
    chunks = (_chunks(number, track) for number, track in enumerate(tracks))
    in_turns = merge(*chunks, key=lambda chunk: (chunk.start, chunk.track))
    return list(watched(in_turns, report))


def copy_chunks(chunks: Sequence[Chunk], target: int, whole: int, report: Report) -> None:
    """Write them to a descriptor. whole: bytes of all. Raises Malformed and OSError."""
    done = 0
    with Inputs() as inputs:
        for chunk in chunks:
            for path, offset, length in chunk.ranges:
                inputs.copy(path, target, offset, length)
                done += length
            report(done / max(whole, 1))


def _chunks(number: int, track: Track) -> Iterator[Chunk]:
    if isinstance(track, TextTrack):
        for word in track.words:
            yield Chunk(
                track=number,
                start=Fraction(word.start, TICKS),
                count=1,
                ranges=((track.path, word.offset, word.size),),
            )
        return
    if isinstance(track, PictureTrack):
        duration = Fraction(track.step, track.timescale)
    else:
        duration = Fraction(track.packet, track.rate)
    many = max(1, int(INTERLEAVE / duration))
    position = 0
    for samples in _batches(track.slices, many):
        count = sum(part.count for part in samples)
        yield Chunk(
            track=number,
            start=position * duration,
            count=count,
            ranges=tuple(_ranges(samples)),
        )
        position += count


def _batches(slices: Sequence[Slice], many: int) -> Iterator[list[Slice]]:
    """The samples of slices, `many` at a time."""
    batch: list[Slice] = []
    room = many
    for whole in slices:
        first, left = whole.first, whole.count
        while left:
            taken = min(left, room)
            batch.append(replace(whole, first=first, count=taken))
            first, left, room = first + taken, left - taken, room - taken
            if not room:
                yield batch
                batch, room = [], many
    if batch:
        yield batch


def _ranges(samples: Iterable[Slice]) -> Iterator[tuple[Path, int, int]]:
    """(file, offset, bytes) of each slice."""
    for part in samples:
        yield from part.ranges
