"""Reading what adapters answer and raise; a three-method adapter may answer in words. Pure."""

import math
from collections.abc import Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from pathlib import Path

from video_foundry.core.foreign import fit_cost, fit_share
from video_foundry.errors import (
    Ambiguous,
    ModelError,
    NoCredit,
    NotAuthorised,
    RateLimited,
    Rejected,
    Unavailable,
)
from video_foundry.ports.video_model import (
    LONGEST_PAUSE,
    LONGEST_WAIT,
    GenerationResult,
    GenerationStatus,
    StatusReport,
)

_WORDS: dict[str, GenerationStatus] = {
    **dict.fromkeys(("queued", "pending", "throttled", "starting"), GenerationStatus.QUEUED),
    **dict.fromkeys(
        ("succeeded", "success", "completed", "complete", "done", "finished", "ready"),
        GenerationStatus.SUCCEEDED,
    ),
    **dict.fromkeys(("failed", "failure", "error", "errored"), GenerationStatus.FAILED),
    **dict.fromkeys(("cancelled", "canceled", "aborted"), GenerationStatus.CANCELLED),
}


def as_report(answer: GenerationStatus | StatusReport | str) -> StatusReport:
    """A status in whatever form it came, its numbers such as can be kept. An unknown word means:
    still running."""
    if isinstance(answer, StatusReport):
        progress, cost = fit_share(answer.progress), fit_cost(answer.cost)
        return replace(answer, progress=progress, cost=cost)
    word = str(answer.value if isinstance(answer, GenerationStatus) else answer).strip().lower()
    return StatusReport(status=_WORDS.get(word, GenerationStatus.RUNNING))


def as_result(answer: str | Path | GenerationResult) -> GenerationResult:
    """A result in whatever form it came. A bare string is always a URL, never a path."""
    if isinstance(answer, GenerationResult):
        return replace(answer, cost=fit_cost(answer.cost))
    if isinstance(answer, Path):
        return GenerationResult(path=answer)
    return GenerationResult(url=str(answer))


def of_submit(error: Exception) -> ModelError | Exception:
    """What an exception from a submit means: as `understand` says, but that a plug-in's question
    around its create call says nothing about that call."""
    if not isinstance(error, ModelError) and _was_question(error):
        return Ambiguous("a question around the submit failed; it may have been accepted")
    return understand(error)


def _was_question(error: Exception) -> bool:
    """Whether an HTTP client failed over a GET, which creates nothing."""
    try:
        method = getattr(getattr(error, "request", None), "method", None)
    except RuntimeError:  # httpx's errors do not always know
        return False
    return isinstance(method, str) and method.upper() in ("GET", "HEAD")


def understand(error: Exception) -> ModelError | Exception:
    """What an exception from an adapter means. Errors of the tree speak for themselves; those of
    HTTP clients are read by their response; a failure to connect means that nothing was sent.
    However long a wait they tell, it is at most `LONGEST_WAIT`."""
    if isinstance(error, RateLimited):
        return RateLimited(error.message, retry_after=_within(error.retry_after, LONGEST_WAIT))
    if isinstance(error, ModelError):
        return error
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int):
        return _by_status(status, error)
    if type(error).__name__ in ("ConnectError", "ConnectTimeout") or isinstance(
        error, ConnectionRefusedError
    ):
        return Unavailable("the provider cannot be reached")
    if isinstance(error, TimeoutError):
        return Ambiguous("the provider did not answer in time; it may have accepted the request")
    return error


def _by_status(status: int, error: Exception) -> ModelError:
    text = f"the provider answered {status}"
    wait = _within(_retry_after(error), LONGEST_WAIT)
    match status:
        case 401 | 403:
            return NotAuthorised(f"{text}: the key was refused")
        case 402:
            return NoCredit(f"{text}: the account has no credit")
        case 429:
            return RateLimited(f"{text}: too many requests", retry_after=wait)
        case _ if 400 <= status < 500 and status != 408:
            return Rejected(text)
        case _:
            return Ambiguous(f"{text}; it may have accepted the request")


def wait_of(error: Exception) -> float:
    """How long a provider that was only asked something told us to wait, in seconds; 0 for not, and
    at most `LONGEST_PAUSE`."""
    told = understand(error)
    return pause_of(told.retry_after) if isinstance(told, RateLimited) else 0.0


def pause_of(told: float | None) -> float:
    """A pause that an adapter told us to make between two questions, in seconds, as far as it is
    kept to: 0 for none, at most `LONGEST_PAUSE`."""
    return _within(told, LONGEST_PAUSE) or 0.0


def _within(seconds: float | None, longest: float) -> float | None:
    """A wait that somebody else told, between 0 and `longest`; None for what is no number."""
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(0.0, seconds), longest)


def _retry_after(error: Exception) -> float | None:
    """Seconds, or a date by the provider's own clock (RFC 9110, 10.2.3); None for neither."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    told = str(headers.get("retry-after", "")).strip()
    try:
        return max(0.0, float(told)) if told[:1].isdigit() else _until(told, headers)
    except (TypeError, ValueError):
        return None


def _until(told: str, headers: Mapping[str, str]) -> float | None:
    present = headers.get("date")
    if present is None:
        return None
    wait = parsedate_to_datetime(told) - parsedate_to_datetime(present)
    return max(0.0, wait.total_seconds())
