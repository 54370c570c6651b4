"""The child process in which PyAV reads media and pieces are composed frame by frame; the server
never imports this or PyAV.

Run by path: a JSON request a line on standard input, one after the other; for each, JSON lines on
standard output, the last of them with "ok", or "refused" or "failed" and a clause for people. A
crash or a huge file ends this process alone.
"""

from __future__ import annotations  # PyAV's classes are generic in its stubs only

import json
import os
import select
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

SCANNED_PACKETS = 2_000_000
"""Picture packets read to learn timing: two hours at 240 frames a second, and then some."""

IDLE_SECONDS = 120
"""How long to wait for another request: an idle server need not hold the memory of this process."""

BYTES_PER_SAMPLE = 4
"""16-bit stereo."""

PACKAGE_ROOT = str(Path(__file__).resolve().parents[3])

VIDEO_CODECS = frozenset(
    (
        *("h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "mpeg1video", "h263"),
        *("prores", "dnxhd", "mjpeg", "png", "webp", "qtrle", "ffv1", "rawvideo", "cfhd"),
        "v210",
    )
)
AUDIO_CODECS = frozenset(
    ("aac", "mp3", "opus", "vorbis", "flac", "alac", "ac3", "eac3", "amr_nb", "amr_wb")
)

Report = Callable[[float], None]


class Refused(Exception):
    """The file or piece cannot be used; the text is a clause for people."""


def number(value: Fraction | None) -> list[int] | None:
    """A fraction as JSON."""
    return None if value is None else [value.numerator, value.denominator]


def open_input(request: dict[str, Any]) -> InputContainer:
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
    except av.error.InvalidDataError as error:
        raise Refused("the file is damaged or cut off: its index cannot be read") from error
    return container


# Probing


def probe(request: dict[str, Any], _: Report) -> dict[str, Any]:
    """Everything that can be known about a source without decoding all of it."""
    with open_input(request) as container:
        video = pick_video(container)
        check_size(video.codec_context.width, video.codec_context.height, request["max_pixels"])
        audio = pick_audio(container)
        frame = first_frame(container, video)
        check_size(frame.width, frame.height, request["max_pixels"])
        index = video.index
        facts = picture_facts(video, frame) | {
            "video_index": index,
            "audio_index": None if audio is None else audio.index,
            "audio_codec": None if audio is None else codec_name(audio),
            "frames": video.frames or None,
            "rate": number(video.average_rate or video.guessed_rate),
            "claimed": number(claimed_length(container, video)),
            "claimed_file": number(file_length(container)),
        }
    # Decoding moved the reading place: read the packets from the beginning.
    with open_input(request) as container:
        return facts | scan(container, container.streams[index])


def pick_video(container: InputContainer) -> VideoStream:
    """The first moving picture (cover art does not count)."""
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise Refused("there is no picture in the file")
    name = codec_name(streams[0])
    if name not in VIDEO_CODECS:
        raise Refused(f"the picture is coded as {name}, which is not supported")
    return streams[0]


def pick_audio(container: InputContainer) -> AudioStream | None:
    """The first sound that can be decoded; None when there is none at all."""
    streams = [s for s in container.streams.audio if s.codec_context is not None]
    for stream in streams:
        name = codec_name(stream)
        if name in AUDIO_CODECS or name.startswith("pcm_"):
            return stream
    if container.streams.audio:
        name = codec_name(container.streams.audio[0])
        raise Refused(f"the sound is coded as {name}, which is not supported")
    return None


def codec_name(stream: Stream) -> str:
    """The codec's own name, whichever decoder serves it."""
    context = stream.codec_context
    return context.codec.canonical_name if context is not None else "an unknown codec"


def check_size(width: int, height: int, most: int) -> None:
    """Refuse pictures that would take unreasonable memory."""
    if width <= 0 or height <= 0:
        raise Refused("the picture has no size")
    if width * height > most:
        raise Refused(f"the picture of {width} x {height} has more than {most:,} pixels")


def first_frame(container: InputContainer, video: VideoStream) -> VideoFrame:
    """The first frame that decodes, which tells size, rotation and colour for certain."""
    video.thread_type = "NONE"
    try:
        for frame in container.decode(video):
            return frame
    except av.error.FFmpegError as error:
        raise Refused(f"the picture cannot be decoded ({error.strerror})") from error
    raise Refused("there is no picture in the file that can be decoded")


def picture_facts(video: VideoStream, frame: VideoFrame) -> dict[str, Any]:
    """What the filters must know of the picture."""
    components = frame.format.components
    return {
        "video_codec": codec_name(video),
        "width": frame.width,
        "height": frame.height,
        "aspect": number(video.sample_aspect_ratio or Fraction(1)),
        "rotation": frame.rotation,
        "pixel_format": frame.format.name,
        "has_alpha": frame.format.name == "pal8"
        or any(c.is_alpha for c in components)
        or is_clear_beside(video),
        "is_rgb": frame.format.is_rgb or frame.format.name == "pal8",
        "is_interlaced": frame.interlaced_frame,
        "matrix": int(frame.colorspace),
        "transfer": int(frame.color_trc),
        "primaries": int(frame.color_primaries),
        "start": number(moment(frame.pts, frame.time_base) or Fraction(0)),
    }


def is_clear_beside(video: VideoStream) -> bool:
    """Whether a second picture, stored beside each of VP8 or VP9, says how clear the first is."""
    # A file that was copied once more says it in capitals.
    tags = {name.lower(): value for name, value in video.metadata.items()}
    return codec_name(video) in ("vp8", "vp9") and tags.get("alpha_mode") == "1"


def moment(ticks: int | None, base: Fraction | None) -> Fraction | None:
    """Seconds."""
    return None if ticks is None or base is None else ticks * base


def claimed_length(container: InputContainer, video: VideoStream) -> Fraction | None:
    """Seconds of picture as the file has it written."""
    if video.duration is not None and video.time_base is not None:
        return video.duration * video.time_base
    tag = video.metadata.get("DURATION", "")
    try:
        hours, minutes, seconds = tag.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
    except ValueError:
        return file_length(container)


def file_length(container: InputContainer) -> Fraction | None:
    """Seconds of the longest stream as the file has it written."""
    return None if container.duration is None else Fraction(container.duration, av.time_base)


def scan(container: InputContainer, video: Stream) -> dict[str, Any]:
    """Timing of the picture from its packets, undecoded."""
    stamps: list[int] = []
    newest, last = None, 0
    base = video.time_base or Fraction(1, av.time_base)
    for other in container.streams:
        if other.index != video.index:
            other.discard = av.stream.Discard.all
    try:
        for packet in container.demux(video):
            if packet.pts is None or packet.is_discard:
                continue
            stamps.append(packet.pts)
            if newest is None or packet.pts > newest:
                newest, last = packet.pts, packet.duration or 0
            if len(stamps) >= SCANNED_PACKETS:
                break
    except av.error.FFmpegError as error:
        raise Refused(f"the file is damaged ({error.strerror})") from error
    stamps.sort()
    steps = [later - sooner for sooner, later in pairwise(stamps)]
    mean = Fraction(stamps[-1] - stamps[0], len(steps)) if steps else Fraction(last)
    length = (stamps[-1] - stamps[0] + (last or mean)) * base if stamps else Fraction(0)
    return {
        "packets": len(stamps),
        "length": number(length),
        # Coarse clocks (a millisecond in WebM) make steps differ by a tick.
        "variable": bool(steps) and max(steps) - min(steps) > max(Fraction(2), mean / 20),
    }


# Checking a piece


def inspect(request: dict[str, Any], _: Report) -> dict[str, Any]:
    """What one piece holds: frames, steps, key frames, samples if it has sound."""
    with open_input(request) as container:
        streams = one_picture(container)
        video = streams[0]
        stamps: list[int] = []
        keys: list[int] = []
        samples, first_is_key = 0, False
        for packet in container.demux(streams):
            if packet.size == 0 or packet.pts is None:
                continue
            if packet.stream.index != video.index:
                samples += packet.size // BYTES_PER_SAMPLE
                continue
            first_is_key = first_is_key or (not stamps and packet.is_keyframe)
            stamps.append(packet.pts)
            if packet.is_keyframe:
                keys.append(packet.pts)
        base = video.time_base or Fraction(1)
        ordered = sorted(stamps)
        places = {stamp: place for place, stamp in enumerate(ordered)}
        return {
            "frames": len(stamps),
            "steps": [number(step * base) for step in {b - a for a, b in pairwise(ordered)}],
            "first_is_key": first_is_key,
            "keys": sorted(places[stamp] for stamp in keys),
            "reorder": reordering(stamps),
            "samples": samples if len(streams) > 1 else None,
        }


def one_picture(container: InputContainer) -> list[Any]:
    """The one picture of a piece, and its sound if it has one."""
    videos, sounds = container.streams.video, container.streams.audio
    if len(videos) != 1 or len(sounds) > 1:
        raise Refused("a piece does not hold one picture and at most one sound")
    return [*videos, *sounds]


def reordering(stamps: list[int]) -> int:
    """By how many places a frame is decoded later than it is shown, at most."""
    places = {stamp: place for place, stamp in enumerate(sorted(stamps))}
    return max((index - places[stamp] for index, stamp in enumerate(stamps)), default=0)


# What is done by modules of the package


def use_package() -> None:
    """Let them be imported: this very package, installed or not."""
    if PACKAGE_ROOT not in sys.path:
        sys.path.append(PACKAGE_ROOT)


def compose(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """Make a piece frame by frame; what that needs is loaded by the first one."""
    # Its own threads would only wait: nothing here is done by linear algebra.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    use_package()
    from video_foundry.adapters.ffmpeg.frames.compose import compose as make  # noqa: PLC0415
    from video_foundry.adapters.ffmpeg.frames.overlays import Unfit  # noqa: PLC0415

    try:
        return make(request, report)
    except Unfit as reason:
        raise Refused(str(reason)) from reason


def coding(request: dict[str, Any], _: Report) -> dict[str, Any]:
    """How a clip's picture is coded, from its boxes and units, without a library."""
    use_package()
    from video_foundry.adapters.ffmpeg.coding import coding_of  # noqa: PLC0415  as above

    return coding_of(request)


TASKS = {
    "probe": probe,
    "coding": coding,
    "inspect": inspect,
    "compose": compose,
}


def requests() -> Iterator[dict[str, Any]]:
    """What is asked, until nothing comes for some time or nobody is there to ask."""
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            return
        yield json.loads(line)


def own_output() -> TextIO:
    """Standard output for the answers alone: whatever a library prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def answer(request: dict[str, Any], report: Report) -> dict[str, Any]:
    """The last line for one request."""
    try:
        return {"ok": TASKS[request["task"]](request, report)}
    except Refused as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"failed": "reading the file takes more memory than is allowed"}
    except av.error.FFmpegError as error:
        return {"refused": f"the file cannot be read ({error.strerror})"}


def main() -> None:
    """Do one thing after the other."""
    answers = own_output()

    def say(request: dict[str, Any], message: dict[str, Any]) -> None:
        answers.write(json.dumps({"number": request["number"]} | message) + "\n")
        answers.flush()

    for request in requests():

        def report(done: float, request: dict[str, Any] = request) -> None:
            say(request, {"progress": done})

        say(request, answer(request, report))


if __name__ == "__main__":
    main()
