"""`python3 smoke.py http://localhost:8000`: a film through a running installation, over HTTP, with
nothing but the standard library. Exit status 0 when it was made, and again without paying."""

import json
import sys
import time
from typing import Any
from urllib.request import Request, urlopen

PATIENCE = 240.0
"""Seconds for one render, on a machine that has just started everything."""
ENDED = ("completed", "failed", "cancelled", "needs_attention")


class Smoke:
    """One installation."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def run(self) -> str:
        """Make a film twice; returns what was seen. Raises RuntimeError for what is wrong."""
        ready = self.ask("GET", "/readyz")
        project = self.project("one", "two")
        first, again = self.render(project), self.render(project)
        expect(first["segments_total"] == 2, f"two shots were to be made: {first}")
        expect(again["segments_total"] == 0, f"nothing was to be made again: {again}")
        film = self.film(again)
        expect(film[4:8] == b"ftyp", "the film is no MP4")
        return f"{again['frames']} frames, {len(film)} bytes, {sorted(ready['checks'])} are well"

    def project(self, *prompts: str) -> str:
        """A new project with a second of the built-in test model for each prompt; its id."""
        made = self.ask("POST", "/api/projects/", {"name": "smoke", "settings": SETTINGS})
        for prompt in prompts:
            shot = {"prompt": prompt, "model_params": {"model": "mock-ai", "duration": 1}}
            self.ask("POST", f"/api/projects/{made['id']}/segments", shot)
        return str(made["id"])

    def render(self, project: str) -> Any:
        """Render to the end; the finished job."""
        return self.wait(self.start(project))

    def start(self, project: str) -> Any:
        """Start a render; the new job."""
        return self.ask("POST", f"/api/projects/{project}/render", {})

    def wait(self, job: Any) -> Any:
        """Wait for the end of a render. Raises RuntimeError when it ends badly or not at all."""
        until = time.monotonic() + PATIENCE
        while job["status"] not in ENDED:
            expect(time.monotonic() < until, f"the render does not end: {job}")
            time.sleep(0.5)
            job = self.ask("GET", f"/api/render-jobs/{job['id']}")
        expect(job["status"] == "completed", f"the render ended badly: {job}")
        return job

    def film(self, job: Any) -> bytes:
        """The finished film."""
        with self.open("GET", job["video_url"]) as answer:
            return bytes(answer.read())

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer. Raises OSError for anything but success."""
        with self.open(method, path, body) as answer:
            return json.load(answer)

    def open(self, method: str, path: str, body: Any = None) -> Any:
        """An answer, to be read."""
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        return urlopen(Request(self.url + path, content, headers, method=method), timeout=30)


SETTINGS = {"width": 320, "height": 180, "fps": 24}


def expect(is_so: bool, otherwise: str) -> None:
    """Raises RuntimeError with the words when it is not so."""
    if not is_so:
        raise RuntimeError(otherwise)


if __name__ == "__main__":
    sys.stdout.write(f"{Smoke(sys.argv[1]).run()}\n")
