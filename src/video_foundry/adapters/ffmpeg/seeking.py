"""Where reading begins when only a later part of a clip is wanted. Decides nothing about frames."""

from fractions import Fraction

from video_foundry.adapters.ffmpeg.source import Source

SEEK_MARGIN = Fraction(2)
"""Seconds before the wanted start at which decoding begins, so that no frame near it is missed."""


def seek_options(source: Source, start: Fraction) -> list[str]:
    """What makes FFmpeg begin reading shortly before `start`; nothing where that saves nothing."""
    if source.kind.is_image or start <= SEEK_MARGIN:
        return []
    point = float(source.start + start - SEEK_MARGIN)
    # Not "accurate": that would drop a frame which begins before this point and is still shown.
    return ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{point:.6f}"]
