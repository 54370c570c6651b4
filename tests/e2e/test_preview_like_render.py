"""What the preview draws half way through a transition is what the server renders."""

import base64
import re
import subprocess
import time
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page, expect

from video_foundry.adapters.ffmpeg.binary import find_ffmpeg
from video_foundry.testing.clips import run_ffmpeg

RENDERED = 240.0
"""Seconds that the render may take on a busy machine."""
FPS = 12
ALIKE = 0.98
KINDS = (
    "fade",
    "dip-to-white",
    "blur-dissolve",
    "wipe-diagonal",
    "circle-open",
    "clock-wipe",
    "doors-close",
    "slide-up",
    "push-left",
    "reveal-right",
    "split-horizontal",
    "zoom-in",
    "blinds-vertical",
)
"""At least one of every family; docs/editor.md tells which others are less alike."""
FILM = {"width": 320, "height": 180, "fps": FPS}
OVERLAP = FPS // 2
TOLD = (
    *("-pix_fmt", "yuv420p", "-color_range", "tv", "-colorspace", "bt709"),
    *("-color_primaries", "bt709", "-color_trc", "bt709"),
)
"""Browsers guess the colours of clips that do not tell them; the render guesses better."""


@pytest.fixture
def film(server: str, tmp_path: Path) -> str:
    """A project in which every clip goes over into the next by another transition."""
    with httpx2.Client(base_url=f"{server}/api", timeout=RENDERED) as api:
        own = [_upload(api, tmp_path, number) for number in (1, 2)]
        made = api.post("/projects", json={"name": "Every way over", "settings": FILM})
        project = str(made.raise_for_status().json()["id"])
        for position, kind in enumerate((*KINDS, None)):
            over = kind and {"kind": kind, "duration": 0.5}
            body = {"media": own[position % 2], "transition": over}
            api.post(f"/projects/{project}/segments", json=body).raise_for_status()
    return project


def _upload(api: httpx2.Client, folder: Path, number: int) -> str:
    """A second of many colours, every other one with them turned round."""
    clip = folder / f"{number}.mp4"
    turned = ",hflip,hue=h=120" if number == 1 else ""
    source = f"testsrc2=s=320x180:r={FPS}:d=1{turned},scale=out_color_matrix=bt709:out_range=tv"
    run_ffmpeg(["-f", "lavfi", "-i", source], "-crf", "10", *TOLD, str(clip))
    made = api.post("/media", files={"file": (clip.name, clip.read_bytes(), "video/mp4")})
    return str(made.raise_for_status().json()["id"])


def _render(server: str, project: str, target: Path) -> None:
    deadline = time.monotonic() + RENDERED
    with httpx2.Client(base_url=f"{server}/api", timeout=RENDERED) as api:
        job = api.post(f"/projects/{project}/render", json={}).raise_for_status().json()["id"]
        while (state := api.get(f"/render-jobs/{job}").json()["status"]) != "completed":
            assert state not in {"failed", "cancelled"}
            assert time.monotonic() < deadline, "the render took too long"
            time.sleep(0.5)
        target.write_bytes(api.get(f"/render-jobs/{job}/video").raise_for_status().content)


def _previewed(page: Page, frame: int, target: Path) -> None:
    """Writes the frame as the preview draws it, pixel for pixel."""
    position = page.get_by_role("textbox", name="Position")
    position.fill(f"{frame}f")
    position.press("Enter")
    canvas = page.get_by_role("region", name="Preview").locator("canvas")
    expect(canvas).to_have_attribute("data-frame", str(frame), timeout=20_000)
    address = canvas.evaluate("canvas => canvas.toDataURL('image/png')")
    target.write_bytes(base64.b64decode(address.partition(",")[2]))


def _likeness(film: Path, frame: int, picture: Path) -> float:
    """SSIM over all of brightness and colour, 1 for the same picture."""
    choose = f"[0:v]select=eq(n\\,{frame}),format=yuv420p[a];[1:v]format=yuv420p[b];[a][b]ssim"
    sources = ["-i", str(film), "-i", str(picture)]
    command = [str(find_ffmpeg().path), "-hide_banner", *sources, "-lavfi", choose, "-f", "null"]
    told = subprocess.run([*command, "-"], capture_output=True, text=True, check=True, timeout=60)
    found = re.search(r"All:([\d.]+)", told.stderr)
    assert found, told.stderr
    return float(found[1])


def test_half_way_through_every_kind_of_transition_the_preview_is_the_render(
    page: Page, server: str, film: str, tmp_path: Path
) -> None:
    rendered = tmp_path / "film.mp4"
    _render(server, film, rendered)
    page.goto(f"{server}/projects/{film}")
    canvas = page.get_by_role("region", name="Preview").locator("canvas")
    expect(canvas).to_have_attribute("data-frame", "0", timeout=30_000)
    assert canvas.evaluate("canvas => [canvas.width, canvas.height]") == [320, 180]

    likeness = {}
    for index, kind in enumerate(KINDS):
        # Each clip gives half of itself to the transition before it and half to the one after it.
        middle = (index + 1) * OVERLAP + OVERLAP // 2
        picture = tmp_path / f"{kind}.png"
        _previewed(page, middle, picture)
        likeness[kind] = _likeness(rendered, middle, picture)
    assert {kind: found for kind, found in likeness.items() if found < ALIKE} == {}
