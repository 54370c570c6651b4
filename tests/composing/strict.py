"""Reads a finished film as a player that forgives nothing would: its boxes byte by byte, and its
packets by another demuxer. Shares no code with what writes films.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

CONTAINERS = {"moov", "trak", "edts", "mdia", "minf", "dinf", "stbl"}

MANY = {"sgpd", "sbgp", "hdlr"}
"""Boxes of which a track may have several; QuickTime names the handler of its data too."""

KEYFRAME_DISTANCE = 24

SLICE, IDR, SPS, PPS = 1, 5, 7, 8
PICTURES = {SLICE, IDR}


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box of the file. path: its name after those it lies in, such as "moov/trak/mdia"."""

    path: str
    start: int
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Samples:
    """A track as its tables describe it. places: (offset, size) of each sample."""

    coding: str
    places: Sequence[tuple[int, int]]
    steps: Sequence[int]
    shifts: Sequence[int]
    keys: Sequence[int] | None


def check_file(
    film: Path, frames: int, rate: Fraction, *, longest: int = KEYFRAME_DISTANCE
) -> None:
    """Raises AssertionError unless film and file agree in everything. longest: frames from one key
    frame to the next at most."""
    data = film.read_bytes()
    boxes = list(_boxes(data, 0, len(data)))
    outer = [box for box in boxes if "/" not in box.path]
    assert [box.path for box in outer] == ["ftyp", "moov", "mdat"]
    tracks = [_samples(track) for track in _tracks(boxes)]
    media = outer[-1]
    _check_cover(tracks, media.start + 8, media.start + len(media.data) + 8)
    picture = tracks[0]
    assert len(picture.places) == frames
    assert len(set(picture.steps)) == 1
    _check_keys(picture, data, longest)
    _check_packets(film, frames, rate)


# --- boxes ----------------------------------------------------------------------------------------


def _boxes(data: bytes, start: int, end: int, above: str = "") -> Iterator[Box]:
    while start < end:
        size, name = struct.unpack_from(">I4s", data, start)
        assert 8 <= size <= end - start, "a box reaches beyond the one it lies in"
        path = f"{above}{name.decode('ascii')}"
        yield Box(path=path, start=start, data=data[start + 8 : start + size])
        if name.decode("ascii") in CONTAINERS:
            yield from _boxes(data, start + 8, start + size, f"{path}/")
        start += size


def _tracks(boxes: Sequence[Box]) -> Iterator[dict[str, bytes]]:
    """The tables of each track, by name; each only once."""
    tables: dict[str, bytes] = {}
    for box in boxes:
        if box.path == "moov/trak" and tables:
            yield tables
            tables = {}
        name = box.path.rpartition("/")[2]
        if box.path.startswith("moov/trak/") and name not in CONTAINERS:
            assert name not in tables or name in MANY, f"{name} stands there twice"
            tables[name] = box.data
    yield tables


def _samples(tables: dict[str, bytes]) -> Samples:
    entries, _, coding = struct.unpack_from(">II4s", tables["stsd"], 4)
    assert entries == 1, "browsers take one description only"
    assert struct.unpack_from(">I", tables["elst"], 4) == (1,)
    sizes = _sizes(tables["stsz"])
    steps = _spread(tables["stts"])
    shifts = _spread(tables["ctts"]) if "ctts" in tables else [0] * len(sizes)
    assert len(steps) == len(shifts) == len(sizes)
    return Samples(
        coding=coding.decode("ascii"),
        places=list(_places(tables, sizes)),
        steps=steps,
        shifts=shifts,
        keys=[n - 1 for n in _numbers(tables["stss"])] if "stss" in tables else None,
    )


def _numbers(table: bytes, *, code: str = "I") -> list[int]:
    (count,) = struct.unpack_from(">I", table, 4)
    assert len(table) == 8 + count * struct.calcsize(code), "a table is not as long as it says"
    return list(struct.unpack_from(f">{count}{code}", table, 8))


def _sizes(table: bytes) -> list[int]:
    each, count = struct.unpack_from(">II", table, 4)
    return [each] * count if each else list(struct.unpack_from(f">{count}I", table, 12))


def _spread(table: bytes) -> list[int]:
    (count,) = struct.unpack_from(">I", table, 4)
    pairs = struct.iter_unpack(">Ii", table[8 : 8 + 8 * count])
    return [value for many, value in pairs for _ in range(many)]


def _places(tables: dict[str, bytes], sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where each sample lies: chunk after chunk, sample after sample."""
    offsets = _numbers(tables["co64"], code="Q") if "co64" in tables else _numbers(tables["stco"])
    (count,) = struct.unpack_from(">I", tables["stsc"], 4)
    runs = list(struct.iter_unpack(">III", tables["stsc"][8 : 8 + 12 * count]))
    left = iter(sizes)
    for (first, many, _), after in zip(runs, [*runs[1:], (len(offsets) + 1, 0, 0)], strict=True):
        for chunk in range(first - 1, after[0] - 1):
            place = offsets[chunk]
            for size in [next(left) for _ in range(many)]:
                yield place, size
                place += size
    assert next(left, None) is None, "samples without a place"


def _check_cover(tracks: Sequence[Samples], start: int, end: int) -> None:
    """Every byte of the media belongs to one sample."""
    for place, size in sorted(place for track in tracks for place in track.places):
        assert place == start, "a byte belongs to two samples, or to none"
        start += size
    assert start == end


def _check_keys(picture: Samples, data: bytes, longest: int) -> None:
    """What the index calls a key frame is one, and nothing else is."""
    keys = picture.keys if picture.keys is not None else list(range(len(picture.places)))
    assert keys[0] == 0
    gaps = [b - a for a, b in pairwise([*keys, len(picture.places)])]
    assert max(gaps) <= longest
    if picture.coding not in {"avc1", "avc3"}:
        return
    known = set(keys)
    for number, (place, size) in enumerate(picture.places):
        kinds = list(_units(data[place : place + size]))
        assert (IDR in kinds) == (number in known), f"sample {number}"
        before = kinds[: next(n for n, kind in enumerate(kinds) if kind in PICTURES)]
        brings = {SPS, PPS} <= set(before)
        assert brings == (picture.coding == "avc3" and number in known), f"sample {number}"
        assert not {SPS, PPS} & set(kinds[len(before) :])


def _units(sample: bytes) -> Iterator[int]:
    """The kinds of the units in a sample of H.264; each begins with its length."""
    at = 0
    while at < len(sample):
        (length,) = struct.unpack_from(">I", sample, at)
        assert 0 < length <= len(sample) - at - 4
        yield sample[at + 4] & 31
        at += 4 + length


# --- packets --------------------------------------------------------------------------------------


def _check_packets(film: Path, frames: int, rate: Fraction) -> None:
    """As another demuxer reads them: decoded in order, shown at one distance, nothing refused."""
    with av.open(str(film), options={"err_detect": "explode"}) as container:
        stream = container.streams.video[0]
        stream.codec_context.options = {"err_detect": "explode"}
        shown, decoded = [], 0
        dts: dict[int, list[int]] = {}
        for packet in container.demux():
            if packet.dts is not None:
                dts.setdefault(packet.stream.index, []).append(packet.dts)
            if packet.stream is stream:
                if packet.pts is not None and packet.duration is not None:
                    assert packet.duration * packet.time_base == 1 / rate
                    shown.append(packet.pts * packet.time_base)
                decoded += len(packet.decode())
        assert all(a < b for times in dts.values() for a, b in pairwise(times))
        assert sorted(shown) == [n / rate for n in range(frames)]
        assert decoded == frames
