"""A film of many pieces in a browser: it plays to the end, and no frame is left out."""

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.composing.house import House, film_of, used
from tests.composing.strict import check_file

from video_foundry.core.composition import Trim
from video_foundry.core.effects import PictureEffects, Retime
from video_foundry.core.film import Film
from video_foundry.core.titles import image_from_json, text_from_json
from video_foundry.core.transitions import make_transition

F = Fraction

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

PACES = (1.0, 0.5, 0.25)
"""A busy machine may drop a frame of any film at its own pace; it is then played more slowly."""

PLAY = """pace => new Promise((done, fail) => {
    const video = document.querySelector("video")
    let last = -1, seen = 0, backwards = 0
    const look = (_, frame) => {
        seen += 1
        if (frame.mediaTime < last) backwards += 1
        last = frame.mediaTime
        video.requestVideoFrameCallback(look)
    }
    video.requestVideoFrameCallback(look)
    video.onerror = () => fail(new Error(video.error.message))
    video.onended = () => {
        const quality = video.getVideoPlaybackQuality()
        done({
            at: video.currentTime, length: video.duration, seen, backwards, last,
            size: [video.videoWidth, video.videoHeight],
            frames: quality.totalVideoFrames, dropped: quality.droppedVideoFrames,
        })
    }
    video.playbackRate = pace
    video.play().catch(fail)
})"""


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
async def test_a_film_of_many_pieces_plays_to_the_end(house: House, tmp_path: Path) -> None:
    film = await _many_pieces(house)
    target = tmp_path / "film.mp4"
    await house.room.compose(film, target)
    graph = house.room.graph(film)
    assert len(graph.master.spec["cuts"]) >= 7
    check_file(target, graph.frames, film.rate.fraction)
    seconds = graph.frames / 24
    for pace in PACES:
        seen = await _played(target, pace)
        assert seen["length"] == pytest.approx(seconds, abs=0.001)
        assert seen["at"] == pytest.approx(seconds, abs=0.05)
        assert seen["size"] == [128, 72]
        assert seen["backwards"] == 0
        house.tally.notes["Chromium"] = (
            f"{seen['frames']} of {graph.frames} frames shown, {seen['dropped']} dropped, "
            f"at {pace:g} times its pace"
        )
        if seen["frames"] >= graph.frames and not seen["dropped"]:
            return
    pytest.fail(f"frames were dropped at every pace: {seen} of {graph.frames}")


async def _many_pieces(house: House) -> Film:
    """Parts of clips, some backwards or faster, transitions between most, and text over some."""
    one, two, three = [await house.clip(n) for n in (1, 2, 3)]
    change = {kind: make_transition(kind, F(1, 4)) for kind in ("fade", "push-left", "circle-open")}
    backwards = PictureEffects(retime=Retime(is_reversed=True))
    fast = PictureEffects(retime=Retime(speed=F(3, 2)))
    clips = [
        used(one, trim=Trim(start=F(5, 24), end=F(35, 24)), transition=change["fade"]),
        used(two, trim=Trim(end=F(30, 24))),
        used(three, trim=Trim(start=F(1), end=F(45, 24)), effects=backwards),
        used(one, trim=Trim(end=F(26, 24)), transition=change["push-left"]),
        used(two, effects=fast, transition=change["circle-open"]),
        used(three, trim=Trim(start=F(1, 2), end=F(3, 2))),
    ]
    text = text_from_json({"text": "playing", "start": "1.9", "end": "3.3"}, field="text.0")
    logo = image_from_json({"media": await house.logo(), "start": "4"}, field="images.0")
    return film_of(*clips, overlays=[text, logo], sounds=[await house.tune(3.3)])


async def _played(target: Path, pace: float) -> dict[str, Any]:
    from playwright.async_api import async_playwright

    page_file = target.with_name("page.html")
    page_file.write_text(f'<video src="{target.name}" muted></video>')
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = await browser.new_page()
        await page.goto(page_file.as_uri())
        seen: dict[str, Any] = await page.evaluate(PLAY, pace)
        await browser.close()
    return seen
