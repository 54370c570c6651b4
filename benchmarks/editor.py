"""The editor in a real browser on a film of many segments: how long until it can be used, and what
its frames and its answers to clicks and keys cost while 80 progress events a second arrive. Server
and sender of progress are a process of their own."""

import asyncio
import contextlib
import json
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from playwright.async_api import Browser, Page, WebSocket, async_playwright

from benchmarks.browser import (
    Frames,
    answers_while,
    frames_while,
    interactions,
    share,
    watch_interactions,
)
from benchmarks.report import Row, load
from benchmarks.server import free_port, until_ready
from video_foundry.services.context import MOST_SEGMENTS

COUNT = 1_000
AT_ONCE = 1_000
GENERATING = 40
TICKS_PER_SECOND = 80
"""Each generation tells its progress twice a second, as a worker would."""
PATIENCE_MS = 120_000
CHROMIUM_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WINDOW = (1440, 900)
LIST = "ol:has(> [data-row])"

SCROLL = """async ([selector, along]) => {
  const box = document.querySelector(selector);
  for (let frame = 0; frame < 120; frame++) {
    box[along] += 60;
    await new Promise(requestAnimationFrame);
  }
}"""
"""120 scrolls of 60 px, one a frame."""

Doing = Callable[[Page], Awaitable[None]]


async def editor() -> list[Row]:
    """A film of 1,000 segments worked on, and one as long as a project may be opened."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return [Row(what="the editor in a browser", ours="not measured", note="no Chromium")]
    with tempfile.TemporaryDirectory() as folder:
        async with _served(Path(folder)) as (client, teller), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            return await _measured(browser, client, teller)


async def _measured(
    browser: Browser, client: httpx2.AsyncClient, teller: asyncio.subprocess.Process
) -> list[Row]:
    page = await browser.new_page(viewport={"width": WINDOW[0], "height": WINDOW[1]})
    page.set_default_timeout(PATIENCE_MS)
    ticks = _Ticks(page)
    project = await _film(client, COUNT)
    longest = await _film(client, MOST_SEGMENTS)
    rows = []
    for one in (longest, project):
        rows.append(await _opened(page, client, one))
        # The page asks for it, too; the next film is opened when the server has nothing else to do.
        (await client.post(f"/api/projects/{one}/plan")).raise_for_status()
    await page.wait_for_timeout(2_000)
    rows.append(_row("nothing happens, nothing arrives", await _frames(browser, page, _nothing)))
    async with _generating(client, teller, project) as told:
        await ticks.flowing()
        for what, doing in SCENES.items():
            rows.append(_row(what, await _frames(browser, page, doing)))
        rows += await _answers(browser, page)
    rows.append(ticks.row(told[0]))
    await browser.close()
    return rows


# --- the server ---


@contextlib.asynccontextmanager
async def _served(
    data: Path,
) -> AsyncIterator[tuple[httpx2.AsyncClient, asyncio.subprocess.Process]]:
    """UI and API without workers, and the process in which they are and which tells of progress."""
    port = free_port()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.teller", str(data), str(port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_MS / 1000
        ) as client:
            await until_ready(client, "/healthz")
            yield client, child
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


@contextlib.asynccontextmanager
async def _generating(
    client: httpx2.AsyncClient, teller: asyncio.subprocess.Process, project: str
) -> AsyncIterator[list[int]]:
    """All of the film waits to be generated, and the first segments tell how far they are; how
    often they have told stands in the list afterwards."""
    (await client.post(f"/api/projects/{project}/render")).raise_for_status()
    answer = await client.get(f"/api/projects/{project}")
    ids = [one["id"] for one in answer.json()["segments"][:GENERATING]]
    wanted = {"project": project, "segments": ids, "per_second": TICKS_PER_SECOND}
    assert teller.stdin is not None and teller.stdout is not None
    teller.stdin.write(json.dumps(wanted).encode() + b"\n")
    await teller.stdin.drain()
    told: list[int] = []
    yield told
    teller.stdin.write(b"\n")
    await teller.stdin.drain()
    told.append(int(await teller.stdout.readline()))


# --- the film ---


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


# --- opening ---


async def _opened(page: Page, client: httpx2.AsyncClient, project: str) -> Row:
    begun = time.perf_counter()
    answer = await client.get(f"/api/projects/{project}")
    served = time.perf_counter() - begun
    session = await page.context.new_cdp_session(page)
    await page.goto("about:blank")
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    begun = time.perf_counter()
    await page.goto(f"{client.base_url}/projects/{project}")
    await page.locator('[data-strip] [role="option"]').first.wait_for()
    taken = time.perf_counter() - begun
    told = (await session.send("Performance.getMetrics"))["metrics"]
    worked = next(one["value"] for one in told if one["name"] == "TaskDuration")
    await session.detach()
    return Row(
        what=f"editor opened, {len(answer.json()['segments'])} segments",
        ours=f"{taken:.1f} s, {worked:.2f} s of CPU in the page",
        theirs=f"{served:.1f} s for the project alone, {len(answer.content) / 1e6:.1f} MB",
        ratio=taken / served,
        note=load(),
    )


# --- working ---


async def _frames(browser: Browser, page: Page, doing: Doing) -> Frames:
    found = await frames_while(browser, page, lambda: doing(page))
    await page.wait_for_timeout(300)
    return found


def _row(what: str, frames: Frames) -> Row:
    parts = ", ".join(f"{name} {ms:.1f}" for name, ms in sorted(frames.phases.items()))
    return Row(
        what=f"{what}, {COUNT} segments: frame p95",
        ours=f"{share(frames.cpu, 0.95):.1f} ms of CPU",
        theirs=f"{share(frames.wall, 0.95):.0f} ms between frames",
        note=f"longest {max(frames.cpu):.0f} ms of CPU; mean {parts}; {load()}",
    )


async def _nothing(page: Page) -> None:
    await page.wait_for_timeout(1_000)


async def _scroll_list(page: Page) -> None:
    await page.evaluate(SCROLL, [LIST, "scrollTop"])


async def _scroll_timeline(page: Page) -> None:
    await page.evaluate(SCROLL, ["[data-strip]", "scrollLeft"])


async def _zoom(page: Page) -> None:
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
    await page.get_by_text(f"{COUNT} selected", exact=False).first.wait_for()
    await page.wait_for_timeout(300)


SCENES: dict[str, Doing] = {
    "progress alone": _nothing,
    "scrolling the list": _scroll_list,
    "zooming by wheel": _zoom,
    "scrolling the timeline": _scroll_timeline,
    "dragging a clip": _drag,
    "selecting all": _choose_all,
}


async def _answers(browser: Browser, page: Page) -> list[Row]:
    """Clicks on clips and rows, and arrows along the strip, each after the one before has shown."""
    await page.get_by_role("slider", name="Zoom").fill("110")
    await page.wait_for_timeout(500)
    cpu = await answers_while(browser, lambda: _answered(page))
    await watch_interactions(page)
    await _answered(page)  # once more, without a trace that costs time of its own
    times = await interactions(page)
    least = await _bare(browser)
    return [
        Row(
            what=f"clicks and keys until they show, {COUNT} segments: CPU of the page",
            ours=f"median {share(cpu, 0.5):.0f} ms, longest {max(cpu):.0f} ms",
            theirs="goal 50 ms",
            note=f"{len(cpu)} of them; {load()}",
        ),
        Row(
            what=f"the same by the clock (INP), {COUNT} segments",
            ours=_by_the_clock(times),
            theirs=f"{_by_the_clock(least)} on a page with nothing but a button",
            ratio=share(times, 0.5) / share(least, 0.5) if times and least else None,
            note=load(),
        ),
    ]


def _by_the_clock(times: Sequence[float]) -> str:
    if not times:
        return "all below 16 ms"
    return f"median {share(times, 0.5):.0f} ms, longest {max(times):.0f} ms of {len(times)}"


async def _bare(browser: Browser) -> list[float]:
    """What a click takes in this browser, on this machine, at the least."""
    page = await browser.new_page(viewport={"width": WINDOW[0], "height": WINDOW[1]})
    await page.set_content('<button onclick="this.textContent += 1">0</button>')
    await watch_interactions(page)
    for _ in range(20):
        await page.get_by_role("button").click()
        await page.wait_for_timeout(200)
    times = await interactions(page)
    await page.close()
    return times


async def _answered(page: Page) -> None:
    clips = page.locator('[data-strip] [role="option"]')
    for nth in (1, 2, 1, 2, 1):
        await clips.nth(nth).click(position={"x": 30, "y": 20})
        await page.wait_for_timeout(200)
    rows = page.locator(f"{LIST} [data-row] button:first-child")
    for nth in (8, 9, 10, 8, 9):
        await rows.nth(nth).click()
        await page.wait_for_timeout(200)
    await clips.first.focus()
    for _ in range(10):
        await page.keyboard.press("ArrowRight")
        await page.wait_for_timeout(200)


class _Ticks:
    """Counts what the page hears of progress."""

    def __init__(self, page: Page) -> None:
        self._heard = self._before = 0
        self._flowing = asyncio.Event()
        self._begun = time.perf_counter()
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._hear)

    def _hear(self, frame: str | bytes) -> None:
        self._heard += '"type":"progress"' in str(frame)
        if self._heard >= TICKS_PER_SECOND:
            self._flowing.set()

    async def flowing(self) -> None:
        """Wait until they come, and count from then on. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            await self._flowing.wait()
        self._before, self._begun = self._heard, time.perf_counter()

    def row(self, sent: int) -> Row:
        """sent: how many there were in all."""
        seconds = time.perf_counter() - self._begun
        meanwhile = self._heard - self._before
        return Row(
            what="progress events that arrived meanwhile",
            ours=f"{meanwhile / seconds:.0f}/s",
            theirs=f"sent {TICKS_PER_SECOND}/s",
            note=f"{meanwhile} in {seconds:.0f} s; of {sent} in all {self._heard} arrived",
        )
