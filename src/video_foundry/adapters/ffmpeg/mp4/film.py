"""Writes a film as MP4 or MOV, its index first, by copying byte ranges of pieces and windows.

The times are computed here, never taken from the files: a frame's number is its time.
"""

import os
import struct
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import lcm
from pathlib import Path
from typing import BinaryIO, Literal

from video_foundry.adapters.ffmpeg.mp4.boxes import (
    IDENTITY,
    Malformed,
    box,
    full_box,
    media_data_head,
)
from video_foundry.adapters.ffmpeg.mp4.index import TrackIndex

Brand = Literal["mp4", "mov"]

OPEN_FILES = 32
"""Input files held open at a time: a film may have thousands of pieces."""
INTERLEAVE = Fraction(1)
"""Seconds of picture that are followed by their sound, and so on: a player reads on one place."""
_LARGEST = 2**32 - 1


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Samples [first, first + count) of a file, in its own order."""

    index: TrackIndex
    first: int
    count: int


@dataclass(frozen=True, kw_only=True)
class PictureTrack:
    """width, height: pixels. timescale, step: ticks a second and of one frame."""

    slices: Sequence[Slice]
    width: int
    height: int
    timescale: int
    step: int


@dataclass(frozen=True, kw_only=True)
class SoundTrack:
    """packet: samples of one packet. lead_in: samples at the beginning that are not shown.
    samples: how many are. rate: a second."""

    slices: Sequence[Slice]
    packet: int
    lead_in: int
    samples: int
    rate: int


@dataclass(frozen=True, kw_only=True)
class _Chunk:
    """Samples of one track that lie together in the film. start: seconds; size: bytes."""

    track: int
    start: Fraction
    count: int
    ranges: tuple[tuple[Path, int, int], ...]

    @property
    def size(self) -> int:
        return sum(length for _, _, length in self.ranges)


def write_film(
    target: Path,
    picture: PictureTrack,
    sound: SoundTrack | None,
    *,
    brand: Brand = "mp4",
    report: Callable[[float], None] = lambda _: None,
) -> None:
    """Write the film. Raises Malformed for slices that do not belong into one track, and OSError.

    report: called with the share of bytes written.
    """
    _check_picture(picture)
    tracks: list[PictureTrack | SoundTrack] = [picture, *([sound] if sound else [])]
    if sound:
        _check_alike(sound.slices)
    chunks = _interleaved(tracks)
    length = sum(chunk.size for chunk in chunks)
    head = box(b"ftyp", _BRANDS[brand])
    # Offsets change no size once it is settled whether they are long, so two passes are enough.
    is_long = length + (1 << 24) > _LARGEST
    size = len(_moov(tracks, chunks, 0, is_long=is_long))
    begin = len(head) + size + len(media_data_head(length))
    index = _moov(tracks, chunks, begin, is_long=is_long)
    with target.open("wb") as file:
        file.write(head + index + media_data_head(length))
        file.flush()
        _copy(chunks, file, length, report)


_BRANDS: dict[Brand, bytes] = {
    "mp4": b"isom" + struct.pack(">I", 512) + b"isomiso2avc1mp41",
    "mov": b"qt  " + struct.pack(">I", 512) + b"qt  ",
}


# --- checking -------------------------------------------------------------------------------------


def _check_picture(picture: PictureTrack) -> None:
    if not picture.slices:
        raise Malformed("a film needs at least one piece")
    _check_alike(picture.slices)
    for one in picture.slices:
        at = one.index
        step = Fraction(at.step, at.timescale)
        if step != Fraction(picture.step, picture.timescale):
            raise Malformed("a piece has another frame rate")
        end = one.first + one.count
        if one.count < 1 or end > at.samples:
            raise Malformed(f"a piece holds {at.samples} frames, and {end} were asked for")
        if one.first not in at.keys or (end < at.samples and end not in at.keys):
            raise Malformed("a piece cannot be cut where it was asked for")
        if sorted(at.ranks[one.first : end]) != list(range(one.first, end)):
            raise Malformed("a piece's groups of pictures are not closed")


def _check_alike(slices: Sequence[Slice]) -> None:
    first = slices[0].index
    for one in slices:
        if (one.index.coding, one.index.configuration) != (first.coding, first.configuration):
            raise Malformed("the pieces were not made with the same encoder settings")


# --- where everything lies ------------------------------------------------------------------------


def _interleaved(tracks: Sequence[PictureTrack | SoundTrack]) -> list[_Chunk]:
    """Picture and sound in turns; picture first where both begin together."""
    chunks = [chunk for number, track in enumerate(tracks) for chunk in _chunks(number, track)]
    return sorted(chunks, key=lambda chunk: (chunk.start, chunk.track))


def _chunks(number: int, track: PictureTrack | SoundTrack) -> Iterator[_Chunk]:
    if isinstance(track, PictureTrack):
        duration = Fraction(track.step, track.timescale)
    else:
        duration = Fraction(track.packet, track.rate)
    many = max(1, int(INTERLEAVE / duration))
    position = 0
    for samples in _batches(track.slices, many):
        count = sum(part.count for part in samples)
        yield _Chunk(
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
            batch.append(Slice(index=whole.index, first=first, count=taken))
            first, left, room = first + taken, left - taken, room - taken
            if not room:
                yield batch
                batch, room = [], many
    if batch:
        yield batch


def _ranges(samples: Iterable[Slice]) -> Iterator[tuple[Path, int, int]]:
    """(file, offset, bytes) of each slice."""
    for part in samples:
        sizes = part.index.sizes
        before = sum(sizes[: part.first])
        length = sum(sizes[part.first : part.first + part.count])
        yield part.index.path, part.index.offset + before, length


def _copy(
    chunks: Sequence[_Chunk], target: BinaryIO, whole: int, report: Callable[[float], None]
) -> None:
    """Have the kernel copy, so that bytes need not pass through this process."""
    done = 0
    with _Inputs() as inputs:
        for chunk in chunks:
            for path, offset, length in chunk.ranges:
                _copy_range(inputs.descriptor(path), target.fileno(), offset, length)
                done += length
            report(done / max(whole, 1))


def _copy_range(source: int, target: int, offset: int, length: int) -> None:
    while length:
        sent = os.sendfile(target, source, offset, length)
        if not sent:
            raise Malformed("a piece ends before its index says")
        offset += sent
        length -= sent


class _Inputs:
    """Input files, the last few of them kept open."""

    def __init__(self) -> None:
        self._open: dict[Path, BinaryIO] = {}

    def __enter__(self) -> "_Inputs":
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()

    def descriptor(self, path: Path) -> int:
        file = self._open.pop(path, None)
        if file is None:
            if len(self._open) >= OPEN_FILES:
                self._open.pop(next(iter(self._open))).close()
            file = path.open("rb")
        self._open[path] = file
        return file.fileno()


# --- the index ------------------------------------------------------------------------------------


def _moov(
    tracks: Sequence[PictureTrack | SoundTrack],
    chunks: Sequence[_Chunk],
    begin: int,
    *,
    is_long: bool,
) -> bytes:
    scale = _film_timescale(tracks)
    offsets: list[array[int]] = [array("Q") for _ in tracks]
    counts: list[list[int]] = [[] for _ in tracks]
    for chunk in chunks:
        offsets[chunk.track].append(begin)
        counts[chunk.track].append(chunk.count)
        begin += chunk.size
    length = max(_seconds(track) for track in tracks)
    header = struct.pack(">IIII", 0, 0, scale, _ticks(length, scale)) + struct.pack(
        ">IH10x", 0x10000, 0x100
    )
    parts = [full_box(b"mvhd", header, IDENTITY, bytes(24), struct.pack(">I", len(tracks) + 1))]
    for number, track in enumerate(tracks):
        where = _where(counts[number], offsets[number], is_long=is_long)
        parts.append(_trak(number + 1, track, scale, where))
    return box(b"moov", *parts)


def _film_timescale(tracks: Sequence[PictureTrack | SoundTrack]) -> int:
    """Ticks in which picture and sound both end exactly, as long as 32 bits can count them."""
    exact = lcm(*(_seconds(track).denominator for track in tracks))
    exact *= -(-1000 // exact)
    longest = max(_seconds(track) for track in tracks)
    return next((s for s in (exact, 48_000, 1000) if longest * s <= _LARGEST), 1)


def _seconds(track: PictureTrack | SoundTrack) -> Fraction:
    """How long a track is shown."""
    if isinstance(track, SoundTrack):
        return Fraction(track.samples, track.rate)
    frames = sum(part.count for part in track.slices)
    return Fraction(frames * track.step, track.timescale)


def _ticks(seconds: Fraction, scale: int) -> int:
    return round(seconds * scale)


def _trak(
    number: int, track: PictureTrack | SoundTrack, scale: int, where: Sequence[bytes]
) -> bytes:
    length = _ticks(_seconds(track), scale)
    if isinstance(track, PictureTrack):
        size = struct.pack(">II", track.width << 16, track.height << 16)
        volume, skipped = 0, _delay(track) * track.step
    else:
        size, volume, skipped = bytes(8), 0x100, track.lead_in
    tkhd = full_box(
        b"tkhd",
        struct.pack(">IIIII", 0, 0, number, 0, length),
        struct.pack(">8xhhH2x", 0, 0 if volume == 0 else 1, volume),
        IDENTITY,
        size,
        flags=3,
    )
    edit = struct.pack(">IIiI", 1, length, skipped, 0x10000)
    return box(b"trak", tkhd, box(b"edts", full_box(b"elst", edit)), _media(track, where))


def _media(track: PictureTrack | SoundTrack, where: Sequence[bytes]) -> bytes:
    if isinstance(track, PictureTrack):
        scale, length = track.timescale, _count(track) * track.step
        kind, name, kind_head = b"vide", b"VideoHandler\0", full_box(b"vmhd", bytes(8), flags=1)
        tables = _picture_tables(track)
    else:
        scale, length = track.rate, track.lead_in + track.samples
        kind, name, kind_head = b"soun", b"SoundHandler\0", full_box(b"smhd", bytes(4))
        tables = _sound_tables(track)
    reference = full_box(b"dref", struct.pack(">I", 1), full_box(b"url ", flags=1))
    return box(
        b"mdia",
        full_box(b"mdhd", struct.pack(">IIIIHH", 0, 0, scale, length, 0x55C4, 0)),
        full_box(b"hdlr", bytes(4), kind, bytes(12), name),
        box(
            b"minf",
            kind_head,
            box(b"dinf", reference),
            box(b"stbl", *tables, *where),
        ),
    )


def _count(track: PictureTrack | SoundTrack) -> int:
    return sum(part.count for part in track.slices)


def _delay(track: PictureTrack) -> int:
    return max(part.index.delay for part in track.slices)


def _picture_tables(track: PictureTrack) -> list[bytes]:
    entry = track.slices[0].index
    colour = box(b"colr", b"nclx", struct.pack(">HHHB", 1, 1, 1, 0))
    described = box(
        entry.coding,
        struct.pack(">6xH16xHHIII", 1, track.width, track.height, 0x480000, 0x480000, 0),
        struct.pack(">H32xHh", 1, 24, -1),
        entry.configuration,
        colour,
        box(b"pasp", struct.pack(">II", 1, 1)),
    )
    shifts, keys = array("I"), array("I")
    position, delay = 0, _delay(track)
    for part in track.slices:
        end = part.first + part.count
        for sample in range(part.first, end):
            rank = position + part.index.ranks[sample] - part.first
            at = position + sample - part.first
            shifts.append((rank + delay - at) * track.step)
            if sample in part.index.keys:
                keys.append(at + 1)
        position += part.count
    tables = [
        full_box(b"stsd", struct.pack(">I", 1), described),
        full_box(b"stts", struct.pack(">III", 1, position, track.step)),
        *([full_box(b"stss", _table(keys))] if len(keys) < position else []),
    ]
    if any(shift != delay * track.step for shift in shifts) or delay:
        tables.append(full_box(b"ctts", _run_lengths(shifts)))
    return [*tables, _sizes(track.slices)]


def _sound_tables(track: SoundTrack) -> list[bytes]:
    entry = track.slices[0].index
    described = box(
        entry.coding,
        struct.pack(">6xH8xHHIHH", 1, 2, 16, 0, track.rate, 0),
        entry.configuration,
    )
    count = _count(track)
    last = track.lead_in + track.samples - (count - 1) * track.packet
    pairs = [(count, track.packet)]
    if last != track.packet:
        pairs = [(count - 1, track.packet), (1, max(1, min(last, track.packet)))]
    flat = b"".join(struct.pack(">II", *pair) for pair in pairs if pair[0])
    entries = struct.pack(">I", sum(1 for pair in pairs if pair[0]))
    # Decoders need the packet before to make sense of one.
    roll = full_box(b"sgpd", b"roll", struct.pack(">IIh", 2, 1, -1), version=1)
    grouped = full_box(b"sbgp", b"roll", struct.pack(">III", 1, count, 1))
    return [
        full_box(b"stsd", struct.pack(">I", 1), described),
        full_box(b"stts", entries, flat),
        _sizes(track.slices),
        roll,
        grouped,
    ]


def _table(numbers: "array[int]") -> bytes:
    return struct.pack(f">I{len(numbers)}I", len(numbers), *numbers)


def _run_lengths(numbers: "array[int]") -> bytes:
    pairs = [(sum(1 for _ in group), value) for value, group in groupby(numbers)]
    return struct.pack(">I", len(pairs)) + b"".join(struct.pack(">II", *pair) for pair in pairs)


def _sizes(slices: Sequence[Slice]) -> bytes:
    sizes = array("I")
    for part in slices:
        sizes.extend(part.index.sizes[part.first : part.first + part.count])
    return full_box(b"stsz", struct.pack(">I", 0), _table(sizes))


def _where(counts: Sequence[int], offsets: "array[int]", *, is_long: bool) -> list[bytes]:
    """How many samples each chunk has, and where it lies."""
    runs, number = [], 1
    for many, group in groupby(counts):
        runs.append(struct.pack(">III", number, many, 1))
        number += sum(1 for _ in group)
    lies = struct.pack(f">I{len(offsets)}{'Q' if is_long else 'I'}", len(offsets), *offsets)
    return [
        full_box(b"stsc", struct.pack(">I", len(runs)), *runs),
        full_box(b"co64" if is_long else b"stco", lies),
    ]
