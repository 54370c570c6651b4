"""One source of a film, decoded whole: every frame as red, green and blue in the standard range and
when it is due, and its sound where it lies beside the picture. Knows nothing of timelines, and is
not used in production.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeAlias

import av
import numpy as np
from numpy.typing import NDArray

from video_foundry.testing.clips import run_ffmpeg
from video_foundry.testing.pictures import Picture, split_pictures

Colours: TypeAlias = NDArray[np.float64]
"""Rows x columns x red, green, blue (and alpha), 0..255."""

Sound: TypeAlias = NDArray[np.float64]
"""48 kHz stereo, one row a sample, full scale at 1."""

RATE = 48_000

PQ = 16
"""The transfer of SMPTE ST 2084, by its number in ITU-T H.273."""

PLAIN = ("yuv420p", 1, 1)
"""Pixels, matrix (BT.709) and range (limited) of a film's frames, the numbers by ITU-T H.273."""

WHITE = 203.0
"""cd/m2 that become full white, the level of paper in ITU-R BT.2408."""

KNEE, BRIGHTEST = 0.7, 5.0
"""Up to here light stays as it is; what is as bright as this becomes white."""

_EXACT = "scale=flags=accurate_rnd+full_chroma_int"


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """size: width and height as stored, upright. aspect: of a pixel. times: seconds, the first at
    zero. frames: red, green, blue (and alpha) in 16 bits. is_plain: stored just as a film's are."""

    path: Path
    size: tuple[int, int]
    aspect: Fraction
    times: Sequence[Fraction]
    frames: NDArray[np.uint16]
    is_hdr: bool
    is_plain: bool

    @classmethod
    @lru_cache(maxsize=24)
    def of(cls, path: Path) -> "Decoded":
        """Decode a clip or an image."""
        with av.open(str(path)) as container:
            context = container.streams.video[0].codec_context
            stored = (context.pix_fmt, int(context.colorspace), int(context.color_range))
            is_hdr = int(context.color_trc) == PQ
        pixels = "rgba64le" if _has_alpha(str(stored[0])) else "rgb48le"
        told, rows = _listed(path, "-map", "0:v:0", "-fps_mode", "passthrough")
        width, _, height = told["dimensions 0"].partition("x")
        top, _, bottom = told.get("sar 0", "1/1").partition("/")
        raw = run_ffmpeg(
            ["-i", str(path)], "-map", "0:v:0", "-fps_mode", "passthrough",
            "-vf", f"{_EXACT},format={pixels}", "-f", "rawvideo", "-",
        )  # fmt: skip
        shape = (-1, int(height), int(width), 4 if pixels == "rgba64le" else 3)
        return cls(
            path=path,
            size=(int(width), int(height)),
            aspect=Fraction(int(top), int(bottom)) if int(top) else Fraction(1),
            times=[time - rows[0] for time in rows],
            frames=np.frombuffer(raw, np.uint16).reshape(shape),
            is_hdr=is_hdr,
            is_plain=stored == PLAIN and top == bottom,
        )

    def colours(self, number: int) -> Colours:
        """A frame: what is clear shows black, and what is too bright is brought down."""
        values = self.frames[number].astype(np.float64) / 65_535
        if values.shape[2] == 4:
            values = values[..., :3] * values[..., 3:]
        return (_brought_down(values) if self.is_hdr else values) * 255

    @cached_property
    def planes(self) -> Sequence[Picture]:
        """Every frame as it is stored, for a clip that needs nothing done to it."""
        raw = run_ffmpeg(
            ["-i", str(self.path)], "-map", "0:v:0", "-fps_mode", "passthrough",
            "-pix_fmt", "yuv420p", "-f", "rawvideo", "-",
        )  # fmt: skip
        return split_pictures(raw, self.size)


@lru_cache(maxsize=24)
def heard_beside(path: Path, *filters: str) -> Sound:
    """A clip's whole sound, from its first picture on."""
    return heard_in(path, *filters, zero=_begin(path, "0:v:0"))


def heard_in(path: Path, *filters: str, zero: Fraction | None = None) -> Sound:
    """A file's whole sound, from where it begins or from `zero` seconds on its own clock."""
    chain = ",".join([f"aresample={RATE}", *filters])
    late = 0 if zero is None else round((_begin(path, "0:a:0") - zero) * RATE)
    raw = run_ffmpeg(
        ["-i", str(path)], "-map", "0:a:0", "-af", chain, "-ac", "2", "-f", "s16le", "-"
    )
    sound = np.frombuffer(raw, np.int16).reshape(-1, 2) / 32768
    return np.concatenate([np.zeros((max(late, 0), 2)), sound[max(-late, 0) :]])


def _listed(path: Path, *which: str) -> tuple[dict[str, str], list[Fraction]]:
    """What FFmpeg says of a decoded stream, and the seconds at which its frames begin."""
    listed = run_ffmpeg(["-copyts", "-i", str(path)], *which, "-f", "framecrc", "-").decode()
    lines = listed.splitlines()
    told = dict(line[1:].split(": ", 1) for line in lines if line[0] == "#")
    base = Fraction(told["tb 0"])
    return told, [int(line.split(",")[2]) * base for line in lines if line[0] == "0"]


def _begin(path: Path, stream: str) -> Fraction:
    """Seconds on the file's own clock at which a stream begins to be seen or heard."""
    return _listed(path, "-map", stream, "-frames", "1", "-fps_mode", "passthrough")[1][0]


def _has_alpha(pixels: str) -> bool:
    return av.VideoFormat(pixels).name.startswith(("rgba", "bgra", "argb", "abgr", "yuva", "gbrap"))


def _brought_down(values: Colours) -> Colours:
    """Of BT.2020 by ST 2084 to BT.709: light as it was up to the knee, and pressed together above
    it by Moebius's transformation, the brightest of the three deciding for all; coded for a display
    of BT.1886."""
    light = np.maximum(_light_of(values) @ _FROM_BT2020.T, 0)
    most = np.maximum(light.max(axis=-1, keepdims=True), 1e-6)
    low = -(KNEE**2) * (BRIGHTEST - 1) / (KNEE**2 - 2 * KNEE + BRIGHTEST)
    high = (KNEE**2 - 2 * KNEE * BRIGHTEST + BRIGHTEST) / (BRIGHTEST - 1)
    factor = (high**2 + 2 * high * KNEE + KNEE**2) / (high - low)
    pressed = np.where(most <= KNEE, most, factor * (most + low) / (most + high))
    shown: Colours = np.clip(light * pressed / most, 0, 1)
    return shown ** (1 / 2.4)


def _light_of(values: Colours) -> Colours:
    """ST 2084's curve, in whites."""
    root = values ** (1 / 78.84375)
    light: Colours = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
    return light ** (1 / 0.1593017578125) * 10_000 / WHITE


_FROM_BT2020 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
)
"""Linear light of the wide primaries in those of BT.709 (ITU-R BT.2087)."""
