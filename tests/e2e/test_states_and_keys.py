"""What is on its way or did not come says so, what costs says how long it takes, and keys go to
what they are meant for: the cut, the finished film, a focused clip."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Locator, Page, Route, expect

SOON = 20_000
MADE_SECONDS = 180
REFUSED = {"title": "Not now", "detail": "the store is being moved"}


@pytest.fixture(scope="module")
def film(server: str) -> Iterator[str]:
    """A rendered film of three shots of two seconds; its id."""
    project = _project(server, "Rendered", 3, seconds=2)
    rendered = httpx2.post(f"{server}/api/projects/{project}/render", json={}, timeout=60)
    rendered.raise_for_status()
    deadline = time.monotonic() + MADE_SECONDS
    while not all(job["video_url"] for job in _get(server, f"/projects/{project}/render-jobs")):
        assert time.monotonic() < deadline, "the film was not made"
        time.sleep(0.5)
    yield project


@pytest.fixture
def project(page: Page, server: str) -> str:
    """Three shots that nothing was made for, open in the editor; its id."""
    project = _project(server, "States", 3, seconds=1)
    _open(page, server, project)
    return project


def _project(server: str, name: str, count: int, *, seconds: int) -> str:
    made = httpx2.post(f"{server}/api/projects", json={"name": name}).raise_for_status().json()
    for number in range(1, count + 1):
        params = {"model": "mock-ai", "duration": seconds, "seed": number}
        body = {"prompt": f"{name} {number}", "model_params": params}
        address = f"{server}/api/projects/{made['id']}/segments"
        httpx2.post(address, json=body).raise_for_status()
    return str(made["id"])


def _get(server: str, path: str) -> Any:
    return httpx2.get(f"{server}/api{path}", timeout=60).raise_for_status().json()


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON / 1000
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def _open(page: Page, server: str, project: str) -> None:
    page.goto(f"{server}/projects/{project}")
    expect(_rows(page)).to_have_count(3, timeout=SOON)


def _rows(page: Page) -> Locator:
    library = page.get_by_role("complementary", name="Library")
    return library.get_by_role("tabpanel").get_by_role("listitem")


def _row(page: Page, number: int) -> Locator:
    return _rows(page).nth(number - 1).get_by_role("button").first


def _inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


def _command(page: Page, words: str) -> None:
    page.keyboard.press("Control+Shift+P")
    page.get_by_role("combobox", name="Search for a command").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="All commands")).to_be_hidden()


def _hold(page: Page, pattern: str) -> list[Route]:
    """Leaves requests without an answer; gives those that wait for one."""
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(re.compile(pattern), hold)
    return waiting


def _refuse(route: Route) -> None:
    route.fulfill(status=503, json=REFUSED, headers={"content-type": "application/problem+json"})


def _position(page: Page) -> str:
    return page.get_by_role("textbox", name="Position").input_value()


# --- what is on its way, and what did not come --------------------------------------------------


def test_takes_that_did_not_come_are_not_told_as_none(page: Page, server: str) -> None:
    project = _project(server, "Takes", 3, seconds=1)
    waiting = _hold(page, r"/api/segments/[^/]+/takes$")
    _open(page, server, project)
    takes = _inspector(page).get_by_role("region", name="Takes")
    expect(takes.get_by_role("status", name="Loading the takes")).to_be_visible(timeout=SOON)
    expect(takes.get_by_text("No takes yet")).to_be_hidden()

    for route in waiting:
        _refuse(route)
    page.unroute_all()
    failed = takes.get_by_role("alert")
    expect(failed).to_contain_text("The takes could not be loaded", timeout=SOON)
    expect(failed).to_contain_text(REFUSED["detail"], ignore_case=True)
    expect(takes.get_by_text("No takes yet")).to_be_hidden()
    failed.get_by_role("button", name="Try again").click()
    expect(takes.get_by_text("No takes yet")).to_be_visible(timeout=SOON)
    expect(failed).to_be_hidden()


def test_a_list_of_models_that_did_not_come_says_why_and_is_asked_for_again(
    page: Page, server: str
) -> None:
    project = _project(server, "Models", 3, seconds=1)
    waiting = _hold(page, r"/api/models$")
    _open(page, server, project)
    inspector = _inspector(page)
    expect(inspector.get_by_role("status", name="Loading the models")).to_be_visible(timeout=SOON)
    for route in waiting:
        _refuse(route)
    page.unroute_all()
    failed = inspector.get_by_role("alert")
    expect(failed).to_contain_text("The models could not be loaded", timeout=SOON)
    expect(failed).to_contain_text(REFUSED["detail"], ignore_case=True)
    failed.get_by_role("button", name="Try again").click()
    expect(inspector.get_by_role("combobox", name="Model")).to_be_visible(timeout=SOON)
    expect(inspector.get_by_role("textbox", name="Seed")).to_be_visible()


def test_a_number_with_decimals_is_typed_key_by_key(page: Page, server: str, project: str) -> None:
    def duration() -> Any:
        return _get(server, f"/projects/{project}")["segments"][0]["model_params"]["duration"]

    field = _inspector(page).get_by_role("textbox", name="Duration")
    field.click()
    page.keyboard.press("Control+a")
    field.press_sequentially("2.5")
    expect(field).to_have_value("2.5")
    page.keyboard.press("Enter")
    _until(lambda: duration() == 2.5)
    page.keyboard.press("ArrowUp")
    _until(lambda: duration() == 2.6)
    page.keyboard.press("Control+a")
    field.press_sequentially("99")
    page.keyboard.press("Tab")
    expect(_inspector(page).get_by_role("alert")).to_contain_text("Give a value from 0.5 to 60")
    expect(field).to_have_value("99")
    assert duration() == 2.6


def test_all_chips_have_room_in_the_smallest_editor(page: Page, server: str) -> None:
    project = _project(server, "Chips", 3, seconds=1)
    first = _get(server, f"/projects/{project}")["segments"][0]
    slow = {**first["model_params"], "latency": 600}
    address = f"{server}/api/segments/{first['id']}"
    httpx2.patch(address, json={"model_params": slow}).raise_for_status()
    httpx2.post(f"{address}/takes", json={}).raise_for_status()
    page.set_viewport_size({"width": 1024, "height": 720})
    page.goto(f"{server}/projects/{project}")
    chips = [
        page.get_by_role("button", name="generating"),
        page.get_by_role("button", name="Generate 3 changed"),
        page.get_by_test_id("plan-chip"),
        page.get_by_role("button", name="Render", exact=True),
        page.get_by_role("button", name="Outputs and delivery"),
    ]
    for chip in chips:
        expect(chip).to_be_in_viewport(ratio=1, timeout=SOON)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    header = page.get_by_role("banner")
    assert header.evaluate("bar => bar.scrollWidth <= bar.clientWidth")
    for job in _get(server, f"/projects/{project}")["segments"][0]["other_jobs"]:
        httpx2.post(f"{server}/api/jobs/{job['id']}/cancel").raise_for_status()


def test_films_that_did_not_come_are_not_told_as_none(page: Page, server: str, film: str) -> None:
    page.route(re.compile(r"/api/projects/[^/]+/render-jobs"), _refuse)
    _open(page, server, film)
    page.get_by_role("button", name="Films").click(timeout=SOON)
    films = page.get_by_role("dialog", name="Films")
    expect(films.get_by_role("alert")).to_contain_text("The films could not be loaded")
    page.unroute_all()
    films.get_by_role("button", name="Try again").click()
    expect(films.get_by_role("listitem").first).to_be_visible(timeout=SOON)
    expect(films.get_by_role("alert")).to_be_hidden()


@pytest.mark.usefixtures("project")
def test_every_price_comes_with_a_time(page: Page) -> None:
    wait = re.compile(r"free\s*·\s*(a moment|≈ \d+ (s|min))")
    expect(page.get_by_test_id("plan-chip")).to_contain_text(wait, timeout=SOON)
    expect(page.get_by_role("button", name="Generate 3 changed")).to_contain_text(wait)
    takes = _inspector(page).get_by_role("region", name="Takes")
    for name in ("New take", "4 variations"):
        expect(takes.get_by_role("button", name=name)).to_contain_text(wait, timeout=SOON)
    page.set_viewport_size({"width": 1024, "height": 720})
    expect(page.get_by_test_id("plan-chip")).to_contain_text(wait)


# --- keys ---------------------------------------------------------------------------------------


def test_space_plays_after_a_click_and_presses_where_the_keyboard_led(
    page: Page, server: str, film: str
) -> None:
    _open(page, server, film)
    play, pause = (page.get_by_role("button", name=name, exact=True) for name in ("Play", "Pause"))
    expect(play).to_be_enabled(timeout=SOON)
    tools = page.get_by_role("toolbar", name="Timeline tools")
    clicked = [
        _row(page, 2),
        tools.get_by_role("button", name="Snap"),
        _inspector(page).get_by_role("tab", name="Look"),
    ]
    for control in clicked:
        control.click()
        before = control.get_attribute("aria-pressed")
        page.keyboard.press("Space")
        expect(pause).to_be_visible()
        page.keyboard.press("Space")
        expect(play).to_be_visible()
        page.keyboard.press("ArrowRight")
        assert control.get_attribute("aria-pressed") == before, "it was pressed as well"

    page.keyboard.press("Shift+1")
    expect(_row(page, 2)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(_row(page, 2)).not_to_be_focused()
    _row(page, 3).focus()
    page.keyboard.press("Space")
    expect(_row(page, 3)).to_have_attribute("aria-pressed", "true")
    expect(play).to_be_visible()


@pytest.mark.usefixtures("project")
def test_on_a_clip_keys_are_those_of_the_commands(page: Page) -> None:
    kept = '{"preset": "default", "changed": {"segment.earlier": ["U"]}}'
    page.evaluate("kept => localStorage.setItem('video-foundry.keys', kept)", kept)
    page.reload()
    expect(_rows(page)).to_have_count(3, timeout=SOON)
    clip = page.get_by_role("listbox", name="Clips").get_by_role("option")
    clip.nth(1).click()
    clip.nth(1).focus()
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Alt+ArrowRight")
    expect(_rows(page)).to_contain_text(["States 1", "States 3", "States 2"])
    expect(page.get_by_role("option", selected=True)).to_be_focused()
    page.keyboard.press("u")
    expect(_rows(page)).to_contain_text(["States 1", "States 2", "States 3"])
    expect(page.get_by_role("option", selected=True)).to_be_focused()
    page.keyboard.press("Shift+End")
    expect(page.get_by_role("option", selected=True)).to_have_count(2)

    page.keyboard.press("Shift+?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    sheet.get_by_role("searchbox").fill("clip focus range")
    expect(sheet.get_by_text("No command has these words or keys.")).to_be_visible()
    sheet.get_by_role("searchbox").fill("on a clip enter")
    expect(sheet.get_by_role("listitem")).to_have_text(re.compile("Go to the inspector"))
    sheet.get_by_role("searchbox").fill("clip")
    fixed = sheet.get_by_role("region", name="On a clip that has the focus")
    expect(fixed.get_by_role("listitem")).to_have_count(6)
    fixed.scroll_into_view_if_needed()


def test_what_had_only_a_button_is_a_command_now(page: Page, server: str, film: str) -> None:
    _open(page, server, film)
    page.keyboard.press("b")
    tools = page.get_by_role("toolbar", name="Timeline tools")
    expect(tools.get_by_role("button", name="Split where I click")).to_have_attribute(
        "aria-pressed", "true"
    )
    page.keyboard.press("v")
    expect(tools.get_by_role("button", name="Select")).to_have_attribute("aria-pressed", "true")

    _command(page, "transition next segment")
    into = _inspector(page).get_by_role("combobox", name="Into the next segment")
    expect(into).to_be_focused(timeout=SOON)

    _command(page, "watch the finished film")
    expect(page.get_by_role("tab", name="Film")).to_have_attribute("aria-selected", "true")
    _command(page, "films made so far")
    films = page.get_by_role("dialog", name="Films")
    expect(films.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(films).to_be_hidden()

    before = page.evaluate("document.documentElement.dataset.theme")
    _command(page, "dark or light appearance")
    expect(page.locator("html")).not_to_have_attribute("data-theme", before)
    _command(page, "lock or unlock the seed")
    expect(page.get_by_text("New takes keep the seed").first).to_be_attached()
    _command(page, "outputs and delivery")
    expect(page.get_by_role("dialog", name="Outputs and delivery")).to_be_visible(timeout=SOON)


# --- the finished film, and the picture under the pointer ---------------------------------------


def test_the_finished_film_plays_backwards_and_from_mark_to_mark(
    page: Page, server: str, film: str
) -> None:
    _open(page, server, film)
    _command(page, "watch the finished film")
    video = page.get_by_label("Film", exact=True).and_(page.locator("video"))
    expect(video).to_be_visible(timeout=SOON)
    page.wait_for_function("() => document.querySelector('video').readyState >= 2")
    page.keyboard.press("End")
    page.wait_for_function("() => document.querySelector('video').currentTime > 5")
    page.keyboard.press("j")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function("() => document.querySelector('video').currentTime < 4.5")
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert page.evaluate("document.querySelector('video').paused") is True

    page.keyboard.press("Home")
    page.keyboard.press("i")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_role("textbox", name="Position")).to_have_value("00:01:00")
    page.keyboard.press("o")
    page.keyboard.press("Alt+l")
    # It notes where it begins anew, and how far it came.
    page.evaluate(
        """() => {
            const video = document.querySelector('video');
            window.turns = 0; window.furthest = 0; let last = 0;
            const look = () => {
                if (video.currentTime < last - 0.5) window.turns++;
                last = video.currentTime;
                window.furthest = Math.max(window.furthest, last);
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    page.keyboard.press("Space")
    page.wait_for_function("() => window.turns >= 2")
    page.keyboard.press("Space")
    assert page.evaluate("window.furthest") < 3, "it went on beyond the mark"


def test_the_key_for_full_screen_leads_back(page: Page, server: str, film: str) -> None:
    _open(page, server, film)
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled(timeout=SOON)
    for tab in ("Timeline", "Film"):
        page.get_by_role("tab", name=tab).click()
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled(timeout=SOON)
        page.keyboard.press("f")
        page.wait_for_function("() => document.fullscreenElement !== null")
        page.keyboard.press("f")
        page.wait_for_function("() => document.fullscreenElement === null")


def test_the_pointer_shows_the_picture_of_its_moment_and_fetches_none(
    page: Page, server: str, film: str
) -> None:
    _open(page, server, film)
    tiles, skimmed = page.locator("[data-tile]"), page.locator("[data-skimmed]")
    expect(tiles.first).to_be_visible(timeout=6 * SOON)
    expect(skimmed).to_be_hidden()
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    clip = page.get_by_role("listbox", name="Clips").get_by_role("option").first
    box = clip.bounding_box()
    assert box is not None
    places, sheets = set(), set()
    for share in (0.2, 0.5, 0.8):
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        expect(skimmed).to_be_visible()
        style = "element => [element.style.backgroundImage, element.style.backgroundPosition]"
        sheet, place = skimmed.evaluate(style)
        places.add(place)
        sheets.add(sheet.removeprefix('url("').removesuffix('")'))
        drawn = tiles.evaluate_all("tiles => tiles.map(tile => tile.style.backgroundImage)")
        assert sheet in drawn
    assert len(places) > 1, "always the same picture"
    assert [url for url in asked if any(url.endswith(sheet) for sheet in sheets)] == []
    page.mouse.move(5, 5)
    expect(skimmed).to_be_hidden()


def test_what_nobody_knows_the_outcome_of_stands_in_the_queue_until_it_is_decided(
    page: Page, server: str
) -> None:
    project = _project(server, "In doubt", 2, seconds=1)
    params = {"model": "mock-ai-none", "duration": 1, "fail": "timeout-after-accept"}
    address = f"{server}/api/projects/{project}"
    body = {"prompt": "never clear", "model_params": params}
    made = httpx2.post(f"{address}/segments", json=body).raise_for_status().json()
    body = {"segment_ids": [made["id"]]}
    httpx2.post(f"{address}/generate", json=body).raise_for_status()
    _open(page, server, project)
    chip = page.get_by_role("button", name="1 needs you")
    chip.click(timeout=SOON)
    queue = page.get_by_role("dialog", name="Under way")
    expect(queue.get_by_role("button", name="Call off")).to_have_count(0)
    queue.get_by_role("button", name="Needs you").click()
    inspector = page.get_by_role("complementary", name="Inspector")
    inspector.get_by_role("button", name="Give it up").click()
    expect(chip).to_have_count(0, timeout=SOON)
