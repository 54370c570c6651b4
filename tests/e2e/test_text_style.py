"""What a text looks like and how loud a sound is over its time, said in the inspector: each part of
it can be said, is kept, and leads back to what holds when nothing is said."""

import re
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Locator, Page, expect

SOON = 20_000
CAPTIONS = "1\n00:00:00,200 --> 00:00:01,000\nThe wind had turned.\n"


def _project(server: str, name: str, *items: dict[str, Any]) -> str:
    """A project of one segment of four seconds, with items on it; its id."""
    settings = {"width": 320, "height": 180, "fps": 24}
    made = httpx2.post(f"{server}/api/projects", json={"name": name, "settings": settings})
    project = str(made.raise_for_status().json()["id"])
    body = {"prompt": "Shot", "model_params": {"model": "mock-ai", "duration": 4}}
    httpx2.post(f"{server}/api/projects/{project}/segments", json=body).raise_for_status()
    for item in items:
        httpx2.post(f"{server}/api/projects/{project}/items", json=item).raise_for_status()
    return project


def _fields(server: str, project: str) -> Any:
    """Of the only item."""
    (item,) = httpx2.get(f"{server}/api/projects/{project}/items").raise_for_status().json()
    return item["fields"]


def _segment(server: str, project: str) -> Any:
    return httpx2.get(f"{server}/api/projects/{project}").raise_for_status().json()["segments"][0]


def _inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


def _look_at(page: Page, server: str, project: str, lane: str) -> None:
    page.goto(f"{server}/projects/{project}")
    timeline = page.get_by_role("region", name="Timeline")
    timeline.get_by_role("list", name=lane).get_by_role("button").first.click(timeout=SOON)


def _unfold(page: Page, title: str) -> Locator:
    """A folded part of the inspector, opened."""
    part = (
        _inspector(page)
        .locator("details")
        .filter(has=page.locator("summary", has_text=re.compile(f"^{title}")))
    )
    part.locator("summary").click()
    return part


def _choose(part: Locator, field: str, option: str) -> None:
    part.get_by_role("combobox", name=field, exact=True).click()
    part.page.get_by_role("option", name=re.compile(f"^{option}")).click()


def _type(part: Locator, name: str, value: str) -> None:
    field = part.get_by_role("textbox", name=name, exact=True)
    field.fill(value)
    field.press("Enter")


def _kept(read: Callable[[], Any], wanted: Any) -> None:
    """What is typed is sent when typing pauses: until the server has it."""
    deadline = time.monotonic() + SOON / 1000
    while (now := read()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert now == wanted


def _go(page: Page, frame: int) -> None:
    position = page.get_by_role("textbox", name="Position")
    position.fill(f"{frame}f")
    position.press("Enter")


def test_a_font_a_paragraph_and_an_outline_are_said_drawn_and_taken_back(
    page: Page, server: str
) -> None:
    text = {"kind": "text", "text": "Harbour", "preset": "caption-box"}
    project = _project(server, "Letters", text)
    _look_at(page, server, project, "Texts")
    inspector = _inspector(page)

    font = _unfold(page, "Font")
    expect(font.get_by_role("combobox", name="Family")).to_contain_text("Noto Sans")
    _choose(font, "Family", "Oswald")
    expect(font.get_by_role("switch", name="Italic")).to_be_disabled()
    _choose(font, "Weight", "Extra light")
    paragraph = _unfold(page, "Paragraph")
    _choose(paragraph, "Alignment", "Right")
    outline = _unfold(page, "Outline")
    with page.expect_response(lambda one: "outline_width" in one.url, timeout=2 * SOON) as drawn:
        outline.get_by_role("switch").click()
    assert drawn.value.ok
    said = {"font": "Oswald", "weight": 200, "align": "right", "outline_width": 0.08}
    _kept(lambda: _fields(server, project).get("style"), said)

    _type(outline, "Width", "900")
    expect(outline.get_by_role("alert")).to_contain_text("may be from 0 to 0.5")
    outline.get_by_role("button", name="Reset width").click()
    font.get_by_role("button", name="Reset weight").click()
    _kept(lambda: _fields(server, project).get("style"), {"font": "Oswald", "align": "right"})

    box = _unfold(page, "Box")
    box.get_by_role("switch").click()
    _kept(lambda: _fields(server, project)["style"].get("box_opacity"), 0)
    inspector.get_by_role("button", name="Back to the preset's look").click()
    expect(font.get_by_role("combobox", name="Family")).to_contain_text("Noto Sans")
    _kept(lambda: "style" in _fields(server, project), False)
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(font.get_by_role("combobox", name="Family")).to_contain_text("Oswald")


def test_how_a_text_comes_has_a_pace_and_a_way_back_to_the_preset(page: Page, server: str) -> None:
    project = _project(server, "Moves", {"kind": "text", "text": "Harbour", "preset": "title"})
    _look_at(page, server, project, "Texts")
    comes = _inspector(page).get_by_role("group", name="Comes")

    kind = comes.get_by_role("combobox", name="Comes")
    expect(kind).to_contain_text("As the preset does")
    expect(comes.get_by_role("textbox", name="Takes")).to_have_value("0.7")
    _choose(comes, "Pace", "Smooth$")
    said = {"kind": "slide-up", "seconds": 0.7, "easing": "smooth"}
    _kept(lambda: _fields(server, project).get("animate_in"), said)
    _choose(comes, "Comes", "At once")
    _kept(lambda: _fields(server, project).get("animate_in"), None)
    _choose(comes, "Comes", "As the preset does")
    _kept(lambda: "animate_in" in _fields(server, project), False)


def test_a_clips_volume_follows_points_each_a_step_of_its_own(page: Page, server: str) -> None:
    project = _project(server, "Louder")
    page.goto(f"{server}/projects/{project}")
    _inspector(page).get_by_role("tab", name="Sound").click(timeout=SOON)
    volume = _unfold(page, "Volume over time")

    for frame in (24, 72):
        _go(page, frame)
        volume.get_by_role("button", name="Add a point at the playhead").click()
    expect(volume.get_by_role("listitem")).to_have_count(2)
    _type(volume, "Volume at point 2", "-12")
    _type(volume, "Time of point 2", "2.5")
    kept = [{"at": 1.0, "gain_db": 0.0}, {"at": 2.5, "gain_db": -12.0}]
    _kept(lambda: (_segment(server, project)["sound"] or {}).get("keyframes"), kept)

    _type(volume, "Volume at point 2", "99")
    expect(volume.get_by_role("listitem").nth(1).get_by_role("alert")).to_contain_text("24")
    _type(volume, "Volume at point 2", "-6")
    expect(volume.get_by_role("alert")).to_have_count(0)
    volume.get_by_role("button", name="Remove point 1").click()
    volume.get_by_role("button", name="Remove point 1").press("Enter")
    expect(volume.get_by_role("listitem")).to_have_count(0)
    expect(volume.get_by_role("button", name="Add a point at the playhead")).to_be_focused()
    _kept(lambda: _segment(server, project)["sound"], None)
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(volume.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(volume.get_by_role("listitem")).to_have_count(2)


def test_a_sound_has_points_and_steps_back_as_it_is_told(
    page: Page, server: str, tmp_path: Path
) -> None:
    tone = tmp_path / "tone.wav"
    with wave.open(str(tone), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(b"\x00\x10" * 48_000 * 3)
    sent = {"file": ("tone.wav", tone.read_bytes(), "audio/wav")}
    media = httpx2.post(f"{server}/api/media", files=sent).raise_for_status().json()["id"]
    music = {"kind": "audio", "media": media, "start": 0.5, "duck": True}
    project = _project(server, "Music", music)
    _look_at(page, server, project, "Sound")

    volume = _unfold(page, "Volume over time")
    _go(page, 36)
    volume.get_by_role("button", name="Add a point at the playhead").click()
    _type(volume, "Volume at point 1", "-99")
    expect(volume.get_by_role("alert")).to_contain_text("-60")
    expect(_inspector(page).get_by_role("alert")).to_have_count(1)
    _type(volume, "Volume at point 1", "-9")
    ducking = _unfold(page, "How it steps back")
    _type(ducking, "Stays down", "1.5")
    _choose(ducking, "Under", "Voices and clips")
    said = {"hold": 1.5, "under": ["voice", "clip"]}
    _kept(lambda: _fields(server, project)["duck"], said)
    assert _fields(server, project)["keyframes"] == [{"at": 1.0, "gain_db": -9.0}]
    _type(ducking, "Sinks within", "7")
    expect(ducking.get_by_role("alert")).to_contain_text("2 s")


def test_captions_say_their_language_and_are_drawn_all_the_same(page: Page, server: str) -> None:
    captions = {"kind": "caption", "captions": CAPTIONS}
    project = _project(server, "Spoken", captions)
    page.goto(f"{server}/projects/{project}")
    page.get_by_role("tab", name="Text", exact=True).click(timeout=SOON)
    library = page.get_by_role("complementary", name="Library")
    library.get_by_role("button", name=re.compile("^1 caption")).click()
    inspector = _inspector(page)

    _type(inspector, "Language", "no language")
    expect(inspector.get_by_role("alert")).to_contain_text("is not a language")
    _type(inspector, "Language", "pt-BR")
    expect(inspector).to_contain_text("Brazilian Portuguese")
    _kept(lambda: _fields(server, project).get("language"), "pt-BR")
    with page.expect_response(lambda one: "title-picture" in one.url, timeout=2 * SOON) as drawn:
        _type(inspector, "Size", "9")
        _go(page, 12)
    assert drawn.value.ok
    _type(inspector, "Language", "")
    _kept(lambda: "language" in _fields(server, project), False)
