"""What all pieces of a profile have in common: clock and colour. How they are encoded is
`encoding`'s matter.

A change here changes pixels or parameter sets: the composer's version must be raised with it.
"""

from video_foundry.core.timebase import FrameRate

TAGS = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"
"""The filter that tells every frame's colour."""

_LARGEST_TIMESCALE = 2**31 - 1


def timescale(rate: FrameRate) -> int:
    """Ticks a second of the picture track: every frame lasts a whole number of them."""
    fine = rate.num * 1000
    return fine if fine <= _LARGEST_TIMESCALE else rate.num


def step(rate: FrameRate) -> int:
    """Ticks of one frame."""
    return timescale(rate) // rate.num * rate.den
