"""The numbers that all pieces of a profile have in common: clock, level, size. How they are encoded
is `encoding`'s matter.

A change here changes pixels or parameter sets: the composer's version must be raised with it.
"""

from fractions import Fraction

from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate

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
