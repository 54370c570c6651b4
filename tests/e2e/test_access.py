"""Every page and window against WCAG 2.2 AA and best practices as axe sees them, in both themes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SOON = 20_000
WIDE, NARROW, PHONE = (1440, 900), (1024, 720), (390, 844)
TABS = ("Transition", "Speed", "Frame", "Look", "Sound")

RUN = """async (tags) => {
  const { violations } = await axe.run(document, {
    runOnly: { type: "tag", values: tags }, resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${id} at ${target.join(" ")}: ${failureSummary.split("\\n").slice(1).join(" ").trim()}`));
}"""


@pytest.fixture(params=["dark", "light"])
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in one of the themes, in which nothing moves: what fades has no colour to judge."""
    context = browser.new_context(
        viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce"
    )
    context.add_init_script(f"localStorage.setItem('video-foundry.theme', '{request.param}')")
    yield context.new_page()
    context.close()


def _project(server: str, name: str, prompts: tuple[str, ...]) -> str:
    made = httpx2.post(f"{server}/api/projects", json={"name": name})
    project = str(made.raise_for_status().json()["id"])
    for prompt in prompts:
        body = {"prompt": prompt, "model_params": {"model": "mock-ai", "duration": 1}}
        httpx2.post(f"{server}/api/projects/{project}/segments", json=body).raise_for_status()
    title = {"kind": "text", "text": "Harbour", "start": 0.2, "end": 1.2}
    if prompts:
        httpx2.post(f"{server}/api/projects/{project}/items", json=title).raise_for_status()
    return project


def _resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


def _violations(page: Page) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: Any = page.evaluate(RUN, TAGS)
    return [str(line) for line in found]


def _editor(page: Page, server: str, project: str) -> None:
    page.goto(f"{server}/projects/{project}")
    expect(page.get_by_role("region", name="Timeline")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("complementary", name="Inspector")).to_be_visible(timeout=SOON)


def test_the_pages_around_the_editor(look: Page, server: str) -> None:
    _project(server, "Access", ("Alpha",))
    look.goto(server)
    expect(look.get_by_role("link", name="Access").first).to_be_visible(timeout=SOON)
    assert _violations(look) == []
    look.get_by_role("button", name="New project").first.click()
    expect(look.get_by_role("dialog", name="New project")).to_be_visible()
    assert _violations(look) == []
    look.goto(f"{server}/settings")
    expect(look.get_by_role("heading", level=1)).to_be_visible(timeout=SOON)
    assert _violations(look) == []
    look.goto(f"{server}/projects/nowhere")
    expect(look.get_by_role("heading", name="There is nothing here")).to_be_visible(timeout=SOON)
    assert _violations(look) == []


def test_an_empty_project(look: Page, server: str) -> None:
    _editor(look, server, _project(server, "Blank", ()))
    assert _violations(look) == []


def test_the_editor_with_every_side_of_the_inspector(look: Page, server: str) -> None:
    _editor(look, server, _project(server, "Sides", ("Alpha", "Beta", "Gamma")))
    assert _violations(look) == []
    inspector = look.get_by_role("complementary", name="Inspector")
    for name in TABS:
        inspector.get_by_role("tab", name=name).click()
        assert _violations(look) == [], name
    for name in ("Media", "Audio", "Text"):
        look.get_by_role("tab", name=name).click()
        panel = look.get_by_role("complementary", name="Library").get_by_role("tabpanel")
        expect(panel.get_by_role("list").or_(panel.get_by_text("kept here")).first).to_be_attached()
        assert _violations(look) == [], name
    look.get_by_role("button", name="Harbour").first.click()
    assert _violations(look) == []


def test_the_windows_of_the_editor(look: Page, server: str) -> None:
    _editor(look, server, _project(server, "Windows", ("Alpha", "Beta")))
    for keys, name in (
        ("Control+Shift+P", "All commands"),
        ("Shift+?", "Keyboard shortcuts"),
        ("Alt+p", "Move segment 1"),
        ("Alt+t", "In and out of segment 1"),
    ):
        look.keyboard.press(keys)
        expect(look.get_by_role("dialog", name=name)).to_be_visible(timeout=SOON)
        assert _violations(look) == [], name
        look.keyboard.press("Escape")
        expect(look.get_by_role("dialog", name=name)).to_be_hidden()
    look.get_by_test_id("plan-chip").click()
    expect(look.get_by_role("dialog", name="Plan for the next render")).to_be_visible()
    assert _violations(look) == []


def test_the_smallest_editor_and_the_phone(look: Page, server: str) -> None:
    project = _project(server, "Small", ("Alpha", "Beta"))
    _resize(look, NARROW)
    _editor(look, server, project)
    library = look.get_by_role("complementary", name="Library")
    expect(library).to_be_hidden()
    assert look.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert _violations(look) == []
    look.get_by_role("button", name="Show the library").click()
    expect(library).to_be_visible()

    _resize(look, PHONE)
    expect(look.get_by_role("region", name="Segments")).to_be_visible(timeout=SOON)
    expect(look.get_by_role("region", name="Timeline")).to_have_count(0)
    look.get_by_role("button", name="Beta").click()
    expect(look.get_by_role("region", name="Takes")).to_be_visible(timeout=SOON)
    assert look.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert _violations(look) == []
