"""The editor in a real browser on a film of many segments: how long until it can be used, and how
even its frames come while somebody scrolls, zooms, drags and selects."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from playwright.async_api import Page, async_playwright

from benchmarks.report import Row, load
from benchmarks.server import foundry

AT_ONCE = 1_000
MOST_SEGMENTS = 2_000
"""As many as a project holds."""
PATIENCE_MS = 120_000
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WINDOW = (1440, 900)

FRAMES = """async ([selector, along]) => {
  const box = document.querySelector(selector);
  const times = [];
  let last = performance.now();
  for (let frame = 0; frame < 120; frame++) {
    box[along] += 60;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times.sort((a, b) => a - b);
}"""
"""Milliseconds between the frames of 120 scrolls of 60 px, the shortest first."""

WATCH = """() => {
  const watch = (window.frames_ = { times: [], on: true });
  let last = performance.now();
  const next = (now) => {
    watch.times.push(now - last);
    last = now;
    if (watch.on) requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}"""
WATCHED = "() => { frames_.on = false; return frames_.times.sort((a, b) => a - b) }"


async def editor() -> list[Row]:
    """A film of 1,000 segments worked on, and one as long as a project may be opened."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return [Row(what="the editor in a browser", ours="not measured", note="no Chromium")]
    with tempfile.TemporaryDirectory() as folder:
        async with foundry(Path(folder)) as client, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            page = await browser.new_page(viewport={"width": WINDOW[0], "height": WINDOW[1]})
            page.set_default_timeout(PATIENCE_MS)
            rows = [await _opened(page, client, 1_000), *await _worked_on(page)]
            rows.append(await _opened(page, client, MOST_SEGMENTS))
            await browser.close()
    return rows


async def _film(client: httpx2.AsyncClient, count: int) -> str:
    """A project of so many segments; its id."""
    made = await client.post("/api/projects", json={"name": f"{count} segments"})
    project: str = made.raise_for_status().json()["id"]
    after: str | None = None
    for first in range(0, count, AT_ONCE):
        segments = [_segment(number) for number in range(first, min(count, first + AT_ONCE))]
        ids = {"id": str(uuid4()), "step": str(uuid4())}
        operation = {"type": "insert_segments", "after": after, "segments": segments, **ids}
        body = {"client": str(uuid4()), "operations": [operation]}
        answer = await client.post(f"/api/projects/{project}/operations", json=body)
        for outcome in answer.raise_for_status().json()["outcomes"]:
            if outcome["status"] != "applied":
                raise RuntimeError(outcome)
        after = segments[-1]["id"]
    return project


def _segment(number: int) -> dict[str, Any]:
    params = {"model": "mock-ai", "duration": 2, "seed": number}
    return {"id": str(uuid4()), "prompt": f"Shot {number + 1}", "model_params": params}


async def _opened(page: Page, client: httpx2.AsyncClient, count: int) -> Row:
    project = await _film(client, count)
    begun = time.perf_counter()
    body = (await client.get(f"/api/projects/{project}")).content
    served = time.perf_counter() - begun
    begun = time.perf_counter()
    await page.goto(f"{client.base_url}/projects/{project}")
    await page.locator('[data-strip] [role="option"]').first.wait_for()
    taken = time.perf_counter() - begun
    return Row(
        what=f"editor opened, {count} segments",
        ours=f"{taken:.1f} s",
        theirs=f"{served:.1f} s for the project alone, {len(body) / 1e6:.1f} MB",
        ratio=taken / served,
        note=load(),
    )


async def _worked_on(page: Page) -> list[Row]:
    await page.wait_for_timeout(2_000)
    idle = await _while(page, lambda: page.wait_for_timeout(1_000))
    listed = _row(
        "scrolling the list", await page.evaluate(FRAMES, ["aside ol", "scrollTop"]), idle
    )
    zoomed = _row("zooming by wheel", await _while(page, lambda: _wheel(page)), idle)
    scrolled = await page.evaluate(FRAMES, ["[data-strip]", "scrollLeft"])
    dragged = _row("dragging a clip", await _while(page, lambda: _drag(page)), idle)
    chosen = _row("selecting all", await _while(page, lambda: _choose_all(page)), idle)
    return [listed, zoomed, _row("scrolling the timeline", scrolled, idle), dragged, chosen]


def _row(what: str, times: list[float], idle: list[float]) -> Row:
    p95, still = _share(times, 0.95), _share(idle, 0.95)
    return Row(
        what=f"{what}, 1000 segments: frame p95",
        ours=f"{p95:.0f} ms",
        theirs=f"{still:.0f} ms while nothing happens",
        ratio=p95 / still,
        note=f"longest {times[-1]:.0f} ms, {load()}",
    )


def _share(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


async def _while(page: Page, doing: Callable[[], Awaitable[None]]) -> list[float]:
    """Milliseconds between the frames while something is done, the shortest first."""
    await page.evaluate(WATCH)
    await doing()
    times: list[float] = await page.evaluate(WATCHED)
    return times


async def _wheel(page: Page) -> None:
    await page.mouse.move(WINDOW[0] / 2, WINDOW[1] - 120)
    await page.keyboard.down("Control")
    for _ in range(40):
        await page.mouse.wheel(0, -60)
        await asyncio.sleep(0.03)
    await page.keyboard.up("Control")


async def _drag(page: Page) -> None:
    y = WINDOW[1] - 120
    await page.mouse.move(WINDOW[0] / 2, y)
    await page.mouse.down()
    await page.mouse.move(WINDOW[0] - 160, y, steps=40)
    await page.keyboard.press("Escape")
    await page.mouse.up()


async def _choose_all(page: Page) -> None:
    await page.locator('[data-strip] [role="option"][tabindex="0"]').focus()
    await page.keyboard.press("Control+a")
    await page.get_by_text("1000 selected", exact=False).first.wait_for()
