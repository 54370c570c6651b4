"""Where each sample of a one-track file lies, when it is shown, and where reading can begin.

Pieces and sound windows are files of one track that lies in one stretch, so that any run of whole
groups of pictures, or of sound packets, is one range of bytes.
"""

from array import array
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from operator import itemgetter
from pathlib import Path

from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed, find, walk
from video_foundry.adapters.ffmpeg.mp4.describing import Description, read_description
from video_foundry.adapters.ffmpeg.mp4.tables import (
    Alike,
    keys_of,
    ranks_of,
    read_moov,
    shifts_of,
    sizes_of,
    step_of,
    stretches_of,
    timescale_of,
)

SAMPLE_HEAD = 4096
"""Bytes of the first sample in which its parameter sets must stand."""


@dataclass(frozen=True, kw_only=True)
class TrackIndex:
    """One track. sizes: bytes of each sample, in file (decode) order, the first at `offset`.

    step: ticks of a frame or packet; ranks: place in display order of each sample (pictures only).
    keys: indexes of samples at which decoding can begin. description: what decoders need.
    stretches: (first sample, offset) where they do not all follow one another in the file.
    is_ours: made by this program; a clip of others may be left within a group, too.
    """

    path: Path
    description: Description
    timescale: int
    step: int
    offset: int
    sizes: Sequence[int]
    ranks: Sequence[int]
    keys: Collection[int]
    stretches: Sequence[tuple[int, int]] = ()
    is_ours: bool = True

    @property
    def samples(self) -> int:
        """How many."""
        return len(self.sizes)

    @cached_property
    def delay(self) -> int:
        """By how many places a sample is decoded later than it is shown, at most."""
        return max((at - rank for at, rank in enumerate(self.ranks)), default=0)

    def ranges(self, first: int, count: int) -> Iterator[tuple[int, int]]:
        """(offset, bytes) of the places in the file where samples [first, first + count) lie."""
        stretches = self.stretches or ((0, self.offset),)
        number = bisect_right(stretches, first, key=itemgetter(0)) - 1
        end = first + count
        while first < end:
            begin, offset = stretches[number]
            number += 1
            after = stretches[number][0] if number < len(stretches) else len(self.sizes)
            before = self._bytes_to(first)
            offset += before - self._bytes_to(begin)
            first = min(after, end)
            yield offset, self._bytes_to(first) - before

    def _bytes_to(self, sample: int) -> int:
        """Bytes of all samples before one."""
        if isinstance(self.sizes, Alike):
            return self.sizes.each * sample
        return self._sums[sample]

    @cached_property
    def _sums(self) -> "array[int]":
        return array("Q", accumulate(self.sizes, initial=0))


def read_index(path: Path) -> TrackIndex:
    """The index of a piece's or window's one track. Raises Malformed."""
    with path.open("rb") as file:
        moov = read_moov(file)
        tracks = [box for box in walk(moov) if box.name == b"trak"]
        if len(tracks) != 1:
            raise Malformed(f"it holds {len(tracks)} tracks in place of one")
        media = find(moov, b"mdia", within=tracks[0])
        table = find(moov, b"minf", b"stbl", within=media)
        sizes = sizes_of(moov, find(moov, b"stsz", within=table))
        offset = _only_offset(stretches_of(moov, table, sizes))
        file.seek(offset)
        first = file.read(min(sizes[0], SAMPLE_HEAD)) if sizes else b""
    step = step_of(moov, find(moov, b"stts", within=table), len(sizes))
    return TrackIndex(
        path=path,
        description=read_description(moov, find(moov, b"stsd", within=table), first),
        timescale=timescale_of(moov, find(moov, b"mdhd", within=media)),
        step=step,
        offset=offset,
        sizes=sizes,
        ranks=ranks_of(shifts_of(moov, table, len(sizes)), len(sizes), step),
        keys=keys_of(moov, table, len(sizes)),
    )


def _only_offset(stretches: Sequence[tuple[int, int]]) -> int:
    if len(stretches) > 1:
        raise Malformed("its samples do not lie in one stretch")
    return stretches[0][1] if stretches else 0
