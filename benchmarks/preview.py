"""The preview in a real browser: what a cut costs picture and sound while the film plays, and how
long a picture takes while the playhead is dragged."""

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, TypedDict
from uuid import uuid4

import httpx2
from playwright.async_api import Locator, Page, ViewportSize, async_playwright

from benchmarks.report import Row, load
from benchmarks.server import foundry
from video_foundry.testing.clips import run_ffmpeg

FPS = 24
CLIPS = 8
CUTS = 23
CLIP_SECONDS = 1
PATIENCE_MS = 120_000
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]
MOVES = 150
FARTHEST_PX = 37
"""Between one place of the playhead and the next, while it is dragged there and back."""

WATCH = """canvas => {
  const note = (window.noted = { drawn: [], moved: null, took: [] });
  const draw = () => {
    const now = performance.now();
    note.drawn.push([now, Number(canvas.dataset.frame)]);
    if (note.moved !== null) note.took.push(now - note.moved);
    note.moved = null;
  };
  new MutationObserver(draw).observe(canvas, { attributes: true, attributeFilter: ["data-frame"] });
  const move = () => { note.moved = performance.now() };
  addEventListener("pointermove", move, { capture: true });
}"""

_LISTEN = """
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to === this.context.destination) void listen(this);
    return connect.call(this, to, ...rest);
  };
  async function listen(node) {
    const code = new Blob([`LISTENER`], { type: "text/javascript" });
    await node.context.audioWorklet.addModule(URL.createObjectURL(code));
    window.listener = new AudioWorkletNode(node.context, "listener");
    connect.call(node, window.listener);
    connect.call(window.listener, node.context.destination);
  }
"""
_LISTENER = """
  registerProcessor("listener", class extends AudioWorkletProcessor {
    constructor() {
      super();
      Object.assign(this, { silent: 0, heard: 0, gaps: [] });
      this.port.onmessage = () => this.port.postMessage([this.heard / sampleRate, this.gaps]);
    }
    process([[samples]]) {
      for (const sample of samples ?? []) {
        if (Math.abs(sample) < 1e-3) this.silent++;
        else {
          if (this.heard > 0 && this.silent > sampleRate / 1000) {
            this.gaps.push(1000 * this.silent / sampleRate);
          }
          this.silent = 0;
          this.heard++;
        }
      }
      return true;
    }
  });
"""
"""Lengths of silence between sounds in milliseconds, above one; a tone passes zero more quickly."""

LISTEN = _LISTEN.replace("LISTENER", _LISTENER)

HEARD = """() => new Promise(resolve => {
  window.listener.port.onmessage = ({ data }) => resolve(data);
  window.listener.port.postMessage(null);
})"""


class Noted(TypedDict):
    """drawn: milliseconds of the page's clock, and the film's frame. took: milliseconds from a move
    of the pointer to the next picture."""

    drawn: list[tuple[float, int]]
    took: list[float]


async def preview() -> list[Row]:
    """A film of short clips with sound, one cut after the other, on small copies."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return [Row(what="the preview in a browser", ours="not measured", note="no Chromium")]
    with tempfile.TemporaryDirectory() as folder:
        async with foundry(Path(folder)) as client, async_playwright() as playwright:
            project = await _film(client, Path(folder))
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            # What listens to the sound is no part of the page.
            size: ViewportSize = {"width": 1440, "height": 900}
            page = await browser.new_page(viewport=size, bypass_csp=True)
            page.set_default_timeout(PATIENCE_MS)
            canvas = await _opened(page, f"{client.base_url}/projects/{project}")
            rows = [*await _played(page), *await _dragged(page, canvas)]
            await browser.close()
    return rows


# Making


async def _film(client: httpx2.AsyncClient, folder: Path) -> str:
    """A project of clips one after the other, whose small copies are there."""
    media = [await _upload(client, folder, number) for number in range(CLIPS)]
    settings = {"width": 1280, "height": 720, "fps": FPS}
    made = await client.post("/api/projects", json={"name": "Cuts", "settings": settings})
    project: str = made.raise_for_status().json()["id"]
    segments = [{"id": str(uuid4()), "media": media[at % CLIPS]} for at in range(CUTS + 1)]
    ids = {"id": str(uuid4()), "step": str(uuid4())}
    insert = {"type": "insert_segments", "after": None, "segments": segments, **ids}
    body = {"client": str(uuid4()), "operations": [insert]}
    (await client.post(f"/api/projects/{project}/operations", json=body)).raise_for_status()
    await _small_copies(client, project)
    return project


async def _upload(client: httpx2.AsyncClient, folder: Path, number: int) -> str:
    clip = folder / f"{number}.mp4"
    picture = f"testsrc2=s=1280x720:r={FPS}:d={CLIP_SECONDS},hue=h={45 * number}"
    tone = f"sine=f={300 + 40 * number}:r=48000:d={CLIP_SECONDS}"
    sources = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone]
    await asyncio.to_thread(run_ffmpeg, sources, "-pix_fmt", "yuv420p", "-ac", "2", str(clip))
    files = {"file": (clip.name, clip.read_bytes(), "video/mp4")}
    made = await client.post("/api/media", files=files)
    return str(made.raise_for_status().json()["id"])


async def _small_copies(client: httpx2.AsyncClient, project: str) -> None:
    segments = (await client.get(f"/api/projects/{project}")).json()["segments"]
    digests = sorted({one["asset_url"].rpartition("/")[2] for one in segments})
    body = {"digests": digests, "kinds": ["proxy"], "project_id": project}
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while True:
            answer = (await client.post("/api/previews", json=body)).raise_for_status().json()
            if all(one["proxy"]["state"] == "ready" for one in answer["previews"]):
                return
            await asyncio.sleep(0.5)


async def _opened(page: Page, address: str) -> Locator:
    await page.add_init_script(LISTEN)
    await page.goto(address)
    canvas = page.get_by_role("region", name="Preview").locator("canvas")
    await page.wait_for_selector('canvas[data-frame="0"]')
    await canvas.evaluate(WATCH)
    return canvas


# Playing


async def _played(page: Page) -> list[Row]:
    await page.keyboard.press("Space")
    await page.get_by_role("button", name="Pause", exact=True).wait_for()
    await page.get_by_role("button", name="Play", exact=True).wait_for()
    noted: Noted = await page.evaluate("() => window.noted")
    heard, gaps = await page.evaluate(HEARD)
    cuts = [FPS * CLIP_SECONDS * number for number in range(1, CUTS + 1)]
    at_cuts = sorted(_stall(noted, cut) for cut in cuts)
    elsewhere = sorted(_stall(noted, cut + FPS * CLIP_SECONDS // 2) for cut in cuts)
    return [
        Row(
            what=f"stall of the picture at a cut, {CUTS} cuts: p95",
            ours=f"{_share(at_cuts, 0.95):.1f} frames",
            theirs=f"{_share(elsewhere, 0.95):.1f} frames in the middle of clips; goal 1",
            note=f"median {_share(at_cuts, 0.5):.1f}, longest {at_cuts[-1]:.1f}, {load()}",
        ),
        Row(
            what=f"gap of the sound at a cut, {CUTS} cuts: longest",
            ours=f"{max(gaps, default=0):.1f} ms",
            theirs="goal 0 ms",
            note=f"{len(gaps)} gaps above 1 ms in {heard:.1f} s of tones, {load()}",
        ),
    ]


def _stall(noted: Noted, cut: int) -> float:
    """Frames by which the picture stood still too long around a frame of the film."""
    near = [(at, frame) for at, frame in noted["drawn"] if cut - 3 <= frame < cut + 6]
    waits = [later - at for (at, _), (later, _) in pairwise(near)]
    return max(0.0, max(waits, default=1e3) * FPS / 1000 - 1)


# Dragging


async def _dragged(page: Page, canvas: Locator) -> list[Row]:
    await page.keyboard.press("\\")
    ruler = await page.locator("[data-ruler]").bounding_box()
    strip = await page.locator("[data-strip]").bounding_box()
    assert ruler is not None and strip is not None
    first = await _drag(page, canvas, ruler["x"], ruler["y"] + 8, strip["width"] - 80)
    again = await _drag(page, canvas, ruler["x"], ruler["y"] + 8, strip["width"] - 80)
    return [_scrub_row("first", first), _scrub_row("again", again)]


async def _drag(page: Page, canvas: Locator, left: float, top: float, width: float) -> list[float]:
    """Milliseconds until each picture while the playhead is dragged there and back."""
    await canvas.evaluate("() => { window.noted.took = []; }")
    await page.mouse.move(left, top)
    await page.mouse.down()
    for number in range(MOVES):
        place = number * FARTHEST_PX % (2 * width)
        await page.mouse.move(left + min(place, 2 * width - place), top)
        await page.wait_for_timeout(40)
    await page.mouse.up()
    noted: Noted = await page.evaluate("() => window.noted")
    return sorted(noted["took"])


def _scrub_row(time: str, took: Sequence[float]) -> Row:
    facts: dict[str, Any] = {"median": _share(took, 0.5), "longest": took[-1]}
    told = ", ".join(f"{name} {value:.0f} ms" for name, value in facts.items())
    return Row(
        what=f"picture after a move of the playhead, {time} drag: p95",
        ours=f"{_share(took, 0.95):.0f} ms",
        theirs="goal 33 ms",
        note=f"{told}, {len(took)} pictures for {MOVES} moves, {load()}",
    )


def _share(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]
