"""The preview plays the cut as it is, before any render too, and the finished film."""

import io
import re
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Request, Response, expect
from tests.waiting import until

MADE = 60.0
"""Seconds that clips and a short render may take on a busy machine."""
SOON = 15_000
FPS = 24
COUNTS = """canvas => {
  window.drawn = [];
  const note = () => window.drawn.push(Number(canvas.dataset.frame));
  new MutationObserver(note).observe(canvas, {attributes: true, attributeFilter: ["data-frame"]});
}"""
LISTENS = """
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) {
      window.ear = this.context.createAnalyser();
      connect.call(this, window.ear);
    }
    return connect.call(this, to, ...rest);
  };
"""
LOUDEST = """() => {
  const heard = new Float32Array(2048);
  window.ear?.getFloatTimeDomainData(heard);
  return Math.max(...heard.map(Math.abs));
}"""


def _segment(number: int, **more: Any) -> dict[str, Any]:
    params = {"model": "mock-ai", "duration": 1, "seed": number}
    return {"prompt": f"Shot {number}", "model_params": params, **more}


@pytest.fixture
def cut(server: str) -> str:
    """A project: two clips with a wipe into each other, and one segment that is not made."""
    with httpx2.Client(base_url=f"{server}/api", timeout=MADE) as api:
        settings = {"width": 640, "height": 360, "fps": FPS}
        made = api.post("/projects", json={"name": "A cut", "settings": settings})
        project = str(made.raise_for_status().json()["id"])
        wipe = {"kind": "wipe-left", "duration": 0.5, "easing": "linear"}
        bodies = [_segment(1, transition=wipe), _segment(2), _segment(3)]
        for body in bodies:
            api.post(f"/projects/{project}/segments", json=body).raise_for_status()
        for segment in _segments(api, project)[:2]:
            api.post(f"/segments/{segment['id']}/takes", json={}).raise_for_status()
        until(lambda: all(one["asset_url"] for one in _segments(api, project)[:2]), MADE)
    return project


def _segments(api: httpx2.Client, project: str) -> list[dict[str, Any]]:
    segments = api.get(f"/projects/{project}").raise_for_status().json()["segments"]
    assert isinstance(segments, list)
    return segments


def _open(page: Page, server: str, project: str) -> Locator:
    page.goto(f"{server}/projects/{project}")
    canvas = page.get_by_role("region", name="Preview").locator("canvas")
    expect(canvas).to_have_attribute("data-frame", "0", timeout=2 * SOON)
    return canvas


def _position(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Position")


def _go(page: Page, canvas: Locator, frame: int) -> None:
    _position(page).fill(f"{frame}f")
    _position(page).press("Enter")
    expect(canvas).to_have_attribute("data-frame", str(frame), timeout=SOON)


def _picture(canvas: Locator) -> Image.Image:
    return Image.open(io.BytesIO(canvas.screenshot())).convert("RGB")


def _colour(picture: Image.Image, across: float, down: float) -> tuple[int, ...]:
    """The colour at a place given in fractions of the picture."""
    place = (int(across * picture.width), int(down * picture.height))
    colour = picture.getpixel(place)
    assert isinstance(colour, tuple)
    return colour


def _far(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def test_the_cut_plays_with_its_sound_before_any_render(page: Page, server: str, cut: str) -> None:
    page.add_init_script(LISTENS)
    canvas = _open(page, server, cut)
    canvas.evaluate(COUNTS)
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    until(lambda: page.evaluate(LOUDEST) > 0.005, MADE)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=SOON)

    drawn = page.evaluate("() => window.drawn")
    assert drawn == sorted(drawn)
    assert len(set(drawn)) > 10
    last = 3 * FPS - FPS // 2 - 1
    assert drawn[-1] == last
    expect(_position(page)).to_have_value(f"00:02:{last - 2 * FPS:02}")


def test_the_sound_of_clips_comes_from_their_small_copies(
    page: Page, server: str, cut: str
) -> None:
    clips = _small_copies(server, cut)
    whole: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "fetch" and "range" not in request.headers:
            whole.append(request.url.partition("?")[0])

    page.on("request", note)
    page.add_init_script(LISTENS)
    with page.expect_response(_tells_of_small_copies):
        _open(page, server, cut)
    page.get_by_role("button", name="Play", exact=True).click()
    until(lambda: page.evaluate(LOUDEST) > 0.005, MADE)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible(timeout=SOON)
    assert {server + url for url in clips.values()} <= set(whole)
    assert not {server + url for url in clips} & set(whole)


def _tells_of_small_copies(response: Response) -> bool:
    return response.url.endswith("/previews") and '"proxy"' in (response.request.post_data or "")


def _small_copies(server: str, project: str) -> dict[str, str]:
    """Addresses of the clips, and of their small copies once they are made."""
    with httpx2.Client(base_url=f"{server}/api", timeout=MADE) as api:
        urls = [one["asset_url"] for one in _segments(api, project) if one["asset_url"]]
        ask = {"digests": [url.rpartition("/")[2] for url in urls], "kinds": ["proxy"]}

        def copies() -> list[Any]:
            answer = api.post("/previews", json=ask).raise_for_status()
            return [one["proxy"] for one in answer.json()["previews"]]

        until(lambda: all(one["state"] == "ready" for one in copies()), MADE)
        return dict(zip(urls, (str(one["url"]) for one in copies()), strict=True))


def test_one_step_is_one_frame_and_pause_stays_where_it_is(
    page: Page, server: str, cut: str
) -> None:
    canvas = _open(page, server, cut)
    _go(page, canvas, 5)
    page.get_by_role("button", name="One frame on").click()
    expect(canvas).to_have_attribute("data-frame", "6")
    for _ in range(2):
        page.get_by_role("button", name="One frame back").click()
    expect(canvas).to_have_attribute("data-frame", "4")
    page.keyboard.press("ArrowRight")
    expect(canvas).to_have_attribute("data-frame", "5")
    # From cut to cut, where a clip comes in by a transition too.
    for key, frame in (("ArrowDown", 12), ("ArrowDown", 36), ("ArrowUp", 12), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(canvas).to_have_attribute("data-frame", str(frame), timeout=SOON)

    _go(page, canvas, 4)
    page.keyboard.press("Space")
    expect(canvas).to_have_attribute("data-frame", re.compile(r"^([7-9]|\d\d)$"), timeout=SOON)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    stopped = _position(page).input_value()
    minutes, seconds, frames = (int(part) for part in stopped.split(":"))
    assert minutes == 0
    expect(canvas).to_have_attribute("data-frame", str(seconds * FPS + frames))
    page.wait_for_timeout(200)
    assert _position(page).input_value() == stopped


def test_half_way_through_a_wipe_each_clip_has_its_half(page: Page, server: str, cut: str) -> None:
    canvas = _open(page, server, cut)
    pictures = {}
    for frame in (6, 18, 30):
        _go(page, canvas, frame)
        pictures[frame] = _picture(canvas)
    old, new = pictures[6], pictures[30]
    assert _far(_colour(old, 0.1, 0.3), _colour(new, 0.1, 0.3)) > 25
    sides = [_colour(pictures[18], across, 0.3) for across in (0.1, 0.9)]
    olds = [_colour(old, across, 0.3) for across in (0.1, 0.9)]
    news = [_colour(new, across, 0.3) for across in (0.1, 0.9)]
    assert _far(sides[0], olds[0]) < 12
    assert _far(sides[1], news[1]) < 12


def test_a_segment_that_is_not_made_shows_its_words_and_plays_on(
    page: Page, server: str, cut: str
) -> None:
    canvas = _open(page, server, cut)
    stage = page.get_by_role("region", name="Preview")
    expect(stage.get_by_text("Not made yet")).to_be_hidden()
    page.get_by_role("listbox", name="Clips").get_by_role("option").nth(2).click()
    expect(canvas).to_have_attribute("data-frame", str(FPS + FPS // 2), timeout=SOON)
    expect(stage.get_by_text("Shot 3")).to_be_visible()
    expect(stage.get_by_text("Not made yet")).to_be_visible()
    canvas.click(position={"x": 40, "y": 40})
    expect(_position(page)).to_have_value("00:02:11", timeout=SOON)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()


def test_without_a_decoder_and_without_webgl_the_cut_is_still_shown(
    page: Page, server: str, cut: str
) -> None:
    page.add_init_script("""
      delete globalThis.VideoDecoder;
      const context = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return kind === "webgl2" ? null : context.call(this, kind, ...rest);
      };
    """)
    canvas = _open(page, server, cut)
    _go(page, canvas, 6)
    first = _picture(canvas)
    _go(page, canvas, 30)
    assert _far(_colour(first, 0.1, 0.3), _colour(_picture(canvas), 0.1, 0.3)) > 25
    canvas.evaluate(COUNTS)
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("() => new Set(window.drawn).size > 5", timeout=SOON)


def test_the_film_plays_and_the_playhead_stays_between_the_tabs(
    page: Page, server: str, cut: str
) -> None:
    with httpx2.Client(base_url=f"{server}/api", timeout=MADE) as api:
        _rendered(api, cut)
    canvas = _open(page, server, cut)
    _go(page, canvas, 20)
    page.get_by_role("tab", name="Film").click()
    video = page.get_by_role("region", name="Preview").locator("video")
    expect(video).to_be_visible(timeout=SOON)
    expect(_position(page)).to_have_value("00:00:20")
    page.wait_for_function("v => v.readyState >= 2", arg=video.element_handle(), timeout=SOON)
    assert video.evaluate("v => v.currentTime") == pytest.approx(20 / FPS, abs=0.02)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("v => v.currentTime > 1.2", arg=video.element_handle(), timeout=SOON)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.get_by_role("tab", name="Timeline").click()
    expect(canvas).to_have_attribute("data-frame", re.compile(r"^(29|[3-5]\d)$"), timeout=SOON)


def test_a_film_is_called_older_while_the_timeline_is_another_one(
    page: Page, server: str, cut: str
) -> None:
    """By what it shows, not by when it was made: gone back to, it is the timeline's film again."""
    older = page.get_by_text("Older than your timeline")
    with httpx2.Client(base_url=f"{server}/api", timeout=MADE) as api:
        _rendered(api, cut)
        page.goto(f"{server}/projects/{cut}")
        page.get_by_role("tab", name="Film").click()
        video = page.get_by_role("region", name="Preview").locator("video")
        expect(video).to_be_visible(timeout=SOON)
        expect(page.get_by_test_id("plan-chip")).to_contain_text("Nothing", timeout=SOON)
        expect(older).to_have_count(0)

        second = _segments(api, cut)[1]["id"]
        api.patch(f"/segments/{second}", json={"trim": {"end": 0.5}}).raise_for_status()
        expect(older).to_be_visible(timeout=SOON)
        _rendered(api, cut)
        expect(older).to_have_count(0, timeout=SOON)

        page.get_by_role("button", name="Films").click()
        page.get_by_role("dialog", name="Films").get_by_role("button", name="Film").nth(1).click()
        expect(older).to_be_visible(timeout=SOON)
        api.patch(f"/segments/{second}", json={"trim": None}).raise_for_status()
        expect(older).to_have_count(0, timeout=SOON)


def _rendered(api: httpx2.Client, project: str) -> None:
    """Once what the project shows now is a film."""
    address = f"/projects/{project}"
    api.post(f"{address}/render", json={}).raise_for_status()
    ended = {"completed", "failed"}
    until(lambda: api.get(f"{address}/render-jobs").json()[0]["status"] in ended, MADE)
