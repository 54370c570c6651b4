"""What the compositor can do, done by clicking: a transition, a look, titles and captions."""

import re
import wave
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Locator, Page, expect
from tests.e2e.studio import make_project

RENDERED = 90_000
"""Milliseconds a short render may take on a busy machine."""
SOON = 15_000
SHOTS = ("Shot 1", "Shot 2", "Shot 3")
CAPTIONS = "1\n00:00:00,200 --> 00:00:01,000\nThe wind had turned.\n"


def _read(server: str, path: str) -> Any:
    return httpx2.get(f"{server}/api{path}").raise_for_status().json()


def _plan(server: str, project: str) -> Any:
    return httpx2.post(f"{server}/api/projects/{project}/plan").raise_for_status().json()


def _inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


def _beside(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Library")


def _lane(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Timeline").get_by_role("list", name=name)


def _tab(page: Page, name: str) -> None:
    _inspector(page).get_by_role("tab", name=name).click()


def _type(page: Page, name: str, value: str) -> None:
    field = _inspector(page).get_by_role("textbox", name=name)
    field.fill(value)
    field.press("Enter")


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)


def _choose(page: Page, field: str, option: str) -> None:
    _inspector(page).get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option, exact=True).click()


def _render(page: Page) -> None:
    button = page.get_by_role("button", name="Render", exact=True)
    button.click()
    expect(page.get_by_text("The film is ready").first).to_be_visible(timeout=RENDERED)
    expect(button).to_be_enabled(timeout=SOON)


def test_a_transition_a_look_and_a_title_are_kept_planned_and_rendered(
    page: Page, server: str
) -> None:
    project = make_project(server, "Effects", *SHOTS[:3])
    page.goto(f"{server}/projects/{project}")

    page.get_by_role("button", name="Add a transition after segment 1").click()
    _choose(page, "Into the next segment", "Circle opens")
    _type(page, "Duration", "0.5")
    _tab(page, "Look")
    _type(page, "Exposure", "0.5")
    page.get_by_role("tab", name="Text").click()
    _beside(page).get_by_role("button", name="Add Title at the playhead").click()
    _inspector(page).get_by_role("textbox", name="Words").fill("Harbour nights")
    _type(page, "End", "1.5")
    _inspector(page).get_by_role("radio", name="bottom left").check(force=True)
    _saved(page)

    kept = _read(server, f"/projects/{project}")["segments"][0]
    assert kept["transition"] == {"kind": "circle-open", "duration": 0.5, "easing": "smooth"}
    assert kept["look"]["exposure"] == 0.5
    (title,) = _read(server, f"/projects/{project}/items")
    assert title["fields"]["text"] == "Harbour nights"
    assert title["fields"]["end"] == 1.5
    assert title["fields"]["placement"] == {"anchor": "bottom-left"}

    plan = _plan(server, project)
    assert plan["ready"], plan["problems"]
    assert {"title", "span", "master"} <= {step["kind"] for step in plan["steps"]}
    playback = page.get_by_role("region", name="Playback")
    expect(playback).to_contain_text("/ 00:02:12")  # three seconds, the overlap taken off

    _render(page)
    (render,) = _read(server, f"/projects/{project}/render-jobs")
    assert render["status"] == "completed"
    assert render["duration_seconds"] == 2.5

    page.reload()
    expect(page.get_by_role("button", name=re.compile("Circle opens, 0.5 s"))).to_be_visible()
    bar = _lane(page, "Texts").get_by_role("button")
    expect(bar).to_have_accessible_name("Harbour nights, 0:00 to 0:01.5")
    page.get_by_role("button", name=re.compile("Circle opens")).click()
    _choose(page, "Into the next segment", "None, a cut")
    _saved(page)
    assert _read(server, f"/projects/{project}")["segments"][0]["transition"] is None


def test_what_cannot_be_is_said_at_the_field_and_can_be_put_right(page: Page, server: str) -> None:
    project = make_project(server, "Limits", *SHOTS[:2])
    page.goto(f"{server}/projects/{project}")

    _tab(page, "Look")
    _type(page, "Exposure", "50")
    expect(_inspector(page).get_by_role("alert")).to_contain_text("may be from -5 to 5")
    expect(page.get_by_text("Not saved, try again")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Reset exposure").click()
    _saved(page)
    assert _read(server, f"/projects/{project}")["segments"][0]["look"] is None

    _tab(page, "Transition")
    _choose(page, "Into the next segment", "Crossfade")
    _type(page, "Duration", "3")
    expect(_inspector(page).get_by_role("alert")).to_contain_text(re.compile("room|take 3 s"))
    page.get_by_role("option").nth(1).click()
    expect(_inspector(page).get_by_role("note")).to_contain_text("last segment")
    expect(_inspector(page).get_by_role("combobox")).to_be_disabled()


def test_captions_are_pasted_ordered_moved_by_keys_removed_and_brought_back(
    page: Page, server: str
) -> None:
    project = make_project(server, "Beside", *SHOTS[:2])
    page.goto(f"{server}/projects/{project}")
    page.get_by_role("tab", name="Text").click()

    _beside(page).get_by_role("button", name="Captions", exact=True).click()
    dialog = page.get_by_role("dialog", name="Captions")
    dialog.get_by_role("textbox", name="Captions").fill("no times in here")
    dialog.get_by_role("button", name="Add captions").click()
    expect(dialog.get_by_role("alert")).to_be_visible(timeout=SOON)
    dialog.get_by_role("textbox", name="Captions").fill(CAPTIONS)
    dialog.get_by_role("button", name="Add captions").click()
    expect(dialog).to_be_hidden(timeout=SOON)

    for words in ("First", "Second"):
        _beside(page).get_by_role("button", name="Add Title at the playhead").click()
        expect(_inspector(page).get_by_role("textbox", name="Words")).to_have_value("Your title")
        _inspector(page).get_by_role("textbox", name="Words").fill(words)
        _saved(page)
    second = _beside(page).get_by_role("button", name=re.compile("^Second"))
    second.press("Alt+ArrowDown")
    texts = _beside(page).get_by_role("region", name="Texts").get_by_role("listitem")
    expect(texts.first).to_contain_text("First")

    lanes = _lane(page, "Texts")
    lanes.get_by_role("button", name=re.compile("^First")).press("Alt+Shift+ArrowRight")
    expect(lanes.get_by_role("button", name=re.compile("^First, 0:01"))).to_be_visible()
    _saved(page)

    second.click()
    page.get_by_role("button", name="More for this item").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(texts).to_have_count(1)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(texts).to_have_count(2)
    expect(texts.first).to_contain_text("First")
    _saved(page)
    items = _read(server, f"/projects/{project}/items")
    assert [item["fields"].get("text") for item in items] == [None, "Second", "First"]
    assert items[2]["fields"]["start"] == 1.0


def test_files_become_a_look_and_a_sound(page: Page, server: str, tmp_path: Path) -> None:
    project = make_project(server, "Files", *SHOTS[:1])
    cube, tone = tmp_path / "evening.cube", tmp_path / "tone.wav"
    corners = [f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)]
    cube.write_text("\n".join(["LUT_3D_SIZE 2", *corners, ""]))
    with wave.open(str(tone), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(b"\x00\x10" * 24_000)
    page.goto(f"{server}/projects/{project}")

    _tab(page, "Look")
    _inspector(page).get_by_test_id("file-input").set_input_files(cube)
    table = _inspector(page).get_by_role("combobox", name="Colour table")
    expect(table).to_contain_text("evening.cube", timeout=SOON)
    page.get_by_role("tab", name="Audio").click()
    _beside(page).get_by_test_id("file-input").set_input_files(tone)
    add = _beside(page).get_by_role("button", name="Add tone.wav at the playhead")
    add.first.click(timeout=SOON)
    _inspector(page).get_by_role("switch", name="Step back under voices").click(timeout=SOON)
    _inspector(page).get_by_text("Voice", exact=True).click()
    _saved(page)

    stored = {one["filename"]: one for one in _read(server, "/media")}
    (segment,) = _read(server, f"/projects/{project}")["segments"]
    assert segment["look"]["lut"] == stored["evening.cube"]["digest"]
    (sound,) = _read(server, f"/projects/{project}/items")
    assert sound["media"] == stored["tone.wav"]["id"]
    assert (sound["fields"]["role"], sound["fields"]["duck"]) == ("voice", True)
    bar = _lane(page, "Sound").get_by_role("button")
    expect(bar).to_have_accessible_name("tone.wav, 0:00 to 0:00.5")


def test_a_deleted_segment_comes_back_with_its_effects_and_what_is_tied_to_it(
    page: Page, server: str
) -> None:
    project = make_project(server, "Back", *SHOTS[:2])
    first = _read(server, f"/projects/{project}")["segments"][0]["id"]
    effects = {"retime": {"speed": 2.0}, "transition": {"kind": "fade", "duration": 0.25}}
    httpx2.patch(f"{server}/api/segments/{first}", json=effects).raise_for_status()
    page.goto(f"{server}/projects/{project}")
    expect(page.get_by_role("button", name=re.compile("Crossfade"))).to_be_visible()

    text = {"kind": "text", "text": "Tied", "segment": first, "end": 0.4}
    httpx2.post(f"{server}/api/projects/{project}/items", json=text).raise_for_status()
    bar = _lane(page, "Texts").get_by_role("button")
    expect(bar).to_contain_text("Tied", timeout=SOON)  # what others add is heard of

    page.get_by_role("button", name="Delete", exact=True).click()
    expect(bar).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(bar).to_have_count(1, timeout=SOON)
    expect(page.get_by_role("button", name=re.compile("Crossfade"))).to_be_visible(timeout=SOON)
    _saved(page)
    segment = _read(server, f"/projects/{project}")["segments"][0]
    (tied,) = _read(server, f"/projects/{project}/items")
    assert segment["id"] == tied["segment"] == first
    assert (segment["retime"]["speed"], segment["transition"]["duration"]) == (2.0, 0.25)
