"""Where reading begins when only a later part of a clip is wanted. Decides nothing about frames."""

from fractions import Fraction

from video_foundry.adapters.ffmpeg.source import Source

SEEK_MARGIN = Fraction(2)
"""Seconds before the wanted start at which decoding begins, so that no frame near it is missed."""


def seek_options(source: Source, start: Fraction) -> list[str]:
    """What makes FFmpeg begin reading shortly before `start`; nothing where that saves nothing."""
    if source.kind.is_image or start <= SEEK_MARGIN:
        return []
    return _from(source.start + start - SEEK_MARGIN)


def key_frame_options(source: Source, moment: Fraction) -> list[str]:
    """What makes FFmpeg begin with the last key frame up to a moment, and decode no others."""
    return ["-skip_frame", "nokey", *(_from(source.start + moment) if moment else [])]


def _from(point: Fraction) -> list[str]:
    # Not "accurate": that would drop a frame which begins before this point and is still shown.
    return ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{float(point):.6f}"]
