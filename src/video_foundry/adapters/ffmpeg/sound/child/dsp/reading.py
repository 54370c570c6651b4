"""Reads sound files with PyAV: what they are, and where they begin. Decodes no more than a frame.

The file is opened with the one demuxer that was named, and nothing it says is trusted.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition

CODECS = frozenset(
    ("aac", "mp3", "mp2", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "amr_nb", "amr_wb")
)

MOST_CHANNELS = 16

HIGHEST_RATE = 768_000

Report = Callable[[float], None]


class Unusable(Exception):
    """The file cannot be used; the text is a clause for people."""


def open_sound(request: dict[str, Any]) -> InputContainer:
    """Open a local file with the demuxer that its first bytes call for, and no other."""
    try:
        container: InputContainer = av.open(
            "file:" + request["path"],
            mode="r",
            format=request["demuxer"],
            metadata_errors="replace",
            container_options={
                "protocol_whitelist": "file",
                "format_whitelist": request["formats"],
            },
        )
    except av.error.FFmpegError as error:
        raise Unusable("the file is damaged or cut off: its index cannot be read") from error
    return container


def pick_sound(container: InputContainer) -> AudioStream:
    """The first sound that can be decoded."""
    streams = container.streams.audio
    if not streams:
        raise Unusable("there is no sound in the file")
    for stream in streams:
        name = codec_name(stream)
        if name in CODECS or name.startswith("pcm_"):
            return stream
    raise Unusable(f"the sound is coded as {codec_name(streams[0])}, which is not supported")


def codec_name(stream: AudioStream) -> str:
    """The codec's own name, whichever decoder serves it."""
    context = stream.codec_context
    return context.codec.canonical_name if context is not None else "an unknown codec"


def origin(request: dict[str, Any], _: Report) -> dict[str, Any]:
    """Which stream is heard, and the moment on the file's clock that is its zero.

    In a file with moving picture that is when the first frame is shown; else when the sound begins.
    """
    with open_sound(request) as container:
        stream = pick_sound(container)
        index = stream.index
        pictures = [
            s for s in container.streams.video if not s.disposition & Disposition.attached_pic
        ]
        if pictures:
            pictures[0].codec_context.options = {"max_pixels": str(request["max_pixels"])}
        zero = _first_moment(container, pictures[0] if pictures else stream)
    return {"index": index, "zero": [zero.numerator, zero.denominator]}


def _first_moment(container: InputContainer, stream: Any) -> Fraction:
    stream.thread_type = "NONE"
    try:
        for frame in container.decode(stream):
            if frame.pts is not None:
                return Fraction(frame.pts * frame.time_base)
    except av.error.FFmpegError as error:
        raise Unusable(f"the file cannot be decoded ({error.strerror})") from error
    raise Unusable("nothing in the file can be decoded")


def facts(request: dict[str, Any], _: Report) -> dict[str, Any]:
    """What the file says of its sound, before much of it is decoded."""
    with open_sound(request) as container:
        stream = pick_sound(container)
        claimed = None
        if stream.duration is not None and stream.time_base is not None:
            claimed = stream.duration * stream.time_base
        elif container.duration is not None:
            claimed = Fraction(container.duration, av.time_base)
        rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
        if not 0 < rate <= HIGHEST_RATE or not 0 < channels <= MOST_CHANNELS:
            raise Unusable(f"a sound of {channels} channels at {rate} Hz is not supported")
        return {
            "index": stream.index,
            "codec": codec_name(stream),
            "rate": rate,
            "channels": channels,
            "claimed": None if claimed is None else [claimed.numerator, claimed.denominator],
        }
