"""Sample entries: how a film's tracks say what they hold, in MP4 and in QuickTime's words."""

import struct
from typing import Literal

from video_foundry.adapters.ffmpeg.mp4.boxes import box, full_box
from video_foundry.adapters.ffmpeg.mp4.describing import PRORES
from video_foundry.adapters.ffmpeg.mp4.tracks import PictureTrack, SoundTrack, Track
from video_foundry.adapters.ffmpeg.mp4.words import TextTrack

Brand = Literal["mp4", "mov"]

BRANDS = {b"avc3": b"avc1"}
"""Where a coding is not called as the kind of file that it stands in."""

_PROGRESSIVE = box(b"fiel", bytes((1, 0)))
_SQUARE = box(b"pasp", struct.pack(">II", 1, 1))
_BT709 = struct.pack(">HHH", 1, 1, 1)
_FULL_SPATIAL_QUALITY = 0x3FF


def file_type(picture: PictureTrack, brand: Brand) -> bytes:
    """The first box of a film."""
    if brand == "mov":
        return box(b"ftyp", b"qt  ", struct.pack(">I", 512), b"qt  ")
    coding = BRANDS.get(picture.description.coding, picture.description.coding)
    return box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2", coding, b"mp41")


def described(track: Track, brand: Brand) -> bytes:
    """The sample description box, with its one entry."""
    if isinstance(track, TextTrack):
        entry = _text()
    else:
        entry = _picture(track, brand) if isinstance(track, PictureTrack) else _sound(track)
    return full_box(b"stsd", struct.pack(">I", 1), entry)


def _picture(track: PictureTrack, brand: Brand) -> bytes:
    entry = track.description
    is_mov = brand == "mov"
    colour = box(b"colr", b"nclc" + _BT709 if is_mov else b"nclx" + _BT709 + b"\0")
    made_by = struct.pack(">HH4sII", 0, 0, b"appl" if is_mov else b"", 0, _spatial_quality(is_mov))
    return box(
        entry.coding,
        struct.pack(">6xH", 1),
        made_by,
        struct.pack(">HHIII", track.width, track.height, 0x480000, 0x480000, 0),
        struct.pack(">H32sHh", 1, _compressor(entry.coding), 24, -1),
        entry.configuration,
        *([_PROGRESSIVE] if is_mov else []),
        colour,
        _SQUARE,
    )


def _spatial_quality(is_mov: bool) -> int:
    return _FULL_SPATIAL_QUALITY if is_mov else 0


def _compressor(coding: bytes) -> bytes:
    """The name that editing programs show, behind its length."""
    return b"\x0fApple ProRes 422" if coding in PRORES else b""


def _sound(track: SoundTrack) -> bytes:
    entry = track.slices[0].index.description
    return box(
        entry.coding,
        struct.pack(">6xH8xHHIHH", 1, 2, 16, 0, track.rate, 0),
        entry.configuration,
    )


def _text() -> bytes:
    """White words in the middle below, in whichever face the player has (3GPP TS 26.245, 5.16)."""
    centred, below, face, plain, size = 1, -1, 1, 0, 18
    white = b"\xff" * 4
    name = b"Sans-Serif"
    return box(
        b"tx3g",
        struct.pack(">6xH", 1),
        struct.pack(">Ibb4x8x", 0, centred, below),
        struct.pack(">HHHBB", 0, 0, face, plain, size) + white,
        box(b"ftab", struct.pack(">HHB", 1, face, len(name)) + name),
    )
