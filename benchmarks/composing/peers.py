"""What users would pick instead, each as a command that makes the same film from the same clips,
and how it comes onto the machine. How its cost is taken is `cost`'s matter."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe, get_ffmpeg_version

from benchmarks.composing.case import CRF, FPS, MADE_BY, OVERLAP, SOUND_BITRATE, Case

MOVIEPY = "moviepy>=2,<3"
MOVIEPY_FILM = Path(__file__).with_name("moviepy_film.py")
SOUND = ("-c:a", "aac", "-b:a", SOUND_BITRATE, "-ar", "48000", "-ac", "2")


@dataclass(frozen=True, kw_only=True)
class Order:
    """One film to make. scratch: a folder of its own, empty at first."""

    case: Case
    clips: Sequence[Path]
    target: Path
    scratch: Path


@dataclass(frozen=True, kw_only=True)
class Peer:
    """name: with its version. command: what makes a film. can: whether it is meant for a case."""

    name: str
    command: Callable[[Order], Sequence[str]]
    can: Callable[[Case], bool] = lambda _: True


class Missing(Exception):
    """A peer cannot be brought onto this machine; the message says why."""


# FFmpeg


def ffmpeg_concat() -> Peer:
    """All clips through one filter that joins them: straight cuts alone."""
    name = f"FFmpeg {_version()} concat filter"
    return Peer(name=name, command=_concat, can=lambda case: not case.crossfades)


def ffmpeg_xfade() -> Peer:
    """Each clip crossfaded into what stands before it: a chain as long as the film."""
    name = f"FFmpeg {_version()} xfade chain"
    return Peer(name=name, command=_xfade, can=lambda case: case.crossfades)


def _version() -> str:
    """The wheel's own is long; a release has no more than three numbers."""
    return str(get_ffmpeg_version()).partition("-")[0].removeprefix("n")


def _concat(order: Order) -> Sequence[str]:
    count = len(order.clips)
    pads = "".join(f"[{i}:v][{i}:a]" for i in range(count))
    return _ffmpeg(order, f"{pads}concat=n={count}:v=1:a=1[v][a]")


def _xfade(order: Order) -> Sequence[str]:
    overlap, steps = float(OVERLAP), []
    video, audio = "0:v", "0:a"
    for i in range(1, len(order.clips)):
        at = i * (order.case.seconds - overlap)
        steps.append(f"[{video}][{i}:v]xfade=duration={overlap}:offset={at}[v{i}]")
        steps.append(f"[{audio}][{i}:a]acrossfade=d={overlap}:c1=qsin:c2=qsin[a{i}]")
        video, audio = f"v{i}", f"a{i}"
    return _ffmpeg(order, ";".join(steps), f"[{video}]", f"[{audio}]")


def _ffmpeg(order: Order, graph: str, video: str = "[v]", audio: str = "[a]") -> Sequence[str]:
    # A graph for 1,000 clips is longer than one argument may be in some systems: it goes by a file.
    script = order.scratch / "graph.txt"
    script.write_text(graph)
    return [
        *(get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"),
        *(part for clip in order.clips for part in ("-i", str(clip))),
        *("-/filter_complex", str(script), "-map", video, "-map", audio),
        *(*MADE_BY, *SOUND, "-movflags", "+faststart", str(order.target)),
    ]


# MoviePy


def moviepy(folder: Path) -> Peer:
    """MoviePy 2 in an environment of its own in `folder`. Raises Missing."""
    python = folder / "moviepy" / "bin" / "python"
    if not python.exists():
        _installed([sys.executable, "-m", "venv", str(folder / "moviepy")], "MoviePy")
    _installed([str(python), "-m", "pip", "install", "--quiet", MOVIEPY], "MoviePy")
    asked = "from importlib.metadata import version; print(version('moviepy'))"
    told = subprocess.run([str(python), "-c", asked], capture_output=True, text=True, check=True)

    def command(order: Order) -> Sequence[str]:
        listing = order.scratch / "clips.txt"
        listing.write_text("\n".join(map(str, order.clips)))
        overlap = str(float(OVERLAP) if order.case.crossfades else 0)
        settings = (str(FPS), str(CRF), SOUND_BITRATE)
        return [str(python), str(MOVIEPY_FILM), str(listing), str(order.target), overlap, *settings]

    return Peer(name=f"MoviePy {told.stdout.strip()}", command=command)


def _installed(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason given"]
        raise Missing(f"{what} could not be installed: {lines[-1][:120]}")


# melt


def melt(_: Path) -> Peer:
    """The command line of MLT, the engine of Kdenlive and Shotcut; Debian's package is installed
    where it is missing and we may install it. Raises Missing."""
    if shutil.which("melt") is None:
        if os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise Missing("melt is not installed, and we may not install it")
        _installed(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "melt"], "melt")
    told = subprocess.run(["melt", "--version"], capture_output=True, text=True, check=True)
    words = (told.stdout + told.stderr).split()
    return Peer(name=f"melt {words[1]}", command=_melt)


def _melt(order: Order) -> Sequence[str]:
    case, last = order.case, order.case.clip_frames - 1
    profile = order.scratch / "profile.txt"
    profile.write_text(_melt_profile(case))
    mixed = ("-mix", str(case.overlap_frames), "-mixer", "luma", "-mixer", "mix:-1")
    words: list[str] = []
    for number, clip in enumerate(order.clips):
        words += [str(clip), "in=0", f"out={last}"]
        words += mixed if case.crossfades and number else ()
    return [
        *("melt", "-silent", "-profile", str(profile), *words),
        *("-consumer", f"avformat:{order.target}", "real_time=-1", "movflags=+faststart"),
        *("vcodec=libx264", "preset=veryfast", f"crf={CRF}", "pix_fmt=yuv420p"),
        *("acodec=aac", f"ab={SOUND_BITRATE}", "ar=48000", "channels=2"),
    ]


def _melt_profile(case: Case) -> str:
    told = {
        "description": "benchmark",
        "frame_rate_num": FPS,
        "frame_rate_den": 1,
        "width": case.width,
        "height": case.height,
        "progressive": 1,
        "sample_aspect_num": 1,
        "sample_aspect_den": 1,
        "display_aspect_num": case.width,
        "display_aspect_den": case.height,
        "colorspace": 709,
    }
    return "".join(f"{name}={value}\n" for name, value in told.items())


def everybody(folder: Path) -> tuple[list[Peer], list[str]]:
    """All peers that can be had, with what they need installed; and why others cannot."""
    peers, left_out = [ffmpeg_concat(), ffmpeg_xfade()], []
    for bring in (moviepy, melt):
        try:
            peers.append(bring(folder))
        except Missing as why:
            left_out.append(str(why))
    return peers, left_out
