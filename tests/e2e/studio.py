"""What browser tests ask of the server beside the clicks, and where things are on the page."""

from typing import Any

import httpx2
from playwright.sync_api import Locator, Page

PATIENCE = 60


def get(server: str, path: str) -> Any:
    """What the API answers."""
    return httpx2.get(f"{server}/api{path}", timeout=PATIENCE).raise_for_status().json()


def post(server: str, path: str, **body: Any) -> Any:
    """What the API answers to a body of these fields."""
    answer = httpx2.post(f"{server}/api{path}", json=body, timeout=PATIENCE)
    return answer.raise_for_status().json()


def segments_of(server: str, project: str) -> list[dict[str, Any]]:
    """Those of a project, in their order."""
    found: list[dict[str, Any]] = get(server, f"/projects/{project}")["segments"]
    return found


def make_project(server: str, name: str, *prompts: str) -> str:
    """A project with a shot of one second for each prompt; its id."""
    project = str(post(server, "/projects", name=name)["id"])
    for prompt in prompts:
        params = {"model": "mock-ai", "duration": 1}
        post(server, f"/projects/{project}/segments", prompt=prompt, model_params=params)
    return project


def clips_of(page: Page) -> Locator:
    """The clips on the timeline."""
    return page.get_by_role("listbox", name="Clips").get_by_role("option")
