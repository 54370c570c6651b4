"""Previews tell the truth: tiles show their moment, points the loudest sample, proxies all."""

import asyncio
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.previews.sights import expected, frames_of, points_of, subject, tile_codes

from video_foundry.adapters.ffmpeg.compositor import FFmpegCompositor
from video_foundry.adapters.ffmpeg.previews import FFmpegPreviews
from video_foundry.core.previews import (
    Filmstrip,
    Proxy,
    Waveform,
    common_rate,
    filmstrips,
    proxy_of,
)
from video_foundry.core.timebase import FrameRate
from video_foundry.errors import CompositionFailed
from video_foundry.ports.previews import PreviewSource
from video_foundry.testing.clips import (
    ClipSpec,
    make_clip,
    make_still,
    run_ffmpeg,
    truncated,
    zeroed,
)
from video_foundry.testing.film_reading import main_pitch, read_barcodes, read_sound, read_times


def source(path: Path) -> PreviewSource:
    return PreviewSource(path=path, label="the clip")


async def codes(
    maker: FFmpegPreviews, clip: Path, strip: Filmstrip, folder: Path, *, turned: bool = False
) -> list[tuple[int, int]]:
    """What the tiles of a filmstrip show."""
    found = []
    for sheet in strip.sheets:
        target = folder / f"{sheet.first}.jpg"
        await maker.sprite(source(clip), sheet, target)
        found += tile_codes(target, sheet, turned=turned)
    return found


# --- filmstrips


@pytest.mark.parametrize(
    ("name", "spec", "shown"),
    [
        ("plain.mp4", ClipSpec(frames=60), (160, 90)),
        ("ntsc.mp4", ClipSpec(frames=60, rate="30000/1001", picture_delay=0.4), (160, 90)),
        ("turned.mp4", ClipSpec(frames=30, rotation=90), (90, 160)),
        ("wide.mp4", ClipSpec(frames=30, aspect="4/3"), (214, 90)),
        ("coarse.webm", ClipSpec(frames=40, codec="libvpx-vp9", sound="libopus"), (160, 90)),
    ],
)
async def test_each_tile_shows_the_frame_of_its_moment(
    maker: FFmpegPreviews, tmp_path: Path, name: str, spec: ClipSpec, shown: tuple[int, int]
) -> None:
    clip = make_clip(tmp_path / name, spec)
    rate = FrameRate.parse(spec.rate).fraction
    length = spec.frames / rate
    [strip] = filmstrips(subject(seconds=length, size=shown, rate=spec.rate))
    seen = await codes(maker, clip, strip, tmp_path, turned=bool(spec.rotation))
    frames = expected(strip.step, strip.count, rate, spec.frames)
    assert seen == [(spec.number, frame) for frame in frames]


async def test_sheets_of_a_long_clip_go_on_where_the_one_before_ends(
    maker: FFmpegPreviews, tmp_path: Path
) -> None:
    """Two frames a second, a key frame every six seconds: the second sheet begins between two."""
    clip = make_clip(tmp_path / "long.mp4", ClipSpec(frames=440, rate="2", size=(64, 48)))
    fine, overview = filmstrips(subject(seconds=220, size=(64, 48), rate="2"))
    assert [sheet.count for sheet in fine.sheets] == [100, 100, 20]
    seen = await codes(maker, clip, fine, tmp_path)
    # Frames that no other frame needs may be left out: what is shown is a frame or two older.
    for n, (number, frame) in enumerate(seen):
        assert number == 1
        assert 2 * n - 2 <= frame <= 2 * n, f"tile {n} shows frame {frame}"
    [(step, _)] = [(overview.step, overview)]
    shown = await codes(maker, clip, overview, tmp_path)
    far = [abs(Fraction(frame, 2) - n * step) for n, (_, frame) in enumerate(shown)]
    assert max(far) <= step, "an overview is at most one step away"
    assert all(frame % 12 == 0 for _, frame in shown), "it is made of key frames alone"


async def test_an_overview_needs_no_key_frames_where_there_are_none(
    maker: FFmpegPreviews, tmp_path: Path
) -> None:
    """Three at its beginning, and from then on none for three minutes and a half."""
    every = make_clip(tmp_path / "every.mp4", ClipSpec(frames=440, rate="2", size=(64, 48)))
    clip = tmp_path / "few.mp4"
    keys = ["-g", "9999", "-sc_threshold", "0", "-force_key_frames", "0,2,4"]
    run_ffmpeg(["-i", str(every)], "-an", "-preset", "ultrafast", "-bf", "0", *keys, str(clip))
    overview = filmstrips(subject(seconds=220, size=(64, 48), rate="2"))[-1]
    shown = await codes(maker, clip, overview, tmp_path)
    assert shown == [(1, int(2 * n * overview.step)) for n in range(overview.count)]


async def test_an_image_is_one_tile(maker: FFmpegPreviews, tmp_path: Path) -> None:
    still = make_still(tmp_path / "still.png", ClipSpec(number=9), alpha=True)
    [strip] = filmstrips(subject("image", seconds=0))
    await maker.sprite(source(still), strip.sheets[0], tmp_path / "tile.jpg")
    with Image.open(tmp_path / "tile.jpg") as tile:
        grey = np.asarray(tile.convert("L"))
    assert grey.shape == (96, 170)
    assert grey[:, 100:].max() < 10, "what is clear is black"
    assert grey[:, :70].max() > 150


# --- waveforms


async def points(
    maker: FFmpegPreviews, sound: Path, samples: int, *, is_clip: bool
) -> dict[int, np.ndarray]:
    """The points of a file, by resolution."""
    waveform, target = Waveform(samples=samples), sound.with_suffix(".dat")
    await maker.waveform(source(sound), waveform, target, is_clip=is_clip)
    return points_of(target.read_bytes(), waveform)


async def test_a_click_stands_in_its_point_and_in_no_other(
    maker: FFmpegPreviews, tmp_path: Path
) -> None:
    """In the right channel alone, half the loudest upwards and a quarter down."""
    click = tmp_path / "click.wav"
    chain = "aevalsrc=0|if(eq(n\\,60480)\\,0.5\\,if(eq(n\\,60481)\\,-0.25\\,0)):s=48000:d=2.5"
    run_ffmpeg(["-f", "lavfi", "-i", chain], "-c:a", "pcm_s16le", str(click))
    found = await points(maker, click, 120_000, is_clip=False)
    for level, place in ((100, 126), (10, 12), (1, 1)):
        assert [tuple(p) for p in found[level][[place]]] == [(-32, 64)]
        assert not np.delete(found[level], place, axis=0).any()
    assert [len(found[level]) for level in (100, 10, 1)] == [250, 25, 3]


async def test_a_tone_is_as_loud_as_it_is_from_where_it_begins_to_where_it_ends(
    maker: FFmpegPreviews, tmp_path: Path
) -> None:
    """The sound begins half a second after the picture and ends before it. FFmpeg's tone is an
    eighth of the loudest, and a mono sound is 3 dB lower in each of two channels."""
    spec = ClipSpec(frames=48, picture_delay=0.25, sound_delay=0.75, sound_seconds=1.0)
    found = await points(maker, make_clip(tmp_path / "late.mp4", spec), 96_000, is_clip=True)
    loud = [n for n, (low, high) in enumerate(found[100]) if high - low > 8]
    assert abs(loud[0] - 50) <= 3
    assert abs(loud[-1] - 150) <= 6
    assert {round((high - low) / 2) for low, high in found[100][60:140]} <= {11, 12}


async def test_sound_files_of_every_kind_are_measured(
    maker: FFmpegPreviews, tmp_path: Path
) -> None:
    for ending in ("mp3", "flac", "m4a", "ogg"):
        tone = tmp_path / f"tone.{ending}"
        codec = ("-c:a", "libopus") if ending == "ogg" else ()
        run_ffmpeg(["-f", "lavfi", "-i", "sine=440:r=44100:d=1"], *codec, str(tone))
        found = await points(maker, tone, 48_000, is_clip=False)
        heights = found[10][1:9].astype(int) @ [-1, 1] / 2
        assert all(10 <= height <= 13 for height in heights), ending


# --- proxies


@pytest.mark.parametrize(
    ("name", "spec", "shown"),
    [
        ("plain.mp4", ClipSpec(frames=36, size=(768, 432)), (768, 432)),
        ("ntsc.mp4", ClipSpec(frames=40, rate="30000/1001", picture_delay=0.4), (160, 90)),
        ("turned.mp4", ClipSpec(frames=30, size=(320, 240), rotation=90, sound=None), (240, 320)),
        ("wide.mp4", ClipSpec(frames=30, aspect="4/3", sound_seconds=0.5), (214, 90)),
    ],
)
async def test_frame_k_of_a_proxy_is_frame_k_of_the_clip(
    maker: FFmpegPreviews, tmp_path: Path, name: str, spec: ClipSpec, shown: tuple[int, int]
) -> None:
    clip, small = make_clip(tmp_path / name, spec), tmp_path / "proxy.mp4"
    rate = FrameRate.parse(spec.rate)
    proxy = proxy_of(subject(seconds=spec.frames / rate.fraction, size=shown, rate=spec.rate))
    assert proxy is not None
    await maker.proxy(source(clip), proxy, small)
    codes = read_barcodes(small, turned=bool(spec.rotation))
    assert codes == [(spec.number, frame) for frame in range(spec.frames)]
    assert read_times(small) == [rate.seconds_of(frame) for frame in range(spec.frames)]
    kinds = frames_of(small).kinds
    assert kinds == "".join("I" if n % 12 == 0 else "P" for n in range(spec.frames))


async def test_a_proxy_is_what_browsers_like(maker: FFmpegPreviews, tmp_path: Path) -> None:
    import av

    clip = make_clip(tmp_path / "clip.mov", ClipSpec(number=4, frames=48, full_range=True))
    proxy = Proxy(width=160, height=90, rate=FrameRate(num=24), frames=48, has_sound=True)
    small = tmp_path / "proxy.mp4"
    await maker.proxy(source(clip), proxy, small)
    data = small.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat"), "the index comes first"
    with av.open(str(small)) as container:
        [video], [sound] = container.streams.video, container.streams.audio
        context, frame = video.codec_context, next(container.decode(video))
        assert (context.name, context.pix_fmt, context.has_b_frames) == ("h264", "yuv420p", False)
        assert (frame.colorspace, frame.color_range) == (1, 1), "BT.709, limited range"
        assert (sound.codec_context.name, sound.channels, sound.rate) == ("aac", 2, 48_000)
    heard = read_sound(small)
    assert abs(main_pitch(heard[4800:91_200]) - 700) < 5
    assert abs(len(heard) - 96_000) <= 1024


async def test_a_rate_that_varies_becomes_constant(maker: FFmpegPreviews, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=50, variable=True, sound=None))
    proxy = Proxy(width=160, height=90, rate=FrameRate(num=25), frames=50, has_sound=False)
    await maker.proxy(source(clip), proxy, tmp_path / "proxy.mp4")
    assert read_barcodes(tmp_path / "proxy.mp4") == [(1, frame) for frame in range(50)]


# --- what cannot be made


async def test_a_damaged_clip_is_said_to_be_damaged(maker: FFmpegPreviews, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "whole.mp4", ClipSpec(frames=48, size=(320, 180)))
    [strip] = filmstrips(subject(seconds=2))
    proxy = Proxy(width=160, height=90, rate=FrameRate(num=24), frames=48, has_sound=True)
    for name, damaged in (
        ("cut", truncated(clip, tmp_path / "cut.mp4", 0.5)),
        ("rotten", zeroed(clip, tmp_path / "rotten.mp4", at=0.3, length=6000)),
    ):
        target = tmp_path / f"{name}.out"
        with pytest.raises(CompositionFailed, match=r"^the clip: "):
            await maker.proxy(source(damaged), proxy, target)
        with pytest.raises(CompositionFailed, match=r"^the clip: "):
            await maker.sprite(source(damaged), strip.sheets[0], target)
        with pytest.raises(CompositionFailed, match=r"^the clip: "):
            await maker.waveform(source(damaged), Waveform(samples=96_000), target, is_clip=True)
        assert not target.exists()


async def test_what_is_cancelled_leaves_nothing(maker: FFmpegPreviews, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=300, size=(160, 90), sound=None))
    proxy = Proxy(width=640, height=360, rate=FrameRate(num=24), frames=300, has_sound=False)
    folder = tmp_path / "out"
    folder.mkdir()
    begun = asyncio.Event()

    async def note(_: float) -> None:
        begun.set()

    work = asyncio.create_task(maker.proxy(source(clip), proxy, folder / "proxy.mp4", note))
    await asyncio.wait_for(begun.wait(), 60)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert list(folder.iterdir()) == []


async def test_the_same_preview_is_the_same_bytes(maker: FFmpegPreviews, tmp_path: Path) -> None:
    compositor = FFmpegCompositor(scratch=tmp_path / "scratch")
    clip = make_clip(tmp_path / "clip.mp4", ClipSpec(frames=36))
    facts = await compositor.verify(clip)
    await compositor.aclose()
    assert common_rate(facts.frame_rate) == facts.frame_rate
    whole = subject(seconds=facts.duration)
    [strip], proxy = filmstrips(whole), proxy_of(whole)
    assert proxy is not None
    made = []
    for name in ("one", "two"):
        await maker.sprite(source(clip), strip.sheets[0], tmp_path / f"{name}.jpg")
        await maker.proxy(source(clip), proxy, tmp_path / f"{name}.mp4")
        made.append([(tmp_path / f"{name}{end}").read_bytes() for end in (".jpg", ".mp4")])
    assert made[0] == made[1]
