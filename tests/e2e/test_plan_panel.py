"""The plan in the editor: what stands in its way leads to where it is put right, and the plan of a
long film draws the rows in sight alone."""

import re
from typing import Any
from uuid import uuid4

import httpx2
from playwright.sync_api import Locator, Page, expect

SOON = 30_000
MANY = 300


def _film(server: str, name: str, count: int) -> str:
    """A film of so many shots of a second; its address in the API."""
    made = httpx2.post(f"{server}/api/projects", json={"name": name})
    address = f"{server}/api/projects/{made.raise_for_status().json()['id']}"
    segments: list[dict[str, Any]] = [
        {
            "id": str(uuid4()),
            "prompt": f"Shot {number}",
            "model_params": {"model": "mock-ai", "duration": 1, "seed": number},
        }
        for number in range(1, count + 1)
    ]
    ids = {"id": str(uuid4()), "step": str(uuid4())}
    insert = {"type": "insert_segments", "after": None, "segments": segments, **ids}
    body = {"client": str(uuid4()), "operations": [insert]}
    told = httpx2.post(f"{address}/operations", json=body, timeout=60).raise_for_status().json()
    assert [outcome["status"] for outcome in told["outcomes"]] == ["applied"], told
    return address


def _plan(page: Page, address: str) -> Locator:
    """The editor of a film, and in it the plan, open."""
    page.goto(address.replace("/api/", "/"))
    page.get_by_test_id("plan-chip").click(timeout=SOON)
    return page.get_by_role("dialog", name="Plan for the next render")


def test_a_problem_names_what_it_is_about_and_leads_there(page: Page, server: str) -> None:
    address = _film(server, "Problems", 3)
    segments = httpx2.get(address).raise_for_status().json()["segments"]
    for text in ("In time", "Too late"):
        late = {"kind": "text", "text": text, "start": 500 if text == "Too late" else 0}
        httpx2.post(f"{address}/items", json=late).raise_for_status()
    captions = "1\n00:09:00,000 --> 00:09:01,000\nNever said\n"
    beyond = {"kind": "caption", "captions": captions}
    httpx2.post(f"{address}/items", json=beyond).raise_for_status()

    problems = _plan(page, address).get_by_role("region", name="Problems")
    expect(problems.get_by_role("listitem")).to_have_count(1, timeout=SOON)
    problems.get_by_role("button", name=re.compile("Text: Too late.*It begins at 500 s")).click()
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_role("textbox", name="Words")).to_have_value("Too late")

    second = f"{server}/api/segments/{segments[1]['id']}"
    long = {"transition": {"kind": "fade", "duration": 3}}
    httpx2.put(second, json=long).raise_for_status()
    about = re.compile("Segment 2.*Segment 2 is 1 s long, and its transitions take 3 s")
    problems.get_by_role("button", name=about).click(timeout=SOON)
    page.get_by_role("tab", name="Segments").click()
    row = page.get_by_role("complementary", name="Library").get_by_role("button", name="Shot 2")
    expect(row.first).to_have_attribute("aria-current", "true")


def test_the_plan_of_a_long_film_draws_the_rows_in_sight(page: Page, server: str) -> None:
    plan = _plan(page, _film(server, "Long", MANY))
    rows = plan.get_by_role("list", name="Segments")
    expect(rows.get_by_role("button", name=re.compile("Shot 1 "))).to_be_visible(timeout=SOON)
    assert rows.get_by_role("button").count() < 60
    rows.evaluate("list => list.scrollTo(0, list.scrollHeight)")
    last = rows.get_by_role("button", name=re.compile(f"Shot {MANY} "))
    expect(last).to_be_visible(timeout=SOON)
    assert rows.get_by_role("button").count() < 60
    last.click()
    expect(
        page.get_by_role("complementary", name="Inspector").get_by_role("textbox").first
    ).to_have_value(f"Shot {MANY}")
