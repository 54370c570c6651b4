"""Which characters a font file has glyphs for, read from its `cmap` table. Knows no shapes."""

import struct
from array import array
from bisect import bisect_right
from pathlib import Path


class FontUnreadable(Exception):
    """A file is no font that can be understood; the text is a clause for people."""


class Coverage:
    """The characters of one face."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        ordered = sorted(ranges)
        self._firsts = array("L", (first for first, _ in ordered))
        self._lasts = array("L", (last for _, last in ordered))

    def __contains__(self, point: int) -> bool:
        at = bisect_right(self._firsts, point) - 1
        return at >= 0 and point <= self._lasts[at]


def coverage_of(path: Path, index: int = 0) -> Coverage:
    """The characters of face `index`. Raises FontUnreadable."""
    data = path.read_bytes()
    try:
        return Coverage(_ranges(data, _cmap(data, index)))
    except (struct.error, IndexError) as error:
        raise FontUnreadable(f"{path.name} is damaged") from error


def _cmap(data: bytes, index: int) -> int:
    """Where the table of characters begins."""
    start = 0
    if data[:4] == b"ttcf":
        (start,) = struct.unpack_from(">I", data, 12 + 4 * index)
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
        if tag == b"cmap":
            return int(offset)
    raise FontUnreadable("it has no table of characters")


def _ranges(data: bytes, cmap: int) -> list[tuple[int, int]]:
    """The ranges of the fullest Unicode subtable."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    formats: dict[int, int] = {}
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            (kind,) = struct.unpack_from(">H", data, cmap + offset)
            formats[kind] = cmap + offset
    if 12 in formats:
        return _groups(data, formats[12])
    if 4 in formats:
        return _segments(data, formats[4])
    raise FontUnreadable("its table of characters is of an unknown kind")


def _groups(data: bytes, at: int) -> list[tuple[int, int]]:
    (count,) = struct.unpack_from(">I", data, at + 12)
    return [struct.unpack_from(">II", data, at + 16 + 12 * number) for number in range(count)]


def _segments(data: bytes, at: int) -> list[tuple[int, int]]:
    """Of format 4. A range may hold characters without a glyph, which are looked up singly."""
    (doubled,) = struct.unpack_from(">H", data, at + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * doubled)
    offsets_at = at + 16 + 3 * doubled
    offsets = struct.unpack_from(f">{count}H", data, offsets_at)
    found: list[tuple[int, int]] = []
    for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
        if not offsets[number]:
            found += [(p, p) for p in range(first, last + 1) if (p + deltas[number]) & 0xFFFF]
            continue
        place = offsets_at + 2 * number + offsets[number]
        glyphs = struct.unpack_from(f">{last - first + 1}H", data, place)
        found += [(first + i, first + i) for i, glyph in enumerate(glyphs) if glyph]
    return found
