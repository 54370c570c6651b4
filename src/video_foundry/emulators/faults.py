"""What can go wrong on demand, by name, and how a generation is told which of it to meet."""

import re
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

REFUSALS = {
    "rate_limited": "too many requests, with the wait as this provider tells it",
    "rate_limited_untold": "too many requests, without a word about the wait",
    "unauthorised": "the key is refused",
    "no_credit": "the account has no money left",
    "moderated": "refused by the content policy",
    "invalid": "a parameter is refused",
    "unavailable": "the service cannot do it now (503)",
}
"""A create is refused, in the provider's own words and shape; nothing is accepted."""

CONNECTION_BEFORE = {
    "drop_before": "the connection breaks before anything was accepted",
    "html": "an HTML page with status 200, nothing accepted",
    "redirect_create": "a create is sent on to a private address, nothing accepted",
}
CONNECTION_AFTER = {
    "stall": "accepted, but the answer comes after anybody waits for it",
    "drop": "accepted, then the connection breaks",
    "half": "accepted, and half of the answer",
    "huge": "accepted, and an answer without end",
    "error_after": "accepted, and answered with status 500",
}
LOOKS = {
    "poll_error": "the first three questions are answered with status 500",
    "poll_html": "the first three questions are answered with an HTML page and status 200",
    "poll_limited": "the first three questions are too many requests",
    "unknown_status": "a status word that nobody knows, three times",
    "lost": "the provider does not know the generation",
}
ENDS = {
    "failed": "accepted, then failed",
    "moderated_after": "accepted, then withheld by the content policy",
    "cancelled": "accepted, then cancelled at the provider",
    "no_output": "called a success, without a result",
    "never": "it never ends",
}
RESULTS = {
    "expired": "the first address of the result answers 403; a fresh one works",
    "truncated": "the file is cut off",
    "not_a_video": "an error page in place of the file",
    "one_frame": "a video of a single frame",
    "wrong_length": "a video of half the length",
    "huge_result": "a file without end",
    "redirect_result": "the file is said to be at a private address",
}
STAGES = {
    "refusal": REFUSALS,
    "before": CONNECTION_BEFORE,
    "after": CONNECTION_AFTER,
    "look": LOOKS,
    "end": ENDS,
    "result": RESULTS,
}
FAULTS: dict[str, str] = {name: text for stage in STAGES.values() for name, text in stage.items()}
"""name -> what happens."""

_IN_PROMPT = re.compile(r"\[fault:\s*([a-z_,\s]+)\]")


@dataclass(frozen=True)
class Faults:
    """What one generation meets. Raises ValueError for a name that is not in FAULTS."""

    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.names:
            if name not in FAULTS:
                raise ValueError(f"there is no fault called {name!r}; known: {', '.join(FAULTS)}")

    def of(self, stage: str) -> str:
        """The fault of a stage (a key of STAGES), "" for none."""
        return next((n for n in self.names if n in STAGES[stage]), "")

    def __contains__(self, name: str) -> bool:
        return name in self.names


@dataclass(kw_only=True)
class Script:
    """Decides what each create meets: what was put in line, else what its prompt asks for by
    `[fault: stall, truncated]`, else nothing. Safe for threads."""

    _line: deque[Faults] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, *names: str) -> None:
        """The next create that nothing else is in line for meets these."""
        with self._lock:
            self._line.append(Faults(names))

    def next(self, prompt: str) -> Faults:
        """What this create meets."""
        with self._lock:
            if self._line:
                return self._line.popleft()
        return Faults(tuple(_named(_IN_PROMPT.findall(prompt))))


def _named(found: Iterable[str]) -> Iterable[str]:
    for names in found:
        yield from (name.strip() for name in names.split(",") if name.strip() in FAULTS)
