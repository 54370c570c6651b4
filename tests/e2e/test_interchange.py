"""The film taken to another editor: the formats with what each leaves out, and the files."""

import re
import zipfile

import httpx2
import pytest
from playwright.sync_api import Page, expect

SOON = 20_000


@pytest.fixture
def project(server: str) -> str:
    """The API's address of a project of two shots with a wipe between them, none of them made."""
    settings = {"width": 160, "height": 90, "fps": 24}
    made = httpx2.post(f"{server}/api/projects", json={"name": "Export", "settings": settings})
    address = f"{server}/api/projects/{made.raise_for_status().json()['id']}"
    for prompt in "one", "two":  # asked for by nobody else, so that there are no clips of them
        model = {"model": "mock-ai", "duration": 1}
        shot = {"prompt": f"{prompt} for another editor", "model_params": model}
        wipe = {"transition": {"kind": "wipe-left", "duration": 0.5}}
        httpx2.post(f"{address}/segments", json={**shot, **wipe}).raise_for_status()
    return address


def test_formats_say_what_is_left_out_and_files_are_kept(page: Page, project: str) -> None:
    page.goto(project.replace("/api/", "/"))
    page.get_by_role("button", name="Outputs and delivery").click()
    page.get_by_role("button", name="Export for another editor").click()
    dialog = page.get_by_role("dialog", name="Export for another editor")
    expect(dialog.get_by_text("2 segments have no clips yet")).to_be_visible(timeout=SOON)
    otio = dialog.get_by_role("listitem", name="OpenTimelineIO")
    otio.get_by_text(re.compile("3 things are left out")).click()
    lost = "Segment 1: its transition wipe-left becomes a dissolve of the same 12 frames."
    expect(otio.get_by_text(lost)).to_be_visible()
    with page.expect_download() as alone:
        otio.get_by_role("link", name="Timeline only").click()
    assert alone.value.suggested_filename == "Export.otio"
    assert '"Timeline.1"' in alone.value.path().read_text()
    edl = dialog.get_by_role("listitem", name="CMX 3600 EDL")
    with page.expect_download() as whole:
        edl.get_by_role("link", name=re.compile("With media")).click()
    with zipfile.ZipFile(whole.value.path()) as archive:
        assert archive.namelist() == ["Export/Export.edl", "Export/left out.txt"]
