"""`docs/own-model.md` keeps its promise: what a reader saves and types there works as it stands."""

import json
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.examples.test_models import Machine, listed
from tests.nursery import Nursery

from video_foundry.testing.clips import make_clip

PAGE = Path(__file__).resolve().parents[2] / "docs" / "own-model.md"
FILE = re.compile(r"^\*\*`([\w.]+)`\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = dict(FILE.findall(PAGE.read_text("utf-8")))
KEY = "the-key"


def saved(folder: Path, *names: str) -> None:
    """What a reader saves."""
    for name in names:
        (folder / name).write_text(FILES[name])


class Acme(BaseHTTPRequestHandler):
    """Acme as its customers know it: one clip, ready when it is asked for the second time."""

    def __init__(self, clip: bytes, asked: Counter[str], bodies: list[Any], *rest: Any) -> None:
        self.clip, self.asked, self.bodies = clip, asked, bodies
        super().__init__(*rest)

    def do_POST(self) -> None:
        """Take a create call."""
        size = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(size))
        if self.headers["Authorization"] != f"Bearer {KEY}":
            self.answer(401, {"error": "who are you?"})
        elif "forbidden" in body["text"]:
            self.answer(422, {"error": "not that", "kind": "policy"})
        else:
            self.bodies.append(body)
            self.answer(200, {"id": f"clip-{len(self.bodies)}"})

    def do_GET(self) -> None:
        """Tell of a clip, or send it."""
        self.asked[self.path] += 1
        if self.path.endswith(".mp4"):
            self.answer(200, self.clip)
        elif self.asked[self.path] == 1:
            self.answer(200, {"state": "working", "percent": 40})
        else:
            host = self.headers["Host"]
            self.answer(200, {"state": "ready", "url": f"http://{host}/files/clip.mp4"})

    def answer(self, status: int, content: Any) -> None:
        """JSON, or bytes as they are."""
        sent = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, format: str, *args: Any) -> None:
        """Be quiet."""


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Acme's server: its port, and the create calls that it accepted."""
    make_clip(tmp_path / "clip.mp4")  # 24 frames
    bodies: list[Any] = []
    asked: Counter[str] = Counter()
    handler = partial(Acme, (tmp_path / "clip.mp4").read_bytes(), asked, bodies)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1], bodies
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_page_has_the_files_of_both_models() -> None:
    assert set(FILES) == {"waves.py", "film.yaml", "catalogue.toml", "acme.py", "test_waves.py"}


def test_the_model_in_three_methods_keeps_the_promises_of_every_model(tmp_path: Path) -> None:
    saved(tmp_path, "waves.py", "test_waves.py")
    words = ["-m", "pytest", "-q", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider"]
    ended = subprocess.run(
        [sys.executable, *words, "test_waves.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ended.returncode == 0, ended.stdout


def test_the_model_in_three_methods_works_as_the_page_says(
    tmp_path: Path, nursery: Nursery
) -> None:
    saved(tmp_path, "waves.py", "film.yaml")
    machine = Machine(nursery, tmp_path, PYTHONPATH=str(tmp_path), VIDEO_FOUNDRY_PLUGINS="waves")
    waves = listed(machine.run("models", "--json"), "waves")
    assert waves["is_available"]
    render = ("render", "film.yaml", "-o", "film.mp4", "--json")
    first = machine.run(*render)
    assert (first["status"], first["generated"], first["frames"]) == ("completed", 2, 96)
    again = machine.run(*render)
    assert (again["generated"], again["reused"]) == (0, 2)
    file = tmp_path / "film.yaml"
    file.write_text(file.read_text().replace("in a storm", "in the rain"))
    changed = machine.run(*render)
    assert (changed["generated"], changed["reused"]) == (1, 1)


def test_the_model_at_a_provider_works_as_the_page_says(
    tmp_path: Path, acme: tuple[int, list[Any]], nursery: Nursery
) -> None:
    port, bodies = acme
    saved(tmp_path, "waves.py", "acme.py", "catalogue.toml")
    settings = {"PYTHONPATH": str(tmp_path), "VIDEO_FOUNDRY_PLUGINS": "waves,acme"}
    without = listed(Machine(nursery, tmp_path, **settings).run("models", "--json"), "acme-2")
    assert not without["is_available"]
    assert "ACME_API_KEY" in without["unavailable_reason"]
    host = f"127.0.0.1:{port}"
    machine = Machine(
        nursery,
        tmp_path,
        **settings,
        ACME_API_KEY=KEY,
        ACME_BASE_URL=f"http://{host}",
        VIDEO_FOUNDRY_FETCH_ALLOW_HOSTS=host,
    )
    assert listed(machine.run("models", "--json"), "acme-2")["is_available"]
    asked = {"prompt": "a lamp", "model_params": {"model": "acme", "duration": 1, "seed": 7}}
    film = machine.render(asked)
    assert (film["status"], film["generated"], film["frames"]) == ("completed", 1, 24)
    assert float(film["cost"]) == 0.05
    assert bodies == [
        {"model": "acme-video-2", "text": "a lamp", "seconds": 1, "shape": "16:9", "seed": 7}
    ]
    again = machine.render(asked)
    assert (again["generated"], again["reused"]) == (0, 1)
    assert len(bodies) == 1
