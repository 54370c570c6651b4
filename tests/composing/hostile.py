"""Clips that seem to conform to a film and do not: what their headers say is not what is in them,
or what is in them cannot be copied. Each with words of the reason that is to be found."""

import struct
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.composing.material import TAGGED, encode_clip

from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg

Maker = Callable[[Path, Path], None]
"""Makes a clip at the first path of the plain one at the second."""

GROUPS = ("-g", "24", "-sc_threshold", "0", "-flags", "+cgop")


def by_options(*options: str) -> Maker:
    """Encoded so."""

    def make(target: Path, plain: Path) -> None:
        encode_clip(target, plain, [*GROUPS, *options])

    return make


def by_copying(*options: str, before: tuple[str, ...] = ()) -> Maker:
    """Encoded as it should be, and copied so. before: options of the input."""

    def make(target: Path, plain: Path) -> None:
        whole = target.with_name(f"whole-{target.name}")
        encode_clip(whole, plain, GROUPS)
        run_ffmpeg([*before, "-i", str(whole)], "-c", "copy", *options, str(target))

    return make


def tinted(**told: str) -> Maker:
    """With other words about its colour in its bitstream."""
    words = {"range": "tv", "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}
    said = ":".join(f"{name}={value}" for name, value in {**words, **told}.items())
    return by_options("-vf", f"setparams={said}")


def with_false_keys(target: Path, plain: Path) -> None:
    """Its index calls the second frame a key frame in place of the first after it."""
    encode_clip(target, plain, GROUPS)
    data = bytearray(target.read_bytes())
    at = data.index(b"stss") + 12
    assert struct.unpack_from(">I", data, at + 4) == (25,)
    struct.pack_into(">I", data, at + 4, 2)
    target.write_bytes(data)


def with_hidden_keys(target: Path, plain: Path) -> None:
    """Its index names a third key frame, which is none, in place of the real one."""
    encode_clip(target, plain, GROUPS)
    data = bytearray(target.read_bytes())
    at = data.index(b"stss") + 12
    assert struct.unpack_from(">I", data, at + 8) == (49,)
    struct.pack_into(">I", data, at + 8, 50)
    target.write_bytes(data)


def with_changing_sets(target: Path, plain: Path) -> None:
    """Two encodes, the one behind the other in one stream."""
    parts = []
    for number, preset in enumerate(("ultrafast", "slow")):
        part = target.with_name(f"{number}-{target.stem}.h264")
        run_ffmpeg(
            ["-i", str(plain)],
            *("-an", "-vf", TAGGED, "-c:v", "libx264", "-crf", "10", "-preset", preset, *GROUPS),
            *("-bf", "0", "-frames:v", "24", str(part)),
        )
        parts.append(part.read_bytes())
    both = target.with_suffix(".h264")
    both.write_bytes(b"".join(parts))
    run_ffmpeg(["-r", "24", "-i", str(both)], "-c", "copy", str(target))


LATER = "gte(N\\,30)"

HOSTILE: Mapping[str, tuple[Maker, str]] = {
    "open groups": (
        by_options("-flags", "-cgop", "-bf", "3", "-x264-params", "open-gop=1:keyint=24"),
        "open",
    ),
    "refreshed little by little": (by_options("-x264-params", "intra-refresh=1"), "open"),
    "24 a second, and one frame is late": (
        by_copying("-bsf:v", f"setts=pts=PTS+200*{LATER}:dts=DTS+200*{LATER}"),
        "evenly",
    ),
    "shown unevenly, decoded evenly": (
        by_copying("-bsf:v", "setts=pts=PTS+100*eq(N\\,30)", "-fps_mode", "passthrough"),
        "evenly",
    ),
    "an edit list that skips frames": (by_copying(before=("-ss", "0.5")), "edit list"),
    "an edit list that begins with nothing": (by_copying(before=("-itsoffset", "0.5")), "edit"),
    "full range": (tinted(range="pc"), "full range"),
    "BT.601": (tinted(colorspace="smpte170m"), "BT.709"),
    "wide primaries": (tinted(color_primaries="bt2020"), "BT.709"),
    "nothing said of colour": (
        tinted(color_primaries="unknown", color_trc="unknown", colorspace="unknown"),
        "BT.709",
    ),
    "pixels that are not square": (by_options("-vf", f"{TAGGED},setsar=4/3"), "square"),
    "pixels that are square in the stream alone": (by_copying("-aspect", "4:3"), "square"),
    "upside down": (by_copying(before=("-display_rotation", "180")), "turned"),
    "mirrored": (by_copying(before=("-display_hflip",)), "mirrored"),
    "turned by a message": (
        by_copying("-bsf:v", "h264_metadata=display_orientation=insert:rotate=180"),
        "says more",
    ),
    "ten bits": (by_options("-pix_fmt", "yuv420p10le"), "yuv420p10le"),
    "all colours": (by_options("-pix_fmt", "yuv444p"), "yuv444p"),
    "interlaced": (by_options("-flags", "+ildct+ilme+cgop"), "interlaced"),
    "a high level": (by_options("-level:v", "5.1"), "level"),
    "another size": (by_options("-vf", f"{TAGGED},scale=130:72,setsar=1"), "130 x 72"),
    "another rate": (by_options("-r", "25"), "25 frames"),
    "in fragments": (by_copying("-movflags", "frag_keyframe+empty_moov"), "fragments"),
    "marked off": (by_options("-x264-params", "aud=1"), "marked off"),
    "a false key frame": (with_false_keys, "open"),
    "a key frame that is not named": (with_hidden_keys, "name all"),
    "sets that change": (with_changing_sets, "change"),
    "HEVC": (by_options("-c:v", "libx265", "-x265-params", "log-level=none"), ""),
}
"""What is wrong with it -> how it is made, and a word of the reason; none where nothing is kept of
its coding at all."""


SILENT = {"an edit list that begins with nothing", "in fragments"}
"""Without sound, so that nothing but the picture is in question."""


def make_hostile(folder: Path, what: str) -> Path:
    """A clip of 60 frames, most of them with sound."""
    number = list(HOSTILE).index(what)
    target, plain = folder / f"hostile-{number}.mp4", folder / f"friendly-{number}.mp4"
    sound = None if what in SILENT else "aac"
    make_clip(plain, ClipSpec(number=number + 20, frames=60, size=(128, 72), sound=sound))
    HOSTILE[what][0](target, plain)
    return target
