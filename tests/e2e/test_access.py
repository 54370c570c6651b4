"""Every page and window against WCAG 2.2 AA and best practices as axe sees them, in both themes."""

import httpx2
from playwright.sync_api import Page, expect
from tests.e2e.access import violations

SOON = 20_000
NARROW, PHONE = (1024, 720), (390, 844)
TABS = ("Transition", "Speed", "Frame", "Look", "Sound")


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


def _editor(page: Page, server: str, project: str) -> None:
    page.goto(f"{server}/projects/{project}")
    expect(page.get_by_role("region", name="Timeline")).to_be_visible(timeout=SOON)
    expect(page.get_by_role("complementary", name="Inspector")).to_be_visible(timeout=SOON)


def test_the_pages_around_the_editor(look: Page, server: str) -> None:
    _project(server, "Access", ("Alpha",))
    look.goto(server)
    expect(look.get_by_role("link", name="Access").first).to_be_visible(timeout=SOON)
    assert violations(look) == []
    look.get_by_role("button", name="New project").first.click()
    expect(look.get_by_role("dialog", name="New project")).to_be_visible()
    assert violations(look) == []
    look.goto(f"{server}/settings")
    expect(look.get_by_role("heading", level=1)).to_be_visible(timeout=SOON)
    assert violations(look) == []
    look.goto(f"{server}/projects/nowhere")
    expect(look.get_by_role("heading", name="There is nothing here")).to_be_visible(timeout=SOON)
    assert violations(look) == []


def test_an_empty_project(look: Page, server: str) -> None:
    _editor(look, server, _project(server, "Blank", ()))
    assert violations(look) == []


def test_the_editor_with_every_side_of_the_inspector(look: Page, server: str) -> None:
    _editor(look, server, _project(server, "Sides", ("Alpha", "Beta", "Gamma")))
    assert violations(look) == []
    inspector = look.get_by_role("complementary", name="Inspector")
    for name in TABS:
        inspector.get_by_role("tab", name=name).click()
        assert violations(look) == [], name
    for name in ("Media", "Audio", "Text"):
        look.get_by_role("tab", name=name).click()
        panel = look.get_by_role("complementary", name="Library").get_by_role("tabpanel")
        expect(panel.get_by_role("list").or_(panel.get_by_text("kept here")).first).to_be_attached()
        assert violations(look) == [], name
    look.get_by_role("button", name="Harbour").first.click()
    assert violations(look) == []


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
        assert violations(look) == [], name
        look.keyboard.press("Escape")
        expect(look.get_by_role("dialog", name=name)).to_be_hidden()
    look.get_by_test_id("plan-chip").click()
    expect(look.get_by_role("dialog", name="Plan for the next render")).to_be_visible()
    assert violations(look) == []


def test_the_smallest_editor_and_the_phone(look: Page, server: str) -> None:
    project = _project(server, "Small", ("Alpha", "Beta"))
    _resize(look, NARROW)
    _editor(look, server, project)
    library = look.get_by_role("complementary", name="Library")
    expect(library).to_be_hidden()
    assert look.evaluate("document.documentElement.scrollWidth") <= NARROW[0]
    assert violations(look) == []
    look.get_by_role("button", name="Show the library").click()
    expect(library).to_be_visible()

    _resize(look, PHONE)
    expect(look.get_by_role("region", name="Segments")).to_be_visible(timeout=SOON)
    expect(look.get_by_role("region", name="Timeline")).to_have_count(0)
    look.get_by_role("button", name="Beta").click()
    expect(look.get_by_role("region", name="Takes")).to_be_visible(timeout=SOON)
    assert look.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert violations(look) == []
