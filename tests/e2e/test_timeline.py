"""The timeline by pointer and by keys: each row of what an editor of films expects of one."""

import re
import time
import wave
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Locator, Page, Position, expect
from tests.e2e.studio import get, post, segments_of
from tests.waiting import until

SOON = 15_000
MADE_SECONDS = 120
CLIP_SECONDS = 2
INSIDE: Position = {"x": 40, "y": 20}
"""Where a clip is clicked: between its edges."""


@pytest.fixture(scope="module")
def clips(server: str) -> Iterator[int]:
    """How many shots are known to the installation, so that films of them need no generation."""
    count = 6
    project = _create(server, "Known shots", count)
    post(server, f"/projects/{project}/render")
    shots = partial(segments_of, server, project)
    until(lambda: all(one["status"] == "completed" for one in shots()), MADE_SECONDS)
    yield count


@pytest.fixture
def film(page: Page, server: str, clips: int) -> str:
    """A film of known shots, open in the editor; its id."""
    project = _create(server, "Timeline", clips)
    page.goto(f"{server}/projects/{project}")
    expect(_clips(page).first).to_be_visible(timeout=SOON)
    return project


def _create(server: str, name: str, count: int, **params: Any) -> str:
    project = str(post(server, "/projects", name=name)["id"])
    for number in range(count):
        model = {"model": "mock-ai", "duration": CLIP_SECONDS, "seed": number, **params}
        body = {"prompt": f"Shot {number + 1}", "model_params": model}
        post(server, f"/projects/{project}/segments", **body)
    return project


def _prompts(server: str, project: str) -> list[str]:
    return [segment["prompt"].removeprefix("Shot ") for segment in segments_of(server, project)]


def _timeline(page: Page) -> Locator:
    return page.get_by_role("region", name="Timeline")


def _clips(page: Page) -> Locator:
    return _timeline(page).get_by_role("option")


def _chosen(page: Page) -> int:
    return _timeline(page).locator('[role="option"][aria-selected="true"]').count()


def _box(locator: Locator) -> tuple[float, float, float, float]:
    """Where it has come to rest: a panel that arrives late still moves what is beside it."""
    before, found = None, locator.bounding_box()
    while found != before:
        time.sleep(0.15)
        before, found = found, locator.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["width"], found["height"]


def _middle(locator: Locator) -> tuple[float, float]:
    x, y, width, height = _box(locator)
    return x + width / 2, y + height / 2


def _drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Presses, moves, and leaves the button down."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 6, start[1], steps=2)
    page.mouse.move(*end, steps=8)
    page.wait_for_timeout(120)


def _edge(page: Page, clip: Locator, edge: str) -> tuple[float, float]:
    x, y, width, height = _box(clip)
    return (x + 5 if edge == "start" else x + width - 5), y + height / 3


def _said(page: Page, words: str) -> None:
    expect(page.get_by_text(re.compile(words)).first).to_be_attached(timeout=SOON)


def _text(server: str, project: str, **times: float) -> str:
    body = {"kind": "text", "text": "Title", **times}
    return str(post(server, f"/projects/{project}/items", **body)["id"])


def _item(server: str, project: str) -> dict[str, Any]:
    fields: dict[str, Any] = get(server, f"/projects/{project}/items")[0]["fields"]
    return fields


def test_a_clip_is_dragged_to_another_place_and_escape_takes_it_back(
    page: Page, server: str, film: str
) -> None:
    first, third = _clips(page).nth(0), _clips(page).nth(2)
    _drag(page, _middle(first), (_box(third)[0] + _box(third)[2] - 8, _middle(third)[1]))
    expect(page.locator("[data-ghost]")).to_be_visible()
    expect(page.locator("[data-insertion]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-insertion]")).to_have_count(0)
    page.mouse.up()
    expect(first).to_have_attribute("aria-selected", "true")
    assert _chosen(page) == 1
    assert _prompts(server, film)[:3] == ["1", "2", "3"]

    _drag(page, _middle(first), (_box(third)[0] + _box(third)[2] - 8, _middle(third)[1]))
    page.mouse.up()
    until(lambda: _prompts(server, film)[:3] == ["2", "3", "1"])


def test_several_clips_are_dragged_together(page: Page, server: str, film: str) -> None:
    _clips(page).nth(0).click(position=INSIDE)
    _clips(page).nth(2).click(position=INSIDE, modifiers=["Control"])
    assert _chosen(page) == 2
    last = _clips(page).nth(5)
    _drag(page, _middle(_clips(page).nth(2)), (_box(last)[0] + _box(last)[2] - 8, _middle(last)[1]))
    expect(page.locator("[data-ghost]")).to_contain_text("2 segments")
    page.mouse.up()
    until(lambda: _prompts(server, film) == ["2", "4", "5", "6", "1", "3"])


def test_the_strip_scrolls_while_something_is_dragged_to_its_edge(page: Page, film: str) -> None:
    slider = page.get_by_role("slider", name="Zoom")
    slider.fill("150")
    strip = page.locator("[data-strip]")
    strip.evaluate("box => { box.scrollLeft = 0 }")
    x, _, width, _ = _box(strip)
    start = _middle(page.locator("[data-at='0']"))
    start = (min(start[0], x + 300), start[1])
    _drag(page, start, (x + width - 10, start[1]))
    page.wait_for_function("() => document.querySelector('[data-strip]').scrollLeft > 200")
    page.keyboard.press("Escape")
    page.mouse.up()


def test_an_edge_trims_the_clip_and_what_follows_closes_up(
    page: Page, server: str, film: str
) -> None:
    second = _clips(page).nth(1)
    x, y = _edge(page, second, "end")
    width, third = _box(second)[2], _box(_clips(page).nth(2))[0]
    page.keyboard.down("Control")
    _drag(page, (x, y), (x - width / 2, y))
    expect(page.locator("[data-note]")).to_be_visible()
    assert _box(_clips(page).nth(2))[0] < third - width / 4
    page.mouse.up()
    page.keyboard.up("Control")
    until(lambda: segments_of(server, film)[1]["trim"] is not None)
    assert 0.7 < segments_of(server, film)[1]["trim"]["end"] < 1.3


def test_an_edge_never_goes_beyond_the_clip(page: Page, server: str, film: str) -> None:
    segment = segments_of(server, film)[1]["id"]
    half = {"trim": {"start": 0.5, "end": 1.5}}
    httpx2.patch(f"{server}/api/segments/{segment}", json=half).raise_for_status()
    page.reload()
    x, y = _edge(page, _clips(page).nth(1), "end")
    page.keyboard.down("Control")
    _drag(page, (x, y), (x + 500, y))
    expect(page.locator("[data-note]")).to_contain_text("end of the clip")
    page.mouse.up()
    page.keyboard.up("Control")
    until(lambda: segments_of(server, film)[1]["trim"] == {"start": 0.5, "end": None})


def test_a_clip_is_split_at_the_playhead_and_where_one_clicks(
    page: Page, server: str, film: str
) -> None:
    ruler = page.locator("[data-ruler]")
    x, _, width, _ = _box(_clips(page).nth(0))
    page.mouse.click(x + width / 2, _middle(ruler)[1])
    page.get_by_role("button", name="Split at the playhead").click()
    until(lambda: len(segments_of(server, film)) == 7)
    until(lambda: segments_of(server, film)[1]["trim"] is not None)
    before, after = segments_of(server, film)[:2]
    assert before["prompt"] == after["prompt"]
    assert before["trim"]["end"] == pytest.approx(after["trim"]["start"])
    assert 0.8 < before["trim"]["end"] < 1.2

    expect(_clips(page)).to_have_count(7)
    page.get_by_role("button", name="Split where I click").click()
    page.mouse.click(*_middle(_clips(page).nth(6)))
    until(lambda: len(segments_of(server, film)) == 8)


def test_a_title_snaps_to_a_cut_unless_snapping_is_off(page: Page, server: str, film: str) -> None:
    _text(server, film, start=0.5, end=1.0)
    page.reload()
    bar = _timeline(page).get_by_role("button", name=re.compile("^Title"))
    scale = _box(_clips(page).nth(0))[2] / CLIP_SECONDS
    start = _middle(bar)
    near = (start[0] + 1.5 * scale + 5, start[1])
    _drag(page, start, near)
    expect(page.locator("[data-guide]")).to_be_visible()
    page.mouse.up()
    until(lambda: _item(server, film)["start"] == pytest.approx(CLIP_SECONDS, abs=0.002))

    page.get_by_role("button", name="Snap", exact=True).click()
    start = _middle(bar)
    _drag(page, start, (start[0] + 6, start[1]))
    expect(page.locator("[data-guide]")).to_be_hidden()
    page.mouse.up()
    until(lambda: _item(server, film)["start"] > CLIP_SECONDS + 0.02)


def test_a_title_is_trimmed_by_its_edge_and_nudged_by_keys(
    page: Page, server: str, film: str
) -> None:
    _text(server, film, start=1.0, end=3.0)
    page.reload()
    bar = _timeline(page).get_by_role("button", name=re.compile("^Title"))
    x, y, width, height = _box(bar)
    page.keyboard.down("Alt")
    _drag(page, (x + width - 4, y + height / 2), (x + width / 2, y + height / 2))
    page.mouse.up()
    page.keyboard.up("Alt")
    until(lambda: 1.8 < _item(server, film)["end"] < 2.2)
    bar.press("Alt+ArrowRight")
    until(lambda: _item(server, film)["start"] > 1.0)


def test_clips_are_chosen_one_by_one_in_a_range_by_a_frame_and_all(page: Page, film: str) -> None:
    _clips(page).nth(1).click(position=INSIDE)
    _clips(page).nth(3).click(position=INSIDE, modifiers=["Shift"])
    assert _chosen(page) == 3
    _clips(page).nth(2).click(position=INSIDE, modifiers=["Control"])
    assert _chosen(page) == 2
    _clips(page).nth(0).click(position=INSIDE)
    assert _chosen(page) == 1

    x, y, width, height = _box(_clips(page).nth(2))
    below = y + height + 20
    _drag(page, (x + width + 30, below), (x + 20, y + height / 2))
    expect(page.locator("[data-marquee]")).to_be_visible()
    page.mouse.up()
    expect(page.locator("[data-marquee]")).to_be_hidden()
    assert _chosen(page) == 2

    _clips(page).nth(0).press("Control+a")
    expect(_timeline(page).get_by_text("6 selected")).to_be_visible()
    assert _chosen(page) == 6


def test_what_is_copied_is_pasted_after_the_selection(page: Page, server: str, film: str) -> None:
    _clips(page).nth(0).click(position=INSIDE)
    _clips(page).nth(1).click(position=INSIDE, modifiers=["Shift"])
    page.keyboard.press("Control+c")
    _clips(page).nth(5).click(position=INSIDE)
    page.keyboard.press("Control+v")
    until(lambda: _prompts(server, film) == ["1", "2", "3", "4", "5", "6", "1", "2"])
    expect(_clips(page)).to_have_count(8)
    assert all(segment["status"] == "completed" for segment in segments_of(server, film))

    _clips(page).nth(2).click(position=INSIDE)
    page.get_by_role("button", name="Duplicate", exact=True).click()
    until(lambda: _prompts(server, film)[2:4] == ["3", "3"])


def test_the_wheel_zooms_at_the_cursor_pans_and_the_film_fits_again(page: Page, film: str) -> None:
    third = page.locator("[data-at='2']")
    x, y = _middle(third)
    width = _box(third)[2]
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    for _ in range(6):
        page.mouse.wheel(0, -60)
        page.wait_for_timeout(60)
    page.keyboard.up("Control")
    left, _, wide, _ = _box(third)
    assert wide > 2 * width
    assert left + wide / 2 == pytest.approx(x, abs=4)

    strip = page.locator("[data-strip]")
    scrolled = strip.evaluate("box => box.scrollLeft")
    page.keyboard.down("Shift")
    page.mouse.wheel(0, 120)
    page.keyboard.up("Shift")
    page.wait_for_function(
        "before => document.querySelector('[data-strip]').scrollLeft > before + 50", arg=scrolled
    )
    page.get_by_role("button", name="Fit to width").click()
    expect(_clips(page)).to_have_count(6)
    assert strip.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_the_playhead_follows_the_ruler_and_a_line_follows_the_pointer(
    page: Page, film: str
) -> None:
    ruler, playhead = page.locator("[data-ruler]"), page.locator("[data-playhead]")
    x, y, _, height = _box(ruler)
    _drag(page, (x + 30, y + height / 2), (x + 200, y + height / 2))
    page.mouse.up()
    assert _box(playhead)[0] == pytest.approx(x + 200, abs=6)
    page.mouse.move(*_middle(_clips(page).nth(1)))
    expect(page.get_by_text(re.compile(r"^00:0\d:\d\d$")).first).to_be_visible()


def test_clips_show_their_filmstrip_and_sounds_their_waveform(
    page: Page, server: str, film: str, tmp_path: Path
) -> None:
    media = _post_sound(server, tmp_path / "tone.wav")
    post(server, f"/projects/{film}/items", kind="audio", media=media, role="music")
    page.reload()
    expect(page.locator("[data-tile]").first).to_be_visible(timeout=6 * SOON)
    expect(page.locator("[data-item] [data-waveform='drawn']")).to_be_visible(timeout=6 * SOON)
    painted = page.locator("[data-item] [data-waveform='drawn']").evaluate(
        """canvas => {
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
            return data.some((value, at) => at % 4 === 3 && value > 0)
        }"""
    )
    assert painted
    page.get_by_role("button", name="Mute all sounds").click()
    until(lambda: _item(server, film)["muted"] is True)


def _post_sound(server: str, path: Path) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        loud = (20000).to_bytes(2, "little", signed=True)
        quiet = (-20000).to_bytes(2, "little", signed=True)
        file.writeframes((loud * 10 + quiet * 10) * 1600)
    with path.open("rb") as sound:
        answer = httpx2.post(f"{server}/api/media", files={"file": ("tone.wav", sound)})
    return str(answer.raise_for_status().json()["id"])


def test_a_changed_clip_says_what_was_changed(page: Page, server: str, film: str) -> None:
    render = post(server, f"/projects/{film}/render")["id"]
    until(lambda: get(server, f"/render-jobs/{render}")["status"] == "completed", MADE_SECONDS)
    segment = segments_of(server, film)[0]["id"]
    other = {"prompt": "Something else"}
    httpx2.patch(f"{server}/api/segments/{segment}", json=other).raise_for_status()
    expect(_clips(page).nth(0)).to_contain_text("Changed: prompt", timeout=SOON)


def test_the_strip_is_one_tab_stop_and_is_worked_by_keys(
    page: Page, server: str, film: str
) -> None:
    assert _timeline(page).locator('[role="option"][tabindex="0"]').count() == 1
    _clips(page).nth(0).focus()
    page.keyboard.press("End")
    expect(_clips(page).nth(5)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(_clips(page).nth(1)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    assert _chosen(page) == 2
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Alt+ArrowRight")
    _said(page, "Moved to position 3 of 6")
    until(lambda: _prompts(server, film)[:3] == ["1", "3", "2"])
    expect(_clips(page).nth(2)).to_be_focused()


def test_a_right_click_offers_the_commands_of_the_clip(page: Page, server: str, film: str) -> None:
    _clips(page).nth(2).click(button="right", position=INSIDE)
    page.get_by_role("menuitem", name="Move to the start").click()
    until(lambda: _prompts(server, film)[:2] == ["3", "1"])


def test_a_menu_is_about_the_clip_it_was_opened_on_whatever_else_is_chosen(
    page: Page, server: str, film: str
) -> None:
    _clips(page).nth(1).click(position=INSIDE)
    _clips(page).nth(3).click(position=INSIDE, modifiers=["Control"])
    _clips(page).nth(1).click(button="right", position=INSIDE)
    page.get_by_role("menuitem", name="Set in and out").click()
    expect(page.get_by_role("dialog", name="In and out of segment 2")).to_be_visible()
    page.keyboard.press("Escape")
    assert _chosen(page) == 2
    # What moves, moves all that is chosen.
    _clips(page).nth(3).click(button="right", position=INSIDE)
    page.get_by_role("menuitem", name="Move to the end").click()
    until(lambda: _prompts(server, film) == ["1", "3", "5", "6", "2", "4"])


def test_a_title_is_copied_cut_and_pasted_and_the_clip_behind_it_stays(
    page: Page, server: str, film: str
) -> None:
    _text(server, film, start=1, end=2)
    bars = _timeline(page).get_by_role("list", name="Texts").get_by_role("button")
    bars.first.click()
    page.keyboard.press("Control+c")
    page.keyboard.press("End")
    page.keyboard.press("Control+v")
    expect(bars).to_have_count(2, timeout=SOON)
    page.keyboard.press("Control+d")
    expect(bars).to_have_count(3, timeout=SOON)
    bars.first.click()
    page.keyboard.press("Control+x")
    expect(bars).to_have_count(2, timeout=SOON)
    bars.first.click(button="right")
    page.get_by_role("menuitem", name="Duplicate").click()
    expect(bars).to_have_count(3, timeout=SOON)
    page.keyboard.press("Control+z")
    expect(bars).to_have_count(2, timeout=SOON)
    until(lambda: len(get(server, f"/projects/{film}/items")) == 2)
    texts = [item["fields"] for item in get(server, f"/projects/{film}/items")]
    assert all(round(text["end"] - text["start"], 3) == 1 for text in texts)
    assert len(_prompts(server, film)) == 6, "no clip was cut or copied"


def test_many_clips_are_painted_and_can_still_be_chosen(page: Page, server: str) -> None:
    project = _create(server, "Long", 260)
    page.goto(f"{server}/projects/{project}")
    painted = page.locator("[data-painted]")
    expect(painted).to_be_visible(timeout=SOON)
    assert _clips(page).count() < 3
    x, y, width, height = _box(painted)
    page.mouse.click(x + width / 2, y + height / 2)
    expect(_clips(page).first).to_have_attribute("aria-posinset", re.compile("^1[23]"))
    page.get_by_role("slider", name="Zoom").fill("120")
    expect(painted).to_have_count(0)
    assert 2 < _clips(page).count() < 60

    library = page.get_by_role("complementary", name="Library")
    rows = library.get_by_role("listitem")
    expect(rows.last).to_have_attribute("aria-setsize", "260")
    assert 10 < rows.count() < 60
    library.locator("ol").evaluate("list => { list.scrollTop = list.scrollHeight }")
    expect(rows.last).to_contain_text("Shot 260")
    expect(rows.last).to_be_in_viewport()
    assert rows.count() < 60
    rows.last.get_by_role("button", name=re.compile("Shot 260")).click()
    page.keyboard.press("ArrowUp")
    expect(library.get_by_role("button", name=re.compile("Shot 259"))).to_be_focused()
    library.locator("ol").evaluate("list => { list.scrollTop = 0 }")
    expect(rows.first).to_contain_text("Shot 1")
    expect(library.get_by_role("button", name=re.compile("Shot 259"))).to_be_focused()
