"""A model of one's own in three methods: it draws a sunrise in colours taken from the prompt.

It works on this machine, in a thread. Put calls to your provider where the drawing is.
"""

import asyncio
import atexit
import colorsys
import shutil
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import av
import numpy as np
from numpy.typing import NDArray

from video_foundry import GenerationStatus, VideoModelInterface
from video_foundry.errors import GenerationLost

WIDTH, HEIGHT, FPS = 640, 360, 24


class SunriseModel(VideoModelInterface):
    """A sunrise in the colours of the prompt; takes `duration` (seconds) and `seed`."""

    def __init__(self) -> None:
        self._folder = Path(mkdtemp(prefix="sunrise-"))
        self._drawing: dict[str, asyncio.Task[None]] = {}
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Begin, and return an id at once."""
        job_id = uuid4().hex
        frames = max(1, round(float(params.get("duration", 4)) * FPS))
        mark = sha256(f"{prompt} {params.get('seed', 0)}".encode()).digest()
        work = asyncio.to_thread(draw, self._clip(job_id), mark, frames)
        self._drawing[job_id] = asyncio.create_task(work)
        return job_id

    async def get_status(self, job_id: str) -> GenerationStatus:
        """Where the drawing stands."""
        drawing = self._drawing.get(job_id)
        if drawing is None:
            raise GenerationLost("this drawing was begun before a restart, and is gone")
        if not drawing.done():
            return GenerationStatus.RUNNING
        failed = drawing.cancelled() or drawing.exception() is not None
        return GenerationStatus.FAILED if failed else GenerationStatus.SUCCEEDED

    async def get_result(self, job_id: str) -> Path:
        """The finished clip, as a local file."""
        return self._clip(job_id)

    def _clip(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.mp4"


def draw(target: Path, mark: bytes, frames: int) -> None:
    """Encode the clip as H.264 in MP4. Blocks, so it runs in a thread."""
    with av.open(str(target), "w") as out:
        video = out.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(picture(mark, index / frames), format="rgb24")
            out.mux(video.encode(frame))
        out.mux(video.encode())


def picture(mark: bytes, moment: float) -> NDArray[np.uint8]:
    """One frame, `moment` from 0 to 1: a sky between two colours, and the sun on its way up."""
    low, high = (
        np.array(colorsys.hsv_to_rgb(mark[i] / 255, 0.7, 0.3 + 0.6 * moment)) for i in (0, 1)
    )
    height = np.linspace(0, 1, HEIGHT)[:, None, None]
    sky = (1 - height) * high + height * low
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    away = np.hypot(columns - WIDTH / 2, rows - HEIGHT * (1.1 - 0.7 * moment))
    glow = np.clip(1.2 - away / (HEIGHT * 0.3), 0, 1)[:, :, None]
    light = sky + glow * (np.array([1.0, 0.93, 0.75]) - sky)
    pixels: NDArray[np.uint8] = (np.clip(light, 0, 1) * 255).astype(np.uint8)
    return pixels
