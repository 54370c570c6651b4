"""The web app's own files: every page is the app, what is not there is said plainly, and a HEAD is
answered like a GET without its body."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from video_foundry.api import webui

APP = "<!doctype html><title>app</title>"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    """A server of a small built app."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(APP)
    (tmp_path / "assets" / "index-1.js").write_text("export {};")
    app = FastAPI()
    webui.install(app, tmp_path)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/projects/x", "/assets/index-1.js"])
def test_a_head_tells_what_a_get_would_bring(client: TestClient, path: str) -> None:
    full, bare = client.get(path), client.head(path)
    assert (bare.status_code, bare.content) == (200, b"")
    names = ("content-type", "content-length", "cache-control", "etag")
    assert [bare.headers[n] for n in names] == [full.headers[n] for n in names]
    assert int(bare.headers["content-length"]) == len(full.content)


def test_unknown_pages_are_the_app_and_missing_assets_are_missing(client: TestClient) -> None:
    assert client.get("/projects/x").text == APP
    assert client.get("/projects/x").headers["cache-control"] == "no-cache"
    assert client.get("/assets/index-2.js").status_code == 404
    assert client.get("/favicon.ico").status_code == 404


def test_a_server_without_a_built_app_says_so(tmp_path: Path) -> None:
    app = FastAPI()
    webui.install(app, tmp_path)
    answer = TestClient(app).get("/")
    assert (answer.status_code, "make setup" in answer.text) == (503, True)
