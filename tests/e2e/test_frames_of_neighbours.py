"""What a segment begins and ends with, taken from its neighbours by clicking: one frame at a time,
and both at once for a new segment between two clips. Every clip says which it is in each frame."""

import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect
from tests.e2e.studio import clips_of, get

from video_foundry.testing.clips import ClipSpec, make_clip
from video_foundry.testing.film_reading import read_barcodes

SOON = 30_000
"""Milliseconds; a busy machine takes its time."""
PATIENCE = 60.0
"""Seconds for a request that has files checked."""
BRIDGE = "Bridge with a new segment"


def _post(server: str, path: str, **body: Any) -> Any:
    answer = httpx2.post(f"{server}/api{path}", timeout=PATIENCE, **body)
    return answer.raise_for_status().json()


def _segments(server: str, project: str) -> Any:
    return get(server, f"/projects/{project}/segments")


def _generations(server: str) -> float:
    text = httpx2.get(f"{server}/metrics", timeout=PATIENCE).text
    return sum(
        float(number)
        for number in re.findall(r'video_foundry_jobs\{kind="generate",state="\w+"\} (\S+)', text)
    )


def _frame(server: str, media_id: Any, folder: Path) -> tuple[int, int]:
    """Which frame of which clip a picture shows."""
    media = get(server, f"/media/{media_id}")
    target = folder / "picture.png"
    picture = httpx2.get(server + media["url"], timeout=PATIENCE).raise_for_status()
    target.write_bytes(picture.content)
    [seen] = read_barcodes(target)
    return seen


@pytest.fixture
def project(server: str, tmp_path: Path) -> str:
    """Two own clips of a second, the first of them trimmed: it ends with its frame 17."""
    project = str(_post(server, "/projects", json={"name": "Neighbours"})["id"])
    for number, trim in ((1, {"start": 0.25, "end": 0.75}), (2, None)):
        clip = make_clip(tmp_path / f"clip-{number}.mp4", ClipSpec(number=number, sound=None))
        files = {"file": (clip.name, clip.read_bytes())}
        media = _post(server, "/media", files=files)
        _add(server, project, {"media": media["id"], "trim": trim})
    return project


def _add(server: str, project: str, body: dict[str, Any]) -> None:
    _post(server, f"/projects/{project}/segments", json=body)


def _open(page: Page, server: str, project: str, clips: int) -> None:
    page.goto(f"{server}/projects/{project}")
    _has_clips(page, clips)


def _has_clips(page: Page, count: int) -> None:
    expect(clips_of(page)).to_have_count(count, timeout=SOON)


def _inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


def _saved(page: Page) -> None:
    expect(page.get_by_text("Saved", exact=True)).to_be_visible(timeout=SOON)


def _source(page: Page, field: str) -> Locator:
    """The control that says where a frame comes from, with its list open."""
    name = f"Where the {field} frame comes from"
    control = _inspector(page).get_by_role("combobox", name=name)
    advanced = page.locator("details", has=page.get_by_text("Advanced", exact=True))
    expect(advanced).to_be_attached()
    if advanced.get_attribute("open") is None:
        advanced.locator("summary").click()
    control.click()
    return page.get_by_role("listbox")


def _option(page: Page, field: str, name: str) -> Locator:
    return _source(page, field).get_by_role("option", name=re.compile(f"^{name}"))


def _removing(page: Page, field: str) -> Locator:
    return _inspector(page).get_by_role("button", name=f"Remove {field} frame")


def _found(page: Page) -> Locator:
    """The command in the open palette."""
    page.keyboard.press("Control+Shift+P")
    page.get_by_role("combobox", name="Search for a command").fill("bridge")
    return page.get_by_role("option", name=BRIDGE)


def _undo(page: Page) -> None:
    page.get_by_role("button", name="Undo", exact=False).first.click()


def test_a_segment_begins_with_the_last_frame_before_it(
    page: Page, server: str, project: str, tmp_path: Path
) -> None:
    _add(server, project, {"prompt": "On", "model_params": {"model": "mock-ai", "duration": 1}})
    _open(page, server, project, 3)
    before = _generations(server)
    clips_of(page).nth(2).click()
    _option(page, "first", "Last frame of the segment before").click()
    expect(_inspector(page).get_by_text("Segment 2 last frame.png")).to_be_visible(timeout=SOON)
    expect(_removing(page, "first")).to_be_visible()
    _saved(page)
    params = _segments(server, project)[2]["model_params"]
    assert _frame(server, params["first_frame"], tmp_path) == (2, 23)
    after = _option(page, "last", "First frame of the segment after")
    expect(after).to_be_disabled()
    expect(after).to_contain_text("This is the last segment")
    page.keyboard.press("Escape")

    _undo(page)
    expect(_removing(page, "first")).to_be_hidden()
    _saved(page)
    assert "first_frame" not in _segments(server, project)[2]["model_params"]

    _option(page, "last", "From the library").click()
    dialog = page.get_by_role("dialog", name="Choose last frame")
    dialog.get_by_role("searchbox").fill("segment 2 last")
    dialog.get_by_role("button", name="Segment 2 last frame.png").first.click()
    expect(dialog).to_be_hidden()
    expect(_removing(page, "last")).to_be_visible()
    _saved(page)
    params = _segments(server, project)[2]["model_params"]
    assert _frame(server, params["last_frame"], tmp_path) == (2, 23)
    assert _generations(server) == before


def test_a_cut_is_bridged_by_its_sign_and_undone_in_one_step(
    page: Page, server: str, project: str, tmp_path: Path
) -> None:
    first = _segments(server, project)[0]
    body = {"transition": {"kind": "dissolve", "duration": 0.2}}
    url = f"{server}/api/segments/{first['id']}"
    httpx2.patch(url, json=body, timeout=PATIENCE).raise_for_status()
    _open(page, server, project, 2)
    before = _generations(server)
    sign = page.get_by_role("group", name="Cuts").get_by_role("button")
    sign.click()
    expect(_inspector(page).get_by_role("button", name=BRIDGE)).to_be_enabled()
    sign.click(button="right")
    page.get_by_role("menuitem", name=BRIDGE).click()
    _has_clips(page, 3)
    expect(clips_of(page).nth(1)).to_have_attribute("aria-selected", "true")
    prompt = _inspector(page).get_by_role("textbox", name="Prompt")
    expect(prompt).to_have_value(re.compile("One continuous shot"))
    _saved(page)
    segments = _segments(server, project)
    assert [one["transition"] for one in segments] == [None, None, None]
    params = segments[1]["model_params"]
    assert segments[1]["status"] == "pending"
    assert _frame(server, params["first_frame"], tmp_path) == (1, 17)
    assert _frame(server, params["last_frame"], tmp_path) == (2, 0)
    assert _generations(server) == before

    _undo(page)
    _has_clips(page, 2)
    _saved(page)
    [one, _] = _segments(server, project)
    assert one["transition"]["kind"] == "dissolve"


def test_the_palette_bridges_too_and_only_where_there_are_clips(
    page: Page, server: str, project: str
) -> None:
    shot = {"model": "storyboard", "duration": 1}
    _add(server, project, {"prompt": "A lighthouse in fog", "model_params": shot})
    _open(page, server, project, 3)
    clips_of(page).nth(1).click()
    expect(_found(page)).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    clips_of(page).nth(0).click()
    entry = _found(page)
    expect(entry).to_be_enabled()
    entry.click()
    _has_clips(page, 4)
    _saved(page)
    made = _segments(server, project)[1]
    assert {"first_frame", "last_frame"} <= made["model_params"].keys()
