"""Makes what films in these tests are made of: pictures that no encode tears apart, stored in many
ways, and sounds in which no two places are alike."""

import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from video_foundry.testing.clips import run_ffmpeg


@dataclass(frozen=True, kw_only=True)
class Way:
    """How pictures are stored. shape: FFmpeg's filters; options: of the encoder; ending: of the
    file's name, and so its container."""

    shape: str
    options: Sequence[str] = field(default_factory=tuple)
    ending: str = "mp4"
    has_alpha: bool = False


_TV = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd"
_X264 = ("-c:v", "libx264", "-crf", "8", "-preset", "veryfast")
_BT709 = ("-colorspace", "bt709", "-color_range", "tv")
_PQ = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"

WAYS: Mapping[str, Way] = {
    "plain": Way(shape=f"{_TV},format=yuv420p", options=(*_X264, *_BT709)),
    "ten bits": Way(shape=f"{_TV},format=yuv422p10le", options=(*_X264, *_BT709), ending="mov"),
    "full range": Way(
        shape="scale=out_color_matrix=bt709:out_range=pc:flags=accurate_rnd,format=yuv420p",
        options=(*_X264, "-colorspace", "bt709", "-color_range", "pc"),
    ),
    "BT.601, not told": Way(
        shape="scale=out_color_matrix=bt601:out_range=tv,format=yuv420p,setparams=colorspace=unknown",
        options=_X264,
    ),
    "red, green, blue": Way(shape="format=rgb24", options=("-c:v", "png"), ending="mov"),
    "clear in parts": Way(
        shape="format=rgba", options=("-c:v", "png"), ending="mov", has_alpha=True
    ),
    "high dynamic range": Way(
        shape=f"scale=out_color_matrix=bt2020:out_range=tv,format=yuv420p10le,{_PQ}",
        options=(*_X264, "-colorspace", "bt2020nc"),
        ending="mov",
    ),
}


def make_waves(path: Path, frames: int, size: tuple[int, int], way: Way) -> None:
    """Soft waves of colour that drift."""
    raw = b"".join(_waves(size, n, has_alpha=way.has_alpha).tobytes() for n in range(frames))
    run_ffmpeg(
        [
            *("-f", "rawvideo", "-pix_fmt", "rgba" if way.has_alpha else "rgb24"),
            *("-framerate", "24", "-video_size", f"{size[0]}x{size[1]}", "-i", "pipe:0"),
        ],
        *("-vf", way.shape, *way.options, str(path)),
        stdin=raw,
    )


def _waves(size: tuple[int, int], frame: int, *, has_alpha: bool) -> NDArray[np.uint8]:
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    channels = [
        128 + 70 * np.sin(7 * x + 4 * y * y + phase + frame / 9) * np.cos(5 * y - x - phase)
        for phase in (0.0, 2.1, 4.2)
    ]
    if has_alpha:
        channels.append(255 * np.clip(1.3 - np.hypot(2 * x - 1, 2 * y - 1), 0, 1))
    return np.stack(channels, axis=2).round().astype(np.uint8)


TAGGED = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"


def encode_clip(path: Path, clip: Path, way: Sequence[str]) -> None:
    """A clip encoded anew, in colours that say what they are; its sound stays. way: FFmpeg's
    options, of which `-vf` takes the place of what is said of colour here."""
    shape = () if "-vf" in way else ("-vf", TAGGED)
    options = ("-c:v", "libx264", "-crf", "10", "-threads", "1", "-c:a", "copy")
    run_ffmpeg(["-i", str(clip)], *shape, *options, *way, str(path))


def make_logo(path: Path) -> None:
    """A picture with soft alpha."""
    across, down = np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 40))
    pixels = np.zeros((40, 60, 4), np.uint8)
    pixels[..., 0], pixels[..., 1] = 240, 120
    pixels[..., 3] = np.clip(1.4 - np.hypot(across, down), 0, 1) * 255
    Image.fromarray(pixels).save(path)


def make_table(path: Path) -> None:
    """A .cube file that bends every colour."""
    steps = [place / 4 for place in range(5)]
    rows = [
        f"{red**0.8:.6f} {0.1 * red + 0.9 * green:.6f} {0.8 * blue**1.2:.6f}"
        for blue in steps
        for green in steps
        for red in steps
    ]
    path.write_text("\n".join(["LUT_3D_SIZE 5", *rows, ""]))


def make_tune(path: Path, seconds: float, seed: int, *, pauses: bool) -> None:
    """Tones and noise; with pauses, something like speech."""
    numbers = np.random.default_rng(seed)
    count = round(seconds * 48_000)
    places = np.arange(count) / 48_000
    tones = zip(numbers.uniform(150, 3000, 5), numbers.uniform(0, 6, 5), strict=True)
    mixed = sum(0.06 * np.sin(2 * np.pi * hertz * places + phase) for hertz, phase in tones)
    sound = np.stack([mixed, mixed[::-1]], axis=1) + numbers.normal(0, 0.003, (count, 2))
    if pauses:
        sound *= ((places % 1.1) < 0.5)[:, None]
    write_sound(path, sound)


def write_sound(path: Path, sound: NDArray[np.float64]) -> None:
    """A WAV file of 16 bits, 48 kHz, stereo."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
