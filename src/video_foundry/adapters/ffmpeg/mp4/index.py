"""Where each sample of a one-track file lies, when it is shown, and where reading can begin.

Pieces and sound windows are files of one track that lies in one stretch, so that any run of whole
groups of pictures, or of sound packets, is one range of bytes.
"""

import struct
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, overload

from video_foundry.adapters.ffmpeg.mp4.boxes import Box, Malformed, find, walk
from video_foundry.adapters.ffmpeg.mp4.describing import Description, read_description

LARGEST_INDEX = 1 << 28
"""Bytes of an index that is read into memory: days of film."""

SAMPLE_HEAD = 4096
"""Bytes of the first sample in which its parameter sets must stand."""


class Alike(Sequence[int]):
    """The same number many times, in no memory: the sizes of uncompressed samples."""

    def __init__(self, each: int, count: int) -> None:
        self.each, self.times = each, count

    def __len__(self) -> int:
        return self.times

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> "Alike": ...
    def __getitem__(self, place: int | slice) -> "int | Alike":
        inside = range(self.times)[place]
        return self.each if isinstance(inside, int) else Alike(self.each, len(inside))


def total(sizes: Sequence[int]) -> int:
    """Their sum."""
    return sizes.each * len(sizes) if isinstance(sizes, Alike) else sum(sizes)


@dataclass(frozen=True, kw_only=True)
class TrackIndex:
    """One track. sizes: bytes of each sample, in file (decode) order, the first at `offset`.

    step: ticks of a frame or packet; ranks: place in display order of each sample (pictures only).
    keys: indexes of samples at which decoding can begin. description: what decoders need.
    """

    path: Path
    description: Description
    timescale: int
    step: int
    offset: int
    sizes: Sequence[int]
    ranks: Sequence[int]
    keys: Collection[int]

    @property
    def samples(self) -> int:
        """How many."""
        return len(self.sizes)

    @property
    def delay(self) -> int:
        """By how many places a sample is decoded later than it is shown, at most."""
        return max((at - rank for at, rank in enumerate(self.ranks)), default=0)


def read_index(path: Path) -> TrackIndex:
    """The index of a piece's or window's one track. Raises Malformed."""
    with path.open("rb") as file:
        moov = _read_moov(file)
        tracks = [box for box in walk(moov) if box.name == b"trak"]
        if len(tracks) != 1:
            raise Malformed(f"it holds {len(tracks)} tracks in place of one")
        media = find(moov, b"mdia", within=tracks[0])
        table = find(moov, b"minf", b"stbl", within=media)
        sizes = _sizes(moov, find(moov, b"stsz", within=table))
        offset = _only_offset(moov, table, sizes)
        file.seek(offset)
        first = file.read(min(sizes[0], SAMPLE_HEAD)) if sizes else b""
    step = _step(moov, find(moov, b"stts", within=table))
    return TrackIndex(
        path=path,
        description=read_description(moov, find(moov, b"stsd", within=table), first),
        timescale=_timescale(moov, find(moov, b"mdhd", within=media)),
        step=step,
        offset=offset,
        sizes=sizes,
        ranks=_ranks(moov, table, len(sizes), step),
        keys=_keys(moov, table, len(sizes)),
    )


def _read_moov(file: BinaryIO) -> bytes:
    """The content of the moov box, wherever it stands."""
    while head := file.read(16):
        if len(head) < 8:
            break
        length, name = struct.unpack_from(">I4s", head)
        begin = 8
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack_from(">Q", head, 8)
            begin = 16
        if length < begin:
            break
        if name != b"moov":
            file.seek(length - len(head), 1)
            continue
        if length > LARGEST_INDEX:
            raise Malformed("its index is too large")
        file.seek(begin - len(head), 1)
        return file.read(length - begin)
    raise Malformed("it has no index")


def _timescale(data: bytes, box: Box) -> int:
    at = 20 if data[box.start] == 1 else 12
    return int(struct.unpack_from(">I", data, box.start + at)[0])


def _numbers(data: bytes, start: int, count: int, end: int) -> "array[int]":
    """`count` big-endian 32-bit numbers."""
    if count < 0 or start + 4 * count > end:
        raise Malformed("a table of its index is cut off")
    return array("I", struct.unpack_from(f">{count}I", data, start))


def _sizes(data: bytes, box: Box) -> Sequence[int]:
    same, count = struct.unpack_from(">II", data, box.start + 4)
    if same:
        return Alike(same, count)
    return _numbers(data, box.start + 12, count, box.end)


def _pairs(data: bytes, box: Box) -> list[tuple[int, int]]:
    """(count, value) of a run-length table."""
    (entries,) = struct.unpack_from(">I", data, box.start + 4)
    flat = _numbers(data, box.start + 8, 2 * entries, box.end)
    return list(zip(flat[::2], flat[1::2], strict=True))


def _step(data: bytes, box: Box) -> int:
    """Ticks of one sample; the last one may be shorter."""
    pairs = _pairs(data, box)
    if not pairs or any(value > pairs[0][1] for _, value in pairs):
        raise Malformed("its samples are not evenly spaced")
    if len(pairs) > 2 or (len(pairs) == 2 and pairs[1][0] != 1):
        raise Malformed("its samples are not evenly spaced")
    return pairs[0][1]


def _only_offset(data: bytes, table: Box, sizes: Sequence[int]) -> int:
    """Where the first sample lies, if all follow it without a gap."""
    offsets = _chunk_offsets(data, table)
    (entries,) = struct.unpack_from(">I", data, find(data, b"stsc", within=table).start + 4)
    runs = _numbers(data, find(data, b"stsc", within=table).start + 8, 3 * entries, table.end)
    sample, expected = 0, offsets[0] if offsets else 0
    counts = list(zip(runs[::3], runs[1::3], strict=True))
    for number, offset in enumerate(offsets, start=1):
        if offset != expected:
            raise Malformed("its samples do not lie in one stretch")
        many = next(count for first, count in reversed(counts) if first <= number)
        expected += total(sizes[sample : sample + many])
        sample += many
    if sample != len(sizes):
        raise Malformed("its index does not cover all samples")
    return offsets[0] if offsets else 0


def _chunk_offsets(data: bytes, table: Box) -> "array[int]":
    for box in walk(data, table.start, table.end):
        if box.name in (b"stco", b"co64"):
            (count,) = struct.unpack_from(">I", data, box.start + 4)
            if box.name == b"stco":
                return _numbers(data, box.start + 8, count, box.end)
            return array("Q", struct.unpack_from(f">{count}Q", data, box.start + 8))
    raise Malformed("it does not say where its samples lie")


def _ranks(data: bytes, table: Box, count: int, step: int) -> Sequence[int]:
    """Display places from composition offsets; without any, samples are shown as decoded."""
    shifts = next((b for b in walk(data, table.start, table.end) if b.name == b"ctts"), None)
    if shifts is None:
        return range(count)
    times = array("q")
    for many, value in _pairs(data, shifts):
        signed = value - (1 << 32) if value >= 1 << 31 else value
        for _ in range(many):
            times.append(len(times) * step + signed)
    if len(times) != count:
        raise Malformed("it does not say when each sample is shown")
    first = min(times, default=0)
    ranks = array("I", ((time - first) // step for time in times))
    if sorted(ranks) != list(range(count)):
        raise Malformed("its samples are not evenly spaced")
    return ranks


def _keys(data: bytes, table: Box, count: int) -> Collection[int]:
    box = next((b for b in walk(data, table.start, table.end) if b.name == b"stss"), None)
    if box is None:
        return range(count)
    (entries,) = struct.unpack_from(">I", data, box.start + 4)
    return frozenset(n - 1 for n in _numbers(data, box.start + 8, entries, box.end))
