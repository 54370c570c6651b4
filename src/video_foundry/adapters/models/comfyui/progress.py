"""How far jobs are, as ComfyUI tells over its WebSocket. A courtesy: whether a job is done is never
read from here, and nothing breaks when the socket does."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from video_foundry.adapters.models.wire.reading import at, finite
from video_foundry.errors import FoundryError
from video_foundry.ports.metrics import BACKGROUND_FAILURES

MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes; pictures on the way to a preview come over the same socket."""
OPEN_SECONDS = 10.0
CLOSE_SECONDS = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts to connect."""
MOST_FOLLOWED = 1000

logger = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Tally:
    """How far one job is. weights: node -> its share of the work, in any unit."""

    weights: Mapping[str, int]
    _done: dict[str, float] = field(default_factory=dict)
    _now: str | None = None
    _best: float | None = None

    @property
    def share(self) -> float | None:
        """From 0 to 1, never less than before; None until anything was told."""
        return self._best

    def take(self, kind: str, data: Mapping[str, Any]) -> None:
        """What one event tells. Both generations of events are understood."""
        match kind:
            case "execution_start":
                pass
            case "execution_cached":
                nodes = data.get("nodes")
                self._done |= dict.fromkeys(map(str, nodes if isinstance(nodes, list) else ()), 1.0)
            case "progress_state":
                self._take_states(data.get("nodes"))
            case "progress":
                self._advance(data.get("node"), data)
            case "executing" | "executed":
                self._moved_to(data.get("node"), is_over=kind == "executed")
            case _:
                return
        done = sum(self._done.get(key, 0.0) * weight for key, weight in self.weights.items())
        self._best = max(self._best or 0.0, done / max(1, sum(self.weights.values())))

    def _take_states(self, nodes: Any) -> None:
        for node_id, state in nodes.items() if isinstance(nodes, Mapping) else ():
            if at(state, "state") == "finished":
                self._done[str(node_id)] = 1.0
            else:
                self._advance(node_id, state)

    def _advance(self, id: Any, told: Any) -> None:
        value, most = finite(at(told, "value")), finite(at(told, "max"))
        if value is not None and most:
            self._done[str(id)] = min(1.0, max(0.0, value / most))

    def _moved_to(self, id: Any, *, is_over: bool) -> None:
        """Nodes run one after another: the one before is done."""
        before = str(id) if is_over else self._now
        if before is not None:
            self._done[before] = 1.0
        self._now = None if is_over or id is None else str(id)


class ProgressFeed:
    """One connection while anything is under way, made again when it breaks.

    address: of the socket, by the name that events are asked for under; read at each attempt.
    """

    def __init__(self, address: Callable[[str], str]) -> None:
        self._address = address
        self._followed: dict[str, Tally] = {}
        self._expected = 0
        self._listening: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self._name = ""

    @contextmanager
    def expecting(self) -> Iterator[str]:
        """Around a create call: the name to have its events sent to."""
        self._expected += 1
        if self._listening is None:
            # Another name each time: a server takes leave of an old connection late, and would
            # forget the new one of the same name with it.
            self._name = uuid4().hex
            self._listening = asyncio.create_task(self._listen(self._name))
        try:
            yield self._name
        finally:
            self._expected -= 1
            self._rest()

    def follow(self, job_id: str, weights: Mapping[str, int]) -> None:
        """Keep count of a job that was accepted."""
        if len(self._followed) >= MOST_FOLLOWED:
            self._followed.pop(next(iter(self._followed)))
        self._followed[job_id] = Tally(weights=weights)

    def share(self, job_id: str) -> float | None:
        """How far a job is, from 0 to 1; None where nothing is known."""
        tally = self._followed.get(job_id)
        return tally.share if tally else None

    def leave(self, job_id: str) -> None:
        """It is over."""
        self._followed.pop(job_id, None)
        self._rest()

    async def aclose(self) -> None:
        """Close the connection."""
        self._followed.clear()
        self._expected = 0
        self._rest()
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _rest(self) -> None:
        if self._listening is None or self._followed or self._expected:
            return
        task, self._listening = self._listening, None
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        task.cancel()

    async def _listen(self, name: str) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with connect(
                    self._address(name),
                    max_size=MAX_MESSAGE,
                    open_timeout=OPEN_SECONDS,
                    close_timeout=CLOSE_SECONDS,
                    proxy=None,
                ) as socket:
                    pause = FIRST_PAUSE
                    async for message in socket:
                        self._take(message)
            except (OSError, TimeoutError, WebSocketException, FoundryError) as error:
                logger.debug("no progress from ComfyUI for now: %s", type(error).__name__)
            except Exception:
                BACKGROUND_FAILURES.labels(task="comfyui").inc()
                logger.exception("the progress of ComfyUI cannot be followed; trying again")
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _take(self, message: str | bytes) -> None:
        """Binary messages are pictures of what is being made."""
        if isinstance(message, bytes):
            return
        try:
            told = json.loads(message)
        except (ValueError, RecursionError):
            return
        kind, data = at(told, "type"), at(told, "data")
        tally = self._followed.get(str(at(data, "prompt_id")))
        if tally is not None and isinstance(kind, str):
            tally.take(kind, data)
