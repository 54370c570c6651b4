"""Reads how long a file says it is from its outermost boxes, to see what is cut off; no decoding.

FFmpeg ends quietly at the end of a truncated WebM, and of an MP4 with its index in front.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from video_foundry.adapters.ffmpeg.sniff import MediaType

MOST_BOXES = 200_000
"""More outermost boxes than any real file has (a two-hour film in one-second fragments: 14,400)."""

_MOV_NEEDED = (b"mdat", b"moov", b"moof")
_SEGMENT, _CLUSTER, _CRC = 0x18538067, 0x1F43B675, 0xBF


def find_damage(path: Path, kind: MediaType) -> str | None:
    """What is plainly wrong with the file's outer form, as a clause, or None."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if kind.demuxer == "mov":
            return _cut_off(_end_of_boxes(file, size), size)
        if kind.demuxer == "matroska":
            return _damage_of_matroska(file, size)
        return _picture_end(file, kind, size)


def _cut_off(claimed: int, size: int) -> str | None:
    missing = claimed - size
    return f"the file is cut off: {missing} bytes are missing at its end" if missing > 0 else None


def _end_of_boxes(file: BinaryIO, size: int) -> int:
    """Where the last box that matters ends, by its own word; what follows the film is no matter."""
    position = end = 0
    for _ in range(MOST_BOXES):
        header = file.read(16)
        if len(header) < 8:
            break
        length, name = struct.unpack(">I4s", header[:8])
        if length == 1 and len(header) == 16:
            length = int.from_bytes(header[8:16])
        elif length == 0:  # reaches to the end, whatever that is
            length = size - position
        if length < 8:
            break
        position += length
        if name in _MOV_NEEDED:
            end = position
        if position >= size:
            break
        file.seek(position)
    return end


def _damage_of_matroska(file: BinaryIO, size: int) -> str | None:
    for name, start, length in _elements(file, 0, size):
        if name != _SEGMENT:
            continue
        if length is None:  # a live recording: it never knew its length
            return None
        return _cut_off(start + length, size) or _wrong_checksum(file, start, start + length)
    return None


def _elements(file: BinaryIO, position: int, end: int) -> Iterator[tuple[int, int, int | None]]:
    """(id, start of content, length or None for unknown) of each element from `position` on."""
    for _ in range(MOST_BOXES):
        file.seek(position)
        head = file.read(12)
        if position >= end or len(head) < 2 or not head[0]:
            return
        name_length = 9 - head[0].bit_length()
        length_byte = head[name_length : name_length + 1]
        if name_length > 4 or not length_byte or not length_byte[0]:
            return
        width = 9 - length_byte[0].bit_length()
        mask = (1 << 7 * width) - 1
        value = int.from_bytes(head[name_length : name_length + width]) & mask
        start = position + name_length + width
        length = None if value == mask else value
        yield int.from_bytes(head[:name_length]), start, length
        if length is None:
            return
        position = start + length


def _wrong_checksum(file: BinaryIO, start: int, end: int) -> str | None:
    """Check each cluster that carries a CRC-32; writers may leave it out."""
    for name, content, length in _elements(file, start, end):
        if name != _CLUSTER or length is None or length < 6:
            continue
        file.seek(content)
        if file.read(2) != bytes((_CRC, 0x84)):
            continue
        stored = int.from_bytes(file.read(4), "little")
        if _crc32(file, length - 6) != stored:
            return "the file is damaged: a part of it does not match its checksum"
    return None


def _crc32(file: BinaryIO, length: int) -> int:
    value = 0
    while length > 0 and (block := file.read(min(length, 1 << 20))):
        value = zlib.crc32(block, value)
        length -= len(block)
    return value


def _picture_end(file: BinaryIO, kind: MediaType, size: int) -> str | None:
    """PNG ends with IEND, the picture data of a JPEG with the marker FFD9; WebP says how long it
    is."""
    if kind.container == "webp":
        file.seek(4)
        return _cut_off(8 + int.from_bytes(file.read(4), "little"), size)
    if kind.container == "png":
        file.seek(max(0, size - 65_536))
        _, name, checksum = file.read().rpartition(b"IEND")
        complete = bool(name) and len(checksum) >= 4
    else:
        complete = _jpeg_is_complete(file)
    return None if complete else "the picture is cut off before its end"


def _jpeg_is_complete(file: BinaryIO) -> bool:
    """Skip the segments before the picture data (they can hold a whole small JPEG themselves)."""
    file.seek(2, os.SEEK_SET)
    while len(marker := file.read(4)) == 4 and marker[0] == 0xFF:
        if marker[1] == 0xFF:  # a fill byte
            file.seek(-3, os.SEEK_CUR)
            continue
        length = int.from_bytes(marker[2:4])
        if length < 2:
            return False
        file.seek(length - 2, os.SEEK_CUR)
        if marker[1] == 0xDA:
            return _holds(file, b"\xff\xd9")
    return False


def _holds(file: BinaryIO, wanted: bytes) -> bool:
    """Whether the rest of the file has these bytes somewhere."""
    tail = b""
    while block := file.read(1 << 20):
        if wanted in tail + block:
            return True
        tail = block[1 - len(wanted) :]
    return False
