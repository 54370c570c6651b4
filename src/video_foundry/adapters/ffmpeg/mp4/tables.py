"""The tables of a track's index, read out of the moov box: sizes, places, times, key frames. Every
number is held against what there is room for before anything is made of it."""

import struct
import sys
from array import array
from collections.abc import Collection, Sequence
from operator import add
from typing import BinaryIO, Literal, overload

from video_foundry.adapters.ffmpeg.mp4.boxes import Box, Malformed, find, walk

LARGEST_INDEX = 1 << 28
"""Bytes of an index that is read into memory: days of film."""


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


def read_moov(file: BinaryIO) -> bytes:
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


def timescale_of(data: bytes, box: Box) -> int:
    """Ticks a second, of an mdhd or mvhd box."""
    at = 20 if data[box.start] == 1 else 12
    return int(struct.unpack_from(">I", data, box.start + at)[0])


def sizes_of(data: bytes, box: Box) -> Sequence[int]:
    """Bytes of each sample."""
    same, count = struct.unpack_from(">II", data, box.start + 4)
    if same:
        return Alike(same, count)
    return _numbers(data, box.start + 12, count, box.end)


def step_of(data: bytes, box: Box, count: int) -> int:
    """Ticks of each of `count` samples; the last one may be shorter."""
    found = _pairs(data, box)
    if sum(many for many, _ in found) != count:
        raise Malformed("it does not say how long each sample lasts")
    if not found or not found[0][1] or any(value > found[0][1] for _, value in found):
        raise Malformed("its samples are not evenly spaced")
    if len(found) > 2 or (len(found) == 2 and found[1][0] != 1):
        raise Malformed("its samples are not evenly spaced")
    return found[0][1]


def stretches_of(data: bytes, table: Box, sizes: Sequence[int]) -> list[tuple[int, int]]:
    """(number of its first sample, its place in the file) of each stretch in which samples follow
    one another without a gap."""
    offsets = _chunk_offsets(data, table)
    counts = _chunk_counts(data, find(data, b"stsc", within=table), len(offsets))
    found: list[tuple[int, int]] = []
    sample, expected = 0, -1
    for offset, many in zip(offsets, counts, strict=True):
        if offset != expected:
            found.append((sample, offset))
        if many > len(sizes) - sample:
            raise Malformed("its index has places for more samples than there are")
        expected = offset + total(sizes[sample : sample + many])
        sample += many
    if sample != len(sizes):
        raise Malformed("its index does not cover all samples")
    return found


def _chunk_counts(data: bytes, box: Box, chunks: int) -> "array[int]":
    """Samples of each chunk."""
    (entries,) = struct.unpack_from(">I", data, box.start + 4)
    flat = _numbers(data, box.start + 8, 3 * entries, box.end)
    starts = [*flat[::3], chunks + 1]
    counts = array("I")
    for begin, end, many in zip(starts, starts[1:], flat[1::3], strict=False):
        if not len(counts) + 1 == begin <= end <= chunks + 1:
            raise Malformed("a table of its index makes no sense")
        counts.extend([many] * (end - begin))
    return counts


def _chunk_offsets(data: bytes, table: Box) -> "array[int]":
    for box in walk(data, table.start, table.end):
        if box.name in (b"stco", b"co64"):
            (count,) = struct.unpack_from(">I", data, box.start + 4)
            if box.name == b"stco":
                return _numbers(data, box.start + 8, count, box.end)
            if box.start + 8 + 8 * count > box.end:
                raise Malformed("a table of its index is cut off")
            return _native("Q", data[box.start + 8 : box.start + 8 + 8 * count])
    raise Malformed("it does not say where its samples lie")


def shifts_of(data: bytes, table: Box, count: int) -> "array[int] | None":
    """Ticks by which each sample is shown later than it is decoded; None: nothing is said."""
    box = next((b for b in walk(data, table.start, table.end) if b.name == b"ctts"), None)
    if box is None:
        return None
    found = _pairs(data, box)
    if sum(many for many, _ in found) != count:
        raise Malformed("it does not say when each sample is shown")
    shifts = array("q")
    for many, value in found:
        shifts.extend([value - (1 << 32) if value >= 1 << 31 else value] * many)
    return shifts


def ranks_of(shifts: "array[int] | None", count: int, step: int) -> Sequence[int]:
    """Display places from composition offsets; without any, samples are shown as decoded."""
    if shifts is None:
        return range(count)
    times = list(map(add, range(0, count * step, step), shifts))
    first = min(times, default=0)
    # Evenly spaced, they are these very times.
    places = {time: rank for rank, time in enumerate(range(first, first + count * step, step))}
    ranks = array("q", (places.pop(time, -1) for time in times))
    if places:
        raise Malformed("its samples are not evenly spaced")
    return ranks


def keys_of(data: bytes, table: Box, count: int) -> Collection[int]:
    """Indexes of the samples at which decoding can begin."""
    box = next((b for b in walk(data, table.start, table.end) if b.name == b"stss"), None)
    if box is None:
        return range(count)
    (entries,) = struct.unpack_from(">I", data, box.start + 4)
    return frozenset(n - 1 for n in _numbers(data, box.start + 8, entries, box.end))


def _numbers(data: bytes, start: int, count: int, end: int) -> "array[int]":
    """`count` big-endian 32-bit numbers."""
    if count < 0 or start + 4 * count > end:
        raise Malformed("a table of its index is cut off")
    return _native("I", data[start : start + 4 * count])


def _native(code: Literal["I", "Q"], told: bytes) -> "array[int]":
    """Big-endian numbers of 32 ("I") or 64 ("Q") bits."""
    numbers = array(code, told)
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def big_endian(numbers: "array[int]") -> bytes:
    """Numbers of 32 or 64 bits as they are written."""
    if sys.byteorder == "little":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def _pairs(data: bytes, box: Box) -> list[tuple[int, int]]:
    """(count, value) of a run-length table."""
    (entries,) = struct.unpack_from(">I", data, box.start + 4)
    flat = _numbers(data, box.start + 8, 2 * entries, box.end)
    return list(zip(flat[::2], flat[1::2], strict=True))
