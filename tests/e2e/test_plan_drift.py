"""A render starts exactly the plan that was shown: where it has changed meanwhile, nothing starts,
and the difference is told in words."""

from typing import Any

import httpx2
from playwright.sync_api import Page, Route, expect

SOON = 30_000
RENDERED = 90_000


def _film(server: str) -> tuple[str, list[Any]]:
    """A small film of two quick shots: its address in the API, and its segments."""
    settings = {"width": 160, "height": 90, "fps": 24}
    made = httpx2.post(f"{server}/api/projects", json={"name": "Drift", "settings": settings})
    address = f"{server}/api/projects/{made.raise_for_status().json()['id']}"
    segments = [
        httpx2.post(
            f"{address}/segments",
            json={"prompt": prompt, "model_params": {"model": "mock-ai", "duration": 1}},
        ).raise_for_status()
        for prompt in ("first drift", "second drift")
    ]
    return address, [answer.json() for answer in segments]


def test_a_plan_that_changed_on_the_way_is_shown_with_what_differs(page: Page, server: str) -> None:
    address, segments = _film(server)
    page.goto(address.replace("/api/", "/"))
    expect(page.get_by_test_id("plan-chip")).to_contain_text("2 to generate", timeout=SOON)

    def edited_meanwhile(route: Route) -> None:
        """Somebody else takes a segment away between the click and the server."""
        httpx2.delete(f"{server}/api/segments/{segments[1]['id']}").raise_for_status()
        route.continue_()

    page.route("**/render", edited_meanwhile, times=1)
    page.get_by_role("button", name="Render", exact=True).click()
    dialog = page.get_by_role("dialog", name="The plan has changed")
    differs = dialog.get_by_role("list", name="What differs")
    expect(differs).to_contain_text("To generate: 1 instead of 2", timeout=SOON)
    expect(differs).to_contain_text("One segment was removed")
    expect(differs).to_contain_text("The film has 24 instead of 48 frames")
    assert httpx2.get(f"{address}/render-jobs").json() == [], "something was started"

    dialog.get_by_role("button", name="Render").click()
    expect(dialog).to_have_count(0, timeout=SOON)
    expect(page.get_by_text("The film is ready").first).to_be_attached(timeout=RENDERED)
    (render,) = httpx2.get(f"{address}/render-jobs").json()
    assert (render["segments_total"], render["frames"]) == (1, 24)
