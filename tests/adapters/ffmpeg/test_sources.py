"""Clips as cameras, phones, browsers and editors write them."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.limits import MediaLimits
from video_foundry.adapters.ffmpeg.verify import LEAST_PATIENCE, MOST_PATIENCE, patience
from video_foundry.core.profile import OutputProfile
from video_foundry.errors import MediaError
from video_foundry.ports.picture import PictureLayer, PictureStep
from video_foundry.testing.clips import ClipSpec, make_clip, pitch, run_ffmpeg
from video_foundry.testing.film_reading import main_pitch, read_barcodes, read_sound

MakePiece = Callable[[Path, int], Awaitable[Path]]
MakeFilm = Callable[[list[tuple[Path, int]]], Awaitable[Path]]

LOSSY_VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]
WAYS = {
    "hevc.mp4": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"],
    "prores-alpha.mov": ["-c:v", "prores_ks", "-pix_fmt", "yuva444p10le"],
    "mpeg4-mp3.mp4": ["-c:v", "mpeg4", "-q:v", "3", "-bf", "2", "-c:a", "libmp3lame"],
    "mjpeg-pcm.mov": ["-c:v", "mjpeg", "-q:v", "3", "-c:a", "pcm_s24le"],
    "hidden-frames.webm": [
        *("-c:v", "libvpx", "-auto-alt-ref", "1", "-lag-in-frames", "16", "-b:v", "1M"),
        *("-c:a", "libvorbis"),
    ],
    "fragments.mp4": ["-c", "copy", "-movflags", "frag_keyframe+empty_moov"],
    "index-first.mp4": ["-c", "copy", "-movflags", "+faststart"],
    "live.webm": [*LOSSY_VP9, "-c:a", "libopus", "-live", "1"],
    "surround.mp4": ["-c:v", "copy", "-ac", "6"],
    "two-sounds-and-time-code.mov": [
        *("-c", "copy", "-map", "0", "-map", "0:a", "-timecode", "01:00:00:00"),
    ],
}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("media") / "plain.mp4", ClipSpec(number=1))


@pytest.mark.parametrize("name", WAYS)
async def test_it_verifies_and_becomes_a_film(
    compositor: FFmpegCompositor, make_film: MakeFilm, plain: Path, tmp_path: Path, name: str
) -> None:
    source = tmp_path / name
    run_ffmpeg(["-i", str(plain)], *WAYS[name], str(source))
    assert (await compositor.verify(source)).frames == 24
    film = await make_film([(source, 24)])
    assert read_barcodes(film, region=(0, 0, 192, 108)) == [(1, n) for n in range(24)]
    sound = read_sound(film)
    assert len(sound) == 48_000
    assert main_pitch(sound[1500:40_000]) == pytest.approx(pitch(1), abs=5)


async def test_a_cut_by_edit_list_begins_at_its_first_shown_frame(
    compositor: FFmpegCompositor, make_piece: MakePiece, plain: Path, tmp_path: Path
) -> None:
    source = tmp_path / "cut.mp4"
    run_ffmpeg(["-ss", "0.3", "-i", str(plain)], "-c", "copy", str(source))
    assert (await compositor.verify(source)).frames == 16
    seen = read_barcodes(await make_piece(source, 12))
    assert seen == [(1, 8 + n) for n in range(12)]


def _combing(film: Path) -> float:
    """Mean difference between neighbouring lines; the test's picture has upright edges only."""
    shape = ["-vf", "crop=in_w:96,format=gray", "-f", "rawvideo", "-"]
    raw = run_ffmpeg(["-i", str(film)], "-map", "0:v", *shape)
    lines = np.frombuffer(raw, np.uint8).astype(int).reshape(-1, 96, 192)
    return float(np.abs(np.diff(lines, axis=1)).mean())


async def test_interlaced_fields_are_made_frames(
    compositor: FFmpegCompositor, make_piece: MakePiece, tmp_path: Path
) -> None:
    source = tmp_path / "fields.mp4"
    bar = "color=black:s=192x108:r=48:d=1[a];color=white:s=30x108:r=48:d=1[b];[a][b]overlay=x=150*t"
    run_ffmpeg(
        ["-f", "lavfi", "-i", f"{bar},tinterlace=4"], "-c:v", "libx264", "-crf", "10",
        "-flags", "+ildct+ilme", str(source),
    )  # fmt: skip
    assert (await compositor.verify(source)).frames == 24
    assert _combing(source) > 1.5
    assert _combing(await make_piece(source, 24)) < 0.3


async def test_cover_art_is_not_the_picture(
    compositor: FFmpegCompositor, plain: Path, tmp_path: Path
) -> None:
    art, source = tmp_path / "art.png", tmp_path / "covered.mp4"
    Image.new("RGB", (300, 300)).save(art)
    run_ffmpeg(
        ["-i", str(art), "-i", str(plain)], "-map", "0", "-map", "1", "-c", "copy",
        "-disposition:v:0", "attached_pic", str(source),
    )  # fmt: skip
    facts = await compositor.verify(source)
    assert (facts.width, facts.height) == (160, 90)


@pytest.mark.parametrize("name", ["phone.jpg", "phone.png"])
async def test_a_photo_is_turned_as_its_camera_says(
    compositor: FFmpegCompositor, tmp_path: Path, name: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn right
    Image.new("RGB", (160, 90), (200, 60, 30)).save(tmp_path / name, exif=exif)
    facts = await compositor.verify(tmp_path / name)
    assert (facts.width, facts.height) == (90, 160)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA"])
async def test_pictures_of_every_mode_are_read(
    compositor: FFmpegCompositor, make_piece: MakePiece, tmp_path: Path, mode: str
) -> None:
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    Image.new(mode, (161, 91)).save(path)
    assert (await compositor.verify(path)).kind == "image"
    await make_piece(path, 2)


async def test_a_picture_size_that_changes_midway_keeps_the_count(
    compositor: FFmpegCompositor, make_piece: MakePiece, tmp_path: Path
) -> None:
    parts = []
    for number, size in ((1, (160, 90)), (2, (320, 180))):
        spec = ClipSpec(number=number, size=size, frames=12, codec="libvpx-vp9", sound=None)
        parts.append(make_clip(tmp_path / f"{number}.webm", spec))
    script = tmp_path / "list.txt"
    script.write_text("".join(f"file '{part}'\n" for part in parts))
    source = tmp_path / "changing.webm"
    run_ffmpeg(["-f", "concat", "-safe", "0", "-i", str(script)], "-c", "copy", str(source))
    seen = read_barcodes(await make_piece(source, 24), region=(0, 0, 192, 108))
    assert seen == [(1, n) for n in range(12)] + [(2, n) for n in range(12)]


async def test_a_clip_longer_than_allowed_is_refused(plain: Path, tmp_path: Path) -> None:
    short = FFmpegCompositor(scratch=tmp_path / "scratch", limits=MediaLimits(seconds=Fraction(1)))
    await short.verify(plain)
    longer = make_clip(tmp_path / "longer.mp4", ClipSpec(frames=30))
    with pytest.raises(MediaError, match="longer than"):
        await short.verify(longer)
    await short.aclose()


async def test_a_film_may_be_longer_than_any_clip(tmp_path: Path) -> None:
    """What is made of it when it is done, its poster and moving pictures, is made all the same."""
    short = FFmpegCompositor(scratch=tmp_path / "scratch", limits=MediaLimits(seconds=Fraction(1)))
    film, poster, moving = (tmp_path / name for name in ("film.mp4", "poster.jpg", "film.gif"))
    make_clip(film, ClipSpec(number=7, frames=60))
    assert (await short.probe(film)).frames == 60
    await short.thumbnail(film, poster, width=160, at=Fraction(2))
    assert read_barcodes(poster) == [(7, 48)]
    await short.animation(film, moving, kind="gif", width=64, fps=10, seconds=Fraction(2))
    assert moving.stat().st_size
    await short.aclose()


async def test_memory_has_an_end(plain: Path, tmp_path: Path) -> None:
    tight = FFmpegCompositor(scratch=tmp_path / "scratch", limits=MediaLimits(memory=64 * 1024**2))
    with pytest.raises(MediaError):
        await tight.verify(plain)


async def test_a_wide_sample_aspect_counts_only_where_it_is_believable(
    compositor: FFmpegCompositor, tmp_path: Path
) -> None:
    wide = make_clip(tmp_path / "wide.mp4", ClipSpec(aspect="2", sound=None))
    absurd = make_clip(tmp_path / "absurd.mp4", ClipSpec(aspect="200", sound=None))
    assert (await compositor.probe(wide)).width == 320
    assert (await compositor.probe(absurd)).width == 160


async def test_a_start_inside_an_open_group_of_frames_is_found(
    compositor: FFmpegCompositor, make_piece: MakePiece, tmp_path: Path
) -> None:
    spec = ClipSpec(number=5, frames=100, sound=None)
    closed = make_clip(tmp_path / "closed.mp4", spec)
    source = tmp_path / "open.mp4"
    run_ffmpeg(
        ["-i", str(closed)], "-c:v", "libx264", "-x264-params", "open-gop=1:keyint=20:bframes=3",
        str(source),
    )  # fmt: skip
    profile = OutputProfile(width=160, height=90)
    piece = tmp_path / "piece.mov"
    layer = PictureLayer(source=source, first=72, frames=10)
    step = PictureStep(profile=profile, frames=10, layers=(layer,), label="clip")
    await compositor.picture(step, piece)
    assert read_barcodes(piece) == [(5, 72 + n) for n in range(10)]


async def test_a_thumbnail_is_of_the_file_that_is_there_now(
    compositor: FFmpegCompositor, tmp_path: Path
) -> None:
    """Its facts may still be known from a moment ago, when it was another one."""
    source, picture = tmp_path / "clip.mp4", tmp_path / "t.jpg"
    make_clip(source, ClipSpec(number=1))
    await compositor.verify(source)
    await compositor.thumbnail(source, picture, width=80, at=Fraction(1, 2))
    assert read_barcodes(picture) == [(1, 12)]
    make_clip(source, ClipSpec(number=2, size=(90, 160), frames=6, sound=None))
    await compositor.thumbnail(source, picture, width=80, at=Fraction(1, 2))
    assert (await compositor.probe(picture)).height == 142
    assert read_barcodes(picture) == [(2, 5)]
    source.unlink()
    with pytest.raises(FileNotFoundError):
        await compositor.thumbnail(source, picture, width=80, at=Fraction(1, 2))


async def test_a_long_clip_is_given_the_time_that_decoding_it_takes(
    compositor: FFmpegCompositor, plain: Path
) -> None:
    """On a machine that decodes slower than real time, too; and nothing is waited for for ever."""
    short = await compositor._sources.read(plain)
    assert LEAST_PATIENCE <= patience(short) < 1.1 * LEAST_PATIENCE
    for rate, size in ((24, (1280, 720)), (30, (1920, 1080)), (60, (3840, 2160))):
        film = replace(short, packets=1200 * rate, width=size[0], height=size[1])
        assert patience(film) > 1200 + LEAST_PATIENCE
    endless = replace(short, packets=10**9, width=3840, height=2160)
    assert patience(endless) == MOST_PATIENCE
