"""ISO base media boxes (ISO/IEC 14496-12): walking through them, and putting them together."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_HEADER = struct.Struct(">I4s")
_LARGE = struct.Struct(">Q")
IDENTITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
"""The transformation matrix that changes nothing."""


class Malformed(Exception):
    """The file is not laid out as this program does it; the text is a clause for people."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """One box within `data`: its content is data[start:end]."""

    name: bytes
    start: int
    end: int


def walk(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that stand one after the other in data[start:end]. Raises Malformed."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        length, name = _HEADER.unpack_from(data, start)
        head = 8
        if length == 1:
            (length,) = _LARGE.unpack_from(data, start + 8)
            head = 16
        if length < head or start + length > end:
            raise Malformed("a box reaches beyond the one it is in")
        yield Box(name=name, start=start + head, end=start + length)
        start += length


def find(data: bytes, *path: bytes, within: Box | None = None) -> Box:
    """The first box at a path of names. Raises Malformed when there is none."""
    at = within
    for name in path:
        inside = walk(data) if at is None else walk(data, at.start, at.end)
        at = next((box for box in inside if box.name == name), None)
        if at is None:
            raise Malformed(f"it has no {name.decode('latin-1')} box")
    if at is None:
        raise Malformed("it is empty")
    return at


def box(name: bytes, *content: bytes) -> bytes:
    """A box."""
    body = b"".join(content)
    return _HEADER.pack(len(body) + 8, name) + body


def full_box(name: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box with version and flags."""
    return box(name, struct.pack(">I", version << 24 | flags), *content)


def media_data_head(length: int) -> bytes:
    """The head of an mdat box with `length` bytes of content."""
    if length + 8 < 1 << 32:
        return _HEADER.pack(length + 8, b"mdat")
    return _HEADER.pack(1, b"mdat") + _LARGE.pack(length + 16)
