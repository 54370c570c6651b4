"""Frames and sound to an MP4 (H.264 + AAC, faststart). Knows nothing of what is shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from video_foundry.adapters.models.storyboard.request import FPS
from video_foundry.adapters.models.storyboard.sound import SAMPLE_RATE, Samples

Frame = NDArray[np.uint8]


def write_video(
    target: Path,
    size: tuple[int, int],
    frames: int,
    frame_at: Callable[[int], Frame],
    sound: Samples | None,
) -> None:
    """Encode `frames` frames (height x width x 3, sRGB) and 2 x n samples of sound, if any."""
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        video = _video_stream(out, size)
        audio = _audio_stream(out) if sound is not None else None
        for index in range(frames):
            if index % FPS == 0 and audio is not None and sound is not None:
                _write_second(out, audio, sound, index // FPS)
            rgb = av.VideoFrame.from_ndarray(frame_at(index), format="rgb24")
            frame = rgb.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts = index
            out.mux(video.encode(frame))
        for stream in (video, audio):
            if stream is not None:
                out.mux(stream.encode(None))


def _video_stream(out: Any, size: tuple[int, int]) -> Any:
    stream = out.add_stream("libx264", rate=FPS)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    # The same frames must give the same bytes. Macroblock-tree rate control breaks that: with
    # AVX-512, x264 varies a few blocks from run to run. Threads would tie the bytes to the machine.
    stream.options = {
        "preset": "veryfast",
        "crf": "22",
        "mbtree": "0",
        "g": str(2 * FPS),
        "threads": "1",
    }
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = 1  # BT.709
    context.color_range = 1  # limited
    return stream


def _audio_stream(out: Any) -> Any:
    stream = out.add_stream("aac", rate=SAMPLE_RATE)
    stream.layout = "stereo"
    stream.bit_rate = 112_000
    return stream


def _write_second(out: Any, stream: Any, sound: Samples, second: int) -> None:
    """Encode the sound of one second, so that sound and picture lie side by side in the file."""
    start = second * SAMPLE_RATE
    piece = np.ascontiguousarray(sound[:, start : start + SAMPLE_RATE])
    if piece.shape[1] == 0:
        return
    frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
    frame.sample_rate, frame.pts = SAMPLE_RATE, start
    out.mux(stream.encode(frame))
