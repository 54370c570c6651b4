"""What a compositor must do in every codec that it offers, as tests: subclass `CodecContract`, give
it a `compositor` and `sounds`.

For each codec one film is cut together of pieces and a transition, at key frames alone, and held
against its pieces: frame for frame, and sample for sample.
"""
# ruff: noqa: S101 - a contract speaks in asserts, and fixtures come by position

import asyncio
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from video_foundry.core.pieces import KEYFRAME_DISTANCE
from video_foundry.core.profile import FORMATS, FilmSound, OutputProfile, Quality, VideoCodec
from video_foundry.core.sound_windows import WINDOW, window_mixes
from video_foundry.core.soundtrack import Contribution, Soundtrack
from video_foundry.core.timebase import SAMPLE_RATE
from video_foundry.errors import CompositionFailed
from video_foundry.ports.compositor import Compositor
from video_foundry.ports.film import FilmCut, FilmStep
from video_foundry.ports.picture import PictureLayer, PictureStep, TransitionStretch
from video_foundry.ports.sound import MixStep, SoundCompositor
from video_foundry.testing import film_reading
from video_foundry.testing.clips import ClipSpec, make_clip, run_ffmpeg
from video_foundry.testing.compositor_cases import NTSC, fitted

WHOLE = fitted((160, 90), NTSC)
MIXED = range(34, 44)
"""The film's frames in which one clip takes the place of another: they show no barcode."""

CLICKS = (10_007, WINDOW - 20, WINDOW + 700, 530_003)
"""Samples of the film at which something is heard, also around where its sound is cut."""

LEAD_INS: Mapping[FilmSound, int] = {"aac": 1024, "opus": 312, "pcm_s16le": 0}
"""Samples before the film in the first packets of its sound."""

LOSSLESS_SPAN, LOSSY_SPAN = 0, 1
"""Samples by which a click may seem to be elsewhere."""

QUALITIES: Sequence[Quality] = ("draft", "standard", "high")


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """Clips 1 and 2 in one codec: 60 frames of the first, 31 of the second, one frame alone, and a
    transition of ten frames between them."""

    one: Path
    two: Path
    lone: Path
    span: Path

    def cuts(self) -> list[FilmCut]:
        """A film of 338 frames, longer than a window of sound, with every kind of cut in it."""
        return [
            FilmCut(piece=self.one, first=24, frames=24),
            FilmCut(piece=self.span, first=0, frames=30),
            FilmCut(piece=self.two, first=0, frames=24),
            FilmCut(piece=self.lone, first=0, frames=1),
            FilmCut(piece=self.two, first=24, frames=7),
            FilmCut(piece=self.one, first=48, frames=12),
            *[FilmCut(piece=self.one, first=0, frames=60)] * 4,
        ]


SHOWN = (
    *((1, frame) for frame in range(24, 48)),
    *((1, frame) for frame in range(40, 50)),
    *((0, frame) for frame in MIXED),
    *((2, frame) for frame in range(20, 30)),
    *((2, frame) for frame in range(24)),
    (1, 70),
    *((2, frame) for frame in range(24, 31)),
    *((1, frame) for frame in range(48, 60)),
    *((1, frame) for _ in range(4) for frame in range(60)),
)
"""(clip, frame) at each frame of that film; clip 0: both at once."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """The film in one codec, and what it was made of."""

    step: FilmStep
    pieces: Pieces
    film: Path
    folder: Path

    @property
    def samples(self) -> int:
        """Of its sound."""
        return self.step.profile.fps.samples_of(self.step.frames)


class CodecContract:
    """Override `compositor` and `sounds`; everything else is ready."""

    @pytest.fixture(scope="class")
    @classmethod
    def compositor(cls) -> Compositor:
        """What encodes pieces and joins them."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def sounds(cls) -> SoundCompositor:
        """What encodes the windows of sound."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def clips(cls, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
        """Two clips of 80 frames, whose every frame says which it is."""
        folder = tmp_path_factory.mktemp("clips")
        specs = [ClipSpec(number=n, frames=80, rate=str(NTSC.fps), sound=None) for n in (1, 2)]
        one, two = (make_clip(folder / f"{spec.number}.mp4", spec) for spec in specs)
        return one, two

    @pytest.fixture(scope="class")
    @classmethod
    def grain(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A clip with something fine everywhere, as cameras make it."""
        clip = tmp_path_factory.mktemp("grain") / "grain.mp4"
        picture = f"mandelbrot=s=192x108:r={NTSC.fps},noise=alls=12:allf=t,format=yuv420p"
        run_ffmpeg(
            ["-f", "lavfi", "-i", picture], "-frames:v", "10", "-c:v", "libx264", "-crf", "8",
            *("-preset", "ultrafast", str(clip)),
        )  # fmt: skip
        return clip

    @pytest.fixture(scope="class", params=list(FORMATS))
    @classmethod
    def made(
        cls,
        request: pytest.FixtureRequest,
        compositor: Compositor,
        sounds: SoundCompositor,
        clips: tuple[Path, Path],
        tmp_path_factory: pytest.TempPathFactory,
    ) -> Made:
        """The film in each codec that is offered."""
        codec: VideoCodec = request.param
        offered = asyncio.run(compositor.encoders())
        if "software" not in offered[codec]:
            pytest.skip(f"{codec} cannot be encoded by this compositor")
        folder = tmp_path_factory.mktemp(codec)
        return asyncio.run(make_film(compositor, sounds, clips, codec, folder))

    # Picture

    def test_every_frame_is_there_at_its_time_and_decodes_in_silence(self, made: Made) -> None:
        rate = NTSC.fps.fraction
        wanted = [n / rate for n in range(len(SHOWN))]
        assert film_reading.read_times(made.film) == wanted
        if made.step.profile.format.container == "webm":  # whose clock ticks a thousand times
            wanted = [Fraction(int(1000 * time + Fraction(1, 2)), 1000) for time in wanted]
        assert sorted(written_times(made.film)) == wanted

    def test_every_frame_is_the_right_one(self, made: Made, tmp_path: Path) -> None:
        seen = []
        for start, end in ((0, MIXED.start), (MIXED.stop, len(SHOWN))):
            part = tmp_path / f"{start}.nut"
            kept = f"trim=start_frame={start}:end_frame={end},setpts=PTS-STARTPTS"
            run_ffmpeg(["-i", str(made.film)], "-vf", kept, "-c:v", "ffv1", "-an", str(part))
            seen += film_reading.read_barcodes(part, region=WHOLE)
        assert seen == [shown for shown in SHOWN if shown[0]]

    def test_what_was_copied_shows_the_very_frames_of_its_piece(self, made: Made) -> None:
        known = {piece: frame_hashes(piece) for piece in {cut.piece for cut in made.step.cuts}}
        wanted = [
            frame
            for cut in made.step.cuts
            for frame in known[cut.piece][cut.first : cut.first + cut.frames]
        ]
        assert frame_hashes(made.film) == wanted

    async def test_it_is_a_source_like_any_other(self, made: Made, compositor: Compositor) -> None:
        """What was written is read again without a complaint, and is what it should be."""
        facts = await compositor.verify(made.film)
        kind = made.step.profile
        assert (facts.container, facts.video_codec) == (kind.format.container, kind.codec)
        assert (facts.width, facts.height) == (kind.width, kind.height)
        assert facts.frames == len(SHOWN)
        assert facts.audio_codec == kind.format.sound
        assert float(facts.duration) == pytest.approx(len(SHOWN) / kind.fps.fraction, abs=0.002)
        poster = made.folder / "poster.jpg"
        await compositor.thumbnail(made.film, poster, width=96, at=Fraction(80) / kind.fps.fraction)
        assert film_reading.read_barcodes(poster) == [SHOWN[80]]

    async def test_a_rough_picture_is_of_a_frame_shortly_before(
        self, made: Made, compositor: Compositor
    ) -> None:
        poster, at = made.folder / "rough.jpg", Fraction(80) / made.step.profile.fps.fraction
        await compositor.thumbnail(made.film, poster, width=96, at=at, is_rough=True)
        [seen] = film_reading.read_barcodes(poster)
        assert seen in SHOWN[81 - KEYFRAME_DISTANCE : 81]

    # Sound

    def test_every_sample_is_there_and_in_its_place(self, made: Made) -> None:
        heard = np.abs(film_reading.read_sound(made.film).astype(np.int64)).sum(axis=1)
        assert len(heard) == made.samples
        is_exact = made.step.profile.format.sound == "pcm_s16le"
        for click in CLICKS:
            found = click - 500 + int(heard[click - 500 : click + 500].argmax())
            assert abs(found - click) <= (LOSSLESS_SPAN if is_exact else LOSSY_SPAN), click
        # Nothing else is heard, least of all where one window ends and the next begins.
        quiet = heard.copy()
        for click in CLICKS:
            quiet[click - 1200 : click + 1200] = 0
        assert quiet.max() < 600

    def test_sound_begins_with_the_picture(self, made: Made) -> None:
        """What an encoder needs before the film stands before it."""
        times = written_times(made.film, stream="a:0")
        early = LEAD_INS[made.step.profile.format.sound]
        assert float(times[0]) == pytest.approx(-early / SAMPLE_RATE, abs=0.001)
        assert times == sorted(times)
        assert times[-1] < made.samples / Fraction(SAMPLE_RATE)
        assert written_times(made.film)[0] == 0

    async def test_a_film_can_be_silent(
        self, made: Made, compositor: Compositor, tmp_path: Path
    ) -> None:
        target = tmp_path / f"silent.{made.step.profile.format.container}"
        await compositor.film(replace(made.step, sound=()), target, None)
        assert len(film_reading.read_times(target)) == len(SHOWN)
        assert not (await compositor.verify(target)).has_audio

    # Pieces

    async def test_the_same_step_gives_the_same_bytes(
        self, made: Made, compositor: Compositor, clips: tuple[Path, Path], tmp_path: Path
    ) -> None:
        again = tmp_path / made.pieces.span.name
        await compositor.picture(span_step(clips, made.step.profile), again)
        assert again.read_bytes() == made.pieces.span.read_bytes()
        film = tmp_path / made.film.name
        await compositor.film(made.step, film, None)
        assert film.read_bytes() == made.film.read_bytes()

    async def test_quality_is_paid_for_in_bytes(
        self, made: Made, compositor: Compositor, grain: Path, tmp_path: Path
    ) -> None:
        sizes = []
        for quality in QUALITIES:
            profile = replace(made.step.profile, quality=quality)
            piece = tmp_path / f"{quality}.{profile.format.piece}"
            await compositor.picture(clip_step(grain, 10, profile), piece)
            sizes.append(piece.stat().st_size)
        assert sizes == sorted(set(sizes))

    async def test_pieces_that_do_not_belong_together_are_never_joined(
        self, made: Made, compositor: Compositor, clips: tuple[Path, Path], tmp_path: Path
    ) -> None:
        profile = made.step.profile
        other_codec: VideoCodec = "hevc" if profile.codec == "h264" else "h264"
        for other in (
            replace(profile, width=176, height=100),
            replace(profile, fps=replace(profile.fps, num=25_000)),
            OutputProfile(width=192, height=108, fps=profile.fps, codec=other_codec),
        ):
            piece = tmp_path / f"other.{other.format.piece}"
            await compositor.picture(clip_step(clips[0], 24, other), piece)
            cuts = [*made.step.cuts, FilmCut(piece=piece, first=0, frames=24)]
            target = tmp_path / "film"
            with pytest.raises(CompositionFailed):
                await compositor.film(replace(made.step, cuts=cuts, sound=()), target, None)
            assert not target.exists()

    @pytest.mark.parametrize("made", ["h264", "vp9", "prores"], indirect=True)
    async def test_sound_in_another_codec_is_never_joined(
        self, made: Made, compositor: Compositor, sounds: SoundCompositor, tmp_path: Path
    ) -> None:
        other = replace(NTSC, codec="vp9" if made.step.profile.codec != "vp9" else "h264")
        windows = await make_sound(sounds, made.samples, other, tmp_path)
        step = replace(made.step, sound=windows)
        with pytest.raises(CompositionFailed, match=f"not {made.step.profile.format.sound}"):
            await compositor.film(step, tmp_path / "film", None)
        with pytest.raises(CompositionFailed, match="packets in place of"):
            step = replace(made.step, sound=made.step.sound[:1])
            await compositor.film(step, tmp_path / "film", None)
        assert not (tmp_path / "film").exists()

    @pytest.mark.parametrize("made", ["h264", "hevc", "av1", "vp9"], indirect=True)
    async def test_a_cut_within_a_group_is_refused(
        self, made: Made, compositor: Compositor, tmp_path: Path
    ) -> None:
        for first, frames in ((7, 17), (0, 13)):
            cut = FilmCut(piece=made.pieces.one, first=first, frames=frames)
            with pytest.raises(CompositionFailed):
                await compositor.film(
                    replace(made.step, cuts=[cut], sound=()), tmp_path / "film", None
                )


# --- making it ------------------------------------------------------------------------------------


async def make_film(
    compositor: Compositor,
    sounds: SoundCompositor,
    clips: tuple[Path, Path],
    codec: VideoCodec,
    folder: Path,
) -> Made:
    """The film of `Pieces.cuts`, with clicks in its sound."""
    profile = replace(NTSC, codec=codec)
    kind = profile.format
    names = ("one", "two", "lone", "span")
    pieces = Pieces(**{name: folder / f"{name}.{kind.piece}" for name in names})
    await compositor.picture(clip_step(clips[0], 60, profile), pieces.one)
    await compositor.picture(clip_step(clips[1], 31, profile), pieces.two)
    await compositor.picture(clip_step(clips[0], 1, profile, first=70), pieces.lone)
    await compositor.picture(span_step(clips, profile), pieces.span)
    cuts = pieces.cuts()
    samples = profile.fps.samples_of(sum(cut.frames for cut in cuts))
    windows = await make_sound(sounds, samples, profile, folder)
    step = FilmStep(cuts=cuts, sound=windows, profile=profile)
    film = folder / f"film.{kind.container}"
    await compositor.film(step, film, None)
    return Made(step=step, pieces=pieces, film=film, folder=folder)


def clip_step(source: Path, frames: int, profile: OutputProfile, *, first: int = 0) -> PictureStep:
    """Frames of one clip, with nothing done to it."""
    layer = PictureLayer(source=source, first=first, frames=frames)
    return PictureStep(profile=profile, frames=frames, layers=(layer,), label="the clip")


def span_step(clips: tuple[Path, Path], profile: OutputProfile) -> PictureStep:
    """Frames 40 to 60 of the first clip, whose last ten change into 10 to 30 of the other."""
    return PictureStep(
        profile=profile,
        frames=30,
        layers=(
            PictureLayer(source=clips[0], first=40, frames=20),
            PictureLayer(source=clips[1], first=10, frames=20, at=10),
        ),
        transition=TransitionStretch(kind="fade", easing="linear", frames=10),
        label="the span",
    )


async def make_sound(
    sounds: SoundCompositor, samples: int, profile: OutputProfile, folder: Path
) -> list[Path]:
    """The windows of a film's sound: silence, and a click at each of `CLICKS`."""
    decoded = folder / "clicks.wav"
    write_clicks(decoded, samples)
    heard = Contribution(
        sound="clicks", role="clip", start=0, offset=0, samples=samples, points=((0, 0),)
    )
    made: list[Path] = []
    for mix in window_mixes(Soundtrack(contributions=(heard,), sounds={}, samples=samples)):
        made.append(folder / f"window-{len(made)}")
        step = MixStep(
            mix=mix,
            sounds={"clicks": decoded},
            gain=Decimal(0),
            ceiling=Decimal(0),
            codec=profile.format.sound,
            label="the sound",
        )
        await sounds.mix(step, made[-1], None)
    return made


def write_clicks(target: Path, samples: int) -> None:
    """A decoded sound with a short, even pulse around each click."""
    sound = np.zeros(samples)
    pulse = 24_000 * np.hanning(25)
    for click in CLICKS:
        sound[click - 12 : click + 13] += pulse
    with wave.open(str(target), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.repeat(sound.astype("<i2")[:, None], 2, axis=1).tobytes())


# --- reading it -----------------------------------------------------------------------------------


def written_times(film: Path, *, stream: str = "v:0") -> list[Fraction]:
    """Seconds at which frames are shown, or packets heard, as the file has it, in its order."""
    listed = run_ffmpeg(
        ["-copyts", "-i", str(film)], "-map", f"0:{stream}", "-c", "copy", "-f", "framecrc", "-"
    )
    base, times = Fraction(1), []
    for line in listed.decode().splitlines():
        if line.startswith("#tb 0:"):
            base = Fraction(line.partition(":")[2].strip())
        elif line.startswith("0,"):
            times.append(int(line.split(",")[2]) * base)
    return times


def frame_hashes(film: Path) -> list[str]:
    """What each decoded frame is, in the order in which they are shown."""
    listed = run_ffmpeg(
        ["-i", str(film)], "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"
    )
    lines = [line for line in listed.decode().splitlines() if line.startswith("0,")]
    return [line.rpartition(",")[2].strip() for line in lines]
