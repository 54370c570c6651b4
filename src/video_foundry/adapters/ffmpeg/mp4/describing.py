"""What the decoder of a track is set up with, from its sample entry and its first sample, so that
tracks which are not alike in it are never joined."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from video_foundry.adapters.ffmpeg.mp4.boxes import Box, Malformed, box, walk

_PICTURE_HEAD, _SOUND_HEAD = 78, 28
"""Bytes before the child boxes of a sample entry (of sound: in its first version)."""

_MORE_SOUND = {1: 16, 2: 36}
"""QuickTime's later versions of it say more."""

_CONFIGURATIONS = frozenset((b"avcC", b"hvcC", b"av1C", b"vpcC", b"esds", b"dOps"))
PRORES = frozenset((b"apco", b"apcs", b"apcn", b"apch", b"ap4h", b"ap4x"))
_PICTURES = frozenset((b"avc1", b"hvc1", b"av01", b"vp09")) | PRORES
_BARE = PRORES | {b"sowt"}
"""What needs no configuration: every sample says all of it, or there is nothing to say."""

_SEQUENCE_HEADER = 1
"""The type of the unit of AV1 that holds what a parameter set does in H.264."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """coding: the sample entry's name. configuration: the boxes that decoders are set up with.
    head: what samples say themselves of a coding that has no such box. size: width and height in
    pixels, of a picture."""

    coding: bytes
    configuration: bytes
    head: bytes = b""
    size: tuple[int, int] | None = None


class Unlike(Malformed):
    """Files of one track that different encoders made. pieces: how each is described."""

    def __init__(self, pieces: Mapping[Path, Description]) -> None:
        super().__init__("the pieces were not made with the same encoder settings")
        self.pieces = pieces


def require_alike(pieces: Mapping[Path, Description]) -> None:
    """Raises Unlike unless a decoder that is set up for one of them is set up for all."""
    if len(set(pieces.values())) > 1:
        raise Unlike(pieces)


def read_description(data: bytes, stsd: Box, first: bytes) -> Description:
    """A track's only description. first: the beginning of its first sample. Raises Malformed."""
    entries = list(walk(data, stsd.start + 8, stsd.end))
    if len(entries) != 1:
        raise Malformed("it describes its samples in more than one way")
    entry = entries[0]
    children = walk(data, entry.start + _head(data, entry), entry.end)
    kept = b"".join(data[b.start - 8 : b.end] for b in children if b.name in _CONFIGURATIONS)
    if not kept and entry.name not in _BARE:
        raise Malformed("it does not say how it is to be decoded")
    if entry.name == b"av01":
        kept = _av1_configuration(kept, first)
    head = _prores_head(first) if entry.name in PRORES else b""
    return Description(coding=entry.name, configuration=kept, head=head, size=_size(data, entry))


def _size(data: bytes, entry: Box) -> tuple[int, int] | None:
    if entry.name not in _PICTURES:
        return None
    width, height = struct.unpack_from(">HH", data, entry.start + 24)
    return width, height


def _head(data: bytes, entry: Box) -> int:
    if entry.name in _PICTURES:
        return _PICTURE_HEAD
    (version,) = struct.unpack_from(">H", data, entry.start + 8)
    return _SOUND_HEAD + _MORE_SOUND.get(version, 0)


# --- AV1 ------------------------------------------------------------------------------------------


def _av1_configuration(kept: bytes, first: bytes) -> bytes:
    """The av1C box with the sequence header that the samples really have.

    What SVT-AV1 says before it has begun differs from it, in the level and in the tools that are
    used, and the box must tell what stands in the samples.
    """
    unit, header = next(_sequence_headers(first), (b"", b""))
    if not header:
        raise Malformed("it does not begin with a sequence header")
    profile, level, tier = _profile_level_tier(header)
    version, _, flags = kept[8:11]
    told = bytes((version, profile << 5 | level, tier << 7 | flags & 0x7F, 0))
    return box(b"av1C", told, unit)


def _sequence_headers(sample: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(unit, its content) of each sequence header in a sample's first units."""
    at = 0
    while at < len(sample):
        begin, kind = at, sample[at] >> 3 & 15
        is_extended, is_sized = sample[at] & 4, sample[at] & 2
        if not is_sized:
            return
        length, at = _leb128(sample, at + (2 if is_extended else 1))
        if kind == _SEQUENCE_HEADER and at + length <= len(sample):
            yield sample[begin : at + length], sample[at : at + length]
        at += length


def _leb128(data: bytes, at: int) -> tuple[int, int]:
    """A number of AV1's, and where what follows begins."""
    value = 0
    for place, byte in enumerate(data[at : at + 8]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise Malformed("a unit of its first frame has no length")


def _profile_level_tier(header: bytes) -> tuple[int, int, int]:
    """Of a sequence header that has no timing information, as no encoder of ours writes any."""
    bits = int.from_bytes(header[:8])

    def read(first: int, count: int) -> int:
        return bits >> 64 - first - count & (1 << count) - 1

    if len(header) < 8 or read(4, 2):
        raise Malformed("its sequence header is not one of ours")
    # 3 profile, still, reduced, timing, delay, 5 operating points, 12 of the first, 5 level, 1 tier
    level = read(24, 5)
    return read(0, 3), level, read(29, 1) if level > 7 else 0


# --- ProRes ---------------------------------------------------------------------------------------


def _prores_head(first: bytes) -> bytes:
    """The frame header: size, chroma, colour and quantisers, as every frame repeats it."""
    if first[4:8] != b"icpf" or len(first) < 10:
        raise Malformed("it does not begin with a frame of ProRes")
    (length,) = struct.unpack_from(">H", first, 8)
    return first[8 : 8 + length]
