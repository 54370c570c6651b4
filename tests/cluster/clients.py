"""People at the API replicas who are not put off: a call that fails is made again at the next
replica, and everything that was acknowledged is written down as the clients' own ledger."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
from tests.recovery.director import ENDED, Gone, Json

AT_REST = (*ENDED, "needs_attention")
TRY_AGAIN = (502, 503, 504)
"""Answers by which a server says that the same call may work later."""
ANSWER_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Ack:
    """One line of the clients' ledger: what a replica has confirmed. at: seconds since the epoch.
    what: project, segment, edit, render or cancel; id: of the thing; value: the text it now has."""

    at: float
    what: str
    project: str
    id: str
    value: str = ""


@dataclass(kw_only=True)
class Books:
    """The clients' ledger, in memory and in a file that only grows; safe for threads."""

    path: Path
    acks: list[Ack] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, what: str, project: str, id: str, value: str = "") -> None:
        """Note one acknowledgement."""
        ack = Ack(at=time.time(), what=what, project=project, id=id, value=value)
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            self.acks.append(ack)
            file.write(json.dumps(asdict(ack)) + "\n")

    def saw(self, answer: str) -> None:
        """Count one kind of answer."""
        with self._lock:
            self.answers[answer] += 1

    def wonder(self, what: str) -> None:
        """Note an answer that a server should never give."""
        with self._lock:
            self.odd.append(what)

    def of(self, what: str) -> list[Ack]:
        """Every acknowledgement of one kind, in order."""
        with self._lock:
            return [a for a in self.acks if a.what == what]


@dataclass(kw_only=True)
class Client:
    """One person with the addresses of all replicas. patience: seconds to insist on one call."""

    urls: Sequence[str]
    books: Books
    first: int = 0
    patience: float = 150.0
    http: httpx2.Client = field(
        default_factory=lambda: httpx2.Client(timeout=ANSWER_SECONDS, trust_env=False)
    )

    def close(self) -> None:
        """Let the connections go."""
        self.http.close()

    def call(
        self, method: str, path: str, body: Json | None = None, *, fine: Sequence[int] = ()
    ) -> httpx2.Response:
        """One call, made until it is answered for good. fine: refusals that are an answer too.

        Raises Gone when patience ends, and RuntimeError for a refusal that nobody asked for.
        """
        until = time.monotonic() + self.patience
        for number in count(self.first):
            answer = self._try(method, self.urls[number % len(self.urls)] + path, body)
            if answer is not None and (answer.is_success or answer.status_code in fine):
                self.first = number
                return answer
            if answer is not None and answer.status_code < 500:
                told = f"{method} {path}: {answer.status_code} {answer.text[:300]}"
                self.books.wonder(told)
                raise RuntimeError(told)
            if time.monotonic() > until:
                raise Gone(f"{method} {path}: nothing for {self.patience:g} s")
            time.sleep(0.3)
        raise AssertionError("counting never ends")

    def _try(self, method: str, url: str, body: Json | None) -> httpx2.Response | None:
        try:
            answer = self.http.request(method, url, json=body)
        except httpx2.RequestError as error:
            self.books.saw(type(error).__name__)
            return None
        self.books.saw(str(answer.status_code))
        if answer.status_code >= 500 and answer.status_code not in TRY_AGAIN:
            self.books.wonder(f"{method} {url}: {answer.status_code} {answer.text[:300]}")
        return answer

    def get(self, path: str) -> Any:
        """What stands at a path."""
        return self.call("GET", path).json()

    def make_project(self, name: str, segments: Sequence[Json]) -> str:
        """A small project with these segments; returns its id."""
        settings = {"width": 160, "height": 90, "fps": 24}
        made = self.call("POST", "/api/projects", {"name": name, "settings": settings}).json()
        project: str = made["id"]
        self.books.write("project", project, project, name)
        for index, segment in enumerate(segments):
            self._add_segment(project, {**segment, "order_index": index})
        return project

    def _add_segment(self, project: str, body: Json) -> None:
        # 409: an earlier try got through, and only its answer was lost
        made = self.call("POST", f"/api/projects/{project}/segments", body, fine=(409,))
        if made.status_code != 409:
            self.books.write("segment", project, made.json()["id"], body["prompt"])

    def segments(self, project: str) -> list[Json]:
        """A project's segments in order."""
        found: list[Json] = self.get(f"/api/projects/{project}/segments")
        return found

    def edit(self, project: str, segment: str, prompt: str) -> None:
        """Another prompt for a segment."""
        self.call("PATCH", f"/api/segments/{segment}", {"prompt": prompt})
        self.books.write("edit", project, segment, prompt)

    def reorder(self, project: str, segments: Sequence[str]) -> None:
        """Another order."""
        path = f"/api/projects/{project}/segments/reorder"
        self.call("POST", path, {"segment_ids": list(segments)})

    def render(self, project: str) -> str:
        """Start a render, or several where answers got lost; returns the one acknowledged."""
        made = self.call("POST", f"/api/projects/{project}/render").json()
        self.books.write("render", project, made["id"])
        render: str = made["id"]
        return render

    def cancel(self, project: str, render: str) -> None:
        """End a render."""
        self.call("POST", f"/api/render-jobs/{render}/cancel")
        self.books.write("cancel", project, render)

    def resolve(self, job: str, action: str) -> None:
        """Decide about a doubt. 409: an earlier try got through."""
        self.call("POST", f"/api/jobs/{job}/resolve", {"action": action}, fine=(409,))

    def renders(self, project: str) -> list[Json]:
        """A project's renders, newest first."""
        found: list[Json] = self.get(f"/api/projects/{project}/render-jobs")
        return found

    def wait_until_at_rest(
        self, project: str, timeout: float, *, unless: Callable[[], bool] = lambda: False
    ) -> bool:
        """Wait until every render has ended or waits for a person; whether that was in time."""
        until = time.monotonic() + timeout
        while any(r["status"] not in AT_REST for r in self.renders(project)):
            if time.monotonic() > until or unless():
                return False
            time.sleep(1.0)
        return True

    def film(self, render: str) -> bytes:
        """The finished film."""
        return self.call("GET", f"/api/render-jobs/{render}/video").content
