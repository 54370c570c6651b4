"""An empty project offers three ways in, an idea, a script and own clips; none spends anything."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Page, expect

from video_foundry.testing.clips import ClipSpec, make_clip

SOON = 20_000

SCRIPT = """# Harbour

1. A fishing boat leaves the harbour at dawn (3 s)
2. Gulls over its wake
3. The net comes up, full (90 s)
"""


@pytest.fixture
def empty(page: Page, server: str) -> tuple[Page, str]:
    """An empty project that is open, and the API's address of it."""
    made = httpx2.post(f"{server}/api/projects", json={"name": "Empty"})
    made.raise_for_status()
    project = made.json()["id"]
    page.goto(f"{server}/projects/{project}")
    expect(page.get_by_role("region", name="Start")).to_be_visible()
    return page, f"{server}/api/projects/{project}"


def _segments(address: str) -> list[dict[str, Any]]:
    segments: list[dict[str, Any]] = httpx2.get(address).raise_for_status().json()["segments"]
    return segments


def _is_begun(page: Page, shots: int) -> None:
    expect(page.get_by_role("region", name="Start")).to_have_count(0, timeout=SOON)
    expect(page.get_by_role("button", name=f"{shots} to generate")).to_be_visible(timeout=SOON)


def test_an_idea_becomes_a_storyboard(empty: tuple[Page, str]) -> None:
    page, address = empty
    page.get_by_text("Teaser", exact=True).click()
    page.get_by_role("textbox", name="Describe the idea").fill("A lighthouse keeper's last night")
    shown = page.get_by_role("list", name="Shots").get_by_role("listitem")
    expect(shown).to_have_count(5)
    words = shown.first.inner_text()
    page.get_by_role("button", name="Add 5 shots").click()
    _is_begun(page, 5)
    segments = _segments(address)
    assert all("lighthouse keeper's last night" in s["prompt"] for s in segments)
    assert segments[0]["prompt"] in words
    assert [s["status"] for s in segments] == ["pending"] * 5, "nothing was generated"


def test_a_script_becomes_shots_by_its_own_structure(empty: tuple[Page, str]) -> None:
    page, address = empty
    page.get_by_role("button", name="Paste a script").click()
    page.get_by_role("textbox", name="Paste a script").fill(SCRIPT)
    expect(page.get_by_text("Read as a list")).to_be_visible()
    page.get_by_role("button", name="Add 3 shots").click()
    _is_begun(page, 3)
    segments = _segments(address)
    assert [s["prompt"] for s in segments] == [
        "A fishing boat leaves the harbour at dawn",
        "Gulls over its wake",
        "The net comes up, full",
    ]
    lengths = [s["model_params"].get("duration") for s in segments]
    assert lengths[:2] == [3, None]
    assert 3 < lengths[2] < 90, "no longer than the model makes"


def test_own_clips_become_segments_in_order(empty: tuple[Page, str], tmp_path: Path) -> None:
    page, address = empty
    files = [make_clip(tmp_path / f"{n}.mp4", ClipSpec(number=n, frames=12)) for n in (1, 2)]
    page.get_by_role("button", name="Bring your clips").click()
    page.get_by_role("region", name="Start").get_by_test_id("file-input").set_input_files(files)
    expect(page.get_by_role("region", name="Start")).to_have_count(0, timeout=SOON)
    expect(page.get_by_role("listbox", name="Clips").get_by_role("option")).to_have_count(2)
    assert all(s["media"] for s in _segments(address))
