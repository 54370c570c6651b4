"""What every compositor must do when it is asked for one frame of a clip, as tests.

A part of `compositor_contract`, which inherits it; use that one.
"""
# ruff: noqa: S101 - a contract speaks in asserts, and fixtures come by position

from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from video_foundry.core.effects import Retime
from video_foundry.core.profile import OutputProfile
from video_foundry.errors import MediaError
from video_foundry.ports.compositor import Compositor
from video_foundry.testing import film_reading
from video_foundry.testing.clips import ClipSpec, make_clip, make_still
from video_foundry.testing.compositor_cases import (
    KINDS,
    NTSC,
    SHOWN,
    SMALL,
    expected_frames,
)
from video_foundry.testing.picture_effects_contract import RETIMES, shown


class StillContract:
    """One frame of a clip as a picture. Override `compositor`."""

    @pytest.mark.parametrize("name", KINDS)
    async def test_a_still_is_the_very_frame_in_the_clips_own_size(
        self, compositor: Compositor, tmp_path: Path, name: str
    ) -> None:
        spec = KINDS[name]
        source, target = make_clip(tmp_path / name, spec), tmp_path / "still.png"
        wanted = expected_frames(spec, NTSC, 30)
        for frame in (0, 7, 29):
            await compositor.still(source, target, frame=frame, retime=Retime(), rate=NTSC.fps)
            facts = await compositor.verify(target)
            size = SHOWN.get(name, (160, 90))
            assert (facts.container, facts.width, facts.height) == ("png", *size)
            [seen] = film_reading.read_barcodes(target, turned=spec.rotation == 90)
            assert seen == wanted[frame]

    @pytest.mark.parametrize("name", RETIMES)
    @pytest.mark.parametrize("profile", [SMALL, NTSC], ids=["same-rate", "ntsc"])
    async def test_a_still_of_a_retimed_clip_is_what_a_piece_shows_there(
        self, compositor: Compositor, tmp_path: Path, name: str, profile: OutputProfile
    ) -> None:
        spec = ClipSpec(number=53, frames=60, sound=None)
        source, target = make_clip(tmp_path / "clip.mp4", spec), tmp_path / "still.png"
        wanted = shown(spec, RETIMES[name], profile)
        for frame in (0, len(wanted) // 2, len(wanted) - 1):
            await compositor.still(
                source, target, frame=frame, retime=RETIMES[name], rate=profile.fps
            )
            assert film_reading.read_barcodes(target) == [wanted[frame]]

    async def test_a_still_from_far_into_a_clip_is_exact(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        for codec in ("libx264", "libvpx-vp9"):
            spec = ClipSpec(number=31, frames=200, codec=codec, sound=None)
            source = make_clip(tmp_path / f"{codec}.mkv", spec)
            for frame in (150, 199):
                target = tmp_path / "still.png"
                await compositor.still(source, target, frame=frame, retime=Retime(), rate=SMALL.fps)
                assert film_reading.read_barcodes(target) == [(31, frame)]

    async def test_a_still_has_the_clips_colours_and_the_same_bytes_every_time(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        source = make_still(tmp_path / "still.png", ClipSpec(number=22))
        made = [tmp_path / "one.png", tmp_path / "two.png"]
        for target in made:
            await compositor.still(source, target, frame=3, retime=Retime(), rate=SMALL.fps)
        assert made[0].read_bytes() == made[1].read_bytes()
        with Image.open(source) as before, Image.open(made[0]) as after:
            pairs = zip(before.convert("RGB").tobytes(), after.tobytes(), strict=True)
            assert max(abs(one - other) for one, other in pairs) <= 2

    async def test_a_still_of_nonsense_is_refused(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        source, target = tmp_path / "clip.mp4", tmp_path / "still.png"
        source.write_bytes(b"nonsense" * 50)
        with pytest.raises(MediaError):
            await compositor.still(source, target, frame=0, retime=Retime(), rate=SMALL.fps)
        assert not target.exists()

    async def test_a_still_past_the_end_is_the_last_frame(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        source = make_clip(tmp_path / "clip.mp4", ClipSpec(number=32, sound=None))
        target = tmp_path / "still.png"
        for retime, frame in ((Retime(), 23), (Retime(speed=Fraction(2)), 22)):
            await compositor.still(source, target, frame=500, retime=retime, rate=SMALL.fps)
            assert film_reading.read_barcodes(target) == [(32, frame)]
