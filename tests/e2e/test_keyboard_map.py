"""The keyboard map row by row: transport, cutting, the timeline, takes, windows, and the presets.
And what keys leave alone: the browser, a page without room to cut, what lies under a menu."""

import re
from collections.abc import Iterator
from functools import partial
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.studio import clips_of, post, segments_of
from tests.waiting import until

SOON = 20_000
MADE_SECONDS = 180
FPS = 24
SHOTS = 3
"""Of two seconds each."""


@pytest.fixture(scope="module")
def known(server: str) -> Iterator[str]:
    """Words of shots that were made already: films of them need no generation."""
    words = f"Key {uuid4().hex[:8]}"
    project = _create(server, words)
    post(server, f"/projects/{project}/render")
    shots = partial(segments_of, server, project)
    until(lambda: all(one["status"] == "completed" for one in shots()), MADE_SECONDS)
    yield words


@pytest.fixture
def film(page: Page, server: str, known: str) -> str:
    """A film of three known shots, open in the editor; its id."""
    project = _create(server, known)
    _open(page, server, project)
    return project


def _create(server: str, words: str) -> str:
    project = str(post(server, "/projects", name="Keys")["id"])
    for number in range(1, SHOTS + 1):
        params = {"model": "mock-ai", "duration": 2, "seed": number}
        body = {"prompt": f"{words} {number}", "model_params": params}
        post(server, f"/projects/{project}/segments", **body)
    return project


def _open(page: Page, server: str, project: str) -> None:
    page.goto(f"{server}/projects/{project}")
    expect(_rows(page)).to_have_count(SHOTS, timeout=SOON)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled(timeout=SOON)


def _rows(page: Page) -> Locator:
    library = page.get_by_role("complementary", name="Library")
    return library.get_by_role("tabpanel").get_by_role("listitem")


def _inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


def _at(page: Page, position: str) -> None:
    """Where the playhead is: seconds and frames."""
    field = page.get_by_role("textbox", name="Position")
    expect(field).to_have_value(f"00:{position}")


def _frames(page: Page) -> int:
    _, seconds, frames = page.get_by_role("textbox", name="Position").input_value().split(":")
    return int(seconds) * FPS + int(frames)


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def _use_keys(page: Page, preset: str) -> None:
    kept = f'{{"preset": "{preset}", "changed": {{}}}}'
    page.evaluate("kept => localStorage.setItem('video-foundry.keys', kept)", kept)
    page.reload()
    expect(_rows(page)).to_have_count(SHOTS, timeout=SOON)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled(timeout=SOON)


@pytest.mark.usefixtures("film")
def test_the_transport_on_the_cut(page: Page) -> None:
    _press(page, "Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft")
    _at(page, "00:02")
    _press(page, "Shift+ArrowRight")
    _at(page, "01:02")
    _press(page, "Shift+ArrowLeft")
    _at(page, "00:02")

    play, pause = _button(page, "Play"), _button(page, "Pause")
    _press(page, "l")
    expect(pause).to_be_visible()
    _press(page, "l")
    expect(page.get_by_text("2×", exact=True)).to_be_visible()
    until(lambda: _frames(page) > 2)
    _press(page, "k")
    expect(play).to_be_visible()

    _press(page, "End")
    _at(page, "05:23")
    _press(page, "j")
    expect(page.get_by_text("-1×", exact=True)).to_be_visible()
    until(lambda: _frames(page) < 6 * FPS - 4)
    _press(page, "k")
    expect(play).to_be_visible()
    page.keyboard.down("k")
    for key, speed in (("j", "-0.5×"), ("l", "0.5×")):
        page.keyboard.down(key)
        expect(page.get_by_text(speed, exact=True)).to_be_visible()
        page.keyboard.up(key)
        expect(play).to_be_visible()
    page.keyboard.up("k")

    marks, clear = page.locator("[data-marks]"), _button(page, "Clear the marks")
    _press(page, "Home", "Shift+ArrowRight", "i", "Shift+ArrowRight", "o")
    expect(marks).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Mark the end.*2"))).to_be_visible()
    expect(clear).to_be_visible()
    _press(page, "Alt+x")
    expect(marks).to_be_hidden()
    expect(clear).to_be_hidden()
    _press(page, "m")
    expect(_button(page, "Sound on")).to_be_visible()
    _press(page, "m")
    expect(_button(page, "Sound off")).to_be_visible()


def test_cutting_and_taking_back(page: Page, server: str, film: str) -> None:
    clips = clips_of(page)
    _press(page, "Home", "Shift+ArrowRight", "s")
    expect(clips).to_have_count(4)
    _press(page, "Control+z")
    expect(clips).to_have_count(3)
    _press(page, "Control+k")
    expect(clips).to_have_count(4)
    for again in ("Control+Shift+z", "Control+y"):
        _press(page, "Control+z")
        expect(clips).to_have_count(3)
        _press(page, again)
        expect(clips).to_have_count(4)
    _press(page, "Control+z")
    expect(clips).to_have_count(3)

    # Q stays on its picture, which begins the segment then; each trim is a step of its own.
    _press(page, "Home", "Shift+ArrowRight", "q")
    _at(page, "00:00")
    _press(page, *["ArrowRight"] * 12, "w")
    _at(page, "00:12")
    until(lambda: segments_of(server, film)[0]["trim"] == {"start": 1, "end": 1.5})
    _press(page, "Control+z")
    until(lambda: segments_of(server, film)[0]["trim"] == {"start": 1, "end": None})
    _press(page, "Control+z")
    until(lambda: segments_of(server, film)[0]["trim"] is None)

    clips.nth(0).focus()
    _press(page, "Home", "Shift+ArrowRight", "Control+x")
    expect(clips).to_have_count(1)
    expect(clips.first).to_be_focused()
    _press(page, "Control+v")
    expect(clips).to_have_count(3)
    _press(page, "Backspace")
    expect(clips).to_have_count(1)
    expect(page.get_by_text("2 segments deleted").first).to_be_attached()
    until(lambda: len(segments_of(server, film)) == 1)


@pytest.mark.usefixtures("film")
def test_the_timeline_its_clips_and_windows(page: Page) -> None:
    zoom, fit = page.get_by_role("slider", name="Zoom"), _button(page, "Fit to width")
    expect(fit).to_have_attribute("aria-pressed", "true")
    fitted = float(zoom.input_value())
    _press(page, "=", "=")
    expect(fit).to_have_attribute("aria-pressed", "false")
    wide = float(zoom.input_value())
    _press(page, "-")
    assert fitted < float(zoom.input_value()) < wide
    _press(page, "\\")
    expect(fit).to_have_attribute("aria-pressed", "true")

    clips = clips_of(page)
    clips.first.click()
    clips.first.focus()
    _press(page, "Shift+F10")
    expect(page.get_by_role("menuitem", name="Set in and out…")).to_be_visible()
    # Keys and the pointer in the menu are the menu's.
    _press(page, "ArrowDown", "Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(clips.first).to_be_focused()
    _press(page, "Enter")
    expect(_inspector(page).locator(":focus")).to_have_count(1)
    clips.first.focus()
    _press(page, "Alt+End")
    expect(page.get_by_text("Moved to position 3 of 3")).to_be_attached()
    expect(page.get_by_role("option", selected=True)).to_be_focused()
    _press(page, "Home", "t")
    into = _inspector(page).get_by_role("combobox", name="Into the next segment")
    expect(into).to_be_focused(timeout=SOON)

    clips.first.focus()
    plan = page.get_by_role("dialog", name="Plan for the next render")
    for _ in range(2):
        _press(page, "p")
        expect(plan).to_be_visible()
        plan.press("n")
        expect(page.get_by_text("Snapping is off")).to_have_count(0)
        plan.press("p")
        expect(plan).to_be_hidden()
    _press(page, "Control+,")
    expect(page.get_by_role("dialog", name="Project settings")).to_be_visible(timeout=SOON)
    _press(page, "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("textbox", name="Position").focus()
    _press(page, "F6")
    expect(_inspector(page).locator(":focus")).to_have_count(1)


def test_takes(page: Page, server: str, film: str) -> None:
    segment = segments_of(server, film)[0]

    def takes() -> int:
        return int(segments_of(server, film)[0]["take_count"])

    def locked() -> bool:
        return bool(segments_of(server, film)[0]["pinned"])

    looking = page.get_by_role("region", name="Candidate")
    free = page.get_by_role("button", name="New take free")
    expect(free).to_be_visible(timeout=SOON)
    before = takes()
    _press(page, "g")
    until(lambda: takes() == before + 1)
    cards = page.get_by_role("button", name="Look at take")
    expect(cards).to_have_count(before + 1, timeout=SOON)
    _press(page, "]")
    expect(looking).to_be_visible()
    _press(page, "[")
    expect(looking).to_be_hidden()
    _press(page, "Shift+L")
    until(locked)
    _press(page, "Shift+L")
    until(lambda: not locked())

    prompt = _inspector(page).get_by_role("textbox", name="Prompt")
    expect(free).to_be_visible(timeout=SOON)
    prompt.focus()
    _press(page, "g", "Backspace", "Control+Enter")
    until(lambda: takes() > before + 1)
    expect(prompt).to_have_value(segment["prompt"])


def test_undo_reaches_the_words_of_a_picture_and_each_control(
    page: Page, server: str, known: str
) -> None:
    project = _create(server, known)
    segment = segments_of(server, project)[0]
    image = {"model": "storyboard-frame", "prompt": "A pier"}
    params = {"model_params": {**segment["model_params"], "first_frame": image}}
    address = f"{server}/api/segments/{segment['id']}"
    httpx2.patch(address, json=params, timeout=60).raise_for_status()
    _open(page, server, project)
    words = _inspector(page).get_by_role("textbox", name=re.compile("What the .* shows"))
    expect(words).to_have_value("A pier", timeout=SOON)
    words.press("End")
    words.press_sequentially(" at night")
    expect(words).to_have_value("A pier at night")
    undo = page.get_by_role("button", name=re.compile("^Undo"))
    undo.click()
    expect(words).to_have_value("A pier")
    words.press("End")
    words.press_sequentially("!")
    expect(words).to_have_value("A pier!")

    _inspector(page).get_by_role("tab", name="Look").click()
    exposure = _inspector(page).get_by_role("slider", name="Exposure")
    contrast = _inspector(page).get_by_role("slider", name="Contrast")
    exposure.press("ArrowRight")
    contrast.press("ArrowRight")
    undo.click()
    expect(contrast).to_have_attribute("aria-valuetext", "100 %")
    expect(exposure).to_have_attribute("aria-valuetext", "0.05 EV")
    undo.click()
    expect(exposure).to_have_attribute("aria-valuetext", "0 EV")


PRESETS = {
    "resolve": {
        "split": "Control+b",
        "start": "Control+Shift+{",
        "fit": "Shift+z",
        "in": "Control+=",
    },
    "capcut": {"split": "Control+b", "start": "q", "fit": "Shift+z", "in": "Control+="},
}


@pytest.mark.parametrize("preset", PRESETS)
def test_the_keys_of_other_editors(page: Page, server: str, film: str, preset: str) -> None:
    keys = PRESETS[preset]
    _use_keys(page, preset)
    tools = page.get_by_role("toolbar", name="Timeline tools")
    _press(page, "b")
    expect(tools.get_by_role("button", name="Split where I click")).to_have_attribute(
        "aria-pressed", "true"
    )
    _press(page, "a")
    expect(tools.get_by_role("button", name="Select")).to_have_attribute("aria-pressed", "true")
    _press(page, "Home", "Shift+ArrowRight", keys["split"])
    expect(clips_of(page)).to_have_count(4)
    _press(page, "Control+z")
    expect(clips_of(page)).to_have_count(3)
    _press(page, "Home", "Shift+ArrowRight", keys["start"])
    until(lambda: segments_of(server, film)[0]["trim"] == {"start": 1, "end": None})
    fit = _button(page, "Fit to width")
    _press(page, keys["in"])
    expect(fit).to_have_attribute("aria-pressed", "false")
    _press(page, keys["fit"])
    expect(fit).to_have_attribute("aria-pressed", "true")


@pytest.mark.usefixtures("film")
def test_the_keyboard_goes_on_where_a_segment_was_taken_away(page: Page) -> None:
    # A key whose command is off is no key of the browser: Alt and the left arrow would lead back.
    clips, rows = clips_of(page), _rows(page)
    address = page.url
    _press(page, "Alt+ArrowLeft", "Alt+Home")
    assert page.url == address

    # On the strip: from a clip to the next, and what undo takes away is chosen no more.
    clips.nth(1).click()
    clips.nth(1).focus()
    _press(page, "Delete")
    expect(clips).to_have_count(2)
    expect(clips.nth(1)).to_be_focused()
    _press(page, "Control+z")
    expect(clips).to_have_count(3)
    _press(page, "Control+d")
    expect(clips).to_have_count(4)
    _press(page, "Control+z")
    expect(clips).to_have_count(3)
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    expect(_inspector(page).get_by_role("textbox", name="Prompt")).to_be_visible()

    # In the list of the shots, by key and by menu.
    chosen = page.locator("[data-row] button[aria-current='true']")
    _press(page, "Shift+1", "Delete")
    expect(rows).to_have_count(2)
    expect(chosen).to_be_focused()
    row = rows.first
    row.get_by_role("button").first.click()
    row.get_by_role("button", name="More for segment 1").press("Enter")
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    _press(page, "ArrowDown", "ArrowDown")
    expect(menu).to_be_visible()
    expect(row.get_by_role("button").first).to_have_attribute("aria-current", "true")
    _press(page, "End")
    expect(page.get_by_role("menuitem", name="Delete")).to_be_focused()
    _press(page, "Enter")
    expect(rows).to_have_count(1)
    expect(chosen).to_be_focused()


def test_the_keyboard_goes_on_where_a_title_was_taken_away(
    page: Page, server: str, film: str
) -> None:
    for words in ("First title", "Second title"):
        body = {"kind": "text", "text": words, "start": 0, "end": 2}
        post(server, f"/projects/{film}/items", **body)
    # A bar leads back to the clip that is chosen.
    bars = page.get_by_role("list", name="Texts").get_by_role("button")
    expect(bars).to_have_count(2, timeout=SOON)
    bars.first.click()
    bars.first.focus()
    _press(page, "Delete")
    expect(bars).to_have_count(1)
    expect(page.get_by_role("option", selected=True)).to_be_focused()
    _press(page, "Control+z")
    expect(bars).to_have_count(2)
    # Of the rows the next one is chosen with the focus: the same key takes no clip.
    titles = page.get_by_role("region", name="Texts").get_by_role("listitem")
    titles.first.get_by_role("button").first.click()
    titles.first.get_by_role("button").first.focus()
    _press(page, "Delete")
    expect(titles).to_have_count(1)
    expect(titles.get_by_role("button").first).to_be_focused()
    _press(page, "Delete")
    expect(titles).to_have_count(0)
    expect(clips_of(page)).to_have_count(SHOTS)


def test_a_finished_render_pulls_nobody_away_and_another_project_begins_afresh(
    page: Page, server: str, film: str
) -> None:
    # Another film than the one that is there already.
    _press(page, "Home", "Shift+ArrowRight", "q")
    until(lambda: segments_of(server, film)[0]["trim"] == {"start": 1, "end": None})
    with page.expect_response(re.compile(r"/render$")):
        _press(page, "Control+e")
    # Only what is done while it is seen to run counts as having gone on to something else.
    expect(page.get_by_test_id("render-progress")).to_be_visible(timeout=SOON)
    _press(page, "Home", "i", "Alt+l")
    ready = page.get_by_role("listitem").filter(has_text="The film is ready")
    expect(ready).to_be_visible(timeout=MADE_SECONDS * 1000)
    tab = page.get_by_role("tab", name="Film")
    expect(tab).to_have_attribute("aria-selected", "false")
    ready.get_by_role("button", name="Watch").click()
    expect(tab).to_have_attribute("aria-selected", "true")

    other = _create(server, "Another")
    expect(_button(page, "Clear the marks")).to_be_visible()
    page.get_by_role("link", name="All projects").click()
    page.locator(f"a[href='/projects/{other}']").first.click(timeout=SOON)
    expect(_rows(page)).to_have_count(SHOTS, timeout=SOON)
    expect(_button(page, "Play again and again")).to_have_attribute("aria-pressed", "false")
    expect(_button(page, "Clear the marks")).to_be_hidden()


@pytest.mark.usefixtures("film")
def test_a_menu_over_the_strip_draws_no_frame_over_the_clips(page: Page) -> None:
    clips = clips_of(page)
    clips.nth(1).click(button="right", position={"x": 60, "y": 20})
    entry = page.get_by_role("menuitem", name="Duplicate")
    box = entry.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 14, steps=4)
    expect(page.locator("[data-marquee]")).to_be_hidden()
    page.mouse.up()
    expect(clips).to_have_count(4)


def test_where_there_is_no_room_nothing_is_cut(page: Page, server: str, film: str) -> None:
    page.set_viewport_size({"width": 900, "height": 800})
    expect(page.get_by_role("region", name="Segments")).to_be_visible(timeout=SOON)
    play = _button(page, "Play")
    expect(play).to_be_enabled(timeout=SOON)
    _press(page, "Shift+ArrowRight", "s", "q", "w", "Delete", "Backspace", "Control+x", "Space")
    expect(_button(page, "Pause")).to_be_visible()
    _press(page, "Space")
    expect(play).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(clips_of(page)).to_have_count(SHOTS, timeout=SOON)
    assert [one["trim"] for one in segments_of(server, film)] == [None] * SHOTS
