"""The calls that the stand-in provider of `testing.ledger` makes when a generation is over: each is
made once, and some are lost on purpose. What a generation is, and costs, is not known here."""

import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from urllib.parse import urlsplit

PATIENCE = 5.0
"""Seconds that an answer to a call is waited for."""
COUNTED = ("webhooks", "lost webhooks", "webhooks nobody took")
"""Calls that were due; those of them that were never made; those made without an answer of 2xx."""


@dataclass(kw_only=True)
class Caller:
    """Makes the calls, from threads of its own. lost: the share that is lost; the seed and the name
    that a call has decide which."""

    seed: int
    lost: float
    _counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call_later(self, seconds: float, url: str, *, name: str, id: str) -> None:
        """Call an http address on loopback after so many seconds, and tell it the id."""
        self._count("webhooks")
        chance = Random(f"{self.seed}:webhook:{name}")  # noqa: S311 - no secret
        if chance.random() < self.lost:
            self._count("lost webhooks")
            return
        timer = threading.Timer(seconds, self._call, (url, id))
        timer.daemon = True
        timer.start()

    def counts(self) -> dict[str, int]:
        """Of what COUNTED names, so far."""
        with self._lock:
            return {name: self._counts[name] for name in COUNTED}

    def _call(self, url: str, id: str) -> None:
        if not _was_taken(url, json.dumps({"id": id}).encode()):
            self._count("webhooks nobody took")

    def _count(self, name: str) -> None:
        with self._lock:
            self._counts[name] += 1


def _was_taken(url: str, body: bytes) -> bool:
    parts = urlsplit(url)
    door = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
    try:
        door.request("POST", parts.path, body, {"Content-Type": "application/json"})
        return door.getresponse().status // 100 == 2
    except (OSError, HTTPException):
        return False
    finally:
        door.close()
