"""Stand-ins for the two graphics libraries that Skia's package is linked to, for the child alone.

Skia loads only where libGL and libEGL are, which bring a desktop's worth of packages with them,
although drawing without a graphics card calls neither. A library of the right name that has the
wanted symbols, and no code, does as well on every Linux; nothing is written to disk.
"""

import ctypes
import importlib.util
import os
import struct
import sys
from mmap import ACCESS_READ, mmap
from pathlib import Path

_LIBRARIES = ("libGL.so.1", "libEGL.so.1")
_LOAD, _DYNAMIC, _STACK = 1, 2, 0x6474E551  # kinds of segments
_READ_WRITE = 6
_DYNAMIC_SYMBOLS = 11  # kind of section
_HEADER, _SEGMENT, _SYMBOL, _ENTRY = 64, 56, 24, 16  # bytes, in files for 64 bits


def stand_in() -> None:
    """Load both stand-ins, so that `import skia` finds them and looks for no others."""
    found = importlib.util.find_spec("skia")
    if sys.platform != "linux" or found is None or found.origin is None:
        return
    with Path(found.origin).open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        names, header = wanted(data), data[:_HEADER]
    # All open at once: the loader takes two files of one name for the same library.
    handles = [os.memfd_create(library) for library in _LIBRARIES]
    for library, handle in zip(_LIBRARIES, handles, strict=True):
        os.write(handle, empty_library(library, names, like=header))
        ctypes.CDLL(f"/proc/self/fd/{handle}", mode=ctypes.RTLD_GLOBAL)
    for handle in handles:
        os.close(handle)


def wanted(data: mmap) -> list[str]:
    """The functions of OpenGL and EGL that a library calls, from its table of symbols."""
    place, size, count = _sections(data)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, place + size * n) for n in range(count)]
    table = next(section for section in sections if section[1] == _DYNAMIC_SYMBOLS)
    words = sections[table[6]][4]
    names = []
    for at in range(table[4], table[4] + table[5], _SYMBOL):
        name, _, _, home = struct.unpack_from("<IBBH", data, at)
        start = words + name
        if home == 0 and data[start : start + 2] in (b"gl", b"eg"):
            names.append(data[start : data.find(b"\0", start)].decode("ascii"))
    return names


def _sections(data: mmap) -> tuple[int, int, int]:
    """Where the list of sections begins, the size of an entry, and how many there are."""
    (place,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    return place, size, count


def empty_library(name: str, symbols: list[str], *, like: bytes) -> bytes:
    """A shared library of that name with these symbols, which all stand for nothing.

    like: the header of a library for the same machine.
    """
    words = b"\0" + b"".join(word.encode("ascii") + b"\0" for word in (name, *symbols))
    places, at = [], 1
    for word in (name, *symbols):
        places.append(at)
        at += len(word) + 1
    words += b"\0" * (-len(words) % 8)
    symbols_at = _HEADER + 3 * _SEGMENT
    count = len(symbols) + 1
    table = b"\0" * _SYMBOL + b"".join(
        struct.pack("<IBBHQQ", place, 0x12, 0, 1, symbols_at, 0) for place in places[1:]
    )
    words_at = symbols_at + len(table)
    # One bucket with all of them in a row: there are only a hundred.
    row = [*range(2, count), 0]
    search = struct.pack(f"<{3 + 1 + len(row)}I", 1, count, 1 if symbols else 0, 0, *row)
    search += b"\0" * (-len(search) % 8)
    search_at = words_at + len(words)
    dynamic_at = search_at + len(search)
    entries = (
        *((14, places[0]), (4, search_at), (5, words_at), (6, symbols_at)),
        *((10, len(words)), (11, _SYMBOL), (0, 0)),
    )
    dynamic = b"".join(struct.pack("<QQ", tag, value) for tag, value in entries)
    whole = dynamic_at + len(dynamic)
    segments = (
        struct.pack("<IIQQQQQQ", _LOAD, _READ_WRITE, 0, 0, 0, whole, whole, 4096)
        + _segment(_DYNAMIC, dynamic_at, len(dynamic))
        + _segment(_STACK, 0, 0)
    )
    # The machine as in `like`; no place to start at, three segments, no sections.
    header = like[:24] + struct.pack("<QQQIHHHHHH", 0, _HEADER, 0, 0, _HEADER, _SEGMENT, 3, 0, 0, 0)
    return header + segments + table + words + search + dynamic


def _segment(kind: int, place: int, size: int) -> bytes:
    return struct.pack("<IIQQQQQQ", kind, _READ_WRITE, place, place, place, size, size, 8)
