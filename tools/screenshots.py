"""Takes the pictures of README.md and docs/editor.md: the example project, as a fresh installation
shows it in Chromium, in both themes.

Run `.venv/bin/python -m tools.screenshots` after a change of what the editor looks like, and look
at every picture before it is kept.
"""

import asyncio
import io
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx2
from benchmarks.editor import CHROMIUM_ARGS
from benchmarks.server import foundry
from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "images" / "editor"
THEMES = ("dark", "light")
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SHOWN = 1
"""The segment that most pictures are about, counted from 0."""
PATIENCE = 120
"""Seconds that the example may take to be rendered on a busy machine."""
SETTLED = 1_500
"""Milliseconds until posters and filmstrips that have arrived are drawn."""
PREVIEWS = 15_000
"""Milliseconds until filmstrips and waveforms were made for whoever opens the project first."""


class Camera:
    """Keeps what a page shows as pictures of one theme."""

    def __init__(self, theme: str) -> None:
        self.theme = theme

    async def take(self, page: Page, name: str) -> None:
        """One picture, when everything on the page has come."""
        await page.wait_for_load_state("networkidle")
        await page.wait_for_timeout(SETTLED)
        with Image.open(io.BytesIO(await page.screenshot())) as picture:
            target = PICTURES / f"{name}-{self.theme}.webp"
            picture.convert("RGB").save(target, quality=88, method=6)
        print(target.relative_to(ROOT))


class Example:
    """The example project of a fresh installation, by its API."""

    def __init__(self, client: httpx2.AsyncClient, project: str) -> None:
        self.client, self.address = client, f"/api/projects/{project}"

    async def prepare(self) -> None:
        """Films of it as it comes, and with transitions, a title and another prompt; a segment that
        has several takes."""
        await self.render()
        segments = (await self.get(self.address))["segments"]
        for place, segment in enumerate(segments[1:], start=1):
            change: dict[str, object] = {"transition": {"kind": "dissolve", "duration": 0.5}}
            if place == SHOWN:
                change["prompt"] = f"{segment['prompt']}, a small boat far out"
            changed = await self.client.patch(f"/api/segments/{segment['id']}", json=change)
            changed.raise_for_status()
        title = {"kind": "text", "text": "Northern Light", "start": 1, "end": 3.5}
        (await self.client.post(f"{self.address}/items", json=title)).raise_for_status()
        await self.render()
        takes = f"/api/segments/{segments[SHOWN]['id']}/takes"
        (await self.client.post(takes, json={"count": 3})).raise_for_status()
        await self.until(takes, lambda found: len(found) == 5)

    async def render(self) -> None:
        """A film of it as it is now."""
        render = (await self.client.post(f"{self.address}/render")).raise_for_status().json()
        path = f"/api/render-jobs/{render['id']}"
        await self.until(path, lambda found: found["status"] == "completed")

    async def get(self, path: str) -> Any:
        """What the API answers."""
        return (await self.client.get(path)).raise_for_status().json()

    async def until(self, path: str, comes: Callable[[Any], bool]) -> None:
        """Ask until the answer is as it should be. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            while not comes(await self.get(path)):  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(0.5)


@asynccontextmanager
async def opened(
    browser: Browser, theme: str, address: str, size: ViewportSize
) -> AsyncIterator[Page]:
    """A page in which nothing moves, on which a script that breaks ends everything."""
    context = await browser.new_context(
        viewport=size, reduced_motion="reduce", device_scale_factor=1
    )
    await context.add_init_script(f"localStorage.setItem('video-foundry.theme', '{theme}')")
    page = await context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    await page.goto(address)
    yield page
    await context.close()
    if broken:
        raise RuntimeError(f"scripts broke on {address}: {broken}")


async def edit(page: Page, camera: Camera) -> None:
    """The cut and its takes, two of them beside each other, and the plan of a change."""
    clips = page.get_by_role("listbox", name="Clips").get_by_role("option")
    await clips.nth(SHOWN).click()
    takes = page.get_by_role("region", name="Takes")
    await expect(takes.get_by_role("button", name="Look at take")).to_have_count(5)
    await takes.hover()
    await camera.take(page, "cut")

    await takes.get_by_role("button", name="Look at take 3").click()
    await page.keyboard.press("Shift+C")
    await camera.take(page, "takes")
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name=f"Segment {SHOWN + 1}").first.focus()
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    words = await prompt.input_value()
    await prompt.fill(f"{words}, heavy rain")
    chip = page.get_by_test_id("plan-chip")
    await expect(chip).to_contain_text("1 to generate")
    await chip.click()
    await camera.take(page, "plan")
    await page.keyboard.press("Escape")
    await prompt.fill(words)
    await expect(chip).to_contain_text("Nothing to generate")


async def film(page: Page, camera: Camera) -> None:
    """The film that was made, and what making it took."""
    await page.get_by_text("Film", exact=True).click()
    await page.get_by_role("button", name="Films").click()
    await camera.take(page, "films")


async def main() -> int:
    """Take all of them. Returns the exit status."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("no Chromium was found; install Debian's package chromium", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        served = foundry(Path(folder), VIDEO_FOUNDRY_EXAMPLE_PROJECT="true")
        async with served as client, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
            (found,) = (await client.get("/api/projects/")).raise_for_status().json()
            await Example(client, found["id"]).prepare()
            address = f"{client.base_url}/projects/{found['id']}"
            async with opened(browser, THEMES[0], address, WIDE) as page:
                await page.wait_for_timeout(PREVIEWS)
            for theme in THEMES:
                await both_sizes(browser, theme, address)
            await browser.close()
    return 0


async def both_sizes(browser: Browser, theme: str, address: str) -> None:
    """The editor at a desk and on a phone, in one theme."""
    camera = Camera(theme)
    async with opened(browser, theme, address, WIDE) as page:
        await edit(page, camera)
        await film(page, camera)
    async with opened(browser, theme, address, PHONE) as page:
        await camera.take(page, "phone")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
