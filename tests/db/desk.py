"""A provider inside the test process for a crowd of callers in many threads: accepts, refuses and
leaves in doubt by dice, and remembers what it billed to which job. It keeps no file and no socket.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from tests.recovery.world import Models

from video_foundry import (
    GenerationStatus,
    StatusReport,
    Submission,
    VideoModelInterface,
)
from video_foundry.core.catalogue import Idempotency, ModelEntry, PriceRow
from video_foundry.errors import Ambiguous, Moderated, RateLimited, Unavailable

KINDS: tuple[Idempotency, ...] = ("key", "lookup", "none")
SLOTS = 5
"""Generations of one account that may run at once."""
CLIPS = 3
"""Different clips there are: some answers are the same bytes, so that composing is shared."""

PARAMETERS: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "duration": {"type": "number", "enum": [0.5, 1], "default": 0.5},
        "aspect_ratio": {"type": "string", "enum": ["16:9", "9:16"]},
    },
}

OUTCOMES = {
    "rate_limited": 8,
    "unavailable": 4,
    "moderated": 1,
    "doubt_before": 3,
    "doubt_after": 6,
    "": 78,
}
"""What a submit may meet, and how often in a hundred."""
ENDS = {
    GenerationStatus.SUCCEEDED: 97,
    GenerationStatus.FAILED: 2,
    GenerationStatus.CANCELLED: 1,
}
"""How a generation may end, and how often in a hundred."""


@dataclass(kw_only=True)
class Desk:
    """What the provider knows. clips: a folder for its answers. is_kind: everything goes well.
    polls: how often a generation is asked about at most before it is done; none is, before so many
    have run at once as `together` says. Safe for threads."""

    dice: Random
    clips: Path
    is_kind: bool = False
    polls: int = 4
    together: int = 0
    billed: Counter[str] = field(default_factory=Counter)
    _ids: dict[str, str] = field(default_factory=dict)
    _left: dict[str, int] = field(default_factory=dict)
    most_at_once: int = 0
    _stopped: set[str] = field(default_factory=set)
    _running: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def decide(self) -> str:
        """What this submit meets."""
        if self.is_kind:
            return ""
        with self._lock:
            return self.dice.choices([*OUTCOMES], [*OUTCOMES.values()])[0]

    def accept(self, job_id: str, key: str, kind: Idempotency) -> str:
        """The id of a generation; the same one for the same key where keys are honoured."""
        with self._lock:
            if kind == "key" and key in self._ids:
                return self._ids[key]
            self.billed[job_id] += 1
            made = f"{kind}-{uuid4()}"
            self._ids[key] = made
            self._left[made] = self.dice.randrange(self.polls // 2, self.polls)
            self._running.add(made)
            self.most_at_once = max(self.most_at_once, len(self._running))
            return made

    def find(self, key: str) -> str | None:
        """The id that was made under this key."""
        with self._lock:
            return self._ids.get(key)

    def poll(self, id: str) -> GenerationStatus:
        """How it stands; it goes on with every look."""
        with self._lock:
            if id in self._stopped:
                return GenerationStatus.CANCELLED
            self._left[id] -= 1
            if self._left[id] > 0 or self.most_at_once < self.together:
                return GenerationStatus.RUNNING
            self._running.discard(id)
            if self.is_kind:
                return GenerationStatus.SUCCEEDED
            return Random(id).choices([*ENDS], [*ENDS.values()])[0]

    def stop(self, id: str) -> bool:
        """Whether it could be stopped."""
        with self._lock:
            if self.dice.random() < 0.7:
                self._stopped.add(id)
        return id in self._stopped


class Clerk(VideoModelInterface):
    """The adapter of one account at the desk."""

    def __init__(self, desk: Desk, kind: Idempotency) -> None:
        self._desk = desk
        self._kind = kind
        self.idempotency = kind  # type: ignore[misc]  # of the account, not of the class

    async def initiate_generation(self, prompt: str, params: dict[str, Any]) -> str:
        """Not used: `submit` is."""
        raise NotImplementedError

    async def submit(self, submission: Submission) -> str:
        """Accept, refuse, or leave in doubt."""
        await asyncio.sleep(self._desk.dice.uniform(0, 0.03))
        job_id = submission.scratch.parent.name
        match self._desk.decide():
            case "rate_limited":
                raise RateLimited("too many requests", retry_after=0.05)
            case "unavailable":
                raise Unavailable("nobody answers")
            case "moderated":
                raise Moderated("not that")
            case "doubt_before":
                raise Ambiguous("the line broke")
            case "doubt_after":
                self._desk.accept(job_id, submission.key, self._kind)
                raise Ambiguous("the line broke")
        made = self._desk.accept(job_id, submission.key, self._kind)
        await asyncio.sleep(self._desk.dice.uniform(0, 0.03))
        return made

    async def get_status(self, job_id: str) -> StatusReport:
        """How it stands."""
        return StatusReport(status=self._desk.poll(job_id), progress=0.5)

    async def get_result(self, job_id: str) -> Path:
        """A clip in a file of its own: one of a few contents."""
        path = self._desk.clips / f"{uuid4()}.mp4"
        path.write_bytes(f"clip {Random(job_id).randrange(CLIPS)}".encode())
        return path

    async def find_generation(self, key: str) -> str | None:
        """The id under our key."""
        return self._desk.find(key)

    async def cancel_generation(self, job_id: str) -> bool:
        """Whether it stopped."""
        return self._desk.stop(job_id)


def models_of(desk: Desk) -> Models:
    """An account of each kind."""
    entries = {f"desk-{kind}": _entry(kind) for kind in KINDS}
    makers: dict[str, Callable[[], VideoModelInterface]] = {
        f"desk-{kind}": partial(Clerk, desk, kind) for kind in KINDS
    }
    return Models(entries=entries, makers=makers)


def _entry(kind: Idempotency) -> ModelEntry:
    return ModelEntry(
        id=f"desk-{kind}",
        provider="desk",
        title=f"Desk ({kind})",
        parameters=PARAMETERS,
        prices=(PriceRow(amount=Decimal("0.40")),),
        idempotency=kind,
        poll_seconds=0.05,
        submit_timeout=0.5,
        concurrency=SLOTS,
    )
