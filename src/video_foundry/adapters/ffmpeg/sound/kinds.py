"""Tells from a file's first bytes which kind of sound file it is, by an allow-list of demuxers."""

from dataclasses import dataclass
from os import SEEK_CUR
from pathlib import Path

from video_foundry.adapters.ffmpeg.sniff import sniff
from video_foundry.errors import MediaError

HEAD = 4096
"""Bytes needed of the start of the file."""

ACCEPTED = "MP3, M4A, WAV, FLAC, Ogg, AIFF, or a video with sound"

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,wav,flac,ogg,aiff,aac"
"""The only demuxers that may ever be opened: none of them reads another file or an address."""

_MOST_CHUNKS = 1000
_UNKNOWN = 2**32 - 256


@dataclass(frozen=True, kw_only=True)
class SoundKind:
    """container: our short name. demuxer: FFmpeg's name, forced when the file is opened."""

    container: str
    demuxer: str

    @property
    def is_exact(self) -> bool:
        """Whether nothing but sound may stand in such a file, so that any complaint is damage."""
        return self.demuxer not in ("mp3", "aac")


MP3 = SoundKind(container="mp3", demuxer="mp3")
WAV = SoundKind(container="wav", demuxer="wav")
FLAC = SoundKind(container="flac", demuxer="flac")
OGG = SoundKind(container="ogg", demuxer="ogg")
AIFF = SoundKind(container="aiff", demuxer="aiff")
AAC = SoundKind(container="aac", demuxer="aac")


def kind_of(path: Path) -> SoundKind:
    """The kind of the file at `path`. Raises MediaError, saying what it seems to be."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return _own_kind(head) or _kind_of_video(head)


def is_cut_off(path: Path, kind: SoundKind) -> bool:
    """Whether a WAV file ends before its samples do; FFmpeg would play what there is."""
    if kind is not WAV:
        return False
    with path.open("rb") as file:
        file.seek(12)
        for _ in range(_MOST_CHUNKS):
            head = file.read(8)
            if len(head) < 8:
                return True
            length = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                # A recorder that did not know the length writes 0 or the largest number.
                known = 0 < length < _UNKNOWN
                return known and file.tell() + length > path.stat().st_size
            file.seek(length + length % 2, SEEK_CUR)
    return False


def _own_kind(head: bytes) -> SoundKind | None:
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"OggS"):
        return OGG
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return AIFF
    if head.startswith(b"ID3"):
        return MP3
    return _by_frame_header(head)


def _by_frame_header(head: bytes) -> SoundKind | None:
    """MP3 and bare AAC begin with the header of their first frame: eleven or twelve set bits."""
    if len(head) < 4 or head[0] != 0xFF:
        return None
    layer = head[1] >> 1 & 3
    if head[1] & 0xF6 == 0xF0:
        return AAC
    is_sane = head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3
    return MP3 if head[1] & 0xE0 == 0xE0 and layer != 0 and is_sane else None


def _kind_of_video(head: bytes) -> SoundKind:
    try:
        video = sniff(head)
    except MediaError as error:
        told = error.message.partition(";")[0]
        raise MediaError(f"{told}, no sound; give {ACCEPTED}" if head else told) from error
    if video.is_image:
        raise MediaError(f"this is a {video.container.upper()} picture, no sound; give {ACCEPTED}")
    return SoundKind(container=video.container, demuxer=video.demuxer)
