"""The finished file itself: one sample entry, index first, nothing of us in it, and it plays."""

import asyncio
import shutil
import struct
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor, find_ffmpeg
from video_foundry.core.profile import OutputProfile
from video_foundry.core.timebase import FrameRate
from video_foundry.errors import PiecesDiffer
from video_foundry.ports.film import FilmCut, FilmStep
from video_foundry.ports.picture import PictureLayer, PictureStep
from video_foundry.testing.clips import ClipSpec, make_clip, make_still
from video_foundry.testing.film_reading import read_sound, read_times

Film = Callable[[list[tuple[Path, int]], OutputProfile], Awaitable[Path]]

NTSC = OutputProfile(width=192, height=108, fps=FrameRate(num=30_000, den=1001))
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts"}


def _boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, bytes]]:
    """(name, content) of each box and of those inside it, in the order of the file."""
    position, end = start, len(data) if end is None else end
    while position < end:
        length, name = struct.unpack(">I4s", data[position : position + 8])
        yield name, data[position + 8 : position + length]
        if name in HOLDERS:
            yield from _boxes(data, position + 8, position + length)
        position += length


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, int]]:
    """Three unlike clips with odd frame counts."""
    folder = tmp_path_factory.mktemp("parts")
    return [
        (make_clip(folder / "a.mp4", ClipSpec(number=1)), 19),
        (make_still(folder / "b.jpg", ClipSpec(number=2)), 7),
        (make_clip(folder / "c.mov", ClipSpec(number=3, size=(90, 160), sound=None)), 23),
    ]


async def test_the_file_is_built_to_be_streamed_and_exact(
    make_film: Film, parts: list[tuple[Path, int]]
) -> None:
    film = await make_film(parts, NTSC)
    data = film.read_bytes()
    boxes = list(_boxes(data))
    names = [name for name, _ in boxes]
    assert names.index(b"moov") < names.index(b"mdat")
    for single in (b"stsd", b"elst"):  # of the picture and of the sound
        assert [int.from_bytes(content[4:8]) for name, content in boxes if name == single] == [1, 1]
    assert b"nclx\x00\x01\x00\x01\x00\x01" in data
    for trace in (b"Lavf", b"Lavc", b"x264"):
        assert trace not in data
    assert len(read_times(film)) == 49
    assert len(read_sound(film)) == NTSC.fps.samples_of(49)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_a_browser_plays_it_to_the_end(
    make_film: Film, parts: list[tuple[Path, int]], tmp_path: Path
) -> None:
    """Two sample entries decode in FFmpeg and fail here, so a browser must judge."""
    from playwright.async_api import async_playwright

    film = await make_film(parts, OutputProfile(width=192, height=108))
    page_file = tmp_path / "page.html"
    page_file.write_text(f'<video src="{film.name}" muted></video>')
    play = """() => new Promise((done, fail) => {
        const video = document.querySelector("video")
        video.onerror = () => fail(new Error(video.error.message))
        video.onended = () => done({
            at: video.currentTime, length: video.duration,
            width: video.videoWidth, height: video.videoHeight,
            frames: video.getVideoPlaybackQuality().totalVideoFrames,
        })
        video.play().catch(fail)
    })"""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = await browser.new_page()
        await page.goto(page_file.as_uri())
        seen = await page.evaluate(play)
        await browser.close()
    assert seen["length"] == pytest.approx(49 / 24, abs=0.001)
    assert seen["at"] == pytest.approx(49 / 24, abs=0.05)
    assert (seen["width"], seen["height"]) == (192, 108)
    assert seen["frames"] >= 45


async def test_joining_a_long_film_ends_within_a_second_when_it_is_given_up(
    compositor: FFmpegCompositor,
    make_piece: Callable[[Path, int], Awaitable[Path]],
    parts: list[tuple[Path, int]],
    tmp_path: Path,
) -> None:
    """Of many hours, it is all tables at first: nothing is written yet."""
    profile = OutputProfile(width=192, height=108)
    cut = FilmCut(piece=await make_piece(parts[0][0], 24), first=0, frames=24)
    step = FilmStep(cuts=[cut] * 40_000, sound=[], profile=profile)
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await compositor.film(step, tmp_path / "film.mp4", None)
    assert time.monotonic() - begun < 1.3
    assert {path.suffix for path in tmp_path.iterdir()} == {".mov"}  # noqa: ASYNC240


async def test_pieces_of_another_build_are_told_from_those_of_now(
    compositor: FFmpegCompositor, parts: list[tuple[Path, int]], tmp_path: Path
) -> None:
    """Whoever asked for the film can have them made anew: which they are depends on who joins."""
    real, build = find_ffmpeg(), tmp_path / "ffmpeg"
    changed = '"${@//stitchable=1/stitchable=1:ref=2}"'
    build.write_text(f"#!/bin/bash\nexec {real.path} {changed}\n")
    build.chmod(0o755)
    other = FFmpegCompositor(scratch=tmp_path / "other", ffmpeg=replace(real, path=build))
    profile, cuts = OutputProfile(width=192, height=108), []
    for name, maker in (("ours.mov", compositor), ("theirs.mov", other)):
        layer = PictureLayer(source=parts[0][0], first=0, frames=24)
        step = PictureStep(profile=profile, frames=24, layers=(layer,), label="clip")
        await maker.picture(step, tmp_path / name)
        cuts.append(FilmCut(piece=tmp_path / name, first=0, frames=24))
    film = FilmStep(cuts=cuts, sound=[], profile=profile)
    for maker, name in ((compositor, "theirs.mov"), (other, "ours.mov")):
        with pytest.raises(PiecesDiffer) as caught:
            await maker.film(film, tmp_path / "film.mp4", None)
        assert caught.value.pieces == {str(tmp_path / name)}
    await other.aclose()
