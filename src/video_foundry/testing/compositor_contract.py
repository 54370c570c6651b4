"""What every compositor must do, as tests: subclass `CompositorContract`, give it a `compositor`.

The clips are real, of many kinds, and tiny; every frame says which it is, so that a film can be
checked frame by frame.
"""
# ruff: noqa: S101, PLR0917 - a contract speaks in asserts, and fixtures come by position

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from video_foundry.core.profile import OutputProfile
from video_foundry.errors import CompositionFailed, MediaError
from video_foundry.ports.compositor import Compositor, MasterStep
from video_foundry.testing import clips, film_reading
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.compositor_cases import (
    KINDS,
    NTSC,
    SHOWN,
    SMALL,
    expected_frames,
    fitted,
)
from video_foundry.testing.compositor_reading_contract import ReadingContract


class CompositorContract(ReadingContract):
    """Override `compositor`; everything else is ready."""

    # Normalising

    @pytest.mark.parametrize(
        ("name", "profile"),
        [(name, SMALL) for name in KINDS]
        + [(name, NTSC) for name in ("portrait.mov", "variable.mp4", "odd-size.mkv")],
    )
    async def test_a_normalised_clip_shows_the_right_frame_at_every_moment(
        self,
        compositor: Compositor,
        media: Path,
        tmp_path: Path,
        name: str,
        profile: OutputProfile,
    ) -> None:
        spec, frames = KINDS[name], 20
        piece = tmp_path / "piece.mov"
        await compositor.normalise(self._step(media / name, frames, profile), piece, None)
        assert film_reading.read_times(piece) == [n / profile.fps.fraction for n in range(frames)]
        region = fitted(SHOWN.get(name, (160, 90)), profile)
        turned = spec.rotation == 90
        seen = film_reading.read_barcodes(piece, region=region, turned=turned)
        assert seen == expected_frames(spec, profile, frames)
        assert len(film_reading.read_sound(piece)) == profile.fps.samples_of(frames)

    @pytest.mark.parametrize("start", [Fraction(1, 8), Fraction(7, 3), Fraction(1001, 300)])
    @pytest.mark.parametrize("codec", ["libx264", "libvpx-vp9"])
    async def test_a_clip_can_begin_anywhere(
        self, compositor: Compositor, tmp_path: Path, start: Fraction, codec: str
    ) -> None:
        spec = ClipSpec(number=30, frames=100, codec=codec, sound="libopus", sound_rate=48_000)
        source = make_clip(tmp_path / "long.mp4", spec)
        piece = tmp_path / "piece.mov"
        step = self._step(source, frames=12, start=start)
        await compositor.normalise(step, piece, None)
        seen = film_reading.read_barcodes(piece, region=fitted((160, 90), SMALL))
        assert seen == expected_frames(spec, SMALL, 12, start)
        assert len(film_reading.read_sound(piece)) == SMALL.fps.samples_of(12)

    async def test_a_frame_that_began_long_before_the_start_is_still_shown(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        spec = ClipSpec(number=31, frames=6, rate="1/5", sound=None)
        source = make_clip(tmp_path / "slides.mp4", spec)
        piece = tmp_path / "piece.mov"
        await compositor.normalise(self._step(source, 80, start=Fraction(12)), piece, None)
        seen = film_reading.read_barcodes(piece, region=fitted((160, 90), SMALL))
        assert seen == [(31, 2)] * 72 + [(31, 3)] * 8
        await compositor.thumbnail(source, tmp_path / "t.jpg", width=80, at=Fraction(14))
        assert film_reading.read_barcodes(tmp_path / "t.jpg") == [(31, 2)]

    async def test_sound_keeps_its_place_after_a_start_within_the_clip(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        source = make_clip(tmp_path / "late.mp4", ClipSpec(frames=120, sound_delay=3.5))
        for start in (Fraction(1), Fraction(3)):
            piece = tmp_path / "piece.mov"
            await compositor.normalise(self._step(source, 72, start=start), piece, None)
            loud = np.flatnonzero(np.abs(film_reading.read_sound(piece)[:, 0]) > 500)
            assert abs(loud[0] / 48_000 - (3.5 - float(start))) < 0.01

    async def test_past_its_end_a_clip_holds_its_last_frame_in_silence(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        piece = tmp_path / "piece.mov"
        await compositor.normalise(self._step(media / "plain.mp4", frames=48), piece, None)
        seen = film_reading.read_barcodes(piece, region=fitted((160, 90), SMALL))
        assert seen == [(1, min(n, 23)) for n in range(48)]
        sound = film_reading.read_sound(piece)
        assert len(sound) == SMALL.fps.samples_of(48)
        assert np.abs(sound[60_000:]).max() == 0

    async def test_sound_keeps_its_place_to_the_picture(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        piece = tmp_path / "piece.mov"
        await compositor.normalise(self._step(media / "late-short-sound.mp4", 24), piece, None)
        loud = np.flatnonzero(np.abs(film_reading.read_sound(piece)[:, 0]) > 500)
        assert abs(loud[0] / 48_000 - 0.25) < 0.01
        assert abs(loud[-1] / 48_000 - 0.75) < 0.03

    async def test_a_start_past_the_end_of_the_sound_is_silent(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        source = make_clip(tmp_path / "short.mp4", ClipSpec(frames=120, sound_seconds=0.4))
        piece = tmp_path / "piece.mov"
        await compositor.normalise(self._step(source, 12, start=Fraction(4)), piece, None)
        sound = film_reading.read_sound(piece)
        assert len(sound) == SMALL.fps.samples_of(12)
        assert not sound.any()

    @pytest.mark.parametrize("name", ["still.jpg", "still.png"])
    async def test_a_still_becomes_a_silent_clip(
        self, compositor: Compositor, media: Path, tmp_path: Path, name: str
    ) -> None:
        piece = tmp_path / "piece.mov"
        await compositor.normalise(self._step(media / name, frames=30), piece, None)
        assert film_reading.read_times(piece) == [Fraction(n, 24) for n in range(30)]
        sound = film_reading.read_sound(piece)
        assert len(sound) == 60_000
        assert not sound.any()
        if name.endswith("jpg"):
            seen = film_reading.read_barcodes(piece, region=fitted((160, 90), SMALL))
            assert seen == [(21, 0)] * 30

    async def test_a_failure_names_the_clip_and_leaves_nothing(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "out"
        folder.mkdir()
        damaged = clips.zeroed(media / "plain.mp4", tmp_path / "bad.mp4", at=0.3)
        with pytest.raises(CompositionFailed, match="the clip in question: "):
            await compositor.normalise(self._step(damaged, 24), folder / "piece.mov", None)
        beyond = self._step(media / "plain.mp4", 24, start=Fraction(90))
        with pytest.raises(CompositionFailed, match=r"the clip in question: .*at 90 s"):
            await compositor.normalise(beyond, folder / "piece.mov", None)
        assert list(folder.iterdir()) == []

    async def test_normalising_twice_gives_the_same_bytes(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        made = []
        for name in ("one.mov", "two.mov"):
            await compositor.normalise(
                self._step(media / "variable.mp4", 20), tmp_path / name, None
            )
            made.append((tmp_path / name).read_bytes())
        assert made[0] == made[1]

    async def test_progress_rises_and_stays_within_one(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        source = make_clip(tmp_path / "big.mp4", ClipSpec(size=(320, 180), frames=48))
        told: list[float] = []

        async def tell(done: float) -> None:
            told.append(done)

        big = OutputProfile(width=1280, height=720)
        await compositor.normalise(self._step(source, 48, big), tmp_path / "piece.mov", tell)
        step = MasterStep(clips=[tmp_path / "piece.mov"], frames=[48], profile=big)
        assert told == sorted(told)
        assert told
        assert 0 < told[-1] <= 1
        told.clear()
        await compositor.master(step, tmp_path / "film.mp4", tell)
        assert told == sorted(told)
        assert told[-1] == 1

    async def test_cancelling_stops_at_once_and_leaves_nothing(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        source = make_clip(tmp_path / "long.mp4", ClipSpec(size=(320, 180), frames=200))
        folder = tmp_path / "out"
        folder.mkdir()
        running = asyncio.Event()

        async def tell(_: float) -> None:
            running.set()

        step = self._step(source, 200, OutputProfile(width=1920, height=1080))
        work = asyncio.create_task(compositor.normalise(step, folder / "piece.mov", tell))
        await asyncio.wait_for(running.wait(), 20)
        work.cancel()
        async with asyncio.timeout(1):
            with pytest.raises(asyncio.CancelledError):
                await work
        assert list(folder.iterdir()) == []

    # Joining

    @pytest.mark.parametrize("profile", [SMALL, NTSC], ids=["24", "ntsc"])
    async def test_a_film_of_unlike_clips_is_right_in_every_frame(
        self, compositor: Compositor, media: Path, tmp_path: Path, profile: OutputProfile
    ) -> None:
        names = [name for name in KINDS if name not in SHOWN]
        counts = [17 + n % 5 for n in range(len(names))]
        film = await self._film(compositor, media, tmp_path, names, counts, profile)
        total = sum(counts)
        assert film_reading.read_times(film) == [n / profile.fps.fraction for n in range(total)]
        seen = film_reading.read_barcodes(film, region=fitted((160, 90), profile))
        wanted = [
            frame
            for name, count in zip(names, counts, strict=True)
            for frame in expected_frames(KINDS[name], profile, count)
        ]
        assert seen == wanted
        self._check_sound(film, names, counts, profile)

    def _check_sound(
        self, film: Path, names: Sequence[str], counts: Sequence[int], profile: OutputProfile
    ) -> None:
        """In step: the tone of each clip lies under its frames, and the whole has its length."""
        sound = film_reading.read_sound(film)
        total = profile.fps.samples_of(sum(counts))
        assert total <= len(sound) < total + 1024
        position = 0
        for name, count in zip(names, counts, strict=True):
            start, end = (profile.fps.samples_of(position + n) for n in (0, count))
            position += count
            if name == "late-short-sound.mp4":
                continue
            margin = 1500
            heard = film_reading.main_pitch(sound[start + margin : end - margin])
            spec = KINDS[name]
            assert heard == pytest.approx(clips.pitch(spec.number) if spec.sound else 0, abs=5)

    async def test_the_same_film_twice_has_the_same_bytes(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        names = ["plain.mp4", "vp9.webm"]
        film = await self._film(compositor, media, tmp_path, names, [20, 21], SMALL)
        before = film.read_bytes()
        again = await self._film(compositor, media, tmp_path, names, [20, 21], SMALL)
        assert again.read_bytes() == before

    async def test_a_film_verifies_as_any_clip_does(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        film = await self._film(compositor, media, tmp_path, ["plain.mp4"], [24], NTSC)
        facts = await compositor.verify(film)
        assert (facts.container, facts.video_codec, facts.audio_codec) == ("mp4", "h264", "aac")
        assert (facts.width, facts.height, facts.frames) == (192, 108, 24)
        assert facts.frame_rate == NTSC.fps
        assert facts.duration == NTSC.fps.seconds_of(24)

    async def test_pieces_of_unlike_profiles_are_refused(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        small, ntsc = tmp_path / "small.mov", tmp_path / "ntsc.mov"
        await compositor.normalise(self._step(media / "plain.mp4", 20), small, None)
        await compositor.normalise(self._step(media / "plain.mp4", 20, NTSC), ntsc, None)
        for pieces, frames in (([small, ntsc], [20, 20]), ([small, small], [20, 19]), ([], [])):
            step = MasterStep(clips=pieces, frames=frames, profile=SMALL)
            with pytest.raises(CompositionFailed):
                await compositor.master(step, tmp_path / "film.mp4", None)
        assert not (tmp_path / "film.mp4").exists()

    async def test_loudness_is_brought_to_the_target_by_one_gain(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        piece, film = tmp_path / "piece.mov", tmp_path / "film.mp4"
        await compositor.normalise(self._step(media / "plain.mp4", 24), piece, None)
        levels = {}
        for target in (None, Decimal(-30), Decimal(-33)):
            profile = OutputProfile(width=192, height=108, loudness_lufs=target)
            step = MasterStep(clips=[piece, piece], frames=[24, 24], profile=profile)
            await compositor.master(step, film, None)
            sound = film_reading.read_sound(film) / 32768
            levels[target] = np.sqrt(np.mean(np.square(sound)))
        ratio = levels[Decimal(-30)] / levels[Decimal(-33)]
        assert 20 * np.log10(ratio) == pytest.approx(3, abs=0.3)
        assert levels[Decimal(-30)] != pytest.approx(levels[None], rel=0.05)

    async def test_loudness_never_drives_the_peaks_too_high(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        loud = OutputProfile(width=192, height=108, loudness_lufs=Decimal(-2))
        film = await self._film(compositor, media, tmp_path, ["plain.mp4"], [24], loud)
        peak = np.abs(film_reading.read_sound(film).astype(float)).max() / 32768
        assert 10 ** (-2 / 20) < peak < 10 ** (-0.5 / 20)

    async def test_silence_stays_silence_at_any_target(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        profile = OutputProfile(width=192, height=108, loudness_lufs=Decimal(-14))
        film = await self._film(compositor, media, tmp_path, ["still.jpg"], [24], profile)
        assert not film_reading.read_sound(film).any()

    # Thumbnails

    @pytest.mark.parametrize(
        ("name", "at", "size", "wanted"),
        [
            ("plain.mp4", Fraction(1, 2), (80, 45), 12),
            ("plain.mp4", Fraction(99), (80, 45), 23),
            ("turned.mp4", Fraction(0), (80, 142), 0),
            ("late-picture.mp4", Fraction(1, 2), (80, 45), 12),
            ("slow.mp4", Fraction(55, 100), (80, 45), 5),
            ("still.jpg", Fraction(3), (80, 45), 0),
        ],
    )
    async def test_a_thumbnail_shows_the_frame_asked_for(
        self,
        compositor: Compositor,
        media: Path,
        tmp_path: Path,
        name: str,
        at: Fraction,
        size: tuple[int, int],
        wanted: int,
    ) -> None:
        target = tmp_path / "thumb.jpg"
        await compositor.thumbnail(media / name, target, width=80, at=at)
        facts = await compositor.probe(target)
        assert (facts.container, facts.width, facts.height) == ("jpeg", *size)
        spec = KINDS.get(name, ClipSpec(number=21, frames=1))
        [(number, frame)] = film_reading.read_barcodes(target, turned=spec.rotation == 90)
        assert number == spec.number
        assert frame == wanted

    async def test_a_thumbnail_of_nonsense_is_refused(
        self, compositor: Compositor, tmp_path: Path
    ) -> None:
        path = tmp_path / "clip.mp4"
        path.write_bytes(b"nonsense" * 50)
        with pytest.raises(MediaError):
            await compositor.thumbnail(path, tmp_path / "t.jpg", width=80, at=Fraction(0))

    async def test_it_says_what_it_runs_on(self, compositor: Compositor) -> None:
        told = compositor.describe()
        assert told
        assert all(isinstance(value, str) and value for value in told.values())

    # Helpers

    async def _film(
        self,
        compositor: Compositor,
        media: Path,
        folder: Path,
        names: Sequence[str],
        counts: Sequence[int],
        profile: OutputProfile,
    ) -> Path:
        pieces = []
        for name, count in zip(names, counts, strict=True):
            pieces.append(folder / f"{name}.piece.mov")
            await compositor.normalise(self._step(media / name, count, profile), pieces[-1], None)
        film = folder / "film.mp4"
        await compositor.master(
            MasterStep(clips=pieces, frames=counts, profile=profile), film, None
        )
        return film
