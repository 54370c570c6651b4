"""Writes a film as MP4 or MOV, its index first, by copying byte ranges of pieces and windows.

The times are computed here, never taken from the files: a frame's number is its time.
"""

import struct
from array import array
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby, repeat
from math import lcm
from operator import mul, sub
from pathlib import Path

from video_foundry.adapters.ffmpeg.mp4.boxes import IDENTITY, box, full_box, media_data_head
from video_foundry.adapters.ffmpeg.mp4.chunks import Blocks, Chunk, copy_chunks, interleaved
from video_foundry.adapters.ffmpeg.mp4.entries import Brand, described, file_type
from video_foundry.adapters.ffmpeg.mp4.tables import Alike, big_endian
from video_foundry.adapters.ffmpeg.mp4.tracks import (
    PictureTrack,
    Report,
    Slice,
    SoundTrack,
    Track,
    check_tracks,
    watched,
)
from video_foundry.adapters.ffmpeg.mp4.words import TICKS, TextTrack

__all__ = ["Brand", "PictureTrack", "Slice", "SoundTrack", "write_film"]

_LARGEST = 2**32 - 1

_SHOWN, _AT_HAND = 3, 2
"""Flags of a track that is played, and of one that a viewer may choose."""

_ROLLS = {b"mp4a": 1, b"Opus": 4}
"""Packets before one that a decoder needs to make sense of it."""


def write_film(
    target: Path,
    picture: PictureTrack,
    sound: SoundTrack | None,
    *,
    texts: Sequence[TextTrack] = (),
    brand: Brand = "mp4",
    report: Report = lambda _: None,
) -> None:
    """Write the film. Raises Malformed for slices that do not belong into one track, and OSError.

    report: called with the share of bytes written, and often before there are any.
    """
    check_tracks(picture, sound, report)
    tracks: list[Track] = [picture, *([sound] if sound else []), *texts]
    chunks = interleaved(tracks, report)
    length = sum(chunk.size for chunk in chunks)
    head = file_type(picture, brand)
    # Offsets change no size once it is settled whether they are long, so two passes are enough.
    index = _Index(tracks, brand, report, is_long=length + (1 << 24) > _LARGEST)
    begin = len(head) + len(index.written(chunks, 0)) + len(media_data_head(length))
    before = head + index.written(chunks, begin) + media_data_head(length)
    with target.open("wb", buffering=0) as file, Blocks(file) as blocks:
        blocks.write(before)
        copy_chunks(chunks, blocks, report)


# --- the index ------------------------------------------------------------------------------------


class _Index:
    """What stands before the samples."""

    def __init__(
        self, tracks: Sequence[Track], brand: Brand, report: Report, *, is_long: bool
    ) -> None:
        self._tracks, self._brand, self._is_long = tracks, brand, is_long
        self._report = report
        self._scale = _film_timescale(tracks)
        self._tables = [_tables(track, report) for track in tracks]

    def written(self, chunks: Sequence[Chunk], begin: int) -> bytes:
        """The moov box of samples that begin at a place of the file, in these chunks."""
        tracks, scale = self._tracks, self._scale
        offsets: list[array[int]] = [array("Q") for _ in tracks]
        counts: list[list[int]] = [[] for _ in tracks]
        for chunk in watched(chunks, self._report):
            offsets[chunk.track].append(begin)
            counts[chunk.track].append(chunk.count)
            begin += chunk.size
        length = max(track.seconds for track in tracks)
        header = struct.pack(">IIII", 0, 0, scale, _ticks(length, scale)) + struct.pack(
            ">IH10x", 0x10000, 0x100
        )
        parts = [full_box(b"mvhd", header, IDENTITY, bytes(24), struct.pack(">I", len(tracks) + 1))]
        for number, track in enumerate(tracks):
            where = _where(counts[number], offsets[number], is_long=self._is_long)
            parts.append(self._trak(number + 1, track, [*self._tables[number], *where]))
        return box(b"moov", *parts)

    def _trak(self, number: int, track: Track, tables: Sequence[bytes]) -> bytes:
        length = _ticks(track.seconds, self._scale)
        size, volume, skipped, group, flags = bytes(8), 0, 0, 0, _SHOWN
        if isinstance(track, PictureTrack):
            size = struct.pack(">II", track.width << 16, track.height << 16)
            skipped = track.delay * track.step
        elif isinstance(track, SoundTrack):
            volume, skipped, group = 0x100, track.lead_in, 1
        else:
            group, flags = 2, _AT_HAND
        tkhd = full_box(
            b"tkhd",
            struct.pack(">IIIII", 0, 0, number, 0, length),
            struct.pack(">8xhhH2x", 0, group, volume),
            IDENTITY,
            size,
            flags=flags,
        )
        edit = struct.pack(">IIiI", 1, length, skipped, 0x10000)
        edits = box(b"edts", full_box(b"elst", edit))
        return box(b"trak", tkhd, edits, self._media(track, tables))

    def _media(self, track: Track, tables: Sequence[bytes]) -> bytes:
        if isinstance(track, PictureTrack):
            scale, length = track.timescale, track.count * track.step
            kind, name, head = b"vide", b"VideoHandler", full_box(b"vmhd", bytes(8), flags=1)
        elif isinstance(track, TextTrack):
            scale, length = TICKS, int(track.seconds * TICKS)
            kind, name, head = b"sbtl", b"SubtitleHandler", full_box(b"nmhd")
        else:
            scale, length = track.rate, track.lead_in + track.samples
            kind, name, head = b"soun", b"SoundHandler", full_box(b"smhd", bytes(4))
        reference = full_box(b"dref", struct.pack(">I", 1), full_box(b"url ", flags=1))
        return box(
            b"mdia",
            _media_header(scale, length, _language(track)),
            self._handler(b"mhlr", kind, name),
            box(
                b"minf",
                head,
                *([self._handler(b"dhlr", b"url ", b"DataHandler")] if self._is_mov else []),
                box(b"dinf", reference),
                box(b"stbl", described(track, self._brand), *tables),
            ),
        )

    @property
    def _is_mov(self) -> bool:
        return self._brand == "mov"

    def _handler(self, component: bytes, kind: bytes, name: bytes) -> bytes:
        """QuickTime says what it is a handler of, and its names begin with their length."""
        told = bytes((len(name),)) + name if self._is_mov else name + b"\0"
        return full_box(b"hdlr", component if self._is_mov else bytes(4), kind, bytes(12), told)


def _media_header(scale: int, length: int, language: int) -> bytes:
    """The clock of one track; its length in 64 bits where 32 cannot hold it."""
    is_long = length > _LARGEST
    times = struct.pack(">QQIQ" if is_long else ">IIII", 0, 0, scale, length)
    return full_box(b"mdhd", times, struct.pack(">HH", language, 0), version=int(is_long))


def _film_timescale(tracks: Sequence[Track]) -> int:
    """Ticks in which picture and sound both end exactly, as long as 32 bits can count them."""
    timed = [track for track in tracks if not isinstance(track, TextTrack)]
    exact = lcm(*(track.seconds.denominator for track in timed))
    exact *= -(-1000 // exact)
    longest = max(track.seconds for track in timed)
    return next((s for s in (exact, 48_000, 1000) if longest * s <= _LARGEST), 1)


def _ticks(seconds: Fraction, scale: int) -> int:
    return round(seconds * scale)


def _tables(track: Track, report: Report) -> list[bytes]:
    """What is said of its samples, but for where they lie."""
    if isinstance(track, PictureTrack):
        return _picture_tables(track, report)
    return _text_tables(track, report) if isinstance(track, TextTrack) else _sound_tables(track)


def _picture_tables(track: PictureTrack, report: Report) -> list[bytes]:
    shifts, keys = array("I"), array("I")
    position, delay = 0, track.delay
    for part in watched(track.slices, report):
        first, end, at_hand = part.first, part.first + part.count, part.index.keys
        later = map(sub, part.index.ranks[first:end], range(first - delay, end - delay))
        shifts.extend(map(mul, later, repeat(track.step)))
        keys.extend(position + at - first + 1 for at in range(first, end) if at in at_hand)
        position += part.count
    tables = [
        full_box(b"stts", struct.pack(">III", 1, position, track.step)),
        *([full_box(b"stss", _table(keys))] if len(keys) < position else []),
    ]
    if any(shift != delay * track.step for shift in shifts) or delay:
        tables.append(full_box(b"ctts", _run_lengths(shifts, report)))
    return [*tables, _sizes(track.slices)]


def _sound_tables(track: SoundTrack) -> list[bytes]:
    count = track.count
    last = track.lead_in + track.samples - (count - 1) * track.packet
    pairs = [(count, track.packet)]
    if last != track.packet:
        pairs = [(count - 1, track.packet), (1, max(1, min(last, track.packet)))]
    flat = b"".join(struct.pack(">II", *pair) for pair in pairs if pair[0])
    entries = struct.pack(">I", sum(1 for pair in pairs if pair[0]))
    durations = full_box(b"stts", entries, flat)
    roll = _ROLLS.get(track.slices[0].index.description.coding)
    return [durations, _sizes(track.slices), *(_rolls(roll, count) if roll else [])]


def _rolls(distance: int, count: int) -> list[bytes]:
    return [
        full_box(b"sgpd", b"roll", struct.pack(">IIh", 2, 1, -distance), version=1),
        full_box(b"sbgp", b"roll", struct.pack(">III", 1, count, 1)),
    ]


def _text_tables(track: TextTrack, report: Report) -> list[bytes]:
    durations = array("I", [word.duration for word in track.words])
    sizes = array("I", [word.size for word in track.words])
    return [
        full_box(b"stts", _run_lengths(durations, report)),
        full_box(b"stsz", struct.pack(">I", 0), _table(sizes)),
    ]


def _language(track: Track) -> int:
    """Three letters in five bits each; "und" for all but text."""
    code = track.code if isinstance(track, TextTrack) else "und"
    first, second, third = (ord(letter) - 0x60 for letter in code)
    return first << 10 | second << 5 | third


def _table(numbers: "array[int]") -> bytes:
    return struct.pack(">I", len(numbers)) + big_endian(numbers)


def _run_lengths(numbers: Iterable[int], report: Report) -> bytes:
    runs = groupby(watched(numbers, report))
    pairs = [struct.pack(">II", sum(1 for _ in group), value) for value, group in runs]
    return struct.pack(">I", len(pairs)) + b"".join(pairs)


def _sizes(slices: Sequence[Slice]) -> bytes:
    known = [part.sizes for part in slices]
    alike = {one.each if isinstance(one, Alike) else 0 for one in known}
    if len(alike) == 1 and 0 not in alike:
        count = sum(part.count for part in slices)
        return full_box(b"stsz", struct.pack(">II", alike.pop(), count))
    sizes = array("I")
    for one in known:
        sizes.extend(one)
    return full_box(b"stsz", struct.pack(">I", 0), _table(sizes))


def _where(counts: Sequence[int], offsets: "array[int]", *, is_long: bool) -> list[bytes]:
    """How many samples each chunk has, and where it lies."""
    runs, number = [], 1
    for many, group in groupby(counts):
        runs.append(struct.pack(">III", number, many, 1))
        number += sum(1 for _ in group)
    lies = _table(offsets if is_long else array("I", offsets))
    return [
        full_box(b"stsc", struct.pack(">I", len(runs)), *runs),
        full_box(b"co64" if is_long else b"stco", lies),
    ]
