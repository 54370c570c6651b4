"""What opens over the pages, and the states that a film goes through, against WCAG 2.2 AA as axe
sees them, in both themes: windows, menus, lists; a film that cannot be planned, one that was made,
and what could not be loaded."""

import re
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.access import MENU, violations

SOON = 20_000
MADE_SECONDS = 120
PICTURE = {"width": 320, "height": 180, "fps": 24}


class Film:
    """A project on the server, and the page that shows it."""

    def __init__(self, page: Page, server: str, **settings: int) -> None:
        self.page = page
        made = httpx2.post(f"{server}/api/projects", json={"name": "Over", "settings": settings})
        self.address = f"{server}/api/projects/{made.raise_for_status().json()['id']}"

    def add(self, prompt: str, **params: Any) -> None:
        """One more segment."""
        body = {"prompt": prompt, "model_params": params}
        httpx2.post(f"{self.address}/segments", json=body).raise_for_status()

    def open(self) -> None:
        """In the editor."""
        self.page.goto(self.address.replace("/api/", "/"))
        expect(self.page.get_by_role("heading", name="Segment 1")).to_be_visible(timeout=SOON)


@pytest.fixture
def film(look: Page, server: str) -> Film:
    """Two free shots that are not made yet, open in the editor."""
    film = Film(look, server, **PICTURE)
    for number in (1, 2):
        film.add(f"Over {uuid4().hex}", model="mock-ai", duration=1, seed=number)
    film.open()
    return film


@pytest.fixture(scope="module")
def made(server: str) -> Iterator[str]:
    """The address of a film that is rendered, of two shots of the same words."""
    words = f"Made {uuid4().hex[:8]}"
    body = {"name": "Made", "settings": PICTURE}
    project = httpx2.post(f"{server}/api/projects", json=body).raise_for_status().json()["id"]
    address = f"{server}/api/projects/{project}"
    for seed in (1, 2):
        params = {"model": "storyboard", "duration": 1, "seed": seed}
        segment = {"prompt": words, "model_params": params}
        httpx2.post(f"{address}/segments", json=segment).raise_for_status()
    render = httpx2.post(f"{address}/render").raise_for_status().json()
    deadline = time.monotonic() + MADE_SECONDS
    while render["status"] != "completed":
        assert time.monotonic() < deadline and render["status"] != "failed", render
        time.sleep(0.5)
        render = httpx2.get(f"{server}/api/render-jobs/{render['id']}").json()
    yield address


def _menu(page: Page, button: Locator, name: str) -> None:
    """Open a menu or a list, judge it, close it."""
    button.click()
    expect(page.get_by_role("menu").or_(page.get_by_role("listbox")).last).to_be_visible()
    assert violations(page, MENU) == [], name
    page.keyboard.press("Escape")


def test_windows_that_keys_open(film: Film) -> None:
    page = film.page
    for keys, name in (
        ("Control+,", "Project settings"),
        ("Control+Shift+e", "Outputs and delivery"),
        ("Alt+m", "Move to another model"),
    ):
        page.keyboard.press(keys)
        window = page.get_by_role("dialog", name=name)
        expect(window.get_by_role("button").last).to_be_visible(timeout=SOON)
        assert violations(page) == [], name
        page.keyboard.press("Escape")
        expect(window).to_be_hidden()
    page.keyboard.press("Shift+?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    sheet.get_by_role("button", name=re.compile("^Add keys for")).first.click()
    assert violations(page) == [], "a key is recorded"


def test_windows_that_buttons_open(film: Film) -> None:
    page = film.page
    page.get_by_role("button", name="Outputs and delivery").click()
    window = page.get_by_role("dialog", name="Outputs and delivery")
    window.get_by_role("button", name="Add an output").click()
    assert violations(page, MENU) == [], "presets of outputs"
    page.get_by_role("menuitem", name=re.compile("^Vertical")).click()
    assert violations(page) == [], "outputs"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Outputs and delivery").click()
    window.get_by_role("button", name="Export for another editor").click()
    export = page.get_by_role("dialog", name="Export for another editor")
    expect(export.get_by_role("list").first).to_be_visible(timeout=SOON)
    assert violations(page) == [], "export"
    page.keyboard.press("Escape")
    expect(export).to_be_hidden()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Text").click()
    library = page.get_by_role("complementary", name="Library")
    library.get_by_role("button", name="Captions", exact=True).click()
    expect(page.get_by_role("dialog", name="Captions")).to_be_visible()
    assert violations(page) == [], "captions"


def test_menus_and_lists(film: Film) -> None:
    page = film.page
    inspector = page.get_by_role("complementary", name="Inspector")
    _menu(page, page.get_by_role("button", name="Appearance"), "appearance")
    _menu(page, inspector.get_by_role("combobox").first, "models")
    row = page.get_by_role("complementary", name="Library").get_by_role("listitem").first
    row.hover()
    _menu(page, row.get_by_role("button", name="More for segment 1"), "a row")
    page.get_by_role("listbox", name="Clips").get_by_role("option").first.click(button="right")
    expect(page.get_by_role("menu")).to_be_visible()
    assert violations(page, MENU) == [], "a clip"


def test_keys_of_providers(look: Page, server: str) -> None:
    look.goto(f"{server}/settings")
    look.get_by_role("button", name="Add a key").first.click(timeout=SOON)
    expect(look.get_by_role("dialog", name="Add a key")).to_be_visible()
    assert violations(look) == []


def test_a_film_that_was_made(look: Page, made: str) -> None:
    look.goto(made.replace("/api/", "/"))
    takes = look.get_by_role("region", name="Takes")
    expect(takes.get_by_role("listitem").first).to_be_attached(timeout=SOON)
    assert violations(look) == [], "takes"
    look.get_by_role("button", name=re.compile("^Films")).click()
    expect(look.get_by_role("link", name=re.compile("Download")).first).to_be_visible(timeout=SOON)
    assert violations(look) == [], "films"
    look.keyboard.press("Escape")
    look.get_by_role("tab", name="Film").click()
    expect(look.locator("video").first).to_be_attached(timeout=SOON)
    assert violations(look) == [], "the film"


def test_what_cannot_be_planned_says_so(look: Page, server: str) -> None:
    film = Film(look, server, **PICTURE)
    film.add("No key", model="runway-gen4.5", duration=5)
    film.open()
    look.get_by_test_id("plan-chip").click()
    expect(look.get_by_role("dialog", name="Plan for the next render")).to_contain_text("RUNWAY")
    assert violations(look) == []


def test_what_could_not_be_loaded(look: Page, film: Film) -> None:
    look.route("**/api/media*", lambda route: route.abort())
    look.get_by_role("tab", name="Media").click()
    expect(look.get_by_role("button", name=re.compile("again", re.I)).first).to_be_visible()
    assert violations(look) == []


def test_an_empty_project_in_the_hand(look: Page, server: str) -> None:
    look.set_viewport_size({"width": 390, "height": 844})
    look.goto(Film(look, server).address.replace("/api/", "/"))
    expect(look.get_by_role("heading", level=1)).to_be_visible(timeout=SOON)
    assert violations(look) == []
