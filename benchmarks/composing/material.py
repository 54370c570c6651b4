"""Clips and music to compose with: moving all over, with sound, and no two alike, so that nothing
can be saved by recognising a clip. Made once a folder, by FFmpeg."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from benchmarks.composing.case import FPS, Case

SCENES = 5
"""Pictures worth encoding are dear to make; the others are these, mirrored and recoloured."""

QUICKLY = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p")

CONFORMING = (
    *("-c:v", "libx264", "-preset", "medium", "-crf", "20", "-profile:v", "high"),
    *("-pix_fmt", "yuv420p", "-g", "48", "-flags", "+cgop"),
)
"""As another program would store them: their parameter sets are not those of our pieces."""

TAGGED = "format=yuv420p,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


@dataclass(frozen=True, kw_only=True)
class Material:
    """clips: of the film, in order. spare: one more, to put in a clip's place. music: two pieces,
    as long as all clips together."""

    clips: Sequence[Path]
    spare: Path
    music: tuple[Path, Path]


def material_for(case: Case, folder: Path) -> Material:
    """What the case is composed of, in a folder that may hold what earlier cases needed."""
    folder.mkdir(parents=True, exist_ok=True)
    *clips, spare = [_clip(case, number, folder) for number in range(case.clips + 1)]
    music = _music(case, 1, folder), _music(case, 2, folder)
    return Material(clips=clips, spare=spare, music=music)


def _clip(case: Case, number: int, folder: Path) -> Path:
    scene = _scene(case, number % SCENES, folder)
    turn = number // SCENES
    mirrored = [name for bit, name in enumerate(("hflip", "vflip")) if turn >> bit & 1]
    recoloured = f"hue=h={turn * 47 % 360}:s={1 + turn % 7 / 20}"
    kind, coded = ("conforming", CONFORMING) if case.conforming else ("clip", QUICKLY)
    told = [TAGGED] if case.conforming else []
    return _made(
        folder / f"{kind}-{_shape(case)}-{number}.mp4",
        *("-i", str(scene), "-f", "lavfi", "-i", f"sine=f={220 + 37 * number % 1800}:r=48000"),
        *("-map", "0:v", "-map", "1:a", "-vf", ",".join([*mirrored, recoloured, *told])),
        *("-t", str(case.seconds), *coded, "-c:a", "aac", "-ac", "2"),
    )


def _scene(case: Case, number: int, folder: Path) -> Path:
    picture = f"mandelbrot=s={case.width}x{case.height}:r={FPS}:start_scale={2 + number / 2}"
    return _made(
        folder / f"scene-{_shape(case)}-{number}.mp4",
        *("-f", "lavfi", "-i", picture, "-t", str(case.seconds), *QUICKLY),
    )


def _music(case: Case, number: int, folder: Path) -> Path:
    seconds = case.clips * case.seconds
    noise = f"anoisesrc=colour=brown:seed={number}:amplitude=0.2:r=48000:d={seconds}"
    return _made(
        folder / f"music-{seconds}-{number}.m4a",
        *("-f", "lavfi", "-i", noise, "-ac", "2", "-c:a", "aac", "-b:a", "128k"),
    )


def _shape(case: Case) -> str:
    return f"{case.width}x{case.height}-{case.seconds}s"


def _made(path: Path, *arguments: str) -> Path:
    """The file, made when it is not there; one that was broken off never gets its name."""
    if path.exists():
        return path
    partial = path.with_name(f"partial-{path.name}")
    quiet = ("-nostdin", "-v", "error", "-y")
    subprocess.run([get_ffmpeg_exe(), *quiet, *arguments, str(partial)], check=True)
    return partial.replace(path)
