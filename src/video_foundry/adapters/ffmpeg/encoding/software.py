"""The options of the encoders that run on any processor, and what each quality means to them."""

from collections.abc import Callable, Mapping

from video_foundry.core.levels import level
from video_foundry.core.pieces import KEYFRAME_DISTANCE
from video_foundry.core.profile import OutputProfile, Quality, VideoCodec

DISTANCE = str(KEYFRAME_DISTANCE)

NAMES: Mapping[VideoCodec, str] = {
    "h264": "libx264",
    "hevc": "libx265",
    "av1": "libsvtav1",
    "vp9": "libvpx-vp9",
    "prores": "prores_ks",
}

H264: Mapping[Quality, tuple[str, str]] = {
    "draft": ("superfast", "26"),
    "standard": ("veryfast", "20"),
    "high": ("slow", "17"),
}
"""Preset and constant rate factor."""

HEVC: Mapping[Quality, tuple[str, str]] = {
    "draft": ("ultrafast", "25"),
    "standard": ("faster", "22"),
    "high": ("medium", "18"),
}
"""Preset and constant rate factor."""

AV1: Mapping[Quality, tuple[str, str]] = {
    "draft": ("12", "40"),
    "standard": ("8", "28"),
    "high": ("5", "16"),
}
"""Preset (higher is faster) and constant rate factor."""

VP9: Mapping[Quality, tuple[str, str, str]] = {
    "draft": ("realtime", "8", "40"),
    "standard": ("realtime", "5", "29"),
    "high": ("good", "4", "21"),
}
"""Deadline, speed and constant quality."""

PRORES: Mapping[Quality, tuple[str, ...]] = {
    "draft": ("-profile:v", "lt"),
    "standard": ("-profile:v", "hq"),
    "high": ("-profile:v", "hq", "-bits_per_mb", "8192"),
}
"""422 LT, 422 HQ at its usual size, and HQ with as many bits as a macroblock can use."""

MOST_SVT_LEVEL = 6
"""SVT-AV1's levels of parallelism end here."""


def h264(profile: OutputProfile, _: int) -> list[str]:
    """x264: parameter sets that do not depend on content, and no note about itself."""
    preset, factor = H264[profile.quality]
    return [
        *("-preset", preset, "-crf", factor),
        *("-profile:v", "high", "-level:v", level(profile), "-pix_fmt", "yuv420p"),
        *("-g", DISTANCE, "-keyint_min", DISTANCE, "-sc_threshold", "0", "-bf", "3"),
        *("-flags:v", "+cgop+bitexact", "-x264-params", "open-gop=0:stitchable=1"),
    ]


def hevc(profile: OutputProfile, threads: int) -> list[str]:
    """x265: one frame at a time, so that the number of threads changes nothing."""
    preset, factor = HEVC[profile.quality]
    own = {
        "keyint": DISTANCE,
        "min-keyint": DISTANCE,
        "scenecut": "0",
        "open-gop": "0",
        "bframes": "3",
        "info": "0",
        "repeat-headers": "0",
        "frame-threads": "1",
        "pools": str(threads),
        "log-level": "error",
    }
    return [
        *("-preset", preset, "-crf", factor, "-profile:v", "main", "-pix_fmt", "yuv420p"),
        *("-tag:v", "hvc1", "-g", DISTANCE, "-flags:v", "+cgop+bitexact"),
        *("-x265-params", _joined(own)),
    ]


def av1(profile: OutputProfile, threads: int) -> list[str]:
    """SVT-AV1: key frames behind which nothing is looked back at, and at their places alone."""
    preset, factor = AV1[profile.quality]
    own = {"irefresh-type": "2", "scd": "0", "lp": str(min(threads, MOST_SVT_LEVEL))}
    return [
        *("-preset", preset, "-crf", factor, "-pix_fmt", "yuv420p"),
        *("-g", DISTANCE, "-flags:v", "+cgop+bitexact", "-svtav1-params", _joined(own)),
    ]


def vp9(profile: OutputProfile, _: int) -> list[str]:
    """libvpx in one pass, in which looking ahead changes nothing and costs a third of the time."""
    deadline, speed, quality = VP9[profile.quality]
    return [
        *("-deadline", deadline, "-cpu-used", speed, "-crf", quality, "-b:v", "0"),
        *("-profile:v", "0", "-pix_fmt", "yuv420p", "-tile-columns", "2", "-row-mt", "1"),
        *("-g", DISTANCE, "-keyint_min", DISTANCE, "-flags:v", "+bitexact"),
        *("-lag-in-frames", "0", "-auto-alt-ref", "0"),
    ]


def prores(profile: OutputProfile, _: int) -> list[str]:
    """ProRes 422 in 10 bit, by the name that editing programs know its maker by."""
    return [
        *PRORES[profile.quality],
        *("-vendor", "apl0", "-pix_fmt", "yuv422p10le", "-flags:v", "+bitexact"),
    ]


Options = Callable[[OutputProfile, int], list[str]]
"""Takes the profile and the number of threads."""

OPTIONS: Mapping[VideoCodec, Options] = {
    "h264": h264,
    "hevc": hevc,
    "av1": av1,
    "vp9": vp9,
    "prores": prores,
}


def _joined(own: Mapping[str, str]) -> str:
    return ":".join(f"{name}={value}" for name, value in own.items())
