"""A stand-in for a paid provider, in a process of its own that tests never kill: HTTP on loopback,
faults by seed, and a file that only grows with every submit it saw and every one it accepted.

    python -m video_foundry.testing.ledger --ledger FILE --clip CLIP.mp4 --seed 7 --faults 0.45

The first line on standard output is the base URL. Three kinds of account promise different things:
`key` honours Idempotency-Key, `lookup` can be searched by our reference, `none` offers neither.
"""

import argparse
import contextlib
import json
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen
from uuid import uuid4

from video_foundry.testing.webhooks import Caller

KINDS = ("key", "lookup", "none")
FAULTS = (
    "rate_limited",
    "error_before",
    "error_after",
    "reset_before",
    "reset_after",
    "slow_after",
    "refused",
)
"""What a submit may meet. before, after: whether it was accepted, and billed, by then."""

_AFTER_ACCEPT = ("error_after", "reset_after", "slow_after")
POLL_FAULTS = ("rate_limited", "error", "reset", "slow")
"""What a question about a generation, or a look-up, may meet: its answer is lost or late."""
CLIPS = 5
"""Different files that generations answer with: some share one, as repeated pictures would."""

PRICE = Decimal("0.40")
"""US dollars for each generation."""

CLOCK_SLACK = 0.05
"""Seconds by which two readings of the same clock may differ."""

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 seconds: closing then sends a reset."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the ledger: what was asked, what happened to it, and the id if it was accepted.

    fault: "" for a clean answer. id: set on accepted submits; those with `again` were a repeated
    key, which bills nothing. at: seconds since the epoch; not_before: what a 429 told.
    """

    at: float
    kind: str
    prompt: str
    key: str
    fault: str
    id: str | None = None
    again: bool = False
    not_before: float | None = None

    @property
    def is_billed(self) -> bool:
        """Whether this submit cost money."""
        return self.id is not None and not self.again


def read_ledger(path: Path) -> list[Entry]:
    """Every submit so far, in the order in which the provider decided about it."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return [Entry(**json.loads(line)) for line in lines]


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """seed, faults: each submit meets a fault with this probability, decided by the seed, the
    request and how often it was sent; after so many `faulty_submits` of one request they are clean.
    seconds: how long one generation takes. wait: how long rate-limited callers are told to wait.
    slow: how long a slow answer takes. broken_results: how many first downloads of each result
    break off. poll_faults, faulty_polls: the same as faults and faulty_submits, for the questions
    about each generation. clips: how many different files generations answer with. lost_webhooks:
    the share of the calls to webhook addresses that are never made."""

    seed: int = 0
    faults: float = 0.0
    seconds: float = 0.3
    wait: float = 1.0
    slow: float = 4.0
    broken_results: int = 0
    faulty_submits: int = 1_000_000
    poll_faults: float = 0.0
    faulty_polls: int = 3
    clips: int = CLIPS
    lost_webhooks: float = 0.0


@dataclass(kw_only=True)
class Provider:
    """What is accepted and asked; safe for threads. Nothing here knows HTTP."""

    ledger: Path
    behaviour: Behaviour = field(default_factory=Behaviour)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _calls: Counter[tuple[str, str]] = field(default_factory=Counter)
    _by_key: dict[str, str] = field(default_factory=dict)
    _by_reference: dict[str, str] = field(default_factory=dict)
    _ready_at: dict[str, float] = field(default_factory=dict)
    _downloads: Counter[str] = field(default_factory=Counter)
    _prompts: dict[str, str] = field(default_factory=dict)
    _polls: Counter[str] = field(default_factory=Counter)
    _not_before: dict[str, float] = field(default_factory=dict)
    _told: Counter[str] = field(default_factory=Counter)
    _caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        self._caller = Caller(seed=self.behaviour.seed, lost=self.behaviour.lost_webhooks)

    def submit(
        self, kind: str, prompt: str, key: str, script: Sequence[str], webhook: str | None = None
    ) -> Entry:
        """Decide about one submit and write it down. script: faults of the first submits of this
        request ("" for none); beyond it, chance decides. webhook: called when it is over."""
        with self._lock:
            self._calls[kind, prompt] += 1
            fault = self._fault(kind, prompt, script)
            told = self.behaviour.wait if fault == "rate_limited" else None
            accepted = fault == "" or fault in _AFTER_ACCEPT
            known = self._by_key.get(key) if kind == "key" and accepted else None
            self._prompts[key] = prompt
            now = time.time()
            entry = Entry(
                at=now,
                kind=kind,
                prompt=prompt,
                key=key,
                fault=fault,
                id=known or (self._accept(kind, key) if accepted else None),
                again=known is not None,
                not_before=now + told if told is not None else None,
            )
            if entry.id is not None:
                self._prompts[entry.id] = prompt
            self._write(entry)
            if webhook and entry.is_billed:
                self._caller.call_later(
                    self.behaviour.seconds, webhook, name=f"{kind}:{prompt}", id=str(entry.id)
                )
            return entry

    def question(self, about: str) -> str:
        """Decide about one question, be it a poll of this id or a look-up of this reference:
        "" or one of POLL_FAULTS."""
        with self._lock:
            self._polls[about] += 1
            number, now = self._polls[about], time.time()
            self._told["questions"] += 1
            self._told["hurried questions"] += now < self._not_before.get(about, 0.0) - CLOCK_SLACK
            chance = Random(  # noqa: S311 - no secret
                f"{self.behaviour.seed}:poll:{self._prompts.get(about, about)}:{number}"
            )
            is_faulty = number <= self.behaviour.faulty_polls
            if not is_faulty or chance.random() >= self.behaviour.poll_faults:
                return ""
            fault = chance.choice(POLL_FAULTS)
            self._told["faulty questions"] += 1
            if fault == "rate_limited":
                self._not_before[about] = now + self.behaviour.wait
            return fault

    def told(self) -> dict[str, int]:
        """Counts of questions: all, those that met a fault, and those that came before the moment
        that a 429 had named; and of webhooks (see testing.webhooks)."""
        with self._lock:
            names = ("questions", "faulty questions", "hurried questions")
            return {name: self._told[name] for name in names} | self._caller.counts()

    def _fault(self, kind: str, prompt: str, script: Sequence[str]) -> str:
        number = self._calls[kind, prompt]
        if script:
            return script[number - 1] if number <= len(script) else ""
        if number > self.behaviour.faulty_submits:
            return ""
        chance = Random(f"{self.behaviour.seed}:{kind}:{prompt}:{number}")  # noqa: S311 - no secret
        return chance.choice(FAULTS) if chance.random() < self.behaviour.faults else ""

    def _accept(self, kind: str, key: str) -> str:
        made = f"{kind}-{uuid4()}"
        self._ready_at[made] = time.monotonic() + self.behaviour.seconds
        if kind == "key":
            self._by_key[key] = made
        if kind == "lookup":
            self._by_reference[key] = made
        return made

    def _write(self, entry: Entry) -> None:
        with self.ledger.open("a", encoding="utf-8") as file:
            file.write(json.dumps(vars(entry)) + "\n")

    def find(self, reference: str) -> str | None:
        """The id of the generation that was accepted under this reference."""
        with self._lock:
            return self._by_reference.get(reference)

    def progress(self, id: str) -> float | None:
        """Share done, 1.0 when the result is there; None for an id that nobody got."""
        with self._lock:
            ready_at = self._ready_at.get(id)
        if ready_at is None:
            return None
        left = max(0.0, ready_at - time.monotonic())
        return 1.0 - left / self.behaviour.seconds if left else 1.0

    def breaks_off(self, id: str) -> bool:
        """Whether this download of a result is one of those that break off."""
        with self._lock:
            self._downloads[id] += 1
            return self._downloads[id] <= self.behaviour.broken_results


class Server(ThreadingHTTPServer):
    """The provider's door; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 256  # a connection that had to wait would look like a slow answer

    def __init__(self, provider: Provider, clip: Path, *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.provider = provider
        self.clip = clip.read_bytes()

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def shutdown_request(self, request: Any) -> None:
        """End a connection: in order, or by the reset that its handler wished for."""
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8) == _RESET:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that are killed in the middle of a call are the point of it all."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        kind = self.path.strip("/").partition("/")[0]
        key = self.headers.get("Idempotency-Key") or body["reference"]
        script = body.get("script", "").split(",") if body.get("script") else []
        webhook = body.get("webhook")
        self._answer(self.server.provider.submit(kind, body["prompt"], key, script, webhook))

    def _answer(self, entry: Entry) -> None:
        match entry.fault:
            case "rate_limited":
                wait = f"{self.server.provider.behaviour.wait:g}"
                self._json(429, {"detail": "too many requests"}, {"Retry-After": wait})
            case "refused":
                self._json(422, {"detail": "the prompt was refused"})
            case "error_before" | "error_after":
                self._json(500, {"detail": "internal error"})
            case "reset_before" | "reset_after":
                self._reset()
            case "slow_after":
                time.sleep(self.server.provider.behaviour.slow)
                self._json(201, {"id": entry.id})
            case _:
                self._json(201, {"id": entry.id})

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        match address.path.strip("/").split("/"):
            case ["lookup", "generations"]:
                reference = parse_qs(address.query)["reference"][0]
                if self._is_answered(reference):
                    self._json(200, {"id": self.server.provider.find(reference)})
            case ["generations", id]:
                if self._is_answered(id):
                    self._status(id)
            case ["questions"]:
                self._json(200, dict(self.server.provider.told()))
            case ["generations", id, "video"]:
                self._video(id)
            case _:
                self._json(404, {"detail": "no such thing"})

    def _is_answered(self, about: str) -> bool:
        """Whether a question gets its answer, if late; otherwise it has met its fault here."""
        behaviour = self.server.provider.behaviour
        match self.server.provider.question(about):
            case "rate_limited":
                told = {"Retry-After": f"{behaviour.wait:g}"}
                self._json(429, {"detail": "too many requests"}, told)
            case "error":
                self._json(500, {"detail": "internal error"})
            case "reset":
                self._reset()
            case "slow":
                time.sleep(behaviour.slow)
                return True
            case _:
                return True
        return False

    def _status(self, id: str) -> None:
        progress = self.server.provider.progress(id)
        if progress is None:
            self._json(404, {"detail": "no such generation"})
        else:
            word = "succeeded" if progress >= 1 else "running"
            self._json(200, {"status": word, "progress": progress, "cost": str(PRICE)})

    def _video(self, id: str) -> None:
        clip = marked(self.server.clip, id, self.server.provider.behaviour.clips)
        breaks = self.server.provider.breaks_off(id)
        self.send_response(200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(len(clip)))
        self.end_headers()
        self.wfile.write(clip[: len(clip) // 2] if breaks else clip)
        if breaks:
            self._reset()

    def _json(
        self, status: int, answer: dict[str, Any], headers: dict[str, str] | None = None
    ) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _reset(self) -> None:
        """Drop the connection so that the caller sees a reset, not an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """The ledger is the log."""


def marked(clip: bytes, id: str, clips: int) -> bytes:
    """The clip with a note in a free box at its end: one of `clips` files with the same picture."""
    number = int.from_bytes(sha256(id.encode()).digest()[:4]) % clips
    note = number.to_bytes(4 if clips > 256 else 1)
    return clip + struct.pack(">I4s", 8 + len(note), b"free") + note


@dataclass(frozen=True, kw_only=True)
class RunningLedger:
    """A provider in a process of its own."""

    url: str
    ledger: Path
    process: subprocess.Popen[str]

    def entries(self) -> list[Entry]:
        """Every submit so far."""
        return read_ledger(self.ledger)

    def billed(self) -> list[Entry]:
        """Every submit so far that cost money."""
        return [e for e in self.entries() if e.is_billed]

    def questions(self) -> dict[str, int]:
        """Counts of polls, look-ups and webhooks so far (see Provider.told)."""
        with urlopen(f"{self.url}/questions", timeout=30) as answer:  # noqa: S310 - our own, http
            counts: dict[str, int] = json.loads(answer.read())
            return counts


@contextlib.contextmanager
def running_ledger(
    ledger: Path, clip: Path, behaviour: Behaviour | None = None
) -> Iterator[RunningLedger]:
    """Start the provider and end it with the block. clip: an MP4 that every generation answers."""
    arguments = ["--ledger", str(ledger), "--clip", str(clip)]
    for name, value in vars(behaviour or Behaviour()).items():
        arguments += [f"--{name.replace('_', '-')}", str(value)]
    command = [sys.executable, "-m", __name__, *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - asked for a pipe above
            url = process.stdout.readline().strip()
            if not url:
                raise RuntimeError("the provider did not start")
            yield RunningLedger(url=url, ledger=ledger, process=process)
        finally:
            process.terminate()


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    for name, default in vars(Behaviour()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    given = vars(parser.parse_args(arguments))
    path, clip, port = given.pop("ledger"), given.pop("clip"), given.pop("port")
    with Server(Provider(ledger=path, behaviour=Behaviour(**given)), clip, port=port) as server:
        print(server.url, flush=True)  # noqa: T201 - the caller reads it
        server.serve_forever()


if __name__ == "__main__":
    main()
