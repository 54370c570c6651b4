"""The test clip: one picture with a moving bar and a frame counter, encoded in one cheap pass.

Only bytes from a ClipSpec; no provider behaviour, no waiting. Runs in a thread: it blocks.
"""

import colorsys
import io
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from video_foundry.adapters.models.mock.mapping import ClipSpec

SAMPLE_RATE = 48_000
MAX_PICTURE_PIXELS = 64_000_000
"""A larger reference picture is left out of the clip rather than decoded."""

_TONES_HZ = (196.0, 220.0, 246.9, 293.7)
Plane = NDArray[np.uint8]


def write_clip(spec: ClipSpec, target: Path, *, truncated: bool = False) -> None:
    """Encode the clip as H.264 + AAC in MP4; `truncated` leaves off its last third."""
    _encode(spec, target)
    if truncated:
        os.truncate(target, target.stat().st_size * 2 // 3)


def write_nonsense(target: Path) -> None:
    """Write what a broken provider may send instead of a video: an error page."""
    target.write_text("<!doctype html><title>502</title><h1>Bad gateway</h1>\n", encoding="utf-8")


def _encode(spec: ClipSpec, target: Path) -> None:
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        video = out.add_stream("libx264", rate=spec.fps)
        video.width, video.height, video.pix_fmt = spec.width, spec.height, "yuv420p"
        video.options = {"preset": "ultrafast", "qp": "24", "threads": "1"}
        _tag_bt709(video.codec_context)
        sound = _open_sound(spec)
        track = out.add_stream_from_template(sound.streams.audio[0]) if sound else None
        for packet in _video_packets(video, spec):
            out.mux(packet)
        if sound and track:
            for packet in sound.demux():
                if packet.dts is not None:
                    packet.stream = track
                    out.mux(packet)
            sound.close()


def _tag_bt709(context: Any) -> None:
    context.color_primaries = context.color_trc = context.colorspace = 1
    context.color_range = 1  # limited ("tv")


def _video_packets(video: Any, spec: ClipSpec) -> Iterator[Any]:
    """One frame object for all frames: x264 copies what it is given before it returns."""
    rgb = av.VideoFrame.from_ndarray(np.asarray(_picture(spec)), format="rgb24")
    frame = rgb.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
    animation = _Animation(spec, _luma(frame))
    for index in range(spec.frames):
        animation.advance_to(index)
        frame.pts = index
        yield from video.encode(frame)
    yield from video.encode()


def _luma(frame: Any) -> Plane:
    """The brightness plane of a frame, writable in place."""
    plane = frame.planes[0]
    rows: Plane = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


class _Animation:
    """Moves the bar and counts frames by touching a few rows of the luma plane."""

    def __init__(self, spec: ClipSpec, luma: Plane) -> None:
        self.spec = spec
        self.luma = luma
        size = min(spec.width, spec.height)
        self.bar = slice(spec.height - max(4, size // 30), spec.height)
        self.digits = _digits(max(10, size // 12))
        height, width = self.digits[0].shape
        top = self.bar.start - height - size // 24
        left = spec.width - 5 * width - size // 16
        self.counter = (slice(top, top + height), slice(left, left + 5 * width))
        self.under = luma[self.counter].copy()

    def advance_to(self, index: int) -> None:
        """Change the plane from any earlier frame to this one."""
        done = (index + 1) * self.spec.width // self.spec.frames
        self.luma[self.bar, :done] = 225
        ink = np.hstack([self.digits[int(d)] for d in f"{index:05d}"])
        self.luma[self.counter] = np.maximum(self.under, ink)


@lru_cache(maxsize=8)
def _digits(size: int) -> list[Plane]:
    font = ImageFont.load_default(size)
    box = (max(round(font.getlength(d)) for d in "0123456789") + 1, round(size * 1.2))
    found = []
    for digit in "0123456789":
        image = Image.new("L", box, 0)
        ImageDraw.Draw(image).text((0, 0), digit, 235, font=font)
        found.append(np.asarray(image))
    return found


def _picture(spec: ClipSpec) -> Image.Image:
    image = _background(spec)
    last = _load(spec.pictures.get("last_frame"), (spec.width // 4, spec.height // 4))
    size = min(spec.width, spec.height)
    if last is not None:
        image.paste(last, (spec.width - last.width - size // 16, size // 16))
    draw = ImageDraw.Draw(image)
    margin, body = size // 12, max(11, size // 13)
    font = ImageFont.load_default(body)
    small = ImageFont.load_default(max(9, size // 24))
    facts = f"mock-ai   {spec.width} x {spec.height}   {spec.fps} fps   seed {spec.seed}"
    draw.text((margin, margin), facts, (255, 255, 255), font=small)
    lines = _wrapped(spec.prompt, font, spec.width - 2 * margin)
    top = (spec.height - len(lines) * body * 1.35) / 2
    for number, line in enumerate(lines):
        place = (margin, top + number * body * 1.35)
        draw.text(place, line, (255, 255, 255), font=font)
    return image


def _background(spec: ClipSpec) -> Image.Image:
    given = _load(spec.pictures.get("first_frame"), (spec.width, spec.height))
    if given is not None:
        return Image.blend(given, Image.new("RGB", given.size), 0.35)
    digest = spec.hash_bytes
    hue, shift = digest[0] / 256, 0.06 + digest[1] / 256 * 0.12
    low = _rgb(hue, 0.62, 0.30)
    high = _rgb((hue + shift) % 1, 0.55, 0.62)
    ramp = Image.linear_gradient("L").resize((spec.width, spec.height))
    return ImageOps.colorize(ramp, high, low)


def _rgb(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _load(path: Path | None, size: tuple[int, int]) -> Image.Image | None:
    """A reference picture cut to size; None when there is none or it is no picture (a video)."""
    if path is None:
        return None
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PICTURE_PIXELS:
                return None
            return ImageOps.fit(image.convert("RGB"), size)
    except (OSError, ValueError):
        return None


def _wrapped(text: str, font: Any, width: int) -> list[str]:
    """At most four lines that fit; anything without a glyph in Latin-1 shows as a question mark."""
    shown = " ".join(text[:400].encode("latin-1", "replace").decode("latin-1").split())
    lines: list[str] = [""]
    for word in shown.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines[:4]


def _open_sound(spec: ClipSpec) -> Any:
    if not spec.audio:
        return None
    samples = round(spec.frames * SAMPLE_RATE / spec.fps)
    return av.open(io.BytesIO(_tone(samples, spec.hash_bytes[2] % len(_TONES_HZ))))


@lru_cache(maxsize=64)
def _tone(samples: int, which: int) -> bytes:
    """A soft chord as AAC. Kept, because a hundred clips of one length share a few of them."""
    time = np.arange(samples, dtype=np.float64) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * _TONES_HZ[which] * ratio * time) for ratio in (1, 1.25, 1.5))
    fade = np.minimum(1, np.minimum(time, time[::-1]) / 0.05)
    mono = (chord * fade * 0.02).astype(np.float32)
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as out:
        stream: Any = out.add_stream("aac", rate=SAMPLE_RATE)
        stream.layout, stream.bit_rate = "stereo", 96_000
        frame = av.AudioFrame.from_ndarray(np.stack([mono, mono]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return sink.getvalue()
