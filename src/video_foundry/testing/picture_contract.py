"""What every maker of pictures must do, as tests: subclass `PictureContract`, give it `pictures`.

The clips are real and tiny; every frame says which it is, so that a piece can be checked frame by
frame.
"""
# ruff: noqa: S101 - a contract speaks in asserts, and fixtures come by position

import asyncio
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from video_foundry.core.animation import Animation
from video_foundry.core.easing import progress_at
from video_foundry.core.profile import OutputProfile
from video_foundry.core.transitions import moment_at
from video_foundry.errors import CompositionFailed
from video_foundry.ports.picture import (
    OverlayLayer,
    PictureLayer,
    Pictures,
    PictureStep,
    TransitionStretch,
)
from video_foundry.testing import clips, film_reading
from video_foundry.testing.clips import ClipSpec, make_clip, make_still, run_ffmpeg
from video_foundry.testing.compositor_cases import (
    KINDS,
    NTSC,
    SHOWN,
    SMALL,
    expected_frames,
    fitted,
)
from video_foundry.testing.picture_effects_contract import PictureEffectsContract
from video_foundry.testing.pictures import (
    changed,
    in_bt709,
    likeness,
    make_overlay,
    read_pictures,
)

SIZE = (192, 108)
SHOWN_IN_SMALL = fitted((160, 90), SMALL)


class PictureContract(PictureEffectsContract):
    """Override `pictures`; everything else is ready."""

    @pytest.fixture(scope="class")
    @classmethod
    def media(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """A folder with one clip of each kind, a JPEG, and two longer clips."""
        folder = tmp_path_factory.mktemp("media")
        for name, spec in KINDS.items():
            make_clip(folder / name, spec)
        make_still(folder / "still.jpg", ClipSpec(number=21))
        for number in (40, 41):
            make_clip(folder / f"{number}.mp4", ClipSpec(number=number, frames=120, sound=None))
        return folder

    # Clips alone

    @pytest.mark.parametrize(
        ("name", "profile"),
        [(name, SMALL) for name in KINDS]
        + [(name, NTSC) for name in ("portrait.mov", "variable.mp4", "odd-size.mkv")],
    )
    async def test_a_clip_shows_the_right_frame_at_every_moment(
        self, pictures: Pictures, media: Path, tmp_path: Path, name: str, profile: OutputProfile
    ) -> None:
        spec, piece = KINDS[name], tmp_path / "piece.mov"
        await pictures.picture(alone(media / name, 20, profile=profile), piece)
        assert film_reading.read_times(piece) == [n / profile.fps.fraction for n in range(20)]
        region = fitted(SHOWN.get(name, (160, 90)), profile)
        seen = film_reading.read_barcodes(piece, region=region, turned=spec.rotation == 90)
        assert seen == expected_frames(spec, profile, 20)

    @pytest.mark.parametrize("name", ["plain.mp4", "vp9.webm", "variable.mp4", "odd-size.mkv"])
    async def test_a_chunk_shows_what_the_whole_shows_there(
        self, pictures: Pictures, media: Path, tmp_path: Path, name: str
    ) -> None:
        """The grid begins where the clip begins, not where the chunk does."""
        spec, piece = KINDS[name], tmp_path / "piece.mov"
        whole = expected_frames(spec, NTSC, 30)
        for first in (1, 7, 13):
            await pictures.picture(alone(media / name, 9, first=first, profile=NTSC), piece)
            region = fitted(SHOWN.get(name, (160, 90)), NTSC)
            seen = film_reading.read_barcodes(piece, region=region)
            assert seen == whole[first : first + 9]

    async def test_far_into_a_long_clip_nothing_is_lost(
        self, pictures: Pictures, tmp_path: Path
    ) -> None:
        for codec in ("libx264", "libvpx-vp9"):
            spec = ClipSpec(number=30, frames=200, codec=codec, sound=None)
            source = make_clip(tmp_path / f"{codec}.mkv", spec)
            await pictures.picture(alone(source, 30, first=155), tmp_path / "piece.mov")
            seen = film_reading.read_barcodes(tmp_path / "piece.mov", region=SHOWN_IN_SMALL)
            assert seen == [(30, frame) for frame in range(155, 185)]

    async def test_past_its_end_a_clip_holds_its_last_frame(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        for first in (18, 24, 500):
            piece = tmp_path / "piece.mov"
            await pictures.picture(alone(media / "plain.mp4", 12, first=first), piece)
            seen = film_reading.read_barcodes(piece, region=SHOWN_IN_SMALL)
            assert seen == [(1, min(n, 23)) for n in range(first, first + 12)]

    async def test_a_still_stands(self, pictures: Pictures, media: Path, tmp_path: Path) -> None:
        piece = tmp_path / "piece.mov"
        await pictures.picture(alone(media / "still.jpg", 30, first=100), piece)
        assert film_reading.read_times(piece) == [Fraction(n, 24) for n in range(30)]
        assert film_reading.read_barcodes(piece, region=SHOWN_IN_SMALL) == [(21, 0)] * 30

    async def test_a_piece_has_no_sound_and_a_key_frame_at_every_multiple(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        for step in (alone(media / "40.mp4", 60), joined(media, frames=36, overlap=12)):
            await pictures.picture(step, tmp_path / "piece.mov")
            assert keys_of(tmp_path / "piece.mov") == [0, 24, 48]
            with pytest.raises(RuntimeError, match="matches no streams"):
                film_reading.read_sound(tmp_path / "piece.mov")

    async def test_the_same_step_twice_gives_the_same_bytes(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        for step in (alone(media / "variable.mp4", 20), joined(media, kind="dissolve")):
            made = []
            for name in ("one.mov", "two.mov"):
                await pictures.picture(step, tmp_path / name)
                made.append((tmp_path / name).read_bytes())
            assert made[0] == made[1]

    # Transitions

    @pytest.mark.parametrize("profile", [SMALL, NTSC], ids=["24", "ntsc"])
    async def test_around_a_transition_every_frame_is_the_right_one(
        self, pictures: Pictures, media: Path, tmp_path: Path, profile: OutputProfile
    ) -> None:
        step = replace(joined(media, overlap=10), profile=profile)
        await pictures.picture(step, tmp_path / "piece.mov")
        assert len(film_reading.read_times(tmp_path / "piece.mov")) == 50
        trimmed = tmp_path / "outside.mov"
        seen = []
        for start, end in ((0, 20), (30, 50)):
            cut_frames(tmp_path / "piece.mov", trimmed, start, end)
            seen += film_reading.read_barcodes(trimmed, region=fitted((160, 90), profile))
        one, two = (ClipSpec(number=number, frames=120) for number in (40, 41))
        wanted = [
            *expected_frames(one, profile, 70)[40:60],
            *expected_frames(two, profile, 70)[20:40],
        ]
        assert seen == wanted

    @pytest.mark.parametrize("kind", ["fade", "wipe-right", "push-left", "dip-to-white", "zoom-in"])
    @pytest.mark.parametrize("easing", ["linear", "ease-in"])
    async def test_a_transition_follows_its_formula(
        self, pictures: Pictures, media: Path, tmp_path: Path, kind: str, easing: str
    ) -> None:
        """Against both clips alone, mixed place by place."""
        step = joined(media, kind=kind, easing=easing, overlap=9)
        first, second = step.layers
        await pictures.picture(step, tmp_path / "piece.mov")
        piece = read_pictures(tmp_path / "piece.mov", SIZE)
        parts = []
        for layer, start in ((first, first.first + 21), (second, second.first)):
            await pictures.picture(alone(layer.source, 9, first=start), tmp_path / "part.mov")
            parts.append(read_pictures(tmp_path / "part.mov", SIZE))
        for frame in (0, 4, 8):
            moment = moment_at(kind, easing, progress_at(frame, 9))
            wanted = changed(moment, parts[0][frame], parts[1][frame], every=7)
            assert likeness(piece[21 + frame].thinned(7), wanted) > 32, frame

    # Overlays

    async def test_an_overlay_is_blended_by_its_alpha(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        """Colour and alpha are right, and what it does not cover stays as it was."""
        await pictures.picture(alone(media / "40.mp4", 12), tmp_path / "bare.mov")
        overlay = make_overlay(tmp_path / "o.png", SIZE, (40, 20, 120, 80), (200, 60, 30, 153))
        layer = OverlayLayer(image=overlay, start=4, frames=5, opacity=Fraction(1, 2))
        step = replace(alone(media / "40.mp4", 12), overlays=(layer,))
        await pictures.picture(step, tmp_path / "piece.mov")
        bare, piece = (read_pictures(tmp_path / f"{n}.mov", SIZE) for n in ("bare", "piece"))
        for frame in (0, 3, 9, 11):
            assert likeness(bare[frame], piece[frame]) > 36
        for frame in (4, 8):
            for plane, flat in zip(range(3), in_bt709(200, 60, 30), strict=True):
                share = 2 if plane else 1
                inside = (slice(30 // share, 70 // share), slice(50 // share, 110 // share))
                under, over = (one[frame].planes[plane][inside] for one in (bare, piece))
                assert over.mean() == pytest.approx((0.7 * under + 0.3 * flat).mean(), abs=1.5)
                beside = (slice(90 // share, None), slice(None))
                was, is_now = (one[frame].planes[plane][beside] for one in (bare, piece))
                assert is_now.mean() == pytest.approx(was.mean(), abs=1)

    async def test_an_overlay_moves_as_its_animation_says(
        self, pictures: Pictures, tmp_path: Path
    ) -> None:
        source = clips.make_flat(tmp_path / "black.mov", "black", "-c:v", "png")
        overlay = make_overlay(tmp_path / "o.png", SIZE, (60, 40, 100, 60), (255, 255, 255, 255))
        slide = Animation(kind="slide-right", frames=4, easing="linear")
        reveal = Animation(kind="reveal-down", frames=3, easing="linear")
        layer = OverlayLayer(
            image=overlay, start=-1, frames=12, animate_in=slide, animate_out=reveal
        )
        step = replace(alone(source, 12), overlays=(layer,))
        await pictures.picture(step, tmp_path / "piece.mov")
        seen = [picture.bright - 16 for picture in read_pictures(tmp_path / "piece.mov", SIZE)]
        for frame, part in ((0, 2 / 5), (2, 4 / 5), (4, 1.0)):
            columns = seen[frame].sum(axis=0)
            centre = (columns * range(SIZE[0])).sum() / columns.sum() + 0.5
            assert centre == pytest.approx(80 - (1 - part) * 0.12 * 192, abs=0.3)
            assert seen[frame].max() == pytest.approx(219 * part, abs=4)
        for frame, gone in ((8, 1 / 4), (10, 3 / 4)):
            rows = seen[frame].sum(axis=1)
            assert rows.sum() / 219 / 40 == pytest.approx(20 * (1 - gone), abs=0.5)
            assert rows[: 40 + round(20 * gone) - 2].max() < 8 * 40
        assert seen[11].max() < 4

    async def test_overlays_lie_over_transitions_in_their_order(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        low = make_overlay(tmp_path / "1.png", SIZE, (0, 0, 192, 108), (0, 0, 255, 255))
        high = make_overlay(tmp_path / "2.png", SIZE, (0, 0, 96, 108), (255, 255, 0, 255))
        layers = tuple(OverlayLayer(image=image, start=0, frames=50) for image in (low, high))
        step = replace(joined(media, overlap=10), overlays=layers)
        await pictures.picture(step, tmp_path / "piece.mov")
        for picture in read_pictures(tmp_path / "piece.mov", SIZE)[::7]:
            for part, colour in ((slice(5, 90), (255, 255, 0)), (slice(100, 187), (0, 0, 255))):
                wanted = in_bt709(*colour)
                assert picture.bright[:, part].mean() == pytest.approx(wanted[0], abs=1.5)
                small = slice(part.start // 2 + 1, part.stop // 2)
                assert picture.planes[1][:, small].mean() == pytest.approx(wanted[1], abs=1.5)

    # Failure

    async def test_a_failure_names_the_clip_and_leaves_nothing(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "out"
        folder.mkdir()
        damaged = clips.zeroed(media / "41.mp4", tmp_path / "bad.mp4", at=0.15)
        with pytest.raises(CompositionFailed, match=r"^the clip in question: "):
            await pictures.picture(alone(damaged, 100), folder / "piece.mov")
        span = joined(media)
        second = replace(span.layers[1], source=damaged, first=0, label="segment 8")
        with pytest.raises(CompositionFailed, match=r"^segment 8: "):
            await pictures.picture(
                replace(span, layers=(span.layers[0], second)), folder / "piece.mov"
            )
        empty = tmp_path / "empty.mp4"
        empty.write_bytes(b"nothing at all")
        with pytest.raises(CompositionFailed, match=r"^the clip in question: "):
            await pictures.picture(alone(empty, 10), folder / "piece.mov")
        assert list(folder.iterdir()) == []

    async def test_an_overlay_that_does_not_fit_is_refused(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        small = make_overlay(tmp_path / "o.png", (64, 36), (0, 0, 9, 9), (1, 2, 3, 4))
        (tmp_path / "n.png").write_bytes(b"no picture")
        for image, words in ((small, "64 x 36"), (tmp_path / "n.png", "cannot be read")):
            layer = OverlayLayer(image=image, start=0, frames=5)
            step = replace(alone(media / "40.mp4", 12), overlays=(layer,))
            with pytest.raises(CompositionFailed, match=f"^the clip in question: .*{words}"):
                await pictures.picture(step, tmp_path / "piece.mov")

    async def test_layers_that_do_not_cover_the_piece_are_refused(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        span, clip = joined(media), alone(media / "40.mp4", 12)
        for wrong in (
            replace(clip, frames=13),
            replace(clip, layers=()),
            replace(span, transition=None),
            replace(span, transition=replace(span.transition or CHANGE, frames=3)),
            replace(span, transition=replace(span.transition or CHANGE, kind="explode")),
            replace(clip, profile=replace(SMALL, width=191)),
        ):
            with pytest.raises(CompositionFailed, match=r"^the clip in question: "):
                await pictures.picture(wrong, tmp_path / "piece.mov")
        assert not (tmp_path / "piece.mov").exists()

    async def test_progress_rises_to_one(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        told: list[float] = []

        async def tell(done: float) -> None:
            told.append(done)

        large = OutputProfile(width=1280, height=720)
        for step in (alone(media / "40.mp4", 48), joined(media)):
            told.clear()
            await pictures.picture(replace(step, profile=large), tmp_path / "piece.mov", tell)
            assert told == sorted(told)
            assert told[-1] == 1
            assert len(told) > 1

    async def test_cancelling_stops_at_once_and_leaves_nothing(
        self, pictures: Pictures, media: Path, tmp_path: Path
    ) -> None:
        folder = tmp_path / "out"
        folder.mkdir()
        large = OutputProfile(width=1920, height=1080)
        for step in (alone(media / "40.mp4", 120), joined(media, frames=100, overlap=50)):
            running = asyncio.Event()

            async def tell(_: float, running: asyncio.Event = running) -> None:
                running.set()

            work = asyncio.create_task(
                pictures.picture(replace(step, profile=large), folder / "piece.mov", tell)
            )
            await asyncio.wait_for(running.wait(), 30)
            work.cancel()
            async with asyncio.timeout(1):
                with pytest.raises(asyncio.CancelledError):
                    await work
                await gone(folder)
            assert list(folder.iterdir()) == []


CHANGE = TransitionStretch(kind="fade", easing="linear", frames=10)


def alone(
    source: Path, frames: int, *, first: int = 0, profile: OutputProfile = SMALL
) -> PictureStep:
    """One clip with nothing done to it."""
    layer = PictureLayer(source=source, first=first, frames=frames)
    return PictureStep(
        profile=profile, frames=frames, layers=(layer,), label="the clip in question"
    )


def joined(
    media: Path,
    *,
    kind: str = "fade",
    easing: str = "linear",
    frames: int = 30,
    overlap: int = 10,
) -> PictureStep:
    """Frames 40 on of one long clip and 10 on of the other, `frames` of each."""
    start = frames - overlap
    return PictureStep(
        profile=SMALL,
        frames=start + frames,
        layers=(
            PictureLayer(source=media / "40.mp4", first=40, frames=frames),
            PictureLayer(source=media / "41.mp4", first=10, frames=frames, at=start),
        ),
        transition=TransitionStretch(kind=kind, easing=easing, frames=overlap),
        label="the clip in question",
    )


def keys_of(film: Path) -> list[int]:
    """The places of the key frames."""
    listed = run_ffmpeg(
        ["-skip_frame", "nokey", "-i", str(film)], "-map", "0:v:0", "-copyts", "-fps_mode",
        "passthrough", "-enc_time_base", "1:24", "-f", "framecrc", "-",
    )  # fmt: skip
    lines = [line for line in listed.decode().splitlines() if line.startswith("0,")]
    return [int(line.split(",")[2]) for line in lines]


def cut_frames(film: Path, target: Path, start: int, end: int) -> None:
    """Keep frames [start, end), without loss."""
    chosen = f"trim=start_frame={start}:end_frame={end},setpts=PTS-STARTPTS"
    run_ffmpeg(["-i", str(film)], "-vf", chosen, "-c:v", "ffv1", "-f", "nut", str(target))


async def gone(folder: Path) -> None:
    """Wait until no process names the folder."""
    for _ in range(100):
        if not processes_about(folder):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(processes_about(folder))


def processes_about(folder: Path) -> list[str]:
    """Command lines of running processes that name the folder (where the system shows them)."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found
