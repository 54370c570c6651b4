"""Finds an FFmpeg that can do the work, on the PATH or in the wheel; never starts media work."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from video_foundry.errors import CompositionFailed

OLDEST_LIBAVCODEC = 60
"""The major version of libavcodec that came with FFmpeg 6.0; git builds carry no other number."""


@dataclass(frozen=True, kw_only=True)
class FFmpegBinary:
    """A usable FFmpeg: absolute path, the version it calls itself, and whether it was built with
    what few sources need: zscale for high dynamic range, libvpx for transparent WebM."""

    path: Path
    version: str
    has_zscale: bool
    has_vpx: bool

    @property
    def lacks(self) -> int:
        """How much of that it does without."""
        return 2 - self.has_zscale - self.has_vpx


def find_ffmpeg() -> FFmpegBinary:
    """The PATH's FFmpeg when it is new enough, has x264 and lacks nothing else that the wheel's
    static binary has; else that.

    Raises CompositionFailed, saying what was looked at, when there is neither.
    """
    usable, rejected = [], []
    for candidate in (_on_path(), _in_wheel()):
        if candidate is None:
            continue
        found = inspect_ffmpeg(candidate)
        if isinstance(found, str):
            rejected.append(f"{candidate} {found}")
            continue
        if not found.lacks:
            return found
        usable.append(found)
    if usable:
        return min(usable, key=lambda one: one.lacks)
    seen = "; ".join(rejected) or "none is on the PATH and the imageio-ffmpeg wheel has none"
    raise CompositionFailed(f"no usable FFmpeg (6 or newer, with libx264) was found: {seen}")


@lru_cache(maxsize=8)
def inspect_ffmpeg(path: Path) -> FFmpegBinary | str:
    """What the binary is, or the reason in words why it cannot be used."""
    try:
        answer = subprocess.run(
            [str(path), "-hide_banner", "-version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=20,
            check=True,
            stdin=subprocess.DEVNULL,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        return f"cannot be run ({type(error).__name__})"
    version = re.match(r"ffmpeg version (\S+)", answer)
    codec = re.search(r"^libavcodec\s+(\d+)\.", answer, re.MULTILINE)
    if version is None or codec is None:
        return "does not say which version it is"
    if int(codec[1]) < OLDEST_LIBAVCODEC:
        return f"is too old ({version[1]})"
    if "--enable-libx264" not in answer:
        return "was built without libx264"
    return FFmpegBinary(
        path=path,
        version=version[1],
        has_zscale="--enable-libzimg" in answer,
        has_vpx="--enable-libvpx" in answer,
    )


def _on_path() -> Path | None:
    found = shutil.which("ffmpeg")
    return Path(found).resolve() if found else None


def _in_wheel() -> Path | None:
    """The binary that lies inside the wheel; its own look-up would also try the PATH."""
    try:
        import imageio_ffmpeg  # noqa: PLC0415  only needed where the PATH has no FFmpeg
    except ImportError:
        return None
    folder = Path(imageio_ffmpeg.__file__).parent / "binaries"
    return next(iter(sorted(folder.glob("ffmpeg-*"))), None)
