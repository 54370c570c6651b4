"""The example of README, done by clicking: three segments, a film, one prompt changed, undone."""

import re

from playwright.sync_api import Page, expect
from tests.e2e.studio import clips_of

RENDERED = 60_000
"""Milliseconds a short render may take on a busy machine."""
SOON = 10_000
PROMPTS = (
    "Futuristic app interface with glowing blue UI",
    "Close-up of a hand that swipes through photographs",
    "The product name on a dark stage",
)


def _new_project(page: Page, server: str, name: str) -> None:
    page.goto(server)
    page.get_by_role("button", name="New project").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def _first_segment(page: Page, prompt: str) -> None:
    """The first segment, with the quick simulated model; later ones follow its example."""
    box = page.get_by_role("textbox", name="Describe the first shot")
    box.fill(prompt)
    box.press("Enter")
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=re.compile(r"^Mock AI\b(?!.*\()")).first.click()
    page.get_by_role("textbox", name="Duration").fill("1")
    page.get_by_role("textbox", name="Duration").press("Tab")
    _saved(page)


def _add_segment(page: Page, prompt: str) -> None:
    box = page.get_by_role("textbox", name="Describe the next shot")
    box.fill(prompt)
    box.press("Enter")
    expect(clips_of(page).filter(has_text=prompt)).to_be_visible()


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)


def _plan(page: Page, words: str) -> None:
    expect(page.get_by_role("button", name=words)).to_be_visible(timeout=SOON)


def _render(page: Page) -> None:
    page.get_by_role("button", name="Render", exact=True).click()
    expect(page.get_by_role("button", name="Render", exact=True)).to_be_enabled(timeout=RENDERED)


def _set_prompt(page: Page, position: int, prompt: str) -> None:
    clips_of(page).nth(position).click()
    expect(page.get_by_role("heading", name=f"Segment {position + 1}")).to_be_visible()
    page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
    page.get_by_role("textbox", name="Prompt", exact=True).press("Tab")
    _saved(page)


def _film_plays(page: Page) -> None:
    page.get_by_role("tab", name="Film").click()
    video = page.get_by_role("region", name="Preview").locator("video").first
    expect(video).to_be_visible(timeout=SOON)
    page.wait_for_function("v => v.readyState >= 2", arg=video.element_handle(), timeout=SOON)
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("v => v.currentTime > 0.2", arg=video.element_handle(), timeout=SOON)


def test_three_segments_become_a_film_and_only_what_changed_is_made_again(
    page: Page, server: str
) -> None:
    _new_project(page, server, "Launch film")
    _first_segment(page, PROMPTS[0])
    _add_segment(page, PROMPTS[1])
    _add_segment(page, PROMPTS[2])
    _plan(page, "3 to generate")

    _render(page)
    _film_plays(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    assert download.value.suggested_filename == "Launch film.mp4"
    assert download.value.path().stat().st_size > 10_000

    _set_prompt(page, 1, "Close-up of a hand that swipes through letters")
    _plan(page, "1 to generate, 2 reused")
    _render(page)

    _set_prompt(page, 1, PROMPTS[1])
    _plan(page, "3 reused")
    _render(page)
    page.get_by_role("button", name=re.compile("reused")).click()
    expect(page.get_by_text("Reuse", exact=True)).to_have_count(3)


def test_segments_are_moved_copied_and_deleted_without_dragging(page: Page, server: str) -> None:
    _new_project(page, server, "Order")
    _first_segment(page, "Alpha")
    _add_segment(page, "Beta")
    clips_of(page).nth(0).click()
    page.get_by_role("button", name="Move later").click()
    expect(clips_of(page).nth(1)).to_contain_text("Alpha")
    page.get_by_role("button", name="Duplicate").click()
    expect(clips_of(page)).to_have_count(3)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(clips_of(page)).to_have_count(2)
    page.reload()
    expect(clips_of(page)).to_have_count(2)


def test_a_model_without_a_key_says_so_before_anything_starts(page: Page, server: str) -> None:
    _new_project(page, server, "No key")
    _first_segment(page, "Gamma")
    page.get_by_role("combobox", name="Model").click()
    expect(page.get_by_text(re.compile("RUNWAY_API_KEY")).first).to_be_visible()


def test_the_example_project_is_ready(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("link", name=re.compile("Northern Light")).first.click()
    expect(clips_of(page)).to_have_count(5)
    _plan(page, "5 to generate")
