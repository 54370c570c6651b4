"""Writes a film as WebM, what is needed for seeking first, by copying the frames of pieces and the
packets of windows. The times are computed here, never taken from the files."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from video_foundry.adapters.ffmpeg.mp4.boxes import Malformed, find
from video_foundry.adapters.ffmpeg.mp4.tracks import (
    Inputs,
    PictureTrack,
    Report,
    SoundTrack,
    check_tracks,
)
from video_foundry.adapters.ffmpeg.mp4.words import TextTrack
from video_foundry.adapters.ffmpeg.webm.clusters import PICTURE, SOUND, TEXT, TICKS, clusters
from video_foundry.adapters.ffmpeg.webm.elements import (
    CUES,
    INFO,
    SEGMENT,
    TRACKS,
    element,
    head,
    long_number,
    number,
    real,
    text,
)

_NANOSECONDS = 10**9
_WRITER = "Video Foundry"

_OPUS_SEEK = 80_000_000
"""Nanoseconds that an Opus decoder must hear before a place to be right there (RFC 7845)."""


def write_film(
    target: Path,
    picture: PictureTrack,
    sound: SoundTrack | None,
    *,
    texts: Sequence[TextTrack] = (),
    report: Report = lambda _: None,
) -> None:
    """Write the film. Raises Malformed for slices that do not belong into one track, and OSError.

    report: called with the share of bytes written.
    """
    check_tracks(picture, sound, report)
    if picture.delay:
        raise Malformed("a piece's frames are not in the order in which they are shown")
    sizes = []
    for cluster in clusters(picture, sound, texts):
        sizes.append((cluster.time, cluster.is_key, cluster.size))
        report(0.0)  # nothing is written yet, but whoever is told may have lost interest
    before = _Before(picture, sound, texts, sizes)
    whole = sum(size for _, _, size in sizes)
    done = 0
    with target.open("wb") as file, Inputs() as inputs:
        file.write(before.written(whole))
        for cluster in clusters(picture, sound, texts):
            done += file.write(cluster.written(inputs))
            report(done / max(1, whole))


class _Before:
    """What stands before the clusters. sizes: of each its time, whether it begins with a key frame,
    and its bytes."""

    def __init__(
        self,
        picture: PictureTrack,
        sound: SoundTrack | None,
        texts: Sequence[TextTrack],
        sizes: Sequence[tuple[int, bool, int]],
    ) -> None:
        self._sizes = sizes
        self._info = _info(max(track.seconds for track in (picture, sound) if track))
        tracks = [_picture_entry(picture), *([_sound_entry(sound)] if sound else [])]
        tracks += [_text_entry(which, one) for which, one in enumerate(texts, TEXT)]
        self._tracks = element(TRACKS, *tracks)

    def written(self, whole: int) -> bytes:
        """The file up to its first cluster. whole: bytes of all clusters."""
        # Positions change no size, so those of a first try serve to find them.
        info_at = len(_seek_head(0, 0, 0))
        tracks_at = info_at + len(self._info)
        cues_at = tracks_at + len(self._tracks)
        begin = cues_at + len(self._cues(0))
        seek = _seek_head(info_at, tracks_at, cues_at)
        inside = seek + self._info + self._tracks + self._cues(begin)
        return _ebml_head() + head(SEGMENT, len(inside) + whole) + inside

    def _cues(self, begin: int) -> bytes:
        """Where each cluster is that playing can begin with."""
        points = []
        for time, is_key, size in self._sizes:
            if is_key:
                where = element(0xB7, number(0xF7, PICTURE), long_number(0xF1, begin))
                points.append(element(0xBB, long_number(0xB3, time), where))
            begin += size
        return element(CUES, *points)


def _ebml_head() -> bytes:
    versions = [number(name, value) for name, value in ((0x4286, 1), (0x42F7, 1))]
    limits = [number(name, value) for name, value in ((0x42F2, 4), (0x42F3, 8))]
    kind = [text(0x4282, "webm"), number(0x4287, 4), number(0x4285, 2)]
    return element(0x1A45DFA3, *versions, *limits, *kind)


def _seek_head(info: int, tracks: int, cues: int) -> bytes:
    return element(
        0x114D9B74,
        *(
            element(0x4DBB, element(0x53AB, name.to_bytes(4)), long_number(0x53AC, place))
            for name, place in ((INFO, info), (TRACKS, tracks), (CUES, cues))
        ),
    )


def _info(seconds: Fraction) -> bytes:
    return element(
        INFO,
        number(0x2AD7B1, _NANOSECONDS // TICKS),
        real(0x4489, float(seconds * TICKS)),
        text(0x4D80, _WRITER),
        text(0x5741, _WRITER),
    )


def _entry(which: int, kind: int, codec: str, *more: bytes, language: str = "und") -> bytes:
    return element(
        0xAE,
        *(number(0xD7, which), number(0x73C5, which), number(0x9C, 0), text(0x22B59C, language)),
        *(number(0x83, kind), text(0x86, codec)),
        *more,
    )


def _picture_entry(track: PictureTrack) -> bytes:
    description = track.slices[0].index.description
    if description.coding != b"vp09":
        raise Malformed("its picture is not VP9")
    step = round(Fraction(track.step * _NANOSECONDS, track.timescale))
    # BT.709 throughout, in the range of television, colour at the left between two rows
    colours = ((0x55B1, 1), (0x55BA, 1), (0x55BB, 1), (0x55B9, 1), (0x55B7, 1), (0x55B8, 2))
    video = element(
        0xE0,
        *(number(0x9A, 2), number(0xB0, track.width), number(0xBA, track.height)),
        element(0x55B0, *(number(name, value) for name, value in colours)),
    )
    features = _vp9_features(description.configuration)
    return _entry(PICTURE, 1, "V_VP9", features, number(0x23E383, step), video)


def _vp9_features(configuration: bytes) -> bytes:
    """Profile, level, depth and chroma, as a player may want to know them before it decodes."""
    box = find(configuration, b"vpcC")
    profile, level, packed = struct.unpack_from("BBB", configuration, box.start + 4)
    told = ((1, profile), (2, level), (3, packed >> 4), (4, packed >> 1 & 7))
    return element(0x63A2, b"".join(bytes((name, 1, value)) for name, value in told))


def _sound_entry(track: SoundTrack) -> bytes:
    description = track.slices[0].index.description
    if description.coding != b"Opus":
        raise Malformed("its sound is not Opus")
    delay = round(Fraction(track.lead_in * _NANOSECONDS, track.rate))
    audio = element(0xE1, real(0xB5, float(track.rate)), number(0x9F, 2))
    return _entry(
        SOUND,
        2,
        "A_OPUS",
        element(0x63A2, _opus_head(description.configuration)),
        number(0x56AA, delay),
        number(0x56BB, _OPUS_SEEK),
        audio,
    )


def _text_entry(which: int, track: TextTrack) -> bytes:
    """Not shown unless a viewer wants it."""
    more = [number(0x88, 0)]
    if track.language:
        more.append(text(0x22B59D, track.language))
    return _entry(which, 0x11, "D_WEBVTT/SUBTITLES", *more, language=track.code)


def _opus_head(configuration: bytes) -> bytes:
    """What RFC 7845 has a file begin with; MP4 holds the same, the other way round."""
    box = find(configuration, b"dOps")
    _, channels, skip, rate, gain, family = struct.unpack_from(">BBHIhB", configuration, box.start)
    return b"OpusHead" + struct.pack("<BBHIhB", 1, channels, skip, rate, gain, family)
