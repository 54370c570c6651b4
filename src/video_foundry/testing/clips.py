"""Makes small real clips for tests, good and damaged, whose every frame says which it is.

Each frame is a 5 x 4 grid of bright and dark fields: 6 bits clip number, 10 bits frame number and 4
check bits, readable after scaling, padding and encoding. Nothing here is used in production.
"""

import struct
import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from video_foundry.adapters.ffmpeg.binary import find_ffmpeg

COLUMNS, ROWS = 5, 4
FRAME_BITS, CHECK_BITS = 10, 4


@dataclass(frozen=True, kw_only=True)
class ClipSpec:
    """What a test clip is like.

    number: 0..63, also chooses the pitch of its sound. rate: as FFmpeg takes it ("30000/1001").
    aspect: sample aspect ("4/3"). rotation: degrees in the display matrix. sound: codec name, or
    None for no track. sound_seconds: its length where it is not the picture's. delays: in seconds.
    variable: frames at 0, 50, 80, 120, 170, 200, 240, ... ms, whatever `rate` says.
    """

    number: int = 1
    frames: int = 24
    size: tuple[int, int] = (160, 90)
    rate: str = "24"
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    full_range: bool = False
    matrix: str = "bt709"
    aspect: str = "1"
    rotation: int = 0
    sound: str | None = "aac"
    sound_rate: int = 44_100
    sound_channels: int = 1
    sound_seconds: float | None = None
    sound_delay: float = 0.0
    picture_delay: float = 0.0
    variable: bool = False


_PLAIN = ClipSpec()


def variable_times(frames: int) -> list[Fraction]:
    """Seconds at which the frames of a `variable` clip begin."""
    return [Fraction(40 * n + 10 * (n % 3 == 1), 1000) for n in range(frames)]


def pitch(number: int) -> int:
    """Hz of the tone in clip `number`."""
    return 300 + 100 * number


def make_clip(target: Path, spec: ClipSpec = _PLAIN) -> Path:
    """Write a clip; the name's ending chooses the container (.mp4, .mov, .webm, .mkv)."""
    made = target.with_name(f"unturned-{target.name}") if spec.rotation else target
    run_ffmpeg(_picture_input(spec), *_encoding(spec), str(made), stdin=b"".join(_frames(spec)))
    if spec.rotation:
        turn = ["-display_rotation", str(spec.rotation), "-i", str(made), "-c", "copy"]
        run_ffmpeg(turn, str(target))
        made.unlink()
    return target


def make_still(target: Path, spec: ClipSpec = _PLAIN, *, alpha: bool = False) -> Path:
    """Write frame 0 of the clip as a picture (.png, .jpg, .webp); alpha: its right half clear."""
    clear = "geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(lt(X,W/2),255,0)'"
    options = ["-vf", f"format=rgba,{clear}"] if alpha else []
    first = next(_frames(spec))
    run_ffmpeg(_picture_input(spec), "-an", *options, "-frames:v", "1", str(target), stdin=first)
    return target


def make_flat(target: Path, colour: str, *options: str, size: str = "128x72") -> Path:
    """Write half a second of one colour (as FFmpeg names it), for tests of colour."""
    picture = ["-f", "lavfi", "-i", f"color={colour}:s={size}:r=24:d=0.5,format=gbrp"]
    run_ffmpeg(picture, *options, str(target))
    return target


def make_tone(target: Path, seconds: float = 1.0) -> Path:
    """Write a file of sound alone."""
    run_ffmpeg(["-f", "lavfi", "-i", f"sine=440:d={seconds}"], str(target))
    return target


# Damage


def truncated(source: Path, target: Path, part: float) -> Path:
    """The first `part` (0..1) of the bytes."""
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * part)])
    return target


def zeroed(source: Path, target: Path, *, at: float = 0.5, length: int = 4096) -> Path:
    """`length` bytes of zero, from `at` (0..1) of the file on."""
    data = bytearray(source.read_bytes())
    start = int(len(data) * at)
    data[start : start + length] = bytes(min(length, len(data) - start))
    target.write_bytes(data)
    return target


def flipped(source: Path, target: Path, *, at: float = 0.5) -> Path:
    """One bit turned over, at `at` (0..1) of the file."""
    data = bytearray(source.read_bytes())
    data[int(len(data) * at)] ^= 0x10
    target.write_bytes(data)
    return target


def make_playlist(target: Path, entry: str) -> Path:
    """An HLS playlist that names `entry` (a path or address)."""
    target.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{entry}\n#EXT-X-ENDLIST\n")
    return target


def make_concat_script(target: Path, entry: str) -> Path:
    """An FFmpeg concat script that names `entry`."""
    target.write_text(f"ffconcat version 1.0\nfile '{entry}'\n")
    return target


def make_huge_png(target: Path, side: int = 16_000) -> Path:
    """A small PNG file that unpacks to `side` x `side` pixels."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)  # one bit, grey
    packer = zlib.compressobj(6)
    row = bytes(side // 8 + 1)
    data = b"".join([packer.compress(row) for _ in range(side)]) + packer.flush()
    chunks = [(b"IHDR", header), (b"IDAT", data), (b"IEND", b"")]
    target.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))
    return target


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# The barcode


def _code(number: int, frame: int) -> int:
    value = number << FRAME_BITS | frame % (1 << FRAME_BITS)
    return value << CHECK_BITS | check_bits(value)


def check_bits(value: int) -> int:
    """Four bits that go with a clip and frame number."""
    return (value ^ value >> 4 ^ value >> 8 ^ value >> 12) & 15 ^ 5


def _frames(spec: ClipSpec) -> Iterator[bytes]:
    """Raw RGB: bright fields tinted by the clip's number, so that people can tell clips apart."""
    width, height = spec.size
    columns = np.arange(width) * COLUMNS // width
    rows = np.arange(height) * ROWS // height
    tint = np.array([(255, 235, 190), (190, 255, 235), (235, 190, 255)][spec.number % 3])
    for frame in range(spec.frames):
        code = _code(spec.number, frame)
        places = np.arange(ROWS * COLUMNS - 1, -1, -1)
        grid = (code >> places & 1).reshape(ROWS, COLUMNS)
        bright = grid[rows][:, columns][..., None]
        yield np.where(bright, tint, (24, 28, 40)).astype(np.uint8).tobytes()


# FFmpeg


def _picture_input(spec: ClipSpec) -> list[str]:
    width, height = spec.size
    delay = ["-itsoffset", str(spec.picture_delay)] if spec.picture_delay else []
    return [
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"),
        *("-framerate", spec.rate, *delay, "-i", "pipe:0", *_sound_input(spec)),
    ]


def _sound_input(spec: ClipSpec) -> list[str]:
    if spec.sound is None:
        return []
    top, _, bottom = spec.rate.partition("/")
    seconds = spec.sound_seconds or spec.frames * int(bottom or 1) / int(top)
    layout = "stereo" if spec.sound_channels == 2 else "mono"
    tone = f"sine={pitch(spec.number)}:r={spec.sound_rate}:d={seconds},aformat=channel_layouts="
    delay = ["-itsoffset", str(spec.sound_delay)] if spec.sound_delay else []
    return ["-f", "lavfi", *delay, "-i", f"{tone}{layout}"]


def _encoding(spec: ClipSpec) -> list[str]:
    reach = "pc" if spec.full_range else "tv"
    times = "settb=1/1000,setpts='40*N+10*eq(mod(N,3),1)'," if spec.variable else ""
    shape = (
        f"{times}setsar={spec.aspect},scale=out_color_matrix={spec.matrix}:out_range={reach}:"
        f"flags=accurate_rnd,format={spec.pixel_format}"
    )
    quality = {
        "libx264": ["-preset", "ultrafast", "-crf", "18", "-g", "12", "-bf", "2"],
        "libvpx-vp9": ["-deadline", "realtime", "-cpu-used", "8", "-crf", "20", "-b:v", "0"],
        "libx265": ["-preset", "ultrafast", "-crf", "18", "-x265-params", "log-level=none"],
    }.get(spec.codec, [])
    sound = ["-map", "1:a", "-c:a", spec.sound] if spec.sound else ["-an"]
    return [
        *("-map", "0:v", "-vf", shape, "-fps_mode", "passthrough", "-c:v", spec.codec, *quality),
        *("-color_range", reach, "-colorspace", spec.matrix, "-threads", "1", *sound),
        *(["-enc_time_base:v", "1/1000"] if spec.variable else []),
        *(["-strict", "-2"] if spec.sound == "opus" else []),
    ]


def run_ffmpeg(
    inputs: list[str], *arguments: str, stdin: bytes = b"", silent: bool = False
) -> bytes:
    """Standard output. Raises RuntimeError on failure; with `silent`, on any complaint too."""
    command = [str(find_ffmpeg().path), "-hide_banner", "-v", "error", "-y", *inputs, *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    if done.returncode or (silent and done.stderr):
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr.decode(errors='replace')}")
    return done.stdout
