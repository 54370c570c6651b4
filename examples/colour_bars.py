"""A model of one's own in a single file: a test pattern by FFmpeg, with plain words for states.

Use it without installing anything:

    PYTHONPATH=examples VIDEO_FOUNDRY_PLUGINS=colour_bars video-foundry models
"""

import asyncio
from asyncio.subprocess import DEVNULL, Process
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

from imageio_ffmpeg import get_ffmpeg_exe

from video_foundry import VideoModelFactory, VideoModelInterface
from video_foundry.core.catalogue import ModelEntry
from video_foundry.errors import GenerationLost

PATTERNS = {"bars": "smptehdbars", "counter": "testsrc2", "mandelbrot": "mandelbrot"}


class ColourBars(VideoModelInterface):
    """A test pattern with a tone. Its clips stand in the folder for temporary files."""

    def __init__(self) -> None:
        self._running: dict[str, Process] = {}

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Start FFmpeg and return an id at once. The prompt shows nowhere: bars are bars."""
        job_id = uuid4().hex
        source = f"{PATTERNS[params['pattern']]}=size=640x360:rate=24"
        self._running[job_id] = await asyncio.create_subprocess_exec(
            *(get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y"),
            *("-f", "lavfi", "-i", source, "-f", "lavfi", "-i", "sine=frequency=440"),
            *("-t", str(params["duration"]), "-pix_fmt", "yuv420p", str(clip(job_id))),
            stdin=DEVNULL,
        )
        return job_id

    async def get_status(self, job_id: str) -> str:
        """A plain word will do; an unknown one means that it goes on."""
        process = self._running.get(job_id)
        if process is None:
            raise GenerationLost("it was begun before a restart")  # a local model then starts anew
        if process.returncode is None:
            return "running"
        return "succeeded" if process.returncode == 0 else "failed"

    async def get_result(self, job_id: str) -> Path:
        """The clip; a provider's adapter would return the URL as text."""
        return clip(job_id)


def clip(job_id: str) -> Path:
    """Where the clip of a job lies."""
    return Path(gettempdir(), f"colour-bars-{job_id}.mp4")


# With a catalogue entry the model has a form in the editor, checked parameters and a price: none,
# because it runs on this machine.
VideoModelFactory.register(
    "colour-bars",
    ColourBars,
    entry=ModelEntry(
        id="colour-bars",
        provider="colour-bars",
        title="Colour bars",
        summary="A test pattern with a tone.",
        is_local=True,
        poll_seconds=0.2,
        typical_seconds=(0.5, 0.1),
        parameters={
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "duration": {"type": "number", "minimum": 1, "maximum": 30, "default": 3},
                "pattern": {"type": "string", "enum": list(PATTERNS), "default": "bars"},
            },
        },
    ),
)
