"""A real server, a real browser, a person's clicks."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

START_SECONDS = 90
expect.set_options(timeout=20_000)
"""The machine may have other tests to do at the same time; what comes late still comes."""
WIDE: ViewportSize = {"width": 1440, "height": 900}
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
"""Chromium as root, and without its own calls to the outside."""


def _chromium() -> str:
    named = os.environ.get("VIDEO_FOUNDRY_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("no Chromium was found; install Debian's package chromium")
    return found


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a fresh installation, just as `make run` serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path_factory.mktemp("installation")
    command = [sys.executable, "-m", "video_foundry", "serve", "--port", str(port)]
    secret = tmp_path_factory.mktemp("secret") / "secret.key"
    environment = {
        **os.environ,
        "VIDEO_FOUNDRY_DATA_DIR": str(data),
        "VIDEO_FOUNDRY_SECRET_KEY_FILE": str(secret),
    }
    environment.pop("RUNWAY_API_KEY", None)
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, data / "server.log")
            yield address
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0


def _wait_for(address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx2.get(f"{address}/healthz").is_success:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start: {log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_chromium(), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when a script on it breaks."""
    context = browser.new_context(viewport=WIDE, accept_downloads=True)
    opened = context.new_page()
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    yield opened
    context.close()
    assert broken == []


@pytest.fixture(params=["dark", "light"])
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in one of the themes, in which nothing moves: what fades has no colour to judge."""
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
    context.add_init_script(f"localStorage.setItem('video-foundry.theme', '{request.param}')")
    yield context.new_page()
    context.close()
