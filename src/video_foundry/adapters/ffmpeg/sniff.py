"""Tells from a file's first bytes what it is, by an allow-list; opens nothing with a decoder."""

from dataclasses import dataclass
from typing import Literal

from video_foundry.errors import MediaError

HEAD = 4096
"""Bytes needed of the start of the file."""

ACCEPTED = "MP4, MOV, WebM, PNG, JPEG or still WebP"


@dataclass(frozen=True, kw_only=True)
class MediaType:
    """container: our short name. demuxer: FFmpeg's name, forced when the file is opened."""

    container: Literal["mp4", "mov", "webm", "png", "jpeg", "webp"]
    demuxer: Literal["mov", "matroska", "png_pipe", "jpeg_pipe", "webp_pipe"]

    @property
    def is_image(self) -> bool:
        """Whether it is a single picture."""
        return self.container in ("png", "jpeg", "webp")


MP4 = MediaType(container="mp4", demuxer="mov")
MOV = MediaType(container="mov", demuxer="mov")
WEBM = MediaType(container="webm", demuxer="matroska")
PNG = MediaType(container="png", demuxer="png_pipe")
JPEG = MediaType(container="jpeg", demuxer="jpeg_pipe")
WEBP = MediaType(container="webp", demuxer="webp_pipe")

_MOV_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PICTURE_BRANDS = {
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"mif1": "a HEIF picture",
    b"msf1": "a HEIF picture",
    b"avif": "an AVIF picture",
    b"avis": "an AVIF picture",
    b"crx ": "a camera's raw picture",
}
_STRANGERS = (
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"#EXTM3U", "a playlist"),
    (b"ffconcat", "a playlist"),
    (b"OggS", "an Ogg file"),
    (b"FLV\x01", "an FLV file"),
    (b"ID3", "an MP3 sound file"),
    (b"fLaC", "a FLAC sound file"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"\x1aE\xdf\xa3", "a Matroska file of an unknown kind"),
)
_RIFF = {b"WEBP": "a WebP picture that moves", b"AVI ": "an AVI file", b"WAVE": "a WAV sound file"}


def sniff(head: bytes) -> MediaType:
    """The type of the file that begins with `head`. Raises MediaError, saying what it seems to be.

    Matroska goes under "webm": it is the same demuxer, and players tell by content.
    """
    if not head:
        raise MediaError("the file is empty (0 bytes)")
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP" and not _moves(head):
        return WEBP
    if head.startswith(b"\x1aE\xdf\xa3") and any(kind in head for kind in (b"webm", b"matroska")):
        return WEBM
    box = head[4:8]
    if box == b"ftyp" and head[8:12] not in _PICTURE_BRANDS:
        return MOV if head[8:12] == b"qt  " else MP4
    if box in _MOV_BOXES:
        return MOV
    raise MediaError(f"this is {_looks_like(head)}; give {ACCEPTED}")


def _moves(webp: bytes) -> bool:
    """Whether a WebP says that it is animated: not every FFmpeg can read those."""
    return webp[12:16] == b"VP8X" and bool(webp[20:21]) and bool(webp[20] & 2)


def _looks_like(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return _PICTURE_BRANDS[head[8:12]]
    if head.startswith(b"RIFF") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    named = (words for magic, words in _STRANGERS if head.startswith(magic))
    return next(named, None) or _kind_of_text(head[:512].lstrip())


def _kind_of_text(start: bytes) -> str:
    if start[:1] == b"<":
        return "a web page, SVG or XML document"
    if start[:1] in (b"{", b"["):
        return "JSON text, perhaps an error message"
    if all(byte in b"\t\r\n\f" or 32 <= byte != 127 for byte in start):
        return "text, no video or picture"
    return "no kind of file that can be used here"
