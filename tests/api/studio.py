"""A user of the HTTP API in a few words: make projects, render them, wait, look at the film.

Only what any other program could do over the network; nothing here reaches into the server.
"""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import httpx2
import numpy as np
from numpy.typing import NDArray
from websockets.sync.client import ClientConnection, connect

from video_foundry.testing.server import RunningServer

Json = dict[str, Any]
Pictures = NDArray[np.int16]

SMALL = {"width": 160, "height": 90, "fps": 24}
PATIENCE = 120.0
"""Seconds after which something that should end counts as stuck, on a very busy machine."""
ENDED = ("completed", "failed", "cancelled")
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "errors"}


def shot(prompt: str = "a test card", *, seconds: float = 0.5, **params: Any) -> Json:
    """A segment for the built-in test model."""
    return {"prompt": prompt, "model_params": {"model": "mock-ai", "duration": seconds, **params}}


class Studio:
    """One user of one server."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self.http = httpx2.Client(base_url=server.base_url, timeout=60)

    def close(self) -> None:
        """Leave."""
        self.http.close()

    # --- asking ---

    def ask(self, method: str, path: str, status: int = 200, **request: Any) -> Any:
        """The JSON of an answer that must have this status."""
        answer = self.http.request(method, path, **request)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, status: int, **request: Any) -> Json:
        """The problem document of a refusal that must have this status."""
        answer = self.http.request(method, path, **request)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"
        problem: Json = answer.json()
        assert set(problem) >= PROBLEM_KEYS
        assert problem["status"] == status
        assert problem["detail"]
        return problem

    def listen(self, path: str) -> ClientConnection:
        """A WebSocket; use it as a context."""
        return connect(self.server.websocket_url + path, open_timeout=30, close_timeout=5)

    # --- projects ---

    def project(self, *segments: Json, name: str = "a film", **settings: Any) -> Json:
        """A new project with these segments, as it is then."""
        made = self.ask(
            "POST", "/api/projects/", 201, json={"name": name, "settings": {**SMALL, **settings}}
        )
        for segment in segments:
            self.ask("POST", f"/api/projects/{made['id']}/segments", 201, json=segment)
        return self.read(made)

    def read(self, project: Json) -> Json:
        """The project as it is now."""
        found: Json = self.ask("GET", f"/api/projects/{project['id']}")
        return found

    def edit(self, segment: Json, **changes: Any) -> Json:
        """A segment after a partial edit."""
        changed: Json = self.ask("PUT", f"/api/segments/{segment['id']}", json=changes)
        return changed

    def plan(self, project: Json) -> Json:
        """The present plan."""
        made: Json = self.ask("POST", f"/api/projects/{project['id']}/plan")
        return made

    def takes(self, segment: Json) -> list[Json]:
        """A segment's takes, newest first."""
        found: list[Json] = self.ask("GET", f"/api/segments/{segment['id']}/takes")
        return found

    # --- rendering ---

    def start(self, project: Json, **body: Any) -> Json:
        """A render that was accepted."""
        made: Json = self.ask("POST", f"/api/projects/{project['id']}/render", 201, json=body)
        return made

    def finish(self, render: Json) -> Json:
        """The render when it is over."""
        over: Json = self.until(
            lambda: self.ask("GET", f"/api/render-jobs/{render['id']}"),
            lambda now: now["status"] in ENDED,
        )
        return over

    def make(self, project: Json, **body: Any) -> Json:
        """A render that must be completed."""
        render = self.finish(self.start(project, **body))
        assert render["status"] == "completed", render["error_message"]
        return render

    def settled(self, segment: Json) -> Json:
        """The segment when nothing is being generated for it any more."""
        over: Json = self.until(
            lambda: self.ask("GET", f"/api/segments/{segment['id']}"),
            lambda now: now["status"] not in ("generating", "pending"),
        )
        return over

    def until(self, look: Callable[[], Any], enough: Callable[[Any], bool]) -> Any:
        """What `look` gives as soon as it is `enough`."""
        latest = time.monotonic() + PATIENCE
        while not enough(now := look()):
            assert time.monotonic() < latest, f"still waiting; last seen: {now}"
            time.sleep(0.03)
        return now

    # --- counting ---

    def jobs(self, kind: str) -> int:
        """How many jobs of a kind there have ever been, by the server's own metrics."""
        text = self.http.get("/metrics").text
        counted = re.findall(rf'video_foundry_jobs{{kind="{kind}",state="\w+"}} (\S+)', text)
        return round(sum(float(number) for number in counted))

    def generations(self) -> int:
        """How many generations were ever asked for."""
        return self.jobs("generate")

    # --- pictures ---

    def save(self, url: str, target: Path) -> Path:
        """A file behind an address of the API."""
        answer = self.http.get(url)
        assert answer.status_code == 200, answer.text
        target.write_bytes(answer.content)
        return target

    def film(self, render: Json, folder: Path) -> Path:
        """The finished film."""
        return self.save(render["video_url"], folder / f"{render['id']}.mp4")


def pictures(video: Path) -> Pictures:
    """Every frame as decoded, small: frames x 18 x 32 x 3."""
    with av.open(str(video)) as opened:
        small = [
            frame.reformat(width=32, height=18, format="rgb24", interpolation="AREA").to_ndarray()
            for frame in opened.decode(video=0)
        ]
    return np.asarray(small, dtype=np.int16)


def order_of(film: Path, clips: list[Path]) -> list[int]:
    """Which clip each frame of the film shows: its place in `clips`, runs of a clip as one."""
    shown = [pictures(clip).mean(axis=0) for clip in clips]
    nearest = [
        int(np.argmin([np.abs(frame - clip).mean() for clip in shown])) for frame in pictures(film)
    ]
    return [n for place, n in enumerate(nearest) if place == 0 or nearest[place - 1] != n]
