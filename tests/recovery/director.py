"""A person at the API who is not put off by a server that keeps dying: every call is tried again,
and a call whose answer got lost is looked up before it is repeated. Plus a listener to events."""

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

Json = dict[str, Any]
ENDED = ("completed", "failed", "cancelled")


class Gone(Exception):
    """The server did not answer within the patience of the caller."""


@dataclass(kw_only=True)
class Director:
    """Calls the API of `url`; patience: seconds to keep trying one call."""

    url: str
    patience: float = 120.0
    http: httpx2.Client = field(default_factory=lambda: httpx2.Client(timeout=20, trust_env=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def call(self, method: str, path: str, body: Json | None = None) -> httpx2.Response:
        """One call, repeated until something answers. Raises Gone."""
        until = time.monotonic() + self.patience
        while True:
            try:
                return self.http.request(method, self.url + path, json=body)
            except httpx2.RequestError as error:
                if time.monotonic() > until:
                    raise Gone(f"{method} {path}") from error
                time.sleep(0.1)

    def get(self, path: str) -> Any:
        """What stands at a path."""
        answer = self.call("GET", path)
        answer.raise_for_status()
        return answer.json()

    def make_project(self, name: str, segments: Sequence[Json]) -> str:
        """A small project with these segments; returns its id."""
        settings = {"width": 160, "height": 90, "fps": 24}
        made = self.call("POST", "/api/projects", {"name": name, "settings": settings})
        made.raise_for_status()
        project_id: str = made.json()["id"]
        for index, segment in enumerate(segments):
            body = {**segment, "order_index": index}
            answer = self.call("POST", f"/api/projects/{project_id}/segments", body)
            if answer.status_code != 409:  # 409: the first try got through, its answer did not
                answer.raise_for_status()
        return project_id

    def render(self, project_id: str) -> str:
        """Start a render, exactly one more than there were; returns its id."""
        path = f"/api/projects/{project_id}"
        before = {r["id"] for r in self.get(f"{path}/render-jobs")}
        until = time.monotonic() + self.patience
        while time.monotonic() < until:
            try:
                answer = self.http.post(f"{self.url}{path}/render")
                answer.raise_for_status()
                return str(answer.json()["id"])
            except httpx2.RequestError:
                new = {r["id"] for r in self.get(f"{path}/render-jobs")} - before
                if new:
                    return str(new.pop())
        raise Gone(f"render of {project_id}")

    def renders(self, project_ids: Sequence[str]) -> list[Json]:
        """Every render of these projects."""
        return [r for p in project_ids for r in self.get(f"/api/projects/{p}/render-jobs")]

    def segments(self, project_ids: Sequence[str]) -> list[Json]:
        """Every segment of these projects."""
        return [s for p in project_ids for s in self.get(f"/api/projects/{p}/segments")]

    def wait_until_settled(self, project_ids: Sequence[str], timeout: float) -> list[Json]:
        """Wait until every render has ended or waits for a person; returns the renders.

        Raises TimeoutError naming those that did neither.
        """
        until = time.monotonic() + timeout
        while True:
            renders = self.renders(project_ids)
            busy = [r for r in renders if r["status"] not in (*ENDED, "needs_attention")]
            waiting = [s for s in self.segments(project_ids) if s["status"] == "generating"]
            if not busy and not waiting:
                return renders
            if time.monotonic() > until:
                raise TimeoutError(f"renders do not end: {busy} {waiting}")
            time.sleep(0.2)

    def wait_for(self, render_id: str, *statuses: str, timeout: float = 60.0) -> Json:
        """Wait until a render has one of these states. Raises TimeoutError."""
        until = time.monotonic() + timeout
        while True:
            render: Json = self.get(f"/api/render-jobs/{render_id}")
            if render["status"] in statuses:
                return render
            if time.monotonic() > until:
                raise TimeoutError(f"the render is still {render['status']}: {render}")
            time.sleep(0.1)

    def film(self, render_id: str) -> bytes:
        """The finished film."""
        answer = self.call("GET", f"/api/render-jobs/{render_id}/video")
        answer.raise_for_status()
        return answer.content


class Listener(threading.Thread):
    """Listens to a project's events over a WebSocket, resuming by the last sequence it has."""

    def __init__(self, url: str, project_id: str) -> None:
        super().__init__(daemon=True)
        self._address = f"{url.replace('http', 'ws', 1)}/api/projects/{project_id}/events"
        self._over = threading.Event()
        self.project_id = project_id
        self.sequences: list[int] = []
        self.connections = 0

    def run(self) -> None:
        """Listen, and connect again whenever the server has gone."""
        while not self._over.is_set():
            try:
                self._listen()
            except (OSError, WebSocketException):
                time.sleep(0.1)

    def _listen(self) -> None:
        last = self.sequences[-1] if self.sequences else 0
        with connect(f"{self._address}?after={last}", open_timeout=5, proxy=None) as socket:
            self.connections += 1
            while not self._over.is_set():
                try:
                    event = json.loads(socket.recv(timeout=0.5))
                except TimeoutError:
                    continue
                if event["seq"] is not None:
                    self.sequences.append(event["seq"])

    def finish(self, newest: int, timeout: float = 30.0) -> list[int]:
        """Stop once event number `newest` is there, or after `timeout` seconds."""
        until = time.monotonic() + timeout
        while time.monotonic() < until and newest not in self.sequences[-200:]:
            time.sleep(0.1)
        self._over.set()
        self.join(timeout=10)
        return self.sequences
