"""What every compositor must do, as tests: subclass `CompositorContract`, give it a `compositor`,
and `sounds`.

The clips are real, of many kinds, and tiny; every frame says which it is, so that a film can be
checked frame by frame. What a piece of picture must be like is said in `picture_contract`.
"""
# ruff: noqa: S101, PLR0917 - a contract speaks in asserts, and fixtures come by position

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from video_foundry.adapters.titles.titler import SkiaTitler
from video_foundry.core.profile import OutputProfile
from video_foundry.core.soundtrack import DecodedSound
from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.errors import CompositionFailed, MediaError
from video_foundry.ports.compositor import Compositor
from video_foundry.ports.film import FilmCut, FilmStep
from video_foundry.ports.sound import SoundCompositor, SoundStep
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
from video_foundry.testing.cutting_room import CuttingRoom, local_tools
from video_foundry.testing.film_reading import Samples
from video_foundry.testing.short_films import Part, cut_together
from video_foundry.testing.still_contract import StillContract

WHOLE = fitted((160, 90), SMALL)
"""Where most clips' picture lies in a small film."""


class CompositorContract(StillContract, ReadingContract):
    """Override `compositor` and `sounds`; everything else is ready."""

    @pytest.fixture(scope="class")
    @classmethod
    def sounds(cls) -> SoundCompositor:
        """What decodes and mixes the sound of the films."""
        raise NotImplementedError

    @pytest.fixture
    def room(self, compositor: Compositor, sounds: SoundCompositor, tmp_path: Path) -> CuttingRoom:
        """An empty place to make films in. (No text is drawn, so its drawer never starts.)"""
        return a_room(tmp_path / "room", compositor, sounds)

    # Clips in a film

    @pytest.mark.parametrize(
        ("name", "profile"),
        [(name, SMALL) for name in KINDS]
        + [(name, NTSC) for name in ("portrait.mov", "variable.mp4", "odd-size.mkv")],
    )
    async def test_a_clip_shows_the_right_frame_at_every_moment(
        self, room: CuttingRoom, media: Path, tmp_path: Path, name: str, profile: OutputProfile
    ) -> None:
        spec = KINDS[name]
        frames = min(20, profile.fps.frames_in(spec.frames / Fraction(spec.rate)))
        film = await made(room, [Part(path=media / name, frames=frames)], profile, tmp_path)
        assert film_reading.read_times(film) == [n / profile.fps.fraction for n in range(frames)]
        region = fitted(SHOWN.get(name, (160, 90)), profile)
        seen = film_reading.read_barcodes(film, region=region, turned=spec.rotation == 90)
        assert seen == expected_frames(spec, profile, frames)
        assert len(film_reading.read_sound(film)) == profile.fps.samples_of(frames)

    @pytest.mark.parametrize("start", [Fraction(1, 8), Fraction(7, 3), Fraction(1001, 300)])
    @pytest.mark.parametrize("codec", ["libx264", "libvpx-vp9"])
    async def test_a_clip_can_begin_anywhere(
        self, room: CuttingRoom, tmp_path: Path, start: Fraction, codec: str
    ) -> None:
        spec = ClipSpec(number=30, frames=100, codec=codec, sound="libopus", sound_rate=48_000)
        source = make_clip(tmp_path / "long.mp4", spec)
        film = await made(room, [Part(path=source, frames=12, start=start)], SMALL, tmp_path)
        first = SMALL.fps.frames_in(start)
        seen = film_reading.read_barcodes(film, region=WHOLE)
        assert seen == expected_frames(spec, SMALL, first + 12)[first:]
        sound = film_reading.read_sound(film)
        assert len(sound) == SMALL.fps.samples_of(12)
        assert film_reading.main_pitch(sound[1500:-1500]) == pytest.approx(clips.pitch(30), abs=5)

    async def test_a_frame_that_began_long_before_the_start_is_still_shown(
        self, room: CuttingRoom, compositor: Compositor, tmp_path: Path
    ) -> None:
        spec = ClipSpec(number=31, frames=6, rate="1/5", sound=None)
        source = make_clip(tmp_path / "slides.mp4", spec)
        part = Part(path=source, frames=80, start=Fraction(12))
        film = await made(room, [part], SMALL, tmp_path)
        seen = film_reading.read_barcodes(film, region=WHOLE)
        assert seen == [(31, 2)] * 72 + [(31, 3)] * 8
        await compositor.thumbnail(source, tmp_path / "t.jpg", width=80, at=Fraction(14))
        assert film_reading.read_barcodes(tmp_path / "t.jpg") == [(31, 2)]

    @pytest.mark.parametrize(
        ("name", "number"), [("still.jpg", 21), ("still.webp", 22), ("still.png", None)]
    )
    async def test_a_still_stands_in_silence(
        self, room: CuttingRoom, media: Path, tmp_path: Path, name: str, number: int | None
    ) -> None:
        film = await made(room, [Part(path=media / name, frames=30)], SMALL, tmp_path)
        assert film_reading.read_times(film) == [Fraction(n, 24) for n in range(30)]
        sound = film_reading.read_sound(film)
        assert len(sound) == 60_000
        assert not sound.any()
        if number is not None:
            assert film_reading.read_barcodes(film, region=WHOLE) == [(number, 0)] * 30

    # The sound of a clip

    async def test_sound_keeps_its_place_after_a_start_within_the_clip(
        self, sounds: SoundCompositor, tmp_path: Path
    ) -> None:
        source = make_clip(tmp_path / "late.mp4", ClipSpec(frames=120, sound_delay=3.5))
        for start in (1, 3):
            found = await heard(sounds, source, tmp_path, start=start, seconds=3)
            loud = np.flatnonzero(np.abs(found[:, 0]) > 500)
            assert abs(loud[0] / SAMPLE_RATE - (3.5 - start)) < 0.01

    async def test_sound_keeps_its_place_to_the_picture(
        self, sounds: SoundCompositor, media: Path, tmp_path: Path
    ) -> None:
        found = await heard(sounds, media / "late-short-sound.mp4", tmp_path, seconds=1)
        loud = np.flatnonzero(np.abs(found[:, 0]) > 500)
        assert abs(loud[0] / SAMPLE_RATE - 0.25) < 0.01
        assert abs(loud[-1] / SAMPLE_RATE - 0.75) < 0.03

    async def test_past_its_end_a_clip_is_silent(
        self, sounds: SoundCompositor, media: Path, tmp_path: Path
    ) -> None:
        found = await heard(sounds, media / "plain.mp4", tmp_path, seconds=2)
        assert len(found) == 2 * SAMPLE_RATE
        assert found[:40_000].any()
        assert not found[60_000:].any()

    async def test_a_start_past_the_end_of_the_sound_is_silent(
        self, sounds: SoundCompositor, tmp_path: Path
    ) -> None:
        source = make_clip(tmp_path / "short.mp4", ClipSpec(frames=120, sound_seconds=0.4))
        found = await heard(sounds, source, tmp_path, start=4, seconds=1)
        assert len(found) == SAMPLE_RATE
        assert not found.any()

    # Failing

    async def test_a_failure_names_the_segment_and_leaves_nothing(
        self, room: CuttingRoom, media: Path, tmp_path: Path
    ) -> None:
        parts = [
            Part(path=media / "vp9.webm", frames=20),
            Part(path=media / "plain.mp4", frames=24),
        ]
        film = await cut_together(room, parts, SMALL)
        damaged = clips.zeroed(media / "plain.mp4", tmp_path / "bad.mp4", at=0.3)
        good, other = film.clips
        bad = replace(other, source=replace(other.source, digest=await room.add(damaged)))
        with pytest.raises(CompositionFailed, match=r"^segment 2: "):
            await room.compose(replace(film, clips=(good, bad)), tmp_path / "film.mp4")
        assert not (tmp_path / "film.mp4").exists()
        assert {path.name for path in room.folder.iterdir()} == {"blobs"}

    # Joining

    @pytest.mark.parametrize("profile", [SMALL, NTSC], ids=["24", "ntsc"])
    async def test_a_film_of_unlike_clips_is_right_in_every_frame(
        self, room: CuttingRoom, media: Path, tmp_path: Path, profile: OutputProfile
    ) -> None:
        names = [name for name in KINDS if name not in SHOWN]
        parts = [Part(path=media / name, frames=17 + n % 5) for n, name in enumerate(names)]
        film = await made(room, parts, profile, tmp_path)
        total = sum(part.frames for part in parts)
        assert film_reading.read_times(film) == [n / profile.fps.fraction for n in range(total)]
        seen = film_reading.read_barcodes(film, region=fitted((160, 90), profile))
        wanted = [
            frame
            for part in parts
            for frame in expected_frames(KINDS[part.path.name], profile, part.frames)
        ]
        assert seen == wanted
        self._check_sound(film, parts, profile)

    def _check_sound(self, film: Path, parts: Sequence[Part], profile: OutputProfile) -> None:
        """In step: the tone of each clip lies under its frames, and the whole has its length."""
        sound = film_reading.read_sound(film)
        assert len(sound) == profile.fps.samples_of(sum(part.frames for part in parts))
        position = 0
        for part in parts:
            start, end = (profile.fps.samples_of(position + n) for n in (0, part.frames))
            position += part.frames
            if part.path.name == "late-short-sound.mp4":
                continue
            margin = 1500
            pitch = film_reading.main_pitch(sound[start + margin : end - margin])
            spec = KINDS[part.path.name]
            assert pitch == pytest.approx(clips.pitch(spec.number) if spec.sound else 0, abs=5)

    async def test_the_same_film_made_twice_has_the_same_bytes(
        self, compositor: Compositor, sounds: SoundCompositor, media: Path, tmp_path: Path
    ) -> None:
        parts = [
            Part(path=media / "variable.mp4", frames=20),
            Part(path=media / "vp9.webm", frames=21),
        ]
        films = [
            await made(a_room(tmp_path / name, compositor, sounds), parts, SMALL, tmp_path)
            for name in ("one", "two")
        ]
        first, second = (film.read_bytes() for film in films)
        assert first == second

    async def test_a_film_verifies_as_any_clip_does(
        self, room: CuttingRoom, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        film = await made(room, [Part(path=media / "plain.mp4", frames=24)], NTSC, tmp_path)
        facts = await compositor.verify(film)
        assert (facts.container, facts.video_codec, facts.audio_codec) == ("mp4", "h264", "aac")
        assert (facts.width, facts.height, facts.frames) == (192, 108, 24)
        assert facts.frame_rate == NTSC.fps
        assert facts.duration == NTSC.fps.seconds_of(24)

    async def test_pieces_that_do_not_belong_together_are_refused(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        small, ntsc, folder = tmp_path / "small.mov", tmp_path / "ntsc.mov", tmp_path / "out"
        folder.mkdir()
        step = self._step(media / "plain.mp4", 20)
        await compositor.picture(step, small, None)
        await compositor.picture(replace(step, profile=NTSC), ntsc, None)
        whole = FilmCut(piece=small, first=0, frames=20)
        for cuts in (
            [whole, FilmCut(piece=ntsc, first=0, frames=20)],
            [whole, replace(whole, frames=19)],
            [whole, replace(whole, frames=21)],
            [whole, replace(whole, first=3, frames=17)],
            [],
        ):
            with pytest.raises(CompositionFailed):
                await compositor.film(
                    FilmStep(cuts=cuts, sound=[], profile=SMALL), folder / "film.mp4", None
                )
        assert list(folder.iterdir()) == []

    async def test_progress_of_joining_rises_to_one(
        self, compositor: Compositor, media: Path, tmp_path: Path
    ) -> None:
        told: list[float] = []

        async def tell(done: float) -> None:
            told.append(done)

        piece = tmp_path / "piece.mov"
        await compositor.picture(self._step(media / "plain.mp4", 24), piece, None)
        cuts = [FilmCut(piece=piece, first=0, frames=24)] * 200
        step = FilmStep(cuts=cuts, sound=[], profile=SMALL)
        await compositor.film(step, tmp_path / "film.mp4", tell)
        assert told == sorted(told)
        assert told[-1] == 1

    # Loudness

    async def test_loudness_is_brought_to_the_target_by_one_gain(
        self, room: CuttingRoom, media: Path, tmp_path: Path
    ) -> None:
        levels = {}
        for target in (None, Decimal(-30), Decimal(-33)):
            profile = replace(SMALL, loudness_lufs=target)
            film = await made(
                room, [Part(path=media / "plain.mp4", frames=24)] * 2, profile, tmp_path
            )
            sound = film_reading.read_sound(film) / 32768
            levels[target] = np.sqrt(np.mean(np.square(sound)))
        ratio = levels[Decimal(-30)] / levels[Decimal(-33)]
        assert 20 * np.log10(ratio) == pytest.approx(3, abs=0.3)
        assert levels[Decimal(-30)] != pytest.approx(levels[None], rel=0.05)

    async def test_loudness_never_drives_the_peaks_too_high(
        self, room: CuttingRoom, media: Path, tmp_path: Path
    ) -> None:
        loud = replace(SMALL, loudness_lufs=Decimal(-5))
        film = await made(room, [Part(path=media / "plain.mp4", frames=24)], loud, tmp_path)
        peak = np.abs(film_reading.read_sound(film).astype(float)).max() / 32768
        assert 10 ** (-2 / 20) < peak < 10 ** (-0.5 / 20)

    async def test_silence_stays_silence_at_any_target(
        self, room: CuttingRoom, media: Path, tmp_path: Path
    ) -> None:
        profile = replace(SMALL, loudness_lufs=Decimal(-14))
        film = await made(room, [Part(path=media / "still.jpg", frames=24)], profile, tmp_path)
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


def a_room(folder: Path, compositor: Compositor, sounds: SoundCompositor) -> CuttingRoom:
    """A new folder with everything in it that films are made with."""
    folder.mkdir()
    tools = local_tools(folder, compositor=compositor, sounds=sounds, titler=SkiaTitler())
    return CuttingRoom(folder=folder, tools=tools)


async def made(
    room: CuttingRoom, parts: Sequence[Part], profile: OutputProfile, folder: Path
) -> Path:
    """The finished film of these parts, in `folder`."""
    target = folder / f"{room.folder.name}-film.mp4"
    await room.compose(await cut_together(room, parts, profile), target)
    return target


async def heard(
    sounds: SoundCompositor, source: Path, folder: Path, *, start: int = 0, seconds: int
) -> Samples:
    """Decoded sound of a clip, from `start` seconds on."""
    sound = DecodedSound(digest="x", start=start * SAMPLE_RATE, samples=seconds * SAMPLE_RATE)
    target = folder / "sound.wav"
    step = SoundStep(source=source, sound=sound, label="the clip in question")
    await sounds.decode(step, target, None)
    return film_reading.read_sound(target)
