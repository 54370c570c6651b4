"""A film of pieces with parameter sets of their own in a browser: wherever one jumps to, the right
frame is there, and it plays to its end without leaving one out."""

import base64
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.composing.house import House, film_of, used
from tests.composing.test_copied import WAYS

from video_foundry.core.composition import Trim
from video_foundry.core.film import Film
from video_foundry.testing.clips import CHECK_BITS, FRAME_BITS, check_bits
from video_foundry.testing.film_reading import read_barcodes

F = Fraction

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

PACES = (1.0, 0.5, 0.25)
"""A busy machine may drop a frame of any film at its own pace; it is then played more slowly."""

LATE = 12
"""Frames that a film may have gone on by until one looks at it."""

WATCH = """async ([film, places, rate, pace]) => {
    const video = document.createElement("video")
    const canvas = document.createElement("canvas")
    const pen = canvas.getContext("2d", { willReadFrequently: true })
    const failed = new Promise((_, fail) => {
        video.onerror = () => fail(new Error(video.error.message))
    })
    const till = event => Promise.race([
        failed, new Promise(done => video.addEventListener(event, done, { once: true })),
    ])
    const fields = () => {
        const [width, height] = [video.videoWidth, video.videoHeight]
        Object.assign(canvas, { width, height })
        pen.drawImage(video, 0, 0)
        const { data } = pen.getImageData(0, 0, width, height)
        const cells = Array.from({ length: 20 }, (_, n) => [n % 5, Math.floor(n / 5)])
        return cells.map(([column, row]) => {
            const x = Math.floor(((column + 0.5) * width) / 5)
            const y = Math.floor(((row + 0.5) * height) / 4)
            return data[4 * (y * width + x) + 1] > 128 ? "1" : "0"
        }).join("")
    }
    const bytes = Uint8Array.from(atob(film), letter => letter.charCodeAt(0))
    video.muted = true
    video.src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }))
    await till("loadeddata")
    const found = []
    for (const place of places) {
        // Being there comes before being drawn.
        const drawn = new Promise(done => video.requestVideoFrameCallback(done))
        const there = Promise.all([till("seeked"), Promise.race([failed, drawn])])
        video.currentTime = (place + 0.5) / rate
        await there
        found.push(fields())
    }
    const back = till("seeked")
    video.currentTime = 0
    await back
    const before = video.getVideoPlaybackQuality()
    const shown = []
    const look = (_, frame) => {
        shown.push([frame.mediaTime, fields()])
        video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    video.playbackRate = pace
    const over = till("ended")
    await video.play()
    await over
    const after = video.getVideoPlaybackQuality()
    return {
        found, shown, length: video.duration, at: video.currentTime,
        dropped: after.droppedVideoFrames - before.droppedVideoFrames,
    }
}"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_every_frame_is_found_and_none_is_dropped(house: House, tmp_path: Path) -> None:
    film, target = await _mixed(house), tmp_path / "film.mp4"
    await house.room.compose(film, target)
    stored = target.read_bytes()
    assert b"avc3" in stored[:4096]
    wanted = read_barcodes(target)
    # In an order that jumps to and fro over all joins.
    places = [place * 37 % len(wanted) for place in range(1, 61)]
    for pace in PACES:
        seen = await _watched(stored, places, pace)
        assert [_code(bits) for bits in seen["found"]] == [wanted[place] for place in places]
        times = [time for time, _ in seen["shown"]]
        assert times == sorted(times)
        for time, bits in seen["shown"]:  # on a busy machine it has gone on when it is looked at
            assert _code(bits) in wanted[round(time * 24) :][:LATE]
        assert seen["length"] == pytest.approx(len(wanted) / 24, abs=0.001)
        assert seen["at"] == pytest.approx(len(wanted) / 24, abs=0.05)
        if not seen["dropped"]:
            return
        places = []  # what was found once is found
    pytest.fail(f"{seen['dropped']} frames were dropped at every pace")


async def _mixed(house: House) -> Film:
    """Each encoder's clip, our own pieces among them, some of both trimmed."""
    clips = [await house.encoded(10 + n, way) for n, way in enumerate(WAYS.values())]
    own = await house.clip(1)
    return film_of(
        used(own, trim=Trim(end=F(1))),
        *clips[:3],
        used(own, trim=Trim(start=F(1))),
        used(clips[3], trim=Trim(start=F(5, 24))),
        used(clips[4], trim=Trim(end=F(43, 24))),
        used(clips[1], trim=Trim(end=F(37, 24))),
        *clips[5:],
        used(own, trim=Trim(end=F(1, 2))),
    )


def _code(bits: str) -> tuple[int, int]:
    """(clip number, frame number) that a picture shows."""
    code = int(bits, 2)
    value = code >> CHECK_BITS
    assert check_bits(value) == code & 15
    return value >> FRAME_BITS, value & (1 << FRAME_BITS) - 1


async def _watched(film: bytes, places: list[int], pace: float) -> dict[str, Any]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = await browser.new_page()
        told = base64.b64encode(film).decode()
        seen: dict[str, Any] = await page.evaluate(WATCH, [told, places, 24, pace])
        await browser.close()
    return seen
