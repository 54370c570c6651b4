"""Moving segments to another model in the editor: told before, done and undone as one step."""

from typing import Any

import httpx2
import pytest
from playwright.sync_api import Locator, Page, expect

SOON = 30_000
SHOTS: tuple[dict[str, Any], ...] = (
    {"model": "mock-ai", "duration": 2, "seed": 7},
    {"model": "mock-ai", "duration": 4},
    {"model": "runway-gen4.5", "duration": 5},
)


class Film:
    """A film of three shots, as the server knows it."""

    def __init__(self, server: str) -> None:
        self.address = f"{server}/api/projects"
        made = httpx2.post(self.address, json={"name": "Retarget"}).raise_for_status()
        self.id = str(made.json()["id"])
        for place, params in enumerate(SHOTS):
            body = {"prompt": f"Shot {place + 1}", "model_params": params}
            httpx2.post(f"{self.address}/{self.id}/segments", json=body).raise_for_status()

    @property
    def params(self) -> list[dict[str, Any]]:
        told = httpx2.get(f"{self.address}/{self.id}").raise_for_status().json()
        return [segment["model_params"] for segment in told["segments"]]


@pytest.fixture
def film(page: Page, server: str) -> Film:
    """The film, open in the editor."""
    film = Film(server)
    page.goto(f"{server}/projects/{film.id}")
    expect(page.get_by_text("Shot 3").first).to_be_visible(timeout=SOON)
    return film


def _ask(page: Page, model: str, scope: str) -> Locator:
    """The window, with what would become of each segment."""
    page.keyboard.press("Alt+m")
    dialog = page.get_by_role("dialog", name="Move to another model")
    dialog.get_by_text(scope).click()
    dialog.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=model).first.click()
    expect(dialog.get_by_role("listitem").first).to_be_visible(timeout=SOON)
    return dialog


def _until(page: Page, film: Film, wanted: list[dict[str, Any]]) -> None:
    for _ in range(100):
        if film.params == wanted:
            return
        page.wait_for_timeout(100)
    assert film.params == wanted


def test_a_film_moves_as_one_step_after_it_was_told_what_each_segment_loses(
    page: Page, film: Film
) -> None:
    dialog = _ask(page, "Kling 3.0", "All generated (3)")
    rows = dialog.get_by_role("region", name="What becomes of each segment")
    expect(rows).to_contain_text("3 move", timeout=SOON)
    expect(rows).to_contain_text("Loses seed 7 · kling-3.0 has no seed")
    expect(rows).to_contain_text("Duration 2 to 3")
    expect(rows).to_contain_text("≈ $0.60 before, ≈ $1.008 after")
    assert film.params == list(SHOTS), "something was moved before anybody agreed"

    dialog.get_by_role("button", name="Move 3 segments").click()
    moved = [{"model": "kling-3.0", "duration": seconds} for seconds in (3, 4, 5)]
    _until(page, film, moved)
    page.get_by_role("button", name="Undo").click()
    _until(page, film, list(SHOTS))


def test_what_does_not_fit_says_why_and_stays(page: Page, film: Film) -> None:
    dialog = _ask(page, "Runway Gen-4 Turbo", "Selected (1)")
    rows = dialog.get_by_role("region", name="What becomes of each segment")
    expect(rows).to_contain_text("1 does not fit and stays", timeout=SOON)
    expect(rows).to_contain_text("needs first_frame")
    expect(dialog.get_by_role("button", name="Move", exact=True)).to_be_disabled()
    dialog.get_by_role("button", name="Cancel").click()
    assert film.params == list(SHOTS)
