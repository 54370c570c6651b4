"""The encoder settings that make pieces joinable: one set for every piece of a profile.

A change here changes pixels or parameter sets: the composer's version must be raised with it.
"""

from fractions import Fraction
from math import lcm

from video_foundry.core.pieces import KEYFRAME_DISTANCE
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import SAMPLE_RATE, FrameRate

QUALITY = 20
"""x264's constant rate factor."""

SOUND_BITRATE = "192k"

TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
"""The filter that tells every frame's colour."""

_LARGEST_TIMESCALE = 2**31 - 1

_LEVELS = (  # H.264 table A-1: name, macroblocks a second, macroblocks a frame
    ("4.0", 245_760, 8_192),
    ("4.2", 522_240, 8_704),
    ("5.0", 589_824, 22_080),
    ("5.1", 983_040, 36_864),
    ("5.2", 2_073_600, 36_864),
    ("6.0", 4_177_920, 139_264),
    ("6.1", 8_355_840, 139_264),
    ("6.2", 16_711_680, 139_264),
)


def timescale(rate: FrameRate) -> int:
    """Ticks a second of the picture track: every frame lasts a whole number of them."""
    fine = rate.num * 1000
    return fine if fine <= _LARGEST_TIMESCALE else rate.num


def film_timescale(rate: FrameRate) -> int:
    """Ticks a second of a film's edit lists, in which picture and sound both end exactly.

    With the usual 1000 the last sound samples, or a part of the last frame, would be cut away.
    """
    both = lcm(SAMPLE_RATE, rate.num)
    return both if both <= _LARGEST_TIMESCALE else SAMPLE_RATE


def step(rate: FrameRate) -> int:
    """Ticks of one frame."""
    return timescale(rate) // rate.num * rate.den


def level(profile: OutputProfile) -> str:
    """The lowest H.264 level, from 4.0 on, that has room for the profile."""
    blocks = -(-profile.width // 16) * -(-profile.height // 16)
    speed = blocks * profile.fps.fraction
    for name, most_a_second, most_a_frame in _LEVELS:
        if blocks <= most_a_frame and speed <= most_a_second:
            return name
    return _LEVELS[-1][0]


def fit(size: tuple[int, int], profile: OutputProfile) -> tuple[int, int]:
    """The even size at which a picture of `size` fits the profile without being cut."""
    factor = min(Fraction(profile.width, size[0]), Fraction(profile.height, size[1]))
    width, height = (max(2, 2 * round(side * factor / 2)) for side in size)
    return min(width, profile.width), min(height, profile.height)


def picture_encoder(profile: OutputProfile, *, threads: int) -> list[str]:
    """FFmpeg's output options for the picture of a piece."""
    distance = str(KEYFRAME_DISTANCE)
    return [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", str(QUALITY)),
        *("-profile:v", "high", "-level:v", level(profile), "-pix_fmt", "yuv420p"),
        *("-g", distance, "-keyint_min", distance, "-sc_threshold", "0", "-bf", "3"),
        *("-flags:v", "+cgop+bitexact", "-x264-params", "open-gop=0:stitchable=1"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
        *("-color_range", "tv", "-threads:v", str(threads)),
        *("-bsf:v", "filter_units=remove_types=6", "-fps_mode:v", "passthrough"),
    ]


def piece_container(profile: OutputProfile) -> list[str]:
    """FFmpeg's output options for the file of a piece: sound as PCM, nothing that varies."""
    return ["-c:a", "pcm_s16le", "-flags:a", "+bitexact", *picture_container(profile)]


def picture_container(profile: OutputProfile) -> list[str]:
    """FFmpeg's output options for the file of a piece without sound."""
    return [
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
        *("-write_tmcd", "0", "-video_track_timescale", str(timescale(profile.fps)), "-f", "mov"),
    ]
