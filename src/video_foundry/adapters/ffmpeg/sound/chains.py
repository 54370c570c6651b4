"""Builds the filter chain that decodes a sound, from numbers alone."""

from fractions import Fraction

from video_foundry.core.timebase import SAMPLE_RATE

_MOST_TEMPO, _LEAST_TEMPO = Fraction(2), Fraction(1, 2)
"""Beyond these, one stretching filter would leave sound out, or refuse."""


def decoding_chain(*, zero: Fraction, samples: int, speed: Fraction) -> str:
    """From decoded sound to exactly `samples` of 48 kHz 16-bit stereo, silence where it ends.

    zero: seconds on the file's own clock that become the first sample. speed: of the result; the
    pitch stays. More than two channels are mixed down by ITU-R BS.775, less their gain so that
    nothing clips.
    """
    needed = -(-samples * speed.numerator // speed.denominator)
    return ",".join(
        [
            f"asetpts=PTS-({zero.numerator}/{zero.denominator})/TB",
            f"aresample={SAMPLE_RATE}:async=1:first_pts=0:osf=s16:ochl=stereo",
            f"atrim=end_sample={needed}",
            *(f"atempo={float(tempo):.9f}" for tempo in tempos(speed)),
            "apad",
            f"atrim=end_sample={samples}",
            "asetpts=PTS-STARTPTS",
        ]
    )


def tempos(speed: Fraction) -> list[Fraction | float]:
    """`speed` as equal factors, each within what one filter does well; none for the usual speed."""
    if speed == 1:
        return []
    count = 1
    while not _LEAST_TEMPO**count <= speed <= _MOST_TEMPO**count:
        count += 1
    return [speed] if count == 1 else [float(speed) ** (1 / count)] * count
