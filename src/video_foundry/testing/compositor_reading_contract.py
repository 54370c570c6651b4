"""What every compositor must say about files, good and damaged, as tests.

The other half of `compositor_contract`, which inherits it; use that one.
"""
# ruff: noqa: S101 - a contract speaks in asserts, and fixtures come by position

import asyncio
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate
from video_foundry.errors import CompositionFailed, MediaError
from video_foundry.ports.compositor import Compositor
from video_foundry.ports.picture import PictureLayer, PictureStep
from video_foundry.testing import clips
from video_foundry.testing.clips import ClipSpec, make_clip, make_still
from video_foundry.testing.compositor_cases import (
    KINDS,
    SHOWN,
    SMALL,
    listening,
)


class ReadingContract:
    """Probing and verifying. Override `compositor`."""

    @pytest.fixture(scope="class")
    @classmethod
    def compositor(cls) -> Compositor:
        """The implementation under test."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def media(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A folder with one clip of each kind, a PNG with a clear right half, a JPEG and a WebP."""
        folder = tmp_path_factory.mktemp("media")
        for name, spec in KINDS.items():
            make_clip(folder / name, spec)
        make_still(folder / "still.png", ClipSpec(number=20), alpha=True)
        make_still(folder / "still.jpg", ClipSpec(number=21))
        make_still(folder / "still.webp", ClipSpec(number=22))
        return folder

    # What a file is

    @pytest.mark.parametrize("name", KINDS)
    async def test_a_verified_clip_is_described(
        self, compositor: Compositor, media: Path, name: str
    ) -> None:
        spec = KINDS[name]
        facts = await compositor.verify(media / name)
        assert facts.kind == "video"
        assert facts.container == {"mkv": "webm"}.get(name[-3:], name.rpartition(".")[2])
        assert (facts.width, facts.height) == SHOWN.get(name, (160, 90))
        assert facts.frames == spec.frames
        assert facts.has_audio == (spec.sound is not None)
        assert facts.is_variable_rate == spec.variable
        if not spec.variable:
            assert facts.frame_rate == FrameRate.parse(Fraction(spec.rate))
            assert abs(facts.duration - spec.frames / Fraction(spec.rate)) < Fraction(1, 50)

    async def test_a_probe_says_the_same_without_counting(
        self, compositor: Compositor, media: Path
    ) -> None:
        probed = await compositor.probe(media / "turned.mp4")
        verified = await compositor.verify(media / "turned.mp4")
        assert probed.coding is None
        assert probed == replace(verified, coding=None)

    @pytest.mark.parametrize(
        ("name", "container"),
        [("still.png", "png"), ("still.jpg", "jpeg"), ("still.webp", "webp")],
    )
    async def test_a_still_is_an_image_without_duration(
        self, compositor: Compositor, media: Path, name: str, container: str
    ) -> None:
        facts = await compositor.verify(media / name)
        assert (facts.kind, facts.container) == ("image", container)
        assert (facts.width, facts.height) == (160, 90)
        assert facts.duration == 0
        assert facts.frame_rate is None
        assert facts.frames == 1

    # What is not accepted

    @pytest.mark.parametrize(
        "name", ["plain.mp4", "vp9.webm", "odd-size.mkv", "still.png", "still.webp"]
    )
    @pytest.mark.parametrize("part", [0.5, 0.95])
    async def test_a_truncated_file_is_said_to_be_cut_off(
        self, compositor: Compositor, media: Path, tmp_path: Path, name: str, part: float
    ) -> None:
        cut = clips.truncated(media / name, tmp_path / name, part)
        with pytest.raises(MediaError, match="cut off"):
            await compositor.verify(cut)

    async def test_a_cut_says_how_many_seconds_are_there(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        cut = clips.truncated(media / "vp9.webm", tmp_path / "cut.webm", 0.5)
        with pytest.raises(MediaError, match=r"it says 1\.0 s but only 0\.\d s could be read"):
            await compositor.verify(cut)

    @pytest.mark.parametrize("name", ["plain.mp4", "vp9.webm", "odd-size.mkv", "still.jpg"])
    async def test_zeroed_bytes_are_found(
        self, compositor: Compositor, media: Path, tmp_path: Path, name: str
    ) -> None:
        with pytest.raises(MediaError):
            await compositor.verify(clips.zeroed(media / name, tmp_path / name, at=0.3))

    async def test_a_flipped_bit_is_found_where_there_are_checksums(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        for name in ("odd-size.mkv", "still.png"):
            with pytest.raises(MediaError):
                await compositor.verify(clips.flipped(media / name, tmp_path / name, at=0.6))

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "empty"),
            (b"Once upon a time, " * 40, "text"),
            (b"<html><body>Not found</body></html>", "web page"),
            (b'{"error": "no credit"}', "JSON"),
            (b"GIF89a" + bytes(64), "GIF"),
            (bytes(range(256)) * 8, "no kind of file"),
            (b"\x00\x00\x00\x18ftypmp42" + bytes(400), "index"),
        ],
    )
    async def test_what_is_no_media_is_named(
        self, compositor: Compositor, tmp_path: Path, content: bytes, words: str
    ) -> None:
        path = tmp_path / "clip.mp4"
        path.write_bytes(content)
        with pytest.raises(MediaError, match=words):
            await compositor.probe(path)

    async def test_no_playlist_is_followed(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        with listening() as (port, callers):
            for entry in (str(media / "plain.mp4"), f"http://127.0.0.1:{port}/a.mp4"):
                for make in (clips.make_playlist, clips.make_concat_script):
                    disguised = make(tmp_path / "clip.mp4", entry)
                    with pytest.raises(MediaError):
                        await compositor.verify(disguised)
                    step = self._step(disguised, frames=5)
                    with pytest.raises(CompositionFailed, match="the clip in question"):
                        await compositor.picture(step, tmp_path / "piece.mov", None)
            assert callers == []
        assert not (tmp_path / "piece.mov").exists()

    async def test_a_picture_of_too_many_pixels_is_refused_at_once(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        huge = clips.make_huge_png(tmp_path / "huge.png")
        async with asyncio.timeout(5):
            with pytest.raises(MediaError, match="16000 x 16000"):
                await compositor.probe(huge)

    async def test_sound_alone_is_no_clip(self, compositor: Compositor, tmp_path: Path) -> None:
        path = tmp_path / "sound.mp4"
        clips.make_tone(path)
        with pytest.raises(MediaError, match="no picture"):
            await compositor.probe(path)

    # Helpers

    @staticmethod
    def _step(source: Path, frames: int, profile: OutputProfile = SMALL) -> PictureStep:
        """The first frames of a clip, with nothing done to it."""
        return PictureStep(
            profile=profile,
            frames=frames,
            layers=(PictureLayer(source=source, first=0, frames=frames),),
            label="the clip in question",
        )
