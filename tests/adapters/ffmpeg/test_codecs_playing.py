"""Films in the codecs that browsers know, in a browser: they play to the end, and can be sought in.

Chromium on Linux has no HEVC and no ProRes; H.264 is played elsewhere.
"""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from video_foundry.adapters.ffmpeg import FFmpegCompositor
from video_foundry.adapters.ffmpeg.sound import FFmpegSound
from video_foundry.core.profile import VideoCodec
from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.codec_contract import make_film
from video_foundry.testing.compositor_cases import NTSC

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

FRAMES = 338
SOUGHT = 250
"""A frame in the middle of a group, in the second window of sound."""

PLAY = """(sought) => new Promise((done, fail) => {
    const video = document.querySelector("video")
    let at = null
    video.onerror = () => fail(new Error(video.error.message))
    video.onended = () => done({
        at, end: video.currentTime, length: video.duration,
        size: [video.videoWidth, video.videoHeight],
        frames: video.getVideoPlaybackQuality().totalVideoFrames,
        sound: video.webkitAudioDecodedByteCount,
    })
    video.requestVideoFrameCallback(function look(_, frame) {
        if (frame.mediaTime < sought / 2) {
            video.requestVideoFrameCallback(look)
            return
        }
        at = frame.mediaTime
        video.currentTime = 0
        video.playbackRate = 4
        video.play().catch(fail)
    })
    video.currentTime = sought
})"""


@pytest.fixture(params=["av1", "vp9"])
async def film(
    request: pytest.FixtureRequest,
    compositor: FFmpegCompositor,
    sounds: FFmpegSound,
    tmp_path: Path,
) -> Path:
    codec: VideoCodec = request.param
    specs = [ClipSpec(number=n, frames=80, rate=str(NTSC.fps), sound=None) for n in (1, 2)]
    one, two = (make_clip(tmp_path / f"{spec.number}.mp4", spec) for spec in specs)
    return (await make_film(compositor, sounds, (one, two), codec, tmp_path)).film


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_a_browser_seeks_in_it_and_plays_it_to_the_end(film: Path) -> None:
    rate = float(NTSC.fps.fraction)
    seen = await played(film, (SOUGHT + 0.5) / rate)
    assert seen["size"] == [192, 108]
    assert seen["at"] == pytest.approx(SOUGHT / rate, abs=0.002)
    # Of a WebM, Chromium takes the end of the last packet of sound for the end of the film.
    assert seen["length"] == pytest.approx(FRAMES / rate, abs=0.01)
    assert seen["end"] == pytest.approx(FRAMES / rate, abs=0.05)
    assert seen["frames"] >= FRAMES * 0.9
    assert seen["sound"] > 0


async def played(film: Path, sought: float) -> dict[str, Any]:
    """Seek, then play from the beginning; what Chromium saw of it."""
    from playwright.async_api import async_playwright

    page_file = film.with_name("page.html")
    page_file.write_text(f'<video src="{film.name}" preload="auto"></video>')
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = await browser.new_page()
        await page.goto(page_file.as_uri())
        async with asyncio.timeout(60):
            seen: dict[str, Any] = await page.evaluate(PLAY, sought)
        await browser.close()
    return seen
