"""What an emulated generation looks like: a test clip or a picture of the size and length that was
asked for, made once, and what is made of it by a fault."""

import os
import threading
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageDraw, ImageFont

from video_foundry.adapters.models.mock.clip import write_clip
from video_foundry.adapters.models.mock.mapping import ClipSpec
from video_foundry.emulators.jobs import Job, Wants

FPS = 24


class Studio:
    """Makes the files of generations, in a folder of its own that ends with it. short_side: pixels
    that a clip is made smaller to, so that tests do not wait for encoders; 0 keeps what was asked
    for. Safe for threads."""

    def __init__(self, *, short_side: int = 180) -> None:
        self._short_side = short_side
        self._folder: TemporaryDirectory[str] | None = None
        self._lock = threading.Lock()

    def file_of(self, job: Job) -> Path:
        """The result of a job as a file; blocks while it is made."""
        suffix = "png" if job.wants.is_picture else "mp4"
        with self._lock:
            if self._folder is None:
                self._folder = TemporaryDirectory(prefix="emulator-")
            name = sha256(job.id.encode()).hexdigest()
            path = Path(self._folder.name) / f"{name}.{suffix}"
            if not path.exists():
                self._make(job, path)
        return path

    def close(self) -> None:
        """Throw the files away."""
        with self._lock:
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

    def _make(self, job: Job, path: Path) -> None:
        result = job.faults.of("result")
        if result == "not_a_video":
            path.write_text("<!doctype html><title>502</title><h1>Bad gateway</h1>\n")
            return
        if job.wants.is_picture:
            _write_picture(job, path)
        else:
            write_clip(self._spec(job, result), path)
        if result == "truncated":
            os.truncate(path, path.stat().st_size * 2 // 3)

    def _spec(self, job: Job, result: str) -> ClipSpec:
        width, height = self._size(job.wants)
        frames = max(1, round(job.wants.seconds * FPS))
        frames = {"one_frame": 1, "wrong_length": max(1, frames // 2)}.get(result, frames)
        return ClipSpec(
            prompt=job.prompt,
            negative_prompt="",
            width=width,
            height=height,
            fps=FPS,
            frames=frames,
            seed=0,
            audio=job.wants.audio,
        )

    def _size(self, wants: Wants) -> tuple[int, int]:
        short = min(wants.width, wants.height)
        scale = min(1.0, self._short_side / short) if self._short_side else 1.0
        return _even(wants.width * scale), _even(wants.height * scale)


def _even(pixels: float) -> int:
    return max(2, round(pixels / 2) * 2)


def _write_picture(job: Job, path: Path) -> None:
    image = Image.new("RGB", (job.wants.width, job.wants.height), (38, 70, 83))
    draw = ImageDraw.Draw(image)
    size = max(12, job.wants.height // 20)
    words = job.prompt[:200].encode("latin-1", "replace").decode("latin-1")
    draw.text((size, size), words, (233, 196, 106), font=ImageFont.load_default(size))
    image.save(path)
