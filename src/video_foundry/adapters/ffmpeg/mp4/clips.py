"""The picture of an MP4 or QuickTime file that somebody else has made, as far as its frames can be
copied: its H.264 track's index, its parameter sets, and what its boxes say against copying.

Trusts nothing: every number is held against the file. Of samples it reads key frames alone.
"""

import os
import struct
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from video_foundry.adapters.ffmpeg.mp4.boxes import IDENTITY, Box, Malformed, find, walk
from video_foundry.adapters.ffmpeg.mp4.describing import Description
from video_foundry.adapters.ffmpeg.mp4.index import TrackIndex
from video_foundry.adapters.ffmpeg.mp4.sets import (
    PPS,
    SPS,
    Sets,
    kind_of,
    one_set,
    read_configuration,
    units_of,
    written_configuration,
)
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

CODINGS = (b"avc1", b"avc3")
MOST_SAMPLES = 1_000_000
"""Frames of a clip: eleven hours at 24 a second."""

LARGEST_SAMPLE = 1 << 26
"""Bytes of a frame."""

_ENTRY_HEAD = 78
_HARMLESS = frozenset((b"avcC", b"colr", b"pasp", b"btrt", b"fiel", b"uuid", b"chrm", b"gama"))
"""What a sample entry may hold; a clean aperture, say, would cut the picture."""


@dataclass(frozen=True, kw_only=True)
class Clip:
    """index: of its picture; `keys` are those that the file names. sets: what all of it is decoded
    with. repeats_sets: they stand before every key frame. faults: what in its boxes keeps it from
    being copied."""

    index: TrackIndex
    sets: Sets
    repeats_sets: bool
    faults: tuple[str, ...]

    @property
    def rate(self) -> Fraction:
        """Frames a second."""
        return Fraction(self.index.timescale, self.index.step)


def read_clip(path: Path) -> Clip:
    """Raises Malformed for what is no such file, or cannot be understood to the last number."""
    try:
        return _read(path)
    except (struct.error, IndexError, OverflowError, MemoryError) as error:
        raise Malformed("its index makes no sense") from error


def _read(path: Path) -> Clip:
    with path.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        moov = read_moov(file)
    if any(one.name == b"mvex" for one in walk(moov)):
        raise Malformed("it is made of fragments")
    track = _picture_track(moov)
    media = find(moov, b"mdia", within=track)
    table = find(moov, b"minf", b"stbl", within=media)
    sizes = sizes_of(moov, find(moov, b"stsz", within=table))
    _check_sizes(sizes, length)
    step = step_of(moov, find(moov, b"stts", within=table), len(sizes))
    shifts = shifts_of(moov, table, len(sizes))
    stretches = stretches_of(moov, table, sizes)
    if not step or not stretches:
        raise Malformed("its frames take no time")
    entry = _only_entry(moov, find(moov, b"stsd", within=table))
    index = TrackIndex(
        path=path,
        description=Description(coding=entry.name, configuration=b"", size=_size(moov, entry)),
        timescale=timescale_of(moov, find(moov, b"mdhd", within=media)),
        step=step,
        offset=stretches[0][1],
        sizes=sizes,
        ranks=ranks_of(shifts, len(sizes), step),
        keys=keys_of(moov, table, len(sizes)),
        stretches=stretches,
        is_ours=False,
    )
    _check_places(index, length)
    sets, repeats = _sets(index, moov, entry)
    faults = [*_entry_faults(moov, entry), *_track_faults(moov, track, index, shifts)]
    return Clip(
        index=_described(index, sets), sets=sets, repeats_sets=repeats, faults=tuple(faults)
    )


def _described(index: TrackIndex, sets: Sets) -> TrackIndex:
    """With a description that is equal for all clips with the same parameter sets."""
    told = Description(
        coding=b"avc1",
        configuration=written_configuration(sets, []),
        size=index.description.size,
    )
    return replace(index, description=told)


def _picture_track(moov: bytes) -> Box:
    tracks = [one for one in walk(moov) if one.name == b"trak"]
    found = []
    for track in tracks:
        handler = find(moov, b"mdia", b"hdlr", within=track)
        if moov[handler.start + 8 : handler.start + 12] == b"vide":
            found.append(track)
    if len(found) != 1:
        raise Malformed(f"it holds {len(found)} pictures in place of one")
    return found[0]


def _check_sizes(sizes: Sequence[int], length: int) -> None:
    if not 0 < len(sizes) <= MOST_SAMPLES:
        raise Malformed(f"it holds {len(sizes)} frames")
    largest = sizes.each if isinstance(sizes, Alike) else max(sizes)
    if largest > min(length, LARGEST_SAMPLE):
        raise Malformed("a frame of it is larger than can be")


def _check_places(index: TrackIndex, length: int) -> None:
    ends = [place + size for place, size in index.ranges(0, index.samples)]
    if max(ends) > length:
        raise Malformed("its index points beyond its end")


def _only_entry(moov: bytes, stsd: Box) -> Box:
    entries = list(walk(moov, stsd.start + 8, stsd.end))
    if len(entries) != 1:
        raise Malformed("it describes its samples in more than one way")
    if entries[0].name not in CODINGS:
        raise Malformed("its picture is not H.264 as MP4 holds it")
    return entries[0]


def _size(moov: bytes, entry: Box) -> tuple[int, int]:
    width, height = struct.unpack_from(">HH", moov, entry.start + 24)
    return width, height


# --- parameter sets -------------------------------------------------------------------------------


def _sets(index: TrackIndex, moov: bytes, entry: Box) -> tuple[Sets, bool]:
    """The only ones, and whether they stand before every key frame."""
    told = find(moov, b"avcC", within=_children(entry))
    length, stored = read_configuration(moov[told.start : told.end])
    if length != 4:
        raise Malformed("its units have lengths of other than four bytes")
    within = [_sets_in(sample) for sample in key_samples(index)]
    present = [one for one in within if one is not None]
    found = {one for one in (stored, *present) if one is not None}
    if len(found) != 1:
        raise Malformed("its parameter sets change" if found else "it has no parameter sets")
    if present and len(present) < len(within):
        raise Malformed("its parameter sets stand before some of its key frames alone")
    return found.pop(), bool(present)


def _sets_in(sample: bytes) -> Sets | None:
    units = list(units_of(sample))
    sequences = [unit for unit in units if kind_of(unit) == SPS]
    return one_set(sequences, [unit for unit in units if kind_of(unit) == PPS])


def key_samples(index: TrackIndex) -> Iterator[bytes]:
    """The samples that the file calls key frames."""
    return samples(index, sorted(index.keys))


def samples(index: TrackIndex, numbers: Sequence[int]) -> Iterator[bytes]:
    """Samples by their numbers. Raises Malformed where the file ends too soon."""
    with index.path.open("rb") as file:
        for number in numbers:
            [(offset, length)] = index.ranges(number, 1)
            file.seek(offset)
            data = file.read(length)
            if len(data) != length:
                raise Malformed("it ends before its index says")
            yield data


# --- what its boxes say ---------------------------------------------------------------------------


def _children(entry: Box) -> Box:
    return Box(name=entry.name, start=entry.start + _ENTRY_HEAD, end=entry.end)


def _entry_faults(moov: bytes, entry: Box) -> Iterator[str]:
    inside = _children(entry)
    for child in walk(moov, inside.start, inside.end):
        if child.name not in _HARMLESS:
            yield "its sample entry says more than how it is decoded"
        if child.name == b"pasp":
            across, down = struct.unpack_from(">II", moov, child.start)
            if across != down:
                yield "its pixels are not square"


def _track_faults(
    moov: bytes, track: Box, index: TrackIndex, shifts: "array[int] | None"
) -> Iterator[str]:
    header = find(moov, b"tkhd", within=track)
    at = header.start + (52 if moov[header.start] == 1 else 40)
    if moov[at : at + 36] != IDENTITY:
        yield "it is turned, moved or mirrored for display"
    width, height = struct.unpack_from(">II", moov, at + 36)
    if (width >> 16, height >> 16) != index.description.size:
        yield "it is scaled for display"
    if not _shows_all(moov, track, index, shifts):
        yield "its edit list does not show just all of its frames"


def _shows_all(moov: bytes, track: Box, index: TrackIndex, shifts: "array[int] | None") -> bool:
    """Whether the edit list, if there is one, goes from the first frame to the last."""
    edits = list(_edits(moov, track))
    if not edits:
        return True
    if len(edits) > 1:
        return False
    [(duration, begin, rate)] = edits
    order = sorted(place * index.step + shift for place, shift in enumerate(shifts or [0]))
    scale = timescale_of(moov, find(moov, b"mvhd"))
    length = Fraction(index.samples * index.step, index.timescale)
    shown = Fraction(duration, scale)
    # The movie's clock may be too coarse to say it exactly; a missing frame is more than that.
    is_whole = duration == 0 or shown >= length - Fraction(1, scale)
    return begin == order[0] and rate == 0x10000 and is_whole


def _edits(moov: bytes, track: Box) -> Iterator[tuple[int, int, int]]:
    """(duration, media time, rate in 65536ths) of each entry."""
    holder = next((b for b in walk(moov, track.start, track.end) if b.name == b"edts"), None)
    if holder is None:
        return
    table = find(moov, b"elst", within=holder)
    layout = struct.Struct(">QqI" if moov[table.start] == 1 else ">IiI")
    (count,) = struct.unpack_from(">I", moov, table.start + 4)
    for number in range(min(count, 3)):
        duration, begin, rate = layout.unpack_from(moov, table.start + 8 + number * layout.size)
        yield duration, begin, rate
