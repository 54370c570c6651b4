"""Outputs beside the main film: added by a preset, changed, rendered alone, and downloaded."""

import re

import httpx2
import pytest
from playwright.sync_api import Page, expect

SOON = 20_000
RENDERED = 90_000


@pytest.fixture
def project(server: str) -> str:
    """The API's address of a small project of one quick shot."""
    settings = {"width": 160, "height": 90, "fps": 24}
    made = httpx2.post(f"{server}/api/projects", json={"name": "Deliver", "settings": settings})
    address = f"{server}/api/projects/{made.raise_for_status().json()['id']}"
    shot = {"prompt": "one", "model_params": {"model": "mock-ai", "duration": 1}}
    httpx2.post(f"{address}/segments", json=shot).raise_for_status()
    return address


def test_an_output_is_added_and_rendered_alone(page: Page, project: str) -> None:
    page.goto(project.replace("/api/", "/"))
    page.get_by_role("button", name="Outputs and delivery").click()
    dialog = page.get_by_role("dialog", name="Outputs and delivery")
    dialog.get_by_role("button", name="Add an output").click()
    page.get_by_role("menuitem", name=re.compile("^Vertical")).click()
    dialog.get_by_label("Width").fill("90")
    dialog.get_by_label("Height").fill("160")
    dialog.get_by_role("textbox", name="Name").fill("Phone!")
    expect(dialog.get_by_text("a-z, 0-9")).to_be_visible()
    dialog.get_by_role("textbox", name="Name").fill("phone")
    dialog.get_by_role("checkbox", name="Render main").uncheck()
    dialog.get_by_role("button", name="Render 1 output").click()
    expect(dialog).to_have_count(0, timeout=SOON)
    expect(page.get_by_role("button", name="Render", exact=True)).to_be_enabled(timeout=RENDERED)

    kept = httpx2.get(project).json()["outputs"]
    assert [(o["name"], o["width"], o["height"], o["loudness_lufs"]) for o in kept] == [
        ("phone", 90, 160, -14)
    ]
    page.get_by_role("button", name=re.compile("^Films")).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("phone")).click()
    assert download.value.path().stat().st_size > 1000
    (render,) = httpx2.get(f"{project}/render-jobs").json()
    assert [(o["name"], o["width"]) for o in render["outputs"] if o["url"]] == [("phone", 90)]


def test_the_main_film_is_shaped_in_one_place(page: Page, project: str) -> None:
    page.goto(project.replace("/api/", "/"))
    page.get_by_role("button", name="Outputs and delivery").click()
    deliver = page.get_by_role("dialog", name="Outputs and delivery")
    expect(deliver.get_by_text("160×90, 24 fps, sound")).to_be_visible(timeout=SOON)
    deliver.get_by_role("combobox", name="Quality").click()
    page.get_by_role("option", name=re.compile("^Draft")).click()

    deliver.get_by_role("button", name="Project settings").click()
    settings = page.get_by_role("dialog", name="Project settings")
    settings.get_by_label("Width").fill("161")
    settings.get_by_role("button", name="Save settings").click()
    expect(settings.get_by_text(re.compile("even|multiple of 2", re.I)).first).to_be_visible()
    assert httpx2.get(project).json()["settings"]["width"] == 160, "nothing was changed"
    settings.get_by_label("Width").fill("162")
    settings.get_by_role("button", name="Save settings").click()

    expect(deliver.get_by_text("162×90, 24 fps, sound")).to_be_visible(timeout=SOON)
    deliver.get_by_role("button", name="Save", exact=True).click()
    expect(deliver).to_have_count(0, timeout=SOON)
    kept = httpx2.get(project).json()["settings"]
    assert (kept["width"], kept["quality"]) == (162, "draft"), "neither takes back the other"
