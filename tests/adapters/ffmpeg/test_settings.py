"""The numbers that go to the scaler, the encoder and the muxer."""

from fractions import Fraction
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import settings
from video_foundry.adapters.ffmpeg.geometry import lay_out
from video_foundry.adapters.ffmpeg.sniff import MP4
from video_foundry.adapters.ffmpeg.source import Source
from video_foundry.core.effects import Framing
from video_foundry.core.levels import level as name_of
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate

RATES = ["24", "25", "29.97", "23.976", "30", "50", "59.94", "60", "12.5", "15/7"]


@pytest.mark.parametrize("rate", [FrameRate.parse(rate) for rate in RATES], ids=str)
def test_every_frame_lasts_a_whole_number_of_ticks(rate: FrameRate) -> None:
    assert Fraction(settings.step(rate), settings.timescale(rate)) == 1 / rate.fraction


def test_an_absurd_rate_still_fits_the_containers_field() -> None:
    rate = FrameRate(num=2_000_000_011, den=83_333_333)
    assert settings.timescale(rate) < 2**31
    assert Fraction(settings.step(rate), settings.timescale(rate)) == 1 / rate.fraction


@pytest.mark.parametrize(
    ("size", "fps", "level"),
    [
        ((1280, 720), 24, "4.0"),
        ((1920, 1080), 30, "4.0"),
        ((1920, 1080), 60, "4.2"),
        ((3840, 2160), 24, "5.1"),
        ((3840, 2160), 60, "5.2"),
        ((7680, 4320), 60, "6.1"),
    ],
)
def test_the_level_has_room_for_the_profile(size: tuple[int, int], fps: int, level: str) -> None:
    profile = OutputProfile(width=size[0], height=size[1], fps=FrameRate(num=fps))
    assert name_of(profile) == level


@pytest.mark.parametrize(
    ("source", "fitted"),
    [
        ((1280, 720), (1280, 720)),
        ((1920, 1080), (1280, 720)),
        ((720, 1280), (404, 720)),
        ((1366, 768), (1280, 720)),
        ((1280, 768), (1200, 720)),
        ((1, 1), (720, 720)),
        ((8000, 2), (1280, 2)),
        ((2, 8000), (2, 720)),
    ],
)
def test_a_picture_is_fitted_whole_and_even(
    source: tuple[int, int], fitted: tuple[int, int]
) -> None:
    profile = OutputProfile()
    layout = lay_out(_stored(*source), Framing(), (profile.width, profile.height))
    assert layout.scaled == fitted


def _stored(width: int, height: int) -> Source:
    """A plain clip of that size."""
    return Source(
        path=Path("clip.mp4"),
        kind=MP4,
        width=width,
        height=height,
        aspect=Fraction(1),
        rotation=0,
        pixel_format="yuv420p",
        has_alpha=False,
        is_rgb=False,
        is_interlaced=False,
        matrix=1,
        transfer=1,
        primaries=1,
        start=Fraction(0),
        length=Fraction(1),
        claimed=None,
        claimed_file=None,
        packets=24,
        frames=24,
        rate=Fraction(24),
        is_variable=False,
        video_index=0,
        audio_index=None,
        video_codec="h264",
        audio_codec=None,
    )
