"""How much work it is to encode a second of picture, roughly: for estimates of time that people
see, and for nothing else."""

from collections.abc import Mapping

from video_foundry.core.profile import OutputProfile, Quality, VideoCodec

WALL_SECONDS = 0.5
"""To encode a second of 1280x720 at 24 frames as H.264 of standard quality, on a laptop."""

CODECS: Mapping[VideoCodec, float] = {
    "h264": 1.0,
    "hevc": 2.5,
    "av1": 1.7,
    "vp9": 1.2,
    "prores": 4.5,
}
"""Processor time of standard quality, as many times as H.264 takes; measured on 2026-11-22."""

QUALITIES: Mapping[Quality, float] = {"draft": 0.6, "standard": 1.0, "high": 2.5}
"""As many times as standard quality takes, likewise; ProRes hardly differs."""

_REFERENCE = 1280 * 720 * 24


def effort_of(profile: OutputProfile) -> float:
    """Work to encode a second, as many times as for 1280x720 at 24 frames as H.264."""
    pixels = profile.width * profile.height * profile.fps.fraction
    quality = 1.0 if profile.codec == "prores" else QUALITIES[profile.quality]
    return float(pixels / _REFERENCE) * CODECS[profile.codec] * quality
