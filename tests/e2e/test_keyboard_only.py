"""A film made, edited, ordered and rendered without a pointer."""

import re

from playwright.sync_api import Page, expect

SOON = 20_000
RENDERED = 120_000
MOST_STOPS = 80

FOCUSED = """() => {
  const at = document.activeElement;
  const labels = [...(at?.labels ?? [])].map((label) => label.textContent).join(" ");
  return at?.getAttribute("aria-label") ?? (labels || at?.textContent?.trim() || "");
}"""


def _tab_to(page: Page, name: str) -> None:
    """Go on by Tab until what has this name has the focus."""
    pattern = re.compile(name)
    seen: list[str] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        seen.append(str(page.evaluate(FOCUSED)))
        if pattern.search(seen[-1]):
            return
    raise AssertionError(f"no {name} among {seen}")


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)


def _clips(page: Page) -> list[str]:
    clips = page.get_by_role("region", name="Timeline").locator("[data-segment]")
    return [text for text in clips.all_inner_texts() if text]


def test_a_film_is_made_edited_ordered_and_rendered_by_keyboard_alone(
    page: Page, server: str
) -> None:
    page.goto(server)
    expect(page.get_by_role("button", name="New project").first).to_be_visible(timeout=SOON)
    _tab_to(page, "^New project")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Name")).to_be_focused()
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Describe the first shot")).to_be_focused(timeout=SOON)
    page.keyboard.type("Alpha")
    page.keyboard.press("Enter")
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("textbox").first).to_have_value("Alpha", timeout=SOON)

    # Whatever model stands there first, this one is quick and free.
    page.keyboard.press("F6")
    page.keyboard.press("Shift+4")
    _tab_to(page, "^Model")
    page.keyboard.press("Enter")
    page.keyboard.type("Mock AI")
    page.keyboard.press("Enter")
    _tab_to(page, "^Duration")
    page.keyboard.press("Control+a")
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    _saved(page)

    # Out of the fields, and two copies to put in order.
    page.keyboard.press("Shift+F6")
    page.keyboard.press("Shift+3")
    for count in (2, 3):
        page.keyboard.press("Control+d")
        expect(page.get_by_role("option")).to_have_count(count, timeout=SOON)
    page.keyboard.press("e")
    expect(inspector.get_by_role("textbox").first).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("Beta")
    page.keyboard.press("F6")
    _saved(page)
    page.keyboard.press("Alt+Home")
    expect(page.get_by_text("Moved to position 1 of 3")).to_be_attached(timeout=SOON)
    _saved(page)
    expect(page.get_by_role("option").first).to_contain_text("Beta", timeout=SOON)
    assert len(_clips(page)) == 3

    page.keyboard.press("Control+e")
    expect(page.get_by_text("The film is ready").first).to_be_visible(timeout=RENDERED)
