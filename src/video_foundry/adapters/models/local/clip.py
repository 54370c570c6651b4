"""Frames to an MP4 (H.264, BT.709, faststart). Knows nothing of where they come from."""

from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray


def write_clip(frames: NDArray[Any], fps: int, target: Path) -> None:
    """Encode frames x height x width x 3 from 0 to 1, at `fps` frames a second. Width and height
    are even. The same frames give the same bytes."""
    _, height, width, _ = frames.shape
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        video: Any = out.add_stream("libx264", rate=fps)
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        # The generation took minutes, so the picture is kept nearly as it is. Threads and
        # macroblock trees would tie the bytes to the machine.
        video.options = {"preset": "medium", "crf": "12", "mbtree": "0", "threads": "1"}
        context = video.codec_context
        context.color_primaries = context.color_trc = context.colorspace = 1  # BT.709
        context.color_range = 1  # limited
        for index, frame in enumerate(frames):
            out.mux(video.encode(_video_frame(frame, index)))
        out.mux(video.encode(None))


def _video_frame(frame: NDArray[Any], index: int) -> Any:
    pixels = (np.clip(frame, 0, 1) * 255).round().astype(np.uint8)
    rgb = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
    made = rgb.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
    made.pts = index
    return made
