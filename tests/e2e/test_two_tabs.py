"""One film in two browsers at once, in a tab that is killed, and over a reload."""

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Error, Locator, Page, Route, expect

SOON = 20_000
PROMPTS = ("Alpha", "Beta", "Gamma")
KEPT_MS = 1_000
"""What is typed is written down within this time."""
KILLED_MS = 5_000


@pytest.fixture
def project(server: str) -> str:
    """The id of a film of three segments."""
    made = httpx2.post(f"{server}/api/projects", json={"name": "Two tabs"})
    project = str(made.raise_for_status().json()["id"])
    for prompt in PROMPTS:
        body = {"prompt": prompt, "model_params": {"model": "mock-ai", "duration": 1}}
        httpx2.post(f"{server}/api/projects/{project}/segments", json=body).raise_for_status()
    return project


Opening = Callable[[], Page]


@pytest.fixture
def someone(browser: Browser, server: str, project: str) -> Iterator[Opening]:
    """Opens the film in a browser of its own."""
    with contextlib.ExitStack() as open_ones:

        def someone_else() -> Page:
            context = browser.new_context(viewport={"width": 1440, "height": 900})
            open_ones.callback(context.close)
            return _opened(context, f"{server}/projects/{project}")

        yield someone_else


def _opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    expect(_rows(page)).to_have_count(3, timeout=SOON)
    return page


def _rows(page: Page) -> Locator:
    library = page.get_by_role("complementary", name="Library")
    return library.get_by_role("tabpanel").get_by_role("listitem")


def _order(page: Page, *prompts: str) -> None:
    expect(_rows(page)).to_contain_text(list(prompts), timeout=SOON)


def _told(server: str, project: str) -> list[str]:
    answer = httpx2.get(f"{server}/api/projects/{project}").raise_for_status()
    segments: list[dict[str, Any]] = answer.json()["segments"]
    return [segment["prompt"] for segment in segments]


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)


def _prompt(page: Page, number: int) -> Locator:
    """The prompt of a segment in the inspector; the first is 0."""
    _rows(page).nth(number).get_by_role("button").first.click()
    heading = page.get_by_role("heading", name=f"Segment {number + 1}", exact=True)
    expect(heading).to_be_visible(timeout=SOON)
    field = page.get_by_role("textbox", name="Prompt", exact=True)
    expect(field).to_have_value(re.compile("."), timeout=SOON)
    return field


def _cut_off(page: Page) -> Callable[[], None]:
    """No edit of this tab reaches the server until what is returned is called."""

    def lose(route: Route) -> None:
        route.abort()

    page.route("**/operations", lose)
    return lambda: page.unroute("**/operations", lose)


def _decision(page: Page) -> Locator:
    return page.get_by_role("region", name="Edits that need a decision")


def _kill(page: Page) -> None:
    """Its process ends from one moment to the next."""
    # Nobody is left to answer.
    with page.expect_event("crash", timeout=SOON), contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=KILLED_MS)


def test_offline_is_told_and_what_was_done_is_sent_when_the_line_is_back(
    someone: Opening, server: str, project: str
) -> None:
    page = someone()
    field = _prompt(page, 1)
    page.context.set_offline(offline=True)
    field.fill("Written on a train")
    offline = page.get_by_role("button", name="Offline, kept here")
    expect(offline).to_be_visible(timeout=SOON)
    assert _told(server, project)[1] == "Beta"
    page.context.set_offline(offline=False)
    _saved(page)
    assert _told(server, project)[1] == "Written on a train"


def test_segments_are_added_as_fast_as_they_are_typed(
    someone: Opening, server: str, project: str
) -> None:
    page = someone()
    heal = _cut_off(page)
    box = page.get_by_role("textbox", name="Describe the next shot")
    for prompt in ("Delta", "Epsilon"):
        box.fill(prompt)
        box.press("Enter")
        expect(box).to_have_value("")
    box.fill("half a thou")
    _order(page, *PROMPTS, "Delta", "Epsilon")
    heal()
    _saved(page)
    assert _told(server, project) == [*PROMPTS, "Delta", "Epsilon"]
    expect(box).to_have_value("half a thou")


def test_each_sees_what_the_other_does(someone: Opening, server: str, project: str) -> None:
    one, other = someone(), someone()
    _prompt(one, 1).fill("Second by one")
    _order(other, "Alpha", "Second by one", "Gamma")
    _prompt(other, 0).fill("First by the other")
    _order(one, "First by the other", "Second by one", "Gamma")
    _rows(other).nth(0).get_by_role("button").first.click()
    other.keyboard.press("Delete")
    _order(one, "Second by one", "Gamma")
    expect(_rows(one)).to_have_count(2, timeout=SOON)
    # Undo takes back what one did, not what the other did since.
    _saved(one)
    one.get_by_role("button", name=re.compile("^Undo: ")).first.click()
    _order(other, "Beta", "Gamma")
    assert _told(server, project) == ["Beta", "Gamma"]


def _disagree(someone: Opening) -> tuple[Page, Page]:
    """Two write to the first segment while one of them is cut off; the pages of that one, who is
    back, and of the other."""
    one, other = someone(), someone()
    come_back = _cut_off(one)
    _prompt(one, 0).fill("By one")
    _prompt(other, 0).fill("By the other")
    _saved(other)
    come_back()
    return one, other


@pytest.mark.parametrize(
    ("answer", "stands"), [("Keep theirs", "By the other"), ("Use mine", "By one")]
)
def test_two_edits_of_the_same_are_offered_for_a_decision(
    someone: Opening, server: str, project: str, answer: str, stands: str
) -> None:
    one, other = _disagree(someone)
    expect(_decision(one)).to_contain_text("By the other", timeout=SOON)
    expect(_decision(one)).to_contain_text("By one")
    assert _told(server, project)[0] == "By the other", "nothing is written over unseen"
    _decision(one).get_by_role("button", name=answer).click()
    expect(_decision(one)).to_have_count(0)
    expect(one.get_by_role("region", name="Timeline").locator(":focus")).to_have_count(1)
    for page in (one, other):
        _order(page, stands, "Beta", "Gamma")
    _saved(one)
    assert _told(server, project)[0] == stands


def test_an_edit_of_what_was_deleted_is_offered_as_a_new_segment(
    someone: Opening, server: str, project: str
) -> None:
    one, other = someone(), someone()
    come_back = _cut_off(one)
    _prompt(one, 1).fill("Much work")
    _rows(other).nth(1).get_by_role("button").first.click()
    other.keyboard.press("Delete")
    _saved(other)
    come_back()
    _decision(one).get_by_role("button", name="Restore as new segment").click(timeout=SOON)
    _order(other, "Alpha", "Much work", "Gamma")
    assert _told(server, project) == ["Alpha", "Much work", "Gamma"]


def test_a_killed_tab_loses_nothing(someone: Opening, server: str, project: str) -> None:
    first = someone()
    _prompt(first, 0).fill("Saved before")
    _saved(first)
    _cut_off(first)
    _prompt(first, 2).fill("Never sent")
    first.wait_for_timeout(KEPT_MS)
    _kill(first)
    assert _told(server, project) == ["Saved before", "Beta", "Gamma"]

    second = _opened(first.context, f"{server}/projects/{project}")
    _order(second, "Saved before", "Beta", "Never sent")
    _saved(second)
    assert _told(server, project) == ["Saved before", "Beta", "Never sent"]


def test_undo_and_redo_survive_a_reload(someone: Opening, server: str, project: str) -> None:
    page = someone()
    _prompt(page, 0).fill("Changed")
    _saved(page)
    _rows(page).nth(2).get_by_role("button").first.click()
    page.keyboard.press("Delete")
    expect(_rows(page)).to_have_count(2)
    _saved(page)
    page.reload()
    undo = page.get_by_role("button", name=re.compile("^Undo: "))
    redo = page.get_by_role("button", name=re.compile("^Redo: "))
    undo.click(timeout=SOON)
    _order(page, "Changed", "Beta", "Gamma")
    undo.click()
    _order(page, *PROMPTS)
    _saved(page)
    assert _told(server, project) == [*PROMPTS]
    page.reload()
    redo.click(timeout=SOON)
    _order(page, "Changed", "Beta", "Gamma")
    redo.click()
    expect(_rows(page)).to_have_count(2, timeout=SOON)
    _saved(page)
    assert _told(server, project) == ["Changed", "Beta"]


def test_what_waits_for_a_decision_is_asked_for_again_after_a_reload(
    someone: Opening, server: str, project: str
) -> None:
    one, _ = _disagree(someone)
    expect(_decision(one)).to_contain_text("Segment 1: somebody else changed this", timeout=SOON)
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    one.on("dialog", leave)
    one.reload()
    assert asked == ["beforeunload"], "the page was left without a warning"
    expect(_decision(one)).to_contain_text("By one", timeout=SOON)
    _decision(one).get_by_role("button", name="Use mine").click()
    _saved(one)
    assert _told(server, project)[0] == "By one"
    one.reload()
    _order(one, "By one", "Beta", "Gamma")
    expect(_decision(one)).to_have_count(0)


def test_settings_that_were_open_take_back_nothing_that_another_changed(
    someone: Opening, server: str, project: str
) -> None:
    def settings() -> dict[str, Any]:
        found = httpx2.get(f"{server}/api/projects/{project}").raise_for_status().json()
        return {"description": found["description"], **found["settings"]}

    def open_settings() -> Locator:
        page.keyboard.press("Control+Shift+P")
        page.get_by_role("combobox", name="Search for a command").fill("project settings")
        page.keyboard.press("Enter")
        return page.get_by_role("dialog", name="Project settings")

    page = someone()
    dialog = open_settings()
    dialog.get_by_role("textbox", name="Description").fill("Mine")
    theirs = {"settings": {"fps": 30}}
    httpx2.patch(f"{server}/api/projects/{project}", json=theirs).raise_for_status()
    dialog.get_by_role("button", name="Save settings").click()
    expect(dialog).to_be_hidden(timeout=SOON)
    assert settings().items() >= {"description": "Mine", "fps": 30}.items()

    dialog = open_settings()
    dialog.get_by_role("spinbutton", name="Loudness").fill("-16")
    theirs = {"settings": {"loudness_lufs": -20}}
    httpx2.patch(f"{server}/api/projects/{project}", json=theirs).raise_for_status()
    dialog.get_by_role("button", name="Save settings").click()
    expect(dialog).to_be_hidden(timeout=SOON)
    expect(_decision(page)).to_contain_text("The project: somebody else changed this")
    assert settings()["loudness_lufs"] == -20
    _decision(page).get_by_role("button", name="Use mine").click()
    _saved(page)
    assert settings()["loudness_lufs"] == -16
