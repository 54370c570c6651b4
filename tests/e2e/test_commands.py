"""Commands: palette, keys and their changes, presets, menus, and ways without dragging."""

import json
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.studio import segments_of

SOON = 20_000
PROMPTS = ("Alpha", "Beta", "Gamma")


@pytest.fixture
def project(page: Page, server: str) -> str:
    """A film of three segments in the open editor; its id."""
    made = httpx2.post(f"{server}/api/projects", json={"name": "Commands"})
    project = str(made.raise_for_status().json()["id"])
    for prompt in PROMPTS:
        body = {"prompt": prompt, "model_params": {"model": "mock-ai", "duration": 1}}
        httpx2.post(f"{server}/api/projects/{project}/segments", json=body).raise_for_status()
    page.goto(f"{server}/projects/{project}")
    expect(_rows(page)).to_have_count(3, timeout=SOON)
    return project


def _rows(page: Page) -> Locator:
    library = page.get_by_role("complementary", name="Library")
    return library.get_by_role("tabpanel").get_by_role("listitem")


def _order(page: Page, *prompts: str) -> None:
    expect(_rows(page)).to_contain_text(list(prompts), timeout=SOON)


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)


def _command(page: Page, words: str) -> None:
    page.keyboard.press("Control+Shift+P")
    page.get_by_role("combobox", name="Search for a command").fill(words)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="All commands")).to_be_hidden()


@pytest.mark.usefixtures("project")
def test_the_palette_finds_a_command_by_its_words_and_runs_it(page: Page) -> None:
    _command(page, "move later")
    _order(page, "Beta", "Alpha", "Gamma")
    _command(page, "reorder first")
    _order(page, "Alpha", "Beta", "Gamma")
    page.keyboard.press("Control+Shift+P")
    page.get_by_role("combobox", name="Search for a command").fill("earlier")
    entry = page.get_by_role("option", name="Move earlier")
    expect(entry).to_be_disabled()


def test_a_segment_is_placed_and_trimmed_by_numbers(page: Page, server: str, project: str) -> None:
    page.keyboard.press("Alt+p")
    page.get_by_role("textbox", name="New position").fill("9")
    expect(page.get_by_role("button", name="Move", exact=True)).to_be_disabled()
    page.get_by_role("textbox", name="New position").fill("3")
    page.keyboard.press("Enter")
    _order(page, "Beta", "Gamma", "Alpha")

    _command(page, "set in and out")
    dialog = page.get_by_role("dialog", name="In and out of segment 3")
    dialog.get_by_role("textbox", name="Out").fill("0,2")
    dialog.get_by_role("textbox", name="In", exact=True).fill("0.25")
    expect(dialog.get_by_role("alert")).to_contain_text("after the start")
    dialog.get_by_role("textbox", name="Out").fill("0,75")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    _saved(page)
    assert segments_of(server, project)[2]["trim"] == {"start": 0.25, "end": 0.75}


@pytest.mark.usefixtures("project")
def test_the_menu_of_a_segment_does_the_same_and_says_the_keys(page: Page) -> None:
    _rows(page).nth(1).hover()
    page.get_by_role("button", name="More for segment 2").click()
    entry = page.get_by_role("menuitem", name="Move earlier")
    expect(entry).to_contain_text("Alt ←")
    entry.click()
    _order(page, "Beta", "Alpha", "Gamma")


@pytest.mark.usefixtures("project")
def test_keys_are_found_changed_kept_and_reset(page: Page) -> None:
    page.keyboard.press("Shift+?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    sheet.get_by_role("searchbox").fill("duplicate")
    expect(sheet.get_by_role("listitem")).to_have_count(1)
    sheet.get_by_role("button", name="Add keys for Duplicate").click()
    page.keyboard.press("n")
    expect(sheet.get_by_role("alert")).to_contain_text("Snapping on or off")
    sheet.get_by_role("button", name="Move it here").click()
    expect(sheet.get_by_role("listitem")).to_contain_text("N")
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()

    page.reload()
    expect(_rows(page)).to_have_count(3, timeout=SOON)
    page.keyboard.press("n")
    expect(_rows(page)).to_have_count(4, timeout=SOON)

    page.keyboard.press("Shift+?")
    sheet.get_by_role("button", name="Reset all").click()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_text("Snapping is off").first).to_be_attached()
    expect(_rows(page)).to_have_count(4)


@pytest.mark.usefixtures("project")
def test_a_preset_changes_what_keys_do_and_keys_go_to_another_machine(
    page: Page, tmp_path: Path
) -> None:
    page.keyboard.press("Shift+?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    sheet.get_by_role("combobox", name="Keys as in").click()
    page.get_by_role("option", name="Premiere Pro").click()
    with page.expect_download() as download:
        sheet.get_by_role("button", name="Export", exact=True).click()
    kept = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert kept == {"preset": "premiere", "changed": {}}
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect(page.get_by_text("Snapping is off").first).to_be_attached()

    mine = tmp_path / "keys.json"
    mine.write_text('{"preset": "default", "changed": {"edit.duplicate": ["Alt+U"]}}')
    page.keyboard.press("Shift+?")
    sheet.get_by_test_id("file-input").set_input_files(mine)
    expect(sheet.get_by_role("combobox", name="Keys as in")).to_have_text("Video Foundry")
    mine.write_text('{"preset": "default", "changed": {"edit.duplicate": ["Hyper+U"]}}')
    sheet.get_by_test_id("file-input").set_input_files(mine)
    expect(page.get_by_text('The keys of "edit.duplicate" cannot be read.')).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+u")
    expect(_rows(page)).to_have_count(4, timeout=SOON)


@pytest.mark.usefixtures("project")
def test_single_keys_type_while_something_is_typed(page: Page) -> None:
    page.keyboard.press("e")
    prompt = page.get_by_role("complementary", name="Inspector").get_by_role("textbox").first
    expect(prompt).to_be_focused()
    page.keyboard.type("sqwn")
    expect(prompt).to_have_value("sqwn")
    expect(_rows(page)).to_have_count(3)


def test_what_changed_is_generated_without_a_render(page: Page, server: str, project: str) -> None:
    button = page.get_by_role("button", name="Generate 3 changed")
    expect(button).to_contain_text("free", timeout=SOON)
    button.click()
    expect(button).to_be_hidden(timeout=SOON)
    expect(page.get_by_role("button", name="Nothing to generate")).to_be_visible(timeout=60_000)
    assert [one["take_count"] for one in segments_of(server, project)] == [1, 1, 1]
    renders = httpx2.get(f"{server}/api/projects/{project}/render-jobs").json()
    assert renders == []
